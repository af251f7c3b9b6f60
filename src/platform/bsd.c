/* The BSDs and macOS: link-layer addresses by AF_LINK, changes by a routing socket. */
#include "config.h"

#include "platform/platform.h"
#include "platform/sandbox.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <netinet/in.h>
#ifdef HAVE_IN6_IFREQ
#include <netinet6/in6_var.h>
#endif
#include <net/bpf.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

bool
platform_link_address(const struct sockaddr *sockaddr, uint8_t mac[static PLATFORM_MAC_LEN])
{
    struct sockaddr_dl link;
    const uint8_t *bytes = (const uint8_t *)sockaddr;
    size_t at;

    if (sockaddr->sa_family != AF_LINK || sockaddr->sa_len < offsetof(struct sockaddr_dl, sdl_data))
        return false;
    memset(&link, 0, sizeof link);
    memcpy(&link, sockaddr, sockaddr->sa_len < sizeof link ? sockaddr->sa_len : sizeof link);
    at = offsetof(struct sockaddr_dl, sdl_data) + link.sdl_nlen; /* the name comes first, and may be long */
    if (link.sdl_alen != PLATFORM_MAC_LEN || at + PLATFORM_MAC_LEN > sockaddr->sa_len)
        return false;
    memcpy(mac, bytes + at, PLATFORM_MAC_LEN);
    return true;
}

bool
platform_link_address_of(const char *name, uint8_t mac[static PLATFORM_MAC_LEN])
{
    (void)name;
    (void)mac;
    return false;
}

size_t
platform_link_mtu(const struct ifaddrs *entry)
{
    struct if_data data;

    if (entry->ifa_addr == NULL || entry->ifa_addr->sa_family != AF_LINK || entry->ifa_data == NULL)
        return 0;
    memcpy(&data, entry->ifa_data, sizeof data);
    return (size_t)data.ifi_mtu;
}

#ifdef HAVE_IN6_IFREQ
static int asking_fd = -1; /* a socket, for questions about IPv6 addresses; none can be opened in the sandbox */

static int
open_asking(void)
{
    if (asking_fd < 0)
        asking_fd = socket(AF_INET6, SOCK_DGRAM, 0);
    return asking_fd;
}
#endif

/* Without IPv6 there is nothing to ask. */
int
platform_open_eyes(const struct platform_plan *plan)
{
    (void)plan;
#ifdef HAVE_IN6_IFREQ
    (void)open_asking();
#endif
    return 0;
}

bool
platform_is_tentative(const char *name, const uint8_t address[static 16])
{
    bool tentative = false;
#ifdef HAVE_IN6_IFREQ
    struct in6_ifreq request;

    if (open_asking() < 0)
        return false;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    request.ifr_addr.sin6_family = AF_INET6;
    request.ifr_addr.sin6_len = sizeof request.ifr_addr;
    memcpy(&request.ifr_addr.sin6_addr, address, 16);
    if (ioctl(asking_fd, SIOCGIFAFLAG_IN6, &request) == 0)
        tentative = (request.ifr_ifru.ifru_flags6 & (IN6_IFF_TENTATIVE | IN6_IFF_DUPLICATED)) != 0;
#else
    (void)name;
    (void)address;
#endif
    return tentative;
}

int
platform_watch_open(void)
{
    int fd = socket(PF_ROUTE, SOCK_RAW, 0);

    if (fd >= 0 && (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* libpcap does this too, but for the one in OpenBSD's base system. */
void
platform_keep_source(int fd)
{
#ifdef BIOCSHDRCMPLT
    unsigned on = 1;

    (void)ioctl(fd, BIOCSHDRCMPLT, &on);
#else
    (void)fd;
#endif
}

const char *
platform_need_to_capture(void)
{
    return "you need to read and write /dev/bpf: run as root";
}
