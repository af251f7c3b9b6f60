/* Prefixes in a path-compressed binary tree. */
#include "responder/addresses.h"

#include <string.h>

enum {
    ROOTS = 2,
    BROADCAST_BITS_MAX = 30, /* /31 and /32 have neither a network nor a broadcast address (RFC 3021) */
    ANYCAST_BITS_MAX = 126   /* the same of /127 and /128 (RFC 6164) */
};

size_t
addresses_room(size_t prefixes)
{
    return ROOTS + 2 * prefixes; /* each prefix adds itself and at most one node that joins two */
}

void
addresses_init(struct addresses *table, struct addresses_node *nodes, size_t room)
{
    memset(nodes, 0, ROOTS * sizeof *nodes);
    nodes[0].prefix.version = 4;
    nodes[1].prefix.version = 6;
    *table = (struct addresses){.nodes = nodes, .count = ROOTS, .room = room};
}

static unsigned
bit_at(const struct address *address, unsigned i)
{
    return address->bytes[i / 8] >> (7 - i % 8) & 1;
}

/* How many leading bits two addresses have in common, at most `most`. */
static unsigned
common_bits(const struct address *a, const struct address *b, unsigned most)
{
    unsigned i = 0;

    while (i + 8 <= most && a->bytes[i / 8] == b->bytes[i / 8])
        i += 8;
    while (i < most && bit_at(a, i) == bit_at(b, i))
        i++;
    return i;
}

static void
clear_host_bits(struct address *address, unsigned len)
{
    for (unsigned i = len; i < 128; i++)
        address->bytes[i / 8] &= (uint8_t)~(0x80U >> i % 8);
}

static uint32_t
new_node(struct addresses *table, const struct address *prefix, unsigned len, uint8_t roles)
{
    struct addresses_node *node = &table->nodes[table->count];

    memset(node, 0, sizeof *node);
    node->prefix = *prefix;
    clear_host_bits(&node->prefix, len);
    node->len = (uint8_t)len;
    node->roles = roles;
    return (uint32_t)table->count++;
}

/* Puts a node for `prefix` where `link` points to, above the node that is there, if that is below it or beside it. */
static void
insert_at(struct addresses *table, uint32_t *link, const struct address *prefix, unsigned len, uint8_t role)
{
    const struct addresses_node *there = &table->nodes[*link];
    uint32_t old = *link, leaf, joint;
    unsigned common;

    if (old == 0) {
        *link = new_node(table, prefix, len, role);
        return;
    }
    common = common_bits(prefix, &there->prefix, len < there->len ? len : there->len);
    if (common == len) { /* the new prefix holds the old one */
        leaf = new_node(table, prefix, len, role);
        table->nodes[leaf].child[bit_at(&there->prefix, len)] = old;
        *link = leaf;
        return;
    }
    joint = new_node(table, prefix, common, 0);
    leaf = new_node(table, prefix, len, role);
    table->nodes[joint].child[bit_at(prefix, common)] = leaf;
    table->nodes[joint].child[bit_at(&there->prefix, common)] = old;
    *link = joint;
}

static bool
holds(const struct addresses_node *node, const struct address *address, unsigned len)
{
    return node->len <= len && common_bits(&node->prefix, address, node->len) == node->len;
}

bool
addresses_add(struct addresses *table, const struct address *address, unsigned len, enum addresses_role role)
{
    struct addresses_node *node = &table->nodes[address->version == 4 ? 0 : 1];
    uint32_t *link;

    if (len > address_bits(address->version) || table->count + 2 > table->room)
        return false;
    if (role == ADDRESSES_ANSWER)
        table->answers[address->version == 6] = true;
    while (node->len < len) {
        link = &node->child[bit_at(address, node->len)];
        if (*link == 0 || !holds(&table->nodes[*link], address, len)) {
            insert_at(table, link, address, len, (uint8_t)role);
            return true;
        }
        node = &table->nodes[*link];
    }
    node->roles |= (uint8_t)role;
    return true;
}

bool
addresses_has(const struct addresses *table, uint8_t version)
{
    return table->answers[version == 6];
}

/* Whether all bits from `len` on are `bit`. */
static bool
host_bits_are(const struct address *address, unsigned len, unsigned bit)
{
    for (unsigned i = len; i < address_bits(address->version); i++)
        if (bit_at(address, i) != bit)
            return false;
    return true;
}

/* What an address is within one prefix of ours or on our link. */
static enum addresses_match
place_in(const struct addresses_node *node, const struct address *address)
{
    bool is_v4 = address->version == 4;

    if (node->len == 0 || node->len > (is_v4 ? BROADCAST_BITS_MAX : ANYCAST_BITS_MAX))
        return ADDRESSES_OURS;
    if (host_bits_are(address, node->len, 0))
        return ADDRESSES_NETWORK;
    if (is_v4 && host_bits_are(address, node->len, 1))
        return ADDRESSES_BROADCAST;
    return ADDRESSES_OURS;
}

/* What a node on the way down to an address changes of what is known so far. */
static void
apply(const struct addresses_node *node, const struct address *address, struct addresses_lookup *found)
{
    enum addresses_match place;

    if (node->roles == 0)
        return;
    place = place_in(node, address);
    if ((node->roles & ADDRESSES_EXCEPT) != 0)
        *found = (struct addresses_lookup){ADDRESSES_NONE, false, false};
    else if ((node->roles & ADDRESSES_ANSWER) != 0)
        *found = (struct addresses_lookup){place, node->len == address_bits(address->version), false};
    else if (place != ADDRESSES_OURS)
        *found = (struct addresses_lookup){place, false, false};
    if ((node->roles & ADDRESSES_OWN) != 0)
        found->is_own = true;
}

struct addresses_lookup
addresses_lookup(const struct addresses *table, const struct address *address)
{
    struct addresses_lookup found = {ADDRESSES_NONE, false, false};
    const struct addresses_node *node = &table->nodes[address->version == 4 ? 0 : 1];
    uint32_t next;

    for (;;) {
        apply(node, address, &found);
        if (node->len == address_bits(address->version))
            break;
        next = node->child[bit_at(address, node->len)];
        if (next == 0 || !holds(&table->nodes[next], address, address_bits(address->version)))
            break;
        node = &table->nodes[next];
    }
    return found;
}

static bool
is_our_host(const struct addresses_node *node, uint8_t version)
{
    return node->prefix.version == version && node->len == address_bits(version) &&
           (node->roles & (ADDRESSES_ANSWER | ADDRESSES_EXCEPT)) == ADDRESSES_ANSWER;
}

bool
addresses_solicited(const struct addresses *table, const uint8_t group[static 16])
{
    static const uint8_t head[13] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};

    if (memcmp(group, head, sizeof head) != 0)
        return false;
    for (size_t i = ROOTS; i < table->count; i++)
        if (is_our_host(&table->nodes[i], 6) && memcmp(table->nodes[i].prefix.bytes + 13, group + 13, 3) == 0)
            return true;
    return false;
}

static bool
is_link_local(const struct address *address)
{
    return address->version == 6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

/* The length of the longest prefix on our link that an address is in, 0 for none. */
static unsigned
onlink_bits(const struct addresses *table, const struct address *address)
{
    unsigned bits = 0;

    for (size_t i = ROOTS; i < table->count; i++) {
        const struct addresses_node *node = &table->nodes[i];

        if ((node->roles & ADDRESSES_ONLINK) != 0 && node->prefix.version == address->version && node->len > bits &&
            holds(node, address, address_bits(address->version)))
            bits = node->len;
    }
    return bits;
}

/* How good an address of ours is as the source of what goes to `dst`. */
static unsigned
rank_source(const struct address *source, const struct address *dst, unsigned onlink)
{
    if (dst->version == 4)
        return onlink > 0 && common_bits(source, dst, onlink) == onlink ? 2 : 1;
    return 1 + common_bits(source, dst, 128) + (is_link_local(source) == is_link_local(dst) ? 256 : 0);
}

bool
addresses_source(const struct addresses *table, const struct address *dst, struct address *source)
{
    unsigned best = 0, onlink = onlink_bits(table, dst), rank;

    for (size_t i = ROOTS; i < table->count; i++) {
        const struct addresses_node *node = &table->nodes[i];

        if (!is_our_host(node, dst->version))
            continue;
        rank = rank_source(&node->prefix, dst, onlink);
        if (rank > best) {
            best = rank;
            *source = node->prefix;
        }
    }
    return best > 0;
}
