/* IPv6: header, extension headers, and the header of a reply. */
#include "codec/ipv6.h"

enum {
    NEXT_ROUTING = 43,
    NEXT_ESP = 50,
    NEXT_AH = 51,
    NEXT_NONE = 59,
    NEXT_DESTINATION = 60,
    NEXT_TCP = 6,
    NEXT_UDP = 17,
    OPTION_PAD1 = 0,
    OPTION_PADN = 1,
    OPTION_ROUTER_ALERT = 5,   /* RFC 2711 */
    OPTION_JUMBO = 0xc2,       /* RFC 2675 */
    OPTION_DISCARD_BITS = 0xc0,
    OPTION_DISCARD_SILENTLY = 0x40,
    OPTION_REPORT_ALWAYS = 0x80,
    SOURCE_AT = 8, /* of the source address in the header */
    OPTIONS_MAX = 8,           /* in one header, padding not counted (as Linux has it) */
    PADDING_MAX = 7,           /* in a row: more is never needed (RFC 4942 section 2.1.9.5) */
    FRAGMENT_OFFSET = 0xfff8,  /* in bytes as it stands */
    FRAGMENT_MORE = 1,
    FIRST_INFORMATIONAL = 128, /* of the ICMPv6 types (RFC 4443 section 2.1) */
    ROUTING_SRH = 4,           /* RFC 8754 */
    ROUTING_RPL = 3            /* RFC 6554 */
};

/*  0                   1                   2                   3
 * |Version| Traffic Class |           Flow Label                  |
 * |         Payload Length        |  Next Header  |   Hop Limit   |
 * |                        Source Address 128                     |
 * |                      Destination Address 128                  | */
enum ipv6_status
ipv6_read(struct bytes datagram, struct ipv6 *ip)
{
    const uint8_t *header = bytes_take(&datagram, IPV6_HEADER_LEN);
    size_t payload_len;

    memset(ip, 0, sizeof *ip);
    if (header == NULL)
        return IPV6_SHORT;
    if (header[0] >> 4 != 6)
        return IPV6_BAD_VERSION;
    ip->traffic_class = (uint8_t)(load_be16(header) >> 4);
    ip->next_header = header[6];
    ip->next_header_at = header + 6;
    ip->has_hop_by_hop = header[6] == IPV6_NEXT_HOP_BY_HOP;
    ip->hop_limit = header[7];
    ip->src = header + 8;
    ip->dst = header + 24;
    ip->payload = datagram;
    payload_len = load_be16(header + 4);
    ip->payload_is_empty = payload_len == 0;
    if (payload_len > datagram.left)
        return IPV6_TRUNCATED;
    /* With Hop-by-Hop Options and no length, a jumbo option may hold the length: see check_option(). */
    if (payload_len > 0 || !ip->has_hop_by_hop)
        bytes_trim(&ip->payload, payload_len);
    return IPV6_OK;
}

static bool
is_zero(const uint8_t *data, size_t len)
{
    while (len > 0)
        if (data[--len] != 0)
            return false;
    return true;
}

/* Notes what a host would say, and returns what the datagram is. */
static enum ipv6_status
blame(struct ipv6 *ip, enum ipv6_problem_code code, const uint8_t *at, enum ipv6_status status)
{
    ip->problem = (struct ipv6_problem){code, ipv6_offset(ip, at), false};
    return status;
}

/* RFC 2675 section 3: a jumbogram is longer than 65535 bytes, and with a length of its own a datagram is none.  Which comes
 * first is as Linux has it, and that an option that does not stand at 4n + 2 is not complained of. */
static enum ipv6_status
check_jumbo(struct ipv6 *ip, const uint8_t *option, size_t len)
{
    if (len != 4 || ipv6_offset(ip, option) % 4 != 2)
        return IPV6_BAD_OPTION;
    if (load_be32(option + 2) <= 65535)
        return blame(ip, IPV6_PROBLEM_FIELD, option + 2, IPV6_JUMBO);
    return ip->payload_is_empty ? IPV6_JUMBO : blame(ip, IPV6_PROBLEM_FIELD, option, IPV6_JUMBO);
}

/* RFC 8200 section 4.2: the two highest bits say what to do with an option that one does not know. */
static enum ipv6_status
check_option(struct ipv6 *ip, const uint8_t *option, size_t len, bool hop_by_hop)
{
    uint8_t action = *option & OPTION_DISCARD_BITS;

    if (hop_by_hop && *option == OPTION_JUMBO)
        return check_jumbo(ip, option, len);
    if (hop_by_hop && *option == OPTION_ROUTER_ALERT)
        return len == 2 ? IPV6_OK : IPV6_BAD_OPTION;
    if (action == 0)
        return IPV6_OK;
    if (action != OPTION_DISCARD_SILENTLY) {
        blame(ip, IPV6_PROBLEM_OPTION, option, IPV6_BAD_OPTION);
        ip->problem.is_for_groups = action == OPTION_REPORT_ALWAYS;
    }
    return IPV6_BAD_OPTION;
}

/* The options of a Hop-by-Hop or Destination Options header: | type 1 | length 1 | data … |, and Pad1 of one byte. */
static enum ipv6_status
walk_options(struct ipv6 *ip, struct bytes options, bool hop_by_hop)
{
    enum ipv6_status status;
    const uint8_t *type, *len, *data;
    size_t padding = 0;
    unsigned count = 0;

    while ((type = bytes_take(&options, 1)) != NULL) {
        if (*type == OPTION_PAD1) {
            if (++padding > PADDING_MAX)
                return IPV6_BAD_OPTION;
            continue;
        }
        len = bytes_take(&options, 1);
        data = len == NULL ? NULL : bytes_take(&options, *len);
        if (data == NULL)
            return IPV6_BAD_OPTION;
        if (*type == OPTION_PADN) {
            padding += 2U + *len;
            if (padding > PADDING_MAX || !is_zero(data, *len))
                return IPV6_BAD_OPTION;
            continue;
        }
        padding = 0;
        status = check_option(ip, type, *len, hop_by_hop);
        if (status != IPV6_OK)
            return status;
        if (++count > OPTIONS_MAX)
            return IPV6_BAD_OPTION;
    }
    return IPV6_OK;
}

static enum ipv6_status
walk_hop_by_hop(struct ipv6 *ip, struct bytes header)
{
    enum { PAYLOAD_LENGTH_AT = 4 };
    enum ipv6_status status = walk_options(ip, (struct bytes){header.at + 2, header.left - 2}, true);

    /* A datagram without a length has to be a jumbogram (RFC 2675 section 3). */
    if (status == IPV6_OK && ip->payload_is_empty)
        return blame(ip, IPV6_PROBLEM_FIELD, ip->src - SOURCE_AT + PAYLOAD_LENGTH_AT, IPV6_JUMBO);
    return status;
}

static enum ipv6_status
walk_destination(struct ipv6 *ip, struct bytes header)
{
    return walk_options(ip, (struct bytes){header.at + 2, header.left - 2}, false);
}

/* | next header 1 | length 1 | routing type 1 | segments left 1 | … |: without segments left it is skipped. */
static enum ipv6_status
walk_routing(struct ipv6 *ip, struct bytes header)
{
    if (ip->dst[0] == 0xff)
        return IPV6_BAD_SCOPE;
    if (header.at[2] == ROUTING_SRH || header.at[2] == ROUTING_RPL)
        return IPV6_BAD_HEADER;
    return header.at[3] == 0 ? IPV6_OK : blame(ip, IPV6_PROBLEM_FIELD, header.at + 2, IPV6_BAD_HEADER);
}

/* | next header 1 | reserved 1 | offset 13, reserved 2, M 1 | identification 4 |: an atomic fragment is handled as if the
 * header were not there (RFC 6946). */
static enum ipv6_status
walk_fragment(struct ipv6 *ip, struct bytes header)
{
    uint16_t field = load_be16(header.at + 2);

    ip->fragment_offset = field & FRAGMENT_OFFSET;
    ip->fragment_more = (field & FRAGMENT_MORE) != 0;
    ip->fragment_id = load_be32(header.at + 4);
    ip->has_fragment = true;
    return (field & (FRAGMENT_OFFSET | FRAGMENT_MORE)) == 0 ? IPV6_OK : IPV6_FRAGMENT;
}

static enum ipv6_status
walk_ipsec(struct ipv6 *ip, struct bytes header)
{
    (void)ip;
    (void)header;
    return IPV6_IPSEC;
}

static const struct extension {
    uint8_t number;
    bool is_fixed; /* 8 bytes whatever the length field holds */
    bool is_first; /* allowed right behind the IPv6 header only */
    enum ipv6_status (*walk)(struct ipv6 *ip, struct bytes header);
} extensions[] = {
    {IPV6_NEXT_HOP_BY_HOP, false, true, walk_hop_by_hop},
    {NEXT_ROUTING, false, false, walk_routing},
    {IPV6_NEXT_FRAGMENT, true, false, walk_fragment},
    {NEXT_DESTINATION, false, false, walk_destination},
    {NEXT_AH, true, false, walk_ipsec},
    {NEXT_ESP, true, false, walk_ipsec},
};

static const struct extension *
find_extension(uint8_t number)
{
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (extensions[i].number == number)
            return &extensions[i];
    return NULL;
}

/* Takes one extension header and looks at it.  `is_first` says whether it stands right behind the IPv6 header. */
static enum ipv6_status
walk_one(struct ipv6 *ip, const struct extension *extension, bool is_first)
{
    struct bytes header;
    size_t len;

    if (extension->is_first && !is_first)
        return blame(ip, IPV6_PROBLEM_NEXT_HEADER, ip->next_header_at, IPV6_BAD_HEADER);
    if (ip->payload.left < 8)
        return IPV6_BAD_HEADER;
    len = extension->is_fixed ? 8 : (size_t)(ip->payload.at[1] + 1) * 8;
    header = (struct bytes){bytes_take(&ip->payload, len), len};
    if (header.at == NULL)
        return IPV6_BAD_HEADER;
    ip->named_at = ip->next_header_at;
    ip->next_header = header.at[0];
    ip->next_header_at = header.at;
    return extension->walk(ip, header);
}

/* Behind a Fragment header, even an atomic fragment's, there must be no second one. */
enum ipv6_status
ipv6_walk(struct ipv6 *ip, const uint8_t *seam)
{
    const struct extension *extension;
    enum ipv6_status status = IPV6_OK;
    bool is_fragmented = seam != NULL, is_first = ip->payload.at != seam;

    while (status == IPV6_OK && (extension = find_extension(ip->next_header)) != NULL) {
        bool is_fragment = extension->number == IPV6_NEXT_FRAGMENT;

        if (is_fragment && is_fragmented)
            return blame(ip, IPV6_PROBLEM_FIELD, ip->payload.at, IPV6_BAD_HEADER);
        status = walk_one(ip, extension, is_first);
        is_first = false;
        is_fragmented |= is_fragment;
    }
    return status;
}

/* The least that the upper layer's header has. */
static size_t
upper_least(uint8_t next_header)
{
    static const struct {
        uint8_t number, least;
    } uppers[] = {{IPV6_NEXT_ICMPV6, 8}, {NEXT_TCP, 20}, {NEXT_UDP, 8}};

    for (size_t i = 0; i < sizeof uppers / sizeof uppers[0]; i++)
        if (uppers[i].number == next_header)
            return uppers[i].least;
    return 1;
}

/* What comes behind the extension headers. */
struct upper {
    uint8_t number;
    size_t at;          /* may be beyond the end */
    bool is_incomplete; /* by the last fragment header there are more fragments */
};

/* Skips extension headers whatever is in them.  False when they are cut short or lead into a later fragment. */
static bool
skip_extensions(uint8_t next_header, struct bytes rest, struct upper *upper)
{
    size_t at = 0;

    upper->number = next_header;
    upper->at = 0;
    for (; find_extension(upper->number) != NULL && upper->number != NEXT_ESP; at = upper->at) {
        if (at + 2 > rest.left)
            return false;
        if (upper->number == IPV6_NEXT_FRAGMENT) {
            if (at + 4 > rest.left || (load_be16(rest.at + at + 2) & FRAGMENT_OFFSET) != 0)
                return false;
            upper->is_incomplete = (load_be16(rest.at + at + 2) & FRAGMENT_MORE) != 0;
        }
        upper->at += upper->number == NEXT_AH              ? (rest.at[at + 1] + 2U) * 4 /* RFC 4302 section 2.2 */
                     : upper->number == IPV6_NEXT_FRAGMENT ? IPV6_FRAGMENT_LEN
                                                           : (rest.at[at + 1] + 1U) * 8;
        upper->number = rest.at[at];
    }
    return true;
}

/* A chain that breaks off between two extension headers is let pass, as Linux does it: what is missing comes in the next
 * fragment and is judged then. */
bool
ipv6_lacks_upper(uint8_t next_header, struct bytes rest)
{
    struct upper upper = {.is_incomplete = true};

    return skip_extensions(next_header, rest, &upper) && upper.number != NEXT_NONE &&
           upper.at + upper_least(upper.number) > rest.left;
}

bool
ipv6_may_be_error(const struct ipv6 *ip)
{
    struct upper upper = {.is_incomplete = ip->fragment_more};

    if (ip->fragment_offset != 0 || !skip_extensions(ip->next_header, ip->payload, &upper) ||
        upper.number != IPV6_NEXT_ICMPV6)
        return false;
    if (upper.at < ip->payload.left)
        return ip->payload.at[upper.at] < FIRST_INFORMATIONAL;
    return !upper.is_incomplete;
}

void
ipv6_rejoin(const struct ipv6 *ip, uint8_t *datagram, size_t len, uint8_t traffic_class)
{
    size_t before = (size_t)(ip->payload.at - datagram) - IPV6_FRAGMENT_LEN;

    datagram[ip->named_at - datagram] = ip->next_header;
    datagram[0] = (uint8_t)(0x60 | traffic_class >> 4);
    datagram[1] = (uint8_t)(traffic_class << 4 | (datagram[1] & 0x0f));
    store_be16(datagram + 4, (uint16_t)(before - IPV6_HEADER_LEN + len));
}

void
ipv6_write_header(struct writer *writer, const struct ipv6_reply *reply, uint8_t next_header, size_t len)
{
    uint8_t *header = writer_take(writer, IPV6_HEADER_LEN);

    if (header == NULL)
        return;
    store_be32(header, (uint32_t)6 << 28 | (uint32_t)reply->traffic_class << 20 | (reply->flow_label & 0xfffff));
    store_be16(header + 4, (uint16_t)len);
    header[6] = next_header;
    header[7] = reply->hop_limit;
    memcpy(header + SOURCE_AT, reply->src, IPV6_ADDRESS_LEN);
    memcpy(header + SOURCE_AT + IPV6_ADDRESS_LEN, reply->dst, IPV6_ADDRESS_LEN);
}

void
ipv6_write(struct writer *writer, const struct ipv6_reply *reply, size_t len)
{
    ipv6_write_header(writer, reply, IPV6_NEXT_ICMPV6, len);
}

void
ipv6_write_fragment(struct writer *writer, const struct ipv6_reply *reply, uint32_t id, size_t offset, size_t len,
                    bool more)
{
    ipv6_write_header(writer, reply, IPV6_NEXT_FRAGMENT, IPV6_FRAGMENT_LEN + len);
    writer_u8(writer, IPV6_NEXT_ICMPV6);
    writer_u8(writer, 0);
    writer_be16(writer, (uint16_t)(offset | (more ? FRAGMENT_MORE : 0)));
    writer_be32(writer, id);
}
