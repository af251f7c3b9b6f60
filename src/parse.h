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

/* A MAC address that a host may have: six hexadecimal numbers with colons or hyphens between them, neither a group nor
 * zero. */
int parse_mac(const char *text, uint8_t mac[static LINK_MAC_LEN], char errbuf[static PORT_ERRBUF]);

/* ADDR or ADDR/LEN, IPv4 or IPv6, unicast.  Without a length it is a single address. */
int parse_prefix(const char *text, struct address *address, unsigned *len, char errbuf[static PORT_ERRBUF]);

#endif
