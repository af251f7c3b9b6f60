/* Frames being built: the link header before what they carry, padding behind it, and their place among the replies. */
#ifndef PONGD_RESPONDER_BUILD_H
#define PONGD_RESPONDER_BUILD_H

#include "responder/packet.h"
#include "responder/responder.h"

/* What all frames that answer one frame have in common. */
struct build {
    struct responder *responder;
    const struct frame *frame;   /* that is answered */
    const struct packet *packet; /* read from it */
    struct writer writer;
};

/* Makes ready to build the replies to a frame, behind those that there are. */
void build_init(struct build *build, struct responder *responder, const struct frame *frame, const struct packet *packet);

/* Begins a frame with its link header, back to where `packet` came from.  Returns where it stands. */
uint8_t *build_begin(struct build *build);

/* The same to another MAC address. */
uint8_t *build_begin_to(struct build *build, const uint8_t mac[static LINK_MAC_LEN]);

/* Ends the frame that begins at `start`. */
void build_end(struct build *build, const uint8_t *start);

#endif
