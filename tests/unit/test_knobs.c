/* What options change of the answers: wrong checksums, broadcasts, timestamp requests, the rate. */
#include "unit.h"

#include <string.h>

#include "craft.h"
#include "responder/responder.h"
#include "served.h"

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
    assert_true(served_add(&list, &iface.addresses, &host6, 128, ADDRESSES_ANSWER));
    responder_init(&responder, 1);
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

static uint16_t
icmp_sum(const uint8_t *frame, size_t l3)
{
    const uint8_t *ip = frame + l3, *at = ip + (ip[0] >> 4 == 6 ? 42 : 22);

    return (uint16_t)(at[0] * 256 + at[1]);
}

/* By how much a reply's ICMP checksum is off, as a one's complement number. */
static uint16_t
error_of(const struct reply *reply)
{
    struct craft craft = {.len = reply->len, .l3 = 14, .l4 = reply->data[14] >> 4 == 6 ? 54 : 34};
    uint32_t found = icmp_sum(reply->data, 14), right;

    memcpy(craft.data, reply->data, reply->len);
    craft_seal(&craft);
    right = icmp_sum(craft.data, 14);
    found += 0xffff - right;
    return (uint16_t)((found & 0xffff) + (found >> 16));
}

static void
check_bad_checksum(struct craft *craft, enum verdict dropped)
{
    static const uint16_t offs[] = {0x0001, 0x0100, 0x1234, 0xfffe};
    struct outcome outcome;

    for (size_t i = 0; i < COUNT(offs); i++) {
        uint8_t *at = craft->data + craft->l4 + 2;
        uint32_t wrong;

        craft_seal(craft);
        wrong = at[0] * 256U + at[1] + offs[i];
        wrong = (wrong & 0xffff) + (wrong >> 16);
        at[0] = (uint8_t)(wrong >> 8);
        at[1] = (uint8_t)wrong;
        responder.bad_checksum = BAD_CHECKSUM_DROP;
        assert_int_equal(judge_at(craft, 0).verdict, dropped);
        responder.bad_checksum = BAD_CHECKSUM_ANSWER;
        outcome = judge_at(craft, 0);
        assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
        assert_int_equal(error_of(&outcome.replies[0]) % 0xffff, 0);
        responder.bad_checksum = BAD_CHECKSUM_PRESERVE;
        outcome = judge_at(craft, 0);
        assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
        assert_int_equal(error_of(&outcome.replies[0]), offs[i]);
    }
}

static void
test_bad_checksums(void **state)
{
    static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
    struct craft craft;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 40);
    check_bad_checksum(&craft, VERDICT_ICMP_BADSUM);
    craft6(&craft, LINK_EN10MB, 58, NULL, 0, 40);
    check_bad_checksum(&craft, VERDICT_ICMP6_BADSUM);
    memcpy(craft.data + craft.l3 + 24, all_nodes, 16); /* answered from another address */
    check_bad_checksum(&craft, VERDICT_ICMP6_BADSUM);
}

/* V4-23, V4-24, V4-26, V4-27, V4-32 */
static void
test_broadcasts(void **state)
{
    static const struct {
        uint8_t dst[4];
        enum verdict off, on;
    } cases[] = {
        {{255, 255, 255, 255}, VERDICT_IP_BCAST, VERDICT_ANSWERED},
        {{192, 0, 2, 255}, VERDICT_IP_BCAST, VERDICT_ANSWERED},
        {{224, 0, 0, 1}, VERDICT_IP_BCAST, VERDICT_ANSWERED},
        {{224, 0, 0, 251}, VERDICT_IP_NOTMEMBER, VERDICT_IP_NOTMEMBER},
        {{192, 0, 2, 0}, VERDICT_IP_NOTOURS, VERDICT_IP_NOTOURS},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome outcome;
        struct craft craft;

        craft4(&craft, LINK_EN10MB, NULL, 0, 8);
        memset(craft.data, 0xff, 6);
        memcpy(craft.data + craft.l3 + 16, cases[i].dst, 4);
        craft_seal(&craft);
        responder.answers_broadcast = false;
        assert_int_equal(judge_at(&craft, 0).verdict, cases[i].off);
        responder.answers_broadcast = true;
        outcome = judge_at(&craft, 0);
        assert_int_equal(outcome.verdict, cases[i].on);
        if (outcome.verdict == VERDICT_ANSWERED) {
            assert_memory_equal(outcome.replies[0].data + 14 + 12, "\xc0\0\x02\x02\xc0\0\x02\x01", 8);
            assert_int_equal(outcome.replies[0].data[6] & 1, 0);
            assert_int_equal(error_of(&outcome.replies[0]), 0xffff);
        }
    }
}

/* IC-10 to IC-12, IC-15, IC-16 */
static void
test_timestamp_requests(void **state)
{
    static const uint64_t noon_ns = UINT64_C(86400) * 20000 * 1000000000 + UINT64_C(43200123) * 1000000;
    static const struct {
        size_t size; /* bytes behind the ICMP header */
        enum verdict verdict;
    } cases[] = {{12, VERDICT_ANSWERED}, {32, VERDICT_ANSWERED}, {11, VERDICT_ICMP_SHORT}, {0, VERDICT_ICMP_SHORT}};

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        static const uint8_t noon[8] = {0x02, 0x93, 0x2e, 0x7b, 0x02, 0x93, 0x2e, 0x7b}; /* 43200123, twice */
        struct outcome outcome;
        struct craft craft;
        const uint8_t *icmp;

        craft4(&craft, LINK_EN10MB, NULL, 0, cases[i].size);
        craft.data[craft.l4] = 13;
        craft_seal(&craft);
        responder.answers_timestamp = false;
        outcome = judge_at(&craft, noon_ns);
        assert_int_equal(outcome.verdict, VERDICT_ICMP_TYPE);
        assert_int_equal(outcome.request.kind, REQUEST_NONE);
        responder.answers_timestamp = true;
        outcome = judge_at(&craft, noon_ns);
        assert_int_equal(outcome.verdict, cases[i].verdict);
        if (outcome.verdict != VERDICT_ANSWERED)
            continue;
        assert_int_equal(outcome.request.kind, REQUEST_TIMESTAMP);
        icmp = outcome.replies[0].data + 34;
        assert_int_equal(outcome.replies[0].data[17], 40);
        assert_int_equal(icmp[0], 14);
        assert_int_equal(craft_sum(0, icmp, 20), 0);
        assert_memory_equal(icmp + 4, craft.data + craft.l4 + 4, 8);
        assert_memory_equal(icmp + 12, noon, 8);
    }
}

/* A burst at once, then one each tenth of a second; a clock that steps neither opens nor closes anything. */
static void
test_rate(void **state)
{
    enum { TENTH_NS = 100000000 };
    static const uint64_t start_ns = UINT64_C(1700000000000000000);
    struct craft craft;
    unsigned answered = 0;

    (void)state;
    craft4(&craft, LINK_EN10MB, NULL, 0, 8);
    ratelimit_init(&responder.rate, 10, 3);
    for (int i = 0; i < 10; i++)
        answered += judge_at(&craft, start_ns).verdict == VERDICT_ANSWERED;
    assert_int_equal(answered, 3);
    for (unsigned i = 1; i <= 20; i++) {
        uint64_t now_ns = start_ns + (uint64_t)i * TENTH_NS;

        assert_int_equal(judge_at(&craft, now_ns - 1).verdict, VERDICT_RATE);
        assert_int_equal(judge_at(&craft, now_ns).verdict, VERDICT_ANSWERED);
    }
    assert_int_equal(judge_at(&craft, start_ns - UINT64_C(86400000000000)).verdict, VERDICT_RATE);
    assert_int_equal(judge_at(&craft, start_ns - UINT64_C(86400000000000) + TENTH_NS).verdict, VERDICT_ANSWERED);
    answered = 0;
    for (int i = 0; i < 10; i++)
        answered += judge_at(&craft, start_ns + UINT64_C(86400000000000)).verdict == VERDICT_ANSWERED;
    assert_int_equal(answered, 3);
}

/* How many of so many requests are answered, whose source has that byte at that place of the IP header. */
static unsigned
ask_as(struct craft *craft, size_t last_of_source, uint8_t byte, unsigned times, uint64_t ts_ns)
{
    unsigned answered = 0;

    craft->data[craft->l3 + last_of_source] = byte;
    craft_seal(craft);
    for (unsigned i = 0; i < times; i++)
        answered += judge_at(craft, ts_ns).verdict == VERDICT_ANSWERED;
    return answered;
}

/* Each source has its own; what goes beyond it takes nothing from the others, also where there is a limit for all. */
static void
test_source_rate(void **state)
{
    enum { SOURCE4_LAST = 15, NETWORK6_LAST = 15, SOURCE6_LAST = 23 };
    static const uint64_t start_ns = UINT64_C(1700000000000000000), second_ns = 1000000000;
    struct craft four, six;

    (void)state;
    craft4(&four, LINK_EN10MB, NULL, 0, 8);
    craft6(&six, LINK_EN10MB, 58, NULL, 0, 8);
    sources_init(&responder.sources, 3);
    ratelimit_init(&responder.rate, 1, 12);
    assert_int_equal(ask_as(&four, SOURCE4_LAST, 100, 1000, start_ns), 3);
    assert_int_equal(ask_as(&four, SOURCE4_LAST, 101, 1000, start_ns), 3);
    assert_int_equal(ask_as(&six, SOURCE6_LAST, 1, 1000, start_ns), 3);
    assert_int_equal(ask_as(&six, SOURCE6_LAST, 2, 1000, start_ns), 0); /* who is in the same network may be the same host */
    assert_int_equal(ask_as(&six, NETWORK6_LAST, 9, 1000, start_ns), 3);
    assert_int_equal(ask_as(&four, SOURCE4_LAST, 102, 1000, start_ns), 0); /* that were all twelve */
    ratelimit_init(&responder.rate, 0, 0);
    assert_int_equal(ask_as(&four, SOURCE4_LAST, 100, 1000, start_ns + second_ns / 3 + 1), 1);
    assert_int_equal(ask_as(&four, SOURCE4_LAST, 100, 1000, start_ns + 10 * second_ns), 3);
    assert_int_equal(ask_as(&four, SOURCE4_LAST, 100, 1000, start_ns - 86400 * second_ns), 0); /* the clock is set back */
    assert_int_equal(ask_as(&four, SOURCE4_LAST, 100, 1000, start_ns - 86390 * second_ns), 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_bad_checksums, set_up),
        cmocka_unit_test_setup(test_broadcasts, set_up),
        cmocka_unit_test_setup(test_timestamp_requests, set_up),
        cmocka_unit_test_setup(test_rate, set_up),
        cmocka_unit_test_setup(test_source_rate, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
