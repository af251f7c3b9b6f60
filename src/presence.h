/* The hosts that we stand in for: whom they must not push aside, which are to be claimed, and what groups they are in. */
#ifndef PONGD_PRESENCE_H
#define PONGD_PRESENCE_H

#include "loop.h"
#include "options.h"

/* The memory that the responder's claims and groups are in. */
struct presence {
    struct claim *claims;
    uint8_t (*tails)[3];
};

/* Sets the responder of a loop up with the claims and groups of its ports, which are open.  0, or -1 with errbuf filled. */
int presence_set_up(struct presence *presence, const struct options *options, struct loop *loop,
                    char errbuf[static PORT_ERRBUF]);

/* To be called when the responder is used no more. */
void presence_free(struct presence *presence);

#endif
