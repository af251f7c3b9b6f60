/* Not Linux: an interface and its addresses, as getifaddrs(3) and the interface ioctls show them. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

/* The number of leading ones. */
static unsigned
mask_len(const uint8_t *mask, unsigned bits)
{
    unsigned len = 0;

    while (len < bits && (mask[len / 8] >> (7 - len % 8) & 1) != 0)
        len++;
    return len;
}

static bool
is_link_local(const uint8_t bytes[static 16])
{
    return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

/* A KAME kernel keeps the zone of a link-local address inside it (bytes 2 and 3); on the wire they are zero. */
static void
clear_zone(uint8_t bytes[static 16])
{
    if (is_link_local(bytes))
        bytes[2] = bytes[3] = 0;
}

/* A sockaddr as long as it says it is, the rest zero: netmasks are cut short on some systems. */
static void
copy_sockaddr(void *to, size_t size, const struct sockaddr *from)
{
    size_t len = size;

#ifdef HAVE_STRUCT_SOCKADDR_SA_LEN
    if (from->sa_len < len)
        len = from->sa_len;
#endif
    memset(to, 0, size);
    memcpy(to, from, len);
}

/* An address and its netmask.  False if it is not of IP, or not to be used. */
static bool
read_address(const struct ifaddrs *entry, struct platform_address *out)
{
    struct sockaddr_in sin, mask;
    struct sockaddr_in6 sin6, mask6;

    memset(out, 0, sizeof *out);
    if (entry->ifa_addr->sa_family == AF_INET) {
        copy_sockaddr(&sin, sizeof sin, entry->ifa_addr);
        out->address.version = 4;
        memcpy(out->address.bytes, &sin.sin_addr, 4);
        out->prefix_len = 32;
        if (entry->ifa_netmask != NULL) {
            copy_sockaddr(&mask, sizeof mask, entry->ifa_netmask);
            out->prefix_len = mask_len((const uint8_t *)&mask.sin_addr, 32);
        }
        return true;
    }
    if (entry->ifa_addr->sa_family == AF_INET6) {
        copy_sockaddr(&sin6, sizeof sin6, entry->ifa_addr);
        out->address.version = 6;
        memcpy(out->address.bytes, &sin6.sin6_addr, 16);
        out->prefix_len = 128;
        if (entry->ifa_netmask != NULL) {
            copy_sockaddr(&mask6, sizeof mask6, entry->ifa_netmask);
            out->prefix_len = mask_len((const uint8_t *)&mask6.sin6_addr, 128);
        }
        if (platform_is_tentative(entry->ifa_name, out->address.bytes))
            return false;
        clear_zone(out->address.bytes);
        return true;
    }
    return false;
}

static int
read_entry(const struct ifaddrs *entry, struct platform_interface *interface)
{
    struct platform_address address;
    size_t mtu = platform_link_mtu(entry);

    if (mtu > 0)
        interface->mtu = mtu;
    interface->is_up = (entry->ifa_flags & IFF_UP) != 0;
    interface->is_loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
    if (entry->ifa_addr == NULL)
        return 0;
    if (platform_link_address(entry->ifa_addr, interface->mac))
        interface->has_mac = true;
    else if (read_address(entry, &address))
        return platform_interface_add(interface, &address);
    return 0;
}

/* Whether errno is one that says nothing of the interface: not allowed any more, or no descriptor or memory.  In FreeBSD's
 * capability mode (capsicum(4)) a socket fails with ECAPMODE, and the list of interfaces, which if_nametoindex(3) turns to
 * then, with EPERM. */
static bool
is_no_answer(void)
{
    static const int reasons[] = {
#ifdef ECAPMODE
        ECAPMODE,
#endif
        EPERM, EACCES, ENOSYS, EMFILE, ENFILE, ENOMEM, ENOBUFS,
    };

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (errno == reasons[i])
            return true;
    return false;
}

/* Whether an interface that if_nametoindex(3) did not find may be there all the same.  Some systems' leaves errno as it was, so
 * that the list has the last word, if it can be had. */
static bool
is_hidden(const char *name)
{
    struct ifaddrs *list, *entry;

    if (!is_no_answer())
        return false;
    if (getifaddrs(&list) != 0)
        return true;
    for (entry = list; entry != NULL && strcmp(entry->ifa_name, name) != 0;)
        entry = entry->ifa_next;
    freeifaddrs(list);
    return entry != NULL;
}

int
platform_interface_read(const char *name, struct platform_interface *interface)
{
    struct ifaddrs *list, *entry;
    int rc = 0;

    memset(interface, 0, sizeof *interface);
    errno = 0;
    interface->index = if_nametoindex(name);
    if (interface->index == 0)
        return is_hidden(name) ? -1 : 0;
    if (getifaddrs(&list) != 0)
        return -1;
    for (entry = list; entry != NULL && rc == 0; entry = entry->ifa_next)
        if (strcmp(entry->ifa_name, name) == 0)
            rc = read_entry(entry, interface);
    freeifaddrs(list);
    if (!interface->has_mac)
        interface->has_mac = platform_link_address_of(name, interface->mac);
    if (rc != 0)
        platform_interface_free(interface);
    return rc;
}

bool
platform_interface_is_there(const char *name, unsigned index)
{
    unsigned found;

    errno = 0;
    found = if_nametoindex(name);
    return found == index || (found == 0 && is_hidden(name));
}
