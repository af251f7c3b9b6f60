/* The clocks of POSIX, as numbers. */
#include "config.h"

#include "clock.h"

#include <time.h>

static uint64_t
read_ns(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t
clock_steady_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

uint64_t
clock_steady_ms(void)
{
    return read_ns(CLOCK_MONOTONIC) / 1000000;
}

uint64_t
clock_day_ns(void)
{
    return read_ns(CLOCK_REALTIME);
}
