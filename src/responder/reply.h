/* Replies: the frames that answer a request. */
#ifndef PONGD_RESPONDER_REPLY_H
#define PONGD_RESPONDER_REPLY_H

#include "responder/packet.h"
#include "responder/responder.h"

/* Builds the reply to a request that is to be answered, in responder->replies: one frame, or fragments where the MTU asks for
 * them. */
void reply_build(struct responder *responder, const struct frame *frame, const struct packet *packet);

/* The IPv4 options of the reply.  Returns their length, or -1 if they cannot be answered. */
int reply_options4(const struct frame *frame, const struct packet *packet, uint8_t out[static IPV4_OPTIONS_MAX]);

/* An ICMP error about a packet. */
struct reply_error {
    uint8_t type;
    uint8_t code;
    uint32_t pointer;   /* the four bytes behind the checksum */
    struct bytes quote; /* of the packet, from its IP header on */
};

/* Builds an error, as reply_build() builds a reply. */
void reply_build_error(struct responder *responder, const struct frame *frame, const struct packet *packet,
                       const struct reply_error *error);

#endif
