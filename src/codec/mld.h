/* Multicast Listener Discovery, version 2 (RFC 3810): queries read, reports written. */
#ifndef PONGD_CODEC_MLD_H
#define PONGD_CODEC_MLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"
#include "codec/icmp.h"

enum {
    MLD_QUERY = 130,
    MLD_REPORT = 143,
    MLD_IS_EXCLUDE = 2,        /* kinds of records: listens to all sources, as before */
    MLD_CHANGE_TO_EXCLUDE = 4, /* listens to all sources from now on */
    MLD_GROUP_LEN = 16
};

struct mld_query {
    uint32_t delay_ms;    /* within which to answer */
    const uint8_t *group; /* MLD_GROUP_LEN bytes, all zero when all groups are asked for */
};

/* Reads a query of either version.  False if it is none, or too short. */
bool mld_read_query(const struct icmp *icmp, struct mld_query *query);

/* The length of a report, with the Hop-by-Hop Options header that it has to have, in bytes. */
size_t mld_report_len(size_t groups);

/* How many groups a report has room for in so many bytes of IPv6 payload. */
size_t mld_report_room(size_t len);

/* Writes what follows the IPv6 header, whose next header is 0: up to 65535 records of a kind, without sources, for the
 * solicited-node groups (RFC 4291 section 2.7.1) with these last three bytes. */
void mld_write_report(struct writer *writer, const uint8_t src[static 16], const uint8_t dst[static 16], uint8_t kind,
                      const uint8_t (*tails)[3], size_t count);

#endif
