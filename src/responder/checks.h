/* Whether a packet is answered: the rules in the order in which a host applies them. */
#ifndef PONGD_RESPONDER_CHECKS_H
#define PONGD_RESPONDER_CHECKS_H

#include "responder/packet.h"
#include "responder/responder.h"

/* VERDICT_ANSWERED when nothing speaks against an answer.  `frame` is what `packet` was read from. */
enum verdict checks_judge(const struct responder *responder, const struct frame *frame, const struct packet *packet);

#endif
