/* A frame taken apart, layer by layer, as far as it can be read. */
#ifndef PONGD_RESPONDER_PACKET_H
#define PONGD_RESPONDER_PACKET_H

#include "codec/arp.h"
#include "codec/icmp.h"
#include "codec/ipv4.h"
#include "codec/ipv4_options.h"
#include "codec/ipv6.h"
#include "codec/link.h"
#include "codec/ndp.h"
#include "responder/addresses.h"
#include "responder/responder.h"

struct packet {
    struct link link;
    enum link_status link_status;
    struct arp arp; /* where link_status is LINK_ARP */
    enum arp_status arp_status;
    uint8_t version; /* of IP: 4, 6, or 0 when there is none */
    struct ipv4 ipv4;
    enum ipv4_status ipv4_status;
    struct ipv4_options ipv4_options;
    struct ipv6 ipv6;
    enum ipv6_status ipv6_status;
    enum ipv6_status ipv6_walk; /* what the extension headers are like */
    struct address src;         /* of IP, or the sender of ARP; version 0 when that is not all there */
    struct address dst;
    struct icmp icmp;
    struct ndp ndp;    /* where the ICMPv6 message is one of Neighbor Discovery */
    bool has_icmp;     /* the upper layer is ICMP, and its first bytes are in this frame */
    bool icmp_is_whole; /* its header is all there */
    bool is_rejoined;   /* put together from fragments */
    enum request_kind kind; /* of request that it is, as far as can be seen */
};

/* Takes a frame apart.  Every status is filled in that was come to; layers that were not reached are zero. */
void packet_read(enum link_type type, struct bytes frame, struct packet *packet);

/* The same for a frame that was put together from fragments.  `seam` is where IPv6's Fragment header was. */
void packet_read_rejoined(enum link_type type, struct bytes frame, const uint8_t *seam, struct packet *packet);

/* All of the IP packet, from its header to its end, as far as it is there; of a packet that has an IP header. */
struct bytes packet_datagram(const struct packet *packet);

/* The protocol that it carries, behind whatever headers could be walked; 0 if there is no IP header. */
uint8_t packet_protocol(const struct packet *packet);

/* Whether it is one of several fragments. */
bool packet_is_fragment(const struct packet *packet);

#endif
