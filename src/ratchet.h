/* The ratchet: what pongd gives up for good once everything is open, one step after the other. */
#ifndef PONGD_RATCHET_H
#define PONGD_RATCHET_H

#include "log.h"
#include "options.h"
#include "platform/sandbox.h"

struct ratchet {
    bool is_due;         /* there is something to give up */
    bool is_root;        /* root is among it */
    bool has_other_user; /* and there is somebody else to become */
    bool has_files;      /* they can still be reached */
    struct platform_plan plan;
};

/* Plans what is to be given up, before anything is opened, so that a mistake leaves nothing behind.  0, or -1 with errbuf
 * filled. */
int ratchet_plan(struct ratchet *ratchet, const struct options *options, char errbuf[static PORT_ERRBUF]);

/* Gives it up, and tells who wants to know what was reached.  0, or -1 with errbuf filled: then the process must not go
 * on. */
int ratchet_turn(struct ratchet *ratchet, const struct log *log, char errbuf[static PORT_ERRBUF]);

#endif
