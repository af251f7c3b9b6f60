/* ICMP errors: what a host owes for a request that it cannot take (RFC 1122 section 3.2.2, RFC 4443 section 2.4). */
#ifndef PONGD_RESPONDER_ERRORS_H
#define PONGD_RESPONDER_ERRORS_H

#include "responder/packet.h"
#include "responder/responder.h"

/* Builds the error that is due for a packet that got `verdict`, in responder->replies, if one is due and the limits allow
 * it. */
void errors_build(struct responder *responder, const struct frame *frame, const struct packet *packet,
                  enum verdict verdict);

#endif
