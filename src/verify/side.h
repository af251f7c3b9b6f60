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

enum side_mark {
    SIDE_PLAIN,
    SIDE_WHOLE,   /* all of the IP datagram was captured, though perhaps not what is behind it */
    SIDE_UNFILLED /* the IPv4 header checksum is zero, and not right: the sender's network card was to fill it in */
};

/* What is special about a frame that is no echo reply, or about one that is: only whether it is whole. */
enum side_mark side_mark(const struct frame *frame);

/* Fills in the IPv4 header checksum of such a frame. */
void side_fill_in(uint8_t *frame, size_t len, enum link_type link);

/* Reads an echo reply from a frame, whose fragments are kept in the reassembly of `keeper`.  False when it is none, or not
 * all there yet. */
bool side_read_reply(struct side *side, struct responder *keeper, const struct frame *frame);

/* Reads a frame of ours, which is neither cut nor a fragment. */
void side_read_ours(struct side *side, enum link_type link, struct bytes frame);

/* The data behind the ICMP header of a message that has one. */
struct bytes side_payload(const struct side *side);

#endif
