/* A run of the loop, as its rooms share it, and what each of them may do to it. */
#ifndef PONGD_RUN_H
#define PONGD_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hush.h"
#include "loop.h"
#include "nap.h"
#include "pending.h"
#include "port.h"
#include "progress.h"
#include "spin.h"

/* What is remembered between turns. */
struct run {
    struct loop *loop;
    bool is_over;   /* as it should be */
    bool is_enough; /* nothing more is read, but what waits is sent */
    bool has_failed;
    uint64_t now_ms; /* about when this turn began */
    uint64_t next_check_ms;
    uint64_t next_stats_ms;
    uint64_t next_metrics_ms; /* UINT64_MAX: never */
    struct progress progress; /* of captures */
    struct pending pending;
    struct nap nap;
    struct spin spin;
    struct {
        bool is_seen;
        bool is_told;
        uint64_t since_ms;
        struct hush hush;
    } away[LOOP_PORTS]; /* ports whose interface is gone */
    struct hush conflicts, losses; /* of addresses that others have */
    uint64_t next_look_ms; /* for other things than frames, while those keep coming */
};

/* Ends a port, as it should be, or with its complaint. */
void run_end_port(struct run *run, size_t i);
void run_fail_port(struct run *run, size_t i);

/* Tells that a port's interface is gone, or back again, and ends the port when it was gone for too long. */
void run_watch_port(struct run *run, size_t i);

/* What a port says outside of its turn. */
void run_heed(struct run *run, size_t i, enum port_result result);

/* Lets time pass until `ts_ns` on the clock of the frames. */
enum port_result run_tick(struct run *run, size_t i, uint64_t ts_ns);

/* Tells what became of addresses that were asked for, or that others have. */
void run_tell_news(struct run *run);

/* Tells that another host has an address of ours, as it has then. */
void run_tell_claim(struct run *run, size_t i, const struct outcome *outcome);

/* Counts what the responder counts by itself. */
void run_take_counts(struct run *run);

/* Writes the metrics, which there are, as they are now, or before long. */
void run_write_metrics(struct run *run);

/* Tells the counters as they are now. */
void run_report(struct run *run);

#endif
