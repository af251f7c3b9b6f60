/* Lines that others can bring about: some at once, and then one now and then. */
#include "unit.h"

#include "hush.h"

/* How many of 100 lines at one time are told. */
static unsigned
told(struct hush *hush, uint64_t now_ms)
{
    unsigned count = 0;

    for (int i = 0; i < 100; i++)
        count += hush_allows(hush, now_ms);
    return count;
}

static void
test_bucket(void **state)
{
    struct hush hush = {0, 0};
    uint64_t now_ms = 1000;

    (void)state;
    assert_int_equal(told(&hush, now_ms), HUSH_LINES);
    assert_int_equal(told(&hush, now_ms + HUSH_EACH_MS - 1), 0);
    assert_int_equal(told(&hush, now_ms + HUSH_EACH_MS), 1);
    assert_int_equal(told(&hush, now_ms + 3 * HUSH_EACH_MS), 2);
    assert_int_equal(told(&hush, now_ms + 1000 * HUSH_EACH_MS), HUSH_LINES);
}

static void
test_one_now_and_then(void **state)
{
    struct hush hush = {0, 0};

    (void)state;
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(hush_allows(&hush, i * HUSH_EACH_MS));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bucket),
        cmocka_unit_test(test_one_now_and_then),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
