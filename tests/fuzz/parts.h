/* Parts of frames: addresses that mean something, IPv4 options, IPv6 extension headers. */
#ifndef PONGD_FUZZ_PARTS_H
#define PONGD_FUZZ_PARTS_H

#include "codec/bytes.h"
#include "codec/link.h"
#include "draw.h"

enum { PARTS_EXTENSION_MOST = 256 /* bytes of one */ };

/* An address of 4 or 16 bytes that means something, as a source or as a destination. */
const uint8_t *parts_address(struct draw *draw, uint8_t version, bool is_source);
void parts_put_address(struct draw *draw, struct writer *writer, uint8_t version, bool is_source);

/* Writes a link header as others have it, for a frame with that IP version.  Returns its length, 0 where there is but one
 * way. */
size_t parts_link(struct draw *draw, enum link_type link, uint8_t version, uint8_t out[static LINK_HEADER_MAX]);

/* A MAC address that means something. */
const uint8_t *parts_mac(struct draw *draw);

void parts_put_random(struct draw *draw, struct writer *writer, size_t len);

/* Writes IPv4 options of at most `most` bytes, a multiple of 4.  Returns their length, which is one too. */
size_t parts_options(struct draw *draw, uint8_t *options, size_t most);

/* The number of an extension header, or of what looks like one. */
uint8_t parts_extension_number(struct draw *draw);

/* Writes the extension header of a number, whose first byte is `next`.  Returns its length. */
size_t parts_extension(struct draw *draw, uint8_t number, uint8_t next, uint8_t out[static PARTS_EXTENSION_MOST]);

#endif
