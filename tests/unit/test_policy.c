/* From -a, -x, -4, -6 and an interface's addresses to what is answered. */
#include "unit.h"

#include "parse.h"
#include "policy.h"

static struct addresses table;

static void
want(struct policy *policy, const char *prefix, enum addresses_role role)
{
    struct addresses_prefix entry = {.roles = (uint8_t)role};
    char errbuf[PORT_ERRBUF];
    unsigned len;

    assert_int_equal(parse_prefix(prefix, &entry.address, &len, errbuf), 0);
    entry.len = (uint8_t)len;
    assert_int_equal(policy_add(policy, &entry), 0);
}

static struct addresses_lookup
look_up(const char *text)
{
    struct address address;
    char errbuf[PORT_ERRBUF];
    unsigned len;

    assert_int_equal(parse_prefix(text, &address, &len, errbuf), 0);
    return addresses_lookup(&table, &address);
}

static enum addresses_match
match(const char *text)
{
    return look_up(text).match;
}

static struct platform_address own[] = {
    {{.version = 4, .bytes = {192, 0, 2, 2}}, 24},
    {{.version = 6, .bytes = {0xfd, [15] = 2}}, 64},
};
static const struct platform_interface interface = {.index = 1, .addresses = own, .address_count = 2};

static void
fill(struct policy *policy, const struct platform_interface *of)
{
    assert_int_equal(policy_settle(policy), 0);
    assert_int_equal(policy_fill(policy, of, &table), 0);
}

static int
clean(void **state)
{
    (void)state;
    policy_release(&table);
    return 0;
}

static void
test_own_addresses_by_default(void **state)
{
    struct policy policy = {.ipv4 = true, .ipv6 = true};

    (void)state;
    fill(&policy, &interface);
    assert_int_equal(match("192.0.2.2"), ADDRESSES_OURS);
    assert_int_equal(match("192.0.2.3"), ADDRESSES_NONE);
    assert_int_equal(match("192.0.2.255"), ADDRESSES_BROADCAST);
    assert_int_equal(match("fd00::2"), ADDRESSES_OURS);
}

static void
test_answers_replace_own_addresses(void **state)
{
    struct policy policy = {.ipv4 = true, .ipv6 = true};

    (void)state;
    want(&policy, "192.0.2.128/25", ADDRESSES_ANSWER);
    want(&policy, "192.0.2.130", ADDRESSES_EXCEPT);
    fill(&policy, &interface);
    assert_int_equal(match("192.0.2.2"), ADDRESSES_NONE);
    assert_int_equal(match("192.0.2.129"), ADDRESSES_OURS);
    assert_int_equal(match("192.0.2.130"), ADDRESSES_NONE);
    assert_int_equal(match("192.0.2.255"), ADDRESSES_BROADCAST);
    policy_free(&policy);
}

static void
test_exception_takes_own_address_away(void **state)
{
    struct policy policy = {.ipv4 = true, .ipv6 = true};

    (void)state;
    want(&policy, "192.0.2.0/24", ADDRESSES_EXCEPT);
    fill(&policy, &interface);
    assert_int_equal(match("192.0.2.2"), ADDRESSES_NONE);
    assert_int_equal(match("fd00::2"), ADDRESSES_OURS);
    policy_free(&policy);
}

/* What is common comes first, whatever the interface has of its own, and is left as it was. */
static void
test_common_prefixes_are_inherited(void **state)
{
    struct policy common = {.ipv4 = true, .ipv6 = true}, policy = common;

    (void)state;
    want(&common, "10.0.0.0/8", ADDRESSES_ANSWER);
    want(&common, "10.0.0.9", ADDRESSES_EXCEPT);
    want(&policy, "192.0.2.3", ADDRESSES_ANSWER);
    want(&policy, "10.1.0.0/16", ADDRESSES_EXCEPT);
    assert_int_equal(policy_inherit(&policy, &common), 0);
    assert_int_equal(policy.count, 4);
    assert_int_equal(common.count, 2);
    fill(&policy, &interface);
    assert_int_equal(match("10.0.0.1"), ADDRESSES_OURS);
    assert_int_equal(match("10.0.0.9"), ADDRESSES_NONE);
    assert_int_equal(match("10.1.0.1"), ADDRESSES_NONE);
    assert_int_equal(match("192.0.2.3"), ADDRESSES_OURS);
    assert_int_equal(match("192.0.2.2"), ADDRESSES_NONE);
    policy_free(&policy);
    policy_free(&common);
}

static void
test_everything_offline(void **state)
{
    struct policy policy = {.ipv4 = true, .ipv6 = true};

    (void)state;
    want(&policy, "10.0.0.0/8", ADDRESSES_EXCEPT);
    fill(&policy, NULL);
    assert_int_equal(match("8.8.8.8"), ADDRESSES_OURS);
    assert_int_equal(match("10.1.2.3"), ADDRESSES_NONE);
    assert_int_equal(match("2001:db8::1"), ADDRESSES_OURS);
    policy_free(&policy);
}

static void
test_one_version_only(void **state)
{
    struct policy policy = {.ipv6 = true};

    (void)state;
    fill(&policy, NULL);
    assert_int_equal(match("8.8.8.8"), ADDRESSES_NONE);
    assert_int_equal(match("2001:db8::1"), ADDRESSES_OURS);
    fill(&policy, &interface); /* an earlier table gives way */
    assert_int_equal(match("192.0.2.2"), ADDRESSES_NONE);
    assert_int_equal(match("fd00::2"), ADDRESSES_OURS);
    assert_int_equal(match("2001:db8::1"), ADDRESSES_NONE);
}

/* The kernel's addresses are known as its own, whether they are answered for or not, and whatever excepts them. */
static void
test_own_addresses_are_known(void **state)
{
    static const struct {
        const char *address;
        bool is_own;
    } cases[] = {{"192.0.2.2", true}, {"192.0.2.3", false}, {"192.0.2.0", false}, {"fd00::2", true}, {"fd00::3", false}};
    static const char *const given[] = {NULL, "192.0.2.0/24", "192.0.2.2", "198.51.100.1"};

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(given); i++) {
        struct policy policy = {.ipv4 = true, .ipv6 = true};

        if (given[i / 2] != NULL)
            want(&policy, given[i / 2], i % 2 == 0 ? ADDRESSES_ANSWER : ADDRESSES_EXCEPT);
        assert_int_equal(policy_fill(&policy, &interface, &table), 0);
        for (size_t j = 0; j < COUNT(cases); j++)
            assert_int_equal(look_up(cases[j].address).is_own, cases[j].is_own);
        policy_free(&policy);
    }
}

/* Promiscuous mode is for IPv6 addresses that the kernel does not have, and for no others. */
static void
test_groups_are_needed(void **state)
{
    static const struct {
        const char *prefix;
        enum addresses_role role;
        bool is_needed;
    } cases[] = {
        {"fd00::2", ADDRESSES_ANSWER, false},
        {"fd00::3", ADDRESSES_ANSWER, true},
        {"fd00::2/127", ADDRESSES_ANSWER, true},
        {"198.51.100.0/24", ADDRESSES_ANSWER, false},
        {"fd00::3", ADDRESSES_EXCEPT, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct policy policy = {.ipv4 = true, .ipv6 = true, .neighbors = true};

        want(&policy, cases[i].prefix, cases[i].role);
        assert_int_equal(policy_settle(&policy), 0);
        assert_int_equal(policy_needs_groups(&policy, &interface), cases[i].is_needed);
        policy.neighbors = false;
        assert_false(policy_needs_groups(&policy, &interface));
        policy_free(&policy);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_own_addresses_by_default, clean),
        cmocka_unit_test_teardown(test_answers_replace_own_addresses, clean),
        cmocka_unit_test_teardown(test_exception_takes_own_address_away, clean),
        cmocka_unit_test_teardown(test_common_prefixes_are_inherited, clean),
        cmocka_unit_test_teardown(test_everything_offline, clean),
        cmocka_unit_test_teardown(test_one_version_only, clean),
        cmocka_unit_test_teardown(test_own_addresses_are_known, clean),
        cmocka_unit_test(test_groups_are_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
