/* Which addresses are answered for: prefixes, the longest of which decides, and the hosts among them. */
#ifndef PONGD_RESPONDER_ADDRESSES_H
#define PONGD_RESPONDER_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An IP address in network byte order; an IPv4 one takes the first four bytes and leaves the rest zero. */
struct address {
    uint8_t version; /* 4 or 6 */
    uint8_t bytes[16];
};

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

/* A node of the tree, which the owner of the table provides the memory for. */
struct addresses_node {
    struct address prefix;
    uint8_t len;   /* bits of the prefix */
    uint8_t roles; /* of enum addresses_role; 0 for a node that only joins two others */
    uint32_t child[2]; /* indices of nodes, 0 for none */
};

/* A path-compressed binary tree for each IP version: a look-up visits at most one node a bit. */
struct addresses {
    struct addresses_node *nodes; /* nodes[0] and nodes[1] are the roots, 0.0.0.0/0 and ::/0 */
    size_t count;
    size_t room;
    bool answers[2]; /* whether any prefix is answered for: of IPv4, of IPv6 */
};

struct addresses_lookup {
    enum addresses_match match;
    bool is_host; /* ours by a prefix of full length: a single address, not one of many */
    bool is_own;  /* ADDRESSES_OWN, whether ours or not */
};

/* How many nodes `prefixes` different prefixes need at the most. */
size_t addresses_room(size_t prefixes);

/* Makes an empty table on `room` nodes, at least addresses_room(0). */
void addresses_init(struct addresses *table, struct addresses_node *nodes, size_t room);

/* Adds a role to a prefix of `len` bits; host bits are ignored.  False when the table is full or `len` out of range. */
bool addresses_add(struct addresses *table, const struct address *address, unsigned len, enum addresses_role role);

/* What an address is to us, by the longest prefix that says so. */
struct addresses_lookup addresses_lookup(const struct addresses *table, const struct address *address);

/* Whether any address of that version, 4 or 6, is answered for. */
bool addresses_has(const struct addresses *table, uint8_t version);

/* Whether one of our single addresses has the solicited-node group ff02::1:ffXX:XXXX (RFC 4291 section 2.7.1). */
bool addresses_solicited(const struct addresses *table, const uint8_t group[static 16]);

/* The address of ours to answer a multicast or broadcast from `dst` with.  IPv6 (RFC 6724): of its scope if there is one, with
 * the longest prefix in common.  IPv4 (RFC 1122 section 3.2.1.3): one in the prefix on our link that `dst` is in, or else the
 * first.  False when we have no single address of that version. */
bool addresses_source(const struct addresses *table, const struct address *dst, struct address *source);

/* The bits of an address of that version: 32 or 128. */
static inline unsigned
address_bits(uint8_t version)
{
    return version == 4 ? 32 : 128;
}

#endif
