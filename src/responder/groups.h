/* Multicast groups that we have to be in so that neighbor solicitations for our addresses reach us (RFC 4861 section 7.2.1),
 * reported so that switches that snoop forward them (RFC 3810). */
#ifndef PONGD_RESPONDER_GROUPS_H
#define PONGD_RESPONDER_GROUPS_H

#include <stddef.h>
#include <stdint.h>

struct iface;
struct frame;
struct packet;
struct responder;

enum { GROUPS_MAX = 1024 }; /* on an interface */

/* The groups of one interface, and when they are to be reported.  Times 0 for never. */
struct groups {
    const struct iface *iface;
    const uint8_t (*tails)[3]; /* the last three bytes of each address, which tell its group */
    size_t count;
    unsigned announced; /* how often they were reported at the start */
    uint64_t announce_ns, answer_ns;
};

/* Adds the groups of an interface, `count` at most GROUPS_MAX of them.  The memory stays the caller's. */
void groups_add(struct responder *responder, const struct iface *iface, const uint8_t (*tails)[3], size_t count);

/* Forgets those of an interface that is gone. */
void groups_forget(struct responder *responder, const struct iface *iface);

/* Has those of an interface that is back be reported as at the start. */
void groups_restart(struct responder *responder, const struct iface *iface);

/* Hears whether a router asks which groups there are. */
void groups_hear(struct responder *responder, const struct frame *frame, const struct packet *packet);

/* Builds the reports that are due on an interface, behind the replies that are there. */
void groups_tick(struct responder *responder, const struct iface *iface, uint64_t now_ns);

/* When the next of them is due; UINT64_MAX for never. */
uint64_t groups_due(const struct responder *responder);

#endif
