/* The load generator's own checks: its requests are right, it knows right replies from wrong ones, its percentiles fit. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "bench/load-times.h"
#include "bench/load-wire.h"

enum { ID = 0x1234, NEXT = 100000, NUMBER = 70000 };

static struct wire wire;
static struct wire_message message;

static void
start(uint8_t version, size_t size, size_t mtu)
{
    struct wire_plan plan = {version, {2, 0, 0, 0, 0, 1}, {2, 0, 0, 0, 0, 2}, {192, 0, 2, 1}, {192, 0, 2, 2}, size, mtu, ID};

    wire_init(&wire, &plan);
    wire_build(&wire, &message);
    wire_number(&wire, &message, NUMBER);
}

static void
stop(void)
{
    free(message.bytes);
    wire_free(&wire);
}

/* Makes the request its reply, as a host would. */
static void
answer(void)
{
    const size_t len = wire.plan.version == 4 ? 4 : 16, at = ETHERNET_LEN + (wire.plan.version == 4 ? 12 : 8);
    uint8_t swapped[16];

    for (size_t i = 0; i < message.count; i++) {
        uint8_t *frame = message.bytes + message.spans[i].at;

        memcpy(frame, wire.plan.src_mac, MAC_LEN);
        memcpy(frame + MAC_LEN, wire.plan.dst_mac, MAC_LEN);
        memcpy(swapped, frame + at, len);
        memcpy(frame + at, frame + at + len, len);
        memcpy(frame + at + len, swapped, len);
    }
}

static uint8_t *
icmp(void)
{
    return message.bytes + ETHERNET_LEN + (wire.plan.version == 4 ? IP4_LEN : IP6_LEN);
}

static enum wire_result
read_frame(size_t i, uint64_t *number)
{
    size_t len = message.spans[i].len;
    uint8_t *exact = malloc(len);
    enum wire_result result;

    assert_non_null(exact);
    memcpy(exact, message.bytes + message.spans[i].at, len);
    result = wire_read(&wire, exact, len, NEXT, number);
    free(exact);
    return result;
}

static void
mend(void)
{
    sums_repair(message.bytes, message.spans[0].len, true);
}

static void
test_requests_are_right(void **state)
{
    static const size_t sizes[] = {0, 7, 8, 9, 56, 1400, 1471};
    uint8_t before[2000];

    (void)state;
    for (uint8_t version = 4; version <= 6; version += 2)
        for (size_t i = 0; i < COUNT(sizes); i++) {
            start(version, sizes[i], 1600);
            assert_true(message.count == 1);
            memcpy(before, message.bytes, message.spans[0].len);
            mend();
            assert_memory_equal(before, message.bytes, message.spans[0].len);
            stop();
        }
}

static void
test_replies_are_known(void **state)
{
    static const size_t sizes[] = {0, 7, 8, 56, 1399};
    uint64_t number;

    (void)state;
    for (uint8_t version = 4; version <= 6; version += 2)
        for (size_t i = 0; i < COUNT(sizes); i++) {
            start(version, sizes[i], 1500);
            assert_true(read_frame(0, &number) == WIRE_OTHER);
            answer();
            icmp()[0] = version == 4 ? 0 : 129;
            assert_true(read_frame(0, &number) == WIRE_WRONG);
            mend();
            assert_true(read_frame(0, &number) == WIRE_REPLY);
            /* Without room for the number it is the last one with the sequence number. */
            assert_true(number == NUMBER);
            stop();
        }
}

static void
test_wrong_replies(void **state)
{
    uint64_t number;

    (void)state;
    for (uint8_t version = 4; version <= 6; version += 2) {
        static const size_t places[] = {1, 6, 9, 15, 16, 63}; /* code, sequence number, number, payload */

        for (size_t i = 0; i < COUNT(places); i++) {
            start(version, 56, 1500);
            answer();
            icmp()[0] = version == 4 ? 0 : 129;
            icmp()[places[i]] ^= 1;
            mend();
            assert_true(read_frame(0, &number) == WIRE_WRONG);
            stop();
        }
        start(version, 56, 1500);
        answer();
        icmp()[0] = version == 4 ? 0 : 129;
        icmp()[5] ^= 1; /* somebody else's */
        mend();
        assert_true(read_frame(0, &number) == WIRE_OTHER);
        stop();
    }
}

/* A message in fragments, with the ICMP checksum that it has as a reply. */
static void
test_fragments(void **state)
{
    uint64_t number;

    (void)state;
    for (uint8_t version = 4; version <= 6; version += 2) {
        uint8_t *at;

        start(version, 4000, 1500);
        assert_true(message.count == 3);
        answer();
        at = icmp() + (version == 4 ? 0 : 8);
        put16(at + 2, ~sum_fold(wire.reply_sum + 2 * (NUMBER % 65536) + NUMBER / 65536) & 0xffff);
        at[0] = version == 4 ? 0 : 129;
        for (size_t i = 0; i < 2; i++)
            assert_true(read_frame(i, &number) == WIRE_PART);
        assert_true(read_frame(2, &number) == WIRE_REPLY);
        assert_true(number == NUMBER);
        assert_true(read_frame(0, &number) == WIRE_PART);
        assert_true(read_frame(2, &number) == WIRE_PART); /* the second is lost */
        stop();
    }
}

static void
test_percentiles(void **state)
{
    static struct times times;

    (void)state;
    assert_true(times_percentile(&times, 0.5) == 0);
    for (uint64_t ns = 1; ns <= 100000; ns++)
        times_add(&times, ns * 10);
    assert_true(times_percentile(&times, 0.5) > 495000 && times_percentile(&times, 0.5) < 505000);
    assert_true(times_percentile(&times, 0.99) > 980000 && times_percentile(&times, 0.99) < 1000000);
    assert_true(times_percentile(&times, 1) <= 1000000);
    assert_true(times.most_ns == 1000000);
    times_add(&times, UINT64_MAX);
    assert_true(times_percentile(&times, 1) > UINT64_MAX / 100 * 99);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests_are_right), cmocka_unit_test(test_replies_are_known),
        cmocka_unit_test(test_wrong_replies),      cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_percentiles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
