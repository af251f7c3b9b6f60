/* Histograms: each time is in the bucket that its length belongs to, and what is joined is all there. */
#include "unit.h"

#include <string.h>

#include "histogram.h"

static void
test_bounds(void **state)
{
    static const unsigned steps[] = {1, 2, 5};
    uint64_t decade = 1000;

    (void)state;
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        assert_int_equal(histogram_bounds[i], decade * steps[i % 3]);
        if (i % 3 == 2)
            decade *= 10;
    }
    assert_int_equal(histogram_bounds[HISTOGRAM_BOUNDS - 1], 1000000000);
}

static void
check_bucket(uint64_t ns, size_t bucket)
{
    struct histogram histogram;

    memset(&histogram, 0, sizeof histogram);
    histogram_add(&histogram, ns);
    for (size_t i = 0; i <= HISTOGRAM_BOUNDS; i++)
        assert_int_equal(histogram.counts[i], i == bucket);
    assert_int_equal(histogram.sum_ns, ns);
}

/* A bound belongs to what is below it. */
static void
test_edges(void **state)
{
    (void)state;
    check_bucket(0, 0);
    check_bucket(1, 0);
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        check_bucket(histogram_bounds[i] - 1, i);
        check_bucket(histogram_bounds[i], i);
        check_bucket(histogram_bounds[i] + 1, i + 1);
    }
    check_bucket(UINT64_MAX, HISTOGRAM_BOUNDS);
}

static void
test_join(void **state)
{
    struct histogram all, parts[3], joined;

    (void)state;
    memset(&all, 0, sizeof all);
    memset(parts, 0, sizeof parts);
    memset(&joined, 0, sizeof joined);
    for (uint64_t i = 0; i < 3000; i++) {
        histogram_add(&all, i * i * 100);
        histogram_add(&parts[i % 3], i * i * 100);
    }
    for (size_t i = 0; i < 3; i++)
        histogram_join(&joined, &parts[i]);
    assert_memory_equal(&joined, &all, sizeof all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_join),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
