/* IPv6 (RFC 8200): the header read and checked, its extension headers walked, a reply's header written. */
#ifndef PONGD_CODEC_IPV6_H
#define PONGD_CODEC_IPV6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"

enum {
    IPV6_HEADER_LEN = 40,
    IPV6_ADDRESS_LEN = 16,
    IPV6_NEXT_HOP_BY_HOP = 0,
    IPV6_NEXT_FRAGMENT = 44,
    IPV6_NEXT_ICMPV6 = 58,
    IPV6_FRAGMENT_LEN = 8
};

/* What a host would say of a datagram that it cannot take: codes of a Parameter Problem (RFC 4443 section 3.4), plus one. */
enum ipv6_problem_code {
    IPV6_PROBLEM_NONE,
    IPV6_PROBLEM_FIELD,       /* an erroneous header field */
    IPV6_PROBLEM_NEXT_HEADER, /* an unrecognized next header */
    IPV6_PROBLEM_OPTION,      /* an unrecognized option */
    IPV6_PROBLEM_CHAIN        /* a first fragment without all headers (RFC 7112) */
};

struct ipv6_problem {
    enum ipv6_problem_code code;
    size_t at;          /* offset of the byte at fault from the beginning of the datagram */
    bool is_for_groups; /* to be said even if the datagram was for a group */
};

/* A datagram as read.  Pointers point into the frame. */
struct ipv6 {
    const uint8_t *src; /* IPV6_ADDRESS_LEN bytes; NULL when the header is not all there */
    const uint8_t *dst;
    uint8_t traffic_class;
    uint8_t hop_limit;
    uint8_t next_header;   /* at the end of the extension headers walked so far */
    size_t fragment_offset; /* in bytes; not 0: what follows is not the upper layer's header */
    bool fragment_more;
    uint32_t fragment_id;
    bool has_fragment;     /* there is a Fragment header, if only an atomic fragment's */
    bool has_hop_by_hop;   /* the first header is Hop-by-Hop Options */
    bool payload_is_empty; /* the payload length field is 0 */
    const uint8_t *next_header_at; /* the byte that names next_header */
    const uint8_t *named_at; /* the byte that names the extension header walked last */
    struct ipv6_problem problem;
    struct bytes payload;  /* what follows the headers walked so far, never beyond the payload length */
};

enum ipv6_status {
    IPV6_OK,
    IPV6_SHORT,       /* less than a header */
    IPV6_BAD_VERSION,
    IPV6_TRUNCATED,   /* payload length beyond what is there */
    IPV6_JUMBO,       /* a jumbogram, or no payload length where one is due (RFC 2675) */
    IPV6_BAD_HEADER,  /* an extension header that is cut short, misplaced or not processed */
    IPV6_BAD_OPTION,  /* an option that is malformed or asks for a discard */
    IPV6_BAD_SCOPE,   /* a Routing header sent to a group */
    IPV6_IPSEC,       /* AH or ESP: there is no security association */
    IPV6_FRAGMENT     /* one of several fragments */
};

/* How far a byte of the datagram is from its beginning. */
static inline size_t
ipv6_offset(const struct ipv6 *ip, const uint8_t *at)
{
    enum { SOURCE_AT = 8 };

    return (size_t)(at - (ip->src - SOURCE_AT));
}

/* Reads the fixed header at the front of `datagram`, bytes beyond the payload length cut off.  Whatever could be read is
 * filled in, the rest is zero. */
enum ipv6_status ipv6_read(struct bytes datagram, struct ipv6 *ip);

/* Walks the extension headers (RFC 8200 section 4) of a datagram that ipv6_read() found right, up to the upper layer or to
 * the Fragment header of one of several fragments.  Where the datagram was put together from fragments, `seam` is where the
 * Fragment header was, else NULL. */
enum ipv6_status ipv6_walk(struct ipv6 *ip, const uint8_t *seam);

/* Whether a first fragment ends inside the upper layer's header, or before it (RFC 7112).  `rest` follows the Fragment header,
 * which names `next_header`. */
bool ipv6_lacks_upper(uint8_t next_header, struct bytes rest);

/* Whether it carries an ICMPv6 error, or of a whole ICMPv6 message nothing that says its type: about such no error is sent.
 * Looks behind the headers that ipv6_walk() did not come to. */
bool ipv6_may_be_error(const struct ipv6 *ip);

/* Makes the headers of a first fragment, which `ip` was read from, those of the whole datagram but for the Fragment header,
 * which is still to be taken out.  `len` is all that follows that; with the other extension headers at most 65535 bytes. */
void ipv6_rejoin(const struct ipv6 *ip, uint8_t *datagram, size_t len, uint8_t traffic_class);

/* What a reply's header is made from. */
struct ipv6_reply {
    uint8_t traffic_class;
    uint32_t flow_label;
    uint8_t hop_limit;
    const uint8_t *src; /* IPV6_ADDRESS_LEN bytes */
    const uint8_t *dst;
};

/* Writes the header of a datagram with `len` bytes of payload, which begins with what `next_header` says. */
void ipv6_write_header(struct writer *writer, const struct ipv6_reply *reply, uint8_t next_header, size_t len);

/* Writes the header of a datagram that carries ICMPv6.  `len` counts the payload in bytes. */
void ipv6_write(struct writer *writer, const struct ipv6_reply *reply, size_t len);

/* Writes the headers of a fragment of one.  `offset` counts what comes before its `len` bytes of payload. */
void ipv6_write_fragment(struct writer *writer, const struct ipv6_reply *reply, uint32_t id, size_t offset, size_t len,
                         bool more);

#endif
