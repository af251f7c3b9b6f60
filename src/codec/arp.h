/* ARP for IPv4 on Ethernet (RFC 826): requests read, replies and announcements written. */
#ifndef PONGD_CODEC_ARP_H
#define PONGD_CODEC_ARP_H

#include <stdint.h>

#include "codec/bytes.h"

enum {
    ARP_LEN = 28,
    ARP_REQUEST = 1,
    ARP_REPLY = 2
};

/* A packet as read.  Pointers point into the frame; NULL when it is not ARP_OK. */
struct arp {
    uint16_t operation;
    const uint8_t *sender_mac; /* LINK_MAC_LEN bytes */
    const uint8_t *sender;     /* IPV4_ADDRESS_LEN bytes; all zero in a probe (RFC 5227 section 2.1.1) */
    const uint8_t *target;     /* whose MAC address is asked for */
};

enum arp_status {
    ARP_OK,
    ARP_SHORT, /* less than ARP_LEN bytes */
    ARP_BAD    /* of other hardware or another protocol, or with other address lengths */
};

/* Reads what follows the link header; bytes beyond ARP_LEN are padding. */
enum arp_status arp_read(struct bytes packet, struct arp *arp);

/* Writes a packet for Ethernet.  `target_mac` may be NULL, for an announcement that asks nobody. */
void arp_write(struct writer *writer, uint16_t operation, const uint8_t sender_mac[static 6],
               const uint8_t sender[static 4], const uint8_t *target_mac, const uint8_t target[static 4]);

#endif
