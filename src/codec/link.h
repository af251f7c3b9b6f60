/* Link layers: what comes before the IP header, read and answered. */
#ifndef PONGD_CODEC_LINK_H
#define PONGD_CODEC_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"

/* The link types that can be answered, named as libpcap names them (LINKTYPE_… of https://www.tcpdump.org/linktypes.html). */
enum link_type {
    LINK_EN10MB,    /* Ethernet, with up to two VLAN tags */
    LINK_NULL,      /* BSD loopback: address family in either byte order */
    LINK_LOOP,      /* OpenBSD loopback: address family in network byte order */
    LINK_RAW,       /* IP at once, version from its first nibble */
    LINK_IPV4,
    LINK_IPV6,
    LINK_LINUX_SLL, /* Linux "cooked" capture */
    LINK_LINUX_SLL2,
    LINK_PPP,
    LINK_PPP_SERIAL,   /* PPP in HDLC's framing, or Cisco's HDLC */
    LINK_C_HDLC,       /* Cisco's HDLC */
    LINK_FRELAY,       /* frame relay, as RFC 2427 or Cisco has it */
    LINK_ARCNET_LINUX, /* RFC 1201 and RFC 1051 */
    LINK_IEEE802_11,   /* data frames that are not encrypted */
    LINK_IEEE802_11_RADIO, /* the same behind a radiotap header */
    LINK_PPI,          /* the same behind a Per-Packet Information header */
    LINK_IPNET,        /* Solaris */
    LINK_NFLOG,        /* Linux netfilter log */
    LINK_DSA_TAG_BRCM, /* Ethernet with the tag of a switch's chip */
    LINK_DSA_TAG_BRCM_PREPEND,
    LINK_DSA_TAG_DSA,
    LINK_DSA_TAG_EDSA,
    LINK_FDDI,
    LINK_IPOIB, /* InfiniBand */
    LINK_SLIP,
    LINK_TYPES
};

enum {
    LINK_MAC_LEN = 6,
    LINK_TAGS_MAX = 2,
    LINK_HEADER_MAX = 54,         /* of a reply: radiotap, IEEE 802.11 with four addresses, LLC, two tags */
    LINK_ETHERNET_MIN = 60,       /* IEEE 802.3, without the frame check sequence */
    LINK_PROTOCOL_BY_VERSION = 0, /* the link layer does not say what follows */
    LINK_PROTOCOL_IPV4 = 0x0800,
    LINK_PROTOCOL_ARP = 0x0806,
    LINK_PROTOCOL_RARP = 0x8035,  /* RFC 903 */
    LINK_PROTOCOL_IPV6 = 0x86dd
};

/* A VLAN tag (IEEE 802.1Q): | TPID 16 | PCP 3 | DEI 1 | VID 12 | */
struct link_tag {
    uint16_t tpid;
    uint16_t tci;
};

/* A link header as read.  Pointers point into the frame; NULL where this link type has no such field. */
struct link {
    const uint8_t *dst; /* LINK_MAC_LEN bytes */
    const uint8_t *src; /* LINK_MAC_LEN bytes */
    bool group;         /* sent to a broadcast or multicast link address */
    bool is_loopback;   /* bears the marks of a host talking to itself (only a capture file is to be believed there) */
    uint16_t protocol;  /* LINK_PROTOCOL_… */
    unsigned tag_count;
    struct link_tag tags[LINK_TAGS_MAX];
    const uint8_t *header; /* what the reply's header is made from */
    size_t header_len;
};

enum link_status {
    LINK_OK,
    LINK_SHORT,    /* the frame ends inside the header or a tag */
    LINK_LLC,      /* IEEE 802.3 with a length field */
    LINK_ARP,      /* carries ARP or RARP */
    LINK_UNKNOWN,  /* carries something that is neither IP nor ARP */
    LINK_TAGS_OVER /* more VLAN tags than LINK_TAGS_MAX */
};

/* Reads the link header at the front of `frame`, leaving the cursor on what it carries.  Whatever could be read is filled in,
 * the rest is zero. */
enum link_status link_read(enum link_type type, struct bytes *frame, struct link *link);

/* Writes the header that a reply to `request` has.  `mac` is the sender's address, NULL if unknown.  Tags are those of the
 * request, with DEI clear and without priority tags (VID 0). */
void link_write_reply(enum link_type type, const struct link *request, const uint8_t *mac, struct writer *writer);

/* Ends the header of a reply that begins at `start` and is `len` bytes long by now, header and all. */
void link_end_reply(enum link_type type, uint8_t *start, size_t len);

/* The least length of a frame; a shorter one is padded with zeros. */
size_t link_minimum(enum link_type type);

/* Whether it is found in captures only, because nothing can be sent with it. */
bool link_is_for_captures(enum link_type type);

/* libpcap's name of a link type. */
const char *link_name(enum link_type type);

static inline uint16_t
link_tag_vid(struct link_tag tag)
{
    return tag.tci & 0x0fff;
}

#endif
