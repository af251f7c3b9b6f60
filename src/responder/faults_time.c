/* Faults of time: whether a reply leaves, when, how often, and after which others. */
#include "responder/faults_act.h"

#include "responder/distribution.h"

void
act_drop(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)term;
    (void)random;
    fault->is_dropped = true;
    if (fault->verdict == VERDICT_ANSWERED || fault->verdict == VERDICT_RULE_ERROR)
        fault->verdict = VERDICT_RULE_DROP;
}

void
act_loss(struct fault *fault, struct rule_term *term, struct random *random)
{
    if (rules_chance(term, random))
        act_drop(fault, term, random);
}

/* The value of a percentage that may have been left out. */
static uint64_t
percentage(const struct rule_value *value, uint64_t otherwise)
{
    return value->is_given ? value->as.number : otherwise;
}

/* Gilbert and Elliott: a line is good or bad for a while.  As in netem, whether a packet is lost depends on the state that the
 * line was in before. */
void
act_gemodel(struct fault *fault, struct rule_term *term, struct random *random)
{
    const struct rule_value *values = term->values;
    uint64_t to_bad = values[0].as.number, to_good = percentage(&values[1], RANDOM_WHOLE - to_bad);
    uint64_t loss = term->memory.last != 0 ? percentage(&values[2], RANDOM_WHOLE) : percentage(&values[3], 0);

    if (random_chance(random, term->memory.last != 0 ? to_good : to_bad))
        term->memory.last = !term->memory.last;
    if (random_chance(random, loss))
        act_drop(fault, term, random);
}

void
act_delay(struct fault *fault, struct rule_term *term, struct random *random)
{
    const struct rule_value *mean = &term->values[0], *jitter = &term->values[1], *correlation = &term->values[2],
                            *distribution = &term->values[3];
    struct rule_memory *memory = &term->memory;
    int64_t delay_ns = (int64_t)mean->as.number;

    if (jitter->is_given) {
        bool is_kept = correlation->is_given && memory->has_last && random_chance(random, correlation->as.number);

        if (!is_kept)
            memory->last = distribution_draw(distribution->is_given ? (enum distribution)distribution->as.number
                                                                    : DISTRIBUTION_UNIFORM, random);
        memory->has_last = true;
        delay_ns += distribution_scale(jitter->as.number, (int32_t)memory->last);
    }
    if (delay_ns > 0)
        fault->delay_ns += (uint64_t)delay_ns;
}

void
act_reorder(struct fault *fault, struct rule_term *term, struct random *random)
{
    enum { GAP = 1, WITHIN_S = 2 };
    const struct rule_value *gap = &term->values[0], *within = &term->values[1];

    (void)random;
    fault->behind = gap->is_given ? (unsigned)gap->as.number : GAP;
    fault->within_ns = within->is_given ? within->as.number : WITHIN_S * FAULTS_SECOND;
}

void
act_duplicate(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    fault->copies += (unsigned)term->values[0].as.number;
    if (term->values[1].is_given)
        fault->gap_ns = term->values[1].as.number;
}
