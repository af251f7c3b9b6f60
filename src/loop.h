/* The loop: next frame, respond, send, count. */
#ifndef PONGD_LOOP_H
#define PONGD_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters.h"
#include "doctor.h"
#include "log.h"
#include "port.h"
#include "verify/verify.h"

enum { LOOP_PORTS = 64 };

struct loop {
    struct port *ports[LOOP_PORTS]; /* NULL once a port has ended */
    struct doctor *doctors[LOOP_PORTS]; /* of live ports, or NULL; the loop closes them with their ports */
    size_t port_count;
    bool is_one_by_one;     /* a port has its turn when those before it have ended, as captures do */
    struct responder *responder;
    const struct log *log;
    struct verify *verify;  /* gets all frames, while nothing is sent; NULL without --verify */
    struct counters counters;
    uint64_t answers;       /* stop after so many; 0: never */
    unsigned stats_seconds; /* 0: never */
    bool has_other_lines;   /* somebody else than the log writes to standard output meanwhile */
    int signal_fd;          /* of signals_open(), or -1 */
};

/* Runs until all ports have ended, a signal asks for the end, or enough is answered.  The ports are closed when it returns.
 * 0, or -1 when there was trouble, which has been told. */
int loop_run(struct loop *loop);

#endif
