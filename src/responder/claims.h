/* Whose an address is: asking before it is served (RFC 5227, RFC 4862), and leaving it to a host that has it. */
#ifndef PONGD_RESPONDER_CLAIMS_H
#define PONGD_RESPONDER_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/link.h"
#include "responder/addresses.h"
#include "responder/siphash.h"

struct build;
struct frame;
struct iface;
struct packet;
struct responder;

enum {
    CLAIMS_ACTIVE = 256, /* addresses that are asked for at a time: some 40 a second, and as many frames in each of its seven */
    CLAIMS_LEFT = 4096,  /* addresses that can be left to other hosts; a power of two */
    CLAIMS_NEWS = 64
};

enum claim_state {
    CLAIM_WAITING,    /* for its turn */
    CLAIM_PROBING,    /* others are asked whether they have it */
    CLAIM_ANNOUNCING, /* nobody has; it is served */
    CLAIM_SERVED,
    CLAIM_LOST
};

/* A single address that is to be asked for. */
struct claim {
    struct address address;
    uint32_t iface; /* its number */
    uint8_t state;  /* enum claim_state */
    uint8_t sent;   /* probes, or announcements */
    uint64_t due_ns; /* when its next step is */
};

/* An address on an interface; version 0 for none. */
struct claims_place {
    struct address address;
    uint32_t iface;
};

/* What is worth a line. */
enum claims_event { CLAIMS_WON, CLAIMS_LOST, CLAIMS_FULL /* no more addresses can be left to others */ };

struct claims_news {
    enum claims_event event;
    struct claims_place place;
    uint8_t mac[LINK_MAC_LEN]; /* of the host that has it */
};

struct claims {
    bool yields;         /* addresses in use are left to others too */
    struct claim *items; /* in the order of claims_compare() */
    size_t count, begun;
    uint32_t active[CLAIMS_ACTIVE]; /* items */
    size_t active_count;
    struct claims_place left[CLAIMS_LEFT];
    size_t left_count;
    struct claims_news news[CLAIMS_NEWS]; /* not yet taken */
    size_t news_count;
};

/* No claims, and nothing left to others. */
void claims_init(struct claims *claims);

/* Less than, equal to or greater than 0: for sorting. */
int claims_compare(const struct claim *a, const struct claim *b);

/* Takes the claims over: sorted, each address on an interface once, and waiting.  The memory stays the caller's. */
void claims_set(struct claims *claims, struct claim *items, size_t count);

/* Gives the claims on an interface up, which is gone. */
void claims_forget(struct claims *claims, const struct iface *iface);

/* Has the claims on an interface begin anew, but for those that are lost. */
void claims_restart(struct claims *claims, const struct iface *iface);

/* Whether an address that is ours by the table of addresses may be served: it is not being asked for, nor another host's. */
bool claims_allow(const struct responder *responder, const struct iface *iface, const struct address *address);

/* Whether that is so of all of them. */
static inline bool
claims_allow_all(const struct claims *claims)
{
    return claims->count == 0 && claims->left_count == 0;
}

/* Hears who has an address in a frame that came in. */
void claims_hear(struct responder *responder, const struct frame *frame, const struct packet *packet);

/* Builds the probes and announcements that are due on an interface, behind the replies that are there. */
void claims_tick(struct responder *responder, const struct iface *iface, uint64_t now_ns);

/* When the next of them is due; UINT64_MAX for never. */
uint64_t claims_due(const struct claims *claims);

/* Adds news, unless too many wait to be taken.  `mac` may be NULL. */
void claims_tell(struct claims *claims, enum claims_event event, const struct claims_place *place, const uint8_t *mac);

static inline bool
claims_have_news(const struct claims *claims)
{
    return claims->news_count > 0;
}

/* Takes the oldest news.  False when there is none. */
bool claims_take_news(struct claims *claims, struct claims_news *news);

#endif
