/* IPv4 (RFC 791): the header read and checked, a reply's header written. */
#ifndef PONGD_CODEC_IPV4_H
#define PONGD_CODEC_IPV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"

enum {
    IPV4_HEADER_LEN = 20,
    IPV4_ADDRESS_LEN = 4,
    IPV4_PROTOCOL_ICMP = 1
};

/* A header as read.  Pointers point into the frame. */
struct ipv4 {
    const uint8_t *src; /* IPV4_ADDRESS_LEN bytes; NULL when the header is not all there */
    const uint8_t *dst;
    uint8_t tos;
    uint8_t ttl;
    uint8_t protocol;
    uint16_t id;
    size_t fragment_offset; /* in bytes */
    bool more_fragments;
    bool dont_fragment;
    struct bytes options;
    struct bytes payload; /* what of it is there, never beyond the total length */
};

enum ipv4_status {
    IPV4_OK,
    IPV4_SHORT,      /* less than a header */
    IPV4_BAD_VERSION,
    IPV4_BAD_IHL,    /* header length below 20 or beyond what is there */
    IPV4_BAD_SUM,    /* header checksum */
    IPV4_BAD_LENGTH, /* total length below the header's */
    IPV4_TRUNCATED   /* total length beyond what is there */
};

/* Reads the header at the front of `datagram` and leaves the rest in ip->payload, bytes beyond the total length cut off.
 * Whatever could be read is filled in, the rest is zero. */
enum ipv4_status ipv4_read(struct bytes datagram, struct ipv4 *ip);

/* What a reply's header is made from. */
struct ipv4_reply {
    uint8_t tos;
    uint8_t ttl;
    uint16_t id;
    bool dont_fragment;
    const uint8_t *src; /* IPV4_ADDRESS_LEN bytes */
    const uint8_t *dst;
    struct bytes options; /* a multiple of 4 bytes, at most 40 */
};

/* Writes the header of a datagram, or of a fragment of one, its checksum right.  `len` counts the payload and `offset`
 * what comes before it, in bytes; `more` says whether something comes after it. */
void ipv4_write(struct writer *writer, const struct ipv4_reply *reply, size_t offset, size_t len, bool more);

/* Makes a first fragment, whose header `datagram` begins with, the whole datagram, with `len` bytes behind the header. */
void ipv4_rejoin(uint8_t *datagram, size_t len, uint8_t tos);

/* Makes options fit for fragments behind the first: those of a reply are not to be copied (RFC 791 section 3.1), and are
 * written over with No Operation, up to the end of the list. */
void ipv4_blank_options(uint8_t *options, size_t len);

#endif
