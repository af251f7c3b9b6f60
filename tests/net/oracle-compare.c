/* What the kernel and pongd answered, made comparable. */
#include "oracle-compare.h"

#include <stdlib.h>
#include <string.h>

enum {
    FRAME_MIN = 60,          /* without its check sequence */
    CLOSE_MS = 5000,         /* a time stamp that is not older is the time of the answer */
    DAY_MS = 86400000,
    IDS_MAX = 512,
    ERRORS_MAX = 6,          /* to one host in a short time (RL-03) */
    OPTION_TIMESTAMP = 0x44, /* RFC 791 */
    ICMP_TIMESTAMP_REPLY = 14
};

/* Identifications, which each host chooses for itself, in the order in which they were first seen. */
struct ids {
    uint32_t seen[IDS_MAX];
    unsigned count;
};

static unsigned
id_index(struct ids *ids, uint32_t id)
{
    unsigned i = 0;

    while (i < ids->count && ids->seen[i] != id)
        i++;
    if (i == ids->count && i < IDS_MAX)
        ids->seen[ids->count++] = id;
    return i;
}

/* Replaces a time stamp that is the time of the answer; whether it was. */
static bool
hide_stamp(uint8_t *at, long now_ms)
{
    long stamp = (long)get32(at), age = labs(now_ms - stamp);

    if (stamp >= DAY_MS || (age > CLOSE_MS && age < DAY_MS - CLOSE_MS)) /* midnight may lie between the two */
        return false;
    memset(at, 'T', 4);
    return true;
}

/* The stamps in a Timestamp option, | 68 | length | pointer | overflow, flag | stamps |: anywhere, as the pointer of the
 * request may have been anything. */
static void
hide_option_stamps(uint8_t *option, size_t len, long now_ms)
{
    for (size_t at = 4; at + 4 <= len;)
        at += hide_stamp(option + at, now_ms) ? 4 : 1;
}

static void
normalise_options(uint8_t *options, size_t len, long now_ms)
{
    size_t at = 0, size;

    while (at < len && options[at] != 0) {
        size = options[at] == 1 ? 1 : at + 1 < len ? options[at + 1] : 0;
        if (size == 0 || at + size > len)
            return;
        if (options[at] == OPTION_TIMESTAMP && size >= 4)
            hide_option_stamps(options + at, size, now_ms);
        at += size;
    }
}

/* The times of a timestamp reply, whose checksum is judged and hidden with them. */
static void
normalise_timestamp(uint8_t *icmp, size_t len, long now_ms)
{
    if (len < 20 || icmp[0] != ICMP_TIMESTAMP_REPLY || sum_fold(sum_add(0, icmp, len)) != 0xffff)
        return;
    put16(icmp + 2, 0);
    (void)hide_stamp(icmp + 12, now_ms);
    (void)hide_stamp(icmp + 16, now_ms);
}

/* Returns the length of the datagram. */
static size_t
normalise4(uint8_t *ip, size_t len, struct ids *ids, long now_ms)
{
    size_t header_len = (ip[0] & 0xfU) * 4, total = get16(ip + 2);

    if (header_len < IP4_LEN || header_len > total || total > len)
        return len;
    if (sum_fold(sum_add(0, ip, header_len)) == 0xffff)
        put16(ip + 10, 0);
    put16(ip + 4, id_index(ids, get16(ip + 4)));
    normalise_options(ip + IP4_LEN, header_len - IP4_LEN, now_ms);
    if (ip[9] == PROTOCOL_ICMP && (get16(ip + 6) & (FLAG_MORE | OFFSET_MASK)) == 0)
        normalise_timestamp(ip + header_len, total - header_len, now_ms);
    return total;
}

static size_t
normalise6(uint8_t *ip, size_t len, struct ids *ids)
{
    size_t total = IP6_LEN + get16(ip + 4);

    put32(ip, get32(ip) & 0xfff00000);
    if (ip[6] == NEXT_FRAGMENT && total >= IP6_LEN + 8 && total <= len)
        put32(ip + IP6_LEN + 4, id_index(ids, get32(ip + IP6_LEN + 4)));
    return total <= len ? total : len;
}

/* Whether what is behind the datagram is right: nothing, or zeros up to the least that Ethernet carries. */
static bool
padding_is_right(const uint8_t *frame, size_t used, size_t len)
{
    if (len > used && len > FRAME_MIN)
        return false;
    for (size_t i = used; i < len; i++)
        if (frame[i] != 0)
            return false;
    return true;
}

/* A frame without what hosts choose for themselves; wrong padding stays, and differs. */
static void
normalise(uint8_t *frame, struct span *span, struct ids *ids, bool is_padded, long now_ms)
{
    struct view view = view_of(frame, span->len);
    size_t used = span->len;

    if (view.version == 4)
        used = (size_t)(view.ip - frame) + normalise4(frame + (view.ip - frame), view.ip_len, ids, now_ms);
    else if (view.version == 6)
        used = (size_t)(view.ip - frame) + normalise6(frame + (view.ip - frame), view.ip_len, ids);
    if (padding_is_right(frame, used, span->len) && (!is_padded || span->len >= FRAME_MIN))
        span->len = used;
}

static void
normalise_all(struct frames *frames, bool is_padded, long now_ms)
{
    struct ids ids = {.count = 0};

    for (size_t i = 0; i < frames->count; i++)
        normalise(frames_at(frames, i), &frames->spans[i], &ids, is_padded, now_ms);
}

void
compare_normalise(struct frames *kernel, struct frames *pongd, long now_ms)
{
    normalise_all(kernel, false, now_ms);
    normalise_all(pongd, true, now_ms);
}

bool
compare_equal(const struct frames *a, size_t i, const struct frames *b, size_t j)
{
    return a->spans[i].len == b->spans[j].len && memcmp(frames_at(a, i), frames_at(b, j), a->spans[i].len) == 0;
}

/* Whether two answers go to the same address. */
static bool
same_receiver(const struct view *a, const struct view *b)
{
    return a->version == b->version && memcmp(a->ip + (a->version == 4 ? 16 : 24), b->ip + (b->version == 4 ? 16 : 24),
                                              a->version == 4 ? 4 : 16) == 0;
}

/* Whether pongd has sent as many errors to a host as it may, which the kernel has been told not to count. */
static bool
is_limited(const struct frames *pongd, const struct view *error)
{
    struct view view;
    unsigned count = 0;

    for (size_t i = 0; i < pongd->count; i++) {
        view = frames_view(pongd, i);
        count += view_is_error(&view) && same_receiver(&view, error);
    }
    return count == ERRORS_MAX;
}

/* How many replies and how many errors of one host the other one has not; those of both that are alike cancel out. */
static void
count_unmatched(const struct frames *mine, const struct frames *others, bool is_kernel, unsigned counts[2])
{
    bool *is_taken = more_memory(NULL, others->count + 1);
    struct view view;
    size_t j;

    memset(is_taken, 0, others->count + 1);
    for (size_t i = 0; i < mine->count; i++) {
        for (j = 0; j < others->count && (is_taken[j] || !compare_equal(mine, i, others, j)); j++)
            ;
        is_taken[j] = true;
        view = frames_view(mine, i);
        if (j == others->count && !(is_kernel && view_is_error(&view) && is_limited(others, &view)))
            counts[view_is_error(&view)]++;
    }
    free(is_taken);
}

unsigned
compare_answers(const struct frames *kernel, const struct frames *pongd)
{
    static const unsigned kernel_only[2] = {KERNEL_REPLY, KERNEL_ERROR}, pongd_only[2] = {PONGD_REPLY, PONGD_ERROR};
    unsigned of_kernel[2] = {0, 0}, of_pongd[2] = {0, 0}, differences = 0;

    count_unmatched(kernel, pongd, true, of_kernel);
    count_unmatched(pongd, kernel, false, of_pongd);
    for (unsigned kind = 0; kind < 2; kind++) {
        differences |= of_kernel[kind] > of_pongd[kind] ? kernel_only[kind] : 0;
        differences |= of_kernel[kind] < of_pongd[kind] ? pongd_only[kind] : 0;
        differences |= of_kernel[kind] > 0 && of_pongd[kind] > 0 ? CONTENTS : 0;
    }
    for (size_t i = 0; differences == 0 && kernel->count == pongd->count && i < kernel->count; i++)
        if (!compare_equal(kernel, i, pongd, i))
            differences = ORDER;
    return differences;
}
