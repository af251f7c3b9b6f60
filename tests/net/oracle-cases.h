/* The cases of the kernel oracle: tables, a rule a row, and a generator of any number of others. */
#ifndef PONGD_TESTS_NET_ORACLE_CASES_H
#define PONGD_TESTS_NET_ORACLE_CASES_H

#include "oracle-wire.h"

/* What may be left out. */
enum group {
    GROUP_FRAGMENTS = 1,
    GROUP_OPTIONS = 2,
    GROUP_TIMESTAMP = 4
};

/* What hosts are asked for, besides the ordinary. */
enum flavour {
    FLAVOUR_PLAIN,
    FLAVOUR_BROADCAST, /* requests to broadcasts */
    FLAVOUR_PROBE      /* RFC 8335 */
};

struct row {
    const char *rule;
    const char *words;   /* what is odd about the request */
    const char *request; /* for spec_frames() */
    const char *allowed; /* the rule by which pongd may differ from the kernel, NULL for none */
};

/* First fragments of eight other datagrams; five headers with padding. */
#define OTHERS(digit)                                                                                 \
    ",0+8i" digit "0,0+8i" digit "1,0+8i" digit "2,0+8i" digit "3,0+8i" digit "4,0+8i" digit "5"       \
    ",0+8i" digit "6,0+8i" digit "7"
#define DEEP                                                                                          \
    " ext=60:0000010400000000 ext=60:0000010400000000 ext=60:0000010400000000"                        \
    " ext=60:0000010400000000 ext=60:0000010400000000"

extern const struct row rows4[], rows_options[], rows6[], rows_errors[], rows_broadcast[], rows_probe[];
extern const size_t row_count4, row_count_options, row_count6, row_count_errors, row_count_broadcast,
    row_count_probe;

/* The groups that these frames belong to. */
unsigned groups_of(const struct frames *frames);

/* Which random cases there are. */
struct recipe {
    uint64_t seed;
    unsigned without; /* set of enum group */
    bool all_own;     /* as with spec_frames() */
    enum flavour flavour;
};

/* Makes the frames of a random case, which recipe and number alone decide, but for what `identity` does as the number of
 * spec_frames(). */
void random_case(const struct recipe *recipe, uint32_t number, uint32_t identity, struct frames *frames);

#endif
