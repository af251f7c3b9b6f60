/* Requests that wait for the replies recorded to them, in memory of fixed size.
 *
 * They leave in the order in which they came, each with its reply or without.  Their replies of ours lie in a ring of bytes,
 * which is freed in the same order. */
#ifndef PONGD_VERIFY_PAIRS_H
#define PONGD_VERIFY_PAIRS_H

#include "verify/fields.h"

enum {
    PAIRS_MOST = 8192, /* requests at a time */
    PAIRS_FEW = 3, /* differences, as most have: more lie apart, to leave the processor's cache to what is needed */
    PAIRS_BUCKETS = 4096,
    PAIRS_RING = 1 << 23,
    PAIRS_FRAME_MAX = RESPONDER_REPLY_MAX
};

/* What came of a request. */
enum pair_result {
    PAIR_SAME,
    PAIR_DIFFERS,
    PAIR_UNANSWERED, /* no reply is recorded */
    PAIR_SILENT,     /* one is, but we would not have answered */
    PAIR_CUT,        /* one is, but of the request the capture has not all */
    PAIR_RESULTS
};

struct pair {
    struct request request;
    enum verdict verdict; /* ours */
    uint64_t ts_ns;
    const char *source;        /* name of the interface or file */
    enum link_type link;       /* of the frames */
    bool is_cut;               /* the request is */
    bool is_group;             /* sent to a group or broadcast, so that any host may answer */
    size_t at, len;            /* in the ring: our reply, or for a group the request itself */
    size_t payload_at;         /* from there, of the data behind the ICMP header; `len` when they are not known */
    bool has_reply;            /* what follows tells of it */
    bool reply_is_cut;
    uint64_t duplicates;
    enum pair_result result;
    size_t difference_count;
    const struct difference *differences;
    uint32_t newer, older, bucket; /* in a list of those that look alike; indices from 1, 0 for none */
    uint64_t ring_end;             /* what is free again once this one is gone */
};

struct pairs {
    struct siphash_key key;
    uint64_t first, next; /* of the requests that are there, counted from the beginning */
    uint64_t ring_first, ring_next;
    uint32_t newest[2][PAIRS_BUCKETS]; /* of those without a reply, and with one */
    struct pair pairs[PAIRS_MOST];
    struct difference few[PAIRS_MOST][PAIRS_FEW], many[PAIRS_MOST][FIELDS_MOST];
    uint8_t ring[PAIRS_RING];
};

void pairs_init(struct pairs *pairs, const struct siphash_key *key);

/* Whether one more request fits, whatever its length. */
bool pairs_have_room(const struct pairs *pairs);

/* Adds a request, with `frame` of at most PAIRS_FRAME_MAX bytes beside it; to be called only while there is room.  The
 * caller fills in the members from `request` to `is_group`, and `payload_at`. */
struct pair *pairs_add(struct pairs *pairs, const struct pair *pair, struct bytes frame);

/* The request that has waited longest, NULL when there is none, and dropping it. */
const struct pair *pairs_oldest(const struct pairs *pairs);
void pairs_drop(struct pairs *pairs);

/* The request that a reply answers, NULL when there is none: of those asked within `window_ns` before `now_ns` that have no
 * reply yet the one that fits best, the latest of equals; else the latest that has one, of which this is a duplicate. */
struct pair *pairs_find(struct pairs *pairs, const struct side *reply, uint64_t now_ns, uint64_t window_ns);

/* Notes that a request has its reply. */
void pairs_settle(struct pairs *pairs, struct pair *pair);

/* Keeps the differences of its reply. */
void pairs_keep_differences(struct pairs *pairs, struct pair *pair, const struct difference *differences, size_t count);

/* What lies beside a request. */
struct bytes pairs_frame(const struct pairs *pairs, const struct pair *pair);

#endif
