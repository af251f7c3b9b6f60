/* A table of addresses that is told one prefix after the other, which is how tests like to have it. */
#ifndef PONGD_TESTS_SERVED_H
#define PONGD_TESTS_SERVED_H

#include <stdalign.h>
#include <string.h>

#include "responder/addresses.h"

enum { SERVED_PREFIXES = 64, SERVED_BYTES = 16384 };

struct served {
    struct addresses_prefix prefixes[SERVED_PREFIXES];
    size_t count;
    alignas(RANGES_ALIGNMENT) uint8_t memory[SERVED_BYTES];
};

static inline bool
served_build(struct served *served, struct addresses *addresses)
{
    struct addresses_prefix used[SERVED_PREFIXES];

    memcpy(used, served->prefixes, sizeof used);
    return addresses_size(used, served->count) <= SERVED_BYTES &&
           addresses_build(&addresses->own, used, served->count, served->memory);
}

/* Makes `addresses` an empty table. */
static inline void
served_init(struct served *served, struct addresses *addresses)
{
    *served = (struct served){.count = 0};
    *addresses = (struct addresses){.given = NULL};
    (void)served_build(served, addresses);
}

/* Adds roles to a prefix of `len` bits.  False when there are too many, or `len` is out of range. */
static inline bool
served_add(struct served *served, struct addresses *addresses, const struct address *address, unsigned len, unsigned roles)
{
    if (served->count == SERVED_PREFIXES || len > address_bits(address->version))
        return false;
    served->prefixes[served->count++] =
        (struct addresses_prefix){.address = *address, .len = (uint8_t)len, .roles = (uint8_t)roles};
    return served_build(served, addresses);
}

#endif
