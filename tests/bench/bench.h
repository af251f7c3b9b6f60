/* What every benchmark needs: the processor's time, and the median of rounds. */
#ifndef PONGD_TESTS_BENCH_H
#define PONGD_TESTS_BENCH_H

#include <stdlib.h>
#include <time.h>

/* The processor's time in nanoseconds, as others may be running. */
static inline double
bench_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline int
bench_compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Sorts the rounds. */
static inline double
bench_median(double *rounds, size_t count)
{
    qsort(rounds, count, sizeof rounds[0], bench_compare);
    return rounds[count / 2];
}

#endif
