/* Faults: what each action changes in a reply, and that it changes nothing else. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "craft.h"
#include "responder/faults.h"
#include "responder/responder.h"
#include "rule_set.h"
#include "served.h"

enum { LINK_LEN = 14, MTU = 1500, SECOND = 1000000000 };

static const uint64_t now_ns = UINT64_C(1700000000) * SECOND + 123456789;

static struct served list;
static struct responder responder;
static struct iface iface;
static struct rule_set set;
static struct outcome outcome;

static void
serve_all(void)
{
    static const struct address any4 = {.version = 4}, any6 = {.version = 6};

    iface = (struct iface){.link = LINK_EN10MB, .mtu = MTU};
    served_init(&list, &iface.addresses);
    assert_true(served_add(&list, &iface.addresses, &any4, 0, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &any6, 0, ADDRESSES_ANSWER));
}

/* A responder with these rules, NULL for none. */
static void
start(const char *rules)
{
    char why[PORT_ERRBUF] = "";

    rule_set_free(&set);
    set = (struct rule_set){.rules.count = 0};
    serve_all();
    responder_init(&responder, 1);
    if (rules == NULL)
        return;
    if (rule_set_add_text(&set, rules, strlen(rules), "test", why) != 0)
        fail_msg("%s: %s", rules, why);
    rules_seed(&set.rules, 1);
    responder.rules = &set.rules;
}

static void
ask(const struct craft *craft)
{
    struct frame frame = {.data = craft->data, .caplen = craft->len, .len = craft->len, .ts_ns = now_ns, .iface = &iface};

    respond(&responder, &frame, &outcome);
}

static void
craft(struct craft *craft, int version, size_t size)
{
    if (version == 4)
        craft4(craft, LINK_EN10MB, NULL, 0, size);
    else
        craft6(craft, LINK_EN10MB, 58, NULL, 0, size);
}

static void
set_seq(struct craft *craft, unsigned seq)
{
    craft->data[craft->l4 + 6] = (uint8_t)(seq >> 8);
    craft->data[craft->l4 + 7] = (uint8_t)seq;
    craft_seal(craft);
}

static void
set_ttl(struct craft *craft, unsigned ttl)
{
    bool is_6 = craft->data[craft->l3] >> 4 == 6;

    craft->data[craft->l3 + (is_6 ? 7 : 8)] = (uint8_t)ttl;
    craft_seal(craft);
}

/* What can be seen of a reply.  Each has a bit, by which a test names what is to be different. */
enum {
    LINK = 1, TOS = 2, TTL = 4, SRC = 8, DST = 16, OPTIONS = 32, TYPE = 64, CODE = 128, ID = 256, SEQ = 512, LEN = 1024,
    DATA = 2048, SUM = 4096, IP_SUM = 8192, TIME = 16384, COUNT_OF = 32768, PIECES = 65536, LENGTHS = 131072, VERDICT = 262144
};

struct seen {
    uint8_t link[LINK_LEN], src[16], dst[16], options[40], data[CRAFT_MAX];
    unsigned tos, ttl, type, code, id, seq;
    size_t options_len, len, count;
    bool is_sum_right, is_ip_sum_right, is_in_pieces, has_right_lengths;
    uint64_t ts_ns;
    enum verdict verdict;
};

static uint32_t
pseudo6(const uint8_t *ip, size_t len)
{
    uint32_t sum = (uint32_t)len + 58;

    for (size_t i = 8; i < 40; i += 2)
        sum += (uint32_t)(ip[i] << 8 | ip[i + 1]);
    return sum;
}

static const uint8_t *
look4(const uint8_t *ip, size_t *len, struct seen *seen)
{
    size_t header = (ip[0] & 15U) * 4, total = (size_t)(ip[2] << 8 | ip[3]);

    seen->tos = ip[1];
    seen->ttl = ip[8];
    seen->is_in_pieces = (ip[6] & 0x3f) != 0 || ip[7] != 0;
    memcpy(seen->src, ip + 12, 4);
    memcpy(seen->dst, ip + 16, 4);
    seen->options_len = header - 20;
    memcpy(seen->options, ip + 20, header - 20);
    seen->is_ip_sum_right = craft_sum(0, ip, header) == 0;
    seen->has_right_lengths = total == *len || (total < *len && *len == 60 - LINK_LEN);
    *len = total - header;
    seen->is_sum_right = craft_sum(0, ip + header, *len) == 0;
    return ip + header;
}

static const uint8_t *
look6(const uint8_t *ip, size_t *len, struct seen *seen)
{
    size_t payload = (size_t)(ip[4] << 8 | ip[5]), fragment = ip[6] == 44 ? 8 : 0;

    seen->tos = (ip[0] & 15U) << 4 | ip[1] >> 4;
    seen->ttl = ip[7];
    memcpy(seen->src, ip + 8, 16);
    memcpy(seen->dst, ip + 24, 16);
    seen->is_in_pieces = fragment > 0;
    seen->is_ip_sum_right = true;
    seen->has_right_lengths = payload + 40 == *len;
    *len = payload - fragment;
    seen->is_sum_right = craft_sum(pseudo6(ip, *len), ip + 40 + fragment, *len) == 0;
    return ip + 40 + fragment;
}

/* Looks at the first frame of the outcome. */
static void
look(struct seen *seen)
{
    const struct reply *reply = &outcome.replies[0];
    const uint8_t *ip = reply->data + LINK_LEN, *message;
    size_t len = reply->len - LINK_LEN;

    memset(seen, 0, sizeof *seen);
    seen->verdict = outcome.verdict;
    seen->count = outcome.reply_count;
    if (seen->count == 0)
        return;
    memcpy(seen->link, reply->data, LINK_LEN);
    seen->ts_ns = reply->ts_ns;
    message = ip[0] >> 4 == 4 ? look4(ip, &len, seen) : look6(ip, &len, seen);
    seen->type = message[0];
    seen->code = message[1];
    seen->id = (unsigned)(message[4] << 8 | message[5]);
    seen->seq = (unsigned)(message[6] << 8 | message[7]);
    seen->len = len - 8;
    memcpy(seen->data, message + 8, len - 8);
}

/* The bits of what differs. */
static unsigned
differ(const struct seen *a, const struct seen *b)
{
    size_t len = a->len < b->len ? a->len : b->len;
    unsigned bits = 0;

    bits |= memcmp(a->link, b->link, LINK_LEN) != 0 ? LINK : 0;
    bits |= a->tos != b->tos ? TOS : 0;
    bits |= a->ttl != b->ttl ? TTL : 0;
    bits |= memcmp(a->src, b->src, 16) != 0 ? SRC : 0;
    bits |= memcmp(a->dst, b->dst, 16) != 0 ? DST : 0;
    bits |= a->options_len != b->options_len || memcmp(a->options, b->options, 40) != 0 ? OPTIONS : 0;
    bits |= a->type != b->type ? TYPE : 0;
    bits |= a->code != b->code ? CODE : 0;
    bits |= a->id != b->id ? ID : 0;
    bits |= a->seq != b->seq ? SEQ : 0;
    bits |= a->len != b->len ? LEN : 0;
    bits |= memcmp(a->data, b->data, len) != 0 ? DATA : 0;
    bits |= a->is_sum_right != b->is_sum_right ? SUM : 0;
    bits |= a->is_ip_sum_right != b->is_ip_sum_right ? IP_SUM : 0;
    bits |= a->ts_ns != b->ts_ns ? TIME : 0;
    bits |= a->count != b->count ? COUNT_OF : 0;
    bits |= a->is_in_pieces != b->is_in_pieces ? PIECES : 0;
    bits |= a->has_right_lengths != b->has_right_lengths ? LENGTHS : 0;
    bits |= a->verdict != b->verdict ? VERDICT : 0;
    return bits;
}

/* The reply to a request without rules, and with them; 100 bytes of data. */
static unsigned
compare(const char *rules, int version, struct seen *with)
{
    struct seen without;
    struct craft request;

    craft(&request, version, 100);
    start(NULL);
    ask(&request);
    look(&without);
    assert_true(without.is_sum_right && without.is_ip_sum_right && without.has_right_lengths);
    start(rules);
    ask(&request);
    look(with);
    return differ(&without, with);
}

/* What each action changes in IPv4 and in IPv6; nothing else may. */
static const struct row {
    const char *rule;
    unsigned four, six;
} rows[] = {
    {"to 203.0.113.0/24 drop", 0, 0},
    {"delay 20ms", TIME, TIME},
    {"delay 20ms jitter 5ms distribution normal", TIME, TIME},
    {"delay 0", 0, 0},
    {"loss 0%", 0, 0},
    {"loss gemodel 0%", 0, 0},
    {"reorder", TIME, TIME},
    {"duplicate 3", COUNT_OF, COUNT_OF},
    {"duplicate 1 gap 10ms", COUNT_OF, COUNT_OF},
    {"truncate 100", 0, 0},
    {"truncate 99", LEN, LEN},
    {"truncate 0", LEN, LEN},
    {"extend 1", LEN, LEN},
    {"extend 1000", LEN, LEN},
    {"zero", DATA, DATA},
    {"byte 16 0xff", DATA, DATA},
    {"byte 100 0xff", 0, 0},
    {"corrupt 1", DATA, DATA},
    {"corrupt 800", DATA, DATA},
    {"checksum bad", SUM, SUM},
    {"truncate 3 checksum bad", LEN | SUM, LEN | SUM},
    {"ip-checksum bad", IP_SUM, 0},
    {"ttl 7", TTL, TTL},
    {"tos 0x48", TOS, TOS},
    {"set id 7", ID, ID},
    {"set seq 8", SEQ, SEQ},
    {"code 5", CODE, CODE},
    {"type 8", TYPE, TYPE},
    {"source 198.51.100.7", SRC, 0},
    {"source fd00:db8::77", 0, SRC},
    {"options 01010100", OPTIONS, 0},
    {"options 0101", OPTIONS, 0},
    {"fragment 1000", 0, 0},
    {"hops 1", 0, 0},
    {"hops 3", TTL, TTL},
    {"hops 3 delay 5ms", TTL | TIME, TTL | TIME},
    {"pmtu 1000", 0, 0},
    {"warp 5s", 0, 0}, /* there is no time stamp */
};

static void
test_each_action_changes_what_it_says(void **state)
{
    struct seen seen;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned four = compare(rows[i].rule, 4, &seen), six = compare(rows[i].rule, 6, &seen);

        if (four != rows[i].four || six != rows[i].six)
            fail_msg("%s: changes %#x in IPv4 and %#x in IPv6", rows[i].rule, four, six);
    }
}

static void
test_drop(void **state)
{
    static const char *const rules[] = {"drop", "loss 100%", "loss gemodel 0% 0% 0% 100%"};
    struct seen seen;

    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        (void)compare(rules[i], 4, &seen);
        assert_int_equal(seen.verdict, VERDICT_RULE_DROP);
        assert_int_equal(seen.count, 0);
        assert_true(outcome.rules == 1);
        assert_int_equal(outcome.request.kind, REQUEST_ECHO);
    }
}

static void
test_values_are_those_of_the_rule(void **state)
{
    static const uint8_t options[] = {1, 1, 0, 0}, source[] = {198, 51, 100, 7};
    struct seen seen;

    (void)state;
    (void)compare("ttl 7 tos 0x48 code 5 type 77 id 0x1234 seq 9", 4, &seen);
    assert_int_equal(seen.ttl, 7);
    assert_int_equal(seen.tos, 0x48);
    assert_int_equal(seen.code, 5);
    assert_int_equal(seen.type, 77);
    assert_int_equal(seen.id, 0x1234);
    assert_int_equal(seen.seq, 9);
    (void)compare("source 198.51.100.7 options 0101 delay 20ms delay 1us", 4, &seen);
    assert_memory_equal(seen.src, source, 4);
    assert_int_equal(seen.options_len, 4);
    assert_memory_equal(seen.options, options, 4);
    assert_true(seen.ts_ns == now_ns + 20001000);
}

static void
test_copies(void **state)
{
    struct seen seen;

    (void)state;
    (void)compare("duplicate 2 gap 10ms", 4, &seen);
    assert_int_equal(outcome.reply_count, 3);
    assert_int_equal(outcome.copy_count, 2);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(outcome.replies[i].len, outcome.replies[0].len);
        assert_memory_equal(outcome.replies[i].data, outcome.replies[0].data, outcome.replies[0].len);
        assert_true(outcome.replies[i].ts_ns == now_ns + i * 10000000);
    }
    (void)compare("duplicate 2; duplicate 100", 6, &seen);
    assert_int_equal(outcome.reply_count, 103);
    assert_int_equal(responder.copies_left_out, 0);
}

/* A reply does not come before its request, not even at the end of all times. */
static void
test_end_of_time(void **state)
{
    struct craft request;
    struct frame frame = {.data = request.data, .ts_ns = UINT64_MAX - 1000, .iface = &iface};

    (void)state;
    craft(&request, 4, 32);
    frame.caplen = frame.len = request.len;
    start("delay 1s duplicate 2 gap 1s");
    respond(&responder, &frame, &outcome);
    assert_int_equal(outcome.reply_count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(outcome.replies[i].ts_ns == UINT64_MAX);
}

/* A copy is sent whole or not at all, and those that are not are counted. */
static void
test_copies_that_do_not_fit(void **state)
{
    struct craft request;

    (void)state;
    craft(&request, 4, 1400);
    start("fragment 68 duplicate 100; duplicate 100; duplicate 100");
    ask(&request);
    assert_int_equal(outcome.reply_count % 30, 0); /* of 48 bytes each */
    assert_int_equal(outcome.reply_count / 30, RESPONDER_REPLIES / 30);
    assert_int_equal(outcome.copy_count, outcome.reply_count - 30);
    assert_int_equal(responder.copies_left_out, 301 - RESPONDER_REPLIES / 30);
}

static void
test_message(void **state)
{
    struct seen seen;
    struct craft request;

    (void)state;
    craft(&request, 4, 100);
    (void)compare("truncate 50 extend 50", 4, &seen);
    assert_int_equal(seen.len, 100);
    assert_memory_equal(seen.data, request.data + request.l4 + 8, 50);
    for (size_t i = 50; i < 100; i++)
        assert_int_equal(seen.data[i], i);
    (void)compare("zero byte 5 0x2a", 6, &seen);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(seen.data[i], i == 5 ? 0x2a : 0);
}

static void
test_corrupt_flips_so_many_bits(void **state)
{
    static const unsigned wanted[] = {1, 2, 7, 100, 799, 800};
    struct craft request;
    struct seen seen;
    char rule[32];

    (void)state;
    craft(&request, 4, 100);
    for (size_t i = 0; i < COUNT(wanted); i++) {
        unsigned flipped = 0;

        snprintf(rule, sizeof rule, "corrupt %u", wanted[i]);
        (void)compare(rule, 4, &seen);
        for (size_t j = 0; j < 100; j++)
            for (unsigned bits = seen.data[j] ^ request.data[request.l4 + 8 + j]; bits != 0; bits &= bits - 1)
                flipped++;
        assert_int_equal(flipped, wanted[i]);
    }
}

/* Data too short for what is asked, or none at all, are left alone. */
static void
test_no_data(void **state)
{
    struct craft request;
    struct seen seen;

    (void)state;
    craft(&request, 4, 0);
    start("zero corrupt 9 byte 0 1 warp 5s truncate 0 warp 1s layout timeval64le");
    ask(&request);
    look(&seen);
    assert_int_equal(seen.len, 0);
    assert_true(seen.is_sum_right && seen.has_right_lengths);
    start("extend 65507");
    ask(&request);
    assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
    assert_int_equal(outcome.reply_count, 45); /* of 1480 bytes: 65475 in all */
}

/* Puts a time stamp at the front of the data. */
static void
stamp(struct craft *craft, const char *layout, uint64_t seconds, uint64_t parts)
{
    size_t width = strstr(layout, "64") != NULL ? 8 : 4;
    bool is_little = strstr(layout, "le") != NULL;

    for (size_t i = 0; i < width; i++) {
        size_t at = craft->l4 + 8 + (is_little ? i : width - 1 - i);

        craft->data[at] = (uint8_t)(seconds >> 8 * i);
        craft->data[at + width] = (uint8_t)(parts >> 8 * i);
    }
    craft_seal(craft);
}

static void
test_warp(void **state)
{
    static const struct {
        const char *rule, *layout;
        uint64_t parts;
        int64_t seconds_after;
        uint64_t parts_after;
    } cases[] = {
        {"warp 5s", "timeval64le", 1, 5, 1},
        {"warp -5s", "timeval64be", 999999, -5, 999999},
        {"warp 1500ms", "timeval64le", 400000, 1, 900000},
        {"warp 1500ms", "timeval32le", 500000, 2, 0},
        {"warp -1us", "timeval32be", 0, -1, 999999},
        {"warp -48784ms", "timeval64le", 784001, -48, 1},
        {"warp -48784ms", "timeval64le", 1, -49, 216001},
        {"warp 2s", "timespec64be", 999999999, 2, 999999999},
        {"warp 1ns", "timespec64be", 999999999, 1, 0},
        {"warp 1ns", "timeval64le", 5, 0, 5}, /* less than it can say */
        {"warp -2s", "timespec32be", 999999999, -2, 999999999},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct craft request, expected;
        struct seen seen;

        craft(&request, 4, 40);
        expected = request;
        stamp(&request, cases[i].layout, now_ns / SECOND, cases[i].parts);
        stamp(&expected, cases[i].layout, now_ns / SECOND + (uint64_t)cases[i].seconds_after, cases[i].parts_after);
        start(cases[i].rule);
        ask(&request);
        look(&seen);
        assert_memory_equal(seen.data, expected.data + expected.l4 + 8, 40);
        assert_true(seen.is_sum_right);
    }
}

/* A stamp that is not near the time of the request is none, unless the rule says what it is. */
static void
test_warp_of_another_clock(void **state)
{
    struct craft request, expected;
    struct seen seen;

    (void)state;
    craft(&request, 4, 40);
    stamp(&request, "timespec32be", 4711, 5);
    expected = request;
    start("warp 5s");
    ask(&request);
    look(&seen);
    assert_memory_equal(seen.data, request.data + request.l4 + 8, 40);
    stamp(&expected, "timespec32be", 4716, 5);
    start("warp 5s layout timespec32be");
    ask(&request);
    look(&seen);
    assert_memory_equal(seen.data, expected.data + expected.l4 + 8, 40);
}

/* The sequence numbers, of 1 to 20, that a rule applies to. */
static void
hits(const char *rule, char text[static 64])
{
    struct craft request;
    size_t len = 0;

    start(rule);
    craft(&request, 4, 56);
    text[0] = '\0';
    for (unsigned seq = 1; seq <= 20; seq++) {
        set_seq(&request, seq);
        ask(&request);
        if (outcome.rules != 0)
            len += (size_t)snprintf(text + len, 64 - len, len == 0 ? "%u" : " %u", seq);
    }
}

static void
test_selectors(void **state)
{
    static const struct {
        const char *rule, *hits;
    } cases[] = {
        {"seq 3 drop", "3"},
        {"seq 3-5 drop", "3 4 5"},
        {"every 5 drop", "5 10 15 20"},
        {"first 2 drop", "1 2"},
        {"after 18 drop", "19 20"},
        {"first 10 every 5 drop", "5 10"},
        {"every 5 first 1 drop", "5"},
        {"after 3 first 2 drop", "4 5"},
        {"seq 10-20 every 4 drop", "13 17"},
        {"id 0xbeef seq 1 drop", "1"},
        {"id 1-2 drop", ""},
        {"size 56 seq 2 drop", "2"},
        {"size 57-100 drop", ""},
        {"to 192.0.2.2 seq 2 drop", "2"},
        {"to 192.0.2.0/30 seq 2 drop", "2"},
        {"to 192.0.2.3 drop", ""},
        {"to 0.0.0.0/0 seq 2 drop", "2"},
        {"to ::/0 drop", ""},
        {"from 192.0.2.1 seq 2 drop", "2"},
        {"from 192.0.2.2 drop", ""},
        {"vlan 0 seq 2 drop", "2"},
        {"vlan 1-4094 drop", ""},
        {"probability 0% drop", ""},
        {"probability 100% first 1 drop", "1"},
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        hits(cases[i].rule, text);
        if (strcmp(text, cases[i].hits) != 0)
            fail_msg("%s: applies to \"%s\"", cases[i].rule, text);
    }
}

static void
test_vlan(void **state)
{
    struct craft request;

    (void)state;
    craft(&request, 4, 56);
    craft_tag(&request, 0x8100, 100);
    start("vlan 99-101 ttl 9; vlan 0 drop");
    responder_add_vlan(&responder, 100);
    ask(&request);
    assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
    assert_true(outcome.rules == 1);
}

/* All rules that match apply, in order; the last word on a field wins. */
static void
test_rules_add_up(void **state)
{
    struct seen seen;

    (void)state;
    assert_int_equal(compare("ttl 5; delay 1ms; seq 99 drop; delay 2ms ttl 6", 4, &seen), TTL | TIME);
    assert_int_equal(seen.ttl, 6);
    assert_true(seen.ts_ns == now_ns + 3000000);
    assert_true(outcome.rules == 11);
}

static void
test_reorder(void **state)
{
    struct seen seen;
    uint64_t flow;

    (void)state;
    (void)compare("reorder", 4, &seen);
    assert_int_equal(outcome.behind, 1);
    assert_true(seen.ts_ns == now_ns + UINT64_C(2) * SECOND);
    flow = outcome.flow;
    (void)compare("delay 1ms reorder gap 3 within 5ms", 4, &seen);
    assert_int_equal(outcome.behind, 3);
    assert_true(seen.ts_ns == now_ns + 6000000);
    assert_true(outcome.within_ns == 5000000);
    assert_true(outcome.flow == flow);
    (void)compare("seq 99 drop", 4, &seen);
    assert_int_equal(outcome.behind, 0);
    assert_true(outcome.flow == flow);
    (void)compare("error host-unreachable reorder", 4, &seen);
    assert_true(outcome.flow == flow && outcome.behind == 1);
    (void)compare("reorder", 6, &seen);
    assert_true(outcome.flow != flow);
}

/* An ICMP error quotes the request from its IP header on. */
static void
test_error(void **state)
{
    static const struct {
        const char *rule;
        unsigned type4, code4, rest4, type6, code6, rest6;
    } cases[] = {
        {"error host-unreachable", 3, 1, 0, 1, 3, 0},
        {"error net-unreachable", 3, 0, 0, 1, 0, 0},
        {"error port-unreachable", 3, 3, 0, 1, 4, 0},
        {"error admin-prohibited", 3, 13, 0, 1, 1, 0},
        {"error fragmentation-needed", 3, 4, 1280, 2, 0, 1280},
        {"error packet-too-big mtu 1400", 3, 4, 1400, 2, 0, 1400},
        {"error time-exceeded", 11, 0, 0, 3, 0, 0},
        {"error redirect-host", 5, 1, 0x0202, 0, 0, 0},
        {"error parameter-problem", 12, 0, 0, 4, 0, 0},
        {"error 77/9", 77, 9, 0, 77, 9, 0},
    };
    struct craft request[2];
    struct seen seen;

    (void)state;
    craft(&request[0], 4, 100);
    craft(&request[1], 6, 100);
    for (size_t i = 0; i < COUNT(cases) * 2; i++) {
        unsigned type = i % 2 == 0 ? cases[i / 2].type4 : cases[i / 2].type6;
        unsigned code = i % 2 == 0 ? cases[i / 2].code4 : cases[i / 2].code6;
        unsigned rest = i % 2 == 0 ? cases[i / 2].rest4 : cases[i / 2].rest6;
        const struct craft *asked = &request[i % 2];

        (void)compare(cases[i / 2].rule, i % 2 == 0 ? 4 : 6, &seen);
        if (type == 0) {
            assert_int_equal(seen.verdict, VERDICT_ANSWERED);
            continue;
        }
        assert_int_equal(seen.verdict, VERDICT_RULE_ERROR);
        assert_int_equal(seen.type, type);
        assert_int_equal(seen.code, code);
        assert_int_equal(seen.seq, rest);
        assert_int_equal(seen.len, asked->len - asked->l3);
        assert_memory_equal(seen.data, asked->data + asked->l3, seen.len);
        assert_true(seen.is_sum_right && seen.is_ip_sum_right && seen.has_right_lengths);
        assert_int_equal(seen.ttl, 64);
    }
}

static void
test_actions_behind_an_error_act_on_it(void **state)
{
    static const uint8_t router[] = {198, 51, 100, 1};
    struct seen seen;

    (void)state;
    (void)compare("source 198.51.100.1 error host-unreachable quote 28 byte 0 0x4f ttl 3 delay 1ms", 4, &seen);
    assert_int_equal(seen.len, 28);
    assert_int_equal(seen.data[0], 0x4f);
    assert_int_equal(seen.ttl, 3);
    assert_memory_equal(seen.src, router, 4);
    assert_true(seen.is_sum_right && seen.ts_ns == now_ns + 1000000);
    (void)compare("error host-unreachable; drop", 4, &seen);
    assert_int_equal(seen.verdict, VERDICT_RULE_DROP);
    (void)compare("error host-unreachable quote 0", 4, &seen);
    assert_int_equal(seen.len, 0);
}

static void
test_hops(void **state)
{
    static const uint8_t made_up4[] = {198, 18, 0, 2}, listed[] = {10, 0, 0, 1},
                         made_up6[] = {0x20, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    struct craft request[2];
    struct seen seen;

    (void)state;
    for (int i = 0; i < 2; i++) {
        craft(&request[i], i == 0 ? 4 : 6, 32);
        set_ttl(&request[i], 2);
        start("hops 4 delay 3ms");
        ask(&request[i]);
        look(&seen);
        assert_int_equal(seen.verdict, VERDICT_RULE_HOP);
        assert_int_equal(seen.type, i == 0 ? 11 : 3);
        assert_int_equal(seen.ttl, 63);
        assert_true(seen.ts_ns == now_ns + 6000000);
        assert_memory_equal(seen.src, i == 0 ? made_up4 : made_up6, i == 0 ? 4 : 16);
        assert_true(seen.is_sum_right && seen.is_ip_sum_right && seen.has_right_lengths);
        assert_int_equal(seen.data[i == 0 ? 8 : 7], 1); /* what a router sees of the TTL that it ends */
        if (i == 0)
            assert_int_equal(craft_sum(0, seen.data, 20), 0);
        set_ttl(&request[i], 4);
        ask(&request[i]);
        look(&seen);
        assert_int_equal(seen.verdict, VERDICT_ANSWERED);
        assert_int_equal(seen.ttl, 61);
        assert_true(seen.ts_ns == now_ns + 12000000);
    }
    start("hops 4 via 10.0.0.1,*");
    set_ttl(&request[0], 1);
    ask(&request[0]);
    look(&seen);
    assert_memory_equal(seen.src, listed, 4);
    set_ttl(&request[0], 2);
    ask(&request[0]);
    assert_int_equal(outcome.verdict, VERDICT_RULE_HOP);
    assert_int_equal(outcome.reply_count, 0);
    set_ttl(&request[0], 3); /* behind the end of the list */
    ask(&request[0]);
    look(&seen);
    assert_int_equal(seen.src[3], 3);
}

static void
test_pmtu(void **state)
{
    struct craft request[2];
    struct seen seen;

    (void)state;
    for (int i = 0; i < 2; i++) {
        craft(&request[i], i == 0 ? 4 : 6, 1372);
        if (i == 0) {
            request[i].data[request[i].l3 + 6] = 0;
            craft_seal(&request[i]);
            start("pmtu 1399");
            ask(&request[i]); /* 1400 bytes that may be fragmented; so is the reply */
            look(&seen);
            assert_int_equal(seen.verdict, VERDICT_ANSWERED);
            assert_int_equal(outcome.reply_count, 2);
            request[i].data[request[i].l3 + 6] = 0x40; /* DF */
            craft_seal(&request[i]);
        }
        start(i == 0 ? "hops 3; pmtu 1400" : "hops 3; pmtu 1420");
        ask(&request[i]); /* just as long as may be */
        look(&seen);
        assert_int_equal(seen.verdict, VERDICT_ANSWERED);
        start(i == 0 ? "hops 3; pmtu 1399" : "hops 3; pmtu 1419");
        ask(&request[i]);
        look(&seen);
        assert_int_equal(seen.verdict, VERDICT_RULE_PMTU);
        assert_int_equal(seen.type, i == 0 ? 3 : 2);
        assert_int_equal(seen.code, i == 0 ? 4 : 0);
        assert_int_equal(seen.seq, i == 0 ? 1399 : 1419);
        assert_int_equal(seen.src[i == 0 ? 3 : 15], 2); /* the last of the routers */
        assert_true(seen.is_sum_right);
        start("pmtu 100");
        ask(&request[i]);
        assert_int_equal(outcome.verdict, VERDICT_RULE_PMTU);
        assert_int_equal(outcome.reply_count, 1); /* the router is on this side of the narrow link */
        start("pmtu 1280 silent");
        ask(&request[i]);
        assert_int_equal(outcome.verdict, VERDICT_RULE_PMTU);
        assert_int_equal(outcome.reply_count, 0);
    }
}

/* Makes an echo request a UDP datagram to a port that traceroute likes. */
static void
make_udp(struct craft *craft)
{
    static const uint8_t ports[] = {0x80, 0x00, 0x82, 0x9b};
    bool is_6 = craft->data[craft->l3] >> 4 == 6;

    craft->data[craft->l3 + (is_6 ? 6 : 9)] = 17;
    memcpy(craft->data + craft->l4, ports, sizeof ports);
    craft->data[craft->l4 + 4] = 0;
    craft->data[craft->l4 + 5] = (uint8_t)(craft->len - craft->l4);
    craft->data[craft->l4 + 6] = craft->data[craft->l4 + 7] = 0;
    craft_seal(craft);
}

static void
test_udp_along_a_path(void **state)
{
    struct craft request;
    struct seen seen;

    (void)state;
    for (int version = 4; version <= 6; version += 2) {
        craft(&request, version, 32);
        make_udp(&request);
        start("drop"); /* is about replies */
        ask(&request);
        assert_int_equal(outcome.verdict, version == 4 ? VERDICT_IP_PROTO : VERDICT_IP6_PROTO);
        start("hops 3");
        ask(&request);
        look(&seen);
        assert_int_equal(seen.verdict, VERDICT_RULE_ERROR);
        assert_int_equal(outcome.request.kind, REQUEST_NONE);
        assert_int_equal(seen.type * 10 + seen.code, version == 4 ? 33 : 14); /* port unreachable */
        assert_int_equal(seen.ttl, 62);
        set_ttl(&request, 1);
        make_udp(&request);
        ask(&request);
        look(&seen);
        assert_int_equal(seen.verdict, VERDICT_RULE_HOP);
    }
}

/* Where all addresses are answered for, groups are among them, and on a link without groups nothing else tells them. */
static void
test_path_of_groups(void **state)
{
    static const uint8_t groups4[][4] = {{224, 0, 0, 1}, {255, 255, 255, 255}};
    static const uint8_t all_nodes[16] = {0xff, 2, [15] = 1};
    static const struct address host4 = {4, {192, 0, 2, 2}}, host6 = {6, {0xfd, 0, 0x0d, 0xb8, [15] = 2}};
    struct craft request;

    (void)state;
    for (unsigned i = 0; i < 6; i++) { /* a ping and UDP to each of three groups */
        bool is_6 = i / 2 == 2;

        if (is_6)
            craft6(&request, LINK_RAW, 58, NULL, 0, 32);
        else
            craft4(&request, LINK_RAW, NULL, 0, 32);
        memcpy(request.data + request.l3 + (is_6 ? 24 : 16), is_6 ? all_nodes : groups4[i / 2], is_6 ? 16 : 4);
        set_ttl(&request, 1);
        if (i % 2 == 1)
            make_udp(&request);
        start("hops 3");
        iface.link = LINK_RAW;
        responder.answers_broadcast = true;
        assert_true(served_add(&list, &iface.addresses, &host4, 32, ADDRESSES_ANSWER));
        assert_true(served_add(&list, &iface.addresses, &host6, 128, ADDRESSES_ANSWER));
        ask(&request);
        assert_int_equal(outcome.verdict, i % 2 == 0 ? VERDICT_RULE_HOP : is_6 ? VERDICT_IP6_PROTO : VERDICT_IP_PROTO);
        assert_int_equal(outcome.reply_count, 0);
    }
}

/* An address that may be any of several hosts is told of no error (RFC 4443 section 2.4 (e.6)). */
static void
test_path_from_anycast(void **state)
{
    static const struct address net = {6, {0xfd, 0, 0x0d, 0xb8}};
    struct craft request;

    (void)state;
    craft(&request, 6, 32);
    request.data[request.l3 + 8 + 15] = 0;
    set_ttl(&request, 1);
    for (int i = 0; i < 2; i++) {
        start("hops 3");
        assert_true(served_add(&list, &iface.addresses, &net, 64, ADDRESSES_ONLINK));
        ask(&request);
        assert_int_equal(outcome.verdict, i == 0 ? VERDICT_RULE_HOP : VERDICT_IP6_PROTO);
        assert_int_equal(outcome.reply_count, 0);
        make_udp(&request);
    }
}

/* Fragments of other protocols than ICMP and UDP, and of UDP to the kernel, are nobody's on the path. */
static void
test_path_of_other_fragments(void **state)
{
    static const struct address host = {6, {0xfd, 0, 0x0d, 0xb8, [15] = 2}};
    static const struct {
        uint8_t protocol;
        bool is_own;
        enum verdict verdict;
    } cases[] = {
        {58, false, VERDICT_RULE_HOP}, {58, true, VERDICT_RULE_HOP}, {17, false, VERDICT_RULE_HOP},
        {17, true, VERDICT_FRAG_RX},   {6, false, VERDICT_FRAG_RX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t header[8] = {cases[i].protocol, 0, 0, 1, 0, 0, 0, 9}; /* the first of several */
        struct craft request;

        craft6(&request, LINK_EN10MB, 44, header, sizeof header, 32);
        set_ttl(&request, 1);
        start("hops 3");
        if (cases[i].is_own)
            assert_true(served_add(&list, &iface.addresses, &host, 128, ADDRESSES_ANSWER | ADDRESSES_OWN));
        ask(&request);
        assert_int_equal(outcome.verdict, cases[i].verdict);
        assert_int_equal(outcome.reply_count, cases[i].verdict == VERDICT_RULE_HOP);
    }
}

/* A checksum that was wrong stays wrong by as much. */
static void
test_wrong_checksum_is_preserved(void **state)
{
    struct craft request;
    struct seen seen;

    (void)state;
    for (int version = 4; version <= 6; version += 2) {
        craft(&request, version, 32);
        request.data[request.l4 + 3] ^= 0x10;
        start("byte 3 0x77");
        responder.bad_checksum = BAD_CHECKSUM_PRESERVE;
        ask(&request);
        look(&seen);
        assert_false(seen.is_sum_right);
        assert_int_equal(seen.data[3], 0x77);
        responder.bad_checksum = BAD_CHECKSUM_ANSWER;
        ask(&request);
        look(&seen);
        assert_true(seen.is_sum_right);
    }
}

static void
test_paused(void **state)
{
    struct craft request;

    (void)state;
    craft(&request, 4, 32);
    start("every 2 drop");
    iface.is_paused = true;
    ask(&request);
    assert_int_equal(outcome.verdict, VERDICT_PAUSED);
    assert_int_equal(outcome.reply_count, 0);
    iface.is_paused = false;
    ask(&request);
    assert_int_equal(outcome.verdict, VERDICT_ANSWERED); /* a pause does not count */
    start("hops 3");
    make_udp(&request);
    iface.is_paused = true;
    ask(&request);
    assert_int_equal(outcome.verdict, VERDICT_IP_PROTO);
    assert_int_equal(outcome.reply_count, 0); /* nor does a router answer meanwhile */
}

/* What a rule that may or may not apply did to `count` requests, a bit for each, as a hash. */
static uint64_t
outcomes(const char *rules, unsigned rule, unsigned count)
{
    struct craft request;
    uint64_t hash = 0;

    start(rules);
    craft(&request, 4, 32);
    for (unsigned i = 0; i < count; i++) {
        ask(&request);
        hash = hash * 31 + (outcome.rules >> rule & 1);
    }
    return hash;
}

/* Each rule draws by itself. */
static void
test_other_rules_change_nothing(void **state)
{
    uint64_t alone = outcomes("probability 50% delay 1ms", 0, 1000);

    (void)state;
    assert_true(outcomes("probability 50% delay 1ms", 0, 1000) == alone);
    assert_true(outcomes("probability 30% drop; probability 50% delay 1ms", 1, 1000) == alone);
    assert_true(outcomes("corrupt 3 delay 9ms jitter 8ms; seq 1 drop; probability 50% delay 1ms", 2, 1000) == alone);
    assert_true(outcomes("probability 50% delay 1ms; probability 50% delay 1ms", 0, 1000) == alone);
    assert_false(outcomes("probability 50% delay 1ms; probability 50% delay 1ms", 1, 1000) == alone);
    assert_false(outcomes("probability 50% delay 2ms", 0, 1000) == alone);
}

/* Rules that stay go on where they were. */
static void
test_inherit(void **state)
{
    static const char more[] = "seq 9 drop; every 3 drop";
    struct rule_set after = {.rules.count = 0};
    struct craft request;
    char why[PORT_ERRBUF];

    (void)state;
    craft(&request, 4, 32);
    start("every 3 drop");
    ask(&request);
    ask(&request);
    assert_int_equal(rule_set_add_text(&after, more, strlen(more), "test", why), 0);
    rules_seed(&after.rules, 1);
    rules_inherit(&after.rules, &set.rules);
    responder.rules = &after.rules;
    ask(&request);
    assert_int_equal(outcome.verdict, VERDICT_RULE_DROP);
    assert_int_equal(after.rules.rules[1].hits, 1);
    rule_set_free(&after);
}

/* How many replies statistics are made of.  An emulated machine has no time for a million, and then gets less exact ones. */
static struct {
    unsigned draws;
    int64_t rate_percent, deviation_percent, mean_us, correlation; /* how far they may be off; the last in parts of a million */
} statistics = {1000000, 3, 2, 50, 10000};

static void
be_quick(const char *draws)
{
    if (draws == NULL)
        return;
    statistics.draws = (unsigned)strtoul(draws, NULL, 10);
    statistics.rate_percent = 20;
    statistics.deviation_percent = 10;
    statistics.mean_us = 1000;
    statistics.correlation = 100000;
}

/* How often requests were dropped, and the correlation of each with the one before, both in parts of a million. */
static void
measure_loss(const char *rules, uint64_t *rate, int64_t *correlation)
{
    struct craft request;
    uint64_t draws = statistics.draws, lost = 0, both = 0;
    bool was_lost = false;

    start(rules);
    craft(&request, 4, 0);
    for (uint64_t i = 0; i < draws; i++) {
        bool is_lost;

        ask(&request);
        is_lost = outcome.verdict == VERDICT_RULE_DROP;
        lost += is_lost;
        both += is_lost && was_lost;
        was_lost = is_lost;
    }
    *rate = lost * 1000000 / draws;
    *correlation = ((int64_t)(both * draws) - (int64_t)(lost * lost)) * 1000 / (int64_t)(lost * (draws - lost) / 1000);
}

static void
test_loss(void **state)
{
    static const struct {
        const char *rule;
        int64_t rate, correlation; /* in parts of a million */
    } cases[] = {
        {"loss 5%", 50000, 0},
        {"loss 5% 25%", 50000, 250000},
        {"loss 30% 80%", 300000, 800000},
        {"probability 5% 25% drop", 50000, 250000},
        {"loss gemodel 1% 10%", 90909, 890000},
        {"loss gemodel 1% 10% 70%", 63636, 0},
        {"loss gemodel 1% 10% 70% 0.1%", 64545, 0},
        {"loss gemodel 5%", 50000, 0}, /* r is 95% */
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t rate;
        int64_t correlation;

        measure_loss(cases[i].rule, &rate, &correlation);
        if ((int64_t)rate < cases[i].rate * (100 - statistics.rate_percent) / 100 ||
            (int64_t)rate > cases[i].rate * (100 + statistics.rate_percent) / 100)
            fail_msg("%s: lost %u in a million", cases[i].rule, (unsigned)rate);
        if (strstr(cases[i].rule, "70%") == NULL && (correlation < cases[i].correlation - statistics.correlation ||
                                                     correlation > cases[i].correlation + statistics.correlation))
            fail_msg("%s: a correlation of %d in a million", cases[i].rule, (int)correlation);
    }
}

/* Mean and deviation of a delay, in microseconds, and the correlation of one with the next, in parts of a million. */
static void
measure_delay(const char *rules, int64_t *mean, int64_t *deviation, int64_t *correlation)
{
    struct craft request;
    unsigned draws = statistics.draws;
    double sum = 0, squares = 0, products = 0, last = 0;

    start(rules);
    craft(&request, 4, 0);
    for (unsigned i = 0; i < draws; i++) {
        double delay;

        ask(&request);
        delay = (double)(outcome.replies[0].ts_ns - now_ns) / 1000;
        sum += delay;
        squares += delay * delay;
        products += delay * last;
        last = delay;
    }
    sum /= draws;
    squares = squares / draws - sum * sum;
    *mean = (int64_t)sum;
    *correlation = squares < 1 ? 0 : (int64_t)((products / draws - sum * sum) / squares * 1000000);
    for (*deviation = 0; (double)*deviation * (double)*deviation < squares;)
        ++*deviation;
}

static void
test_delay(void **state)
{
    static const struct {
        const char *rule;
        int64_t mean, deviation, correlation;
    } cases[] = {
        {"delay 20ms", 20000, 0, 0},
        {"delay 20ms jitter 6ms", 20000, 3464, 0},
        {"delay 20ms jitter 6ms distribution uniform", 20000, 3464, 0},
        {"delay 100ms jitter 5ms distribution normal", 100000, 5000, 0},
        {"delay 100ms jitter 5ms distribution pareto", 100000, 5000, 0},
        {"delay 100ms jitter 5ms distribution paretonormal", 100000, 5000, 0},
        {"delay 100ms jitter 5ms 40% distribution normal", 100000, 5000, 400000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t mean, deviation, correlation;

        measure_delay(cases[i].rule, &mean, &deviation, &correlation);
        if (mean < cases[i].mean - statistics.mean_us || mean > cases[i].mean + statistics.mean_us)
            fail_msg("%s: a mean of %d us", cases[i].rule, (int)mean);
        if (deviation < cases[i].deviation * (100 - statistics.deviation_percent) / 100 ||
            deviation > cases[i].deviation * (100 + statistics.deviation_percent) / 100 + 1)
            fail_msg("%s: a deviation of %d us", cases[i].rule, (int)deviation);
        if (cases[i].deviation > 0 && (correlation < cases[i].correlation - statistics.correlation ||
                                       correlation > cases[i].correlation + statistics.correlation))
            fail_msg("%s: a correlation of %d in a million", cases[i].rule, (int)correlation);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_action_changes_what_it_says),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_values_are_those_of_the_rule),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_end_of_time),
        cmocka_unit_test(test_copies_that_do_not_fit),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_corrupt_flips_so_many_bits),
        cmocka_unit_test(test_no_data),
        cmocka_unit_test(test_warp),
        cmocka_unit_test(test_warp_of_another_clock),
        cmocka_unit_test(test_selectors),
        cmocka_unit_test(test_vlan),
        cmocka_unit_test(test_rules_add_up),
        cmocka_unit_test(test_reorder),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_actions_behind_an_error_act_on_it),
        cmocka_unit_test(test_hops),
        cmocka_unit_test(test_pmtu),
        cmocka_unit_test(test_udp_along_a_path),
        cmocka_unit_test(test_path_of_groups),
        cmocka_unit_test(test_path_from_anycast),
        cmocka_unit_test(test_path_of_other_fragments),
        cmocka_unit_test(test_wrong_checksum_is_preserved),
        cmocka_unit_test(test_paused),
        cmocka_unit_test(test_other_rules_change_nothing),
        cmocka_unit_test(test_inherit),
        cmocka_unit_test(test_loss),
        cmocka_unit_test(test_delay),
    };
    int rc;

    be_quick(getenv("FAULT_DRAWS"));
    rc = cmocka_run_group_tests(tests, NULL, NULL);

    rule_set_free(&set);
    return rc;
}
