/* Metrics: the counters in a file that others collect, kept up to date while the loop runs. */
#ifndef PONGD_METRICS_H
#define PONGD_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"

enum {
    METRICS_EVERY_MS = 15000, /* as often as who collects them mostly does */
    METRICS_AGAIN_MS = 100    /* when the last ones are still being written */
};

struct keeper;
struct loop;
struct metrics;

/* Metrics of a loop whose ports are open.  NULL with errbuf filled. */
struct metrics *metrics_open(const struct loop *loop, struct keeper *keeper, char errbuf[static PORT_ERRBUF]);

/* Says where frames are counted that there was no savefile for; it has to last. */
void metrics_watch(struct metrics *metrics, const uint64_t *left_out);

/* Has the file be as things are now.  Returns false while the last ones are still being written, and then does nothing. */
bool metrics_write(struct metrics *metrics, const struct loop *loop);

/* The same for the last time, once the loop has ended and others do not count any more.  NULL does nothing, here and below. */
void metrics_finish(struct metrics *metrics, const struct loop *loop);

void metrics_close(struct metrics *metrics);

#endif
