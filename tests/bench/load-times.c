/* A histogram of times, within 1 % of each, for percentiles of any number of them. */
#include "load-times.h"

/* Below TIMES_PARTS each time has a cell of its own; above, each power of two has as many. */
static unsigned
cell_of(uint64_t ns)
{
    unsigned shift = 0;

    while (ns >> shift >= 2 * TIMES_PARTS)
        shift++;
    return shift * TIMES_PARTS + (unsigned)(ns >> shift);
}

/* The middle of a cell. */
static uint64_t
time_of(unsigned cell)
{
    unsigned shift = cell < 2 * TIMES_PARTS ? 0 : cell / TIMES_PARTS - 1;

    return ((uint64_t)(cell - shift * TIMES_PARTS) << shift) + ((UINT64_C(1) << shift) - 1) / 2;
}

void
times_add(struct times *times, uint64_t ns)
{
    times->cells[cell_of(ns)]++;
    times->count++;
    if (ns > times->most_ns)
        times->most_ns = ns;
}

uint64_t
times_percentile(const struct times *times, double part)
{
    double wanted = part * (double)times->count;
    uint64_t sum = 0;

    for (unsigned cell = 0; cell < TIMES_CELLS; cell++) {
        sum += times->cells[cell];
        if (sum > 0 && (double)sum >= wanted)
            return time_of(cell) < times->most_ns ? time_of(cell) : times->most_ns;
    }
    return times->most_ns;
}
