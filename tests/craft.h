/* Frames for tests, built by code of their own, so that a mistake of the codec does not hide itself. */
#ifndef PONGD_TESTS_CRAFT_H
#define PONGD_TESTS_CRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/link.h"

enum { CRAFT_MAX = 8192 };

struct craft {
    uint8_t data[CRAFT_MAX];
    size_t len;
    size_t l3; /* where the IP header is */
    size_t l4; /* where the ICMP header is */
};

/* Where a patch counts from. */
enum craft_layer { CRAFT_L2, CRAFT_L3, CRAFT_L4 };

/* An echo request of 192.0.2.1 to 192.0.2.2, MAC 02…01 to 02…02, id 0xbeef, seq 7, with options between header and ICMP. */
void craft4(struct craft *craft, enum link_type link, const uint8_t *options, size_t options_len, size_t size);

/* The same of fd00:db8::1 to fd00:db8::2, with extension headers, `first` being the first one's number. */
void craft6(struct craft *craft, enum link_type link, uint8_t first, const uint8_t *headers, size_t headers_len,
            size_t size);

/* Makes the checksums right again. */
void craft_seal(struct craft *craft);

/* Puts a VLAN tag behind the MAC addresses. */
void craft_tag(struct craft *craft, uint16_t tpid, uint16_t tci);

/* Adds bytes at the end. */
void craft_pad(struct craft *craft, uint8_t value, size_t count);

/* The Internet checksum of the bytes from `start` on, added to `sum`. */
uint16_t craft_sum(uint32_t sum, const uint8_t *data, size_t len);

#endif
