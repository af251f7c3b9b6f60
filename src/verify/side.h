/* One side of a comparison: an ICMP message with all that came before it, whole or as far as a capture goes. */
#ifndef PONGD_VERIFY_SIDE_H
#define PONGD_VERIFY_SIDE_H

#include "responder/packet.h"

struct side {
    struct packet packet; /* points into the frame, or to where its fragments were put together */
    size_t padding;       /* bytes behind the datagram */
    bool is_cut;          /* the capture ends before the datagram does */
    bool is_joined;       /* it came in fragments */
    bool is_sum_right;    /* of the ICMP message; not known where that is cut */
};

/* Whether all of a frame's IP datagram was captured, though perhaps not what is behind it. */
bool side_is_whole(const struct frame *frame);

/* Reads an echo reply from a frame, whose fragments are kept in the reassembly of `keeper`.  False when it is none, or not
 * all there yet. */
bool side_read_reply(struct side *side, struct responder *keeper, const struct frame *frame);

/* Reads a frame of ours, which is neither cut nor a fragment. */
void side_read_ours(struct side *side, enum link_type link, struct bytes frame);

/* The data behind the ICMP header of a message that has one. */
struct bytes side_payload(const struct side *side);

#endif
