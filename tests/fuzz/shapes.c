/* Frames made from nothing. */
#include "shapes.h"

#include "codec/checksum.h"
#include "codec/icmp.h"
#include "codec/ipv4.h"
#include "codec/ipv6.h"
#include "craft.h"
#include "parts.h"

enum {
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    NEXT_NONE = 59,
    OPTIONS_MOST = 40,
    DATA_MOST = 3000,
    EXTENSIONS_MOST = 3,
    EXTENSIONS_ROOM = EXTENSIONS_MOST * PARTS_EXTENSION_MOST
};

/* --- what is in the datagram */

static const uint8_t client_mac[LINK_MAC_LEN] = {2, 0, 0, 0, 0, 1};

/* What names an interface in a PROBE query (RFC 8335 section 2.1): a name, an index, or an address of a family. */
static void
put_interface(struct draw *draw, struct writer *writer, uint8_t by)
{
    static const uint8_t macs[][10] = {{0x40, 5, 6, 0, 2, 0, 0, 0, 0, 2}, {0x40, 5, 6, 0, 2, 0, 0, 0, 0, 1}};
    static const uint8_t names[][8] = {"ho0", "eth0", "ho01", ""};

    if (by == 1) {
        writer_put(writer, *DRAW_ROW(draw, names), 8);
    } else if (by == 2) {
        writer_be32(writer, (uint32_t)(3 + draw_below(draw, 3)));
    } else if (draw_one_in(draw, 3)) {
        writer_put(writer, *DRAW_ROW(draw, macs), sizeof macs[0]);
    } else if (draw_one_in(draw, 2)) {
        writer_be32(writer, 0x00010400);
        parts_put_address(draw, writer, 4, false);
    } else {
        writer_be32(writer, 0x00021000);
        parts_put_address(draw, writer, 6, false);
    }
}

/* A PROBE query: extension header, with a checksum of its own, then an object (RFC 4884 section 7). */
static void
put_probe(struct draw *draw, struct writer *writer)
{
    enum { CLASS_INTERFACE = 3, HEADER_LEN = 4 };
    uint8_t by = (uint8_t)(1 + draw_below(draw, 3)), *start = writer->at;

    writer_be32(writer, 0x20000000);
    writer_be16(writer, 0);
    writer_u8(writer, CLASS_INTERFACE);
    writer_u8(writer, by);
    put_interface(draw, writer, by);
    if (draw_one_in(draw, 8))
        writer->at = start + 2 * HEADER_LEN + draw_below(draw, (size_t)(writer->at - start) - 2 * HEADER_LEN + 1);
    store_be16(start + HEADER_LEN, (uint16_t)(writer->at - start - HEADER_LEN));
    if (draw_one_in(draw, 8))
        start[draw_below(draw, (size_t)(writer->at - start))] ^= (uint8_t)(1U << draw_below(draw, 8));
    store_be16(start + 2, (uint16_t)~checksum_fold(checksum_add(0, start, (size_t)(writer->at - start))));
}

/* A neighbour's question or news (RFC 4861 section 4): target, then perhaps the option with a MAC address. */
static void
put_neighbor(struct draw *draw, struct writer *writer, bool is_question)
{
    parts_put_address(draw, writer, 6, false);
    if (draw_one_in(draw, 3))
        return;
    writer_u8(writer, is_question ? 1 : 2);
    writer_u8(writer, draw_one_in(draw, 8) ? (uint8_t)draw_border(draw, UINT8_MAX) : 1);
    writer_put(writer, parts_mac(draw), LINK_MAC_LEN);
}

/* The group that a listener query asks for, or all of them (RFC 3810 section 5.1.5). */
static void
put_group(struct draw *draw, struct writer *writer)
{
    static const uint8_t groups[][16] = {{0}, {0xff, 0x02, [11] = 1, 0xff, 0, 0, 2}, {0xff, 0x02, [11] = 1, 0xff, 0, 0, 7}};

    writer_put(writer, *DRAW_ROW(draw, groups), sizeof groups[0]);
    if (draw_one_in(draw, 2))
        writer_zero(writer, 4); /* as version 2 has it */
}

/* What follows the eight bytes that every kind of message begins with. */
enum body { BODY_DATA, BODY_TIMES, BODY_PROBE, BODY_NEIGHBOR, BODY_QUERY, BODY_QUOTE };

/* Kinds of messages, the usual ones several times. */
static const struct message {
    uint8_t version, protocol, type;
    enum body body;
} messages[] = {
    {4, IPV4_PROTOCOL_ICMP, ICMP_ECHO_REQUEST, BODY_DATA},
    {4, IPV4_PROTOCOL_ICMP, ICMP_ECHO_REQUEST, BODY_DATA},
    {4, IPV4_PROTOCOL_ICMP, ICMP_ECHO_REQUEST, BODY_DATA},
    {4, IPV4_PROTOCOL_ICMP, ICMP_TIMESTAMP, BODY_TIMES},
    {4, IPV4_PROTOCOL_ICMP, ICMP_EXTENDED_ECHO_REQUEST, BODY_PROBE},
    {4, IPV4_PROTOCOL_ICMP, ICMP_ECHO_REPLY, BODY_DATA},
    {4, IPV4_PROTOCOL_ICMP, 3, BODY_QUOTE},
    {4, PROTOCOL_UDP, 0, BODY_DATA},
    {4, PROTOCOL_TCP, 0, BODY_DATA},
    {6, IPV6_NEXT_ICMPV6, ICMPV6_ECHO_REQUEST, BODY_DATA},
    {6, IPV6_NEXT_ICMPV6, ICMPV6_ECHO_REQUEST, BODY_DATA},
    {6, IPV6_NEXT_ICMPV6, ICMPV6_ECHO_REQUEST, BODY_DATA},
    {6, IPV6_NEXT_ICMPV6, ICMPV6_EXTENDED_ECHO_REQUEST, BODY_PROBE},
    {6, IPV6_NEXT_ICMPV6, 135, BODY_NEIGHBOR},
    {6, IPV6_NEXT_ICMPV6, 135, BODY_NEIGHBOR},
    {6, IPV6_NEXT_ICMPV6, 136, BODY_NEIGHBOR},
    {6, IPV6_NEXT_ICMPV6, 136, BODY_NEIGHBOR},
    {6, IPV6_NEXT_ICMPV6, 130, BODY_QUERY},
    {6, IPV6_NEXT_ICMPV6, ICMPV6_ECHO_REPLY, BODY_DATA},
    {6, IPV6_NEXT_ICMPV6, 1, BODY_QUOTE},
    {6, PROTOCOL_UDP, 0, BODY_DATA},
    {6, NEXT_NONE, 0, BODY_DATA},
    {6, 89, 0, BODY_DATA},
};

static size_t
draw_size(struct draw *draw)
{
    size_t way = draw_below(draw, 32);

    return way < 20 ? draw_below(draw, 65) : way < 26 ? draw_below(draw, 300) : draw_below(draw, DATA_MOST);
}

/* Writes a message.  Returns its length. */
static size_t
write_message(struct draw *draw, const struct message *message, uint8_t room[static SHAPES_ROOM])
{
    struct writer writer = {room, SHAPES_ROOM / 4 * 3, false};

    writer_u8(&writer, message->type);
    writer_u8(&writer, draw_one_in(draw, 16) ? (uint8_t)draw_border(draw, UINT8_MAX) : 0);
    writer_be16(&writer, 0);
    writer_be16(&writer, message->body == BODY_DATA ? 7 : (uint16_t)draw_border(draw, UINT16_MAX));
    writer_be16(&writer, message->body == BODY_PROBE && !draw_one_in(draw, 6) ? 0x0101 : (uint16_t)draw_below(draw, 4));
    if (message->body == BODY_PROBE)
        put_probe(draw, &writer);
    else if (message->body == BODY_NEIGHBOR)
        put_neighbor(draw, &writer, message->type == 135);
    else if (message->body == BODY_QUERY)
        put_group(draw, &writer);
    else
        parts_put_random(draw, &writer, message->body == BODY_TIMES ? 12 : draw_size(draw));
    return (size_t)(writer.at - room);
}

/* --- the datagram */

static void
put_ipv4(struct draw *draw, struct writer *writer, const struct message *message, const uint8_t *data, size_t len)
{
    uint8_t options[OPTIONS_MOST];
    size_t options_len = draw_one_in(draw, 4) ? parts_options(draw, options, sizeof options) : 0;
    uint16_t fragment = draw_one_in(draw, 16) ? (uint16_t)draw_border(draw, UINT16_MAX) : draw_one_in(draw, 2) ? 0x4000 : 0;

    writer_be16(writer, (uint16_t)((0x45 + options_len / 4) << 8 | (draw_one_in(draw, 4) ? draw_below(draw, 256) : 0)));
    writer_be16(writer, (uint16_t)(IPV4_HEADER_LEN + options_len + len));
    writer_be16(writer, (uint16_t)draw_below(draw, 4));
    writer_be16(writer, fragment);
    writer_u8(writer, draw_one_in(draw, 4) ? (uint8_t)draw_below(draw, 5) : 64);
    writer_u8(writer, message->protocol);
    writer_be16(writer, 0);
    parts_put_address(draw, writer, 4, true);
    parts_put_address(draw, writer, 4, false);
    writer_put(writer, options, options_len);
    writer_put(writer, data, len);
}

/* The extension headers of a message: any, or the Router Alert that a listener query has (RFC 3810 section 5).  Returns
 * their length; the number of the first one goes to `first`. */
static size_t
make_extensions(struct draw *draw, const struct message *message, uint8_t *first, uint8_t headers[static EXTENSIONS_ROOM])
{
    static const uint8_t alert[] = {IPV6_NEXT_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
    uint8_t numbers[EXTENSIONS_MOST + 1];
    size_t count = draw_one_in(draw, 3) ? 1 + draw_below(draw, EXTENSIONS_MOST) : 0, len = 0;

    if (message->body == BODY_QUERY && !draw_one_in(draw, 8)) {
        *first = IPV6_NEXT_HOP_BY_HOP;
        memcpy(headers, alert, sizeof alert);
        return sizeof alert;
    }
    for (size_t i = 0; i < count; i++)
        numbers[i] = parts_extension_number(draw);
    numbers[count] = message->protocol;
    for (size_t i = 0; i < count; i++)
        len += parts_extension(draw, numbers[i], numbers[i + 1], headers + len);
    *first = numbers[0];
    return len;
}

static uint8_t
draw_hops(struct draw *draw, const struct message *message)
{
    if (draw_one_in(draw, 8))
        return (uint8_t)draw_below(draw, 5);
    return message->body == BODY_NEIGHBOR ? 255 : message->body == BODY_QUERY ? 1 : 64;
}

static void
put_ipv6(struct draw *draw, struct writer *writer, const struct message *message, const uint8_t *data, size_t len)
{
    static const uint8_t router[16] = {0xfe, 0x80, [15] = 1}, all_nodes[16] = {0xff, 0x02, [15] = 1};
    static const uint8_t nobody[16], solicited[16] = {0xff, 0x02, [11] = 1, 0xff, 0, 0, 2};
    uint8_t headers[EXTENSIONS_ROOM], first;
    size_t headers_len = make_extensions(draw, message, &first, headers);

    writer_be32(writer, 0x60000000 | (draw_one_in(draw, 4) ? (uint32_t)draw_below(draw, 0x10000000) : 0));
    writer_be16(writer, (uint16_t)(headers_len + len));
    writer_u8(writer, first);
    writer_u8(writer, draw_hops(draw, message));
    if (message->body == BODY_QUERY && !draw_one_in(draw, 8)) {
        writer_put(writer, router, sizeof router);
        writer_put(writer, all_nodes, sizeof all_nodes);
    } else if (message->body == BODY_NEIGHBOR && draw_one_in(draw, 6)) { /* of a host without an address (RFC 4862) */
        writer_put(writer, nobody, sizeof nobody);
        writer_put(writer, solicited, sizeof solicited);
    } else {
        parts_put_address(draw, writer, 6, true);
        parts_put_address(draw, writer, 6, false);
    }
    writer_put(writer, headers, headers_len);
    writer_put(writer, data, len);
}

static void
put_arp(struct draw *draw, struct writer *writer)
{
    writer_be32(writer, 0x00010800);
    writer_be16(writer, 0x0604);
    writer_be16(writer, (uint16_t)(draw_one_in(draw, 4) ? draw_below(draw, 5) : 1));
    writer_put(writer, draw_one_in(draw, 4) ? parts_mac(draw) : client_mac, LINK_MAC_LEN);
    if (draw_one_in(draw, 6)) /* a probe (RFC 5227 section 2.1.1) */
        writer_be32(writer, 0);
    else
        parts_put_address(draw, writer, 4, draw_below(draw, 4) > 0);
    writer_zero(writer, LINK_MAC_LEN);
    parts_put_address(draw, writer, 4, false);
    writer_zero(writer, 18);
}

/* Puts VLAN tags into an Ethernet header that ends the frame so far. */
static void
put_tags(struct draw *draw, struct craft *craft)
{
    static const uint16_t tpids[] = {0x8100, 0x8100, 0x88a8, 0x9100}, tcis[] = {1, 10, 0, 0xe000, 0x100a, 99, 100, 0xfff};

    for (size_t count = 1 + draw_below(draw, 3); count > 0; count--)
        craft_tag(craft, *DRAW_ROW(draw, tpids), *DRAW_ROW(draw, tcis));
}

/* An echo request with nothing odd about it, so that many are answered. */
static void
make_plain(struct draw *draw, enum link_type link, struct shape *shape)
{
    static const uint8_t ends6[] = {0x20, 1, 0x0d, 0xb8, [15] = 1, 0x20, 1, 0x0d, 0xb8, [31] = 2};
    static struct craft craft;

    if (draw_one_in(draw, 2)) {
        craft4(&craft, link, NULL, 0, draw_size(draw));
        store_be16(craft.data + craft.l3 + 4, (uint16_t)draw_next(draw));
    } else {
        craft6(&craft, link, IPV6_NEXT_ICMPV6, NULL, 0, draw_size(draw));
        memcpy(craft.data + craft.l3 + 8, ends6, sizeof ends6);
    }
    store_be16(craft.data + craft.l4 + 6, (uint16_t)draw_next(draw));
    memcpy(shape->data, craft.data, craft.len);
    shape->len = craft.len;
}

/* Any kind of message, in headers of any kind. */
static void
make_any(struct draw *draw, enum link_type link, struct shape *shape)
{
    static struct craft craft;
    static uint8_t data[SHAPES_ROOM];
    const struct message *message = DRAW_ROW(draw, messages);
    bool is_arp = link == LINK_EN10MB && draw_one_in(draw, 10);
    struct writer writer;
    size_t link_len = 0;

    if (message->version == 6)
        craft6(&craft, link, IPV6_NEXT_ICMPV6, NULL, 0, 0);
    else
        craft4(&craft, link, NULL, 0, 0);
    if (is_arp)
        store_be16(craft.data + craft.l3 - 2, draw_one_in(draw, 16) ? LINK_PROTOCOL_RARP : LINK_PROTOCOL_ARP);
    if (link == LINK_EN10MB && draw_one_in(draw, 4))
        memcpy(craft.data, parts_mac(draw), LINK_MAC_LEN);
    if (link == LINK_EN10MB && draw_one_in(draw, 8))
        put_tags(draw, &craft);
    if (draw_one_in(draw, 3))
        link_len = parts_link(draw, link, message->version, shape->data);
    if (link_len == 0) {
        link_len = craft.l3;
        memcpy(shape->data, craft.data, link_len);
    }
    writer = (struct writer){shape->data + link_len, SHAPES_ROOM - link_len, false};
    if (is_arp)
        put_arp(draw, &writer);
    else if (message->version == 6)
        put_ipv6(draw, &writer, message, data, write_message(draw, message, data));
    else
        put_ipv4(draw, &writer, message, data, write_message(draw, message, data));
    shape->len = (size_t)(writer.at - shape->data);
}

void
shapes_make(struct draw *draw, enum link_type link, struct shape *shape)
{
    if (draw_one_in(draw, 3))
        make_plain(draw, link, shape);
    else
        make_any(draw, link, shape);
}
