/* An IP address, and what its bits say; as a number, a key. */
#ifndef PONGD_RESPONDER_ADDRESS_H
#define PONGD_RESPONDER_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/bytes.h"

/* An IP address in network byte order; an IPv4 one takes the first four bytes and leaves the rest zero. */
struct address {
    uint8_t version; /* 4 or 6 */
    uint8_t bytes[16];
};

/* The same as a number of 128 bits, the first bit at the top: an IPv4 address has the upper half of `high`. */
struct key {
    uint64_t high, low;
};

enum {
    ADDRESS_BROADCAST_BITS = 30, /* /31 and /32 have neither a network nor a broadcast address (RFC 3021) */
    ADDRESS_ANYCAST_BITS = 126   /* the same of /127 and /128 (RFC 6164) */
};

/* The bits of an address of that version: 32 or 128. */
static inline unsigned
address_bits(uint8_t version)
{
    return version == 4 ? 32 : 128;
}

/* Whether a prefix of `len` bits has a network address, and in IPv4 a broadcast address, to be told from its hosts. */
static inline bool
address_has_edges(uint8_t version, unsigned len)
{
    return len > 0 && len <= (version == 4 ? ADDRESS_BROADCAST_BITS : ADDRESS_ANYCAST_BITS);
}

static inline bool
address_is_link_local(const struct address *address)
{
    return address->version == 6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

static inline struct key
address_key(const struct address *address)
{
    const uint8_t *p = address->bytes;

    if (address->version == 4)
        return (struct key){(uint64_t)load_be32(p) << 32, 0};
    return (struct key){(uint64_t)load_be32(p) << 32 | load_be32(p + 4),
                        (uint64_t)load_be32(p + 8) << 32 | load_be32(p + 12)};
}

/* All bits from `len` on. */
static inline struct key
key_host_bits(unsigned len)
{
    return (struct key){
        len >= 64 ? 0 : UINT64_MAX >> len,
        len >= 128 ? 0 : len <= 64 ? UINT64_MAX : UINT64_MAX >> (len - 64),
    };
}

/* The first and the last key of the prefix of `len` bits that holds `key`. */
static inline struct key
key_first(struct key key, unsigned len)
{
    struct key host = key_host_bits(len);

    return (struct key){key.high & ~host.high, key.low & ~host.low};
}

static inline struct key
key_last(struct key key, unsigned len)
{
    struct key host = key_host_bits(len);

    return (struct key){key.high | host.high, key.low | host.low};
}

static inline struct key
key_before(struct key key)
{
    return (struct key){key.high - (key.low == 0), key.low - 1};
}

static inline struct key
key_behind(struct key key)
{
    return (struct key){key.high + (key.low == UINT64_MAX), key.low + 1};
}

static inline bool
key_is_less(struct key a, struct key b)
{
    return a.high < b.high || (a.high == b.high && a.low < b.low);
}

#endif
