/* A histogram of times, in buckets of 1, 2 and 5 times a power of ten, from a microsecond to a second. */
#ifndef PONGD_HISTOGRAM_H
#define PONGD_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BOUNDS = 19 };

struct histogram {
    uint64_t counts[HISTOGRAM_BOUNDS + 1]; /* up to each bound and beyond the one before it; the last: beyond all */
    uint64_t sum_ns;
};

/* The longest time in each bucket but the last, in nanoseconds. */
extern const uint64_t histogram_bounds[HISTOGRAM_BOUNDS];

void histogram_add(struct histogram *histogram, uint64_t ns);

/* Adds what another one has. */
void histogram_join(struct histogram *histogram, const struct histogram *other);

#endif
