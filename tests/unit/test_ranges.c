/* Ranges of keys, at every number of them up to some levels, and the least of numbers between any two places. */
#include "unit.h"

#include <stdlib.h>

#include "responder/least.h"
#include "responder/ranges.h"

enum { MOST = 700 };

static const struct key last = {UINT64_MAX, UINT64_MAX};

/* Range number `i` of `count`: ends that differ in the upper half only, in the lower one only, or in both. */
static struct key
end_of(size_t i, size_t count, bool is_wide)
{
    if (i + 1 == count)
        return last;
    if (!is_wide)
        return (struct key){(uint64_t)(3 * i + 1) << 32 | UINT32_MAX, UINT64_MAX};
    return (struct key){i / 5, i % 5 == 4 ? UINT64_MAX : 7 * (i % 5)};
}

static void
check(const struct ranges *ranges, struct key key, size_t wanted)
{
    assert_int_equal(ranges_find(ranges, key), wanted);
}

static void
check_ranges(size_t count, bool is_wide)
{
    void *memory = aligned_alloc(RANGES_ALIGNMENT, (ranges_size(count, is_wide) + RANGES_ALIGNMENT - 1) / RANGES_ALIGNMENT *
                                                       RANGES_ALIGNMENT);
    struct ranges ranges;

    assert_non_null(memory);
    ranges_init(&ranges, is_wide, count, memory);
    for (size_t i = 0; i < count; i++)
        ranges_add(&ranges, end_of(i, count, is_wide), (struct ranges_value){1, (uint8_t)i, 0, 0});
    ranges_finish(&ranges);
    check(&ranges, (struct key){0, 0}, 0);
    check(&ranges, last, count - 1);
    for (size_t i = 0; i < count; i++) {
        struct key end = end_of(i, count, is_wide);

        check(&ranges, end, i);
        if (i + 1 < count)
            check(&ranges, key_behind(end), i + 1);
        assert_int_equal(ranges_end(&ranges, i).high >> 32, end.high >> 32);
        assert_int_equal(ranges_value(&ranges, i).len, (uint8_t)i);
    }
    free(memory);
}

static void
test_every_number_of_ranges(void **state)
{
    (void)state;
    for (size_t count = 1; count <= MOST; count++) {
        check_ranges(count, false);
        check_ranges(count, true);
    }
}

static void
test_least_between_any_places(void **state)
{
    enum { COUNT_MOST = 40 };
    uint32_t memory[2 * COUNT_MOST];
    struct least least;

    (void)state;
    for (size_t count = 1; count <= COUNT_MOST; count++) {
        assert_true(least_size(count) <= sizeof memory);
        least_init(&least, count, memory);
        for (size_t i = 0; i < count; i++)
            least.numbers[i] = (uint32_t)(i * 29 % 41);
        least_finish(&least, count);
        for (size_t from = 0; from < count; from++)
            for (size_t to = from, best = from; to < count; to++) {
                if (least.numbers[to] < least.numbers[best])
                    best = to;
                assert_int_equal(least_between(&least, from, to), best);
            }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_number_of_ranges),
        cmocka_unit_test(test_least_between_any_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
