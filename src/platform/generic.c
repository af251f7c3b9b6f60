/* Any other system: what can be had without asking the system in its own way. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <ifaddrs.h>
#include <string.h>
#include <unistd.h>

bool
platform_link_address(const struct sockaddr *sockaddr, uint8_t mac[static PLATFORM_MAC_LEN])
{
    (void)sockaddr;
    (void)mac;
    return false;
}

#if defined SIOCGIFMTU || defined SIOCGIFHWADDR

/* Asks for something about an interface. */
static bool
ask(const char *name, unsigned long question, struct ifreq *request)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    bool is_told;

    if (fd < 0)
        return false;
    memset(request, 0, sizeof *request);
    strncpy(request->ifr_name, name, sizeof request->ifr_name - 1);
    is_told = ioctl(fd, question, request) == 0;
    close(fd);
    return is_told;
}

#endif

/* A loopback interface has zeros, and others may have addresses of another length, which begin as they like. */
bool
platform_link_address_of(const char *name, uint8_t mac[static PLATFORM_MAC_LEN])
{
#ifdef SIOCGIFHWADDR
    static const uint8_t none[PLATFORM_MAC_LEN];
    struct ifreq request;

    if (!ask(name, SIOCGIFHWADDR, &request))
        return false;
    memcpy(mac, request.ifr_hwaddr.sa_data, PLATFORM_MAC_LEN);
    return memcmp(mac, none, PLATFORM_MAC_LEN) != 0;
#else
    (void)name;
    (void)mac;
    return false;
#endif
}

size_t
platform_link_mtu(const struct ifaddrs *entry)
{
#ifdef SIOCGIFMTU
    struct ifreq request;

    if (ask(entry->ifa_name, SIOCGIFMTU, &request) && request.ifr_mtu > 0)
        return (size_t)request.ifr_mtu;
#else
    (void)entry;
#endif
    return 0;
}

bool
platform_is_tentative(const char *name, const uint8_t address[static 16])
{
    (void)name;
    (void)address;
    return false;
}

int
platform_watch_open(void)
{
    return -1; /* the interface is looked at once a second all the same */
}

void
platform_keep_source(int fd)
{
    (void)fd;
}

const char *
platform_need_to_capture(void)
{
    return "you need the right to capture: run as root";
}
