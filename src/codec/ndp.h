/* Neighbor Discovery (RFC 4861): solicitations and advertisements read, advertisements written. */
#ifndef PONGD_CODEC_NDP_H
#define PONGD_CODEC_NDP_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/bytes.h"
#include "codec/icmp.h"

enum {
    ICMPV6_NEIGHBOR_SOLICITATION = 135,
    ICMPV6_NEIGHBOR_ADVERTISEMENT = 136,
    NDP_HOP_LIMIT = 255,         /* no router can have passed it on (RFC 4861 section 7.1) */
    NDP_LEN = 24,                /* of a message without options */
    NDP_LINK_ADDRESS_LEN = 8,    /* of the option that holds a MAC address */
    NDP_SOLICITED = 0x40,        /* flags of an advertisement */
    NDP_OVERRIDE = 0x20
};

/* A message as read.  Pointers point into the frame. */
struct ndp {
    const uint8_t *target;       /* IPV6_ADDRESS_LEN bytes; NULL when the message is not right */
    const uint8_t *link_address; /* LINK_MAC_LEN bytes, of the sender or, in an advertisement, of the target; NULL: none */
};

/* Whether a message is one of the two. */
bool ndp_is_message(const struct icmp *icmp);

/* Reads one.  False if it is not right by itself (RFC 4861 sections 7.1.1 and 7.1.2); checksum and hop limit are others'
 * matter. */
bool ndp_read(const struct icmp *icmp, struct ndp *ndp);

/* What an advertisement is made from. */
struct ndp_advertisement {
    uint8_t flags;       /* NDP_SOLICITED, NDP_OVERRIDE */
    const uint8_t *src;  /* IPV6_ADDRESS_LEN bytes: the target, too */
    const uint8_t *dst;
    const uint8_t *mac;  /* of the target; NULL: left out */
};

/* The length of an advertisement in bytes. */
size_t ndp_advertisement_len(const struct ndp_advertisement *advertisement);

/* Writes one, with a right checksum. */
void ndp_write_advertisement(struct writer *writer, const struct ndp_advertisement *advertisement);

/* A solicitation from a host that has no address yet. */
struct ndp_solicitation {
    const uint8_t *target; /* IPV6_ADDRESS_LEN bytes */
    uint8_t dst[16];       /* its solicited-node group */
    uint8_t mac[6];        /* that of the group (RFC 2464 section 7) */
};

struct ndp_solicitation ndp_solicit(const uint8_t target[static 16]);

/* Writes one of NDP_LEN bytes, from ::, with a right checksum. */
void ndp_write_solicitation(struct writer *writer, const struct ndp_solicitation *solicitation);

/* Whether `group` is the solicited-node group of an address: ff02::1:ffXX:XXXX (RFC 4291 section 2.7.1).  With NULL,
 * whether it is one of any address. */
bool ndp_is_solicited_node(const uint8_t group[static 16], const uint8_t *address);

#endif
