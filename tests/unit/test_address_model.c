/* Random tables of addresses against a plain search, which looks at every prefix. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "responder/addresses.h"

enum { MOST = 4096, PROBES = 5 };

/* A table, and what it was made of, for the plain search. */
struct side {
    struct addresses_prefix prefixes[MOST];
    size_t count;
    struct addresses_table table;
};

static struct side own, given;
static struct addresses addresses;
static uint32_t state = 1;

static uint32_t
draw(uint32_t below)
{
    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)state * below >> 32);
}

/* --- the plain search */

static bool
holds(const struct addresses_prefix *prefix, const struct address *address)
{
    if (prefix->address.version != address->version)
        return false;
    for (unsigned i = 0; i < prefix->len; i++)
        if (((prefix->address.bytes[i / 8] ^ address->bytes[i / 8]) >> (7 - i % 8) & 1) != 0)
            return false;
    return true;
}

/* The roles of all prefixes of each length that hold an address. */
static void
collect(const struct address *address, unsigned roles[static 129])
{
    const struct side *sides[] = {&own, &given};

    memset(roles, 0, 129 * sizeof *roles);
    for (size_t side = 0; side < COUNT(sides); side++)
        for (size_t i = 0; i < sides[side]->count; i++)
            if (holds(&sides[side]->prefixes[i], address))
                roles[sides[side]->prefixes[i].len] |= sides[side]->prefixes[i].roles;
}

static bool
host_bits_are(const struct address *address, unsigned len, unsigned bit)
{
    for (unsigned i = len; i < address_bits(address->version); i++)
        if (((unsigned)address->bytes[i / 8] >> (7 - i % 8) & 1) != bit)
            return false;
    return true;
}

static enum addresses_match
plain_place(const struct address *address, unsigned len)
{
    if (len == 0 || len + 1 >= address_bits(address->version))
        return ADDRESSES_OURS;
    if (host_bits_are(address, len, 0))
        return ADDRESSES_NETWORK;
    return address->version == 4 && host_bits_are(address, len, 1) ? ADDRESSES_BROADCAST : ADDRESSES_OURS;
}

static struct addresses_lookup
plain_lookup(const struct address *address)
{
    struct addresses_lookup found = {.match = ADDRESSES_NONE};
    unsigned roles[129], bits = address_bits(address->version);

    collect(address, roles);
    for (unsigned len = 0; len <= bits; len++) {
        enum addresses_match place = plain_place(address, len);

        if ((roles[len] & ADDRESSES_EXCEPT) != 0)
            found = (struct addresses_lookup){.match = ADDRESSES_NONE};
        else if ((roles[len] & ADDRESSES_ANSWER) != 0)
            found = (struct addresses_lookup){.match = place, .is_host = len == bits};
        else if ((roles[len] & ADDRESSES_ONLINK) != 0 && place != ADDRESSES_OURS)
            found = (struct addresses_lookup){.match = place};
    }
    found.is_own = (roles[bits] & ADDRESSES_OWN) != 0;
    return found;
}

static bool
is_same(const struct addresses_prefix *a, const struct addresses_prefix *b)
{
    return a->len == b->len && memcmp(&a->address, &b->address, sizeof a->address) == 0;
}

/* Whether a prefix is a single address that is answered for, and that its own table says so. */
static bool
is_our_host(const struct side *side, const struct addresses_prefix *prefix, uint8_t version)
{
    if (prefix->address.version != version || prefix->len != address_bits(version))
        return false;
    for (size_t i = 0; i < side->count; i++)
        if (is_same(&side->prefixes[i], prefix) && (side->prefixes[i].roles & ADDRESSES_ANSWER) != 0)
            return plain_lookup(&prefix->address).is_host;
    return false;
}

static unsigned
plain_rank(const struct address *source, const struct address *dst)
{
    unsigned common = 0, onlink = 0, roles[129];

    while (common < 128 && ((source->bytes[common / 8] ^ dst->bytes[common / 8]) >> (7 - common % 8) & 1) == 0)
        common++;
    collect(dst, roles);
    for (unsigned len = 0; len <= 128; len++)
        if ((roles[len] & ADDRESSES_ONLINK) != 0)
            onlink = len;
    if (dst->version == 4)
        return onlink > 0 && common >= onlink ? 2 : 1;
    return 1 + common + (address_is_link_local(source) == address_is_link_local(dst) ? 256 : 0);
}

static bool
plain_source(const struct address *dst, struct address *source)
{
    const struct side *sides[] = {&own, &given};
    unsigned best = 0;

    for (size_t side = 0; side < COUNT(sides); side++)
        for (size_t i = 0; i < sides[side]->count; i++) {
            const struct addresses_prefix *prefix = &sides[side]->prefixes[i];

            if (!is_our_host(sides[side], prefix, dst->version) || plain_rank(&prefix->address, dst) <= best)
                continue;
            best = plain_rank(&prefix->address, dst);
            *source = prefix->address;
        }
    return best > 0;
}

static bool
plain_solicited(const uint8_t group[static 16])
{
    const struct side *sides[] = {&own, &given};

    for (size_t side = 0; side < COUNT(sides); side++)
        for (size_t i = 0; i < sides[side]->count; i++)
            if (is_our_host(sides[side], &sides[side]->prefixes[i], 6) &&
                memcmp(sides[side]->prefixes[i].address.bytes + 13, group + 13, 3) == 0)
                return true;
    return false;
}

/* --- random tables */

/* Few different bits, so that prefixes nest and meet a lot, with the ends of the whole and of link-local among them. */
static struct address
draw_address(void)
{
    static const uint8_t first[] = {0x00, 0x0a, 0x7f, 0x80, 0xc0, 0xff};
    static const uint8_t others[] = {0x00, 0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, 0xff};
    struct address address = {.version = draw(2) == 0 ? 4 : 6};
    unsigned len = address_bits(address.version) / 8, same = draw(len);

    address.bytes[0] = first[draw(COUNT(first))];
    for (unsigned i = 1; i < len; i++)
        address.bytes[i] = i < same ? address.bytes[0] : others[draw(COUNT(others))];
    if (address.version == 6 && draw(3) == 0) {
        address.bytes[0] = 0xfe;
        address.bytes[1] = (uint8_t)(0x40 * draw(4));
    }
    return address;
}

static unsigned
draw_len(uint8_t version)
{
    static const uint8_t lens4[] = {0, 1, 8, 15, 16, 17, 24, 29, 30, 31, 32, 32, 32, 32},
                         lens6[] = {0, 1, 9, 10, 11, 63, 64, 65, 104, 125, 126, 127, 128, 128, 128, 128};

    if (draw(3) == 0)
        return draw(address_bits(version) + 1);
    return version == 4 ? lens4[draw(COUNT(lens4))] : lens6[draw(COUNT(lens6))];
}

/* Whether a prefix is in the other table already as what it must not be there. */
static bool
is_contradicted(const struct side *other, const struct addresses_prefix *prefix)
{
    const unsigned decides = ADDRESSES_ANSWER | ADDRESSES_EXCEPT;

    for (size_t i = 0; i < other->count; i++)
        if (is_same(&other->prefixes[i], prefix) && (other->prefixes[i].roles & decides) != 0)
            return true;
    return false;
}

static void
draw_prefix(struct side *side, const struct side *other)
{
    static const uint8_t roles[] = {ADDRESSES_ANSWER, ADDRESSES_ANSWER, ADDRESSES_EXCEPT, ADDRESSES_ONLINK, ADDRESSES_OWN,
                                    ADDRESSES_ANSWER | ADDRESSES_OWN};
    struct addresses_prefix prefix = {.address = draw_address(), .roles = roles[draw(COUNT(roles))]};

    prefix.len = (uint8_t)draw_len(prefix.address.version);
    if (side->count > 0 && draw(8) == 0)
        prefix.address = side->prefixes[draw((uint32_t)side->count)].address;
    if (prefix.len > address_bits(prefix.address.version))
        prefix.len = (uint8_t)address_bits(prefix.address.version);
    if (prefix.len == address_bits(prefix.address.version) && is_contradicted(other, &prefix))
        prefix.roles = ADDRESSES_OWN;
    side->prefixes[side->count++] = prefix;
}

static void
build(struct side *side)
{
    static struct addresses_prefix used[MOST];
    void *memory;

    memcpy(used, side->prefixes, side->count * sizeof used[0]);
    free(side->table.memory);
    memory = malloc(addresses_size(used, side->count));
    assert_non_null(memory);
    assert_true(addresses_build(&side->table, used, side->count, memory));
}

static void
draw_tables(size_t own_count, size_t given_count)
{
    for (own.count = given.count = 0; own.count < own_count;)
        draw_prefix(&own, &given);
    while (given.count < given_count)
        draw_prefix(&given, &own);
    build(&own);
    build(&given);
    addresses = (struct addresses){.own = own.table, .given = &given.table};
}

/* An address at an end of a prefix, or beside it, or anywhere. */
static struct address
draw_probe(const struct addresses_prefix *prefix, unsigned which)
{
    struct address address = prefix->address;
    unsigned bits = address_bits(address.version);

    if (which == PROBES - 1)
        return draw_address();
    for (unsigned i = prefix->len; i < bits; i++) {
        uint8_t bit = (uint8_t)(0x80U >> i % 8);

        address.bytes[i / 8] = (uint8_t)(which % 2 == 0 ? address.bytes[i / 8] & ~bit : address.bytes[i / 8] | bit);
    }
    for (unsigned i = bits / 8; which >= 2 && i-- > 0;) { /* one more or less, with its carry */
        address.bytes[i] = (uint8_t)(address.bytes[i] + (which == 2 ? 255 : 1));
        if (address.bytes[i] != (which == 2 ? 255 : 0))
            break;
    }
    return address;
}

static void
compare_lookup(const struct address *address)
{
    struct addresses_lookup got = addresses_lookup(&addresses, address), wanted = plain_lookup(address);

    assert_int_equal(got.match, wanted.match);
    assert_int_equal(got.is_host, wanted.is_host);
    assert_int_equal(got.is_own, wanted.is_own);
}

static void
compare_source(const struct address *dst)
{
    struct address got = {.version = 0}, wanted = {.version = 0};
    uint8_t group[16] = {0xff, 0x02, [11] = 1, [12] = 0xff};

    assert_int_equal(addresses_source(&addresses, dst, &got), plain_source(dst, &wanted));
    assert_memory_equal(&got, &wanted, sizeof got);
    memcpy(group + 13, dst->bytes + 13, 3);
    assert_int_equal(addresses_solicited(&addresses, group), plain_solicited(group));
}

/* The single addresses of a table, each once and in order. */
static void
compare_hosts(const struct side *side)
{
    struct address host, last = {.version = 0};
    size_t at = 0, count = 0, wanted = 0;

    for (; addresses_next_host(&side->table, &at, &host); last = host, count++) {
        assert_true(plain_lookup(&host).is_host);
        assert_true(host.version > last.version || memcmp(host.bytes, last.bytes, sizeof host.bytes) > 0);
    }
    for (size_t i = 0; i < side->count; i++) {
        const struct addresses_prefix *prefix = &side->prefixes[i];
        bool is_new = is_our_host(side, prefix, prefix->address.version);

        for (size_t j = 0; is_new && j < i; j++)
            is_new = !is_same(&side->prefixes[j], prefix);
        wanted += is_new;
    }
    assert_int_equal(count, wanted);
}

static void
compare(const struct side *side, size_t step, bool with_sources)
{
    for (size_t i = 0; i < side->count; i += step)
        for (unsigned which = 0; which < PROBES; which++) {
            struct address probe = draw_probe(&side->prefixes[i], which);

            compare_lookup(&probe);
            if (with_sources)
                compare_source(&probe);
        }
}

static void
test_small_tables(void **unused)
{
    (void)unused;
    for (uint32_t round = 0; round < 300; round++) {
        draw_tables(draw(12), draw(25));
        compare(&own, 1, true);
        compare(&given, 1, true);
        compare_hosts(&own);
        compare_hosts(&given);
    }
}

static void
test_large_tables(void **unused)
{
    (void)unused;
    draw_tables(100, MOST);
    compare(&own, 1, false);
    compare(&given, 8, false);
    for (int i = 0; i < 4; i++) {
        struct address dst = draw_address();

        compare_source(&dst);
    }
}

/* Nothing from the interface, or nothing from the user. */
static void
test_one_empty_table(void **unused)
{
    (void)unused;
    draw_tables(0, 20);
    compare(&given, 1, true);
    draw_tables(20, 0);
    compare(&own, 1, true);
    addresses.given = NULL;
    compare(&own, 1, true);
}

static int
clean(void **unused)
{
    (void)unused;
    free(own.table.memory);
    free(given.table.memory);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_tables),
        cmocka_unit_test(test_large_tables),
        cmocka_unit_test(test_one_empty_table),
    };

    return cmocka_run_group_tests(tests, NULL, clean);
}
