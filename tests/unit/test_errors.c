/* ICMP errors: for what they are due, where they point, what they quote, and how many there may be. */
#include "unit.h"

#include <string.h>

#include "craft.h"
#include "responder/responder.h"
#include "served.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

enum { SILENT = -1, SECOND_NS = 1000000000 };

static struct served list;
static struct responder responder;
static struct iface iface;

static int
set_up(void **state)
{
    static const struct address host4 = {.version = 4, .bytes = {192, 0, 2, 2}};
    static const struct address host6 = {.version = 6, .bytes = {0xfd, 0, 0x0d, 0xb8, [15] = 2}};

    (void)state;
    iface = (struct iface){.link = LINK_EN10MB, .mtu = 1500};
    served_init(&list, &iface.addresses);
    assert_true(served_add(&list, &iface.addresses, &host4, 24, ADDRESSES_ONLINK));
    assert_true(served_add(&list, &iface.addresses, &host4, 32, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &host6, 64, ADDRESSES_ONLINK));
    assert_true(served_add(&list, &iface.addresses, &host6, 128, ADDRESSES_ANSWER));
    responder_init(&responder, 1);
    responder.sends_errors = true;
    return 0;
}

static struct outcome
judge_at(const struct craft *craft, uint64_t ts_ns)
{
    struct frame frame = {.data = craft->data, .caplen = craft->len, .len = craft->len, .ts_ns = ts_ns, .iface = &iface};
    struct outcome outcome;

    respond(&responder, &frame, &outcome);
    return outcome;
}

static const struct {
    const char *rule;
    const uint8_t *options;
    size_t len;
    int pointer; /* or SILENT */
} cases4[] = {
    {"OP-06", BYTES("\x07\x07\x03\0\0\0\0\0"), 22},
    {"OP-08", BYTES("\x07\x02\0\0"), 21},
    {"OP-09", BYTES("\x07\x07\x04\0\0\0\0\x07\x07\x04\0\0\0\0\0\0"), 27},
    {"OP-09 source routes", BYTES("\x89\x07\x08\x0a\0\0\x01\x89\x07\x08\x0a\0\0\x02\0\0"), 27},
    {"OP-09 bad pointer", BYTES("\x89\x07\x08\x0a\0\0\x01\x89\x07\x01\x0a\0\0\x02\0\0"), 29},
    {"OP-14", BYTES("\x44\x08\x09\xf0\0\0\0\0"), 23},
    {"OP-15", BYTES("\x44\x0c\x04\0\0\0\0\0\0\0\0\0"), 22},
    {"OP-17", BYTES("\x83\x07\x04\x0a\0\0\x01\0"), SILENT},
    {"OP-22", BYTES("\x94\x03\0\0"), 21},
    {"OP-25", BYTES("\x5e\0\0\0"), 20},
    {"OP-26", BYTES("\x01\x01\x01\x07"), 23},
    {"no room to leave", BYTES("\x07\x09\x04\0\0\0\0\0\0\0\0\0"), SILENT},
};

static void
test_ipv4(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases4); i++) {
        struct outcome outcome;
        struct craft craft;
        const uint8_t *ip;

        craft4(&craft, LINK_EN10MB, cases4[i].options, cases4[i].len, 600);
        outcome = judge_at(&craft, (uint64_t)i * 10 * SECOND_NS);
        assert_int_not_equal(outcome.verdict, VERDICT_ANSWERED);
        assert_int_equal(outcome.reply_count, cases4[i].pointer != SILENT);
        if (cases4[i].pointer == SILENT)
            continue;
        ip = outcome.replies[0].data + 14;
        assert_int_equal(outcome.replies[0].len, 14 + 576); /* ER-01: as much as fits */
        assert_int_equal(craft_sum(0, ip, 20), 0);
        assert_memory_equal(ip + 12, "\xc0\0\x02\x02\xc0\0\x02\x01", 8);
        assert_int_equal(ip[1], 0); /* ER-02 */
        assert_int_equal(craft_sum(0, ip + 20, 556), 0);
        assert_int_equal(ip[20], 12);
        assert_int_equal(ip[21], 0);
        assert_int_equal(ip[24], cases4[i].pointer);
        assert_memory_equal(ip + 28, craft.data + 14, 548); /* ER-03 */
    }
}

static const struct {
    const char *rule;
    const uint8_t *headers; /* beginning with the number of the first */
    size_t len;
    int code, pointer;
} cases6[] = {
    {"EH-02", BYTES("\x3c\0\0\x01\x04\0\0\0\0\x3a\0\x01\x04\0\0\0\0"), 1, 40},
    {"EH-08", BYTES("\x3c\x3a\0\x5e\x04\0\0\0\0"), SILENT, 0},
    {"EH-09", BYTES("\x3c\x3a\0\x9e\x04\0\0\0\0"), 2, 42},
    {"EH-10", BYTES("\x3c\x3a\0\xde\x04\0\0\0\0"), 2, 42},
    {"EH-15", BYTES("\x2b\x3a\0\0\x01\0\0\0\0"), 0, 42},
    {"EH-16", BYTES("\x2b\x3a\0\x04\0\0\0\0\0"), SILENT, 0},
    {"EH-18", BYTES("\x33\x3a\x01\0\0\0\0\0\x01"), SILENT, 0},
    {"EH-19", BYTES("\x3c\x3b\0\x01\x04\0\0\0\0"), SILENT, 0},
    {"EH-20", BYTES("\x3c\xfd\0\x01\x04\0\0\0\0"), 1, 40},
    {"EH-20 UDP", BYTES("\x3c\x11\0\x01\x04\0\0\0\0"), SILENT, 0},
    {"V6-06 length", BYTES("\0\x3a\0\xc2\x04\0\x01\0\0"), 0, 42},
    {"V6-06 too short", BYTES("\0\x3a\0\xc2\x04\0\0\xff\xff"), 0, 44},
    {"V6-06 misplaced", BYTES("\0\x3a\x01\0\xc2\x04\0\x01\0\0\x01\x05\0\0\0\0\0"), SILENT, 0},
    {"F6-07", BYTES("\x2c\x3a\0\0\x01\0\0\0\x01\x80\0\0\0\0\0\0\0\0"), 0, 4},
    {"F6-08", BYTES("\x2c\x3a\0\xff\xf8\0\0\0\x01"), 0, 42},
    {"F6-10", BYTES("\x2c\x3c\0\0\x01\0\0\0\x01\x3a\x05\0\0\0\0\0\0"), 3, 0},
};

/* One IPv6 case; with `to_group`, sent to all nodes. */
static void
check_ipv6(size_t i, bool to_group)
{
    static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
    bool is_always = strcmp(cases6[i].rule, "EH-09") == 0;
    struct outcome outcome;
    struct craft craft;
    const uint8_t *ip;
    size_t len;

    craft6(&craft, LINK_EN10MB, cases6[i].headers[0], cases6[i].headers + 1, cases6[i].len - 1, 16);
    if (to_group)
        memcpy(craft.data + craft.l3 + 24, all_nodes, 16);
    outcome = judge_at(&craft, (uint64_t)(2 * i + to_group) * 10 * SECOND_NS);
    assert_int_not_equal(outcome.verdict, VERDICT_ANSWERED);
    if (outcome.reply_count != (cases6[i].code != SILENT && (!to_group || is_always)))
        fail_msg("%s: %zu errors", cases6[i].rule, outcome.reply_count);
    if (outcome.reply_count == 0)
        return;
    ip = outcome.replies[0].data + 14;
    len = ip[4] * 256U + ip[5];
    assert_int_equal(len, 8 + craft.len - 14);
    assert_memory_equal(ip + 24, craft.data + 14 + 8, 16);
    assert_int_equal(ip[40], 4);
    if (ip[41] != cases6[i].code || ip[47] != cases6[i].pointer)
        fail_msg("%s: code %u, pointer %u", cases6[i].rule, ip[41], ip[47]);
    assert_memory_equal(ip + 48, craft.data + 14, craft.len - 14);
    assert_int_equal(craft_sum((uint32_t)(0xffff - craft_sum(0, ip + 8, 32)) + (uint32_t)len + 58, ip + 40, len), 0);
}

static void
test_ipv6(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases6); i++) {
        check_ipv6(i, false);
        check_ipv6(i, true);
    }
}

/* An error is never longer than the MTU: it is not sent in fragments. */
static void
test_small_mtu(void **state)
{
    static const uint8_t bad[4] = {0x5e, 0};
    struct craft craft;

    (void)state;
    iface.mtu = 68;
    craft4(&craft, LINK_EN10MB, bad, sizeof bad, 100);
    assert_int_equal(judge_at(&craft, 0).reply_count, 1);
    assert_int_equal(responder.replies[0].len, 14 + 68);
    assert_int_equal(responder.replies[0].data[14 + 3], 68);
}

/* RFC 1122 section 3.2.2: about these never. */
static void
test_never(void **state)
{
    static const uint8_t bad[4] = {0x5e, 0};
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, bad, sizeof bad, 8);
    craft.data[craft.l4] = 3; /* an error */
    craft_seal(&craft);
    assert_int_equal(judge_at(&craft, 0).reply_count, 0);
    craft4(&craft, LINK_EN10MB, bad, sizeof bad, 8);
    craft.data[craft.l3 + 7] = 4; /* a later fragment */
    craft_seal(&craft);
    assert_int_equal(judge_at(&craft, 0).reply_count, 0);
    responder.answers_broadcast = true;
    craft4(&craft, LINK_EN10MB, bad, sizeof bad, 8);
    memset(craft.data, 0xff, 6);
    craft.data[craft.l3 + 19] = 255;
    craft_seal(&craft);
    assert_int_equal(judge_at(&craft, 0).reply_count, 0);
    responder.sends_errors = false;
    craft4(&craft, LINK_EN10MB, bad, sizeof bad, 8);
    assert_int_equal(judge_at(&craft, 0).reply_count, 0);
}

/* ICMP that may be an error itself: in IPv4, what is not known to be none. */
static void
test_unknown_types(void **state)
{
    static const uint8_t bad[4] = {0x5e, 0};
    struct craft none;

    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        bool is_query = type == 0 || type == 8 || (type >= 13 && type <= 18);
        struct craft craft;

        craft4(&craft, LINK_EN10MB, bad, sizeof bad, 8);
        craft.data[craft.l4] = (uint8_t)type;
        if (judge_at(&craft, (uint64_t)type * 10 * SECOND_NS).reply_count != is_query)
            fail_msg("type %u", type);
    }
    craft4(&none, LINK_EN10MB, bad, sizeof bad, 8);
    none.data[none.l3 + 3] = 24; /* all that is left is the header */
    craft_seal(&none);
    assert_int_equal(judge_at(&none, 0).reply_count, 0);
}

/* RFC 4443 section 2.4 (e.1): an ICMPv6 error is found behind headers that were not walked, whatever they are; in IPv6 the
 * type tells. */
static void
test_hidden_error(void **state)
{
    static const struct {
        const uint8_t *headers; /* beginning with the number of the first */
        size_t len;
        bool is_found; /* the type */
    } cases[] = {
        {BYTES("\x3c\x3a\0\x9e\x04\0\0\0\0"), true},
        {BYTES("\x3c\x3c\0\x9e\x04\0\0\0\0\x3a\0\x01\x04\0\0\0\0"), true},
        {BYTES("\x3c\x33\0\x9e\x04\0\0\0\0\x3a\0\0\0\0\0\0\0"), true},
        {BYTES("\x3c\x2c\0\x9e\x04\0\0\0\0\x3a\0\0\x01\0\0\0\x09"), true},
        {BYTES("\x3c\x2c\0\x9e\x04\0\0\0\0\x3a\0\0\x09\0\0\0\x09"), false},
        {BYTES("\x3c\x32\0\x9e\x04\0\0\0\0"), false},
    };

    (void)state;
    for (unsigned i = 0; i < 2 * COUNT(cases); i++) {
        uint8_t type = i % 2 == 0 ? 127 : 128;
        struct craft craft;

        craft6(&craft, LINK_EN10MB, cases[i / 2].headers[0], cases[i / 2].headers + 1, cases[i / 2].len - 1, 16);
        craft.data[craft.l4] = type;
        if (judge_at(&craft, i * 10 * (uint64_t)SECOND_NS).reply_count != (type == 128 || !cases[i / 2].is_found))
            fail_msg("case %u, type %u", i / 2, type);
    }
}

/* RFC 4443 section 2.4 (e.6): not to the anycast address of a prefix of ours. */
static void
test_anycast_source(void **state)
{
    struct craft craft;

    (void)state;
    craft6(&craft, LINK_EN10MB, 60, (const uint8_t[]){58, 0, 0x9e, 4, 0, 0, 0, 0}, 8, 16);
    craft.data[craft.l3 + 8 + 15] = 0;
    assert_int_equal(judge_at(&craft, 0).reply_count, 0);
    craft.data[craft.l3 + 8 + 15] = 3;
    assert_int_equal(judge_at(&craft, 0).reply_count, 1);
}

/* RL-03: six at once to a source, one a second after that; fifty at once to all. */
static void
test_limits(void **state)
{
    static const uint8_t bad[4] = {0x5e, 0};
    struct craft craft;
    size_t sent = 0;

    (void)state;
    craft4(&craft, LINK_EN10MB, bad, sizeof bad, 8);
    for (int i = 0; i < 20; i++)
        sent += judge_at(&craft, SECOND_NS).reply_count;
    assert_int_equal(sent, 6);
    assert_int_equal(judge_at(&craft, 2 * (uint64_t)SECOND_NS).reply_count, 1);
    assert_int_equal(judge_at(&craft, 2 * (uint64_t)SECOND_NS).reply_count, 0);
    sent = 0;
    for (unsigned i = 0; i < 250; i++) {
        craft.data[craft.l3 + 12] = 10;
        craft.data[craft.l3 + 15] = (uint8_t)i;
        craft_seal(&craft);
        sent += judge_at(&craft, 10 * (uint64_t)SECOND_NS).reply_count;
    }
    assert_int_equal(sent, 50);
}

enum { FRAGMENT_LEN = 1200 };

/* The first fragment of a request, with a VLAN tag, at a time. */
static void
send_first(struct craft *craft, bool is_v6, uint8_t id, uint64_t ts_ns)
{
    if (is_v6) {
        craft6(craft, LINK_EN10MB, 44, (const uint8_t[]){58, 0, 0, 1, 0, 0, 0, id}, 8, FRAGMENT_LEN - 8);
    } else {
        craft4(craft, LINK_EN10MB, (const uint8_t[]){1, 1, 1, 1}, 4, FRAGMENT_LEN - 8);
        craft->data[craft->l3 + 5] = id;
        craft->data[craft->l3 + 6] = 0x20;
        craft_seal(craft);
    }
    craft_tag(craft, 0x8100, 10);
    assert_int_equal(judge_at(craft, ts_ns).verdict, VERDICT_FRAG_RX);
}

/* ER-05, ER-09: when the rest has not come, the first fragment is quoted; once, at its time, to the MAC address and with the
 * tag that it came from. */
static void
test_timeout(void **state)
{
    (void)state;
    responder_add_vlan(&responder, 10);
    for (int is_v6 = 0; is_v6 < 2; is_v6++) {
        uint64_t now = (uint64_t)(1 + is_v6) * 1000 * SECOND_NS, up = now + (is_v6 ? 60 : 30) * (uint64_t)SECOND_NS;
        size_t ip_len = is_v6 ? 40 : 20, most = is_v6 ? 1280 : 576;
        const struct reply *reply = responder.replies;
        struct craft craft;

        send_first(&craft, is_v6, 1, now);
        assert_int_equal(responder_tick(&responder, &iface, up - 1), 0);
        assert_int_equal(responder_tick(&responder, &iface, up + SECOND_NS), 1);
        assert_int_equal(reply->ts_ns, up);
        assert_int_equal(reply->len, 18 + most);
        assert_memory_equal(reply->data, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x81\0\0\x0a", 16);
        assert_int_equal(reply->data[18 + ip_len], is_v6 ? 3 : 11);
        assert_int_equal(reply->data[18 + ip_len + 1], 1);
        assert_memory_equal(reply->data + 18 + ip_len + 8, craft.data + 18, most - ip_len - 8);
        assert_int_equal(responder_tick(&responder, &iface, up + SECOND_NS), 0);
    }
    assert_int_equal(responder.reassembly.timed_out, 2);
}

/* None without the first fragment, on another interface, or beyond the limits; but all of them are given up. */
static void
test_no_timeout(void **state)
{
    struct iface other = iface;
    uint64_t up = 31 * (uint64_t)SECOND_NS;
    struct craft craft;

    (void)state;
    responder_add_vlan(&responder, 10);
    other.number = 7;
    send_first(&craft, false, 1, SECOND_NS);
    craft.data[craft.l3 + 6] = 0;
    craft.data[craft.l3 + 7] = 151; /* the last one of another datagram */
    craft.data[craft.l3 + 5] = 2;
    craft_seal(&craft);
    assert_int_equal(judge_at(&craft, SECOND_NS).verdict, VERDICT_FRAG_RX);
    assert_int_equal(responder_tick(&responder, &other, up), 0);
    assert_int_equal(responder.reassembly.timed_out, 0);
    assert_int_equal(responder_tick(&responder, &iface, up), 1);
    assert_int_equal(responder.reassembly.timed_out, 2);
    for (uint8_t id = 0; id < 20; id++)
        send_first(&craft, true, id, 2 * up);
    assert_int_equal(responder_tick(&responder, &iface, 5 * up), 6);
    assert_int_equal(responder.reassembly.timed_out, 22);
}

/* EH-09, F6-14: about what was put together from fragments, as if it had come in one piece. */
static void
test_rejoined(void **state)
{
    static const struct {
        const char *rule;
        uint8_t first, headers[8]; /* which follow the Fragment header */
        int code, pointer;
    } cases[] = {
        {"EH-09", 60, {58, 0, 0x9e, 4}, 2, 48 + 2},
        {"EH-20", 253, {0}, 1, 40},
        {"F6-14", 44, {58, 0, 0, 0, 0, 0, 0, 1}, 0, 48},
        {"EH-02", 0, {58, 0, 1, 4}, 1, 40},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum { DATA_AT = 14 + 40 + 8 + 8, PIECE = 40 };
        uint8_t headers[24] = {44, 0, 1, 4, 0, 0, 0, 0, cases[i].first, 0, 0, 1, 0, 0, 0, 9}; /* options, fragment */
        uint8_t expected[1280];
        struct craft first, last;
        struct outcome outcome;
        const uint8_t *ip;

        memcpy(headers + 16, cases[i].headers, 8);
        craft6(&first, LINK_EN10MB, 60, headers, sizeof headers, PIECE - 16);
        headers[11] = PIECE;
        craft6(&last, LINK_EN10MB, 60, headers, 16, 16);
        assert_int_equal(judge_at(&first, (uint64_t)i * 10 * SECOND_NS).verdict, VERDICT_FRAG_RX);
        outcome = judge_at(&last, (uint64_t)i * 10 * SECOND_NS);
        if (outcome.reply_count != 1)
            fail_msg("%s: %s", cases[i].rule, verdict_name(outcome.verdict));
        ip = outcome.replies[0].data + 14;
        if (ip[40] != 4 || ip[41] != cases[i].code || ip[47] != cases[i].pointer)
            fail_msg("%s: type %u, code %u, pointer %u", cases[i].rule, ip[40], ip[41], ip[47]);
        memcpy(expected, first.data + 14, 48);
        expected[5] = 8 + PIECE + 24;
        expected[40] = cases[i].first;
        memcpy(expected + 48, first.data + DATA_AT, PIECE);
        memcpy(expected + 48 + PIECE, last.data + DATA_AT, 24);
        assert_memory_equal(ip + 48, expected, 48 + PIECE + 24);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_ipv4, set_up),
        cmocka_unit_test_setup(test_ipv6, set_up),
        cmocka_unit_test_setup(test_small_mtu, set_up),
        cmocka_unit_test_setup(test_never, set_up),
        cmocka_unit_test_setup(test_unknown_types, set_up),
        cmocka_unit_test_setup(test_hidden_error, set_up),
        cmocka_unit_test_setup(test_anycast_source, set_up),
        cmocka_unit_test_setup(test_limits, set_up),
        cmocka_unit_test_setup(test_timeout, set_up),
        cmocka_unit_test_setup(test_no_timeout, set_up),
        cmocka_unit_test_setup(test_rejoined, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
