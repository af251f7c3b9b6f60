/* Sending over an open capture: one frame by libpcap, or many in one call where the system has one. */
#ifndef PONGD_CAPTURE_TRANSMIT_H
#define PONGD_CAPTURE_TRANSMIT_H

#include <pcap.h>
#include <stddef.h>
#include <stdint.h>

#include "port.h"

struct transmit {
    pcap_t *pcap;
    uint64_t hurry_ns; /* until then no time is spent on waiting for a full queue, which was of no use just now */
};

/* Sends a reply.  PORT_DONE, PORT_REFUSED or PORT_FAILED, the last two with errbuf filled. */
enum port_result transmit_one(struct transmit *transmit, const struct reply *reply, char errbuf[static PORT_ERRBUF]);

/* The send_many() of a port. */
size_t transmit_many(struct transmit *transmit, const struct reply *replies, size_t count, enum port_result *result,
                     char errbuf[static PORT_ERRBUF]);

#endif
