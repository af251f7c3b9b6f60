/* Parts of frames. */
#include "parts.h"

#include <string.h>

#include "codec/ipv6.h"

enum {
    NEXT_ROUTING = 43,
    NEXT_ESP = 50,
    NEXT_AH = 51,
    NEXT_DESTINATION = 60,
    NEXT_MOBILITY = 135,
    OPTIONS_MOST = 40
};

/* The first ones are the usual ones. */
static const uint8_t sources4[][4] = {
    {192, 0, 2, 1},   {192, 0, 2, 7}, {198, 51, 100, 1}, {0, 0, 0, 0},   {192, 0, 2, 2},
    {192, 0, 2, 255}, {127, 0, 0, 1}, {224, 0, 0, 1},    {240, 0, 0, 1}, {255, 255, 255, 255},
    {169, 254, 1, 1}, {198, 51, 100, 2}, {0, 0, 0, 1},
};
static const uint8_t targets4[][4] = {
    {192, 0, 2, 2}, {198, 51, 100, 2}, {203, 0, 113, 9},  {192, 0, 2, 255}, {192, 0, 2, 0},
    {224, 0, 0, 1}, {127, 0, 0, 1},    {224, 0, 0, 251},  {240, 0, 0, 1},   {255, 255, 255, 255},
    {0, 0, 0, 0},   {192, 0, 2, 1},    {239, 1, 2, 3},
};
static const uint8_t sources6[][16] = {
    {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, {0xfe, 0x80, [15] = 1},  {0x20, 0x01, 0x0d, 0xb8, [15] = 7},
    {[15] = 0},                         {[15] = 1},              {0xff, 0x02, [15] = 1},
    {[10] = 0xff, 0xff, 192, 0, 2, 1},  {0xfe, 0x80, [15] = 2},  {0x20, 0x01, 0x0d, 0xb8, [15] = 2},
    {0xfe, 0x80, 0, 1, [15] = 1},       {[12] = 192, 0, 2, 1},   {0xfe, 0xc0, [15] = 1},
};
static const uint8_t targets6[][16] = {
    {0x20, 0x01, 0x0d, 0xb8, [15] = 2}, {0xfe, 0x80, [15] = 2}, {0xff, 0x02, [11] = 1, 0xff, 0, 0, 2},
    {0xff, 0x02, [15] = 1},             {0xff, 0x01, [15] = 1}, {[15] = 1},
    {[10] = 0xff, 0xff, 192, 0, 2, 2},  {[15] = 0},             {0xff, 0x02, [11] = 1, 0xff, 0, 0, 9},
    {0xff, 0x05, [15] = 2},             {0xff, 0, [15] = 1},    {0x20, 0x01, 0x0d, 0xb8},
    {0xfe, 0x80, 0, 1, [15] = 2},       {[12] = 192, 0, 2, 2},  {0xff, 0x02, [11] = 2, 0xff, 0, 0, 2},
};
static const uint8_t macs[][LINK_MAC_LEN] = {
    {2, 0, 0, 0, 0, 2},       {2, 0, 0, 0, 0, 1},       {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {0x33, 0x33, 0, 0, 0, 1},
    {0x33, 0x33, 0xff, 0, 0, 2}, {1, 0, 0x5e, 0, 0, 1}, {2, 0, 0, 0, 0, 3},                {0},
};

/* One of the first three, mostly. */
static size_t
draw_usual(struct draw *draw, size_t count)
{
    size_t usual = draw_below(draw, 8);

    return usual < 5 ? 0 : usual < 6 ? 1 : usual < 7 ? 2 : draw_below(draw, count);
}

const uint8_t *
parts_address(struct draw *draw, uint8_t version, bool is_source)
{
    if (version == 6 && is_source)
        return sources6[draw_usual(draw, sizeof sources6 / sizeof sources6[0])];
    if (version == 6)
        return targets6[draw_usual(draw, sizeof targets6 / sizeof targets6[0])];
    if (is_source)
        return sources4[draw_usual(draw, sizeof sources4 / sizeof sources4[0])];
    return targets4[draw_usual(draw, sizeof targets4 / sizeof targets4[0])];
}

const uint8_t *
parts_mac(struct draw *draw)
{
    return *DRAW_ROW(draw, macs);
}

void
parts_put_random(struct draw *draw, struct writer *writer, size_t len)
{
    bool is_even = draw_one_in(draw, 2);
    uint64_t bits = draw_next(draw);

    for (size_t i = 0; i < len; i++)
        writer_u8(writer, (uint8_t)(is_even ? bits : bits >> i % 8 * 8));
}

void
parts_put_address(struct draw *draw, struct writer *writer, uint8_t version, bool is_source)
{
    writer_put(writer, parts_address(draw, version, is_source), version == 6 ? 16 : 4);
}

/* --- IPv4 options */

/* Record Route, or Timestamp with a flag of 0 to 3, with so many entries, of which some are filled. */
static void
put_entries(struct draw *draw, struct writer *writer, bool is_stamp)
{
    static const uint8_t flags[] = {0, 1, 3, 3, 2, 15};
    uint8_t flag = *DRAW_ROW(draw, flags), head = is_stamp ? 4 : 3;
    size_t each = is_stamp && flag != 0 ? 8 : 4, count = draw_below(draw, 36 / each + 1);
    size_t filled = draw_below(draw, count + 1);
    size_t len = head + count * each + (draw_one_in(draw, 8) ? draw_below(draw, 4) : 0);

    writer_u8(writer, is_stamp ? 68 : 7);
    writer_u8(writer, (uint8_t)len);
    writer_u8(writer, (uint8_t)(head + 1 + filled * each + (draw_one_in(draw, 8) ? draw_below(draw, 8) : 0)));
    if (is_stamp)
        writer_u8(writer, (uint8_t)((draw_one_in(draw, 4) ? draw_below(draw, 16) << 4 : 0) | flag));
    for (size_t i = head; i < len; i += 4)
        writer_put(writer, draw_one_in(draw, 2) ? targets4[0] : sources4[0], len - i < 4 ? len - i : 4);
}

static void
put_option(struct draw *draw, struct writer *writer)
{
    static const uint8_t others[] = {131, 137, 148, 130, 134, 30, 94, 25, 0x88};
    size_t len;

    switch (draw_below(draw, 6)) {
    case 0:
    case 1:
        put_entries(draw, writer, false);
        break;
    case 2:
    case 3:
        put_entries(draw, writer, true);
        break;
    case 4:
        writer_u8(writer, (uint8_t)draw_below(draw, 2));
        break;
    default:
        len = draw_one_in(draw, 4) ? draw_border(draw, UINT8_MAX) : 3 + draw_below(draw, 9);
        writer_u8(writer, *DRAW_ROW(draw, others));
        writer_u8(writer, (uint8_t)len);
        parts_put_random(draw, writer, len > 2 && len < OPTIONS_MOST ? len - 2 : 0);
        break;
    }
}

size_t
parts_options(struct draw *draw, uint8_t *options, size_t most)
{
    uint8_t room[512];
    struct writer writer = {room, sizeof room, false};
    size_t count = 1 + draw_below(draw, 3), len;

    memset(room, 0, sizeof room);
    while (count-- > 0)
        put_option(draw, &writer);
    len = ((size_t)(writer.at - room) + 3) / 4 * 4;
    if (len > most)
        len = most;
    memcpy(options, room, len);
    return len;
}

/* --- IPv6 extension headers */

uint8_t
parts_extension_number(struct draw *draw)
{
    static const uint8_t numbers[] = {
        IPV6_NEXT_HOP_BY_HOP, NEXT_DESTINATION, NEXT_ROUTING, IPV6_NEXT_FRAGMENT, NEXT_DESTINATION, IPV6_NEXT_HOP_BY_HOP,
        NEXT_AH, NEXT_ESP, NEXT_MOBILITY,
    };

    return *DRAW_ROW(draw, numbers);
}

/* Options up to the end of a header; one in some does not end there. */
static void
put_options6(struct draw *draw, struct writer *writer)
{
    static const uint8_t types[] = {0, 1, 5, 0xc2, 0x3e, 0x40, 0x80, 0xc0, 0xfe, 0xc9};

    if (draw_one_in(draw, 8)) /* as many as fit that nobody knows and that may be passed over */
        while (writer->left >= 2)
            writer_be16(writer, 0x1e00);

    while (writer->left >= 2) {
        uint8_t type = draw_one_in(draw, 2) ? 1 : *DRAW_ROW(draw, types);
        size_t len = type == 0xc2 ? 4 : type == 5 ? 2 : draw_below(draw, 7);

        if (type == 0) {
            writer_u8(writer, 0);
            continue;
        }
        if (len > writer->left - 2 && !draw_one_in(draw, 16))
            len = writer->left - 2;
        writer_u8(writer, type);
        writer_u8(writer, (uint8_t)len);
        if (type == 1)
            writer_zero(writer, len < writer->left ? len : writer->left);
        else
            parts_put_random(draw, writer, len < writer->left ? len : writer->left);
    }
    writer_zero(writer, writer->left);
}

size_t
parts_extension(struct draw *draw, uint8_t number, uint8_t next, uint8_t out[static PARTS_EXTENSION_MOST])
{
    static const uint8_t routings[] = {0, 2, 3, 4, 4, 253};
    size_t units = draw_one_in(draw, 4) ? draw_below(draw, 8) : 0, len = number == IPV6_NEXT_FRAGMENT ? 8 : 8 + units * 8;
    struct writer writer = {out, len, false};

    writer_u8(&writer, next);
    writer_u8(&writer, number == IPV6_NEXT_FRAGMENT ? 0 : (uint8_t)units);
    if (number == IPV6_NEXT_FRAGMENT) {
        writer_be16(&writer, draw_one_in(draw, 2) ? 0 : (uint16_t)draw_border(draw, UINT16_MAX));
        writer_be32(&writer, (uint32_t)draw_below(draw, 4));
    } else if (number == NEXT_ROUTING) {
        writer_u8(&writer, *DRAW_ROW(draw, routings));
        writer_u8(&writer, (uint8_t)(draw_one_in(draw, 2) ? 0 : draw_border(draw, UINT8_MAX)));
        parts_put_random(draw, &writer, writer.left);
    } else {
        put_options6(draw, &writer);
    }
    return len;
}
