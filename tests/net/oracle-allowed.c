/* In what pongd is allowed to differ from the kernel: rules that it follows and the kernel does not, one a row. */
#include "oracle-allowed.h"

#include <string.h>

#include "oracle-spec.h"

enum {
    OPTION_RECORD_ROUTE = 7, /* RFC 791 */
    OPTION_TIMESTAMP = 0x44,
    OPTION_LOOSE_ROUTE = 0x83, OPTION_STRICT_ROUTE = 0x89,
    OPTION_CIPSO = 0x86,
    NEXT_ESP = 50, NEXT_AH = 51,
    ICMP_ECHO = 8,
    ICMP_TIMESTAMP = 13
};

/* Whether a packet is to an address of ours, or with `many`, to those that we are among. */
static bool
is_to_us(const struct view *view, bool many)
{
    static const char *const own[] = {"192.0.2.2", "198.51.100.2", "fd00:db8::2", "fe80::2", "ff02::1", "ff02::1:ff00:2"};
    size_t address_len = view->version == 4 ? 4 : 16, count = sizeof own / sizeof own[0];
    const uint8_t *dst = view->ip + (view->version == 4 ? 16 : 24);
    uint8_t address[16];

    if (view->version == 0 || (many && view->version == 4 && (dst[0] >= 224 || dst[3] == 255)))
        return view->version != 0;
    for (size_t i = view->version == 4 ? 0 : 2; i < (view->version == 4 ? 2 : many ? count : 4); i++) {
        spec_address(own[i], address);
        if (memcmp(dst, address, address_len) == 0)
            return true;
    }
    return false;
}

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
    return view->version == 4 && is_group(view->frame) && is_to_us(view, false);
}

static bool
is_group_unicast6(const struct view *view)
{
    return view->version == 6 && is_group(view->frame) && is_to_us(view, false);
}

static bool
has_group_source(const struct view *view)
{
    return is_group(view->frame + MAC_LEN) && is_to_us(view, true);
}

static bool
has_own_source(const struct view *view)
{
    static const uint8_t zero[MAC_LEN], own[MAC_LEN] = {2, 0, 0, 0, 0, 2};

    return is_to_us(view, true) &&
           (memcmp(view->frame + MAC_LEN, zero, MAC_LEN) == 0 || memcmp(view->frame + MAC_LEN, own, MAC_LEN) == 0);
}

static bool
has_zero_net(const struct view *view)
{
    return view->version == 4 && view->ip[12] == 0 && get32(view->ip + 12) != 0 && is_to_us(view, true);
}

static bool
has_class_e(const struct view *view)
{
    return view->version == 4 && view->ip[12] >= 240 && get32(view->ip + 12) != 0xffffffff && is_to_us(view, true);
}

static bool
has_broadcast_source(const struct view *view)
{
    return view->version == 4 && get32(view->ip + 12) == 0xc00002ff && is_to_us(view, true);
}

static bool
has_no_length(const struct view *view)
{
    return view->version == 6 && get16(view->ip + 4) == 0 && view->ip[6] == NEXT_HOP_BY_HOP;
}

static bool
has_no_source(const struct view *view)
{
    static const uint8_t none[16];

    return view->version == 6 && memcmp(view->ip + 8, none, 16) == 0 && is_to_us(view, true);
}

static bool
has_mapped(const struct view *view)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    return view->version == 6 && memcmp(view->ip + 8, mapped, 12) == 0 && is_to_us(view, true);
}

static bool
has_compatible(const struct view *view)
{
    static const uint8_t compatible[12];

    return view->version == 6 && memcmp(view->ip + 8, compatible, 12) == 0 && get32(view->ip + 20) > 1 &&
           is_to_us(view, true);
}

static bool
has_zone(const struct view *view)
{
    return view->version == 6 && get16(view->ip + 8) >> 6 == 0xfe80 >> 6 && get16(view->ip + 10) != 0 &&
           is_to_us(view, true);
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

/* Where the chain of extension headers leads to a fragment header, NULL where it does not.  `left` is the bytes from there
 * on. */
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
    return number == NEXT_FRAGMENT ? view->upper + at : NULL;
}

static bool
has_cut_fragment_header(const struct view *view)
{
    size_t left = 0;

    return fragment_header(view, &left) != NULL && left < 8;
}

static bool
is_empty_fragment6(const struct view *view)
{
    size_t left = 0;
    const uint8_t *header = fragment_header(view, &left);

    return header != NULL && left == 8 && (get16(header + 2) & 0xfff9) != 0;
}

/* Whether an option cannot be carried on: Record Route or Timestamp with less than an entry's room left behind the entry for
 * the arrival, or a source route that leads nowhere.  The kernel, whose errors have the options that it has dealt with, then
 * sends none. */
static bool
leads_nowhere(const uint8_t *option, size_t left)
{
    size_t size, end;

    if (left >= 3 && (option[0] == OPTION_LOOSE_ROUTE || option[0] == OPTION_STRICT_ROUTE))
        return true;
    if (left < 4 || (option[0] != OPTION_RECORD_ROUTE && option[0] != OPTION_TIMESTAMP))
        return false;
    size = option[0] == OPTION_TIMESTAMP && (option[3] & 0xf) != 0 ? 8 : 4;
    end = option[2] + size - 1U;
    return end < option[1] && end + size > option[1];
}

static bool
has_option_to_nowhere(const struct view *view)
{
    size_t header_len = (view->ip[0] & 0xfU) * 4;

    for (size_t at = IP4_LEN; view->version == 4 && view->upper != NULL && at < header_len; at++)
        if (leads_nowhere(view->ip + at, header_len - at))
            return true;
    return false;
}

static unsigned
icmp_type(const struct view *view)
{
    if (view->version == 0 || view->upper_len < 8)
        return 0;
    return view->ip[view->version == 4 ? 9 : 6] == (view->version == 4 ? PROTOCOL_ICMP : NEXT_ICMP6) ? view->upper[0] : 0;
}

static bool
is_probe(const struct view *view)
{
    return icmp_type(view) == (view->version == 4 ? 42 : 160);
}

static bool
is_probe_to_many(const struct view *view)
{
    const uint8_t *dst = view->ip + (view->version == 4 ? 16 : 24);

    return is_probe(view) && (view->version == 6 ? dst[0] == 0xff : dst[0] >> 4 == 14 || dst[3] == 255);
}

static bool
is_probe_for_neighbour(const struct view *view)
{
    return is_probe(view) && (view->upper[7] & 1) == 0;
}

/* Another host's, with options, about which the kernel complains before it looks whose it is. */
static bool
is_elsewhere4(const struct view *view)
{
    return view->version == 4 && view->ip[0] > 0x45 && !is_to_us(view, false);
}

/* With Hop-by-Hop Options, which the kernel looks at before it looks whose the packet is. */
static bool
is_elsewhere6(const struct view *view)
{
    return view->version == 6 && view->ip[6] == NEXT_HOP_BY_HOP && !is_to_us(view, true);
}

/* Among the options up to where they are broken, if they are. */
static bool
has_cipso(const struct view *view)
{
    size_t header_len = (view->ip[0] & 0xfU) * 4, len;

    if (view->version != 4 || view->upper == NULL)
        return false;
    for (size_t at = IP4_LEN; at < header_len && view->ip[at] != 0; at += len) {
        if (view->ip[at] == OPTION_CIPSO)
            return true;
        len = view->ip[at] == 1 ? 1 : at + 1 < header_len ? view->ip[at + 1] : 0;
        if (len == 0)
            return false;
    }
    return false;
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

/* What comes behind all headers that are known, a fragment header among them. */
static unsigned
upper_number(const struct view *view)
{
    unsigned number = view->version == 6 ? view->ip[6] : NEXT_ICMP6;
    size_t at = 0;

    while (number == NEXT_HOP_BY_HOP || number == NEXT_ROUTING || number == NEXT_FRAGMENT || number == NEXT_DESTINATION) {
        if (at + 8 > view->upper_len)
            return NEXT_ICMP6;
        number = view->upper[at];
        at += (view->upper[at + 1] + 1U) * 8;
    }
    return number;
}

static bool
has_ipsec(const struct view *view)
{
    return upper_number(view) == NEXT_AH || upper_number(view) == NEXT_ESP;
}

/* PIM and UDP-Lite. */
static bool
is_for_kernels(const struct view *view)
{
    return upper_number(view) == 103 || upper_number(view) == 136;
}

const struct allowed allowed[] = {
    {"L2-05", "a link broadcast must not carry a unicast datagram", KERNEL_ONLY, is_group_unicast4, NULL},
    {"L2-06", "a link broadcast must not carry a unicast datagram", KERNEL_ONLY, is_group_unicast6, NULL},
    {"L2-09", "a reply would go to a group", KERNEL_ONLY, has_group_source, NULL},
    {"L2-10", "our own MAC address, or none, comes back", KERNEL_ONLY, has_own_source, NULL},
    {"L2-18", "three tags are one too many", KERNEL_ONLY, has_three_tags, NULL},
    {"V4-13", "no host has an address in 0/8", KERNEL_ONLY, has_zero_net, NULL},
    {"V4-16", "no host has an address in 240/4", KERNEL_ONLY, has_class_e, NULL},
    {"V4-18", "a reply would be a broadcast", KERNEL_ONLY, has_broadcast_source, NULL},
    {"V6-05", "no length, and no jumbo option that holds one", KERNEL_REPLY | PONGD_ERROR | CONTENTS, has_no_length, NULL},
    {"V6-10", ":: is never a destination", KERNEL_ONLY, has_no_source, NULL},
    {"V6-11", "an IPv4-mapped address is never on the wire", KERNEL_ONLY, has_mapped, NULL},
    {"V6-12", "an IPv4-compatible address is never on the wire", KERNEL_ONLY, has_compatible, NULL},
    {"V6-24", "a zone in a link-local address", KERNEL_ONLY, has_zone, NULL},
    {"PR-02", "a probe to many is dropped", KERNEL_REPLY, is_probe_to_many, NULL},
    {"PR-04", "a probe is answered with DF, TTL 255 and no TOS", 0, NULL, level_probe_header},
    {"PR-06", "a MAC address is an address too", 0, NULL, level_probe_mac},
    {"PR-09", "version, checksum and class of the extension structure are judged", 0, NULL, level_probe_structure},
    {"PR-11", "a probe about a neighbour is answered", PONGD_REPLY, is_probe_for_neighbour, NULL},
    {"PR-13", "the code of a probe does not matter", 0, NULL, level_probe_code},
    {"PR-14", "a name has nothing but zeros behind it", 0, NULL, level_probe_name},
    {"OP-24", "CIPSO is ignored", ANY_DIFFERENCE, has_cipso, NULL},
    {"IC-03", "the checksum of zeros is ffff, as 0 would be wrong", CONTENTS, is_all_zero, NULL},
    {"IC-11", "a timestamp request has 20 bytes", KERNEL_REPLY, is_timestamp_request, NULL},
    {"FR-05", "an empty fragment only is dropped, not its datagram", ANY_DIFFERENCE, is_empty_first, NULL},
    {"FR-06", "an empty fragment only is dropped, not its datagram", ANY_DIFFERENCE, is_empty_last, NULL},
    {"FR-04", "a fragment whose length is no multiple of 8 is dropped, not cut", ANY_DIFFERENCE, is_odd_fragment, NULL},
    {"FR-08", "a datagram longer than can be is dropped at once", ANY_DIFFERENCE, is_beyond_the_end, NULL},
    {"F6-09", "an empty fragment only is dropped, not its datagram", ANY_DIFFERENCE, is_empty_fragment6, NULL},
    {"ER-04", "no protocol is called unreachable", KERNEL_ERROR, is_no_icmp4, NULL},
    {"V4-22", "no error about what is not for us", KERNEL_ERROR, is_elsewhere4, NULL},
    {"V6-15", "no error about what is not for us", KERNEL_ERROR, is_elsewhere6, NULL},
    {"ER-01", "an error about one option is sent whatever another one is like", PONGD_ERROR, has_option_to_nowhere, NULL},
    {"EH-21", "a fragment header that is cut short is dropped in silence", KERNEL_ERROR, has_cut_fragment_header, NULL},
    {"EH-20", "a protocol that only kernels know is not known", PONGD_ERROR, is_for_kernels, NULL},
    {"EH-18", "AH and ESP are dropped in silence", KERNEL_ERROR, has_ipsec, NULL},
    {"ER-02", "an error has TOS 0", 0, NULL, level_error_tos},
    {"ER-03", "an error has no options, and quotes those of the request as they came", 0, NULL, level_error_options},
};

const size_t allowed_count = sizeof allowed / sizeof allowed[0];

_Static_assert(sizeof allowed / sizeof allowed[0] <= ALLOWED_MAX, "there is room for all rows");
