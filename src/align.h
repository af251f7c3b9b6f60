/* Two sequences of records side by side: which one, if any, is missing from the other. */
#ifndef PONGD_ALIGN_H
#define PONGD_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ALIGN_AHEAD = 256 }; /* records that are looked at beyond a difference */

struct align_record {
    const uint8_t *data;
    size_t caplen; /* bytes that are there */
    size_t len;    /* bytes that there were */
    uint64_t ts;   /* in whatever unit both are compared in */
};

/* What the first records of both sides are to each other. */
enum align_step {
    ALIGN_EQUAL,
    ALIGN_DIFFERS, /* the same record, but not the same */
    ALIGN_MISSING, /* the first that is expected is not among ours */
    ALIGN_MORE     /* our first one is not among those expected */
};

bool align_is_equal(const struct align_record *a, const struct align_record *b);

/* Looks at up to ALIGN_AHEAD records of each side, at least one of which has any. */
enum align_step align_next(const struct align_record *expected, size_t expected_count, const struct align_record *ours,
                           size_t our_count);

#endif
