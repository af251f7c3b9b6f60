/* Frames dissected: every field of each header, where it stands and what it holds, and no byte without a field. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "craft.h"
#include "dissect.h"

struct expected {
    const char *name;
    size_t at, len;
    uint32_t value; /* of a number */
};

static void
check_fields(enum link_type link, const struct craft *craft, const struct expected *expected, size_t count)
{
    struct dissect dissect;

    dissect_frame(link, craft->data, craft->len, &dissect);
    for (size_t i = 0; i < count && i < dissect.count; i++) {
        const struct dissect_field *field = &dissect.fields[i];

        assert_string_equal(field->name, expected[i].name);
        assert_int_equal(field->at, expected[i].at);
        assert_int_equal(field->len, expected[i].len);
        if (dissect_is_number(field))
            assert_int_equal(dissect_number(field, craft->data), expected[i].value);
        assert_ptr_equal(dissect_find(&dissect, field->name), field);
    }
    assert_int_equal(dissect.count, count);
}

#define ETHERNET {"Ethernet destination", 0, 6, 0}, {"Ethernet source", 6, 6, 0}
#define IPV4(at, total, id, flags, offset, sum) \
    {"IPv4 version", at, 1, 4}, {"IPv4 header length", at, 1, 5}, {"IPv4 TOS", at + 1, 1, 0}, \
    {"IPv4 total length", at + 2, 2, total}, {"IPv4 ID", at + 4, 2, id}, {"IPv4 flags", at + 6, 2, flags}, \
    {"IPv4 fragment offset", at + 6, 2, offset}, {"IPv4 TTL", at + 8, 1, 63}, {"IPv4 protocol", at + 9, 1, 1}, \
    {"IPv4 checksum", at + 10, 2, sum}, {"IPv4 source", at + 12, 4, 0}, {"IPv4 destination", at + 16, 4, 0}
#define IPV6(at, len, next) \
    {"IPv6 version", at, 4, 6}, {"IPv6 traffic class", at, 4, 0}, {"IPv6 flow label", at, 4, 0}, \
    {"IPv6 payload length", at + 4, 2, len}, {"IPv6 next header", at + 6, 1, next}, {"IPv6 hop limit", at + 7, 1, 63}, \
    {"IPv6 source", at + 8, 16, 0}, {"IPv6 destination", at + 24, 16, 0}
#define ECHO(family, at, type, sum, size) \
    {family " type", at, 1, type}, {family " code", at + 1, 1, 0}, {family " checksum", at + 2, 2, sum}, \
    {family " id", at + 4, 2, 0xbeef}, {family " sequence", at + 6, 2, 7}, {family " data", at + 8, size, 0}

static uint32_t
word(const struct craft *craft, size_t at)
{
    return (uint32_t)craft->data[at] << 8 | craft->data[at + 1];
}

static void
test_ipv4(void **state)
{
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 8);
    craft_pad(&craft, 0, 10);
    const struct expected expected[] = {
        ETHERNET, {"Ethernet type", 12, 2, 0x0800}, IPV4(14, 36, 0x1234, 2, 0, word(&craft, 24)),
        ECHO("ICMP", 34, 8, word(&craft, 36), 8), {"padding", 50, 10, 0}};

    check_fields(LINK_EN10MB, &craft, expected, COUNT(expected));
}

static void
test_ipv4_fragment(void **state)
{
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_RAW, NULL, 0, 8);
    craft.data[6] = 0x20; /* more of them, this one 185 * 8 bytes behind the beginning */
    craft.data[7] = 185;
    const struct expected expected[] = {IPV4(0, 36, 0x1234, 1, 185, word(&craft, 10)), {"IPv4 fragment data", 20, 16, 0}};

    check_fields(LINK_RAW, &craft, expected, COUNT(expected));
}

static void
test_ipv4_options(void **state)
{
    static const uint8_t options[4] = {1, 1, 1, 0};
    struct dissect dissect;
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_RAW, options, sizeof options, 8);
    dissect_frame(LINK_RAW, craft.data, craft.len, &dissect);
    assert_int_equal(dissect_find(&dissect, "IPv4 options")->at, 20);
    assert_int_equal(dissect_find(&dissect, "IPv4 options")->len, 4);
    assert_int_equal(dissect_find(&dissect, "ICMP type")->at, 24);
    assert_null(dissect_find(&dissect, "padding"));
    assert_null(dissect_find(&dissect, "ICMP"));
}

static void
test_ipv6(void **state)
{
    struct craft craft;

    (void)state;
    craft6(&craft, LINK_EN10MB, 58, NULL, 0, 8);
    craft_pad(&craft, 0, 2);
    const struct expected expected[] = {
        ETHERNET, {"Ethernet type", 12, 2, 0x86dd}, IPV6(14, 16, 58), ECHO("ICMPv6", 54, 128, word(&craft, 56), 8),
        {"padding", 70, 2, 0}};

    check_fields(LINK_EN10MB, &craft, expected, COUNT(expected));
}

/* The bits of the first four bytes, each of which may be what differs. */
static void
test_ipv6_first_word(void **state)
{
    struct dissect dissect;
    struct craft craft;

    (void)state;
    craft6(&craft, LINK_RAW, 58, NULL, 0, 8);
    memcpy(craft.data, "\x6a\xbc\xde\xf1", 4);
    dissect_frame(LINK_RAW, craft.data, craft.len, &dissect);
    assert_int_equal(dissect_number(dissect_find(&dissect, "IPv6 version"), craft.data), 6);
    assert_int_equal(dissect_number(dissect_find(&dissect, "IPv6 traffic class"), craft.data), 0xab);
    assert_int_equal(dissect_number(dissect_find(&dissect, "IPv6 flow label"), craft.data), 0xcdef1);
}

static void
test_ipv6_fragment(void **state)
{
    static const uint8_t headers[16] = {44, 0, 1, 4, 0, 0, 0, 0, 58, 9, 0, 0x0b, 0xde, 0xad, 0xbe, 0xef};
    struct craft craft;

    (void)state;
    craft6(&craft, LINK_RAW, 0, headers, sizeof headers, 8);
    const struct expected expected[] = {
        IPV6(0, 32, 0), {"extension next header", 40, 1, 44}, {"extension length", 41, 1, 0}, {"extension data", 42, 6, 0},
        {"fragment next header", 48, 1, 58}, {"fragment reserved", 49, 1, 9}, {"fragment offset", 50, 2, 1},
        {"fragment reserved bits", 50, 2, 1}, {"fragment more", 50, 2, 1}, {"fragment ID", 52, 4, 0xdeadbeef},
        {"IPv6 data", 56, 16, 0}};

    check_fields(LINK_RAW, &craft, expected, COUNT(expected));
}

static void
test_vlan(void **state)
{
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 8);
    craft_tag(&craft, 0x8100, 0xb00a); /* priority 5, DEI, VLAN 10 */
    craft_tag(&craft, 0x88a8, 0x0014);
    const struct expected expected[] = {
        ETHERNET, {"VLAN tag protocol", 12, 2, 0x88a8}, {"VLAN priority", 14, 2, 0}, {"VLAN DEI", 14, 2, 0},
        {"VLAN ID", 14, 2, 20}, {"VLAN tag protocol", 16, 2, 0x8100}, {"VLAN priority", 18, 2, 5}, {"VLAN DEI", 18, 2, 1},
        {"VLAN ID", 18, 2, 10}, {"Ethernet type", 20, 2, 0x0800}};
    struct dissect dissect;

    dissect_frame(LINK_EN10MB, craft.data, craft.len, &dissect);
    for (size_t i = 0; i < COUNT(expected); i++) {
        assert_string_equal(dissect.fields[i].name, expected[i].name);
        assert_int_equal(dissect.fields[i].at, expected[i].at);
        if (dissect_is_number(&dissect.fields[i]))
            assert_int_equal(dissect_number(&dissect.fields[i], craft.data), expected[i].value);
    }
    assert_int_equal(dissect_find(&dissect, "IPv4 version")->at, 22);
}

static void
test_sll(void **state)
{
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_LINUX_SLL, NULL, 0, 8);
    const struct expected expected[] = {
        {"SLL packet type", 0, 2, 0}, {"SLL ARPHRD type", 2, 2, 1}, {"SLL address length", 4, 2, 6},
        {"SLL address", 6, 8, 0}, {"SLL protocol", 14, 2, 0x0800}, IPV4(16, 36, 0x1234, 2, 0, word(&craft, 26)),
        ECHO("ICMP", 36, 8, word(&craft, 38), 8)};

    check_fields(LINK_LINUX_SLL, &craft, expected, COUNT(expected));
}

static void
test_sll2(void **state)
{
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_LINUX_SLL2, NULL, 0, 8);
    const struct expected expected[] = {
        {"SLL2 protocol", 0, 2, 0x0800}, {"SLL2 reserved", 2, 2, 0}, {"SLL2 interface index", 4, 4, 3},
        {"SLL2 ARPHRD type", 8, 2, 1}, {"SLL2 packet type", 10, 1, 0}, {"SLL2 address length", 11, 1, 6},
        {"SLL2 address", 12, 8, 0}, IPV4(20, 36, 0x1234, 2, 0, word(&craft, 30)),
        ECHO("ICMP", 40, 8, word(&craft, 42), 8)};

    check_fields(LINK_LINUX_SLL2, &craft, expected, COUNT(expected));
}

static void
test_arp(void **state)
{
    static const uint8_t reply[] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2,
                                    2, 0, 0, 0, 0, 2, 192, 0, 2, 2, 2, 0, 0, 0, 0, 1, 192, 0, 2, 1};
    static const struct expected expected[] = {
        ETHERNET, {"Ethernet type", 12, 2, 0x0806}, {"ARP hardware type", 14, 2, 1}, {"ARP protocol type", 16, 2, 0x0800},
        {"ARP hardware length", 18, 1, 6}, {"ARP protocol length", 19, 1, 4}, {"ARP operation", 20, 2, 2},
        {"ARP sender MAC", 22, 6, 0}, {"ARP sender IP", 28, 4, 0}, {"ARP target MAC", 32, 6, 0},
        {"ARP target IP", 38, 4, 0}, {"padding", 42, 18, 0}};
    struct craft craft = {.len = sizeof reply};

    (void)state;
    memcpy(craft.data, reply, sizeof reply);
    craft_pad(&craft, 0, 18);
    check_fields(LINK_EN10MB, &craft, expected, COUNT(expected));
}

/* What follows type, code and checksum goes by the type. */
static void
test_icmp_types(void **state)
{
    static const struct {
        uint8_t type;
        bool is_v6;
        const char *name;
        size_t at; /* behind the type */
    } cases[] = {
        {0, false, "ICMP sequence", 6},        {14, false, "ICMP transmit time", 16}, {43, false, "PROBE state", 7},
        {11, false, "ICMP rest of header", 4}, {129, true, "ICMPv6 id", 4},           {161, true, "PROBE flags", 7},
        {136, true, "neighbour target", 8},    {4, true, "ICMP rest of header", 4},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct dissect dissect;
        struct craft craft;

        if (cases[i].is_v6)
            craft6(&craft, LINK_RAW, 58, NULL, 0, 24);
        else
            craft4(&craft, LINK_RAW, NULL, 0, 24);
        craft.data[craft.l4] = cases[i].type;
        dissect_frame(LINK_RAW, craft.data, craft.len, &dissect);
        assert_non_null(dissect_find(&dissect, cases[i].name));
        assert_int_equal(dissect_find(&dissect, cases[i].name)->at, craft.l4 + cases[i].at);
    }
}

/* Fields follow each other without a gap, the last one up to the end. */
static void
check_cover(enum link_type link, const uint8_t *data, size_t len)
{
    struct dissect dissect;
    size_t end = 0;

    dissect_frame(link, data, len, &dissect);
    assert_true(dissect.count <= DISSECT_FIELDS);
    for (size_t i = 0; i < dissect.count; i++) {
        assert_true(dissect.fields[i].at <= end);
        if (dissect.fields[i].at + dissect.fields[i].len > end)
            end = dissect.fields[i].at + dissect.fields[i].len;
    }
    assert_int_equal(end, len);
}

/* In memory of just that size, so that a sanitizer sees what is read beyond. */
static void
test_every_cut_is_covered(void **state)
{
    static const uint8_t options[4] = {7, 3, 4, 0}, headers[8] = {58, 0, 1, 4, 0, 0, 0, 0};

    (void)state;
    for (unsigned link = 0; link < LINK_TYPES; link++)
        for (unsigned kind = 0; kind < 4; kind++) {
            struct craft craft;

            if (kind & 1)
                craft6(&craft, (enum link_type)link, kind & 2 ? 0 : 58, headers, kind & 2 ? sizeof headers : 0, 8);
            else
                craft4(&craft, (enum link_type)link, options, kind & 2 ? sizeof options : 0, 8);
            craft_pad(&craft, 0, 3);
            for (size_t len = 0; len <= craft.len; len++) {
                uint8_t *exact = malloc(len > 0 ? len : 1);

                assert_non_null(exact);
                memcpy(exact, craft.data, len);
                check_cover((enum link_type)link, exact, len);
                free(exact);
            }
        }
}

static void
test_a_tower_of_tags_is_covered(void **state)
{
    uint8_t frame[400];

    (void)state;
    for (size_t i = 0; i < sizeof frame; i += 4)
        memcpy(frame + i, "\x81\x00\x00\x01", 4);
    check_cover(LINK_EN10MB, frame, sizeof frame);
    check_cover(LINK_LINUX_SLL2, frame, sizeof frame);
}

/* Each byte changed is told as the field whose bits changed. */
static void
test_differences(void **state)
{
    struct craft a, b;
    struct dissect dissect;

    (void)state;
    craft4(&a, LINK_EN10MB, NULL, 0, 8);
    dissect_frame(LINK_EN10MB, a.data, a.len, &dissect);
    assert_int_equal(dissect_first_difference(a.data, a.len, a.data, a.len), a.len);
    assert_int_equal(dissect_first_difference(a.data, a.len, a.data, 7), 7);
    for (size_t at = 0; at < a.len; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            const struct dissect_field *field;

            b = a;
            b.data[at] ^= (uint8_t)(1 << bit);
            assert_int_equal(dissect_first_difference(a.data, a.len, b.data, b.len), at);
            field = dissect_field_at(&dissect, at, a.data, a.len, b.data, b.len);
            assert_non_null(field);
            assert_true(at >= field->at && at < field->at + field->len);
            if (at == 14)
                assert_string_equal(field->name, bit < 4 ? "IPv4 header length" : "IPv4 version");
            if (at == 20)
                assert_string_equal(field->name, bit < 5 ? "IPv4 fragment offset" : "IPv4 flags");
        }
    assert_null(dissect_field_at(&dissect, 14, a.data, a.len, a.data, a.len));
    assert_string_equal(dissect_field_at(&dissect, 20, a.data, a.len, a.data, 20)->name, "IPv4 flags");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ipv4),
        cmocka_unit_test(test_ipv4_fragment),
        cmocka_unit_test(test_ipv4_options),
        cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_ipv6_first_word),
        cmocka_unit_test(test_ipv6_fragment),
        cmocka_unit_test(test_vlan),
        cmocka_unit_test(test_sll),
        cmocka_unit_test(test_sll2),
        cmocka_unit_test(test_arp),
        cmocka_unit_test(test_icmp_types),
        cmocka_unit_test(test_every_cut_is_covered),
        cmocka_unit_test(test_a_tower_of_tags_is_covered),
        cmocka_unit_test(test_differences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
