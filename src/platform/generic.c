/* Any other system: what can be had without asking the system in its own way. */
#include "config.h"

#include "platform/platform.h"

bool
platform_link_address(const struct sockaddr *sockaddr, uint8_t mac[static PLATFORM_MAC_LEN])
{
    (void)sockaddr;
    (void)mac;
    return false;
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

bool
platform_user_is_mapped(const struct platform_user *user)
{
    (void)user;
    return true;
}

int
platform_disarm(void)
{
    return 0; /* nothing of the kind here */
}

const char *
platform_need_to_capture(void)
{
    return "you need the right to capture: run as root";
}
