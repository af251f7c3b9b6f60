/* Any other system: no capture is locked, and nothing refuses system calls. */
#include "config.h"

#include "platform/sandbox.h"

int
platform_open_eyes(const struct platform_plan *plan)
{
    (void)plan;
    return 0;
}

int
platform_lock_capture(int fd, const struct bpf_program *sent)
{
    (void)fd;
    (void)sent;
    return PLATFORM_ABSENT;
}

int
platform_confine(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

int
platform_keeper_confine(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

const char *
platform_confine_name(void)
{
    return "a sandbox";
}
