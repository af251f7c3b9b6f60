/* Ranges in a tree of cache lines (a static B+ tree).
 *
 * A node is a sorted row of keys: the ends of 16 ranges in 64 bytes, or of 8 with wide keys in 128.  A key above the leaves
 * is the last one of a node below.  All nodes are full but the last of a level, which is filled up with the greatest key,
 * and they stand in order, so that no pointers are needed: child i of node n is 16 n + i.  In a leaf the keys are followed
 * by what is known of the ranges.
 *
 *     level 0                  [ 39 79 ff ff ]
 *                       ,--------'  |  `--------.
 *     leaves     [ 07 1f 20 39 ] [ 3f 40 77 79 ] [ 80 ff ff ff ]        range 5: from behind 3f to 40
 *
 * A million prefixes make two million ranges at most: six rows of 16 to look at, or seven of 8, whatever the prefixes are.
 * All but the lowest one or two stay in the processor's cache, so that a look-up waits for memory that often.  A trie does
 * as well where prefixes are short or spread evenly, but nesting makes it deeper. */
#include "responder/ranges.h"

#include <stdalign.h>

enum { NARROW_KEYS = 16, WIDE_KEYS = 8, NARROW_SHIFT = 32 };

struct narrow_node {
    alignas(RANGES_ALIGNMENT) uint32_t keys[NARROW_KEYS];
};

struct narrow_leaf {
    struct narrow_node node;
    struct ranges_value values[NARROW_KEYS];
};

struct wide_node {
    uint64_t high[WIDE_KEYS];
    uint64_t low[WIDE_KEYS];
};

struct wide_leaf {
    struct wide_node node;
    struct ranges_value values[WIDE_KEYS];
};

static size_t
node_keys(bool is_wide)
{
    return is_wide ? WIDE_KEYS : NARROW_KEYS;
}

/* How many nodes hold that many keys. */
static size_t
nodes_for(size_t keys, bool is_wide)
{
    return (keys + node_keys(is_wide) - 1) / node_keys(is_wide);
}

static size_t
leaves_size(size_t room, bool is_wide)
{
    return nodes_for(room, is_wide) * (is_wide ? sizeof(struct wide_leaf) : sizeof(struct narrow_leaf));
}

size_t
ranges_size(size_t room, bool is_wide)
{
    size_t nodes = 0;

    for (size_t level = nodes_for(room, is_wide); level > 1;) {
        level = nodes_for(level, is_wide);
        nodes += level;
    }
    return leaves_size(room, is_wide) + nodes * (is_wide ? sizeof(struct wide_node) : sizeof(struct narrow_node));
}

void
ranges_init(struct ranges *ranges, bool is_wide, size_t room, void *memory)
{
    *ranges = (struct ranges){
        .is_wide = is_wide,
        .leaves = memory,
        .nodes = (uint8_t *)memory + leaves_size(room, is_wide),
    };
}

static void
put_narrow(struct narrow_node *node, size_t i, struct key key)
{
    node->keys[i] = (uint32_t)(key.high >> NARROW_SHIFT);
}

static void
put_wide(struct wide_node *node, size_t i, struct key key)
{
    node->high[i] = key.high;
    node->low[i] = key.low;
}

/* Key number `i` of a level that begins with node `first`. */
static void
put_key(struct ranges *ranges, size_t first, size_t i, struct key key)
{
    if (ranges->is_wide)
        put_wide((struct wide_node *)ranges->nodes + first + i / WIDE_KEYS, i % WIDE_KEYS, key);
    else
        put_narrow((struct narrow_node *)ranges->nodes + first + i / NARROW_KEYS, i % NARROW_KEYS, key);
}

static struct key
get_key(const struct ranges *ranges, size_t first, size_t i)
{
    const struct narrow_node *narrow = ranges->nodes;
    const struct wide_node *wide = ranges->nodes;

    if (!ranges->is_wide)
        return (struct key){(uint64_t)narrow[first + i / NARROW_KEYS].keys[i % NARROW_KEYS] << NARROW_SHIFT, 0};
    wide += first + i / WIDE_KEYS;
    return (struct key){wide->high[i % WIDE_KEYS], wide->low[i % WIDE_KEYS]};
}

static void
put_range(struct ranges *ranges, size_t i, struct key end, struct ranges_value value)
{
    if (ranges->is_wide) {
        struct wide_leaf *leaf = (struct wide_leaf *)ranges->leaves + i / WIDE_KEYS;

        put_wide(&leaf->node, i % WIDE_KEYS, end);
        leaf->values[i % WIDE_KEYS] = value;
    } else {
        struct narrow_leaf *leaf = (struct narrow_leaf *)ranges->leaves + i / NARROW_KEYS;

        put_narrow(&leaf->node, i % NARROW_KEYS, end);
        leaf->values[i % NARROW_KEYS] = value;
    }
}

void
ranges_add(struct ranges *ranges, struct key end, struct ranges_value value)
{
    put_range(ranges, ranges->count++, end, value);
}

struct key
ranges_end(const struct ranges *ranges, size_t range)
{
    const struct narrow_leaf *narrow = ranges->leaves;
    const struct wide_leaf *wide = ranges->leaves;

    if (!ranges->is_wide)
        return (struct key){(uint64_t)narrow[range / NARROW_KEYS].node.keys[range % NARROW_KEYS] << NARROW_SHIFT, 0};
    wide += range / WIDE_KEYS;
    return (struct key){wide->node.high[range % WIDE_KEYS], wide->node.low[range % WIDE_KEYS]};
}

struct ranges_value
ranges_value(const struct ranges *ranges, size_t range)
{
    const struct narrow_leaf *narrow = ranges->leaves;
    const struct wide_leaf *wide = ranges->leaves;

    return ranges->is_wide ? wide[range / WIDE_KEYS].values[range % WIDE_KEYS]
                           : narrow[range / NARROW_KEYS].values[range % NARROW_KEYS];
}

/* Whether a row of keys is full: then the next level begins, or the next node. */
static bool
is_full(const struct ranges *ranges, size_t keys)
{
    return keys % node_keys(ranges->is_wide) == 0;
}

void
ranges_finish(struct ranges *ranges)
{
    const struct key greatest = {UINT64_MAX, UINT64_MAX};
    size_t fanout = node_keys(ranges->is_wide), below = 0, first = 0, nodes = nodes_for(ranges->count, ranges->is_wide);

    for (size_t i = ranges->count; !is_full(ranges, i); i++)
        put_range(ranges, i, greatest, ranges_value(ranges, ranges->count - 1));
    for (ranges->levels = 0; nodes > 1; ranges->levels++) {
        size_t keys = nodes, i;

        for (i = 0; i < keys; i++) {
            size_t last = i * fanout + fanout - 1;

            put_key(ranges, first, i, ranges->levels == 0 ? ranges_end(ranges, last) : get_key(ranges, below, last));
        }
        for (; !is_full(ranges, i); i++)
            put_key(ranges, first, i, greatest);
        ranges->first[ranges->levels] = below = first;
        nodes = nodes_for(keys, ranges->is_wide);
        first += nodes;
    }
}

/* How many keys of a node are less: no branches, as nobody could guess which way they go. */
static size_t
count_narrow(const struct narrow_node *node, uint32_t key)
{
    unsigned less = 0;

    for (unsigned i = 0; i < NARROW_KEYS; i++)
        less += node->keys[i] < key;
    return less;
}

/* The lower halves matter, and are fetched from memory, only where the upper ones are equal. */
static size_t
count_wide(const struct wide_node *node, struct key key)
{
    unsigned less = 0;

    for (unsigned i = 0; i < WIDE_KEYS; i++)
        less += node->high[i] < key.high;
    if (less == WIDE_KEYS || node->high[less] != key.high)
        return less;
    for (unsigned i = less; i < WIDE_KEYS; i++)
        less += (node->high[i] == key.high) & (node->low[i] < key.low);
    return less;
}

size_t
ranges_find(const struct ranges *ranges, struct key key)
{
    size_t at = 0;

    if (ranges->is_wide) {
        for (unsigned level = ranges->levels; level-- > 0;)
            at = at * WIDE_KEYS + count_wide((const struct wide_node *)ranges->nodes + ranges->first[level] + at, key);
        return at * WIDE_KEYS + count_wide(&((const struct wide_leaf *)ranges->leaves)[at].node, key);
    }
    key.high >>= NARROW_SHIFT;
    for (unsigned level = ranges->levels; level-- > 0;)
        at = at * NARROW_KEYS +
             count_narrow((const struct narrow_node *)ranges->nodes + ranges->first[level] + at, (uint32_t)key.high);
    return at * NARROW_KEYS + count_narrow(&((const struct narrow_leaf *)ranges->leaves)[at].node, (uint32_t)key.high);
}
