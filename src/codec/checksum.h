/* The Internet checksum: RFC 1071 (sum), RFC 1624 (update), RFC 8200 section 8.1 (pseudo-header). */
#ifndef PONGD_CODEC_CHECKSUM_H
#define PONGD_CODEC_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds `len` bytes, at most 2^32, to an unfolded sum of 16-bit big-endian words; an odd last byte counts as its word's high
 * byte, so only the last piece of a datagram may have an odd length.  Sums may be added up, in any order.  What is added is
 * partly folded: it grows the sum by less than 2^16, and it is 0 only for bytes that are all 0. */
uint64_t checksum_add(uint64_t sum, const uint8_t *data, size_t len);

/* An unfolded sum as 16 bits, carries wrapped around.  Over a datagram with a right checksum in it this is 0xffff.  Adding a
 * number to itself with its halves swapped makes each half the sum of both, and the upper one gets the carry of the lower. */
static inline uint16_t
checksum_fold(uint64_t sum)
{
    uint32_t half;

    sum += sum >> 32 | sum << 32;
    half = (uint32_t)(sum >> 32);
    half += half >> 16 | half << 16;
    return (uint16_t)(half >> 16);
}

/* The checksum of `len` bytes, ready to be stored. */
uint16_t checksum(const uint8_t *data, size_t len);

/* The unfolded sum of the IPv6 pseudo-header. */
uint64_t checksum_pseudo6(const uint8_t src[static 16], const uint8_t dst[static 16], uint32_t len, uint8_t next_header);

/* The checksum after one 16-bit word of the datagram went from `before` to `after` (RFC 1624, equation 3).  The result is
 * right wherever a zero sum cannot be: IPv4 headers, and anything with a pseudo-header. */
uint16_t checksum_update(uint16_t check, uint16_t before, uint16_t after);

#endif
