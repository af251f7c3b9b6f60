/* Makes two answers that differ by a rule alike, so that whatever else is in them is still compared. */
#include "oracle-level.h"

#include <string.h>

enum {
    QUOTE_AT = 8,   /* in an ICMP error */
    ERROR_MAX = 576 /* of IPv4, as a datagram */
};

static struct view
view_answer(const struct answer *answer)
{
    return view_of(answer->frame, *answer->len);
}

static uint8_t *
ip_of(const struct answer *answer)
{
    return answer->frame + (view_answer(answer).ip - answer->frame);
}

static bool
are_errors4(const struct answer *kernel, const struct answer *pongd)
{
    struct view k = view_answer(kernel), p = view_answer(pongd);

    return k.version == 4 && p.version == 4 && view_is_error(&k) && view_is_error(&p);
}

bool
level_error_tos(const struct frames *requests, const struct answer *kernel, const struct answer *pongd)
{
    uint8_t *ip = ip_of(kernel);

    (void)requests;
    if (!are_errors4(kernel, pongd) || ip_of(pongd)[1] != 0 || ip[1] == 0)
        return false;
    ip[1] = 0;
    return true;
}

/* Sets a right ICMP checksum to zero. */
static void
hide_sum(uint8_t *icmp, size_t len)
{
    if (sum_fold(sum_add(0, icmp, len)) == 0xffff)
        put16(icmp + 2, 0);
}

static bool
has_source_route(const uint8_t *ip)
{
    for (size_t at = IP4_LEN, end = (ip[0] & 0xfU) * 4; at + 1 < end && ip[at] != 0; at += ip[at] == 1 ? 1 : ip[at + 1])
        if (ip[at] == 0x83 || ip[at] == 0x89 || (ip[at] != 1 && ip[at + 1] == 0))
            return ip[at] == 0x83 || ip[at] == 0x89;
    return false;
}

static void
drop_options(const struct answer *answer)
{
    uint8_t *ip = ip_of(answer), *options = ip + IP4_LEN;
    size_t options_len = (ip[0] & 0xfU) * 4 - IP4_LEN;

    memmove(options, options + options_len, *answer->len - (size_t)(options + options_len - answer->frame));
    ip[0] = 0x45;
    put16(ip + 2, get16(ip + 2) - (unsigned)options_len);
    *answer->len -= options_len;
}

/* Whether an error quotes the beginning of a request. */
static bool
quotes(const struct frames *requests, const uint8_t *quote, size_t len)
{
    for (size_t i = 0; i < requests->count; i++) {
        struct view view = frames_view(requests, i);

        if (view.ip_len >= len && memcmp(view.ip, quote, len) == 0)
            return true;
    }
    return false;
}

/* The kernel's error has those options itself that it has dealt with, and quotes them as it has left them; where it is as
 * long as an error may be, its own options leave less to quote.  With a source route it goes to another host first. */
bool
level_error_options(const struct frames *requests, const struct answer *kernel, const struct answer *pongd)
{
    uint8_t *mine, *its;
    size_t header_len;
    bool is_full;

    if (!are_errors4(kernel, pongd))
        return false;
    mine = ip_of(pongd), its = ip_of(kernel);
    header_len = (mine[IP4_LEN + QUOTE_AT] & 0xfU) * 4;
    if (mine[0] != 0x45 || get16(mine + 2) < IP4_LEN + QUOTE_AT + header_len ||
        !quotes(requests, mine + IP4_LEN + QUOTE_AT, get16(mine + 2) - IP4_LEN - QUOTE_AT))
        return false;
    hide_sum(mine + IP4_LEN, get16(mine + 2) - IP4_LEN);
    hide_sum(its + (its[0] & 0xfU) * 4, get16(its + 2) - (its[0] & 0xfU) * 4);
    is_full = get16(its + 2) == ERROR_MAX;
    if (has_source_route(its))
        memcpy(its + 16, mine + 16, 4);
    drop_options(kernel);
    if (is_full && *pongd->len > *kernel->len) {
        put16(mine + 2, get16(its + 2));
        *pongd->len = *kernel->len;
    }
    if (get16(its + 2) >= IP4_LEN + QUOTE_AT + header_len)
        memcpy(its + IP4_LEN + QUOTE_AT + IP4_LEN, mine + IP4_LEN + QUOTE_AT + IP4_LEN, header_len - IP4_LEN);
    return true;
}

/* --- probes: | type 1 | code 1 | checksum 2 | ID 2 | sequence 1 | state 1 | version 1, reserved 1 | checksum 2 | length 2 |
 * class 1 | C-type 1 | value … |, of which a reply copies all from the version on */

enum {
    CODE_AT = 1,
    STATE_AT = 7,
    EXTENSION_AT = 8,
    OBJECT_AT = 12,
    VALUE_AT = 16,
    ADDRESS_AT = 20, /* behind family and length */
    BY_NAME = 1,
    CODE_FOUND = 0,
    CODE_MALFORMED = 1,
    CODE_NO_INTERFACE = 2
};

static bool
are_probes(const struct answer *kernel, const struct answer *pongd)
{
    struct view k = view_answer(kernel), p = view_answer(pongd);

    if (k.version == 0 || k.version != p.version || k.upper_len < EXTENSION_AT || p.upper_len < EXTENSION_AT)
        return false;
    return k.upper[0] == (k.version == 4 ? 43 : 161) && p.upper[0] == k.upper[0];
}

static uint8_t *
icmp_of(const struct answer *answer)
{
    return answer->frame + (view_answer(answer).upper - answer->frame);
}

/* What pongd says in place of the kernel, where the code is the one to expect. */
static bool
level_state(const struct answer *kernel, const struct answer *pongd, uint8_t code)
{
    uint8_t *its = icmp_of(kernel), *mine = icmp_of(pongd);
    struct view k = view_answer(kernel), p = view_answer(pongd);
    bool is_6 = k.version == 6;

    if (mine[CODE_AT] != code || (code != CODE_FOUND) != (mine[STATE_AT] == 0))
        return false;
    if (sum_fold(sum_add(is_6 ? sum_pseudo6(k.ip + 8, k.ip + 24, k.upper_len) : 0, its, k.upper_len)) == 0xffff &&
        sum_fold(sum_add(is_6 ? sum_pseudo6(p.ip + 8, p.ip + 24, p.upper_len) : 0, mine, p.upper_len)) == 0xffff) {
        its[CODE_AT] = code;
        its[STATE_AT] = mine[STATE_AT];
        put16(its + 2, 0);
        put16(mine + 2, 0);
    }
    return true;
}

bool
level_probe_header(const struct frames *requests, const struct answer *kernel, const struct answer *pongd)
{
    uint8_t *its = ip_of(kernel), *mine = ip_of(pongd);

    (void)requests;
    if (!are_probes(kernel, pongd))
        return false;
    if (mine[0] >> 4 == 4 && mine[1] == 0 && get16(mine + 6) == FLAG_DF && mine[8] == 255) {
        its[1] = 0;
        put16(its + 6, FLAG_DF);
        its[8] = 255;
    } else if (mine[0] == 0x60 && mine[1] >> 4 == 0 && mine[7] == 255) {
        put16(its, 0x6000);
        its[7] = 255;
    }
    return true;
}

bool
level_probe_mac(const struct frames *requests, const struct answer *kernel, const struct answer *pongd)
{
    static const uint8_t object[] = {0, 14, 3, 3, 0x40, 5, 6}, own[MAC_LEN] = {2, 0, 0, 0, 0, 2};
    struct view p = view_answer(pongd);

    (void)requests;
    if (!are_probes(kernel, pongd) || p.upper_len < ADDRESS_AT + MAC_LEN ||
        memcmp(p.upper + OBJECT_AT, object, sizeof object) != 0)
        return false;
    return level_state(kernel, pongd, memcmp(p.upper + ADDRESS_AT, own, MAC_LEN) == 0 ? CODE_FOUND : CODE_NO_INTERFACE);
}

bool
level_probe_structure(const struct frames *requests, const struct answer *kernel, const struct answer *pongd)
{
    struct view p = view_answer(pongd);
    size_t len;

    (void)requests;
    if (!are_probes(kernel, pongd) || p.upper_len < VALUE_AT || get16(p.upper + OBJECT_AT) > p.upper_len - OBJECT_AT)
        return false;
    len = OBJECT_AT - EXTENSION_AT + get16(p.upper + OBJECT_AT);
    if (p.upper[EXTENSION_AT] >> 4 == 2 && get16(p.upper + EXTENSION_AT + 2) != 0 && p.upper[OBJECT_AT + 2] == 3 &&
        sum_fold(sum_add(0, p.upper + EXTENSION_AT, len)) == 0xffff)
        return false;
    return level_state(kernel, pongd, CODE_MALFORMED);
}

/* The kernel keeps the code that it was asked with, if it has an interface to tell of. */
bool
level_probe_code(const struct frames *requests, const struct answer *kernel, const struct answer *pongd)
{
    struct view request = frames_view(requests, 0);

    if (!are_probes(kernel, pongd) || request.upper_len < EXTENSION_AT || request.upper[CODE_AT] == 0 ||
        icmp_of(kernel)[CODE_AT] != request.upper[CODE_AT] || icmp_of(kernel)[STATE_AT] != icmp_of(pongd)[STATE_AT])
        return false;
    return level_state(kernel, pongd, CODE_FOUND);
}

/* The kernel reads a name to its first zero. */
bool
level_probe_name(const struct frames *requests, const struct answer *kernel, const struct answer *pongd)
{
    struct view p = view_answer(pongd);
    bool is_over = false, is_odd = false;

    (void)requests;
    if (!are_probes(kernel, pongd) || p.upper_len < VALUE_AT || p.upper[VALUE_AT - 1] != BY_NAME)
        return false;
    for (size_t at = VALUE_AT; at < OBJECT_AT + (size_t)get16(p.upper + OBJECT_AT) && at < p.upper_len; at++) {
        is_odd |= is_over && p.upper[at] != 0;
        is_over |= p.upper[at] == 0;
    }
    return is_odd && level_state(kernel, pongd, CODE_NO_INTERFACE);
}
