/* Replies that wait: the loop, built here with a responder that does as it is told, on ports in memory that can also fail. */
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/* The responder stays what it was; only what it says to a frame comes from here. */
static void say(const struct frame *frame, struct outcome *outcome);
#define respond(responder, frame, outcome) say(frame, outcome)
#include "loop.c"

enum { FRAMES = 20000, COPIES = 3, LEN = 98 };

/* What is to be done to a request.  Its number is in the frame, and so in the reply. */
struct script {
    uint64_t ts_ns;    /* when it comes */
    uint64_t delay_ns;
    uint64_t gap_ns;   /* between copies */
    unsigned copies;   /* in all */
    unsigned extra;    /* of these, that rules asked for */
    unsigned behind;
    uint64_t flow, within_ns;
    enum verdict verdict;
};

struct sending {
    uint32_t number; /* of the request */
    uint64_t ts_ns;
    uint64_t steady_ns; /* when it was sent */
    bool has_request;
};

struct fake_port {
    struct port port;
    size_t first, end;    /* of the requests that come over it */
    uint8_t data[LEN];
    size_t sends, fail_at; /* the sending that fails; 0: none */
    enum port_result failure;
    size_t refused, kept, flushed, closed;
    bool raises_at_end;
};

static struct script scripts[FRAMES];
static struct sending sendings[COPIES * FRAMES];
static size_t sending_count, most_at_once, at_once;
static uint8_t bytes[COPIES][LEN];
static struct reply replies[COPIES];
static struct responder responder;
static const struct log quiet = {.is_quiet = true};

static void
say(const struct frame *frame, struct outcome *outcome)
{
    const struct script *script;
    uint32_t number;

    memcpy(&number, frame->data, sizeof number);
    script = &scripts[number];
    for (unsigned i = 0; i < script->copies; i++) {
        memcpy(bytes[i], frame->data, LEN);
        replies[i] = (struct reply){bytes[i], LEN, frame->ts_ns + script->delay_ns + i * script->gap_ns};
    }
    *outcome = (struct outcome){.verdict = script->verdict, .replies = replies, .reply_count = script->copies};
    outcome->request.kind = REQUEST_ECHO;
    outcome->flow = script->flow;
    outcome->behind = script->behind;
    outcome->within_ns = script->within_ns;
    outcome->copy_count = script->extra;
}

static enum port_result
fake_next(struct port *port, struct frame *frame)
{
    struct fake_port *fake = (struct fake_port *)port;
    uint32_t number = (uint32_t)fake->first;

    at_once = 0;
    if (fake->first == fake->end && fake->raises_at_end)
        raise(SIGTERM);
    if (fake->first == fake->end)
        return port->fd >= 0 ? PORT_NOTHING : PORT_END;
    memcpy(fake->data, &number, sizeof number);
    *frame = (struct frame){fake->data, LEN, LEN, scripts[fake->first++].ts_ns, &port->iface};
    return PORT_DONE;
}

static enum port_result
fake_send(struct port *port, const struct frame *request, const struct reply *reply)
{
    struct fake_port *fake = (struct fake_port *)port;
    struct sending *sending = &sendings[sending_count];

    assert_int_equal(reply->len, LEN);
    if (fake->first < fake->end && ++at_once > most_at_once)
        most_at_once = at_once;
    if (++fake->sends == fake->fail_at) {
        fake->refused++;
        return fake->failure;
    }
    sending_count++;
    memcpy(&sending->number, reply->data, sizeof sending->number);
    sending->ts_ns = reply->ts_ns;
    sending->steady_ns = clock_steady_ns();
    sending->has_request = request != NULL;
    return PORT_DONE;
}

static size_t
fake_send_many(struct port *port, const struct reply *many, size_t count, enum port_result *result)
{
    for (size_t i = 0; i < count; i++)
        if ((*result = fake_send(port, NULL, &many[i])) != PORT_DONE)
            return i;
    return count;
}

static enum port_result
fake_keep(struct port *port, const struct frame *request)
{
    struct fake_port *fake = (struct fake_port *)port;

    assert_ptr_equal(request->data, fake->data);
    fake->kept++;
    return PORT_DONE;
}

static enum port_result
fake_flush(struct port *port)
{
    ((struct fake_port *)port)->flushed++;
    return PORT_DONE;
}

static enum port_result
fake_check(struct port *port, bool changed)
{
    (void)port;
    (void)changed;
    return PORT_DONE;
}

static uint64_t
fake_dropped(struct port *port)
{
    (void)port;
    return 0;
}

static void
fake_close(struct port *port)
{
    ((struct fake_port *)port)->closed++;
}

static const struct port_ops fake_ops = {fake_next,  fake_send,  fake_send_many, fake_keep,
                                         fake_flush, fake_check, fake_dropped,   fake_close};

/* Requests come in steps of 100, one reply to each at once, unless a test says otherwise. */
static void
begin(size_t count)
{
    sending_count = most_at_once = at_once = 0;
    for (size_t i = 0; i < count; i++)
        scripts[i] = (struct script){.ts_ns = 1000 + 100 * i, .copies = 1};
}

static struct fake_port
make_port(size_t first, size_t end)
{
    return (struct fake_port){
        .port = {.ops = &fake_ops, .name = "fake", .fd = -1, .watch_fd = -1}, .first = first, .end = end};
}

static struct loop
make_loop(struct fake_port *first, struct fake_port *second)
{
    struct loop loop = {.log = &quiet, .responder = &responder, .signal_fd = -1, .pending_most = SCHEDULE_DEFAULT};

    responder_init(&responder, 1);
    loop.ports[loop.port_count++] = &first->port;
    if (second != NULL)
        loop.ports[loop.port_count++] = &second->port;
    loop.is_one_by_one = second != NULL;
    return loop;
}

/* Every frame and every reply that waited has become something. */
static void
check_sums(const struct loop *loop)
{
    uint64_t sum = 0;

    for (int i = 0; i < VERDICTS; i++)
        sum += loop->counters.requests_by[i] + loop->counters.others_by[i];
    assert_true(sum == loop->counters.frames);
    assert_true(loop->counters.pending.held ==
                loop->counters.pending.sent + loop->counters.pending.refused + loop->counters.pending.abandoned);
}

static void
run(struct fake_port *first, struct fake_port *second, struct loop *loop)
{
    *loop = make_loop(first, second);
    assert_int_equal(loop_run(loop), 0);
    check_sums(loop);
    assert_int_equal(first->closed, 1);
}

static void
check_numbers(const uint32_t *wanted, size_t count)
{
    assert_int_equal(sending_count, count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sendings[i].number, wanted[i]);
}

static void
check_order_of_time(void)
{
    for (size_t i = 1; i < sending_count; i++)
        assert_true(sendings[i - 1].ts_ns <= sendings[i].ts_ns);
}

static void
test_nothing_waits(void **state)
{
    struct fake_port port = make_port(0, 100);
    struct loop loop;

    (void)state;
    begin(100);
    run(&port, NULL, &loop);
    assert_int_equal(sending_count, 100);
    for (size_t i = 0; i < 100; i++)
        assert_true(sendings[i].has_request && sendings[i].number == i && sendings[i].ts_ns == scripts[i].ts_ns);
    assert_true(loop.counters.pending.held == 0 && port.kept == 0);
}

/* 1000 +250, 1100, 1200 +0, 1300: the first comes between the third and the fourth, with its own time. */
static void
test_order(void **state)
{
    static const uint32_t wanted[] = {1, 2, 0, 3, 4, 5};
    struct fake_port port = make_port(0, 6);
    struct loop loop;

    (void)state;
    begin(6);
    scripts[0].delay_ns = 250;
    scripts[2].delay_ns = scripts[4].delay_ns = 0;
    scripts[5].delay_ns = UINT64_C(86400000000000); /* a day behind the end of the file */
    run(&port, NULL, &loop);
    check_numbers(wanted, COUNT(wanted));
    check_order_of_time();
    assert_true(sendings[2].ts_ns == 1250 && !sendings[2].has_request);
    assert_true(sendings[5].ts_ns == 1500 + UINT64_C(86400000000000));
    assert_true(loop.counters.pending.held == 2 && loop.counters.pending.sent == 2 && loop.counters.pending.most == 1);
    assert_true(loop.counters.requests_by[VERDICT_ANSWERED] == 6 && port.kept == 2);
}

static void
test_copies(void **state)
{
    static const uint32_t wanted[] = {0, 1, 0, 2, 0};
    struct fake_port port = make_port(0, 3);
    struct loop loop;

    (void)state;
    begin(3);
    scripts[0].copies = 3;
    scripts[0].gap_ns = 150;
    run(&port, NULL, &loop);
    check_numbers(wanted, COUNT(wanted));
    check_order_of_time();
    assert_true(sendings[0].has_request && !sendings[2].has_request);
}

/* Whatever the delays, all is sent in order, at its time, and once. */
static void
test_many_delays(void **state)
{
    struct fake_port port = make_port(0, FRAMES);
    struct random chance;
    struct loop loop;
    size_t total = 0;

    (void)state;
    begin(FRAMES);
    random_init(&chance, 3);
    for (size_t i = 0; i < FRAMES; i++) {
        scripts[i].delay_ns = random_below(&chance, 2) * random_below(&chance, 100000);
        scripts[i].copies = 1 + (unsigned)random_below(&chance, COPIES);
        scripts[i].gap_ns = random_below(&chance, 500);
        total += scripts[i].copies;
    }
    run(&port, NULL, &loop);
    assert_int_equal(sending_count, total);
    check_order_of_time();
    assert_true(loop.counters.pending.most > 400);
}

static void
test_time_goes_back(void **state)
{
    struct fake_port port = make_port(0, 1000);
    struct loop loop;

    (void)state;
    begin(1000);
    for (size_t i = 0; i < 1000; i++) {
        scripts[i].ts_ns = i % 2 == 0 ? 1000000 - 1000 * i : i;
        scripts[i].delay_ns = i % 3 * 500;
    }
    run(&port, NULL, &loop);
    assert_int_equal(sending_count, 1000);
}

/* What waits when a file ends is sent before the next one is read. */
static void
test_files(void **state)
{
    static const uint32_t wanted[] = {0, 1, 2, 3};
    struct fake_port first = make_port(0, 2), second = make_port(2, 4);
    struct loop loop;

    (void)state;
    begin(4);
    scripts[1].delay_ns = 1000000;
    scripts[2].delay_ns = 50;
    run(&first, &second, &loop);
    check_numbers(wanted, COUNT(wanted));
}

/* A reply to 0 in two frames waits for two others of its flow; 1 is of another. */
static void
test_overtaken(void **state)
{
    static const uint32_t wanted[] = {1, 2, 3, 0, 0, 4};
    struct fake_port port = make_port(0, 5);
    struct loop loop;

    (void)state;
    begin(5);
    for (size_t i = 0; i < 5; i++)
        scripts[i].flow = i == 1 ? 8 : 7;
    scripts[0].behind = scripts[0].copies = 2;
    scripts[0].delay_ns = scripts[0].within_ns = 100000;
    run(&port, NULL, &loop);
    check_numbers(wanted, COUNT(wanted));
    assert_true(sendings[3].ts_ns == 1300 && sendings[4].ts_ns == 1300);
    check_order_of_time();
    scripts[0].delay_ns += 350; /* which are not for being overtaken: it is not ready before then */
    sending_count = 0;
    port = make_port(0, 5);
    run(&port, NULL, &loop);
    check_numbers(wanted, COUNT(wanted));
    assert_true(sendings[3].ts_ns == 1350 && sendings[4].ts_ns == 1350);
    check_order_of_time();
}

static void
test_full(void **state)
{
    static const uint32_t kept[] = {0, 1, 4}, all[] = {2, 3, 0, 1, 4};
    struct fake_port port;
    struct loop loop;

    (void)state;
    begin(5);
    for (size_t i = 0; i < 4; i++)
        scripts[i].delay_ns = 350 - 10 * (i % 2);
    scripts[1].delay_ns = 260;
    scripts[4].ts_ns = 2000;
    for (int policy = PENDING_DROP; policy <= PENDING_SEND; policy++) {
        sending_count = 0;
        port = make_port(0, 5);
        loop = make_loop(&port, NULL);
        loop.pending_most = 2;
        loop.pending_policy = (enum pending_policy)policy;
        assert_int_equal(loop_run(&loop), 0);
        check_sums(&loop);
        if (policy == PENDING_DROP) {
            check_numbers(kept, COUNT(kept));
            assert_true(loop.counters.requests_by[VERDICT_PENDING_FULL] == 2 && loop.counters.pending.dropped == 2);
            assert_true(loop.counters.requests_by[VERDICT_ANSWERED] == 3);
        } else {
            check_numbers(all, COUNT(all));
            assert_true(loop.counters.requests_by[VERDICT_ANSWERED] == 5 && loop.counters.pending.sent_early == 2);
            assert_true(sendings[0].ts_ns == scripts[2].ts_ns && sendings[0].has_request);
        }
        check_order_of_time();
        assert_true(loop.counters.pending.held == 2 && loop.counters.pending.most == 2);
    }
}

/* Nothing more is read, but what waits is sent. */
/* A request whose reply was sent is answered, even if there was no room for a copy. */
static void
test_no_room_for_copies(void **state)
{
    struct fake_port port = make_port(0, 2);
    struct loop loop;

    (void)state;
    begin(2);
    for (size_t i = 0; i < 2; i++)
        scripts[i].copies = 3;
    scripts[0].extra = 2; /* the other one is in three fragments */
    scripts[0].gap_ns = scripts[1].gap_ns = 1000;
    loop = make_loop(&port, NULL);
    loop.pending_most = 1;
    assert_int_equal(loop_run(&loop), 0);
    check_sums(&loop);
    assert_true(loop.counters.pending.dropped == 3 && loop.counters.pending.held == 1);
    assert_true(loop.counters.requests_by[VERDICT_ANSWERED] == 1 && loop.counters.requests_by[VERDICT_PENDING_FULL] == 1);
}

/* An error, of the host or of a router before it, is no more sent than a reply when there is no room, or it is refused. */
static void
test_errors_are_not_sent(void **state)
{
    static const enum verdict verdicts[] = {VERDICT_RULE_ERROR, VERDICT_RULE_HOP, VERDICT_RULE_PMTU};
    struct fake_port port = make_port(0, 6);
    struct loop loop;

    (void)state;
    begin(6);
    for (size_t i = 0; i < 3; i++) {
        scripts[i].verdict = scripts[3 + i].verdict = verdicts[i];
        scripts[i].delay_ns = 5000;
    }
    scripts[5].copies = 0; /* nothing is lost where nothing was to be sent */
    port.fail_at = 2;
    port.failure = PORT_REFUSED;
    loop = make_loop(&port, NULL);
    loop.pending_most = 1;
    assert_int_equal(loop_run(&loop), 0);
    check_sums(&loop);
    assert_true(loop.counters.requests_by[VERDICT_PENDING_FULL] == 2 && loop.counters.requests_by[VERDICT_TX_FAIL] == 1);
    assert_true(loop.counters.requests_by[VERDICT_RULE_ERROR] == 2 && loop.counters.requests_by[VERDICT_RULE_PMTU] == 1);
}

static void
test_enough_answers(void **state)
{
    static const uint32_t wanted[] = {1, 2, 0};
    struct fake_port port = make_port(0, 10);
    struct loop loop;

    (void)state;
    begin(10);
    scripts[0].delay_ns = 5000;
    loop = make_loop(&port, NULL);
    loop.answers = 3;
    assert_int_equal(loop_run(&loop), 0);
    check_numbers(wanted, COUNT(wanted));
    check_sums(&loop);
    assert_true(loop.counters.frames == 3 && port.closed == 1);
}

/* Each sending fails once, in each of the ways that it can. */
static void
test_each_sending_fails_once(void **state)
{
    static const enum port_result ways[] = {PORT_REFUSED, PORT_FAILED, PORT_END};

    (void)state;
    for (size_t way = 0; way < COUNT(ways); way++)
        for (size_t fail_at = 1; fail_at <= 20; fail_at++) {
            struct fake_port port = make_port(0, 20);
            struct loop loop;
            int rc;

            begin(20);
            for (size_t i = 0; i < 20; i++)
                scripts[i].delay_ns = i % 2 * 777;
            port.fail_at = fail_at;
            port.failure = ways[way];
            loop = make_loop(&port, NULL);
            rc = loop_run(&loop);
            check_sums(&loop);
            assert_int_equal(port.closed, 1);
            assert_int_equal(port.refused, 1);
            assert_int_equal(rc, ways[way] == PORT_FAILED ? -1 : 0);
            if (ways[way] == PORT_REFUSED) {
                assert_int_equal(sending_count, 19);
                assert_true(loop.counters.pending.refused + loop.counters.requests_by[VERDICT_TX_FAIL] == 1);
            }
        }
}

/* The same where a port takes many, and requests bring more than is kept for it. */
static void
test_each_sending_fails_once_with_many(void **state)
{
    static const enum port_result ways[] = {PORT_REFUSED, PORT_FAILED, PORT_END};

    (void)state;
    for (size_t way = 0; way < COUNT(ways); way++)
        for (size_t fail_at = 1; fail_at <= 240; fail_at++) {
            struct fake_port port = make_port(0, 80);
            struct loop loop;
            int rc;

            begin(80);
            for (size_t i = 0; i < 80; i++) {
                scripts[i].delay_ns = i % 2 * 777;
                scripts[i].copies = 3;
            }
            port.port.takes_many = true;
            port.fail_at = fail_at;
            port.failure = ways[way];
            loop = make_loop(&port, NULL);
            rc = loop_run(&loop);
            check_sums(&loop);
            assert_int_equal(port.closed, 1);
            assert_int_equal(port.refused, 1);
            assert_int_equal(rc, ways[way] == PORT_FAILED ? -1 : 0);
            if (ways[way] == PORT_REFUSED) {
                assert_int_equal(sending_count, 239);
                assert_true(loop.counters.pending.refused + loop.counters.requests_by[VERDICT_TX_FAIL] == 1);
            }
        }
}

/* A descriptor that never has anything, so that the port is a live one. */
static struct fake_port
make_live(size_t first, size_t end, int fd)
{
    struct fake_port port = make_port(first, end);

    port.port.fd = fd;
    for (size_t i = first; i < end; i++)
        scripts[i].ts_ns = clock_day_ns() - 1000000;
    return port;
}

/* Live, it ends with -c, when the last of the replies has been sent: not before its time, and not long after. */
static void
test_live(void **state)
{
    static const uint32_t wanted[] = {2, 0, 1};
    uint64_t start_ns = clock_steady_ns();
    struct fake_port port;
    struct loop loop;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    begin(4);
    scripts[0].delay_ns = scripts[1].delay_ns = 50000000;
    port = make_live(0, 4, fds[0]);
    loop = make_loop(&port, NULL);
    loop.answers = 3;
    assert_int_equal(loop_run(&loop), 0);
    check_numbers(wanted, COUNT(wanted));
    check_sums(&loop);
    assert_true(sendings[1].steady_ns >= start_ns + 48000000 && sendings[1].steady_ns < start_ns + 5000000000);
    assert_true(loop.counters.pending.sent == 2 && loop.counters.frames == 3 && port.flushed > 0);
    close(fds[0]);
    close(fds[1]);
}

/* The clock was set an hour forth, then back: a frame seems to be old, or to come from the future. */
static void
test_clock_is_set(void **state)
{
    static const uint32_t wanted[] = {2, 0, 1};
    uint64_t start_ns = clock_steady_ns();
    struct fake_port port;
    struct loop loop;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    begin(3);
    port = make_live(0, 3, fds[0]);
    scripts[0].ts_ns -= UINT64_C(3600000000000);
    scripts[1].ts_ns += UINT64_C(3600000000000);
    scripts[0].delay_ns = 1010000000; /* it is taken for a second old */
    scripts[1].delay_ns = 100000000;
    loop = make_loop(&port, NULL);
    loop.answers = 3;
    assert_int_equal(loop_run(&loop), 0);
    check_numbers(wanted, COUNT(wanted));
    assert_true(clock_steady_ns() < start_ns + 5000000000);
    close(fds[0]);
    close(fds[1]);
}

/* A few thousand that are due at once do not keep frames from being read. */
static void
test_reading_goes_on(void **state)
{
    struct fake_port port;
    struct loop loop;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    begin(FRAMES);
    port = make_live(0, FRAMES, fds[0]);
    for (size_t i = 0; i < FRAMES; i++)
        scripts[i].delay_ns = i < FRAMES / 2 ? 3000000 : 0;
    loop = make_loop(&port, NULL);
    loop.answers = FRAMES;
    assert_int_equal(loop_run(&loop), 0);
    assert_int_equal(sending_count, FRAMES);
    check_sums(&loop);
    assert_true(loop.counters.frames == FRAMES);
    assert_in_range(most_at_once, 1, 1000);
    close(fds[0]);
    close(fds[1]);
}

static void
test_live_port_fails(void **state)
{
    struct fake_port first, second;
    struct loop loop;
    int fds[2];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    begin(12);
    first = make_live(0, 5, fds[0]);
    second = make_live(5, 12, fds[0]);
    for (size_t i = 0; i < 12; i++)
        scripts[i].delay_ns = 2000000;
    first.fail_at = 2;
    first.failure = PORT_FAILED;
    loop = make_loop(&first, &second);
    loop.is_one_by_one = false;
    loop.answers = 12;
    assert_int_equal(loop_run(&loop), -1);
    check_sums(&loop);
    assert_int_equal(first.sends, 2);
    assert_int_equal(second.sends, 7);
    assert_true(loop.counters.pending.refused == 1 && loop.counters.pending.abandoned == 3 && loop.counters.pending.sent == 8);
    close(fds[0]);
    close(fds[1]);
}

/* The last test, as it leaves the signal behind: it ends all at once, and what still waits is counted. */
static void
test_signal(void **state)
{
    struct fake_port port;
    struct loop loop;

    (void)state;
    begin(10);
    for (size_t i = 0; i < 10; i++)
        scripts[i].delay_ns = UINT64_C(3600000000000);
    scripts[3].delay_ns = 0;
    loop = make_loop(&port, NULL);
    loop.signal_fd = signals_open(false);
    assert_true(loop.signal_fd >= 0);
    port = make_live(0, 10, loop.signal_fd);
    port.raises_at_end = true;
    assert_int_equal(loop_run(&loop), 0);
    check_sums(&loop);
    assert_true(loop.counters.pending.abandoned == 9 && sending_count == 1);
    signals_close();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_waits),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_many_delays),
        cmocka_unit_test(test_time_goes_back),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_overtaken),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_no_room_for_copies),
        cmocka_unit_test(test_errors_are_not_sent),
        cmocka_unit_test(test_enough_answers),
        cmocka_unit_test(test_each_sending_fails_once),
        cmocka_unit_test(test_each_sending_fails_once_with_many),
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_clock_is_set),
        cmocka_unit_test(test_reading_goes_on),
        cmocka_unit_test(test_live_port_fails),
        cmocka_unit_test(test_signal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
