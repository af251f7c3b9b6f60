/* Numbers, ranges and addresses from text, each with a word about what is wrong with it. */
#ifndef PONGD_PARSE_H
#define PONGD_PARSE_H

#include <stdint.h>

#include "port.h"
#include "responder/addresses.h"

/* All return 0, or -1 with what is wrong in errbuf. */

/* A decimal number from `least` to `most`, all of the text. */
int parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *value, char errbuf[static PORT_ERRBUF]);

/* N or N-M at *text, up to a comma or the end, where *text is left. */
int parse_range(const char **text, uint64_t least, uint64_t most, uint64_t *first, uint64_t *last,
                char errbuf[static PORT_ERRBUF]);

/* "all", "none", or a list of VLAN IDs and ranges such as 10,20-29: a bit for each. */
int parse_vlans(const char *text, uint8_t vlans[static RESPONDER_VLANS / 8], char errbuf[static PORT_ERRBUF]);

/* A time such as 250us, 20ms or 1.5s, in nanoseconds, with up to nine decimals; less than a nanosecond is cut off.  0 may be
 * without a unit. */
int parse_time(const char *text, uint64_t least_ns, uint64_t most_ns, uint64_t *ns, char errbuf[static PORT_ERRBUF]);

/* A percentage such as 5% or 0.001%, with up to nine decimals, in parts of RANDOM_WHOLE. */
int parse_percent(const char *text, uint64_t *parts, char errbuf[static PORT_ERRBUF]);

/* A number, also with 0x before hexadecimal digits. */
int parse_integer(const char *text, uint64_t least, uint64_t most, uint64_t *value, char errbuf[static PORT_ERRBUF]);

/* Bytes, two hexadecimal digits each, with or without colons between them; `least` to `most` of them. */
int parse_bytes(const char *text, size_t least, size_t most, uint8_t *bytes, size_t *count, char errbuf[static PORT_ERRBUF]);

/* An IPv4 or IPv6 address, and nothing behind it. */
int parse_address(const char *text, struct address *address, char errbuf[static PORT_ERRBUF]);

/* A MAC address that a host may have: six hexadecimal numbers with colons or hyphens between them, neither a group nor
 * zero. */
int parse_mac(const char *text, uint8_t mac[static LINK_MAC_LEN], char errbuf[static PORT_ERRBUF]);

/* ADDR or ADDR/LEN, IPv4 or IPv6.  Without a length it is a single address.  parse_prefix() takes unicast only. */
int parse_any_prefix(const char *text, struct address *address, unsigned *len, char errbuf[static PORT_ERRBUF]);
int parse_prefix(const char *text, struct address *address, unsigned *len, char errbuf[static PORT_ERRBUF]);

#endif
