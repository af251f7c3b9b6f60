/* Workers on ports in memory: together they do what one does, each thing once. */
#include "unit.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "memory_port.h"
#include "turn.h"
#include "workers.h"

enum { WORKERS = 4, ROUNDS = 5000 };

static struct responder responder;
static const struct log quiet = {.is_quiet = true};

/* What a run of several workers leaves, each with a port. */
struct run_of_many {
    struct memory_port ports[WORKERS];
    struct loop loop;
    int rc;
};

static unsigned
sum_sent(const struct run_of_many *many)
{
    unsigned sum = 0;

    for (int i = 0; i < WORKERS; i++)
        sum += many->ports[i].sent;
    return sum;
}

static void
assert_closed(const struct run_of_many *many)
{
    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(many->ports[i].closed, 1);
}

static void
prepare(struct run_of_many *many, unsigned frames)
{
    *many = (struct run_of_many){.rc = 0};
    for (int i = 0; i < WORKERS; i++) {
        many->ports[i] = memory_port_make(frames);
        many->ports[i].port.fd = open("/dev/null", O_RDONLY); /* always readable, as only a live port is shared */
        assert_true(many->ports[i].port.fd >= 0);
        many->ports[i].port.takes_many = true;
    }
}

static void
run(struct run_of_many *many)
{
    struct loop *loop = &many->loop;
    char errbuf[PORT_ERRBUF];

    responder_init(&responder, 1);
    loop->responder = &responder;
    loop->log = &quiet;
    loop->signal_fd = -1;
    loop->pending_most = 10;
    loop->workers = workers_open(loop, WORKERS, errbuf);
    assert_non_null(loop->workers);
    for (int i = 0; i < WORKERS; i++) {
        struct loop *one = i == 0 ? loop : &loop->workers->loops[i - 1];

        one->ports[one->port_count++] = &many->ports[i].port;
    }
    many->rc = loop_run(loop);
    workers_close(loop->workers);
    for (int i = 0; i < WORKERS; i++)
        close(many->ports[i].port.fd);
}

static void
test_all_frames_are_answered_once(void **state)
{
    static struct run_of_many many;

    (void)state;
    prepare(&many, 3000);
    many.ports[0].frames = 5000; /* when the first one ends, all do */
    run(&many);
    assert_int_equal(many.rc, 0);
    assert_int_equal(many.ports[0].sent, 5000);
    assert_true(many.loop.counters.frames == sum_sent(&many));
    assert_true(many.loop.counters.requests_by[VERDICT_ANSWERED] == sum_sent(&many));
    assert_int_equal(many.loop.counters.dropped, 3 * WORKERS);
    assert_closed(&many);
}

static void
test_enough_is_enough_for_all(void **state)
{
    static struct run_of_many many;

    (void)state;
    for (unsigned answers = 1; answers < 2000; answers += 111) {
        prepare(&many, 1000000);
        many.loop.answers = answers;
        run(&many);
        assert_int_equal(many.rc, 0);
        assert_int_equal(sum_sent(&many), answers);
        assert_true(many.loop.counters.requests_by[VERDICT_ANSWERED] == answers);
        assert_closed(&many);
    }
}

static void
test_a_worker_that_fails_is_trouble(void **state)
{
    static struct run_of_many many;

    (void)state;
    for (int who = 0; who < WORKERS; who++)
        for (unsigned fail_at = 1; fail_at < 200; fail_at += 33) {
            prepare(&many, 500);
            many.loop.answers = 100000;
            many.ports[who].fail_at = fail_at;
            many.ports[who].failure = PORT_FAILED;
            run(&many);
            if (many.ports[who].calls >= fail_at)
                assert_int_equal(many.rc, -1);
            assert_true(many.loop.counters.frames == many.loop.counters.requests_by[VERDICT_ANSWERED] +
                                                         many.loop.counters.requests_by[VERDICT_TX_FAIL]);
            assert_true(many.loop.counters.requests_by[VERDICT_ANSWERED] == sum_sent(&many));
            assert_closed(&many);
        }
}

/* Something that two threads at a time would spoil. */
struct till {
    struct turn turn;
    volatile unsigned long sum;
    volatile bool is_open;
};

static void *
pay_in(void *where)
{
    struct till *till = where;
    bool was_open = false;

    for (int i = 0; i < ROUNDS; i++) {
        turn_take(&till->turn);
        was_open |= till->is_open;
        till->is_open = true;
        till->sum = till->sum + 1;
        till->is_open = false;
        turn_leave(&till->turn);
    }
    return was_open ? where : NULL;
}

static void
test_one_at_a_time_has_the_turn(void **state)
{
    static struct till till;
    pthread_t threads[WORKERS];
    void *spoilt;

    (void)state;
    assert_int_equal(turn_init(&till.turn), 0);
    for (int i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, pay_in, &till), 0);
    for (int i = 0; i < WORKERS; i++) {
        assert_int_equal(pthread_join(threads[i], &spoilt), 0);
        assert_null(spoilt);
    }
    assert_int_equal(till.sum, (unsigned long)WORKERS * ROUNDS);
    turn_destroy(&till.turn);
}

/* Who asked first has it first. */
static void
test_the_turn_goes_around(void **state)
{
    static struct turn turn;

    (void)state;
    assert_int_equal(turn_init(&turn), 0);
    turn_take(&turn);
    assert_true(atomic_load(&turn.next) == 1 && atomic_load(&turn.serving) == 0);
    turn_leave(&turn);
    turn_take(&turn);
    turn_leave(&turn);
    assert_true(atomic_load(&turn.next) == 2 && atomic_load(&turn.serving) == 2);
    turn_take(NULL);
    turn_leave(NULL);
    turn_destroy(&turn);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_frames_are_answered_once), cmocka_unit_test(test_enough_is_enough_for_all),
        cmocka_unit_test(test_a_worker_that_fails_is_trouble), cmocka_unit_test(test_one_at_a_time_has_the_turn),
        cmocka_unit_test(test_the_turn_goes_around),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
