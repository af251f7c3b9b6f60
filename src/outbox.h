/* The outbox: replies that leave together, in one call, at the end of the turn that brought them. */
#ifndef PONGD_OUTBOX_H
#define PONGD_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port.h"

struct histogram;
struct loop;

enum {
    OUTBOX_REPLIES = 64,
    OUTBOX_REPLY_MOST = RESPONDER_REPLY_MAX, /* bytes of one */
    OUTBOX_BYTES = 2 * OUTBOX_REPLY_MOST
};

/* Whose reply it is, and so what has to be counted anew when the system does not take it after all. */
enum outbox_owner {
    OUTBOX_FRAME, /* a frame, which was counted under a verdict */
    OUTBOX_LATE,  /* nobody any more: it waited, and was counted as sent */
    OUTBOX_OWN    /* no frame at all: it is sent at once, and not counted */
};

struct outbox_mark {
    enum outbox_owner owner;
    uint64_t frame; /* replies to the same one have the same number */
    enum verdict verdict;
    bool is_request;
};

struct outbox_room; /* the bytes; large */

struct outbox {
    struct loop *loop; /* whose ports, log and counters are used */
    struct outbox_room *room; /* NULL: replies are sent one by one */
    size_t port;     /* that all in it is for */
    size_t count;    /* replies in it */
    size_t len;      /* and their bytes */
    size_t unmarked; /* of the last frame, for which there is no verdict yet: those from this one on */
    uint64_t frame;
    bool is_prompt;  /* the next reply is the first of a turn */
    bool is_direct;  /* those to this frame are too many to be kept */
    bool heeds_direct; /* something depends on replies that are sent one by one */
    struct histogram *latency; /* of replies that did not wait; NULL: nobody asks */
};

/* An empty one.  Without memory, for ports that take one reply at a time, and where each frame has a line that says what became
 * of it, it sends all at once. */
void outbox_init(struct outbox *outbox, struct loop *loop);
void outbox_end(struct outbox *outbox);

/* A turn of port number `i` begins, with nothing in the outbox.  Its first reply will not be kept, as it may be the only one;
 * but where there are workers it is, as they would wait for it. */
void outbox_begin(struct outbox *outbox, size_t i);

/* Makes room for all replies to a frame, so that they leave together and before it is settled what became of the frame.  Returns
 * what outbox_flush() does. */
enum port_result outbox_make_room(struct outbox *outbox, const struct reply *replies, size_t count);

/* Sends a reply over port number `i`, or keeps a copy until outbox_flush() where that is this turn's port; `frame` is what it
 * answers, or NULL.  Returns what the port says, and PORT_DONE for a copy. */
enum port_result outbox_send(struct outbox *outbox, size_t i, const struct frame *frame, const struct reply *reply,
                             enum outbox_owner owner);

/* Says under what the frame of the last replies was counted. */
void outbox_add_mark(struct outbox *outbox, enum verdict verdict, bool is_request);

/* The same if any can have been kept. */
static inline void
outbox_mark(struct outbox *outbox, enum verdict verdict, bool is_request)
{
    if (outbox->room != NULL)
        outbox_add_mark(outbox, verdict, is_request);
}

/* Lets all go.  What is not taken is told and counted as such.  PORT_DONE, or what the port says that has to end. */
enum port_result outbox_flush(struct outbox *outbox);

/* The same, while other workers have their turn. */
enum port_result outbox_flush_aside(struct outbox *outbox);

/* Whether the next reply may not fit. */
bool outbox_is_full(const struct outbox *outbox);

#endif
