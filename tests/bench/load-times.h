/* A histogram of times, within 1 % of each, for percentiles of any number of them. */
#ifndef PONGD_TESTS_BENCH_LOAD_TIMES_H
#define PONGD_TESTS_BENCH_LOAD_TIMES_H

#include <stdint.h>

enum {
    TIMES_PARTS = 128, /* of each power of two */
    TIMES_CELLS = (64 - 6) * TIMES_PARTS
};

struct times {
    uint64_t cells[TIMES_CELLS];
    uint64_t count;
    uint64_t most_ns;
};

void times_add(struct times *times, uint64_t ns);

/* The time that `part` of all do not exceed, 0 < part <= 1; 0 if there are none. */
uint64_t times_percentile(const struct times *times, double part);

#endif
