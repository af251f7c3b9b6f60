/* The loop: next frame, respond, send, count. */
#ifndef PONGD_LOOP_H
#define PONGD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control.h"
#include "counters.h"
#include "doctor.h"
#include "histogram.h"
#include "log.h"
#include "pending.h"
#include "port.h"
#include "verify/verify.h"

enum { LOOP_PORTS = 64 };

struct keeper;
struct metrics;
struct notify;
struct workers;

struct loop {
    struct port *ports[LOOP_PORTS]; /* NULL once a port has ended */
    struct doctor *doctors[LOOP_PORTS]; /* of live ports, or NULL; the loop closes them with their ports */
    size_t port_count;
    bool is_one_by_one;     /* a port has its turn when those before it have ended, as captures do */
    struct responder *responder;
    const struct log *log;
    struct verify *verify;  /* gets all frames, while nothing is sent; NULL without --verify */
    struct counters counters;
    uint64_t answers;       /* stop after so many, and what still waits; 0: never */
    size_t pending_most;    /* replies that may wait for their time */
    enum pending_policy pending_policy;
    int32_t spin_us;        /* how long to look for frames before sleeping, or SPIN_ADAPT */
    uint64_t wait_ms;       /* how long an interface may be gone before its port ends; UINT64_MAX: for ever */
    unsigned stats_seconds; /* 0: never */
    bool has_other_lines;   /* somebody else than the log writes to standard output meanwhile */
    int signal_fd;          /* of signals_open(), or -1 */
    struct control *control; /* NULL without --control */
    struct notify *notify;   /* NULL: there is no service manager */
    /* Is called once all ports are answered on.  0, or -1 if the run is to end: why, has been told.  NULL: nobody wants to know. */
    int (*begun)(void *who);
    void *who;
    uint64_t alive_ms;       /* when it was seen to go on, on the steady clock */
    struct metrics *metrics; /* NULL without --metrics */
    struct keeper *keeper;   /* of files that are written later; NULL: there are none */
    size_t waiting;         /* replies that wait for their time now */
    struct workers *workers; /* that share the work; NULL: there is this loop alone */
    const struct loop *lead; /* of a loop that is not the first of them: the first; else NULL */
    struct histogram latency; /* of replies that did not have to wait, live and if there are metrics */
    uint64_t dropped[LOOP_PORTS]; /* frames that the system lost, of ports that have ended */
};

/* Runs until all ports have ended, a signal asks for the end, or enough is answered, the last reply sent in its time.  The ports are closed when it returns.
 * 0, or -1 when there was trouble, which has been told. */
int loop_run(struct loop *loop);

/* The counters of all workers as they are now, while the loop runs. */
void loop_count(const struct loop *loop, struct counters *counters);

/* How many replies wait, those of other workers too. */
size_t loop_waiting(const struct loop *loop);

#endif
