/* A frame taken apart, layer by layer, as far as it can be read. */
#ifndef PONGD_RESPONDER_PACKET_H
#define PONGD_RESPONDER_PACKET_H

#include "codec/icmp.h"
#include "codec/ipv4.h"
#include "codec/ipv4_options.h"
#include "codec/ipv6.h"
#include "codec/link.h"
#include "responder/addresses.h"
#include "responder/responder.h"

struct packet {
    struct link link;
    enum link_status link_status;
    uint8_t version; /* of IP: 4, 6, or 0 when there is none */
    struct ipv4 ipv4;
    enum ipv4_status ipv4_status;
    struct ipv4_options ipv4_options;
    struct ipv6 ipv6;
    enum ipv6_status ipv6_status;
    enum ipv6_status ipv6_walk; /* what the extension headers are like */
    struct address src;         /* version 0 when the IP header is not all there */
    struct address dst;
    struct icmp icmp;
    bool has_icmp;     /* the upper layer is ICMP, and its first bytes are in this frame */
    bool is_rejoined;  /* what the IP layer carries came in several fragments */
    bool icmp_is_whole; /* its header is all there */
    enum request_kind kind; /* of request that it is, as far as can be seen */
};

/* Puts a whole IPv4 datagram in the place of its last fragment: what the IP layer carries, and the first fragment's TOS and
 * options. */
void packet_rejoin4(struct packet *packet, struct bytes payload, uint8_t tos, struct bytes options);

/* The same for IPv6: what followed the Fragment headers, and the first fragment's traffic class and next header. */
void packet_rejoin6(struct packet *packet, struct bytes payload, uint8_t traffic_class, uint8_t next_header);

/* Takes a frame apart.  Every status is filled in that was come to; layers that were not reached are zero. */
void packet_read(enum link_type type, struct bytes frame, struct packet *packet);

#endif
