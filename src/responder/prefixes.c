/* Prefixes in order: a radix exchange sort, in place, whose steps are bounded by the bits of a prefix.
 *
 *     | IPv6? 1 | address 128 | length 8 | */
#include "responder/prefixes.h"

#include <string.h>

enum {
    ADDRESS_BIT = 1,
    LENGTH_BIT = ADDRESS_BIT + 128,
    ALL_BITS = LENGTH_BIT + 8,
    FEW = 16 /* that are sorted by insertion faster */
};

/* Bit number `i` of what is sorted by. */
static unsigned
bit_at(const struct addresses_prefix *prefix, unsigned i)
{
    if (i >= LENGTH_BIT)
        return prefix->len >> (7 - (i - LENGTH_BIT)) & 1U;
    if (i >= ADDRESS_BIT)
        return (unsigned)prefix->address.bytes[(i - ADDRESS_BIT) / 8] >> (7 - (i - ADDRESS_BIT) % 8) & 1;
    return prefix->address.version == 6;
}

static int
compare(const struct addresses_prefix *a, const struct addresses_prefix *b)
{
    int difference = a->address.version - b->address.version;

    if (difference == 0)
        difference = memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes);
    return difference != 0 ? difference : a->len - b->len;
}

static void
insert_each(struct addresses_prefix *prefixes, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct addresses_prefix prefix = prefixes[i];
        size_t at = i;

        for (; at > 0 && compare(&prefixes[at - 1], &prefix) > 0; at--)
            prefixes[at] = prefixes[at - 1];
        prefixes[at] = prefix;
    }
}

/* Moves those with a zero at a bit before those with a one.  Returns how many they are. */
static size_t
part_by(struct addresses_prefix *prefixes, size_t count, unsigned bit)
{
    size_t left = 0, right = count;

    for (;;) {
        struct addresses_prefix other;

        while (left < right && bit_at(&prefixes[left], bit) == 0)
            left++;
        while (left < right && bit_at(&prefixes[right - 1], bit) != 0)
            right--;
        if (left == right)
            return left;
        other = prefixes[left];
        prefixes[left++] = prefixes[--right];
        prefixes[right] = other;
    }
}

/* Prefixes that are the same in all bits before `bit`.  It calls itself at most once a bit deep. */
static void
sort_from(struct addresses_prefix *prefixes, size_t count, unsigned bit)
{
    while (count > FEW && bit < ALL_BITS) {
        size_t zeros = part_by(prefixes, count, bit++);

        sort_from(prefixes, zeros, bit);
        prefixes += zeros;
        count -= zeros;
    }
    insert_each(prefixes, count);
}

void
prefixes_sort(struct addresses_prefix *prefixes, size_t count)
{
    sort_from(prefixes, count, 0);
}
