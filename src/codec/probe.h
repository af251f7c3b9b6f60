/* PROBE (RFC 8335): extended echo requests read, their replies written. */
#ifndef PONGD_CODEC_PROBE_H
#define PONGD_CODEC_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"

enum { PROBE_NAME_MAX = 15 }; /* bytes of an interface's name */

/* What names the interface that is asked about. */
enum probe_by { PROBE_BY_NOTHING, PROBE_BY_NAME, PROBE_BY_INDEX, PROBE_BY_IPV4, PROBE_BY_IPV6, PROBE_BY_MAC };

/* A query.  Pointers point into the message. */
struct probe_query {
    enum probe_by by;     /* PROBE_BY_NOTHING: the query is malformed */
    bool is_local;        /* about an interface of the host itself, not of a neighbour (the L bit) */
    struct bytes name;    /* without the zeros behind it */
    uint32_t index;
    const uint8_t *address; /* 4, 16 or 6 bytes */
};

/* Codes of a reply (RFC 8335 section 3). */
enum probe_code {
    PROBE_FOUND = 0,
    PROBE_MALFORMED = 1,
    PROBE_NO_INTERFACE = 2,
    PROBE_NO_ENTRY = 3, /* of a table of neighbours */
    PROBE_AMBIGUOUS = 4
};

/* What a reply tells of an interface. */
enum probe_flag { PROBE_IPV6 = 1, PROBE_IPV4 = 2, PROBE_ACTIVE = 4 };

/* Reads the query in an ICMP or ICMPv6 message of at least ICMP_HEADER_LEN bytes. */
void probe_read(struct bytes message, struct probe_query *query);

/* Writes the reply to such a message: identifier, sequence number and all behind them as they came.  `flags` is a set of enum
 * probe_flag, `pseudo` the sum of ICMPv6's pseudo-header, 0 for ICMP. */
void probe_write_reply(struct writer *writer, struct bytes message, uint8_t type, enum probe_code code, unsigned flags,
                       uint64_t pseudo);

#endif
