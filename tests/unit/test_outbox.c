/* The outbox on a port in memory that takes some and refuses some: every reply is taken or told of, and counted as what it became. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "loop.h"

enum { MOST = 1000, LEN = 98 };

struct taken {
    unsigned number;
    bool is_alone; /* by send(), not by send_many() */
};

struct fake_port {
    struct port port;
    struct taken taken[MOST];
    size_t count;    /* of those */
    size_t offered;  /* replies so far, one that is offered again not counted again */
    size_t calls;    /* of send_many() */
    size_t most;     /* that send_many() takes in one call */
    bool refuses[MOST];
    size_t end_at;   /* the offer from which on the port is no more; MOST: none */
};

static struct loop loop;
static struct outbox outbox;
static const struct log quiet = {.is_quiet = true};
static uint8_t bytes[OUTBOX_REPLY_MOST];

static enum port_result
offer(struct fake_port *fake, const struct reply *reply, bool is_alone)
{
    size_t at = fake->offered++;

    assert_in_range(at, 0, MOST - 1);
    strcpy(fake->port.errbuf, "as asked");
    if (at >= fake->end_at)
        return PORT_FAILED;
    if (fake->refuses[at])
        return PORT_REFUSED;
    memcpy(&fake->taken[fake->count].number, reply->data, sizeof fake->taken[0].number);
    fake->taken[fake->count++].is_alone = is_alone;
    return PORT_DONE;
}

static enum port_result
fake_send(struct port *port, const struct frame *request, const struct reply *reply)
{
    (void)request;
    return offer((struct fake_port *)port, reply, true);
}

/* Like sendmmsg(2), it may stop after any of them. */
static size_t
fake_send_many(struct port *port, const struct reply *replies, size_t count, enum port_result *result)
{
    struct fake_port *fake = (struct fake_port *)port;
    size_t sent = 0;

    fake->calls++;
    for (; sent < count && (*result = offer(fake, &replies[sent], false)) == PORT_DONE; sent++)
        ;
    return sent;
}

static const struct port_ops fake_ops = {.send = fake_send, .send_many = fake_send_many};

static void
begin(struct fake_port *fake)
{
    memset(fake, 0, sizeof *fake);
    fake->port = (struct port){.ops = &fake_ops, .name = "fake", .takes_many = true};
    fake->end_at = MOST;
    loop = (struct loop){.log = &quiet, .ports = {&fake->port}, .port_count = 1};
    outbox_init(&outbox, &loop);
    outbox_begin(&outbox, 0);
}

/* A frame with so many replies of `len` bytes, all with the frame's number in them.  Returns what the port says. */
static enum port_result
answer(unsigned number, size_t replies, size_t len)
{
    struct reply *list = calloc(replies, sizeof *list);
    enum port_result result, worst = PORT_DONE;

    assert_non_null(list);
    memcpy(bytes, &number, sizeof number);
    for (size_t i = 0; i < replies; i++)
        list[i] = (struct reply){bytes, len, 0};
    result = outbox_make_room(&outbox, list, replies);
    assert_int_equal(result, PORT_DONE);
    for (size_t i = 0; i < replies; i++)
        if ((result = outbox_send(&outbox, 0, NULL, &list[i], OUTBOX_FRAME)) != PORT_DONE)
            worst = result;
    counters_add(&loop.counters, worst == PORT_DONE ? VERDICT_ANSWERED : VERDICT_TX_FAIL, true);
    outbox_mark(&outbox, worst == PORT_DONE ? VERDICT_ANSWERED : VERDICT_TX_FAIL, true);
    memset(bytes, 0xff, sizeof number); /* what it keeps is a copy */
    free(list);
    return worst;
}

static void
check(const struct fake_port *fake, size_t answered, size_t failed)
{
    assert_int_equal(loop.counters.requests_by[VERDICT_ANSWERED], answered);
    assert_int_equal(loop.counters.requests_by[VERDICT_TX_FAIL], failed);
    for (size_t i = 1; i < fake->count; i++)
        assert_true(fake->taken[i - 1].number <= fake->taken[i].number);
}

/* The first one may be the only one, and goes at once. */
static void
test_one_by_itself_and_the_others_together(void **state)
{
    struct fake_port fake;

    (void)state;
    begin(&fake);
    assert_int_equal(answer(0, 1, LEN), PORT_DONE);
    assert_int_equal(fake.count, 1);
    for (unsigned i = 1; i < 10; i++)
        assert_int_equal(answer(i, 1, LEN), PORT_DONE);
    assert_int_equal(fake.count, 1);
    assert_int_equal(outbox_flush(&outbox), PORT_DONE);
    assert_int_equal(fake.count, 10);
    assert_int_equal(fake.calls, 1);
    check(&fake, 10, 0);
    assert_int_equal(outbox_flush(&outbox), PORT_DONE);
    assert_int_equal(fake.calls, 1);
    outbox_end(&outbox);
}

/* Each reply is refused once, wherever it stands, and so is each pair of them. */
static void
test_refused(void **state)
{
    struct fake_port fake;

    (void)state;
    for (size_t first = 0; first < 10; first++)
        for (size_t second = first; second < 10; second++) {
            size_t failed = first == second ? 1 : 2;

            begin(&fake);
            fake.refuses[first] = fake.refuses[second] = true;
            for (unsigned i = 0; i < 10; i++)
                assert_int_equal(answer(i, 1, LEN), i == 0 && first == 0 ? PORT_REFUSED : PORT_DONE);
            assert_int_equal(outbox_flush(&outbox), PORT_DONE);
            assert_int_equal(fake.count, 10 - failed);
            check(&fake, 10 - failed, failed);
            outbox_end(&outbox);
        }
}

/* A frame counts once, however many of its replies are refused, and whether at once or later. */
static void
test_several_of_one_frame(void **state)
{
    struct fake_port fake;

    (void)state;
    begin(&fake);
    fake.refuses[0] = fake.refuses[1] = fake.refuses[4] = fake.refuses[5] = true;
    assert_int_equal(answer(0, 3, LEN), PORT_REFUSED);
    assert_int_equal(answer(1, 3, LEN), PORT_DONE);
    assert_int_equal(answer(2, 3, LEN), PORT_DONE);
    assert_int_equal(outbox_flush(&outbox), PORT_DONE);
    check(&fake, 1, 2);
    assert_int_equal(fake.count, 5);
    outbox_end(&outbox);
}

/* The port that has to end takes nothing more, and nobody was answered by it. */
static void
test_port_ends(void **state)
{
    struct fake_port fake;

    (void)state;
    begin(&fake);
    fake.end_at = 4;
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(answer(i, 1, LEN), PORT_DONE);
    assert_int_equal(outbox_flush(&outbox), PORT_FAILED);
    assert_int_equal(fake.offered, 5);
    check(&fake, 4, 6);
    assert_int_equal(outbox_flush(&outbox), PORT_DONE);
    outbox_end(&outbox);
}

/* More than it can keep goes when there is no more room, and the replies to one frame are never torn apart. */
static void
test_full(void **state)
{
    static const struct {
        size_t replies, len;
    } cases[] = {{1, LEN}, {3, LEN}, {7, 9000}, {1, OUTBOX_REPLY_MOST}, {2, OUTBOX_REPLY_MOST}, {3, OUTBOX_REPLY_MOST},
                 {OUTBOX_REPLIES, 60}, {OUTBOX_REPLIES + 1, 60}};
    struct fake_port fake;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t frames = MOST / cases[i].replies < 200 ? MOST / cases[i].replies : 200;

        begin(&fake);
        for (unsigned j = 0; j < frames; j++)
            assert_int_equal(answer(j, cases[i].replies, cases[i].len), PORT_DONE);
        assert_int_equal(outbox_flush(&outbox), PORT_DONE);
        assert_int_equal(fake.count, frames * cases[i].replies);
        check(&fake, frames, 0);
        assert_true(fake.taken[fake.count - 1].is_alone == !(cases[i].replies * cases[i].len <= OUTBOX_BYTES && cases[i].replies <= OUTBOX_REPLIES));
        outbox_end(&outbox);
    }
}

static void
test_late(void **state)
{
    struct fake_port fake;
    struct reply reply = {bytes, LEN, 0};

    (void)state;
    begin(&fake);
    fake.refuses[2] = fake.refuses[5] = true;
    loop.counters.pending.sent = 9;
    for (size_t i = 0; i < 9; i++) {
        unsigned number = (unsigned)i;

        memcpy(bytes, &number, sizeof number);
        assert_int_equal(outbox_send(&outbox, 0, NULL, &reply, OUTBOX_LATE), PORT_DONE);
    }
    assert_int_equal(outbox_flush(&outbox), PORT_DONE);
    check(&fake, 0, 0);
    assert_true(loop.counters.pending.sent == 7 && loop.counters.pending.refused == 2 && fake.count == 7);
    outbox_end(&outbox);
}

/* Nothing is kept where a line says what became of each frame, or for a port that takes one at a time, or for another one. */
static void
test_at_once(void **state)
{
    static const struct log verbose = {.verbosity = 1};
    struct fake_port fake, other;
    struct reply reply = {bytes, LEN, 0};

    (void)state;
    begin(&fake);
    outbox_end(&outbox);
    loop.log = &verbose;
    outbox_init(&outbox, &loop);
    outbox_begin(&outbox, 0);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(answer(i, 1, LEN), PORT_DONE);
    assert_int_equal(fake.count, 10);
    assert_int_equal(fake.calls, 0);

    begin(&other);
    outbox_end(&outbox);
    begin(&fake);
    loop.ports[loop.port_count++] = &other.port;
    fake.port.takes_many = false;
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(answer(i, 1, LEN), PORT_DONE);
    for (unsigned i = 0; i < 10; i++)
        assert_int_equal(outbox_send(&outbox, 1, NULL, &reply, OUTBOX_LATE), PORT_DONE);
    assert_int_equal(fake.count, 10);
    assert_int_equal(other.count, 10);
    assert_int_equal(fake.calls + other.calls, 0);
    outbox_end(&outbox);
}

static uint64_t
count_latency(void)
{
    uint64_t count = 0;

    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        count += loop.latency.counts[i];
    return count;
}

/* Every reply to a frame that was taken is in the histogram, whether it left alone or with others; those that waited, or are to
 * nobody, are not, and without metrics none is. */
static void
test_latency(void **state)
{
    uint64_t now_ns = clock_day_ns();
    struct reply old = {bytes, LEN, now_ns - 2000000000}, early = {bytes, LEN, now_ns + 3600000000000};
    struct fake_port fake;

    (void)state;
    for (int wanted = 0; wanted < 2; wanted++) {
        begin(&fake);
        outbox_end(&outbox);
        loop.metrics = wanted ? (struct metrics *)&fake : NULL; /* that there are some is all it wants to know */
        outbox_init(&outbox, &loop);
        outbox_begin(&outbox, 0);
        fake.refuses[7] = true; /* one of those that leave together */
        for (unsigned i = 0; i < 10; i++)
            assert_int_equal(answer(i, 1, LEN), PORT_DONE);
        assert_int_equal(count_latency(), wanted);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(outbox_send(&outbox, 0, NULL, &old, OUTBOX_LATE), PORT_DONE);
            assert_int_equal(outbox_send(&outbox, 0, NULL, &old, OUTBOX_OWN), PORT_DONE);
        }
        assert_int_equal(outbox_send(&outbox, 0, NULL, &old, OUTBOX_FRAME), PORT_DONE);
        assert_int_equal(outbox_send(&outbox, 0, NULL, &early, OUTBOX_FRAME), PORT_DONE);
        assert_int_equal(outbox_flush(&outbox), PORT_DONE);
        assert_int_equal(count_latency(), wanted ? 11 : 0);
        assert_int_equal(loop.latency.counts[0], wanted); /* of the clock that was set */
        assert_int_equal(loop.latency.counts[HISTOGRAM_BOUNDS], wanted ? 10 : 0);
        outbox_end(&outbox);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_by_itself_and_the_others_together),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_several_of_one_frame),
        cmocka_unit_test(test_port_ends),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_at_once),
        cmocka_unit_test(test_latency),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
