/* Reassembly of fragments (RFC 791 section 3.2, RFC 8200 section 4.5), in memory of fixed size.
 *
 * A datagram has a bit for each 8 bytes, so that what is new, double or overlapping is told at once, whatever the order and
 * the number of its fragments; its data lie in chunks that it takes as they are needed. */
#ifndef PONGD_RESPONDER_REASSEMBLY_H
#define PONGD_RESPONDER_REASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"
#include "responder/siphash.h"

enum {
    REASSEMBLY_DATAGRAMS = 896, /* at a time; with the chunks about 4 MiB */
    REASSEMBLY_CHUNKS = 2048,
    REASSEMBLY_CHUNK_LEN = 1024,
    REASSEMBLY_MAX = 65535, /* bytes of a datagram */
    REASSEMBLY_UNITS = (REASSEMBLY_MAX + 1) / 8,
    REASSEMBLY_WORDS = REASSEMBLY_UNITS / 64,
    REASSEMBLY_BUCKETS = 1024,
    REASSEMBLY_SOURCES = 4096,
    REASSEMBLY_HEAD_CHUNKS = 2,
    REASSEMBLY_HEAD_MAX = REASSEMBLY_HEAD_CHUNKS * REASSEMBLY_CHUNK_LEN
};

/* What fragments of one datagram have in common.  Bytes that are not used are zero. */
struct reassembly_key {
    uint8_t version;
    uint8_t protocol; /* 0 for IPv6, where it does not count */
    uint8_t iface[4];
    uint8_t tags[4];
    uint8_t id[4];
    uint8_t src[16];
    uint8_t dst[16];
};

struct reassembly_fragment {
    struct reassembly_key key;
    size_t offset; /* in bytes */
    bool more;     /* the More Fragments flag */
    struct bytes head; /* the frame up to the data, its headers; at most REASSEMBLY_HEAD_MAX bytes where offset is 0 */
    struct bytes data;
    size_t header_len; /* what of the headers counts for the most that a datagram may have: of IPv4 all, of IPv6 those that are
                          between the fixed header and the Fragment header */
    uint8_t tos;       /* or traffic class */
    uint64_t ts_ns;
};

/* A datagram that is complete, or the first fragment of one that will never be; good until the next call of a function here. */
struct reassembly_whole {
    uint8_t *head; /* of the first fragment; the data follow it at once */
    size_t head_len;
    size_t data_len;
    uint8_t tos; /* of the first fragment, with what congestion any fragment met (RFC 3168 section 5.3) */
};

enum reassembly_result {
    REASSEMBLY_HELD,
    REASSEMBLY_WHOLE,
    REASSEMBLY_DUPLICATE, /* all of it is there already: ignored */
    REASSEMBLY_OVERLAP,   /* overlaps others: the datagram is discarded (RFC 5722) */
    REASSEMBLY_BAD,       /* its length or end is impossible */
    REASSEMBLY_TOO_LONG   /* would make the datagram longer than any can be */
};

struct reassembly_datagram {
    struct reassembly_key key;
    uint16_t next_in_bucket; /* indices, 0 for none */
    uint16_t older, newer;
    uint64_t first_ns; /* when the first fragment to arrive did */
    uint32_t number;   /* of the last fragment, counted by source */
    uint32_t end;      /* the highest end of a fragment */
    uint32_t held;     /* bytes */
    bool has_first, has_last;
    uint8_t codepoints; /* a bit for each ECN codepoint seen */
    uint8_t tos;        /* of the first fragment, as are the next ones */
    uint16_t header_len, head_len;
    uint32_t first_len; /* bytes of its data */
    uint16_t head_chunks[REASSEMBLY_HEAD_CHUNKS];
    uint16_t chunks[REASSEMBLY_UNITS * 8 / REASSEMBLY_CHUNK_LEN]; /* indices, 0 for none */
    uint64_t covered[REASSEMBLY_WORDS];                           /* a bit for each 8 bytes that are there */
    uint64_t starts[REASSEMBLY_WORDS]; /* a bit for each of them that begins a run which came in order */
};

/* Datagrams of one version, by age. */
struct reassembly_ages {
    uint16_t oldest, newest;
};

/* The state.  Index 0 of datagrams and chunks stands for none. */
struct reassembly {
    struct siphash_key hash_key;
    uint64_t complete, timed_out, evicted; /* datagrams */
    uint16_t buckets[REASSEMBLY_BUCKETS];
    struct reassembly_ages ages[2]; /* IPv4, IPv6 */
    uint16_t free_datagrams[REASSEMBLY_DATAGRAMS];
    uint16_t free_chunks[REASSEMBLY_CHUNKS];
    size_t free_datagram_count, free_chunk_count;
    uint32_t numbers[REASSEMBLY_SOURCES]; /* fragments by source, to tell stale ones by */
    struct reassembly_datagram datagrams[REASSEMBLY_DATAGRAMS];
    uint8_t chunks[REASSEMBLY_CHUNKS][REASSEMBLY_CHUNK_LEN];
    uint8_t whole[REASSEMBLY_HEAD_MAX + REASSEMBLY_MAX + 1]; /* a head ends where data begin, at REASSEMBLY_HEAD_MAX */
};

/* An empty state.  Touches little of its memory, which need not be zero. */
void reassembly_init(struct reassembly *reassembly, const struct siphash_key *key);

/* Takes a fragment in.  `whole` is filled in for REASSEMBLY_WHOLE only. */
enum reassembly_result reassembly_add(struct reassembly *reassembly, const struct reassembly_fragment *fragment,
                                      struct reassembly_whole *whole);

/* Gives up the datagram whose time was up longest ago, of those that came in on the interface `iface`, or on any if that is
 * NULL.  False when there is none.  `first` has what is held of its first fragment, with head_len 0 if nothing is, and
 * `ts_ns` when its time was up. */
bool reassembly_expire(struct reassembly *reassembly, const uint8_t iface[4], uint64_t now_ns,
                       struct reassembly_whole *first, uint64_t *ts_ns);

/* When the next datagram's time is up; UINT64_MAX when there is none. */
uint64_t reassembly_due(const struct reassembly *reassembly);

#endif
