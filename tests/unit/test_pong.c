/* The library: what pong.h promises, and what becomes of those who hold it wrong. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "craft.h"
#include "pong.h"

enum { NOW = 1700000000 };

static const uint64_t now_ns = NOW * UINT64_C(1000000000);

static struct pong *
open_one(const char *mac)
{
    struct pong *pong = pong_open(1);

    assert_non_null(pong);
    assert_int_equal(pong_add_interface(pong, "EN10MB", mac), 0);
    assert_string_equal(pong_error(pong), "");
    return pong;
}

static struct pong_frame
frame_of(const struct craft *craft)
{
    return (struct pong_frame){craft->data, craft->len, 0, now_ns, 0};
}

/* The verdict on a request, by its name. */
static const char *
judge(struct pong *pong, const struct craft *craft, struct pong_answer *answer)
{
    struct pong_frame frame = frame_of(craft);

    assert_int_equal(pong_answer(pong, &frame, answer), 0);
    return pong_verdict_name(answer->verdict);
}

static void
fails(const struct pong *pong, int rc, const char *why)
{
    assert_int_equal(rc, -1);
    assert_string_equal(pong_error(pong), why);
}

static void
test_answers(void **state)
{
    struct pong *pong = open_one("02:00:00:00:00:02");
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_int_equal(answer.verdict, PONG_ANSWERED);
    assert_true(answer.is_request);
    assert_int_equal(answer.reply_count, 1);
    assert_int_equal(answer.replies[0].len, craft.len);
    assert_true(answer.replies[0].ts_ns == now_ns);
    assert_memory_equal(answer.replies[0].data, craft.data + 6, 6); /* to whoever asked */
    assert_memory_equal(answer.replies[0].data + craft.l4 + 4, craft.data + craft.l4 + 4, 4 + 56);
    assert_int_equal(answer.behind, 0);
    pong_close(pong);
}

static void
test_wrong_use_is_told(void **state)
{
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct pong_frame frame = {NULL, 1, 0, 0, 0};

    (void)state;
    fails(pong, pong_add_interface(pong, "TOKEN", NULL),
          "\"TOKEN\" is no link type that is answered: say EN10MB, RAW or another of those in pongd(8)");
    fails(pong, pong_add_interface(pong, NULL, NULL),
          "\"\" is no link type that is answered: say EN10MB, RAW or another of those in pongd(8)");
    fails(pong, pong_add_interface(pong, "RAW", "02:00:00:00:00:01"), "link type RAW has no MAC address: give NULL for it");
    fails(pong, pong_add_interface(pong, "EN10MB", "02:00:00"), "\"02:00:00\" is not a MAC address such as 02:00:00:00:00:01");
    fails(pong, pong_set_addresses(pong, 1, ""),
          "there is no interface 1: give the number that pong_add_interface() returned");
    fails(pong, pong_set_own(pong, -1, ""), "there is no interface -1: give the number that pong_add_interface() returned");
    fails(pong, pong_set(pong, PONG_TTL, 0), "PONG_TTL: 0 is not a number from 1 to 255");
    fails(pong, pong_set(pong, PONG_MTU, 67), "PONG_MTU: 67 is not a number from 68 to 65536");
    fails(pong, pong_set(pong, PONG_ERRORS, 2), "PONG_ERRORS: 2 is not a number from 0 to 1");
    fails(pong, pong_set(pong, (enum pong_setting)99, 1), "there is no setting 99: this is version " PONG_VERSION " of the library");
    fails(pong, pong_answer(pong, &frame, &answer), "the frame has 1 bytes and no data: say where they are");
    frame.iface = 7;
    fails(pong, pong_answer(pong, &frame, &answer),
          "there is no interface 7: give the number that pong_add_interface() returned");
    fails(pong, pong_tick(pong, 7, 0, &answer), "there is no interface 7: give the number that pong_add_interface() returned");
    assert_int_equal(answer.verdict, PONG_NONE);
    assert_int_equal(answer.reply_count, 0);
    pong_close(pong);
}

static void
test_wrong_text_is_told(void **state)
{
    struct pong *pong = open_one(NULL);

    (void)state;
    fails(pong, pong_set_addresses(pong, 0, "192.0.2.1, 192.0.2"), "\"192.0.2\" is not an IPv4 or IPv6 address");
    fails(pong, pong_set_addresses(pong, 0, "# all\n192.0.2.0/24\n! 192.0.2.9/33"),
          "line 3: \"33\" is not a number from 0 to 32");
    fails(pong, pong_set_addresses(pong, 0, "224.0.0.1"), "224.0.0.1 is a multicast address, which no host has for its own");
    fails(pong, pong_set_addresses(pong, 0, "\033[2J"),
          "a byte that is no text: give addresses with commas between them, or in lines");
    fails(pong, pong_set_own(pong, 0, "!192.0.2.1"), "\"!192.0.2.1\" is not an IPv4 or IPv6 address");
    fails(pong, pong_set_vlans(pong, "4095"), "\"4095\" is not a list of numbers and ranges (10,20-29) from 0 to 4094");
    fails(pong, pong_set_vlans(pong, NULL), "\"\" is not a list of numbers and ranges (10,20-29) from 0 to 4094");
    assert_int_equal(pong_set_rules(pong, "seq 3 drop\nseq 4 dorp"), -1);
    assert_memory_equal(pong_error(pong), "line 2, column 7: \"dorp\": ", 26);
    pong_close(pong);
}

/* As little as a failed call changes. */
static void
test_failure_changes_nothing(void **state)
{
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    assert_int_equal(pong_set_addresses(pong, 0, "192.0.2.0/24, !192.0.2.2"), 0);
    assert_int_equal(pong_set_addresses(pong, 0, "192.0.2.2, nonsense"), -1);
    assert_string_equal(judge(pong, &craft, &answer), "ip-notours");
    assert_int_equal(pong_set_addresses(pong, 0, NULL), 0);
    assert_int_equal(pong_set_rules(pong, "drop"), 0);
    assert_int_equal(pong_set_rules(pong, "duplicate 1\nnonsense"), -1);
    assert_string_equal(judge(pong, &craft, &answer), "rule-drop");
    assert_int_equal(pong_set_rules(pong, NULL), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_int_equal(pong_set_vlans(pong, "none"), 0);
    craft_tag(&craft, 0x8100, 10);
    assert_int_equal(pong_set_vlans(pong, "10,"), -1);
    assert_string_equal(judge(pong, &craft, &answer), "l2-vlan");
    assert_int_equal(pong_set_vlans(pong, "10"), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    pong_close(pong);
}

static void
test_no_responder(void **state)
{
    struct pong_answer answer = {.reply_count = 1};
    struct pong_frame frame = {NULL, 0, 0, 0, 0};

    (void)state;
    fails(NULL, pong_answer(NULL, &frame, &answer), "there is no responder: pong_open() had no memory for it");
    assert_int_equal(answer.reply_count, 0);
    fails(NULL, pong_tick(NULL, 0, 0, &answer), "there is no responder: pong_open() had no memory for it");
    assert_int_equal(pong_set(NULL, PONG_TTL, 1), -1);
    assert_int_equal(pong_add_interface(NULL, "RAW", NULL), -1);
    assert_int_equal(pong_set_addresses(NULL, 0, ""), -1);
    assert_int_equal(pong_set_own(NULL, 0, ""), -1);
    assert_int_equal(pong_set_vlans(NULL, "all"), -1);
    assert_int_equal(pong_set_rules(NULL, ""), -1);
    assert_true(pong_due(NULL) == UINT64_MAX);
    pong_close(NULL);
}

static void
test_addresses(void **state)
{
    static const struct {
        const char *own, *list, *verdict;
    } cases[] = {
        {NULL, NULL, "answered"},
        {NULL, "", "answered"},
        {NULL, "# nobody\n", "answered"},
        {NULL, "192.0.2.2", "answered"},
        {NULL, "2001:db8::/64", "ip-notours"},
        {NULL, "\t192.0.2.0/24 ,198.51.100.1\r\n", "answered"},
        {NULL, "192.0.2.0/24 # not, 192.0.2.3\n ! 192.0.2.2", "ip-notours"},
        {NULL, "192.0.2.0/30,!192.0.2.0/24", "answered"},
        {"192.0.2.2/24", NULL, "answered"},
        {"192.0.2.3/24, fe80::2/64", NULL, "ip-notours"},
        {"192.0.2.3/24", "192.0.2.2", "answered"},
        {"192.0.2.3/30", NULL, "ip-notours"},
        {"192.0.2.1/30", NULL, "ip-land"}, /* the client's own */
    };
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(pong_set_own(pong, 0, cases[i].own), 0);
        assert_int_equal(pong_set_addresses(pong, 0, cases[i].list), 0);
        assert_string_equal(judge(pong, &craft, &answer), cases[i].verdict);
    }
    pong_close(pong);
}

/* ARP for 192.0.2.2, which is answered where that is not left to the host. */
static void
test_neighbors(void **state)
{
    static const char request[] = "\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x01\x08\x06\0\x01\x08\0\x06\x04\0\x01"
                                  "\x02\0\0\0\0\x01\xc0\0\x02\x01\0\0\0\0\0\0\xc0\0\x02\x02";
    struct pong_frame frame = {(const uint8_t *)request, sizeof request - 1, 0, now_ns, 0};
    struct pong *pong = open_one("02:00:00:00:00:02");
    struct pong_answer answer;

    (void)state;
    assert_int_equal(pong_set_addresses(pong, 0, "192.0.2.2"), 0);
    assert_int_equal(pong_answer(pong, &frame, &answer), 0);
    assert_string_equal(pong_verdict_name(answer.verdict), "neighbor");
    assert_int_equal(answer.reply_count, 1);
    assert_false(answer.is_request);
    assert_int_equal(pong_set_own(pong, 0, "192.0.2.2/24"), 0);
    assert_int_equal(pong_answer(pong, &frame, &answer), 0);
    assert_string_equal(pong_verdict_name(answer.verdict), "arp-notours");
    assert_int_equal(pong_set_own(pong, 0, NULL), 0);
    assert_int_equal(pong_set(pong, PONG_NEIGHBORS, 0), 0);
    assert_int_equal(pong_answer(pong, &frame, &answer), 0);
    assert_string_equal(pong_verdict_name(answer.verdict), "l2-proto");
    pong_close(pong);
}

static void
test_settings(void **state)
{
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 1000);
    assert_int_equal(pong_set(pong, PONG_TTL, 9), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_int_equal(answer.replies[0].data[craft.l3 + 8], 9);
    assert_int_equal(pong_set(pong, PONG_MTU, 576), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_int_equal(answer.reply_count, 2);
    assert_int_equal(pong_set(pong, PONG_RATE, 1), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_string_equal(judge(pong, &craft, &answer), "rate");
    assert_int_equal(pong_set(pong, PONG_BURST, 2), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_string_equal(judge(pong, &craft, &answer), "rate");
    assert_int_equal(pong_set(pong, PONG_RATE, 0), 0);
    assert_int_equal(pong_set(pong, PONG_SOURCE_RATE, 1), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_string_equal(judge(pong, &craft, &answer), "rate");
    assert_int_equal(pong_set(pong, PONG_SOURCE_RATE, 0), 0);
    craft.data[craft.l4 + 2] ^= 1;
    assert_string_equal(judge(pong, &craft, &answer), "icmp-badsum");
    assert_int_equal(pong_set(pong, PONG_BAD_CHECKSUM, PONG_BAD_CHECKSUM_ANSWER), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    pong_close(pong);
}

/* All that is off at first: a request that only it has answered. */
static void
test_switches(void **state)
{
    static const struct {
        enum pong_setting setting;
        uint8_t type;
        const char *verdict;
    } cases[] = {{PONG_TIMESTAMP, 13, "icmp-type"}, {PONG_PROBE, 42, "probe-off"}};
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        craft4(&craft, LINK_EN10MB, NULL, 0, 12);
        craft.data[craft.l4] = cases[i].type;
        craft_seal(&craft);
        assert_string_equal(judge(pong, &craft, &answer), cases[i].verdict);
        assert_int_equal(pong_set(pong, cases[i].setting, 1), 0);
        assert_string_equal(judge(pong, &craft, &answer), "answered");
        assert_int_equal(pong_set(pong, cases[i].setting, 0), 0);
        assert_string_equal(judge(pong, &craft, &answer), cases[i].verdict);
    }
    craft4(&craft, LINK_EN10MB, NULL, 0, 12);
    craft.data[craft.l3 + 19] = 255;
    memset(craft.data, 0xff, 6);
    craft_seal(&craft);
    assert_int_equal(pong_set_own(pong, 0, "192.0.2.2/24"), 0);
    assert_string_equal(judge(pong, &craft, &answer), "ip-bcast");
    assert_int_equal(pong_set(pong, PONG_BROADCAST, 1), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    pong_close(pong);
}

/* Half of a request, and the error that is due when the rest does not come. */
static void
test_time_alone(void **state)
{
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct craft craft;
    uint64_t due_ns;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    craft.data[craft.l3 + 6] = 0x20;
    craft_seal(&craft);
    assert_string_equal(judge(pong, &craft, &answer), "frag-rx");
    assert_true(pong_due(pong) == UINT64_MAX);
    assert_int_equal(pong_set(pong, PONG_ERRORS, 1), 0);
    due_ns = pong_due(pong);
    assert_true(due_ns > now_ns && due_ns < now_ns + UINT64_C(120000000000));
    assert_int_equal(pong_tick(pong, 0, due_ns - 1, &answer), 0);
    assert_int_equal(answer.reply_count, 0);
    assert_int_equal(pong_tick(pong, 0, due_ns + 1, &answer), 0);
    assert_int_equal(answer.reply_count, 1);
    assert_int_equal(answer.verdict, PONG_NONE);
    assert_int_equal(answer.replies[0].data[craft.l4], 11); /* time exceeded */
    assert_true(pong_due(pong) == UINT64_MAX);
    pong_close(pong);
}

static void
test_interfaces(void **state)
{
    struct pong *pong = pong_open(1);
    struct pong_frame frame;
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    assert_int_equal(pong_add_interface(pong, "RAW", NULL), 0);
    assert_int_equal(pong_add_interface(pong, "EN10MB", NULL), 1);
    assert_int_equal(pong_set_addresses(pong, 0, "192.0.2.2"), 0);
    assert_int_equal(pong_set_addresses(pong, 1, "192.0.2.3"), 0);
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    frame = frame_of(&craft);
    frame.iface = 1;
    assert_int_equal(pong_answer(pong, &frame, &answer), 0);
    assert_string_equal(pong_verdict_name(answer.verdict), "ip-wrongif");
    craft4(&craft, LINK_RAW, NULL, 0, 56);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    for (int i = 2; i < 64; i++)
        assert_int_equal(pong_add_interface(pong, "NULL", NULL), i);
    fails(pong, pong_add_interface(pong, "NULL", NULL), "there are 64 interfaces already, and no more can be");
    pong_close(pong);
}

static void
test_rules_go_on(void **state)
{
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    assert_int_equal(pong_set_rules(pong, "every 2 drop; duplicate 1 gap 5ms # twice"), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_int_equal(answer.reply_count, 2);
    assert_true(answer.replies[1].ts_ns == now_ns + 5000000);
    assert_int_equal(pong_set_rules(pong, "every 2 drop\nttl 7"), 0);
    assert_string_equal(judge(pong, &craft, &answer), "rule-drop");
    assert_int_equal(pong_set_rules(pong, "reorder gap 3 within 1s"), 0);
    assert_string_equal(judge(pong, &craft, &answer), "answered");
    assert_int_equal(answer.behind, 3);
    assert_true(answer.flow != 0);
    assert_true(answer.within_ns == 1000000000);
    assert_true(answer.replies[0].ts_ns == now_ns + answer.within_ns);
    pong_close(pong);
}

/* The replies to some requests, one after the other. */
static size_t
run(uint64_t seed, uint8_t *bytes)
{
    struct pong *pong = pong_open(seed);
    struct pong_answer answer;
    struct craft craft;
    size_t len = 0;

    assert_int_equal(pong_add_interface(pong, "EN10MB", NULL), 0);
    assert_int_equal(pong_set_rules(pong, "probability 50% corrupt 3; probability 30% duplicate 2"), 0);
    for (int i = 0; i < 50; i++) {
        craft4(&craft, LINK_EN10MB, NULL, 0, 56);
        assert_string_equal(judge(pong, &craft, &answer), "answered");
        for (size_t j = 0; j < answer.reply_count; j++) {
            memcpy(bytes + len, answer.replies[j].data, answer.replies[j].len);
            len += answer.replies[j].len;
        }
    }
    pong_close(pong);
    return len;
}

static void
test_seeds_repeat(void **state)
{
    static uint8_t first[50 * 3 * 200], second[50 * 3 * 200];
    size_t len = run(7, first);

    (void)state;
    assert_int_equal(run(7, second), len);
    assert_memory_equal(first, second, len);
    assert_true(run(8, second) != len || memcmp(first, second, len) != 0);
}

/* Cut at each length, as the snapshot length does it and as if the wire had brought no more, in memory of that size. */
static void
test_cut_at_every_length(void **state)
{
    struct pong *pong = open_one(NULL);
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    craft6(&craft, LINK_EN10MB, 58, NULL, 0, 56);
    for (size_t len = 0; len < craft.len; len++) {
        uint8_t *cut = malloc(len);
        struct pong_frame frame = {cut, len, craft.len, now_ns, 0};

        if (len > 0)
            memcpy(cut, craft.data, len);
        assert_int_equal(pong_answer(pong, &frame, &answer), 0);
        if (len > 0) {
            assert_string_equal(pong_verdict_name(answer.verdict), "cap-trunc");
            assert_int_equal(answer.reply_count, 0);
        }
        frame.wire_len = 0;
        assert_int_equal(pong_answer(pong, &frame, &answer), 0);
        assert_int_equal(answer.reply_count, 0);
        free(cut);
    }
    pong_close(pong);
}

/* What is there beyond the end that it had on the wire is none of it; and there may be nothing at all. */
static void
test_odd_lengths(void **state)
{
    struct pong *pong = open_one(NULL);
    struct pong_frame frame;
    struct pong_answer answer;
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    frame = frame_of(&craft);
    frame.wire_len = 20;
    assert_int_equal(pong_answer(pong, &frame, &answer), 0);
    assert_string_equal(pong_verdict_name(answer.verdict), "ip-short");
    frame = (struct pong_frame){NULL, 0, 0, 0, 0};
    assert_int_equal(pong_answer(pong, &frame, &answer), 0);
    assert_string_equal(pong_verdict_name(answer.verdict), "l2-short");
    frame.wire_len = 60;
    assert_int_equal(pong_answer(pong, &frame, &answer), 0);
    assert_string_equal(pong_verdict_name(answer.verdict), "cap-trunc");
    pong_close(pong);
}

static void
test_verdicts(void **state)
{
    int count = 0;

    (void)state;
    while (pong_verdict_name(count) != NULL) {
        assert_non_null(pong_verdict_meaning(count));
        count++;
    }
    assert_true(count > 50);
    assert_string_equal(pong_verdict_name(PONG_ANSWERED), "answered");
    assert_null(pong_verdict_meaning(count));
    assert_null(pong_verdict_name(PONG_NONE));
    assert_null(pong_verdict_name(INT32_MAX));
}

static void
test_version(void **state)
{
    char numbers[32];

    (void)state;
    snprintf(numbers, sizeof numbers, "%d.%d.%d", PONG_VERSION_MAJOR, PONG_VERSION_MINOR, PONG_VERSION_PATCH);
    assert_string_equal(PONG_VERSION, numbers);
    assert_string_equal(pong_version(), numbers);
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),          cmocka_unit_test(test_wrong_use_is_told),
        cmocka_unit_test(test_wrong_text_is_told), cmocka_unit_test(test_failure_changes_nothing),
        cmocka_unit_test(test_no_responder),     cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_neighbors),        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_switches),         cmocka_unit_test(test_time_alone),
        cmocka_unit_test(test_interfaces),       cmocka_unit_test(test_rules_go_on),
        cmocka_unit_test(test_seeds_repeat),     cmocka_unit_test(test_cut_at_every_length),
        cmocka_unit_test(test_odd_lengths),      cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_version),
    };

    return cmocka_run_group_tests_name("pong", tests, NULL, NULL);
}
