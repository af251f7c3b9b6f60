/* ICMP (RFC 792) and ICMPv6 (RFC 4443): echo requests read, echo replies written. */
#ifndef PONGD_CODEC_ICMP_H
#define PONGD_CODEC_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"

enum {
    ICMP_HEADER_LEN = 8,
    ICMP_ECHO_REPLY = 0,
    ICMP_ECHO_REQUEST = 8,
    ICMPV6_ECHO_REQUEST = 128,
    ICMPV6_ECHO_REPLY = 129
};

/* | type 1 | code 1 | checksum 2 | identifier 2 | sequence 2 | data … | */
struct icmp {
    uint8_t type;
    uint8_t code;
    uint16_t id;
    uint16_t seq;
    struct bytes message; /* all of it, from the type on */
};

/* Reads the header at the front of `message`; false when it is not all there, with what could be read filled in. */
bool icmp_read(struct bytes message, struct icmp *icmp);

/* Whether the checksum of an ICMP message is right. */
bool icmp_sum_is_right(const struct icmp *icmp);

/* The same for ICMPv6, whose sum covers the addresses (RFC 4443 section 2.3). */
bool icmp_sum6_is_right(const struct icmp *icmp, const uint8_t src[static 16], const uint8_t dst[static 16]);

/* Writes the echo reply to a request whose checksum is right: code, identifier, sequence and data as they came. */
void icmp_write_reply(struct writer *writer, const struct icmp *request);

/* The same for ICMPv6, sent from `src` to `dst`. */
void icmp_write_reply6(struct writer *writer, const struct icmp *request, const uint8_t src[static 16],
                       const uint8_t dst[static 16]);

#endif
