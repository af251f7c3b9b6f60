/* Replies on their way out: sent at once, or held until their time comes. */
#ifndef PONGD_PENDING_H
#define PONGD_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outbox.h"
#include "port.h"
#include "responder/schedule.h"

struct loop;

enum { PENDING_MOST = 1 << 24 }; /* replies that may be let wait */

/* What becomes of a reply when as many wait as may. */
enum pending_policy {
    PENDING_DROP, /* as netem has it */
    PENDING_SEND  /* it leaves before its time */
};

struct pending {
    struct loop *loop; /* whose ports, log and counters are used, and that says how many may wait */
    bool is_live;      /* the schedule's clock is the steady one; otherwise that of the frames */
    struct outbox outbox; /* of replies that need not wait, or no longer */
    struct schedule *schedule; /* NULL until a reply has to wait: it is large */
    uint64_t frame_ns;   /* the time of a frame, and on the schedule's clock that of its arrival */
    uint64_t arrival_ns;
};

/* Nothing waits yet.  The ports are all live or all captures. */
void pending_init(struct pending *pending, struct loop *loop);

/* Counts what still waits as not sent, and lets go of all memory. */
void pending_end(struct pending *pending);

static inline bool
pending_is_empty(const struct pending *pending)
{
    return pending->schedule == NULL || pending->schedule->waiting == 0;
}

/* When the next reply is due, on the schedule's clock; UINT64_MAX when none waits. */
uint64_t pending_due(const struct pending *pending);

/* Sends the replies to a frame over port number `i`, or holds those that have to wait.  PORT_REFUSED when not all were taken;
 * *is_full when some, other than copies, had to be dropped because too many wait. */
enum port_result pending_send(struct pending *pending, size_t i, const struct frame *frame, const struct outcome *outcome,
                              bool *is_full);

/* Sends what is due without a frame.  In a capture that is told late, with the next frame: so it goes among those that wait, if
 * any do, for all to leave in order. */
enum port_result pending_send_own(struct pending *pending, size_t i, const struct reply *replies, size_t count);

/* Sends what is due by `by_ns` on the schedule's clock, but not so much that reading starves.  PORT_NOTHING when nothing more
 * is due, PORT_DONE when there may be; anything less is what port number *i says, which has to end; call again for others. */
enum port_result pending_send_due(struct pending *pending, uint64_t by_ns, size_t *i);

#endif
