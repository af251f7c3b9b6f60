/* The table of addresses: longest prefix, exceptions, networks and broadcasts, groups and sources, case by case. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "responder/addresses.h"
#include "served.h"

struct entry {
    const char *prefix;
    enum addresses_role role;
};

static struct served list;
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

    served_init(&list, &table);
    for (size_t i = 0; i < count; i++) {
        struct address address;
        unsigned len;

        assert_int_equal(parse_prefix(entries[i].prefix, &address, &len, errbuf), 0);
        assert_true(served_add(&list, &table, &address, len, entries[i].role));
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
test_source_among_equals_and_neighbours(void **state)
{
    static const struct entry entries[] = {{"fd00::6", ADDRESSES_ANSWER}, {"fd00::2", ADDRESSES_ANSWER},
                                           {"fd00::3", ADDRESSES_ANSWER}, {"fd00::4", ADDRESSES_EXCEPT},
                                           {"fd00::4", ADDRESSES_ANSWER}};
    static const char *const cases[][2] = {
        {"2001:db8::1", "fd00::6"}, /* all are as near: the first one */
        {"fd00::1", "fd00::2"},     /* 2 and 3 have as many bits in common */
        {"fd00::3", "fd00::3"},     /* itself, all bits */
        {"fd00::4", "fd00::6"},
    };

    (void)state;
    fill(entries, COUNT(entries));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct address dst = address_of(cases[i][0]), expected = address_of(cases[i][1]), source;

        assert_true(addresses_source(&table, &dst, &source));
        assert_memory_equal(&source, &expected, sizeof source);
    }
}

static void
test_the_kernels_own_are_told(void **state)
{
    static const struct entry entries[] = {
        {"192.0.2.2", ADDRESSES_OWN}, {"192.0.2.0/24", ADDRESSES_ANSWER}, {"198.51.100.0/24", ADDRESSES_OWN},
        {"fd00::2", ADDRESSES_OWN}, {"fd00::2", ADDRESSES_ANSWER}, {"203.0.113.2", ADDRESSES_OWN},
    };
    struct address own = address_of("192.0.2.2"), other = address_of("192.0.2.3"), one = address_of("198.51.100.1");
    struct address own6 = address_of("fd00::2"), unserved = address_of("203.0.113.2");

    (void)state;
    fill(entries, COUNT(entries));
    assert_true(addresses_lookup(&table, &own).is_own);
    assert_int_equal(addresses_lookup(&table, &own).match, ADDRESSES_OURS);
    assert_false(addresses_lookup(&table, &own).is_host); /* it is answered for as one of the prefix */
    assert_false(addresses_lookup(&table, &other).is_own);
    assert_false(addresses_lookup(&table, &one).is_own); /* a network is not owned */
    assert_true(addresses_lookup(&table, &own6).is_own);
    assert_true(addresses_lookup(&table, &own6).is_host);
    assert_true(addresses_lookup(&table, &unserved).is_own);
    assert_int_equal(addresses_lookup(&table, &unserved).match, ADDRESSES_NONE);
}

static void
test_too_long_a_prefix(void **state)
{
    struct addresses_prefix long4 = {.address = {.version = 4, .bytes = {10}}, .len = 33, .roles = ADDRESSES_ANSWER};
    struct addresses_prefix long6 = {.address = {.version = 6, .bytes = {0xfd}}, .len = 129, .roles = ADDRESSES_ANSWER};

    (void)state;
    served_init(&list, &table);
    assert_false(addresses_build(&table.own, &long4, 1, list.memory));
    assert_false(addresses_build(&table.own, &long6, 1, list.memory));
    assert_int_equal(match("10.0.0.1"), ADDRESSES_NONE); /* what was there is left alone */
}

static void
test_any_answers_of_a_version(void **state)
{
    static const struct entry entries[] = {{"10.0.0.0/8", ADDRESSES_ANSWER}, {"fd00::/8", ADDRESSES_EXCEPT}};

    (void)state;
    fill(entries, COUNT(entries));
    assert_true(addresses_has(&table, 4));
    assert_false(addresses_has(&table, 6));
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
        cmocka_unit_test(test_source_among_equals_and_neighbours),
        cmocka_unit_test(test_the_kernels_own_are_told),
        cmocka_unit_test(test_too_long_a_prefix),
        cmocka_unit_test(test_any_answers_of_a_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
