/* Fragments of requests: from a packet to reassembly and back. */
#ifndef PONGD_RESPONDER_FRAGMENTS_H
#define PONGD_RESPONDER_FRAGMENTS_H

#include "responder/packet.h"
#include "responder/responder.h"

/* Takes a fragment in.  VERDICT_ANSWERED when its datagram is whole: then that stands in `packet` in the fragment's place,
 * and is yet to be judged.  Otherwise what became of the fragment. */
enum verdict fragments_add(struct responder *responder, const struct frame *frame, struct packet *packet);

#endif
