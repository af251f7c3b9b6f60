/* The cases of the kernel oracle: a table, a rule a row, and a generator of any number of others. */
#ifndef PONGD_TESTS_NET_ORACLE_CASES_H
#define PONGD_TESTS_NET_ORACLE_CASES_H

#include "oracle-wire.h"

/* What may be left out. */
enum group {
    GROUP_FRAGMENTS = 1,
    GROUP_OPTIONS = 2,
    GROUP_TIMESTAMP = 4
};

struct row {
    const char *rule;
    const char *words;   /* what is odd about the request */
    const char *request; /* for spec_frames() */
    const char *allowed; /* the rule by which pongd may differ from the kernel, NULL for none */
};

extern const struct row rows[];
extern const size_t row_count;

/* The groups that these frames belong to. */
unsigned groups_of(const struct frames *frames);

/* Makes the frames of a random case, which seed and number alone decide; `all_own` as with spec_frames(). */
void random_case(uint64_t seed, uint32_t number, unsigned without, bool all_own, struct frames *frames);

#endif
