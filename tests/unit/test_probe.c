/* PROBE (RFC 8335): what is asked of an interface, in both IP versions, and what is told. */
#include "unit.h"

#include <string.h>

#include "craft.h"
#include "responder/responder.h"
#include "served.h"

enum { ACTIVE = 4, IPV4 = 2, IPV6 = 1, LOCAL = 1, SECOND_NS = 1000000000 };

static struct served list, other_list;
static struct responder responder;
static struct iface iface, other;

static int
set_up(void **state)
{
    static const struct address host4 = {.version = 4, .bytes = {192, 0, 2, 2}},
                                host6 = {.version = 6, .bytes = {0xfd, 0, 0x0d, 0xb8, [15] = 2}},
                                both = {.version = 4, .bytes = {192, 0, 2, 77}};

    (void)state;
    iface = (struct iface){.link = LINK_EN10MB, .mtu = 1500, .index = 3, .name = "ho0", .is_up = true, .has_mac = true,
                           .mac = {2, 0, 0, 0, 0, 2}};
    other = (struct iface){.link = LINK_EN10MB, .mtu = 1500, .index = 70000, .name = "down0"};
    served_init(&list, &iface.addresses);
    served_init(&other_list, &other.addresses);
    assert_true(served_add(&list, &iface.addresses, &host4, 32, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &host6, 128, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &both, 32, ADDRESSES_ANSWER));
    assert_true(served_add(&other_list, &other.addresses, &both, 32, ADDRESSES_ANSWER));
    responder_init(&responder, 1);
    responder.answers_probe = true;
    responder_add_iface(&responder, &iface);
    responder_add_iface(&responder, &other);
    return 0;
}

/* A query: the extension structure, its checksum right where the bytes that have it are zero, and the answer that is due. */
static const struct query {
    const char *rule;
    uint8_t last; /* byte of the ICMP header, which has the L bit */
    uint8_t len;
    uint8_t extension[32];
    uint8_t code, flags;
} queries[] = {
    {"PR-06 name", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 1, 'h', 'o', '0'}, 0, ACTIVE | IPV4 | IPV6},
    {"PR-06 index", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 2, 0, 0, 0, 3}, 0, ACTIVE | IPV4 | IPV6},
    {"PR-06 index, an interface that is down", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 2, 0, 1, 0x11, 0x70}, 0, 0},
    {"PR-06 IPv4 address", LOCAL, 16, {0x20, 0, 0, 0, 0, 12, 3, 3, 0, 1, 4, 0, 192, 0, 2, 2}, 0, ACTIVE | IPV4 | IPV6},
    {"PR-06 IPv6 address", LOCAL, 28, {0x20, 0, 0, 0, 0, 24, 3, 3, 0, 2, 16, 0, 0xfd, 0, 0x0d, 0xb8, [27] = 2}, 0,
     ACTIVE | IPV4 | IPV6},
    {"PR-06 MAC address", LOCAL, 18, {0x20, 0, 0, 0, 0, 14, 3, 3, 0x40, 5, 6, 0, 2, 0, 0, 0, 0, 2}, 0, ACTIVE | IPV4 | IPV6},
    {"PR-06 reserved bits", 0xff, 12, {0x2f, 0xff, 0, 0, 0, 8, 3, 1, 'h', 'o', '0'}, 0, ACTIVE | IPV4 | IPV6},
    {"PR-06 data behind", LOCAL, 16, {0x20, 0, 0, 0, 0, 8, 3, 1, 'h', 'o', '0', 0, 0, 0, 0, 0}, 0, ACTIVE | IPV4 | IPV6},
    {"PR-07 name", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 1, 'z', 'z', '9'}, 2, 0},
    {"PR-07 name, longer", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 1, 'h', 'o', '0', '0'}, 2, 0},
    {"PR-07 name, shorter", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 1, 'h', 'o'}, 2, 0},
    {"PR-07 name of zeros", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 1}, 2, 0},
    {"PR-07 index", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 2, 0, 0, 0, 0}, 2, 0},
    {"PR-07 address", LOCAL, 16, {0x20, 0, 0, 0, 0, 12, 3, 3, 0, 1, 4, 0, 192, 0, 2, 9}, 2, 0},
    {"PR-08 no extension", LOCAL, 0, {0}, 1, 0},
    {"PR-08 half a header", LOCAL, 3, {0x20}, 1, 0},
    {"PR-08 no object", LOCAL, 4, {0x20}, 1, 0},
    {"PR-08 no name", LOCAL, 8, {0x20, 0, 0, 0, 0, 4, 3, 1}, 1, 0},
    {"PR-08 two objects", LOCAL, 20, {0x20, 0, 0xa9, 0x0e, 0, 8, 3, 1, 'h', 'o', '0', 0, 0, 8, 3, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-08 object length 3", LOCAL, 12, {0x20, 0, 0, 0, 0, 3, 3, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-08 object length beyond the end", LOCAL, 12, {0x20, 0, 0, 0, 0, 12, 3, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-08 name of 16 bytes", LOCAL, 24, {0x20, 0, 0, 0, 0, 20, 3, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-08 index of 3 bytes", LOCAL, 11, {0x20, 0, 0, 0, 0, 7, 3, 2, 0, 0, 3}, 1, 0},
    {"PR-08 address length 3", LOCAL, 16, {0x20, 0, 0, 0, 0, 12, 3, 3, 0, 1, 3, 0, 192, 0, 2, 2}, 1, 0},
    {"PR-08 address cut", LOCAL, 15, {0x20, 0, 0, 0, 0, 11, 3, 3, 0, 1, 4, 0, 192, 0, 2}, 1, 0},
    {"PR-08 address family 3", LOCAL, 16, {0x20, 0, 0, 0, 0, 12, 3, 3, 0, 3, 4, 0, 192, 0, 2, 2}, 1, 0},
    {"PR-08 C-type 4", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 4, 'h', 'o', '0'}, 1, 0},
    {"PR-08 C-type 0", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 0, 'h', 'o', '0'}, 1, 0},
    {"PR-09 checksum", LOCAL, 12, {0x20, 0, 0x12, 0x34, 0, 8, 3, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-10 version 1", LOCAL, 12, {0x10, 0, 0, 0, 0, 8, 3, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-10 class 9", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 9, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-11 name of a neighbour", 0, 12, {0x20, 0, 0, 0, 0, 8, 3, 1, 'h', 'o', '0'}, 1, 0},
    {"PR-11 index of a neighbour", 0, 12, {0x20, 0, 0, 0, 0, 8, 3, 2, 0, 0, 0, 3}, 1, 0},
    {"PR-11 address of a neighbour", 0, 16, {0x20, 0, 0, 0, 0, 12, 3, 3, 0, 1, 4, 0, 192, 0, 2, 1}, 3, 0},
    {"PR-12 address on two interfaces", LOCAL, 16, {0x20, 0, 0, 0, 0, 12, 3, 3, 0, 1, 4, 0, 192, 0, 2, 77}, 4, 0},
};

/* A checksum of 0 is to stay what it is only where none is right: PR-09. */
static void
craft_query(struct craft *craft, bool is_v6, const struct query *query, bool is_summed)
{
    uint8_t *icmp, *extension;
    size_t len;

    if (is_v6)
        craft6(craft, LINK_EN10MB, 58, NULL, 0, query->len);
    else
        craft4(craft, LINK_EN10MB, NULL, 0, query->len);
    icmp = craft->data + craft->l4;
    extension = icmp + 8;
    icmp[0] = is_v6 ? 160 : 42;
    icmp[6] = 5;
    icmp[7] = query->last;
    memcpy(extension, query->extension, query->len);
    len = query->len >= 6 && extension[5] >= 4 && extension[5] + 4U <= query->len ? extension[5] + 4U : query->len;
    if (is_summed && query->len >= 4 && extension[2] == 0) {
        uint16_t sum = craft_sum(0, extension, len);

        extension[2] = (uint8_t)(sum >> 8);
        extension[3] = (uint8_t)(sum & 0xff);
    }
    craft->data[craft->l3 + 1] |= is_v6 ? 0x20 : 0xb9; /* TOS, flow label */
    craft_seal(craft);
}

static struct outcome
ask(const struct craft *craft)
{
    static uint64_t ts_ns;
    struct frame frame = {.data = craft->data, .caplen = craft->len, .len = craft->len, .iface = &iface};
    struct outcome outcome;

    frame.ts_ns = ts_ns += SECOND_NS;
    respond(&responder, &frame, &outcome);
    return outcome;
}

/* PR-04, PR-05: how a reply looks in any case. */
static void
check_reply(const struct craft *craft, const struct outcome *outcome, const struct query *query, bool is_v6)
{
    const uint8_t *ip = outcome->replies[0].data + 14, *icmp = ip + (is_v6 ? 40 : 20);
    const uint8_t *request = craft->data + craft->l4;
    size_t len = craft->len - craft->l4;

    if (icmp[1] != query->code || icmp[7] != query->flags)
        fail_msg("%s: code %u, flags %u", query->rule, icmp[1], icmp[7]);
    assert_int_equal(icmp[0], is_v6 ? 161 : 43);
    assert_memory_equal(icmp + 4, request + 4, 3);
    assert_memory_equal(icmp + 8, request + 8, len - 8);
    if (is_v6) {
        uint32_t pseudo = (uint32_t)(0xffff - craft_sum(0, ip + 8, 32)) + (uint32_t)len + 58;

        assert_int_equal(ip[0] << 4 | ip[1] >> 4, 0x600);
        assert_int_equal(ip[7], 255);
        assert_int_equal(craft_sum(pseudo, icmp, len), 0);
    } else {
        assert_int_equal(ip[1], 0);
        assert_memory_equal(ip + 6, "\x40\0\xff\x01", 4);
        assert_int_equal(craft_sum(0, ip, 20), 0);
        assert_int_equal(craft_sum(0, icmp, len), 0);
    }
}

static void
test_queries(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(queries); i++)
        for (int is_v6 = 0; is_v6 < 2; is_v6++) {
            struct craft craft;
            struct outcome outcome;

            craft_query(&craft, is_v6, &queries[i], true);
            outcome = ask(&craft);
            assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
            assert_int_equal(outcome.request.kind, REQUEST_PROBE);
            check_reply(&craft, &outcome, &queries[i], is_v6);
            craft.data[craft.l4 + 1] = 7; /* PR-13: the request's code is of no matter */
            craft_seal(&craft);
            outcome = ask(&craft);
            check_reply(&craft, &outcome, &queries[i], is_v6);
        }
}

/* PR-09: an extension without a checksum. */
static void
test_no_checksum(void **state)
{
    static const struct query none = {"PR-09 none", LOCAL, 12, {0x20, 0, 0, 0, 0, 8, 3, 1, 'h', 'o', '0'}, 1, 0};
    struct craft craft;
    struct outcome outcome;

    (void)state;
    craft_query(&craft, false, &none, false);
    outcome = ask(&craft);
    check_reply(&craft, &outcome, &none, false);
}

/* An interface that has gone is none any more. */
static void
test_gone(void **state)
{
    const struct query here = queries[0];
    struct query gone = here;
    struct craft craft;
    struct outcome outcome;

    (void)state;
    gone.code = 2;
    gone.flags = 0;
    responder_remove_iface(&responder, &iface);
    craft_query(&craft, false, &gone, true);
    outcome = ask(&craft);
    check_reply(&craft, &outcome, &gone, false);
}

/* PR-01, PR-02, PR-15 */
static void
test_silence(void **state)
{
    static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
    unsigned answered = 0;
    struct craft craft;

    (void)state;
    responder.answers_broadcast = true;
    craft_query(&craft, false, &queries[0], true);
    memset(craft.data, 0xff, 6);
    memset(craft.data + craft.l3 + 16, 0xff, 4);
    craft_seal(&craft);
    assert_int_equal(ask(&craft).verdict, VERDICT_PROBE_OFF);
    assert_true(served_add(&list, &iface.addresses, &(struct address){.version = 4}, 0, ADDRESSES_ANSWER));
    assert_int_equal(ask(&craft).verdict, VERDICT_PROBE_OFF); /* though it is an address like all others now */
    craft_query(&craft, true, &queries[0], true);
    memcpy(craft.data + craft.l3 + 24, all_nodes, 16);
    craft_seal(&craft);
    assert_int_equal(ask(&craft).verdict, VERDICT_PROBE_OFF);
    craft_query(&craft, false, &queries[0], true);
    for (int i = 0; i < 200; i++) {
        struct frame frame = {.data = craft.data, .caplen = craft.len, .len = craft.len, .iface = &iface};
        struct outcome outcome;

        frame.ts_ns = UINT64_C(1000) * SECOND_NS;
        respond(&responder, &frame, &outcome);
        answered += outcome.verdict == VERDICT_ANSWERED;
        assert_true(outcome.verdict == VERDICT_ANSWERED || outcome.verdict == VERDICT_RATE);
    }
    assert_int_equal(answered, 100);
    responder.answers_probe = false;
    assert_int_equal(ask(&craft).verdict, VERDICT_PROBE_OFF);
    assert_int_equal(ask(&craft).request.kind, REQUEST_NONE);
}

/* V4-30: an address of another interface. */
static void
test_other_interface(void **state)
{
    static const struct address there = {.version = 4, .bytes = {192, 0, 2, 2}};
    struct craft craft;

    (void)state;
    served_init(&list, &iface.addresses);
    craft4(&craft, LINK_EN10MB, NULL, 0, 8);
    assert_int_equal(ask(&craft).verdict, VERDICT_IP_NOTOURS);
    assert_true(served_add(&other_list, &other.addresses, &there, 32, ADDRESSES_ANSWER));
    assert_int_equal(ask(&craft).verdict, VERDICT_IP_WRONGIF);
    responder_remove_iface(&responder, &other);
    assert_int_equal(ask(&craft).verdict, VERDICT_IP_NOTOURS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_queries, set_up),
        cmocka_unit_test_setup(test_no_checksum, set_up),
        cmocka_unit_test_setup(test_gone, set_up),
        cmocka_unit_test_setup(test_silence, set_up),
        cmocka_unit_test_setup(test_other_interface, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
