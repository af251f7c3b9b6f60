/* Replies: the frames that answer a request.  What they are to say is planned, then they are built. */
#ifndef PONGD_RESPONDER_REPLY_H
#define PONGD_RESPONDER_REPLY_H

#include "responder/build.h"
#include "responder/packet.h"
#include "responder/responder.h"

/* Builds the reply to a request that is to be answered, in responder->replies: one frame, or fragments where the MTU asks for
 * them. */
void reply_build(struct responder *responder, const struct frame *frame, const struct packet *packet);

/* What a reply is made from: as the request asks for it, and then as rules have changed it. */
struct reply_plan {
    struct address src;
    uint8_t ttl, tos;    /* of IPv6 hop limit and traffic class */
    bool dont_fragment;
    uint8_t options[IPV4_OPTIONS_MAX];
    size_t options_len;  /* a multiple of 4 */
    size_t mtu;
    size_t len;          /* of the ICMP message */
    bool is_written;     /* the message is in responder->message */
    bool is_ip_sum_bad;
};

enum { REPLY_DATA_MAX = 65535 - 60 - ICMP_HEADER_LEN }; /* of data that fit into any IPv4 packet */

/* Plans the reply to a request, without IPv4 options, which are a matter of their own. */
void reply_plan_make(const struct build *build, struct reply_plan *plan);
void reply_plan_options(const struct build *build, struct reply_plan *plan);

/* Writes the message of that reply down in responder->message.  Returns its length. */
size_t reply_write_message(struct responder *responder, const struct frame *frame, const struct packet *packet);

/* Builds the frames of a plan. */
void reply_plan_build(struct build *build, struct reply_plan *plan);

/* The IPv4 options of the reply.  Returns their length, or -1 if they cannot be answered. */
int reply_options4(const struct responder *responder, const struct frame *frame, const struct packet *packet,
                   uint8_t out[static IPV4_OPTIONS_MAX]);

/* A hash of the two ends of a request's reply. */
uint64_t reply_flow(const struct responder *responder, const struct packet *packet);

/* An ICMP error about a packet. */
struct reply_error {
    uint8_t type;
    uint8_t code;
    uint32_t pointer;   /* the four bytes behind the checksum */
    struct bytes quote; /* of the packet, from its IP header on */
};

/* Builds an error, as reply_build() builds a reply. */
void reply_build_error(struct responder *responder, const struct frame *frame, const struct packet *packet,
                       const struct reply_error *error);

#endif
