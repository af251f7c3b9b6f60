/* How prefixes become ranges of addresses.
 *
 * Prefixes either nest or are apart.  So one sweep over them in order cuts the whole into ranges, two for each and one more
 * at most, in each of which the same prefix is the longest:
 *
 *     0.0.0.0     10.0.0.0          10.1.0.0           10.2.0.0          11.0.0.0
 *     |  nothing  |  -a 10.0.0.0/8  |  -x 10.1.0.0/16  |  -a 10.0.0.0/8  |  nothing  | */
#include "responder/addresses.h"

#include <string.h>

#include "responder/prefixes.h"

enum { LENGTHS = 128 + 1 };

/* What a table has to have room for. */
struct census {
    size_t prefixes4, hosts4;
    size_t prefixes6, hosts6;
};

static bool
is_host(const struct addresses_prefix *prefix)
{
    return prefix->len == address_bits(prefix->address.version) && (prefix->roles & ADDRESSES_ANSWER) != 0;
}

static struct census
take_census(const struct addresses_prefix *prefixes, size_t count)
{
    struct census census = {0};

    for (size_t i = 0; i < count; i++) {
        bool is_v4 = prefixes[i].address.version == 4;

        ++*(is_v4 ? &census.prefixes4 : &census.prefixes6);
        *(is_v4 ? &census.hosts4 : &census.hosts6) += is_host(&prefixes[i]);
    }
    return census;
}

static size_t
ranges_room(size_t prefixes)
{
    return 2 * prefixes + 1;
}

static size_t
align(size_t size)
{
    return (size + RANGES_ALIGNMENT - 1) / RANGES_ALIGNMENT * RANGES_ALIGNMENT;
}

static size_t
part_size(size_t prefixes, bool has_hosts, bool is_wide)
{
    size_t room = ranges_room(prefixes);

    return align(ranges_size(room, is_wide) + (has_hosts ? least_size(room) : 0));
}

size_t
addresses_size(const struct addresses_prefix *prefixes, size_t count)
{
    struct census census = take_census(prefixes, count);

    return part_size(census.prefixes4, census.hosts4 > 0, false) + part_size(census.prefixes6, census.hosts6 > 0, true) +
           part_size(census.hosts6, false, false) + RANGES_ALIGNMENT;
}

/* Lays a part out at `memory`, which is aligned.  Returns where the next one may begin. */
static uint8_t *
lay_out(struct addresses_part *part, size_t prefixes, bool has_hosts, bool is_wide, uint8_t *memory)
{
    size_t room = ranges_room(prefixes);

    *part = (struct addresses_part){.answers = false};
    ranges_init(&part->ranges, is_wide, room, memory);
    if (has_hosts)
        least_init(&part->orders, room, memory + ranges_size(room, is_wide));
    return memory + part_size(prefixes, has_hosts, is_wide);
}

/* A sweep over sorted prefixes: those that hold where it is, the longest last, and the range that it is in. */
struct sweep {
    struct addresses_part *part;
    struct key start;
    uint32_t order;
    unsigned depth;
    struct {
        struct key last;
        struct ranges_value value;
    } open[LENGTHS + 1]; /* the first is the whole */
};

/* Ends the range that the sweep is in, unless it is empty. */
static void
add_range(struct sweep *sweep, struct key end)
{
    struct addresses_part *part = sweep->part;

    if (key_is_less(end, sweep->start))
        return;
    if (part->orders.numbers != NULL)
        part->orders.numbers[part->ranges.count] = sweep->order;
    ranges_add(&part->ranges, end, sweep->open[sweep->depth].value);
    sweep->start = key_behind(end);
}

/* Goes on to `key`, out of all prefixes that end before. */
static void
leave(struct sweep *sweep, struct key key)
{
    while (key_is_less(sweep->open[sweep->depth].last, key)) {
        add_range(sweep, sweep->open[sweep->depth].last);
        sweep->depth--;
        sweep->order = ADDRESSES_ORDER_NONE;
    }
}

/* What becomes of an address's value where a longer prefix begins. */
static struct ranges_value
value_within(struct ranges_value value, const struct addresses_prefix *prefix)
{
    if ((prefix->roles & ADDRESSES_EXCEPT) != 0)
        value = (struct ranges_value){ADDRESSES_EXCEPT, prefix->len, 0, value.onlink_len};
    else if ((prefix->roles & ADDRESSES_ANSWER) != 0)
        value = (struct ranges_value){ADDRESSES_ANSWER, prefix->len, 0, value.onlink_len};
    else if ((prefix->roles & ADDRESSES_ONLINK) != 0 && address_has_edges(prefix->address.version, prefix->len))
        value.edges_len = prefix->len;
    if ((prefix->roles & ADDRESSES_ONLINK) != 0)
        value.onlink_len = prefix->len;
    if (prefix->len == address_bits(prefix->address.version))
        value.roles |= prefix->roles & ADDRESSES_OWN;
    return value;
}

static void
enter(struct sweep *sweep, const struct addresses_prefix *prefix)
{
    struct key key = address_key(&prefix->address);
    struct ranges_value value;

    leave(sweep, key);
    if (key_is_less(sweep->start, key))
        add_range(sweep, key_before(key));
    value = value_within(sweep->open[sweep->depth].value, prefix);
    sweep->depth++;
    sweep->open[sweep->depth].last = key_last(key, prefix->len);
    sweep->open[sweep->depth].value = value;
    sweep->order = is_host(prefix) && (prefix->roles & ADDRESSES_EXCEPT) == 0 ? prefix->order : ADDRESSES_ORDER_NONE;
}

static bool
is_same(const struct addresses_prefix *a, const struct addresses_prefix *b)
{
    return a->len == b->len && memcmp(&a->address, &b->address, sizeof a->address) == 0;
}

/* Makes a part of sorted prefixes.  The same prefix several times has all of their roles. */
static void
build_part(struct addresses_part *part, const struct addresses_prefix *prefixes, size_t count)
{
    struct sweep sweep = {.part = part, .order = ADDRESSES_ORDER_NONE};
    struct key end = {UINT64_MAX, UINT64_MAX};

    sweep.open[0].last = end;
    for (size_t i = 0; i < count;) {
        struct addresses_prefix prefix = prefixes[i];

        for (i++; i < count && is_same(&prefix, &prefixes[i]); i++) {
            prefix.roles |= prefixes[i].roles;
            if (prefixes[i].order < prefix.order)
                prefix.order = prefixes[i].order;
        }
        part->answers = part->answers || (prefix.roles & ADDRESSES_ANSWER) != 0;
        enter(&sweep, &prefix);
    }
    leave(&sweep, end);
    add_range(&sweep, end);
    ranges_finish(&part->ranges);
    if (part->orders.numbers != NULL)
        least_finish(&part->orders, part->ranges.count);
}

/* Makes prefixes ready to be sorted.  False if one cannot be. */
static bool
prepare(struct addresses_prefix *prefixes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct address *address = &prefixes[i].address;

        if (prefixes[i].len > address_bits(address->version))
            return false;
        for (unsigned bit = prefixes[i].len; bit < 128; bit = (bit / 8 + 1) * 8)
            address->bytes[bit / 8] &= (uint8_t)(0xff00U >> bit % 8);
        prefixes[i].order = (uint32_t)i | (address_is_link_local(address) ? ADDRESSES_ORDER_LINK_LOCAL : 0);
    }
    return true;
}

/* Puts the solicited-node groups of our single IPv6 addresses in the place of prefixes.  Returns how many there are. */
static size_t
list_groups(const struct addresses_part *ipv6, struct addresses_prefix *prefixes)
{
    size_t count = 0;

    for (size_t i = 0; i < ipv6->ranges.count; i++) {
        struct ranges_value value = ranges_value(&ipv6->ranges, i);
        struct key key = ranges_end(&ipv6->ranges, i);

        if ((value.roles & ADDRESSES_ANSWER) == 0 || value.len < 128)
            continue;
        prefixes[count++] = (struct addresses_prefix){
            .address = {.version = 4, .bytes = {(uint8_t)(key.low >> 16), (uint8_t)(key.low >> 8), (uint8_t)key.low}},
            .len = ADDRESSES_GROUP_BITS,
            .roles = ADDRESSES_ANSWER,
        };
    }
    return count;
}

bool
addresses_build(struct addresses_table *table, struct addresses_prefix *prefixes, size_t count, void *memory)
{
    struct census census = take_census(prefixes, count);
    uint8_t *at = memory;

    if (count > ADDRESSES_MOST || !prepare(prefixes, count))
        return false;
    table->memory = memory;
    at += align((uintptr_t)at) - (uintptr_t)at;
    at = lay_out(&table->ipv4, census.prefixes4, census.hosts4 > 0, false, at);
    at = lay_out(&table->ipv6, census.prefixes6, census.hosts6 > 0, true, at);
    lay_out(&table->groups, census.hosts6, false, false, at);
    prefixes_sort(prefixes, count);
    build_part(&table->ipv4, prefixes, census.prefixes4);
    build_part(&table->ipv6, prefixes + census.prefixes4, census.prefixes6);
    count = list_groups(&table->ipv6, prefixes);
    prefixes_sort(prefixes, count);
    build_part(&table->groups, prefixes, count);
    return true;
}
