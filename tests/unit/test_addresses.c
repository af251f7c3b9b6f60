/* The table of addresses: longest prefix, exceptions, networks and broadcasts, groups and sources; and against a plain search. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "responder/addresses.h"

struct entry {
    const char *prefix;
    enum addresses_role role;
};

static struct addresses_node nodes[4096];
static struct addresses table;

static struct address
address_of(const char *text)
{
    struct address address;
    char errbuf[PORT_ERRBUF];
    unsigned len;

    assert_int_equal(parse_prefix(text, &address, &len, errbuf), 0);
    return address;
}

static void
fill(const struct entry *entries, size_t count)
{
    char errbuf[PORT_ERRBUF];

    addresses_init(&table, nodes, addresses_room(count));
    for (size_t i = 0; i < count; i++) {
        struct address address;
        unsigned len;

        assert_int_equal(parse_prefix(entries[i].prefix, &address, &len, errbuf), 0);
        assert_true(addresses_add(&table, &address, len, entries[i].role));
    }
}

static enum addresses_match
match(const char *text)
{
    struct address address = address_of(text);

    return addresses_lookup(&table, &address).match;
}

static void
test_empty_table_has_nothing(void **state)
{
    (void)state;
    fill(NULL, 0);
    assert_int_equal(match("192.0.2.1"), ADDRESSES_NONE);
    assert_int_equal(match("fd00::1"), ADDRESSES_NONE);
}

static void
test_longest_prefix_decides(void **state)
{
    static const struct entry entries[] = {
        {"10.0.0.0/8", ADDRESSES_ANSWER}, {"10.1.0.0/16", ADDRESSES_EXCEPT}, {"10.1.2.0/24", ADDRESSES_ANSWER},
        {"10.1.2.3", ADDRESSES_EXCEPT},   {"10.1.2.3", ADDRESSES_ANSWER},
    };

    (void)state;
    fill(entries, COUNT(entries));
    assert_int_equal(match("10.2.0.1"), ADDRESSES_OURS);
    assert_int_equal(match("10.1.0.1"), ADDRESSES_NONE);
    assert_int_equal(match("10.1.2.4"), ADDRESSES_OURS);
    assert_int_equal(match("10.1.2.3"), ADDRESSES_NONE); /* a tie: the exception wins */
    assert_int_equal(match("11.0.0.1"), ADDRESSES_NONE);
}

static void
test_network_and_broadcast(void **state)
{
    static const struct entry entries[] = {
        {"192.0.2.0/24", ADDRESSES_ANSWER}, {"198.51.100.4/31", ADDRESSES_ANSWER}, {"fd00::/64", ADDRESSES_ANSWER},
        {"fd01::/127", ADDRESSES_ANSWER},   {"203.0.113.0/24", ADDRESSES_ONLINK},  {"203.0.113.9", ADDRESSES_ANSWER},
        {"10.0.0.0/24", ADDRESSES_ANSWER},  {"10.0.0.255", ADDRESSES_ANSWER},
    };

    (void)state;
    fill(entries, COUNT(entries));
    assert_int_equal(match("192.0.2.0"), ADDRESSES_NETWORK);
    assert_int_equal(match("192.0.2.1"), ADDRESSES_OURS);
    assert_int_equal(match("192.0.2.255"), ADDRESSES_BROADCAST);
    assert_int_equal(match("198.51.100.4"), ADDRESSES_OURS);
    assert_int_equal(match("198.51.100.5"), ADDRESSES_OURS);
    assert_int_equal(match("fd00::"), ADDRESSES_NETWORK);
    assert_int_equal(match("fd00::ffff:ffff:ffff:ffff"), ADDRESSES_OURS); /* IPv6 has no broadcast */
    assert_int_equal(match("fd01::"), ADDRESSES_OURS);
    assert_int_equal(match("203.0.113.255"), ADDRESSES_BROADCAST);
    assert_int_equal(match("203.0.113.9"), ADDRESSES_OURS);
    assert_int_equal(match("203.0.113.8"), ADDRESSES_NONE);
    assert_int_equal(match("10.0.0.255"), ADDRESSES_OURS); /* asked for by name */
}

static void
test_everything(void **state)
{
    static const struct entry entries[] = {{"0.0.0.0/0", ADDRESSES_ANSWER}};

    (void)state;
    fill(entries, COUNT(entries));
    assert_int_equal(match("8.8.8.8"), ADDRESSES_OURS);
    assert_int_equal(match("10.255.255.255"), ADDRESSES_OURS);
    assert_int_equal(match("fd00::1"), ADDRESSES_NONE);
}

static void
test_hosts_are_told_from_prefixes(void **state)
{
    static const struct entry entries[] = {{"10.0.0.0/8", ADDRESSES_ANSWER}, {"10.0.0.1", ADDRESSES_ANSWER}};
    struct address host, other;

    (void)state;
    fill(entries, COUNT(entries));
    host = address_of("10.0.0.1");
    other = address_of("10.0.0.2");
    assert_true(addresses_lookup(&table, &host).is_host);
    assert_false(addresses_lookup(&table, &other).is_host);
}

static void
test_solicited_node_group(void **state)
{
    static const struct entry entries[] = {{"fd00::1234:5678", ADDRESSES_ANSWER}, {"fd00::9", ADDRESSES_EXCEPT}};
    uint8_t group[16] = {0xff, 0x02, [11] = 1, [12] = 0xff, 0x34, 0x56, 0x78};

    (void)state;
    fill(entries, COUNT(entries));
    assert_true(addresses_solicited(&table, group));
    group[15] = 0x79;
    assert_false(addresses_solicited(&table, group));
    group[13] = group[14] = 0;
    group[15] = 9;
    assert_false(addresses_solicited(&table, group));
}

static void
test_source_for_a_multicast(void **state)
{
    static const struct entry entries[] = {
        {"fe80::2", ADDRESSES_ANSWER}, {"2001:db8::2", ADDRESSES_ANSWER}, {"fd00::2", ADDRESSES_ANSWER}};
    struct address source, dst, expected;

    (void)state;
    fill(entries, COUNT(entries));
    dst = address_of("fe80::1");
    expected = address_of("fe80::2");
    assert_true(addresses_source(&table, &dst, &source));
    assert_memory_equal(&source, &expected, sizeof source);
    dst = address_of("2001:db8::77");
    expected = address_of("2001:db8::2");
    assert_true(addresses_source(&table, &dst, &source));
    assert_memory_equal(&source, &expected, sizeof source);
    dst = address_of("fd00::77");
    expected = address_of("fd00::2");
    assert_true(addresses_source(&table, &dst, &source));
    assert_memory_equal(&source, &expected, sizeof source);
    fill(NULL, 0);
    assert_false(addresses_source(&table, &dst, &source));
}

/* Of IPv4, bits in common count for nothing beyond the link. */
static void
test_source_for_a_broadcast(void **state)
{
    static const struct entry entries[] = {
        {"192.0.2.0/24", ADDRESSES_ONLINK},    {"192.0.2.2", ADDRESSES_ANSWER}, {"198.51.100.0/24", ADDRESSES_ONLINK},
        {"198.51.100.2", ADDRESSES_ANSWER},    {"198.51.100.3", ADDRESSES_ANSWER}};
    static const struct {
        const char *dst, *source;
    } cases[] = {{"192.0.2.1", "192.0.2.2"},
                 {"198.51.100.1", "198.51.100.2"},
                 {"198.51.0.1", "192.0.2.2"},
                 {"10.9.9.9", "192.0.2.2"}};

    (void)state;
    fill(entries, COUNT(entries));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address source, dst = address_of(cases[i].dst), expected = address_of(cases[i].source);

        assert_true(addresses_source(&table, &dst, &source));
        assert_memory_equal(&source, &expected, sizeof source);
    }
}

static void
test_full_table_and_bad_length(void **state)
{
    struct address address = {.version = 4, .bytes = {10}};

    (void)state;
    addresses_init(&table, nodes, addresses_room(0));
    assert_false(addresses_add(&table, &address, 8, ADDRESSES_ANSWER));
    addresses_init(&table, nodes, addresses_room(1));
    assert_false(addresses_add(&table, &address, 33, ADDRESSES_ANSWER));
    assert_true(addresses_add(&table, &address, 8, ADDRESSES_ANSWER));
}

/* The plain way: look at every prefix. */
struct plain {
    struct address address;
    unsigned len;
    enum addresses_role role;
};

static bool
plain_holds(const struct plain *plain, const struct address *address)
{
    for (unsigned i = 0; i < plain->len; i++)
        if (((plain->address.bytes[i / 8] ^ address->bytes[i / 8]) >> (7 - i % 8) & 1) != 0)
            return false;
    return true;
}

static bool
plain_answers(const struct plain *plain, size_t count, const struct address *address)
{
    int best = -1;
    bool answers = false;

    for (size_t i = 0; i < count; i++) {
        int len = (int)plain[i].len;

        if (!plain_holds(&plain[i], address) || len < best)
            continue;
        answers = plain[i].role == ADDRESSES_ANSWER && (len > best || answers);
        best = len;
    }
    return answers;
}

/* Random prefixes of few bits, so that they nest and meet a lot; each address of the space is looked up. */
static void
test_agrees_with_plain_search(void **state)
{
    struct plain plain[60];
    unsigned random = 12345;

    (void)state;
    for (int round = 0; round < 200; round++) {
        size_t count = 1 + (size_t)round % COUNT(plain);

        addresses_init(&table, nodes, addresses_room(count));
        for (size_t i = 0; i < count; i++) {
            random = random * 1103515245 + 12345;
            plain[i] = (struct plain){.address = {.version = 6, .bytes = {(uint8_t)(random >> 16)}},
                                      .len = random >> 24 & 7,
                                      .role = random >> 28 & 1 ? ADDRESSES_ANSWER : ADDRESSES_EXCEPT};
            assert_true(addresses_add(&table, &plain[i].address, plain[i].len, plain[i].role));
        }
        for (unsigned value = 0; value < 256; value++) {
            struct address address = {.version = 6, .bytes = {(uint8_t)value, [15] = 1}};

            assert_int_equal(addresses_lookup(&table, &address).match == ADDRESSES_OURS,
                             plain_answers(plain, count, &address));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_table_has_nothing),
        cmocka_unit_test(test_longest_prefix_decides),
        cmocka_unit_test(test_network_and_broadcast),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_hosts_are_told_from_prefixes),
        cmocka_unit_test(test_solicited_node_group),
        cmocka_unit_test(test_source_for_a_multicast),
        cmocka_unit_test(test_source_for_a_broadcast),
        cmocka_unit_test(test_full_table_and_bad_length),
        cmocka_unit_test(test_agrees_with_plain_search),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
