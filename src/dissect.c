/* The fields of a frame: a table for each header, and a walk from header to header. */
#include "dissect.h"

#include "codec/arp.h"
#include "codec/bytes.h"
#include "codec/icmp.h"
#include "codec/ipv4.h"
#include "codec/ipv6.h"

enum {
    TPID_8021Q = 0x8100,
    TPID_8021AD = 0x88a8,
    IPV4_OFFSET_MASK = 0x1fff,
    IPV6_OFFSET_MASK = 0xfff8,
    IPV6_NEXT_ROUTING = 43,
    IPV6_NEXT_DESTINATION = 60,
    ICMPV6_SOLICITATION = 135, /* RFC 4861 */
    ICMPV6_ADVERTISEMENT = 136,
    ICMPV6_ECHO_FIRST = 128    /* types below it are errors (RFC 4443 section 2.1) */
};

/* A walk through a frame, and what it has named. */
struct walk {
    struct bytes left;
    const uint8_t *start;
    struct dissect *dissect;
};

/* Where a field stands in its header. */
struct row {
    const char *name;
    uint8_t at, len;
    enum dissect_format format;
    uint32_t mask;
};

static const struct row ethernet_rows[] = {
    {"Ethernet destination", 0, 6, DISSECT_MAC, 0}, {"Ethernet source", 6, 6, DISSECT_MAC, 0}};
static const struct row ethernet_type_rows[] = {{"Ethernet type", 0, 2, DISSECT_HEX, 0}};
static const struct row tpid_rows[] = {{"VLAN tag protocol", 0, 2, DISSECT_HEX, 0}};
static const struct row tci_rows[] = {{"VLAN priority", 0, 2, DISSECT_DECIMAL, 0xe000},
                                      {"VLAN DEI", 0, 2, DISSECT_DECIMAL, 0x1000},
                                      {"VLAN ID", 0, 2, DISSECT_DECIMAL, 0x0fff}};
static const struct row family_rows[] = {{"address family", 0, 4, DISSECT_HEX, 0}};
static const struct row sll_rows[] = {
    {"SLL packet type", 0, 2, DISSECT_DECIMAL, 0},    {"SLL ARPHRD type", 2, 2, DISSECT_DECIMAL, 0},
    {"SLL address length", 4, 2, DISSECT_DECIMAL, 0}, {"SLL address", 6, 8, DISSECT_BYTES, 0}};
static const struct row sll_type_rows[] = {{"SLL protocol", 0, 2, DISSECT_HEX, 0}};
static const struct row sll2_rows[] = {
    {"SLL2 protocol", 0, 2, DISSECT_HEX, 0},            {"SLL2 reserved", 2, 2, DISSECT_HEX, 0},
    {"SLL2 interface index", 4, 4, DISSECT_DECIMAL, 0}, {"SLL2 ARPHRD type", 8, 2, DISSECT_DECIMAL, 0},
    {"SLL2 packet type", 10, 1, DISSECT_DECIMAL, 0},    {"SLL2 address length", 11, 1, DISSECT_DECIMAL, 0},
    {"SLL2 address", 12, 8, DISSECT_BYTES, 0}};
static const struct row arp_rows[] = {
    {"ARP hardware type", 0, 2, DISSECT_DECIMAL, 0},   {"ARP protocol type", 2, 2, DISSECT_HEX, 0},
    {"ARP hardware length", 4, 1, DISSECT_DECIMAL, 0}, {"ARP protocol length", 5, 1, DISSECT_DECIMAL, 0},
    {"ARP operation", 6, 2, DISSECT_DECIMAL, 0},       {"ARP sender MAC", 8, 6, DISSECT_MAC, 0},
    {"ARP sender IP", 14, 4, DISSECT_IPV4, 0},         {"ARP target MAC", 18, 6, DISSECT_MAC, 0},
    {"ARP target IP", 24, 4, DISSECT_IPV4, 0}};
static const struct row ipv4_rows[] = {
    {"IPv4 version", 0, 1, DISSECT_DECIMAL, 0xf0},           {"IPv4 header length", 0, 1, DISSECT_DECIMAL, 0x0f},
    {"IPv4 TOS", 1, 1, DISSECT_HEX, 0},                      {"IPv4 total length", 2, 2, DISSECT_DECIMAL, 0},
    {"IPv4 ID", 4, 2, DISSECT_HEX, 0},                       {"IPv4 flags", 6, 2, DISSECT_HEX, 0xe000},
    {"IPv4 fragment offset", 6, 2, DISSECT_EIGHTS, 0x1fff},  {"IPv4 TTL", 8, 1, DISSECT_DECIMAL, 0},
    {"IPv4 protocol", 9, 1, DISSECT_DECIMAL, 0},             {"IPv4 checksum", 10, 2, DISSECT_HEX, 0},
    {"IPv4 source", 12, 4, DISSECT_IPV4, 0},                 {"IPv4 destination", 16, 4, DISSECT_IPV4, 0}};
static const struct row ipv6_rows[] = {
    {"IPv6 version", 0, 4, DISSECT_DECIMAL, 0xf0000000}, {"IPv6 traffic class", 0, 4, DISSECT_HEX, 0x0ff00000},
    {"IPv6 flow label", 0, 4, DISSECT_HEX, 0x000fffff},  {"IPv6 payload length", 4, 2, DISSECT_DECIMAL, 0},
    {"IPv6 next header", 6, 1, DISSECT_DECIMAL, 0},      {"IPv6 hop limit", 7, 1, DISSECT_DECIMAL, 0},
    {"IPv6 source", 8, 16, DISSECT_IPV6, 0},             {"IPv6 destination", 24, 16, DISSECT_IPV6, 0}};
static const struct row fragment_rows[] = {
    {"fragment next header", 0, 1, DISSECT_DECIMAL, 0},    {"fragment reserved", 1, 1, DISSECT_HEX, 0},
    {"fragment offset", 2, 2, DISSECT_EIGHTS, 0xfff8},     {"fragment reserved bits", 2, 2, DISSECT_HEX, 0x0006},
    {"fragment more", 2, 2, DISSECT_DECIMAL, 0x0001},      {"fragment ID", 4, 4, DISSECT_HEX, 0}};
static const struct row extension_rows[] = {{"extension next header", 0, 1, DISSECT_DECIMAL, 0},
                                            {"extension length", 1, 1, DISSECT_DECIMAL, 0}};

/* ICMP and ICMPv6 have the same header under two names, and what follows goes by the type. */
static const struct row icmp_rows[] = {{"ICMP type", 0, 1, DISSECT_DECIMAL, 0},
                                       {"ICMP code", 1, 1, DISSECT_DECIMAL, 0},
                                       {"ICMP checksum", 2, 2, DISSECT_HEX, 0}};
static const struct row icmpv6_rows[] = {{"ICMPv6 type", 0, 1, DISSECT_DECIMAL, 0},
                                         {"ICMPv6 code", 1, 1, DISSECT_DECIMAL, 0},
                                         {"ICMPv6 checksum", 2, 2, DISSECT_HEX, 0}};
static const struct row echo_rows[] = {{"ICMP id", 0, 2, DISSECT_DECIMAL, 0}, {"ICMP sequence", 2, 2, DISSECT_DECIMAL, 0}};
static const struct row echo6_rows[] = {{"ICMPv6 id", 0, 2, DISSECT_DECIMAL, 0},
                                        {"ICMPv6 sequence", 2, 2, DISSECT_DECIMAL, 0}};
static const struct row timestamp_rows[] = {
    {"ICMP id", 0, 2, DISSECT_DECIMAL, 0},             {"ICMP sequence", 2, 2, DISSECT_DECIMAL, 0},
    {"ICMP originate time", 4, 4, DISSECT_DECIMAL, 0}, {"ICMP receive time", 8, 4, DISSECT_DECIMAL, 0},
    {"ICMP transmit time", 12, 4, DISSECT_DECIMAL, 0}};
static const struct row probe_rows[] = { /* RFC 8335 section 3 */
    {"ICMP id", 0, 2, DISSECT_DECIMAL, 0},   {"ICMP sequence", 2, 1, DISSECT_DECIMAL, 0},
    {"PROBE state", 3, 1, DISSECT_HEX, 0xe0}, {"PROBE flags", 3, 1, DISSECT_HEX, 0x1f}};
static const struct row error_rows[] = {{"ICMP rest of header", 0, 4, DISSECT_HEX, 0}};
static const struct row neighbor_rows[] = {{"neighbour flags", 0, 4, DISSECT_HEX, 0},
                                           {"neighbour target", 4, 16, DISSECT_IPV6, 0}};

static void
add(struct walk *walk, const char *name, size_t len, size_t behind, enum dissect_format format, uint32_t mask)
{
    struct dissect *dissect = walk->dissect;
    size_t at = (size_t)(walk->left.at - walk->start) + behind;

    if (len == 0)
        return;
    if (dissect->count == DISSECT_FIELDS) { /* a tower of VLAN tags */
        const struct dissect_field *last = &dissect->fields[--dissect->count];

        len += at - last->at;
        at = last->at;
        name = "data";
        format = DISSECT_BYTES;
    }
    dissect->fields[dissect->count++] = (struct dissect_field){name, at, len, mask, format};
}

/* The next `len` bytes, or as many as there are, in one field. */
static void
take_bytes(struct walk *walk, const char *name, size_t len)
{
    if (len > walk->left.left)
        len = walk->left.left;
    add(walk, name, len, 0, DISSECT_BYTES, 0);
    (void)bytes_take(&walk->left, len);
}

/* A header by its table.  NULL when it is not all there, and the rest is data then. */
static const uint8_t *
take_rows(struct walk *walk, const struct row *rows, size_t count)
{
    const struct row *last = &rows[count - 1];
    size_t len = (size_t)last->at + last->len;

    if (len > walk->left.left) {
        take_bytes(walk, "data", walk->left.left);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        add(walk, rows[i].name, rows[i].len, rows[i].at, rows[i].format, rows[i].mask);
    return bytes_take(&walk->left, len);
}

#define TAKE(walk, rows) take_rows(walk, rows, sizeof(rows) / sizeof((rows)[0]))

/* Any number of VLAN tags, then the type by the rows of its link layer. */
static void
walk_tags(struct walk *walk, const struct row *type_rows)
{
    while (walk->left.left >= 2) {
        uint16_t type = load_be16(walk->left.at);

        if (type != TPID_8021Q && type != TPID_8021AD) {
            (void)take_rows(walk, type_rows, 1);
            return;
        }
        if (TAKE(walk, tpid_rows) == NULL || TAKE(walk, tci_rows) == NULL)
            return;
    }
}

static void
walk_ethernet(struct walk *walk)
{
    if (TAKE(walk, ethernet_rows) != NULL)
        walk_tags(walk, ethernet_type_rows);
}

static void
walk_sll(struct walk *walk)
{
    if (TAKE(walk, sll_rows) != NULL)
        walk_tags(walk, sll_type_rows);
}

/* The protocol comes first, and of a tagged frame it is the first TPID. */
static void
walk_sll2(struct walk *walk)
{
    const uint8_t *header = TAKE(walk, sll2_rows);
    uint16_t type = header == NULL ? 0 : load_be16(header);

    if ((type == TPID_8021Q || type == TPID_8021AD) && TAKE(walk, tci_rows) != NULL)
        walk_tags(walk, ethernet_type_rows);
}

static void
walk_family(struct walk *walk)
{
    (void)TAKE(walk, family_rows);
}

/* Link layers whose header is told field by field; the others' is told byte by byte. */
static void (*const link_walks[LINK_TYPES])(struct walk *walk) = {
    [LINK_EN10MB] = walk_ethernet, [LINK_NULL] = walk_family,      [LINK_LOOP] = walk_family,
    [LINK_LINUX_SLL] = walk_sll,   [LINK_LINUX_SLL2] = walk_sll2,
};

/* What follows type, code and checksum: the rows of each type there is an answer to. */
static const struct {
    uint8_t type;
    bool is_v6;
    uint8_t count;
    const struct row *rows;
} bodies[] = {
    {ICMP_ECHO_REPLY, false, 2, echo_rows},           {ICMP_ECHO_REQUEST, false, 2, echo_rows},
    {ICMP_TIMESTAMP, false, 5, timestamp_rows},       {ICMP_TIMESTAMP_REPLY, false, 5, timestamp_rows},
    {ICMP_EXTENDED_ECHO_REQUEST, false, 4, probe_rows}, {ICMP_EXTENDED_ECHO_REPLY, false, 4, probe_rows},
    {ICMPV6_ECHO_REPLY, true, 2, echo6_rows},         {ICMPV6_ECHO_REQUEST, true, 2, echo6_rows},
    {ICMPV6_EXTENDED_ECHO_REQUEST, true, 4, probe_rows}, {ICMPV6_EXTENDED_ECHO_REPLY, true, 4, probe_rows},
    {ICMPV6_SOLICITATION, true, 2, neighbor_rows},    {ICMPV6_ADVERTISEMENT, true, 2, neighbor_rows},
};

static void
walk_icmp(struct walk *walk, bool is_v6)
{
    const uint8_t *header = is_v6 ? TAKE(walk, icmpv6_rows) : TAKE(walk, icmp_rows);
    const char *data = is_v6 ? "ICMPv6 data" : "ICMP data";

    for (size_t i = 0; header != NULL && i < sizeof bodies / sizeof bodies[0]; i++)
        if (bodies[i].type == header[0] && bodies[i].is_v6 == is_v6) {
            if (take_rows(walk, bodies[i].rows, bodies[i].count) != NULL)
                take_bytes(walk, data, walk->left.left);
            return;
        }
    if (header != NULL && TAKE(walk, error_rows) != NULL)
        take_bytes(walk, data, walk->left.left);
}

/* Cuts the walk to a datagram's `len` bytes of payload.  Returns what comes behind them: padding. */
static size_t
trim(struct walk *walk, size_t len)
{
    size_t padding = walk->left.left > len ? walk->left.left - len : 0;

    bytes_trim(&walk->left, len);
    return padding;
}

static void
walk_ipv4(struct walk *walk)
{
    const uint8_t *header = TAKE(walk, ipv4_rows);
    size_t header_len, total_len, padding;

    if (header == NULL)
        return;
    header_len = (size_t)(header[0] & 0x0f) * 4;
    total_len = load_be16(header + 2);
    padding = trim(walk, total_len > IPV4_HEADER_LEN ? total_len - IPV4_HEADER_LEN : 0);
    if (header_len > IPV4_HEADER_LEN)
        take_bytes(walk, "IPv4 options", header_len - IPV4_HEADER_LEN);
    if ((load_be16(header + 6) & IPV4_OFFSET_MASK) != 0)
        take_bytes(walk, "IPv4 fragment data", walk->left.left);
    else if (header[9] == IPV4_PROTOCOL_ICMP)
        walk_icmp(walk, false);
    take_bytes(walk, "IPv4 data", walk->left.left);
    walk->left.left += padding;
    take_bytes(walk, "padding", padding);
}

/* | next header 1 | length 1, in units of 8 bytes behind the first 8 | … | */
static bool
walk_extension(struct walk *walk, uint8_t *next)
{
    const uint8_t *header = TAKE(walk, extension_rows);

    if (header == NULL)
        return false;
    *next = header[0];
    take_bytes(walk, "extension data", 6 + (size_t)header[1] * 8);
    return true;
}

/* Returns whether the upper layer's header follows, `next` being its number. */
static bool
walk_extensions(struct walk *walk, uint8_t *next)
{
    while (walk->left.left > 0) {
        if (*next == IPV6_NEXT_FRAGMENT) {
            const uint8_t *header = TAKE(walk, fragment_rows);

            if (header == NULL || (load_be16(header + 2) & IPV6_OFFSET_MASK) != 0)
                return false;
            *next = header[0];
        } else if (*next != IPV6_NEXT_HOP_BY_HOP && *next != IPV6_NEXT_ROUTING && *next != IPV6_NEXT_DESTINATION) {
            return true;
        } else if (!walk_extension(walk, next)) {
            return false;
        }
    }
    return false;
}

static void
walk_ipv6(struct walk *walk)
{
    const uint8_t *header = TAKE(walk, ipv6_rows);
    size_t padding;
    uint8_t next;

    if (header == NULL)
        return;
    next = header[6];
    padding = trim(walk, load_be16(header + 4));
    if (walk_extensions(walk, &next) && next == IPV6_NEXT_ICMPV6)
        walk_icmp(walk, true);
    take_bytes(walk, "IPv6 data", walk->left.left);
    walk->left.left += padding;
    take_bytes(walk, "padding", padding);
}

static void
walk_network(struct walk *walk, uint16_t protocol)
{
    if (walk->left.left == 0)
        return;
    if (protocol == LINK_PROTOCOL_BY_VERSION)
        protocol = *walk->left.at >> 4 == 6 ? LINK_PROTOCOL_IPV6 : LINK_PROTOCOL_IPV4;
    if (protocol == LINK_PROTOCOL_IPV4)
        walk_ipv4(walk);
    else if (protocol == LINK_PROTOCOL_IPV6)
        walk_ipv6(walk);
    else if (protocol == LINK_PROTOCOL_ARP && TAKE(walk, arp_rows) != NULL)
        take_bytes(walk, "padding", walk->left.left);
}

void
dissect_frame(enum link_type link, const uint8_t *data, size_t len, struct dissect *dissect)
{
    struct walk walk = {{data, len}, data, dissect};
    struct bytes frame = {data, len};
    struct link header;
    enum link_status status = link_read(link, &frame, &header);

    dissect->count = 0;
    if (link_walks[link] != NULL)
        link_walks[link](&walk);
    else
        take_bytes(&walk, "link header", header.header_len);
    if (status == LINK_OK || status == LINK_ARP)
        walk_network(&walk, header.protocol);
    take_bytes(&walk, "data", walk.left.left);
}
