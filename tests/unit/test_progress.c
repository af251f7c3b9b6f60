/* The words of the progress line. */
#include "unit.h"

#include "progress.h"

static void
test_text(void **state)
{
    static const struct {
        uint64_t taken, size, elapsed_ms;
        const char *text;
    } cases[] = {
        {0, 1000, 1000, "0 B of 1.0 kB (0%), 0 B/s"},
        {500, 1000, 1000, "500 B of 1.0 kB (50%), 500 B/s, 1 s left"},
        {12300000, 100000000, 1000, "12.3 MB of 100.0 MB (12%), 12.3 MB/s, 7 s left"},
        {1000000, 100000000, 1000, "1.0 MB of 100.0 MB (1%), 1.0 MB/s, 1 min 39 s left"},
        {1000000000, 10000000000000, 1000, "1.0 GB of 10.0 TB (0%), 1.0 GB/s, 2 h 46 min left"},
        {1, UINT64_C(1000000000000000), 1000000, "1 B of 1000.0 TB (0%), 0 B/s, 277 h 46 min left"},
        {2000, 0, 1000, "2.0 kB, 2.0 kB/s"},
        {2000, 1000, 1000, "2.0 kB, 2.0 kB/s"},
        {2000, 2000, 0, "2.0 kB of 2.0 kB (100%), 0 B/s"},
    };
    char text[PROGRESS_TEXT];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        progress_text(text, cases[i].taken, cases[i].size, cases[i].elapsed_ms);
        assert_string_equal(text, cases[i].text);
    }
}

/* A second passes before the first one, a tenth of one before each other. */
static void
test_times(void **state)
{
    struct progress progress = {.is_wanted = true, .next_ms = 2000};

    (void)state;
    assert_false(progress_is_due(&progress, 1999));
    assert_true(progress_is_due(&progress, 2000));
    progress.is_wanted = false;
    assert_false(progress_is_due(&progress, 2000));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
