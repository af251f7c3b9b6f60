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

size_t
platform_link_mtu(const struct ifaddrs *entry)
{
    size_t mtu = 0;
#ifdef SIOCGIFMTU
    struct ifreq request;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    if (fd < 0)
        return 0;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, entry->ifa_name, sizeof request.ifr_name - 1);
    if (ioctl(fd, SIOCGIFMTU, &request) == 0 && request.ifr_mtu > 0)
        mtu = (size_t)request.ifr_mtu;
    close(fd);
#else
    (void)entry;
#endif
    return mtu;
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
