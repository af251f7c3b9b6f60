/* Lines that others can bring about are told a few at once, and then now and then. */
#ifndef PONGD_HUSH_H
#define PONGD_HUSH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    HUSH_LINES = 10, /* at once */
    HUSH_EACH_MS = 6000
};

/* Zeroed: nothing has been told. */
struct hush {
    uint64_t spent_ms; /* when the bucket is full again */
    uint64_t left_out; /* what the caller has left out since the last line */
};

/* Whether there may be a line at `now_ms`, on a clock that never steps back. */
bool hush_allows(struct hush *hush, uint64_t now_ms);

#endif
