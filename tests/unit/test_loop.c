/* The loop on ports in memory, which also fail when they are told to: everything is counted, nothing lost silently. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "memory_port.h"

static struct responder responder;
static const struct log quiet = {.is_quiet = true};

static int
run(struct loop *loop, struct memory_port *first, struct memory_port *second)
{
    responder_init(&responder, 1);
    loop->responder = &responder;
    loop->log = &quiet;
    loop->signal_fd = -1;
    loop->ports[loop->port_count++] = &first->port;
    if (second != NULL)
        loop->ports[loop->port_count++] = &second->port;
    return loop_run(loop);
}

static uint64_t
total(const struct counters *counters)
{
    uint64_t sum = 0;

    for (int i = 0; i < VERDICTS; i++)
        sum += counters->requests_by[i] + counters->others_by[i];
    return sum;
}

static void
test_all_frames_of_all_ports(void **state)
{
    struct memory_port first = memory_port_make(1000), second = memory_port_make(70);
    struct loop loop = {.answers = 0};

    (void)state;
    assert_int_equal(run(&loop, &first, &second), 0);
    assert_int_equal(first.sent, 1000);
    assert_int_equal(second.sent, 70);
    assert_true(loop.counters.frames == 1070 && loop.counters.requests_by[VERDICT_ANSWERED] == 1070);
    assert_true(loop.counters.dropped == 6);
    assert_int_equal(first.closed, 1);
    assert_int_equal(second.closed, 1);
}

static void
test_stops_after_enough_answers(void **state)
{
    struct memory_port port = memory_port_make(1000);
    struct loop loop = {.answers = 100};

    (void)state;
    assert_int_equal(run(&loop, &port, NULL), 0);
    assert_int_equal(port.sent, 100);
    assert_int_equal(port.closed, 1);
}

/* A reply that is refused late was answered never. */
static void
test_enough_answers_are_those_sent(void **state)
{
    (void)state;
    for (unsigned fail_at = 1; fail_at <= 220; fail_at += 3) {
        struct memory_port port = memory_port_make(1000);
        struct loop loop = {.answers = 100};
        int rc;

        port.port.takes_many = true;
        port.fail_at = fail_at;
        port.failure = PORT_REFUSED;
        rc = run(&loop, &port, NULL);
        assert_int_equal(loop.counters.requests_by[VERDICT_ANSWERED], port.sent);
        if (rc != 0)
            continue; /* it was reading that failed */
        assert_int_equal(port.sent, 100);
        assert_int_equal(loop.counters.frames, 100 + port.refused);
    }
}

/* Every call fails once, in each of the ways that it can; many are sent one by one after another. */
static void
test_each_call_fails_once_with_many(void **state)
{
    static const enum port_result ways[] = {PORT_REFUSED, PORT_FAILED};

    (void)state;
    for (size_t way = 0; way < COUNT(ways); way++)
        for (unsigned fail_at = 1; fail_at <= 21; fail_at++) {
            struct memory_port port = memory_port_make(10);
            struct loop loop = {.answers = 0};
            int rc;

            port.port.takes_many = true;
            port.fail_at = fail_at;
            port.failure = ways[way];
            rc = run(&loop, &port, NULL);
            assert_int_equal(loop.counters.frames, total(&loop.counters));
            assert_int_equal(loop.counters.frames,
                             loop.counters.requests_by[VERDICT_ANSWERED] + loop.counters.requests_by[VERDICT_TX_FAIL]);
            assert_int_equal(loop.counters.requests_by[VERDICT_ANSWERED], port.sent);
            assert_int_equal(rc, port.failure == PORT_REFUSED && port.refused == 1 ? 0 : -1);
        }
}

/* Every call fails once, in each of the ways that it can. */
static void
test_each_call_fails_once(void **state)
{
    static const enum port_result ways[] = {PORT_REFUSED, PORT_FAILED};

    (void)state;
    for (size_t way = 0; way < COUNT(ways); way++)
        for (unsigned fail_at = 1; fail_at <= 21; fail_at++) {
            struct memory_port port = memory_port_make(10);
            struct loop loop = {.answers = 0};
            int rc;

            port.fail_at = fail_at;
            port.failure = ways[way];
            rc = run(&loop, &port, NULL);
            assert_int_equal(port.closed, 1);
            assert_int_equal(loop.counters.frames, total(&loop.counters));
            assert_int_equal(loop.counters.requests_by[VERDICT_ANSWERED], port.sent);
            assert_int_equal(loop.counters.requests_by[VERDICT_TX_FAIL], port.refused);
            /* A refused reply is survived; anything else ends with trouble. */
            assert_int_equal(rc, port.failure == PORT_REFUSED && port.refused == 1 ? 0 : -1);
        }
}

static void
test_one_port_fails_and_the_other_goes_on(void **state)
{
    struct memory_port first = memory_port_make(200), second = memory_port_make(200);
    struct loop loop = {.answers = 0};

    (void)state;
    first.fail_at = 5;
    first.failure = PORT_FAILED;
    assert_int_equal(run(&loop, &first, &second), -1);
    assert_int_equal(second.sent, 200);
    assert_int_equal(first.closed, 1);
}

/* A neighbour is told like a request is answered, but is none: it neither counts for -c nor as answered. */
static void
test_neighbors_are_no_requests(void **state)
{
    static const uint8_t question[42] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
                                         2, 0, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2};

    (void)state;
    for (unsigned fail_at = 0; fail_at <= 2; fail_at += 2) {
        struct memory_port port = memory_port_make(5);
        struct loop loop = {.answers = 1};

        port.port.iface.has_mac = port.port.iface.answers_neighbors = true;
        memcpy(port.port.iface.mac, "\x02\0\0\0\0\x02", LINK_MAC_LEN);
        memcpy(port.craft.data, question, sizeof question);
        port.craft.len = sizeof question;
        port.fail_at = fail_at;
        port.failure = PORT_REFUSED;
        assert_int_equal(run(&loop, &port, NULL), 0);
        assert_int_equal(loop.counters.frames, 5);
        assert_int_equal(loop.counters.requests, 0);
        assert_int_equal(loop.counters.others_by[VERDICT_NEIGHBOR], port.sent);
        assert_int_equal(loop.counters.others_by[VERDICT_TX_FAIL], fail_at == 0 ? 0 : 1);
    }
}

static void
test_summary_line(void **state)
{
    struct counters counters = {.frames = 0};
    char text[256] = "";
    FILE *out = tmpfile();

    (void)state;
    assert_non_null(out);
    for (int i = 0; i < 10; i++)
        counters_add(&counters, VERDICT_ANSWERED, true);
    counters_add(&counters, VERDICT_ICMP_BADSUM, true);
    counters_add(&counters, VERDICT_IP_NOTOURS, true);
    counters_print(&counters, out);
    rewind(out);
    assert_non_null(fgets(text, sizeof text, out));
    assert_string_equal(text, "12 requests, 10 answered, 2 not (1 ip-notours, 1 icmp-badsum)");
    counters = (struct counters){.pending = {.held = 9, .sent = 3, .refused = 1, .abandoned = 2, .most = 7, .dropped = 4, .left_out = 5}};
    rewind(out);
    counters_print(&counters, out);
    rewind(out);
    assert_non_null(fgets(text, sizeof text, out));
    assert_string_equal(text, "0 requests, 0 answered, 0 not; 9 replies waited, 3 were sent, 3 wait, 3 were not (1 refused, "
                              "2 left at the end); 4 replies had no room to wait and were dropped; 5 copies were too many for one request and "
                              "left out");
    fclose(out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_frames_of_all_ports),
        cmocka_unit_test(test_stops_after_enough_answers),
        cmocka_unit_test(test_enough_answers_are_those_sent),
        cmocka_unit_test(test_each_call_fails_once),
        cmocka_unit_test(test_each_call_fails_once_with_many),
        cmocka_unit_test(test_one_port_fails_and_the_other_goes_on),
        cmocka_unit_test(test_neighbors_are_no_requests),
        cmocka_unit_test(test_summary_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
