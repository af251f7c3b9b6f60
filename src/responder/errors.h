/* ICMP errors: what a host owes for a request that it cannot take (RFC 1122 section 3.2.2, RFC 4443 section 2.4). */
#ifndef PONGD_RESPONDER_ERRORS_H
#define PONGD_RESPONDER_ERRORS_H

#include "responder/packet.h"
#include "responder/responder.h"

/* Builds the error that is due for a packet that got `verdict`, in responder->replies, if one is due and the limits allow
 * it. */
void errors_build(struct responder *responder, const struct frame *frame, const struct packet *packet,
                  enum verdict verdict);

/* The same for fragments whose rest did not come in time (RFC 1122 section 3.3.2, RFC 8200 section 4.5).  `first` is the
 * first fragment, with ts_ns for when its time was up; `now_ns` is for the limits. */
void errors_build_timeout(struct responder *responder, const struct frame *first, uint64_t now_ns);

/* What an error quotes: the packet from its IP header on, as much as there may be. */
struct bytes errors_quote(const struct frame *frame, const struct packet *packet);

/* Whether the packet is an error, or may be one, about which none is sent.  A type of IPv4 that nobody knows is taken for one,
 * and no type too, as Linux does it; IPv6 tells the two apart. */
bool errors_is_error(const struct packet *packet);

/* Whether it came from an address that may be any of several hosts, which is told of no error. */
bool errors_is_from_anycast(const struct frame *frame, const struct packet *packet);

/* Whether it was sent to a group, be it of IP or of the link. */
bool errors_is_for_many(const struct frame *frame, const struct packet *packet);

#endif
