/* Distributions, drawn by quantiles: a random number says how many are beyond, a table which number that is. */
#include "responder/distribution.h"

#include <stddef.h>

#include "responder/distribution_table.h"

enum {
    STEP_BITS = 5,
    FRACTION_BITS = 24, /* with 31 bits to find the last octave, 60 of 64 are used: the lowest is left for a sign */
    PER_ROOT_OF_TEN = 5305422 /* DISTRIBUTION_ONE / sqrt(10) */
};

_Static_assert(DISTRIBUTION_STEPS == 1 << STEP_BITS, "the table has so many steps");

/* The octave is how many zeros `bits` begins with; the bits behind the one tell the place within it.  The last octave, to
 * which no one is needed, is as wide as the one before it. */
static int32_t
quantile(const int32_t table[][DISTRIBUTION_STEPS + 1], size_t octaves, uint64_t bits)
{
    size_t octave = 0, step;
    int64_t fraction;

    for (; octave < octaves - 1 && bits >> 63 == 0; octave++)
        bits <<= 1;
    if (octave < octaves - 1)
        bits <<= 1;
    step = (size_t)(bits >> (64 - STEP_BITS));
    fraction = (int64_t)(bits << STEP_BITS >> (64 - FRACTION_BITS));
    return (int32_t)((table[octave][step] * (((int64_t)1 << FRACTION_BITS) - fraction) + table[octave][step + 1] * fraction) /
                     ((int64_t)1 << FRACTION_BITS));
}

static int32_t
draw_normal(struct random *random)
{
    uint64_t bits = random_next(random);
    int32_t size = quantile(distribution_normal, sizeof distribution_normal / sizeof distribution_normal[0], bits);

    return (bits & 1) != 0 ? -size : size;
}

static int32_t
draw_pareto(struct random *random)
{
    return quantile(distribution_pareto, sizeof distribution_pareto / sizeof distribution_pareto[0], random_next(random));
}

int32_t
distribution_draw(enum distribution distribution, struct random *random)
{
    int64_t normal;

    switch (distribution) {
    case DISTRIBUTION_NORMAL:
        return draw_normal(random);
    case DISTRIBUTION_PARETO:
        return draw_pareto(random);
    case DISTRIBUTION_PARETONORMAL:
        normal = draw_normal(random);
        return (int32_t)((normal + 3 * (int64_t)draw_pareto(random)) * PER_ROOT_OF_TEN / DISTRIBUTION_ONE);
    case DISTRIBUTION_UNIFORM:
    case DISTRIBUTIONS:
        break;
    }
    return (int32_t)random_below(random, 2 * DISTRIBUTION_ONE + 1) - DISTRIBUTION_ONE;
}

/* In two parts, neither of which can overflow, and rounded alike on both sides of 0. */
int64_t
distribution_scale(uint64_t width_ns, int32_t number)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    uint64_t whole = width_ns / DISTRIBUTION_ONE * size;
    uint64_t part = (width_ns % DISTRIBUTION_ONE * size + DISTRIBUTION_ONE / 2) / DISTRIBUTION_ONE;

    return number < 0 ? -(int64_t)(whole + part) : (int64_t)(whole + part);
}
