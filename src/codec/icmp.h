/* ICMP (RFC 792) and ICMPv6 (RFC 4443): echo requests read, echo replies written. */
#ifndef PONGD_CODEC_ICMP_H
#define PONGD_CODEC_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"

enum {
    ICMP_TIMESTAMP = 13,
    ICMP_TIMESTAMP_REPLY = 14,
    ICMP_TIMESTAMP_LEN = 20,
    ICMP_HEADER_LEN = 8,
    ICMP_ECHO_REPLY = 0,
    ICMP_ECHO_REQUEST = 8,
    ICMPV6_ECHO_REQUEST = 128,
    ICMPV6_ECHO_REPLY = 129,
    ICMP_EXTENDED_ECHO_REQUEST = 42, /* RFC 8335 */
    ICMP_EXTENDED_ECHO_REPLY = 43,
    ICMPV6_EXTENDED_ECHO_REQUEST = 160,
    ICMPV6_EXTENDED_ECHO_REPLY = 161
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

/* What becomes of a request's checksum in its reply.  Kept means updated (RFC 1624): what was right stays right, and what was
 * wrong stays wrong by the same difference.  Made new, it is right in any case. */
enum icmp_sum { ICMP_SUM_KEPT, ICMP_SUM_NEW };

/* Writes the echo reply to a request: code, identifier, sequence and data as they came. */
void icmp_write_reply(struct writer *writer, const struct icmp *request, enum icmp_sum sum);

/* The same for ICMPv6, for a request of `client` to `asked`, which may be a group, answered from `src` (else the same pointer). */
void icmp_write_reply6(struct writer *writer, const struct icmp *request, enum icmp_sum sum, const uint8_t client[static 16],
                       const uint8_t asked[static 16], const uint8_t src[static 16]);

/* Writes the reply to a timestamp request (RFC 792) of at least ICMP_TIMESTAMP_LEN bytes that came and is answered at
 * `time_ms` since midnight UT. */
void icmp_write_timestamp(struct writer *writer, const struct icmp *request, uint32_t time_ms);

/* Writes an error: | type, code, checksum 4 | pointer 4 | the packet that it is about … |.  `pseudo` is the sum of the
 * pseudo-header of ICMPv6, 0 for ICMP. */
void icmp_write_error(struct writer *writer, uint8_t type, uint8_t code, uint32_t pointer, struct bytes quote,
                      uint64_t pseudo);

#endif
