/* What an address is to us: the range that holds it tells the longest prefix, and that what the address is within it. */
#include "responder/addresses.h"

#include <string.h>

static const struct addresses_part *
part_for(const struct addresses_table *table, uint8_t version)
{
    return version == 4 ? &table->ipv4 : &table->ipv6;
}

static struct ranges_value
value_at(const struct addresses_part *part, struct key key)
{
    if (part->ranges.count == 1) /* as in captures, where all addresses are answered for */
        return ranges_value(&part->ranges, 0);
    return ranges_value(&part->ranges, ranges_find(&part->ranges, key));
}

/* What two tables together say of an address.  Prefixes of one length that hold it are the same. */
static struct ranges_value
join(struct ranges_value a, struct ranges_value b)
{
    const uint8_t decides = ADDRESSES_ANSWER | ADDRESSES_EXCEPT;
    struct ranges_value joined = a;

    if ((b.roles & decides) != 0 && ((a.roles & decides) == 0 || b.len > a.len))
        joined = b;
    else if (b.len == a.len)
        joined.roles |= b.roles;
    joined.roles |= (a.roles | b.roles) & ADDRESSES_OWN;
    joined.edges_len = a.edges_len > b.edges_len ? a.edges_len : b.edges_len;
    joined.onlink_len = a.onlink_len > b.onlink_len ? a.onlink_len : b.onlink_len;
    return joined;
}

static struct ranges_value
value_in_both(const struct addresses *addresses, uint8_t version, struct key key)
{
    struct ranges_value value = value_at(part_for(&addresses->own, version), key);

    return addresses->given == NULL ? value : join(value, value_at(part_for(addresses->given, version), key));
}

/* What an address is within a prefix of ours or on our link. */
static enum addresses_match
place_in(unsigned len, struct key key, uint8_t version)
{
    bool is_v4 = version == 4;
    struct key host = key_host_bits(len);

    if (is_v4)
        host = (struct key){host.high & UINT64_MAX << 32, 0};
    if (!address_has_edges(version, len))
        return ADDRESSES_OURS;
    if ((key.high & host.high) == 0 && (key.low & host.low) == 0)
        return ADDRESSES_NETWORK;
    return is_v4 && (key.high & host.high) == host.high ? ADDRESSES_BROADCAST : ADDRESSES_OURS;
}

struct addresses_lookup
addresses_lookup(const struct addresses *addresses, const struct address *address)
{
    struct key key = address_key(address);
    struct ranges_value value = value_in_both(addresses, address->version, key);
    struct addresses_lookup found = {.match = ADDRESSES_NONE};
    enum addresses_match place = ADDRESSES_OURS;

    if (value.edges_len > value.len)
        place = place_in(value.edges_len, key, address->version);
    found.is_own = (value.roles & ADDRESSES_OWN) != 0;
    if (place != ADDRESSES_OURS) {
        found.match = place;
    } else if ((value.roles & (ADDRESSES_ANSWER | ADDRESSES_EXCEPT)) == ADDRESSES_ANSWER) {
        found.match = place_in(value.len, key, address->version);
        found.is_host = value.len == address_bits(address->version);
    }
    return found;
}

bool
addresses_has(const struct addresses *addresses, uint8_t version)
{
    return part_for(&addresses->own, version)->answers ||
           (addresses->given != NULL && part_for(addresses->given, version)->answers);
}

bool
addresses_is_excepted(const struct addresses_table *table, const struct address *address)
{
    return (value_at(part_for(table, address->version), address_key(address)).roles & ADDRESSES_EXCEPT) != 0;
}

static struct address
address_of(struct key key, uint8_t version)
{
    struct address address = {.version = version};

    for (unsigned i = 0; i < address_bits(version) / 8; i++)
        address.bytes[i] = (uint8_t)((i < 8 ? key.high : key.low) >> (56 - i % 8 * 8));
    return address;
}

bool
addresses_next_host(const struct addresses_table *table, size_t *at, struct address *address)
{
    const size_t ipv4_count = table->ipv4.ranges.count, count = ipv4_count + table->ipv6.ranges.count;

    for (; *at < count; ++*at) {
        uint8_t version = *at < ipv4_count ? 4 : 6;
        const struct ranges *ranges = &part_for(table, version)->ranges;
        size_t range = version == 4 ? *at : *at - ipv4_count;
        struct ranges_value value = ranges_value(ranges, range);

        if ((value.roles & ADDRESSES_ANSWER) == 0 || value.len < address_bits(version))
            continue;
        *address = address_of(ranges_end(ranges, range), version);
        ++*at;
        return true;
    }
    return false;
}

static bool
has_group(const struct addresses_table *table, struct key key)
{
    return (value_at(&table->groups, key).roles & ADDRESSES_ANSWER) != 0;
}

bool
addresses_solicited(const struct addresses *addresses, const uint8_t group[static 16])
{
    static const uint8_t head[13] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};
    struct key key = {(uint64_t)load_be32(group + 12) << (64 - ADDRESSES_GROUP_BITS), 0};

    if (memcmp(group, head, sizeof head) != 0)
        return false;
    return has_group(&addresses->own, key) || (addresses->given != NULL && has_group(addresses->given, key));
}

/* The single address that was given first of those that have `bits` bits in common with `dst` and an order below `limit`. */
static bool
find_first(const struct addresses_part *part, struct key dst, unsigned bits, uint32_t limit, size_t *range)
{
    size_t from = ranges_find(&part->ranges, key_first(dst, bits)), to = ranges_find(&part->ranges, key_last(dst, bits));
    size_t first = least_between(&part->orders, from, to);

    if (part->orders.numbers[first] >= limit)
        return false;
    *range = first;
    return true;
}

/* The same with as many bits in common as there can be.  Returns how many, plus one, or 0 when there is no such address. */
static unsigned
find_nearest(const struct addresses_part *part, struct key dst, uint32_t limit, size_t *range)
{
    unsigned common = 0, too_many = 128 + 1;

    if (part->orders.count == 0 || !find_first(part, dst, 0, limit, range))
        return 0;
    while (too_many - common > 1) {
        unsigned middle = common + (too_many - common) / 2;

        if (find_first(part, dst, middle, limit, range))
            common = middle;
        else
            too_many = middle;
    }
    return common + 1;
}

/* How well the best single address in a table suits, or 0 when there is none: in IPv4 whether it is in the prefix of
 * `onlink` bits too. */
static unsigned
find_source4(const struct addresses_part *part, struct key dst, unsigned onlink, size_t *range)
{
    if (part->orders.count == 0)
        return 0;
    if (onlink > 0 && find_first(part, dst, onlink, ADDRESSES_ORDER_NONE, range))
        return 2;
    return find_first(part, dst, 0, ADDRESSES_ORDER_NONE, range) ? 1 : 0;
}

/* The same in IPv6: its scope comes first, then the bits in common.  For a link-local `dst` that is one step: the addresses
 * of its scope have ten bits in common, no others have. */
static unsigned
find_source6(const struct addresses_part *part, struct key dst, bool is_local, size_t *range)
{
    enum { SAME_SCOPE = 256 };
    unsigned rank = is_local ? 0 : find_nearest(part, dst, ADDRESSES_ORDER_LINK_LOCAL, range);

    if (rank == 0)
        rank = find_nearest(part, dst, ADDRESSES_ORDER_NONE, range);
    if (rank > 0 && is_local == (part->orders.numbers[*range] >= ADDRESSES_ORDER_LINK_LOCAL))
        rank += SAME_SCOPE;
    return rank;
}

static unsigned
find_source(const struct addresses_table *table, const struct address *dst, unsigned onlink, struct key *source)
{
    const struct addresses_part *part = part_for(table, dst->version);
    struct key key = address_key(dst);
    size_t range = 0;
    unsigned rank = dst->version == 4 ? find_source4(part, key, onlink, &range)
                                      : find_source6(part, key, address_is_link_local(dst), &range);

    if (rank > 0)
        *source = ranges_end(&part->ranges, range);
    return rank;
}

bool
addresses_source(const struct addresses *addresses, const struct address *dst, struct address *source)
{
    struct key own = {0, 0}, given = {0, 0};
    unsigned onlink = value_in_both(addresses, dst->version, address_key(dst)).onlink_len;
    unsigned own_rank = find_source(&addresses->own, dst, onlink, &own);
    unsigned given_rank = addresses->given == NULL ? 0 : find_source(addresses->given, dst, onlink, &given);

    if (own_rank == 0 && given_rank == 0)
        return false;
    *source = address_of(given_rank > own_rank ? given : own, dst->version);
    return true;
}
