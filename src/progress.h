/* How far a long replay has come: a line on a terminal that is written over and erased in the end. */
#ifndef PONGD_PROGRESS_H
#define PONGD_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

enum { PROGRESS_TEXT = 96 };

struct progress {
    bool is_wanted;
    uint64_t start_ms, next_ms;
    uint64_t taken; /* bytes of the captures that have ended */
    uint64_t size;  /* bytes of all, 0 where that is not known */
    size_t len; /* of what stands there */
};

/* Begins, where captures are answered, standard error is a terminal and nothing else is to stand there. */
void progress_start(struct progress *progress, const struct loop *loop, uint64_t now_ms);

/* Whether it is time to show it. */
bool progress_is_due(const struct progress *progress, uint64_t now_ms);

/* Shows how much has been read. */
void progress_show(struct progress *progress, const struct loop *loop, uint64_t now_ms);

/* Leaves the line to others. */
void progress_erase(struct progress *progress);

/* Bytes, share, rate and time left, in words; the size may be 0, for unknown. */
void progress_text(char text[static PROGRESS_TEXT], uint64_t taken, uint64_t size, uint64_t elapsed_ms);

#endif
