/* A token bucket that counts in nanoseconds. */
#include "responder/ratelimit.h"

enum { NS_PER_S = 1000000000 };

void
ratelimit_init(struct ratelimit *limit, uint64_t rate, uint64_t burst)
{
    limit->cost_ns = rate == 0 ? 0 : NS_PER_S / rate;
    limit->full_ns = limit->credit_ns = limit->cost_ns * burst;
    limit->last_ns = 0;
}

void
ratelimit_init_every(struct ratelimit *limit, uint64_t every_ns)
{
    *limit = (struct ratelimit){.cost_ns = every_ns, .full_ns = every_ns, .credit_ns = every_ns};
}

bool
ratelimit_take_one(struct ratelimit *limit, uint64_t now_ns)
{
    uint64_t earned = now_ns > limit->last_ns ? now_ns - limit->last_ns : 0;

    limit->last_ns = now_ns;
    limit->credit_ns = earned > limit->full_ns - limit->credit_ns ? limit->full_ns : limit->credit_ns + earned;
    if (limit->credit_ns < limit->cost_ns)
        return false;
    limit->credit_ns -= limit->cost_ns;
    return true;
}
