/* Metrics as text, in the format of Prometheus (exposition format 0.0.4), which its node exporter collects from files. */
#ifndef PONGD_METRICS_TEXT_H
#define PONGD_METRICS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters.h"
#include "histogram.h"
#include "loop.h"

/* All that is told. */
struct metrics_values {
    bool is_up;        /* and not at its end */
    uint64_t start_ns; /* time of day */
    struct counters counters;
    uint64_t waiting;  /* replies */
    uint64_t left_out; /* frames of -w that there was no file for */
    struct histogram latency;
    struct {
        const char *name;
        bool is_up;
        uint64_t dropped;
    } interfaces[LOOP_PORTS];
    size_t interface_count;
};

/* Writes it down.  Returns its length, or 0 when there is not so much room. */
size_t metrics_text_make(char *text, size_t room, const struct metrics_values *values);

#endif
