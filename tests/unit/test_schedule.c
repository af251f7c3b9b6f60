/* The schedule: against a plain list that does the same, at its limits, and with a million replies at once. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "responder/random.h"
#include "responder/schedule.h"

enum { MODEL = 400, MANY = 1000000, LONGEST = 70000, COLLIDING = SCHEDULE_FLOWS };

static struct schedule schedule;
static struct random chance;
static uint8_t bytes[LONGEST + 256];

static int
begin(void **state)
{
    (void)state;
    random_init(&chance, 1);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)random_next(&chance);
    schedule_init(&schedule, SCHEDULE_DEFAULT);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    while (schedule.part_count > 0)
        free(schedule.parts[--schedule.part_count]);
    return 0;
}

static void
supply(void)
{
    void *memory = malloc(SCHEDULE_PART_LEN);

    assert_non_null(memory);
    schedule_supply(&schedule, memory);
}

/* A reply with contents and a port that tell it from others. */
static struct schedule_reply
make(uint64_t due_ns, unsigned id, size_t len)
{
    return (struct schedule_reply){bytes + id % 256, len, due_ns, id % 4096, 0};
}

static enum schedule_result
add(uint64_t due_ns, unsigned id, size_t len, uint64_t flow, unsigned behind)
{
    struct schedule_reply reply = make(due_ns, id, len);
    enum schedule_result result = schedule_add_behind(&schedule, &reply, flow, behind);

    if (result != SCHEDULE_NEEDS_MEMORY)
        return result;
    supply();
    return schedule_add_behind(&schedule, &reply, flow, behind);
}

static void
check_reply(const struct schedule_reply *got, uint64_t due_ns, unsigned id, size_t len)
{
    assert_true(got->due_ns == due_ns);
    assert_int_equal(got->port, id % 4096);
    assert_int_equal(got->len, len);
    assert_memory_equal(got->data, bytes + id % 256, len);
}

static void
take(uint64_t now_ns, uint64_t due_ns, unsigned id)
{
    struct schedule_reply got;

    assert_true(schedule_take(&schedule, now_ns, &got));
    check_reply(&got, due_ns, id, got.len);
}

static void
take_nothing(uint64_t now_ns)
{
    struct schedule_reply got;

    assert_false(schedule_take(&schedule, now_ns, &got));
}

static void
test_empty(void **state)
{
    (void)state;
    assert_true(schedule_due(&schedule) == UINT64_MAX);
    take_nothing(UINT64_MAX);
    schedule_follow(&schedule, 7, 1);
    assert_null(schedule_release(&schedule));
}

static void
test_order(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++)
        for (unsigned time = 3; time > 0; time--)
            assert_int_equal(add(time, 10 * time + i, 98, 0, 0), SCHEDULE_ADDED);
    assert_true(schedule_due(&schedule) == 1);
    take_nothing(0);
    for (unsigned time = 1; time <= 3; time++)
        for (unsigned i = 0; i < 5; i++)
            take(time, time, 10 * time + i);
    take_nothing(UINT64_MAX);
    assert_int_equal(schedule.waiting, 0);
}

/* Times at the end of the clock are no special ones. */
static void
test_latest_times(void **state)
{
    (void)state;
    assert_int_equal(add(UINT64_MAX, 1, 98, 5, 1), SCHEDULE_ADDED);
    assert_int_equal(add(UINT64_MAX, 2, 98, 0, 0), SCHEDULE_ADDED);
    assert_int_equal(add(0, 3, 98, 0, 0), SCHEDULE_ADDED);
    take(0, 0, 3);
    take_nothing(UINT64_MAX - 2);
    take(UINT64_MAX, UINT64_MAX - 1, 1);
    take(UINT64_MAX, UINT64_MAX - 1, 2);
    take_nothing(UINT64_MAX);
}

static void
test_all_sizes(void **state)
{
    static const size_t edges[] = {0, 1, 59, 60, 97, 98, 118, 123, 124, 125, 247, 248, 249, 372, 1514, 65535, 65600, LONGEST};
    struct schedule_reply got;

    (void)state;
    for (size_t i = 0; i < COUNT(edges); i++)
        assert_int_equal(add(1, (unsigned)i, edges[i], 0, 0), SCHEDULE_ADDED);
    for (size_t i = 0; i < COUNT(edges); i++) {
        assert_true(schedule_take(&schedule, 1, &got));
        check_reply(&got, 1, (unsigned)i, edges[i]);
    }
    for (size_t len = 0; len <= LONGEST; len += 37) {
        assert_int_equal(add(len, (unsigned)len, len, 0, 0), SCHEDULE_ADDED);
        if (len % 2 == 0)
            continue;
        assert_true(schedule_take(&schedule, UINT64_MAX, &got));
        check_reply(&got, got.due_ns, (unsigned)got.due_ns, (size_t)got.due_ns);
    }
    while (schedule_take(&schedule, UINT64_MAX, &got))
        check_reply(&got, got.due_ns, (unsigned)got.due_ns, (size_t)got.due_ns);
    assert_int_equal(add(1, 1, SCHEDULE_REPLY_MAX + 1, 0, 0), SCHEDULE_FULL);
    assert_int_equal(schedule.waiting, 0);
}

static void
test_most(void **state)
{
    (void)state;
    schedule.most = 3;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(add(i, i, 98, 0, i == 2), SCHEDULE_ADDED);
    assert_int_equal(add(0, 9, 98, 0, 0), SCHEDULE_FULL);
    assert_int_equal(add(0, 9, 98, 0, 1), SCHEDULE_FULL);
    take(0, 0, 0);
    assert_int_equal(add(0, 9, 98, 0, 0), SCHEDULE_ADDED);
    assert_int_equal(add(0, 9, 98, 0, 0), SCHEDULE_FULL);
}

/* Nothing is half added when memory runs out, in the middle or at the end of all. */
static void
test_memory(void **state)
{
    struct schedule_reply reply = make(5, 5, 65535), small = make(6, 6, 98);
    size_t count = 0;

    (void)state;
    assert_int_equal(schedule_add(&schedule, &reply), SCHEDULE_NEEDS_MEMORY);
    assert_int_equal(schedule.waiting, 0);
    supply();
    for (; schedule_add(&schedule, &reply) == SCHEDULE_ADDED; count++)
        ;
    assert_int_equal(schedule.waiting, count);
    assert_true(count >= 10 && count <= 16);
    while (schedule_add(&schedule, &small) == SCHEDULE_ADDED)
        count++;
    assert_int_equal(schedule_add_behind(&schedule, &small, 1, 1), SCHEDULE_NEEDS_MEMORY);
    assert_int_equal(schedule.waiting, count);
    take(5, 5, 5);
    assert_int_equal(schedule_add_behind(&schedule, &small, 1, 1), SCHEDULE_ADDED);
    assert_int_equal(schedule_add(&schedule, &reply), SCHEDULE_NEEDS_MEMORY);
    for (; count > 0; count--)
        assert_true(schedule_take(&schedule, 6, &reply));
    take_nothing(UINT64_MAX);
}

/* The last part may be filled to the end, and then it is full for good. */
static void
test_all_parts(void **state)
{
    struct schedule_reply reply = make(1, 1, LONGEST), got;
    struct schedule_reply small = make(2, 2, 98);
    size_t used = 0;

    (void)state;
    supply();
    while (schedule_add(&schedule, &reply) == SCHEDULE_ADDED)
        used++;
    /* As if all others were in use: nobody looks into them. */
    for (size_t i = 1; i < SCHEDULE_PARTS; i++)
        schedule.parts[i] = schedule.parts[0];
    schedule.used += (uint32_t)(SCHEDULE_PARTS - 1) * 6656;
    schedule.part_count = SCHEDULE_PARTS;
    assert_int_equal(schedule_add(&schedule, &reply), SCHEDULE_FULL);
    schedule.used -= (uint32_t)(SCHEDULE_PARTS - 1) * 6656;
    schedule.part_count = 1;
    while (schedule_add(&schedule, &small) == SCHEDULE_ADDED)
        used++;
    for (; used > 0; used--)
        assert_true(schedule_take(&schedule, 2, &got));
    take_nothing(2);
}

static void
test_release(void **state)
{
    struct schedule_reply got;

    (void)state;
    for (unsigned i = 0; i < 20000; i++)
        assert_int_equal(add(i, i, 98, 0, 0), SCHEDULE_ADDED);
    assert_int_equal(schedule.part_count, 4);
    for (unsigned i = 0; i < 20000; i++) {
        assert_null(schedule_release(&schedule));
        take(i, i, i);
    }
    for (int i = 0; i < 3; i++)
        free(schedule_release(&schedule));
    assert_int_equal(schedule.part_count, 1);
    for (unsigned i = 0; i < 20000; i++)
        assert_int_equal(add(i, i, 98, 0, 0), SCHEDULE_ADDED);
    assert_int_equal(schedule.part_count, 4);
    while (schedule_take(&schedule, UINT64_MAX, &got))
        ;
    while (schedule.part_count > 0)
        free(schedule_release(&schedule));
    assert_null(schedule_release(&schedule));
}

/* Three frames of a reply wait for two others of their flow, and follow the second. */
static void
test_overtaken(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(add(1000, i, 98, 77, 2), SCHEDULE_ADDED);
    schedule_follow(&schedule, 78, 10);
    schedule_follow(&schedule, 77, 10);
    assert_true(schedule_due(&schedule) == 1000);
    take_nothing(999);
    assert_int_equal(add(20, 9, 98, 0, 0), SCHEDULE_ADDED);
    schedule_follow(&schedule, 77, 20);
    assert_true(schedule_due(&schedule) == 20);
    take(20, 20, 9);
    for (unsigned i = 0; i < 3; i++)
        take(20, 20, i);
    take_nothing(UINT64_MAX);
}

static void
test_not_overtaken(void **state)
{
    (void)state;
    assert_int_equal(add(1000, 1, 98, 77, 2), SCHEDULE_ADDED);
    assert_int_equal(add(1000, 2, 98, 0, 0), SCHEDULE_ADDED);
    schedule_follow(&schedule, 77, 10);
    take_nothing(999);
    take(1000, 1000, 1);
    take(1000, 1000, 2);
    schedule_follow(&schedule, 77, 2000);
    take_nothing(UINT64_MAX);
    /* One that leaves too late overtakes nobody. */
    assert_int_equal(add(3000, 3, 98, 77, 1), SCHEDULE_ADDED);
    schedule_follow(&schedule, 77, 5000);
    assert_true(schedule_due(&schedule) == 3000);
    take(3000, 3000, 3);
}

/* Each counts its own, and none leaves before one that came first. */
static void
test_several_of_a_flow(void **state)
{
    (void)state;
    assert_int_equal(add(1000, 1, 98, 5, 2), SCHEDULE_ADDED);
    schedule_follow(&schedule, 5, 10);
    assert_int_equal(add(1010, 2, 98, 5, 2), SCHEDULE_ADDED);
    assert_int_equal(add(1020, 3, 98, 5, 1), SCHEDULE_ADDED);
    schedule_follow(&schedule, 5, 20);
    take(20, 20, 1);
    take_nothing(999);
    schedule_follow(&schedule, 5, 30);
    take(30, 30, 2);
    take(30, 30, 3);
    /* The time of one that may wait less long is that of those before it. */
    assert_int_equal(add(1000, 4, 98, 5, 1), SCHEDULE_ADDED);
    assert_int_equal(add(500, 5, 98, 5, 1), SCHEDULE_ADDED);
    take_nothing(499);
    take(500, 500, 4);
    take(500, 500, 5);
    take_nothing(UINT64_MAX);
}

static void
test_collision(void **state)
{
    (void)state;
    assert_int_equal(add(1000, 1, 98, 5, 1), SCHEDULE_ADDED);
    assert_int_equal(add(1000, 2, 98, 5, 1), SCHEDULE_ADDED);
    take_nothing(100);
    assert_int_equal(add(2000, 3, 98, 5 + COLLIDING, 1), SCHEDULE_ADDED);
    take(100, 100, 1);
    take(100, 100, 2);
    schedule_follow(&schedule, 5, 150);
    take_nothing(1999);
    schedule_follow(&schedule, 5 + COLLIDING, 160);
    take(160, 160, 3);
}

static void
test_many_flows(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SCHEDULE_FLOWS; i++) /* 389 is odd: each flow has its turn */
        assert_int_equal(add(1000 + 389 * i % SCHEDULE_FLOWS, i, 98, i, 1), SCHEDULE_ADDED);
    for (unsigned i = 0; i < SCHEDULE_FLOWS; i += 2)
        schedule_follow(&schedule, i, 10);
    for (unsigned i = 0; i < SCHEDULE_FLOWS; i += 2)
        take(10, 10, i);
    for (unsigned left = 0, time = 0; left < SCHEDULE_FLOWS / 2; time++) {
        uint64_t due_ns = schedule_due(&schedule);
        struct schedule_reply got;

        assert_true(due_ns >= 1000 + time);
        take_nothing(due_ns - 1);
        while (schedule_take(&schedule, due_ns, &got)) {
            assert_true(got.due_ns == due_ns && 1000 + 389 * got.port % SCHEDULE_FLOWS == due_ns);
            left++;
        }
    }
    take_nothing(UINT64_MAX);
}

/* What the model knows of a reply: a list in the order of serial numbers, looked through from end to end. */
struct model_reply {
    uint64_t due_ns, serial, flow;
    unsigned id;
    unsigned behind; /* still to come */
    size_t len;
    bool is_held;
};

struct model {
    struct model_reply replies[MODEL];
    size_t count;
    uint64_t serial;
};

static struct model model;

/* Those whose time is up leave in the order of their times, and then of their coming. */
static void
model_expire(uint64_t now_ns)
{
    for (size_t i = 0; i < model.count; i++)
        if (model.replies[i].due_ns <= now_ns)
            model.replies[i].is_held = false;
}

static void
model_follow(uint64_t flow, uint64_t due_ns)
{
    bool is_first = true;

    for (size_t i = 0; i < model.count; i++) {
        struct model_reply *reply = &model.replies[i];

        if (!reply->is_held || reply->flow != flow)
            continue;
        if (reply->behind > 0)
            reply->behind--;
        if (!is_first || reply->behind > 0) {
            is_first = false;
            continue;
        }
        reply->is_held = false;
        if (due_ns <= reply->due_ns) {
            reply->due_ns = due_ns;
            reply->serial = model.serial++;
        }
    }
}

static void
model_add(const struct model_reply *reply)
{
    assert_true(model.count < MODEL);
    model.replies[model.count] = *reply;
    model.replies[model.count++].serial = model.serial++;
}

/* Takes the first out, as the schedule does, if it is due. */
static bool
model_take(uint64_t now_ns, struct model_reply *taken)
{
    size_t best = SIZE_MAX;

    model_expire(now_ns);
    for (size_t i = 0; i < model.count; i++) {
        const struct model_reply *reply = &model.replies[i];

        if (reply->is_held || reply->due_ns > now_ns)
            continue;
        if (best == SIZE_MAX || reply->due_ns < model.replies[best].due_ns ||
            (reply->due_ns == model.replies[best].due_ns && reply->serial < model.replies[best].serial))
            best = i;
    }
    if (best == SIZE_MAX)
        return false;
    *taken = model.replies[best];
    memmove(&model.replies[best], &model.replies[best + 1], (--model.count - best) * sizeof model.replies[0]);
    return true;
}

static void
compare_takes(uint64_t now_ns)
{
    struct schedule_reply got;
    struct model_reply wanted;

    while (model_take(now_ns, &wanted)) {
        assert_true(schedule_take(&schedule, now_ns, &got));
        check_reply(&got, wanted.due_ns, wanted.id, wanted.len);
    }
    take_nothing(now_ns);
    assert_int_equal(schedule.waiting, model.count);
}

/* Times in the model only grow, so that of a flow nobody waits less long than one before it: `within` is the same for all. */
static void
test_model(void **state)
{
    uint64_t now_ns = 1000;
    unsigned id = 0;

    (void)state;
    model.count = 0;
    for (int step = 0; step < 200000; step++) {
        uint64_t flow = random_below(&chance, 20);
        struct model_reply reply = {now_ns + random_below(&chance, 50), 0, flow, id++, 0, (unsigned)random_below(&chance, 300), false};

        if (random_below(&chance, 100) == 0)
            reply.len = (size_t)random_below(&chance, 3000);
        if (random_below(&chance, 3) == 0) {
            reply.behind = 1 + (unsigned)random_below(&chance, 3);
            reply.is_held = true;
            reply.due_ns = now_ns + 40;
        }
        if (model.count < MODEL && random_below(&chance, 5) > 0) {
            assert_int_equal(add(reply.due_ns, reply.id, reply.len, flow, reply.behind), SCHEDULE_ADDED);
            model_add(&reply);
        }
        if (reply.behind == 0) {
            schedule_follow(&schedule, flow, now_ns);
            model_follow(flow, now_ns);
        }
        if (random_below(&chance, 4) == 0)
            compare_takes(now_ns += random_below(&chance, 8));
    }
    compare_takes(UINT64_MAX);
    assert_int_equal(schedule.waiting, 0);
}

/* A million replies at once, in and out in the order of their times, in a second or so and 160 bytes each. */
static void
test_a_million(void **state)
{
    clock_t start = clock();
    uint64_t last_ns = 0;
    struct schedule_reply got;

    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(add(random_next(&chance) >> 20, i, 98, 0, 0), SCHEDULE_ADDED);
    assert_true(schedule.part_count < 160);
    for (unsigned i = 0; i < MANY; i++) {
        assert_true(schedule_take(&schedule, UINT64_MAX, &got));
        assert_true(got.due_ns >= last_ns && got.len == 98);
        last_ns = got.due_ns;
    }
    take_nothing(UINT64_MAX);
    assert_true((clock() - start) / CLOCKS_PER_SEC < 30); /* and not the hours of a list */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_empty, begin, end),
        cmocka_unit_test_setup_teardown(test_order, begin, end),
        cmocka_unit_test_setup_teardown(test_latest_times, begin, end),
        cmocka_unit_test_setup_teardown(test_all_sizes, begin, end),
        cmocka_unit_test_setup_teardown(test_most, begin, end),
        cmocka_unit_test_setup_teardown(test_memory, begin, end),
        cmocka_unit_test_setup_teardown(test_all_parts, begin, end),
        cmocka_unit_test_setup_teardown(test_release, begin, end),
        cmocka_unit_test_setup_teardown(test_overtaken, begin, end),
        cmocka_unit_test_setup_teardown(test_not_overtaken, begin, end),
        cmocka_unit_test_setup_teardown(test_several_of_a_flow, begin, end),
        cmocka_unit_test_setup_teardown(test_collision, begin, end),
        cmocka_unit_test_setup_teardown(test_many_flows, begin, end),
        cmocka_unit_test_setup_teardown(test_model, begin, end),
        cmocka_unit_test_setup_teardown(test_a_million, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
