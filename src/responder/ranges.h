/* A line of keys cut into ranges, and which of them a key is in. */
#ifndef PONGD_RESPONDER_RANGES_H
#define PONGD_RESPONDER_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/address.h"

enum {
    RANGES_ALIGNMENT = 64, /* of the memory, in bytes: a cache line */
    RANGES_LEVELS = 11     /* enough for 2^32 ranges */
};

/* What is known of a range of addresses (see addresses.h). */
struct ranges_value {
    uint8_t roles;
    uint8_t len;
    uint8_t edges_len;
    uint8_t onlink_len;
};

/* The ranges are numbered from 0, in order. */
struct ranges {
    bool is_wide; /* keys have 128 bits, otherwise 32 at the top */
    unsigned levels; /* above the leaves */
    size_t count;
    size_t first[RANGES_LEVELS]; /* each level's first node */
    void *leaves;
    void *nodes;
};

/* The bytes that `room` ranges need. */
size_t ranges_size(size_t room, bool is_wide);

/* Begins with no range, on aligned memory for `room` of them. */
void ranges_init(struct ranges *ranges, bool is_wide, size_t room, void *memory);

/* Adds the range that goes from behind the last one to `end`. */
void ranges_add(struct ranges *ranges, struct key end, struct ranges_value value);

/* Makes the ranges ready to be searched; nothing can be added any more.  The last one has to end with the last key. */
void ranges_finish(struct ranges *ranges);

/* The number of the range that holds a key. */
size_t ranges_find(const struct ranges *ranges, struct key key);

/* What is known of a range, and its last key. */
struct ranges_value ranges_value(const struct ranges *ranges, size_t range);
struct key ranges_end(const struct ranges *ranges, size_t range);

#endif
