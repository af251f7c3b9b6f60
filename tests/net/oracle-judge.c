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

/* Gives the answers of one kind, replies or errors, the next pair of both hosts; false behind the last. */
static bool
next_pair(struct frames *kernel, struct frames *pongd, bool errors, size_t at[2], struct answer pair[2])
{
    struct frames *both[2] = {kernel, pongd};

    for (unsigned host = 0; host < 2; host++) {
        struct view view;

        for (; at[host] < both[host]->count; at[host]++) {
            view = frames_view(both[host], at[host]);
            if (view_is_error(&view) == errors)
                break;
        }
        if (at[host] == both[host]->count)
            return false;
        pair[host] = (struct answer){frames_at(both[host], at[host]), &both[host]->spans[at[host]].len};
        at[host]++;
    }
    return true;
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
