/* Sequences of records aligned: what is missing, what is more, and what is only changed. */
#include "unit.h"

#include <string.h>

#include "align.h"

enum { FRAME = 40, MOST = 100 };

/* Frames like those of ping: most bytes alike, some counting on.  A letter names a record; capital and small letter are the
 * same record with one byte changed, and a digit is a letter's record at another time. */
static uint8_t frames[128][FRAME];

static struct align_record
record(char letter)
{
    uint8_t *frame = frames[(unsigned char)letter];
    uint8_t number = (uint8_t)(letter >= '0' && letter <= '9' ? letter - '0' : (letter | 32) - 'a');

    memset(frame, 7, FRAME);
    memset(frame + 10, number * 3, 10);
    if (letter >= 'a')
        frame[0] = 8;
    return (struct align_record){frame, FRAME, FRAME, letter <= '9' ? 1000U + number : number};
}

/* Aligns two strings of letters, and tells each step: = equal, ~ differs, - missing, + more. */
static const char *
align(const char *expected, const char *ours)
{
    static char steps[2 * MOST + 1];
    char *step = steps;

    for (; *expected != '\0' || *ours != '\0'; step++) {
        struct align_record e[ALIGN_AHEAD], o[ALIGN_AHEAD];
        size_t e_count = 0, o_count = 0;

        for (; e_count < ALIGN_AHEAD && expected[e_count] != '\0'; e_count++)
            e[e_count] = record(expected[e_count]);
        for (; o_count < ALIGN_AHEAD && ours[o_count] != '\0'; o_count++)
            o[o_count] = record(ours[o_count]);
        *step = "=~-+"[align_next(e, e_count, o, o_count)];
        expected += *step != '+';
        ours += *step != '-';
    }
    *step = '\0';
    return steps;
}

static void
test_alignments(void **state)
{
    static const struct {
        const char *expected, *ours, *steps;
    } cases[] = {
        {"ABCDEF", "ABCDEF", "======"},
        {"ABCDEF", "ABcDEF", "==~==="},
        {"ABCDEF", "abcdef", "~~~~~~"},
        {"ABCDEF", "ABCDEf", "=====~"},
        {"ABCDEF", "BCDEF", "-====="},
        {"ABCDEF", "ABCEF", "===-=="},
        {"ABCDEF", "ABCDE", "=====-"},
        {"ABCDEF", "", "------"},
        {"BCDEF", "ABCDEF", "+====="},
        {"ABCEF", "ABCDEF", "===+=="},
        {"ABCDE", "ABCDEF", "=====+"},
        {"", "AB", "++"},
        {"ABCDEF", "ABdEF", "==-~=="}, /* one missing, and the next one changed */
        {"ABCDEF", "abdef", "~~-~~~"}, /* all changed, and one missing */
        {"abdef", "ABCDEF", "~~+~~~"},
        {"ABCDEFGHIJ", "GHIJ", "------===="},
        {"ABCDEFGHIJ", "A", "=---------"},
        {"ABC", "ACB", "=-=+"}, /* another order */
        {"ABCDEF", "ABXDEF", "==~==="}, /* nothing in common, but in its place */
        {"ABC", "012", "~~~"}, /* the same at another time */
        {"ABC", "02", "~-~"},
        {"AABB", "ABB", "=-=="},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(align(cases[i].expected, cases[i].ours), cases[i].steps);
}

static void
test_lengths_and_cuts(void **state)
{
    struct align_record a = record('A'), longer = a, cut = a, empty = {NULL, 0, 0, 0};

    (void)state;
    longer.len = longer.caplen = FRAME - 1;
    cut.caplen = FRAME - 1;
    assert_true(align_is_equal(&a, &a));
    assert_true(align_is_equal(&empty, &empty));
    assert_false(align_is_equal(&a, &longer));
    assert_false(align_is_equal(&a, &cut));
    assert_int_equal(align_next(&a, 1, &longer, 1), ALIGN_DIFFERS);
    assert_int_equal(align_next(&a, 1, &cut, 1), ALIGN_DIFFERS);
    assert_int_equal(align_next(&a, 1, &empty, 1), ALIGN_DIFFERS);
}

/* As far as is looked ahead, however many are missing. */
static void
test_long_gaps(void **state)
{
    (void)state;
    for (size_t gap = 1; gap < ALIGN_AHEAD; gap++) {
        struct align_record e[ALIGN_AHEAD], o = record('B');

        for (size_t i = 0; i < gap; i++)
            e[i] = record('A');
        e[gap] = o;
        assert_int_equal(align_next(e, gap + 1, &o, 1), ALIGN_MISSING);
        assert_int_equal(align_next(&o, 1, e, gap + 1), ALIGN_MORE);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignments),
        cmocka_unit_test(test_lengths_and_cuts),
        cmocka_unit_test(test_long_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
