/* Counters: every frame is counted under exactly one verdict. */
#ifndef PONGD_COUNTERS_H
#define PONGD_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "responder/verdict.h"

struct counters {
    uint64_t frames;
    uint64_t requests;          /* frames that are echo requests, as far as could be seen */
    uint64_t requests_by[VERDICTS];
    uint64_t others_by[VERDICTS]; /* all other frames */
    struct {
        uint64_t complete, timed_out, evicted;
    } datagrams; /* that came in fragments; the last two for want of time and of memory */
    struct {
        uint64_t held;       /* replies that had to wait, and what became of them: */
        uint64_t sent;       /* at their time */
        uint64_t refused;    /* the system did not take them then */
        uint64_t abandoned;  /* the run had ended, or their interface was gone */
        uint64_t most;       /* that waited at the same time */
        uint64_t dropped;    /* that had no room to wait */
        uint64_t sent_early; /* the same, where they are sent then */
        uint64_t left_out;   /* copies of replies that were too many for one request */
    } pending;
    uint64_t dropped;           /* frames that the system lost before they could be read */
};

static inline void
counters_add(struct counters *counters, enum verdict verdict, bool is_request)
{
    counters->frames++;
    if (is_request) {
        counters->requests++;
        counters->requests_by[verdict]++;
    } else {
        counters->others_by[verdict]++;
    }
}

/* Adds what others have counted. */
void counters_join(struct counters *counters, const struct counters *others);

/* Counts a frame anew that turned out to be another case. */
void counters_move(struct counters *counters, enum verdict from, enum verdict to, bool is_request);

/* "12 requests, 10 answered, 2 not (1 icmp-badsum, 1 ip-notours)", and what else there was.  No newline. */
void counters_print(const struct counters *counters, FILE *out);

/* "frames":…,"requests":…,"answered":…,"dropped":…,"datagrams":{…},"pending":{…},"verdicts":{NAME:COUNT,…}, and the same in braces */
void counters_print_members(const struct counters *counters, FILE *out);
void counters_print_json(const struct counters *counters, FILE *out);

#endif
