/* PROBE: what is known of the interfaces that extended echo requests ask about (RFC 8335). */
#ifndef PONGD_RESPONDER_PROBE_H
#define PONGD_RESPONDER_PROBE_H

#include "codec/probe.h"
#include "responder/packet.h"
#include "responder/responder.h"

/* The code of the reply, and in `flags` the state of the interface. */
enum probe_code probe_answer(const struct responder *responder, const struct packet *packet, unsigned *flags);

#endif
