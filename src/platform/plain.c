/* What only Linux tells so far, on systems that are not Linux. */
#include "config.h"

#include "platform/platform.h"

#include <errno.h>

enum platform_echo
platform_echo(uint8_t version)
{
    (void)version;
    return PLATFORM_ECHO_UNKNOWN;
}

const char *
platform_quiet_echo(uint8_t version)
{
    return version == 4 ? "let a firewall drop incoming ICMP echo requests (type 8)"
                        : "let a firewall drop incoming ICMPv6 echo requests (type 128)";
}

void
platform_ignore_outgoing(int fd, bool ignore)
{
    (void)fd;
    (void)ignore;
}

void
platform_sleep_exactly(void)
{
}

int
platform_share(int fd, int *group)
{
    (void)fd;
    (void)group;
    errno = ENOSYS;
    return -1;
}

bool
platform_can_rebind(void)
{
    return false;
}

int
platform_rebind(int fd, unsigned index, bool is_promiscuous)
{
    (void)fd;
    (void)index;
    (void)is_promiscuous;
    errno = ENOSYS;
    return -1;
}

unsigned
platform_hardware(int fd)
{
    (void)fd;
    return 0;
}

bool
platform_sends_many(void)
{
    return false;
}

size_t
platform_send_frames(int fd, const struct reply *frames, size_t count)
{
    (void)fd;
    (void)frames;
    (void)count;
    return 0;
}

size_t
platform_gateways(const char *name, struct address *gateways, size_t room)
{
    (void)name;
    (void)gateways;
    (void)room;
    return 0; /* not asked for here */
}
