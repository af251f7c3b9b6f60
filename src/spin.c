/* Whether to look for frames again and again instead of sleeping.
 *
 * A reply leaves some 15 us later where pongd has to be woken for it, and the processor is busy for about as long with that.
 * So while frames follow one another about as closely, the next one is waited for awake; where they are farther apart, most of
 * the time would be spent for nothing. */
#include "config.h"

#include "spin.h"

enum {
    NS_PER_US = 1000,
    REST_SHORT = 30000,           /* ns: rests that are shorter are spent awake */
    REST_LONG = 10 * REST_SHORT,  /* and longer ones count as that: one ends it, and some 20 short ones begin it again */
    WEIGHT = 8                    /* of what was before, to the last time */
};

void
spin_init(struct spin *spin, int32_t spin_us)
{
    *spin = (struct spin){.spin_us = spin_us, .rest_ns = REST_LONG};
}

void
spin_hear(struct spin *spin, uint64_t now_ns)
{
    uint64_t rest_ns = now_ns - spin->since_ns;

    spin->has_heard = true;
    if (!spin->is_resting)
        return;
    spin->is_resting = false;
    if (rest_ns > REST_LONG)
        rest_ns = REST_LONG;
    spin->rest_ns = (spin->rest_ns * (WEIGHT - 1) + rest_ns) / WEIGHT;
}

bool
spin_rest(struct spin *spin, uint64_t now_ns)
{
    uint64_t most_ns = spin->spin_us == SPIN_ADAPT ? REST_SHORT : (uint64_t)spin->spin_us * NS_PER_US;

    if (!spin->is_resting)
        spin->since_ns = now_ns;
    spin->is_resting = true;
    if (!spin->has_heard || (spin->spin_us == SPIN_ADAPT && spin->rest_ns >= REST_SHORT))
        return false;
    return now_ns - spin->since_ns < most_ns;
}
