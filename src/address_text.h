/* Addresses as text: as inet_ntop(3) has them (RFC 5952), but the same on every system. */
#ifndef PONGD_ADDRESS_TEXT_H
#define PONGD_ADDRESS_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { ADDRESS_TEXT = 46 }; /* the longest, and its end */

/* Writes an address of 4 or 16 bytes, by the version of IP; "?" for any other version.  Returns how long it is. */
size_t address_text_write(char text[static ADDRESS_TEXT], uint8_t version, const uint8_t *bytes);

/* The same, and returns `text`. */
const char *address_text(char text[static ADDRESS_TEXT], uint8_t version, const uint8_t *bytes);

#endif
