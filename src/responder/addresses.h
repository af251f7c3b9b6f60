/* Which addresses are answered for: prefixes, the longest of which decides, and the hosts among them. */
#ifndef PONGD_RESPONDER_ADDRESSES_H
#define PONGD_RESPONDER_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/address.h"
#include "responder/least.h"
#include "responder/ranges.h"

enum addresses_role {
    ADDRESSES_ANSWER = 1, /* answered for */
    ADDRESSES_EXCEPT = 2, /* not answered for, which wins over ADDRESSES_ANSWER on the same prefix */
    ADDRESSES_ONLINK = 4, /* not answered for by itself, but its network and broadcast addresses are known by it */
    ADDRESSES_OWN = 8     /* a single address that the kernel has on the interface: it speaks for it to neighbours */
};

/* What an address is to us. */
enum addresses_match {
    ADDRESSES_NONE,      /* not answered for */
    ADDRESSES_OURS,      /* answered for */
    ADDRESSES_NETWORK,   /* all host bits zero: the network itself, or in IPv6 its routers' anycast address */
    ADDRESSES_BROADCAST  /* all host bits one (IPv4) */
};

enum {
    ADDRESSES_MOST = 1 << 24, /* prefixes in a table, so that its size is a number of 32 bits */
    ADDRESSES_GROUP_BITS = 24 /* of an address that are in its solicited-node group */
};

/* Orders of our single addresses.  Link-local ones come behind all others, so that they win only where no other one is. */
#define ADDRESSES_ORDER_LINK_LOCAL (UINT32_C(1) << 31)
#define ADDRESSES_ORDER_NONE UINT32_MAX

/* A prefix of `len` bits that a table is made of; host bits are ignored.  It may have several roles, at once or each in a
 * prefix of its own. */
struct addresses_prefix {
    struct address address;
    uint8_t len;
    uint8_t roles;  /* of enum addresses_role */
    uint32_t order; /* filled in by addresses_build() */
};

/* The prefixes of one IP version, as the ranges of addresses that they cut the whole into.  What is known of a range is the
 * prefix that decides on it, with ADDRESSES_ANSWER or ADDRESSES_EXCEPT and its length, or neither; ADDRESSES_OWN; the length
 * of the longest prefix on our link; and of the longest of those that have a network address and is longer than the one that
 * decides.  0 is for none.  A single address is a range. */
struct addresses_part {
    bool answers; /* whether any prefix is answered for */
    struct ranges ranges;
    struct least orders;            /* of each range that is a single address of ours; empty when there is none */
};

/* A table, which does not change once it is built. */
struct addresses_table {
    struct addresses_part ipv4;
    struct addresses_part ipv6;
    struct addresses_part groups; /* the last 24 bits of our single IPv6 addresses */
    void *memory;
};

/* All that an interface answers for.  The longest prefix in either table decides.  What the user has given may be large and
 * never changes, while the interface's own addresses are few, and come and go.  A single address to answer for in one table
 * must not be an exception by itself in the other. */
struct addresses {
    struct addresses_table own;
    const struct addresses_table *given; /* NULL: nothing */
};

struct addresses_lookup {
    enum addresses_match match;
    bool is_host; /* ours by a prefix of full length: a single address, not one of many */
    bool is_own;  /* ADDRESSES_OWN, whether ours or not */
};

/* The bytes of memory for a table of these prefixes. */
size_t addresses_size(const struct addresses_prefix *prefixes, size_t count);

/* Builds a table in `memory`, of addresses_size() bytes, which the table remembers for its owner.  The prefixes are used up.
 * False, with nothing built, when one of them is longer than its addresses or there are more than ADDRESSES_MOST. */
bool addresses_build(struct addresses_table *table, struct addresses_prefix *prefixes, size_t count, void *memory);

/* What an address is to us, by the longest prefix that says so. */
struct addresses_lookup addresses_lookup(const struct addresses *addresses, const struct address *address);

/* Whether any address of that version, 4 or 6, is answered for. */
bool addresses_has(const struct addresses *addresses, uint8_t version);

/* Whether an exception decides on an address in a table. */
bool addresses_is_excepted(const struct addresses_table *table, const struct address *address);

/* The next of the single addresses that a table answers for, in order: `at` is 0 at first.  False when there is none. */
bool addresses_next_host(const struct addresses_table *table, size_t *at, struct address *address);

/* Whether one of our single addresses has the solicited-node group ff02::1:ffXX:XXXX (RFC 4291 section 2.7.1). */
bool addresses_solicited(const struct addresses *addresses, const uint8_t group[static 16]);

/* The address of ours to answer a multicast or broadcast from `dst` with.  IPv6 (RFC 6724): of its scope if there is one,
 * with the longest prefix in common.  IPv4 (RFC 1122 section 3.2.1.3): one in the prefix on our link that `dst` is in, or
 * else any.  Among equals the one that was given first.  False when we have no single address of that version. */
bool addresses_source(const struct addresses *addresses, const struct address *dst, struct address *source);

#endif
