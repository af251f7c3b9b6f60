/* Recorded replies held against ours: what of a capture is a request, which reply is whose, and whether they agree. */
#ifndef PONGD_VERIFY_VERIFY_H
#define PONGD_VERIFY_VERIFY_H

#include "verify/pairs.h"

#define VERIFY_WINDOW_NS UINT64_C(10000000000) /* from a request to its reply, and to duplicates of that */
#define VERIFY_LINGER_NS UINT64_C(1000000000)  /* the same for duplicates where somebody waits for the line */

struct verify {
    bool is_strict; /* what hosts choose for themselves counts too */
    bool is_live;   /* requests to other hosts are not asked of us, and lines come soon */
    uint64_t results[PAIR_RESULTS];
    uint64_t strays;         /* replies without a request */
    struct responder keeper; /* puts recorded replies together, and answers what was asked of a group */
    struct pairs pairs;
    uint8_t asked[PAIRS_FRAME_MAX];
    uint8_t filled[PAIRS_FRAME_MAX];
};

/* Makes ready, for answers as those of a responder that was initialised with the same seed.  What else holds for it is to be
 * set in verify->keeper too. */
void verify_init(struct verify *verify, uint64_t seed);

/* Has a frame answered, of which the best is made: where only padding was cut off, it is whole; a request's IPv4 header
 * checksum that a network card was to fill in is filled in.  Then `frame` is the one that was answered, good until the next
 * call. */
void verify_respond(struct verify *verify, struct responder *responder, struct frame *frame, struct outcome *outcome);

/* Takes such a frame, and what became of it.  To be called while verify_next() has nothing to tell. */
void verify_hear(struct verify *verify, const char *source, const struct frame *frame, const struct outcome *outcome);

/* The next request of which all is known, in the order in which they came; NULL when there is none yet.  At the end there is
 * nothing to wait for.  Good until the next call of a function here.  Counts it. */
const struct pair *verify_next(struct verify *verify, uint64_t now_ns, bool is_end);

/* Whether any reply that must agree does not. */
bool verify_has_failed(const struct verify *verify);

#endif
