/* In what pongd is allowed to differ from the kernel: rules that it follows and the kernel does not, one a row. */
#include "oracle-allowed.h"

#include <string.h>

enum {
    OPTION_CIPSO = 0x86, /* RFC 791 */
    ICMP_ECHO = 8,
    ICMP_TIMESTAMP = 13
};

static bool
is_group(const uint8_t *mac)
{
    return (mac[0] & 1) != 0;
}

static bool
has_three_tags(const struct view *view)
{
    return view->ip - view->frame >= ETHERNET_LEN + 3 * TAG_LEN;
}

static bool
is_group_unicast4(const struct view *view)
{
    return view->version == 4 && is_group(view->frame) && view->ip[16] < 224;
}

static bool
is_group_unicast6(const struct view *view)
{
    return view->version == 6 && is_group(view->frame) && view->ip[24] != 0xff;
}

static bool
has_group_source(const struct view *view)
{
    return view->version != 0 && is_group(view->frame + MAC_LEN);
}

static bool
has_own_source(const struct view *view)
{
    static const uint8_t zero[MAC_LEN], own[MAC_LEN] = {2, 0, 0, 0, 0, 2};

    return view->version != 0 &&
           (memcmp(view->frame + MAC_LEN, zero, MAC_LEN) == 0 || memcmp(view->frame + MAC_LEN, own, MAC_LEN) == 0);
}

static bool
has_zero_net(const struct view *view)
{
    return view->version == 4 && view->ip[12] == 0;
}

static bool
has_class_e(const struct view *view)
{
    return view->version == 4 && view->ip[12] >= 240;
}

static bool
has_broadcast_source(const struct view *view)
{
    return view->version == 4 && get32(view->ip + 12) == 0xc00002ff;
}

static bool
has_no_length(const struct view *view)
{
    return view->version == 6 && get16(view->ip + 4) == 0 && view->ip[6] == NEXT_HOP_BY_HOP;
}

static bool
begins(const uint8_t *address, const uint8_t *with)
{
    return memcmp(address, with, 12) == 0;
}

static bool
has_no_source(const struct view *view)
{
    static const uint8_t none[16];

    return view->version == 6 && memcmp(view->ip + 8, none, 16) == 0;
}

static bool
has_mapped(const struct view *view)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    return view->version == 6 && (begins(view->ip + 8, mapped) || begins(view->ip + 24, mapped));
}

static bool
has_compatible(const struct view *view)
{
    static const uint8_t compatible[12];

    return view->version == 6 && (begins(view->ip + 8, compatible) || begins(view->ip + 24, compatible));
}

static bool
has_zone(const struct view *view)
{
    return view->version == 6 && get16(view->ip + 8) >> 6 == 0xfe80 >> 6 && get16(view->ip + 10) != 0;
}

static bool
is_timestamp_request(const struct view *view)
{
    return view->version == 4 && view->upper != NULL && view->upper_len >= 8 && view->ip[9] == PROTOCOL_ICMP &&
           view->upper[0] == ICMP_TIMESTAMP && get16(view->ip + 2) < (view->ip[0] & 0xfU) * 4 + 20;
}

static bool
is_fragment4(const struct view *view)
{
    return view->version == 4 && view->upper != NULL && (get16(view->ip + 6) & (FLAG_MORE | OFFSET_MASK)) != 0;
}

/* Bytes that a fragment carries. */
static size_t
carried4(const struct view *view)
{
    size_t header_len = (view->ip[0] & 0xfU) * 4, total = get16(view->ip + 2);

    return total > header_len ? total - header_len : 0;
}

static bool
is_odd_fragment(const struct view *view)
{
    return is_fragment4(view) && (get16(view->ip + 6) & FLAG_MORE) != 0 && carried4(view) % 8 != 0;
}

static bool
is_empty_first(const struct view *view)
{
    return is_fragment4(view) && (get16(view->ip + 6) & FLAG_MORE) != 0 && carried4(view) == 0;
}

static bool
is_empty_last(const struct view *view)
{
    return is_fragment4(view) && (get16(view->ip + 6) & FLAG_MORE) == 0 && carried4(view) == 0;
}

static bool
is_beyond_the_end(const struct view *view)
{
    return is_fragment4(view) && (get16(view->ip + 6) & OFFSET_MASK) * 8U + get16(view->ip + 2) > 65535;
}

/* The fragment header, behind any others; NULL when there is none.  `left` is the bytes from there on. */
static const uint8_t *
fragment_header(const struct view *view, size_t *left)
{
    size_t at = 0, len;
    unsigned number;

    if (view->version != 6)
        return NULL;
    number = view->ip[6];
    *left = get16(view->ip + 4) < view->upper_len ? get16(view->ip + 4) : view->upper_len;
    while (*left >= 8 && number != NEXT_FRAGMENT) {
        if (number != NEXT_HOP_BY_HOP && number != NEXT_ROUTING && number != NEXT_DESTINATION)
            return NULL;
        len = (view->upper[at + 1] + 1U) * 8;
        number = view->upper[at];
        if (len > *left)
            return NULL;
        at += len;
        *left -= len;
    }
    return *left >= 8 ? view->upper + at : NULL;
}

static bool
is_empty_fragment6(const struct view *view)
{
    size_t left = 0;
    const uint8_t *header = fragment_header(view, &left);

    return header != NULL && left == 8 && (get16(header + 2) & 0xfff9) != 0;
}

static bool
has_cipso(const struct view *view)
{
    size_t header_len = (view->ip[0] & 0xfU) * 4;

    if (view->version != 4 || view->upper == NULL)
        return false;
    return header_len > IP4_LEN && memchr(view->ip + IP4_LEN, OPTION_CIPSO, header_len - IP4_LEN) != NULL;
}

/* An echo request that is zero but for its type, so that the reply is nothing but zeros. */
static bool
is_all_zero(const struct view *view)
{
    size_t header_len = (view->ip[0] & 0xfU) * 4;

    if (view->version != 4 || view->upper_len < 8 || get16(view->ip + 2) < header_len + 8 || view->upper[0] != ICMP_ECHO)
        return false;
    for (size_t i = 1; i < view->upper_len && i < get16(view->ip + 2) - header_len; i++)
        if (view->upper[i] != 0 && i != 2 && i != 3)
            return false;
    return true;
}

static bool
is_no_icmp4(const struct view *view)
{
    return view->version == 4 && view->ip[9] != PROTOCOL_ICMP;
}

static bool
is_ipsec(const struct view *view)
{
    return view->version == 6 && view->upper_len > 0 &&
           (view->ip[6] == 50 || view->ip[6] == 51 || view->upper[0] == 50 || view->upper[0] == 51);
}

static const struct allowed allowed[] = {
    {"L2-05", "a link broadcast must not carry a unicast datagram", KERNEL_ONLY, is_group_unicast4},
    {"L2-06", "a link broadcast must not carry a unicast datagram", KERNEL_ONLY, is_group_unicast6},
    {"L2-09", "a reply would go to a group", KERNEL_ONLY, has_group_source},
    {"L2-10", "our own MAC address, or none, comes back", KERNEL_ONLY, has_own_source},
    {"L2-18", "three tags are one too many", KERNEL_ONLY, has_three_tags},
    {"V4-13", "no host has an address in 0/8", KERNEL_ONLY, has_zero_net},
    {"V4-16", "no host has an address in 240/4", KERNEL_ONLY, has_class_e},
    {"V4-18", "a reply would be a broadcast", KERNEL_ONLY, has_broadcast_source},
    {"V6-05", "no length, and no jumbo option that holds one", KERNEL_ONLY, has_no_length},
    {"V6-10", ":: is never a destination", KERNEL_ONLY, has_no_source},
    {"V6-11", "an IPv4-mapped address is never on the wire", KERNEL_ONLY, has_mapped},
    {"V6-12", "an IPv4-compatible address is never on the wire", KERNEL_ONLY, has_compatible},
    {"V6-24", "a zone in a link-local address", KERNEL_ONLY, has_zone},
    {"OP-24", "CIPSO is ignored", ANY_DIFFERENCE, has_cipso},
    {"IC-03", "the checksum of zeros is ffff, as 0 would be wrong", CONTENTS, is_all_zero},
    {"IC-11", "a timestamp request has 20 bytes", KERNEL_ONLY, is_timestamp_request},
    {"FR-05", "an empty fragment only is dropped, not its datagram", ANY_DIFFERENCE, is_empty_first},
    {"FR-06", "an empty fragment only is dropped, not its datagram", ANY_DIFFERENCE, is_empty_last},
    {"FR-04", "a fragment whose length is no multiple of 8 is dropped, not cut", ANY_DIFFERENCE, is_odd_fragment},
    {"FR-08", "a datagram longer than can be is dropped at once", ANY_DIFFERENCE, is_beyond_the_end},
    {"F6-09", "an empty fragment only is dropped, not its datagram", ANY_DIFFERENCE, is_empty_fragment6},
    {"ER-04", "no protocol is called unreachable", KERNEL_ONLY, is_no_icmp4},
    {"EH-18", "AH and ESP are dropped in silence", KERNEL_ONLY, is_ipsec},
};

enum { ALLOWED = sizeof allowed / sizeof allowed[0] };

const struct allowed *
allowed_find(const char *rule)
{
    for (size_t i = 0; i < ALLOWED; i++)
        if (strcmp(allowed[i].rule, rule) == 0)
            return &allowed[i];
    return NULL;
}

/* A fragment that only one of the hosts takes may spoil a datagram or complete it: then the difference is of any kind. */
static bool
is_way(const struct allowed *row, const struct frames *requests, enum difference difference)
{
    return (row->ways & (unsigned)difference) != 0 || requests->count > 1;
}

const struct allowed *
allowed_for(const struct frames *requests, enum difference difference)
{
    struct view view;

    for (size_t i = 0; i < ALLOWED; i++)
        for (size_t frame = 0; frame < requests->count; frame++) {
            view = view_of(frames_at(requests, frame), requests->spans[frame].len);
            if (is_way(&allowed[i], requests, difference) && allowed[i].applies(&view))
                return &allowed[i];
        }
    return NULL;
}
