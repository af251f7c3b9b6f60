/* Workers: threads that run the loop over capture handles of their own, and share all else. */
#ifndef PONGD_WORKERS_H
#define PONGD_WORKERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "turn.h"

enum { WORKERS_MOST = 64 };

/* All that the loops of one run share is used by who has the turn.  Out of turn they only sleep, and send what is in their own
 * outbox. */
struct workers {
    struct turn turn;
    size_t count;        /* of loops, the lead's among them, which the first thread runs */
    size_t started;      /* threads that run, and have to be waited for */
    struct loop *lead;
    struct loop *loops;  /* those besides the lead */
    pthread_t *threads;
    size_t running;      /* loops besides the lead that have not ended */
    int wake_fds[2];     /* a pipe: readable when it is enough, closed at the other end when it is over */
    bool is_enough, is_over;
    bool has_failed;     /* one of the loops */
    bool has_told[LOOP_PORTS];       /* why that port has ended */
    struct port *leftover[LOOP_PORTS]; /* of the lead: ended, but other handles of the interface may still look at them */
};

/* So many loops, `lead` among them; the others are like it, but have no ports yet, and no duties beside frames.  NULL with
 * errbuf filled. */
struct workers *workers_open(struct loop *lead, size_t count, char errbuf[static PORT_ERRBUF]);

/* Closes the ports too that are still there.  NULL does nothing. */
void workers_close(struct workers *workers);

/* Starts the others; the caller has the turn from then on.  0, or -1 with errbuf filled and some of them started. */
int workers_start(struct workers *workers, char errbuf[static PORT_ERRBUF]);

/* Ends the others and waits for that; the caller gives its turn up for good. */
void workers_stop(struct workers *workers);

/* The turn that a loop leaves while it waits or sends; NULL for who is alone. */
static inline struct turn *
workers_turn(const struct loop *loop)
{
    return loop->workers == NULL ? NULL : &loop->workers->turn;
}

/* Tells all that nothing more is to be read. */
void workers_say_enough(struct workers *workers);

/* Whether all of them run, and were seen to go on within so many milliseconds, or are to end anyway.  NULL, for who is alone: yes. */
bool workers_are_alive(const struct workers *workers, uint64_t now_ms, uint64_t within_ms);

/* Counts for the lead what the others have counted, once they are stopped, and tells how the frames were shared out. */
void workers_join_counts(struct workers *workers);

#endif
