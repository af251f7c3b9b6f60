/* Random numbers and distributions: known numbers, and the shape of a million draws.  All seeds are fixed. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "responder/distribution.h"
#include "responder/random.h"

enum { DRAWS = 1000000, CELLS = 100, POINTS = 9 };

/* Worked out apart from this program, by the authors' definitions. */
static void
test_known_numbers(void **state)
{
    static const uint64_t wanted[] = {
        11520, 0, 1509978240, UINT64_C(1215971899390074240), UINT64_C(1216172134540287360), UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625), UINT64_C(8476171486693032832), UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576)};
    static const uint64_t seeded[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                      UINT64_C(9817491932198370423), UINT64_C(4593380528125082431)};
    struct random random = {{1, 2, 3, 4}};

    (void)state;
    for (size_t i = 0; i < COUNT(wanted); i++)
        assert_true(random_next(&random) == wanted[i]);
    random_init(&random, 1234567);
    for (size_t i = 0; i < COUNT(seeded); i++)
        assert_true(random.state[i] == seeded[i]);
    assert_true(random_next(&random) == UINT64_C(3504822795582309479));
}

/* 99 degrees of freedom: chi-square is beyond 148 in one of a thousand cases. */
static void
test_below_is_flat(void **state)
{
    static const uint64_t bounds[] = {CELLS, 3 * CELLS, UINT64_C(15000000000000000000)};
    struct random random;

    (void)state;
    for (size_t i = 0; i < COUNT(bounds); i++) {
        unsigned counts[CELLS] = {0};
        double chi = 0;

        random_init(&random, i);
        for (int draw = 0; draw < DRAWS; draw++) {
            uint64_t number = random_below(&random, bounds[i]);

            assert_true(number < bounds[i]);
            counts[number / (bounds[i] / CELLS)]++;
        }
        for (int cell = 0; cell < CELLS; cell++) {
            double off = counts[cell] - (double)(DRAWS / CELLS);

            chi += off * off / (DRAWS / CELLS);
        }
        assert_true(chi > 60 && chi < 148);
    }
    for (int draw = 0; draw < 100; draw++)
        assert_true(random_below(&random, 1) == 0);
}

static void
test_chance(void **state)
{
    static const uint64_t parts[] = {0, RANDOM_WHOLE / 1000, RANDOM_WHOLE / 3, RANDOM_WHOLE / 2, RANDOM_WHOLE};
    static const int wanted[] = {0, 1000, 333333, 500000, DRAWS};
    struct random random;

    (void)state;
    random_init(&random, 7);
    for (size_t i = 0; i < COUNT(parts); i++) {
        int hits = 0;

        for (int draw = 0; draw < DRAWS; draw++)
            hits += random_chance(&random, parts[i]);
        assert_true(abs(hits - wanted[i]) <= (i == 0 || i == 4 ? 0 : i == 1 ? 100 : 1500));
    }
}

/* Below so many numbers of a thousand there are, exactly; paretonormal's by numerical integration. */
static const int points[POINTS] = {1, 10, 100, 250, 500, 750, 900, 990, 999};
static const struct shape {
    enum distribution distribution;
    double deviation, least, most;
    double quantiles[POINTS]; /* 9: has none, as many are cut off there */
} shapes[] = {
    {DISTRIBUTION_UNIFORM, 0.577350, -1, 1, {-0.998, -0.98, -0.8, -0.5, 0, 0.5, 0.8, 0.98, 0.998}},
    {DISTRIBUTION_NORMAL, 1, -7, 7,
     {-3.090232, -2.326348, -1.281552, -0.674490, 0, 0.674490, 1.281552, 2.326348, 3.090232}},
    {DISTRIBUTION_PARETO, 1, -0.7516, 5.4582,
     {-0.750891, -0.746157, -0.695424, -0.593768, -0.344275, 0.168687, 1.056884, 4.952745, 9}},
    {DISTRIBUTION_PARETONORMAL, 1, -3, 7.5,
     {-1.50616, -1.23569, -0.84202, -0.58727, -0.24959, 0.24653, 1.06609, 4.64684, 5.55812}},
};

/* How many numbers are below each point varies by chance, with a deviation of root(n p (1 - p)). */
static void
check_counts(const int below[static POINTS], const struct shape *shape)
{
    for (int i = 0; i < POINTS; i++) {
        double share = points[i] / 1000.0, off = below[i] - share * DRAWS;

        if (shape->quantiles[i] < 9)
            assert_true(off * off < 16 * DRAWS * share * (1 - share));
    }
}

static void
test_distributions(void **state)
{
    struct random random;

    (void)state;
    for (size_t i = 0; i < COUNT(shapes); i++) {
        double sum = 0, squares = 0, variance = shapes[i].deviation * shapes[i].deviation;
        int below[POINTS] = {0};

        random_init(&random, 42 + i);
        for (int draw = 0; draw < DRAWS; draw++) {
            double number = (double)distribution_draw(shapes[i].distribution, &random) / DISTRIBUTION_ONE;

            assert_true(number >= shapes[i].least && number <= shapes[i].most);
            sum += number;
            squares += number * number;
            for (int j = 0; j < POINTS; j++)
                below[j] += number < shapes[i].quantiles[j];
        }
        assert_true(sum / DRAWS > -0.003 && sum / DRAWS < 0.003);
        assert_true(squares / DRAWS > variance * 0.99 && squares / DRAWS < variance * 1.01);
        check_counts(below, &shapes[i]);
    }
}

/* The same on every system, so these are known too. */
static void
test_draws_are_the_same_everywhere(void **state)
{
    static const int32_t wanted[DISTRIBUTIONS] = {395221436, 1873183736, 91080186, 988349746};
    struct random random;

    (void)state;
    for (int i = 0; i < DISTRIBUTIONS; i++) {
        uint32_t hash = 0;

        random_init(&random, 1);
        for (int draw = 0; draw < 1000; draw++)
            hash = hash * 31 + (uint32_t)distribution_draw((enum distribution)i, &random);
        assert_int_equal((int32_t)(hash >> 1), wanted[i]);
    }
}

static void
test_scale(void **state)
{
    const uint64_t widest = UINT64_C(1) << 47;

    (void)state;
    assert_true(distribution_scale(0, DISTRIBUTION_ONE) == 0);
    assert_true(distribution_scale(5000000, DISTRIBUTION_ONE) == 5000000);
    assert_true(distribution_scale(5000000, -DISTRIBUTION_ONE) == -5000000);
    assert_true(distribution_scale(3, DISTRIBUTION_ONE / 2) == 2); /* away from zero, on both sides */
    assert_true(distribution_scale(3, -DISTRIBUTION_ONE / 2) == -2);
    assert_true(distribution_scale(1000000007, 12345678) == 735859757);
    assert_true(distribution_scale(widest, 8 * DISTRIBUTION_ONE) == INT64_C(8) << 47);
    assert_true(distribution_scale(widest, -8 * DISTRIBUTION_ONE) == -(INT64_C(8) << 47));
    assert_true(distribution_scale(widest - 1, 1) == 8388608);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_numbers),
        cmocka_unit_test(test_below_is_flat),
        cmocka_unit_test(test_chance),
        cmocka_unit_test(test_distributions),
        cmocka_unit_test(test_draws_are_the_same_everywhere),
        cmocka_unit_test(test_scale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
