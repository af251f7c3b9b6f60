/* A kernel that is none, with one interface, test0. */
#include "kernel.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/bpf.h>
#include <netinet/in.h>
#include <netinet6/in6_var.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kernel kernel;

static char name[] = "test0", other_name[] = "test1";

void
kernel_boot(void)
{
    kernel = (struct kernel){.index = 7, .index_error = ENXIO, .is_up = true, .mtu = 1500};
}

static void
note(const char *what)
{
    size_t len = strlen(kernel.calls);

    snprintf(kernel.calls + len, sizeof kernel.calls - len, "%s", what);
}

static int
answer(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int
kernel_socket(int domain, int type, int protocol)
{
    (void)type;
    (void)protocol;
    note(domain == PF_ROUTE ? "route-socket " : domain == AF_INET6 ? "socket6 " : "socket ");
    return open("/dev/null", O_RDONLY);
}

/* KAME asks by name and address, and tells in the place of the address. */
static int
tell_flags6(struct in6_ifreq *request)
{
    struct sockaddr_in6 *address = &request->ifr_addr;

    if (strcmp(request->ifr_name, name) != 0 || address->sin6_family != AF_INET6 || address->sin6_len != sizeof *address)
        return answer(EADDRNOTAVAIL);
    if (kernel.flags6_error != 0)
        return answer(kernel.flags6_error);
    request->ifr_ifru.ifru_flags6 = address->sin6_addr.s6_addr[15] == 7 ? kernel.flags6 : 0;
    return 0;
}

static int
keep_source(const void *argument)
{
    unsigned on;

    memcpy(&on, argument, sizeof on);
    note(on == 1 ? "keep-source " : "keep-source-off ");
    return answer(kernel.bpf_error);
}

int
kernel_ioctl(int fd, unsigned long request, void *argument)
{
    (void)fd;
    if (request == SIOCGIFAFLAG_IN6)
        return tell_flags6(argument);
    if (request == BIOCSHDRCMPLT)
        return keep_source(argument);
#ifdef BIOCSETWF
    if (request == BIOCSETWF)
        note(((const struct bpf_program *)argument)->bf_len == 3 ? "write-filter " : "write-filter-broken ");
    if (request == BIOCLOCK)
        note("lock ");
    if (request == BIOCSETWF || request == BIOCLOCK)
        return answer(kernel.bpf_error);
#endif
    note("unknown-request ");
    return answer(ENOTTY);
}

unsigned
kernel_index(const char *wanted)
{
    if (strcmp(wanted, name) == 0 && kernel.index != 0 && !kernel.is_deaf)
        return kernel.index;
    errno = kernel.index_error;
    return 0;
}

int
kernel_pledge(const char *promises, const char *execpromises)
{
    note("pledge(");
    note(promises);
    note(execpromises == NULL ? ") " : "; and more) ");
    return 0;
}

int
kernel_unveil(const char *path, const char *permissions)
{
    note("unveil(");
    note(path == NULL ? "" : path);
    note(permissions == NULL || *permissions == '\0' ? ") " : " with permissions) ");
    return 0;
}

void *
kernel_rights(unsigned long long rights[2], const unsigned long long *wanted)
{
    rights[0] = rights[1] = 0;
    for (; *wanted != 0; wanted++)
        rights[*wanted >> 58 & 1] |= *wanted;
    return rights;
}

/* A right that is missed on a capture ends its use, and one too many is of use to an intruder: ioctl(2), read(2), write(2),
 * poll(2), fcntl(2). */
int
kernel_limit(int fd, const unsigned long long rights[2])
{
    (void)fd;
    note(rights[0] == 0x0200000000008003ULL && rights[1] == 0x04000000000000a0ULL ? "rights " : "other-rights ");
    return answer(kernel.capsicum_error);
}

int
kernel_limit_questions(int fd, const unsigned long *questions, size_t count)
{
    (void)fd;
    note(count > 0 && questions[0] == BIOCGSTATS ? "questions " : "other-questions ");
    return answer(kernel.capsicum_error);
}

int
kernel_capsicum(const char *what)
{
    note(what);
    return answer(kernel.capsicum_error);
}

/* --- the list of addresses, each with its own memory, so that a look beyond it is seen */

static void *
address_of(size_t len, uint8_t family)
{
    uint8_t *address = calloc(1, len);

    if (address == NULL)
        abort();
    address[0] = (uint8_t)len;
    address[1] = family;
    return address;
}

/* The MAC address comes right behind the name, and nothing behind that. */
static struct sockaddr *
link_address(void)
{
    static const uint8_t mac[] = {2, 0, 0, 0, 0, 9};
    const size_t name_len = sizeof name - 1, at = offsetof(struct sockaddr_dl, sdl_data);
    uint8_t *address = address_of(at + name_len + sizeof mac, AF_LINK);

    address[offsetof(struct sockaddr_dl, sdl_nlen)] = (uint8_t)name_len;
    address[offsetof(struct sockaddr_dl, sdl_alen)] = sizeof mac;
    memcpy(address + at, name, name_len);
    memcpy(address + at + name_len, mac, sizeof mac);
    return (struct sockaddr *)(void *)address;
}

static struct sockaddr *
address4(const uint8_t bytes[static 4])
{
    struct sockaddr_in *address = address_of(sizeof *address, AF_INET);

    memcpy(&address->sin_addr, bytes, 4);
    return (struct sockaddr *)(void *)address;
}

/* 255.255.255.0, cut behind its last one, as kernels do with netmasks. */
static struct sockaddr *
mask4(void)
{
    uint8_t *mask = address_of(offsetof(struct sockaddr_in, sin_addr) + 3, 0);

    memset(mask + offsetof(struct sockaddr_in, sin_addr), 0xff, 3);
    return (struct sockaddr *)(void *)mask;
}

static struct sockaddr *
address6(const uint8_t bytes[static 16], uint8_t family)
{
    struct sockaddr_in6 *address = address_of(sizeof *address, family);

    memcpy(&address->sin6_addr, bytes, 16);
    return (struct sockaddr *)(void *)address;
}

static void
add(struct ifaddrs **list, char *of, struct sockaddr *address, struct sockaddr *mask)
{
    struct ifaddrs *entry = calloc(1, sizeof *entry);

    if (entry == NULL)
        abort();
    *entry = (struct ifaddrs){.ifa_next = *list, .ifa_name = of, .ifa_addr = address, .ifa_netmask = mask,
                              .ifa_flags = kernel.is_up ? IFF_UP : 0};
    if (address != NULL && address->sa_family == AF_LINK) {
        struct if_data *data = entry->ifa_data = calloc(1, sizeof *data);

        if (data == NULL)
            abort();
        data->ifi_mtu = kernel.mtu;
    }
    *list = entry;
}

int
kernel_list(struct ifaddrs **list)
{
    static const uint8_t own4[] = {192, 0, 2, 9}, other4[] = {198, 51, 100, 1}, own6[16] = {0xfd, 0, 0x0d, 0xb8, [15] = 7};
    static const uint8_t local6[16] = {0xfe, 0x80, 0, SYSTEM_KEEPS_ZONE * 7, [15] = 9}, mask6[16] = {255, 255, 255, 255, 255, 255, 255, 255};

    if (kernel.list_error != 0)
        return answer(kernel.list_error);
    *list = NULL;
    add(list, other_name, address4(other4), mask4());
    if (kernel.index != 0) {
        add(list, name, address6(local6, AF_INET6), address6(mask6, 0));
        add(list, name, address6(own6, AF_INET6), address6(mask6, 0));
        add(list, name, address4(own4), mask4());
        add(list, name, link_address(), NULL);
        add(list, name, NULL, NULL);
    }
    kernel.open_lists++;
    return 0;
}

void
kernel_list_free(struct ifaddrs *list)
{
    while (list != NULL) {
        struct ifaddrs *next = list->ifa_next;

        free(list->ifa_addr);
        free(list->ifa_netmask);
        free(list->ifa_data);
        free(list);
        list = next;
    }
    kernel.open_lists--;
}
