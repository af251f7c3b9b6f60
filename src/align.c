/* Records are aligned by the least that has to be changed, and across long gaps by an equal one ahead. */
#include "align.h"

#include <string.h>

enum {
    CLOSE = 8,             /* records that are aligned by likeness */
    GAP_COST = 8,          /* of a record that one side lacks; a byte that differs costs 1 */
    PAIR_COST = 2 * GAP_COST, /* of two records that have nothing in common */
    LOOKED_AT = 512        /* bytes that likeness is judged by */
};

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool
has_equal_bytes(const struct align_record *a, const struct align_record *b)
{
    return a->len == b->len && a->caplen == b->caplen && (a->caplen == 0 || memcmp(a->data, b->data, a->caplen) == 0);
}

bool
align_is_equal(const struct align_record *a, const struct align_record *b)
{
    return a->ts == b->ts && has_equal_bytes(a, b);
}

/* How unlike two records are, 0 to PAIR_COST. */
static unsigned
distance(const struct align_record *a, const struct align_record *b)
{
    size_t len = least(least(a->caplen, b->caplen), LOOKED_AT);
    size_t cost = (a->len > b->len ? a->len - b->len : b->len - a->len) + (a->ts != b->ts);

    for (size_t i = 0; i < len && cost < PAIR_COST; i++)
        cost += a->data[i] != b->data[i];
    if (cost == 0 && !has_equal_bytes(a, b)) /* beyond LOOKED_AT */
        cost = 1;
    return (unsigned)least(cost, PAIR_COST);
}

/* How far ahead a record's equal is, 0 if it is not there. */
static size_t
find_equal(const struct align_record *record, const struct align_record *ahead, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (align_is_equal(record, &ahead[i]))
            return i;
    return 0;
}

/* The first step of the cheapest way to make one side of the other (R. A. Wagner, M. J. Fischer, 1974).  Of two ways that
 * cost the same, the one that pairs records is taken. */
static enum align_step
weigh(const struct align_record *expected, size_t rows, const struct align_record *ours, size_t columns)
{
    unsigned cost[CLOSE + 1][CLOSE + 1];
    enum align_step step = ALIGN_DIFFERS;

    rows = least(rows, CLOSE);
    columns = least(columns, CLOSE);
    for (size_t i = rows + 1; i-- > 0;)
        for (size_t j = columns + 1; j-- > 0;) {
            unsigned missing = i < rows ? cost[i + 1][j] + GAP_COST : ~0U;
            unsigned more = j < columns ? cost[i][j + 1] + GAP_COST : ~0U;
            unsigned pair = i < rows && j < columns ? cost[i + 1][j + 1] + distance(&expected[i], &ours[j]) : ~0U;

            if (i == rows && j == columns)
                pair = 0;
            step = pair <= missing && pair <= more ? ALIGN_DIFFERS : missing <= more ? ALIGN_MISSING : ALIGN_MORE;
            cost[i][j] = step == ALIGN_DIFFERS ? pair : step == ALIGN_MISSING ? missing : more;
        }
    return step;
}

/* Records that are alike are each other's; others are looked for further ahead than likeness is weighed. */
enum align_step
align_next(const struct align_record *expected, size_t expected_count, const struct align_record *ours, size_t our_count)
{
    enum align_step step;
    size_t missing, more;

    if (expected_count == 0 || our_count == 0)
        return our_count == 0 ? ALIGN_MISSING : ALIGN_MORE;
    if (align_is_equal(&expected[0], &ours[0]))
        return ALIGN_EQUAL;
    step = weigh(expected, expected_count, ours, our_count);
    if (step != ALIGN_DIFFERS || distance(&expected[0], &ours[0]) < GAP_COST)
        return step;
    missing = find_equal(&ours[0], expected, expected_count);
    more = find_equal(&expected[0], ours, our_count);
    if (missing > 0 && (more == 0 || missing <= more))
        return ALIGN_MISSING;
    return more > 0 ? ALIGN_MORE : ALIGN_DIFFERS;
}
