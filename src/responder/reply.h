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

#endif
