/* When to sleep, and when to go on looking. */
#include "unit.h"

#include <stdbool.h>

#include "spin.h"

enum { US = 1000, STEP = 1 * US };

/* Frames come one by one, `rest_ns` after there was nothing to read.  Returns for how long it looked in all, in ns. */
static uint64_t
look(struct spin *spin, unsigned frames, uint64_t rest_ns)
{
    static uint64_t now_ns = 1000000000;
    uint64_t awake_ns = 0;

    for (unsigned i = 0; i < frames; i++) {
        uint64_t end_ns = now_ns + rest_ns;

        while (now_ns < end_ns) {
            if (!spin_rest(spin, now_ns)) {
                now_ns = end_ns;
                break;
            }
            now_ns += STEP;
            awake_ns += STEP;
        }
        spin_hear(spin, now_ns);
        now_ns += 2 * US;
    }
    return awake_ns;
}

static bool
is_awake(struct spin *spin)
{
    return look(spin, 1, 10 * US) > 0;
}

static void
test_fixed(void **state)
{
    struct spin spin;

    (void)state;
    spin_init(&spin, 0);
    assert_true(look(&spin, 1000, 10 * US) == 0);
    spin_init(&spin, 100);
    assert_true(look(&spin, 1, 50 * US) == 0); /* nobody has asked anything yet */
    assert_true(look(&spin, 10, 50 * US) == 10 * 50 * US);
    assert_true(look(&spin, 10, 1000000 * US) == 10 * 100 * US);
    spin_init(&spin, SPIN_MOST);
    (void)look(&spin, 1, 1);
    assert_true(look(&spin, 1, UINT64_C(3600000000) * US) == (uint64_t)SPIN_MOST * US);
}

/* An interface where little or nothing happens is never looked at awake. */
static void
test_idle(void **state)
{
    static const uint64_t rests[] = {40 * US, 1000 * US, 1000000 * US};
    struct spin spin;

    (void)state;
    for (size_t i = 0; i < COUNT(rests); i++) {
        spin_init(&spin, SPIN_ADAPT);
        assert_true(look(&spin, 1000, rests[i]) == 0);
    }
}

static void
test_frames_come_fast(void **state)
{
    struct spin spin;

    (void)state;
    spin_init(&spin, SPIN_ADAPT);
    assert_true(look(&spin, 10, 10 * US) == 0); /* a few of them prove nothing */
    (void)look(&spin, 40, 10 * US);
    assert_true(look(&spin, 1000, 10 * US) == 1000 * 10 * US);
    /* At once nothing comes any more: it looks once more, and sleeps. */
    assert_true(look(&spin, 1, 1000000 * US) == 30 * US);
    assert_false(is_awake(&spin));
    /* In bursts, with long rests between them, there is never much. */
    for (unsigned i = 0; i < 100; i++)
        assert_true(look(&spin, 1, 10000 * US) <= 30 * US && look(&spin, 3, 5 * US) <= 15 * US);
    assert_false(is_awake(&spin));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_frames_come_fast),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
