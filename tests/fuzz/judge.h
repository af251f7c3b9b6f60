/* What must hold for the replies to any frames: they are right, and no more than what was asked. */
#ifndef PONGD_FUZZ_JUDGE_H
#define PONGD_FUZZ_JUDGE_H

#include "responder/responder.h"

enum { JUDGE_VLANS = 100 /* all below this one are answered */ };

/* Frames on an interface, and what came of them so far. */
struct run {
    struct responder *responder;
    struct iface iface;
    struct iface peer; /* whom replies are shown to */
    bool peer_is_ready;
    uint64_t ts_ns;
    size_t frames, fragments, answered;
    size_t asked;      /* bytes of the frames */
    size_t replied;    /* bytes of ICMP that they were answered with */
    uint64_t complete; /* datagrams that had been put together before the frame */
    bool is_rejoined;  /* the frame was the last fragment of one */
};

/* A copy of just that size, so that AddressSanitizer sees what is read beyond it.  To be freed. */
uint8_t *judge_copy(const uint8_t *data, size_t len);

/* What time alone has brought about: `count` frames in the responder's replies.  Errors about fragments whose time is up
 * each add their header to a frame that was fed. */
void judge_tick(struct run *run, size_t count);

/* Whatever a frame is, its fields follow each other without a gap, up to its end. */
void judge_dissection(enum link_type link, const uint8_t *data, size_t len);

/* Before a frame is answered. */
void judge_frame(struct run *run, size_t len);

/* After it. */
void judge_outcome(struct run *run, const struct frame *frame, const struct outcome *outcome);

/* No datagram and no chunk is lost: those free and those in use make all there are. */
void judge_reassembly(const struct run *run);

#endif
