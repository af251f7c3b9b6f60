/* Neighbours: ARP requests and neighbour solicitations for the addresses that are ours but not the kernel's. */
#ifndef PONGD_RESPONDER_NEIGHBOR_H
#define PONGD_RESPONDER_NEIGHBOR_H

#include "responder/build.h"
#include "responder/packet.h"
#include "responder/responder.h"

/* Sets the limits: 1000 answers a second, a defence of an address every ten seconds. */
void neighbor_init(struct responder *responder);

/* What is to become of an ARP packet that the link layer has no objection to. */
enum verdict neighbor_judge_arp(const struct responder *responder, const struct frame *frame, const struct packet *packet);

/* The same of a message of Neighbor Discovery whose IPv6 header is right. */
enum verdict neighbor_judge_ndp(const struct responder *responder, const struct frame *frame, const struct packet *packet);

/* Whether a verdict asks for an answer, or for the defence of an address. */
bool neighbor_is_owed(enum verdict verdict);

/* Builds what outcome->verdict owes, in responder->replies, as far as the limits allow.  The verdict becomes VERDICT_RATE
 * where an answer is one too many; outcome->claimed and outcome->claimant are filled in where an address is defended. */
void neighbor_build(struct responder *responder, const struct frame *frame, const struct packet *packet,
                    struct outcome *outcome);

/* Builds a question whether anybody has an address (RFC 5227 section 2.1.1, RFC 4862 section 5.4.2), which is for whoever has
 * it, or an announcement that we do, which is for all.  build->packet has the EtherType and no tags. */
void neighbor_build_probe(struct build *build, const struct address *address);
void neighbor_build_announcement(struct build *build, const struct address *address);

#endif
