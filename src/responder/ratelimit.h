/* A token bucket: how many replies a second, and how many at once. */
#ifndef PONGD_RESPONDER_RATELIMIT_H
#define PONGD_RESPONDER_RATELIMIT_H

#include <stdbool.h>
#include <stdint.h>

enum { RATELIMIT_MAX = 1000000000 };

struct ratelimit {
    uint64_t cost_ns;   /* of one reply; 0: no limit */
    uint64_t full_ns;   /* what the bucket holds at the most */
    uint64_t credit_ns; /* what it holds now */
    uint64_t last_ns;   /* when that was */
};

/* At most `rate` a second (1 to RATELIMIT_MAX, 0 for no limit) and `burst` at once. */
void ratelimit_init(struct ratelimit *limit, uint64_t rate, uint64_t burst);

/* At most one every `every_ns` nanoseconds. */
void ratelimit_init_every(struct ratelimit *limit, uint64_t every_ns);

/* Takes one from the bucket.  False when it is empty.  A clock that steps back earns nothing and costs nothing. */
bool ratelimit_take_one(struct ratelimit *limit, uint64_t now_ns);

/* The same where there may be no limit. */
static inline bool
ratelimit_take(struct ratelimit *limit, uint64_t now_ns)
{
    return limit->cost_ns == 0 || ratelimit_take_one(limit, now_ns);
}

#endif
