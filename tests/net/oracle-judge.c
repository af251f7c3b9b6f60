/* Whether rules explain how pongd's answer differs from the kernel's. */
#include "oracle-judge.h"

#include <stdio.h>
#include <string.h>

const struct allowed *
judge_find(const char *rule)
{
    for (size_t i = 0; i < allowed_count; i++)
        if (strcmp(allowed[i].rule, rule) == 0)
            return &allowed[i];
    return NULL;
}

static unsigned met_count[ALLOWED_MAX];

/* Whether there is another answer of that kind, an error or not, from `at` on, which is moved there. */
static bool
find_kind(const struct frames *frames, bool errors, size_t *at)
{
    struct view view;

    for (; *at < frames->count; ++*at) {
        view = frames_view(frames, *at);
        if (view_is_error(&view) == errors)
            return true;
    }
    return false;
}

/* Whether both may be about the same: errors of IPv4 are when they quote the same header. */
static bool
is_pair(const struct view *kernel, const struct view *pongd)
{
    enum { QUOTE_AT = 8 };

    if (!view_is_error(kernel) || kernel->version != 4 || pongd->version != 4)
        return true;
    return kernel->upper_len >= QUOTE_AT + IP4_LEN && pongd->upper_len >= QUOTE_AT + IP4_LEN &&
           memcmp(kernel->upper + QUOTE_AT, pongd->upper + QUOTE_AT, IP4_LEN) == 0;
}

static struct answer
answer_at(const struct frames *frames, size_t i)
{
    return (struct answer){frames_at(frames, i), &frames->spans[i].len};
}

/* Gives the answers of one kind, replies or errors, the next pair of both hosts; false behind the last. */
static bool
next_pair(struct frames *kernel, struct frames *pongd, bool errors, size_t at[2], struct answer pair[2])
{
    struct view k, p;

    for (; find_kind(pongd, errors, &at[1]); at[1]++)
        for (size_t i = at[0]; find_kind(kernel, errors, &i); i++) {
            k = frames_view(kernel, i);
            p = frames_view(pongd, at[1]);
            if (!is_pair(&k, &p))
                continue;
            pair[0] = answer_at(kernel, i);
            pair[1] = answer_at(pongd, at[1]++);
            at[0] = i + 1;
            return true;
        }
    return false;
}

/* Makes all answers alike as far as a row allows it; whether there was anything. */
static bool
level_all(const struct allowed *row, const struct frames *requests, struct frames *kernel, struct frames *pongd)
{
    struct answer pair[2];
    bool is_any = false;

    for (unsigned errors = 0; errors < 2; errors++)
        for (size_t at[2] = {0, 0}; next_pair(kernel, pongd, errors != 0, at, pair);)
            if (*pair[0].len != *pair[1].len || memcmp(pair[0].frame, pair[1].frame, *pair[0].len) != 0)
                is_any |= row->level(requests, &pair[0], &pair[1]);
    return is_any;
}

static void
copy_frames(const struct frames *from, struct frames *to)
{
    frames_clear(to);
    for (size_t i = 0; i < from->count; i++)
        frames_add(to, frames_at(from, i), from->spans[i].len);
}

/* IDs were put in order of their appearance, which means nothing when one of the hosts has sent less. */
static void
hide_ids(struct frames *frames)
{
    for (size_t i = 0; i < frames->count; i++) {
        struct view view = frames_view(frames, i);

        if (view.version == 4)
            put16(frames_at(frames, i) + (view.ip - view.frame) + 4, 0);
    }
}

static bool
applies_to_any(const struct allowed *row, const struct frames *requests)
{
    struct view view;

    for (size_t i = 0; i < requests->count; i++) {
        view = frames_view(requests, i);
        if (row->applies(&view))
            return true;
    }
    return false;
}

/* What differences a row allows.  A fragment that only one of the hosts takes may spoil a datagram or complete it: then the
 * difference is of any kind.  One that only one of them complains of does not. */
static unsigned
ways_of(const struct allowed *row, const struct frames *requests)
{
    if (row->applies == NULL || !applies_to_any(row, requests))
        return 0;
    return requests->count > 1 && (row->ways & KERNEL_REPLY) != 0 ? ANY_DIFFERENCE : row->ways;
}

/* Counts the rows that explain a difference; the last of them is told. */
static void
count_met(const bool is_met[ALLOWED_MAX], const struct allowed **met)
{
    for (size_t i = 0; i < allowed_count; i++)
        if (is_met[i]) {
            met_count[i]++;
            *met = &allowed[i];
        }
}

bool
judge_covers(const struct frames *requests, const struct frames *kernel, const struct frames *pongd,
             const struct allowed *only, const struct allowed **met)
{
    static struct frames k, p;
    bool is_met[ALLOWED_MAX] = {false};
    unsigned differences, ways;

    copy_frames(kernel, &k);
    copy_frames(pongd, &p);
    if (k.count != p.count) {
        hide_ids(&k);
        hide_ids(&p);
    }
    for (size_t i = 0; i < allowed_count; i++)
        if (allowed[i].level != NULL)
            is_met[i] = level_all(&allowed[i], requests, &k, &p);
    differences = compare_answers(&k, &p);
    for (size_t i = 0; i < allowed_count && differences != 0; i++) {
        ways = only == NULL || only == &allowed[i] ? ways_of(&allowed[i], requests) : 0;
        is_met[i] |= (ways & differences) != 0;
        differences &= ~ways;
    }
    if (differences == 0)
        count_met(is_met, met);
    return differences == 0;
}

void
judge_report(void)
{
    for (size_t i = 0; i < allowed_count; i++)
        if (met_count[i] > 0)
            printf("# differs as allowed by %s, %s: %u times\n", allowed[i].rule, allowed[i].words, met_count[i]);
}
