/* A histogram of times, in buckets of 1, 2 and 5 times a power of ten, from a microsecond to a second. */
#include "config.h"

#include "histogram.h"

#include <stddef.h>

#define DECADE(ns) (ns), 2 * (ns), 5 * (ns)

const uint64_t histogram_bounds[HISTOGRAM_BOUNDS] = {
    DECADE(UINT64_C(1000)),    DECADE(UINT64_C(10000)),    DECADE(UINT64_C(100000)),
    DECADE(UINT64_C(1000000)), DECADE(UINT64_C(10000000)), DECADE(UINT64_C(100000000)), UINT64_C(1000000000),
};

/* Most times are short, so that the search is, too. */
void
histogram_add(struct histogram *histogram, uint64_t ns)
{
    size_t i = 0;

    while (i < HISTOGRAM_BOUNDS && ns > histogram_bounds[i])
        i++;
    histogram->counts[i]++;
    histogram->sum_ns += ns;
}

void
histogram_join(struct histogram *histogram, const struct histogram *other)
{
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        histogram->counts[i] += other->counts[i];
    histogram->sum_ns += other->sum_ns;
}
