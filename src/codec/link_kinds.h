/* Link layers by kind: what link.c's table is made of, and what they share. */
#ifndef PONGD_CODEC_LINK_KINDS_H
#define PONGD_CODEC_LINK_KINDS_H

#include "codec/link.h"

/* The EtherType in a reply, and the tags before it, as 16-bit words. */
enum { LINK_WORDS_MAX = 2 * LINK_TAGS_MAX + 1 };

/* Takes what an EtherType or a TPID says: reads the tags that follow a TPID, up to the EtherType behind them. */
enum link_status link_tags_read(struct bytes *frame, struct link *link, uint16_t protocol);

/* What stands from the first TPID to the EtherType in a reply.  Returns the number of words. */
size_t link_tags_words(const struct link *request, uint16_t words[static LINK_WORDS_MAX]);

/* Writes them. */
void link_tags_write(const struct link *request, struct writer *writer);

/* Reads LLC and SNAP headers with an EtherType (RFC 1042): | AA AA 03 | OUI 3 | type 2 |, and writes them. */
enum link_status link_snap_read(struct bytes *frame, struct link *link);
void link_snap_write(const struct link *request, struct writer *writer);

/* Readers and writers, as link_read() and link_write_reply() have them. */
#define LINK_READER(name) enum link_status name(struct bytes *frame, struct link *link)
#define LINK_WRITER(name) void name(const struct link *request, const uint8_t *mac, struct writer *writer)

LINK_READER(link_ether_read);
LINK_WRITER(link_ether_write);
LINK_READER(link_ether_read_brcm);
LINK_WRITER(link_ether_write_brcm);
LINK_READER(link_ether_read_brcm_prepend);
LINK_WRITER(link_ether_write_brcm_prepend);
LINK_READER(link_ether_read_dsa);
LINK_WRITER(link_ether_write_dsa);
LINK_READER(link_ether_read_edsa);
LINK_WRITER(link_ether_write_edsa);

LINK_READER(link_ether_read_fddi);
LINK_WRITER(link_ether_write_fddi);
LINK_READER(link_ether_read_ipoib);
LINK_WRITER(link_ether_write_ipoib);

LINK_READER(link_serial_read_ppp);
LINK_READER(link_serial_read_ppp_serial);
LINK_READER(link_serial_read_hdlc);
LINK_READER(link_serial_read_frame_relay);
LINK_READER(link_serial_read_arcnet);
LINK_WRITER(link_serial_write_arcnet);

LINK_READER(link_serial_read_slip);
LINK_WRITER(link_serial_write_slip);

LINK_READER(link_radio_read);
LINK_WRITER(link_radio_write);
LINK_READER(link_radio_read_radiotap);
LINK_WRITER(link_radio_write_radiotap);
LINK_READER(link_radio_read_ppi);
LINK_WRITER(link_radio_write_ppi);

LINK_READER(link_host_read_ipnet);
LINK_WRITER(link_host_write_ipnet);
void link_host_end_ipnet(uint8_t *start, size_t len);
LINK_READER(link_host_read_nflog);
LINK_WRITER(link_host_write_nflog);
void link_host_end_nflog(uint8_t *start, size_t len);

#endif
