/* Frames changed. */
#include "change.h"

#include "parts.h"
#include "responder/packet.h"

enum {
    MACS_LEN = 12,
    TAG_LEN = 4,
    LENGTH4_AT = 2,
    SOURCE4_AT = 12,
    SOURCE6_AT = 8,
    LINKS_LEN = 64, /* within which link headers end */
    LENGTH6_AT = 4,
    NEXT6_AT = 6,
    IHL_MOST = 15
};

/* A frame that is being changed, and what is where in it. */
struct target {
    struct draw *draw;
    enum link_type link;
    struct shape *shape;
    struct packet packet;
    uint8_t *ip;      /* NULL: it has no IP header */
    uint8_t *message; /* behind all headers; NULL: there is none */
};

static void
find_layers(struct target *target)
{
    struct packet *packet = &target->packet;
    uint8_t *data = target->shape->data;
    struct bytes payload;

    packet_read(target->link, (struct bytes){data, target->shape->len}, packet);
    target->ip = target->message = NULL;
    if (packet->version == 0 || packet->src.version == 0)
        return;
    payload = packet->version == 6 ? packet->ipv6.payload : packet->ipv4.payload;
    target->ip = data + (packet->link.header - data) + packet->link.header_len;
    if (payload.at != NULL && payload.left > 0)
        target->message = data + (payload.at - data);
}

static void
change_byte(struct target *target)
{
    if (target->shape->len > 0)
        target->shape->data[draw_below(target->draw, target->shape->len)] = (uint8_t)draw_border(target->draw, UINT8_MAX);
}

/* Makes room for `len` bytes at `at`, or takes so many away.  False when there is no room or nothing there. */
static bool
open_room(struct shape *shape, const uint8_t *at, size_t len)
{
    size_t offset = (size_t)(at - shape->data);

    if (shape->len + len > SHAPES_ROOM || offset > shape->len)
        return false;
    memmove(shape->data + offset + len, shape->data + offset, shape->len - offset);
    shape->len += len;
    return true;
}

static bool
close_room(struct shape *shape, const uint8_t *at, size_t len)
{
    size_t offset = (size_t)(at - shape->data);

    if (offset + len > shape->len)
        return false;
    memmove(shape->data + offset, shape->data + offset + len, shape->len - offset - len);
    shape->len -= len;
    return true;
}

/* Adds to the length of the datagram, but for some of the times. */
static void
grow_length(struct target *target, size_t len)
{
    uint8_t *at = target->ip + (target->packet.version == 6 ? LENGTH6_AT : LENGTH4_AT);

    if (!draw_one_in(target->draw, 16))
        store_be16(at, (uint16_t)(load_be16(at) + len));
}

/* --- the link layer */

static void
change_mac(struct target *target)
{
    if (target->link != LINK_EN10MB || target->shape->len < MACS_LEN) {
        change_byte(target);
        return;
    }
    memcpy(target->shape->data + (draw_one_in(target->draw, 2) ? 0 : LINK_MAC_LEN), parts_mac(target->draw), LINK_MAC_LEN);
}

/* Any byte of the link header, or of the frame where there is no IP. */
static void
change_link(struct target *target)
{
    size_t len = target->packet.link.header_len;

    if (len == 0 || len > target->shape->len)
        change_byte(target);
    else
        target->shape->data[draw_below(target->draw, len)] = (uint8_t)draw_border(target->draw, UINT8_MAX);
}

static void
change_tags(struct target *target)
{
    static const uint8_t tags[][TAG_LEN] = {
        {0x81, 0, 0, 1},     {0x81, 0, 0, 0},    {0x88, 0xa8, 0, 10},
        {0x81, 0, 0xe0, 99}, {0x81, 0, 0x10, 1}, {0x81, 0, 0x0f, 0xff},
    };
    struct shape *shape = target->shape;

    if (target->link != LINK_EN10MB || shape->len < MACS_LEN + TAG_LEN)
        change_link(target);
    else if (target->packet.link.tag_count > 0 && draw_one_in(target->draw, 2))
        (void)close_room(shape, shape->data + MACS_LEN, TAG_LEN);
    else if (open_room(shape, shape->data + MACS_LEN, TAG_LEN))
        memcpy(shape->data + MACS_LEN, *DRAW_ROW(target->draw, tags), TAG_LEN);
}

/* --- the IP header */

/* Fields of up to two bytes. */
static const struct field {
    uint8_t version, at, len;
} fields[] = {
    {4, 0, 1}, {4, 1, 1}, {4, LENGTH4_AT, 2}, {4, 4, 2}, {4, 6, 2}, {4, 8, 1}, {4, 9, 1}, {4, 10, 2},
    {6, 0, 1}, {6, 1, 1}, {6, 2, 2}, {6, LENGTH6_AT, 2}, {6, NEXT6_AT, 1}, {6, 7, 1},
};

static void
change_field(struct target *target)
{
    const struct field *field = DRAW_ROW(target->draw, fields);

    if (target->ip == NULL) {
        change_byte(target);
        return;
    }
    while (field->version != target->packet.version)
        field = DRAW_ROW(target->draw, fields);
    if (field->len == 2)
        store_be16(target->ip + field->at, (uint16_t)draw_border(target->draw, UINT16_MAX));
    else
        target->ip[field->at] = (uint8_t)draw_border(target->draw, UINT8_MAX);
}

/* By a little, so that it is off by one or two. */
static void
change_length(struct target *target)
{
    if (target->ip == NULL)
        change_byte(target);
    else
        grow_length(target, draw_below(target->draw, 9) - 4);
}

static void
change_address(struct target *target)
{
    uint8_t version = target->packet.version;
    size_t len = version == 6 ? IPV6_ADDRESS_LEN : IPV4_ADDRESS_LEN, at = version == 6 ? SOURCE6_AT : SOURCE4_AT;
    bool is_source = draw_one_in(target->draw, 2);

    if (target->ip == NULL)
        change_byte(target);
    else
        memcpy(target->ip + at + (is_source ? 0 : len), parts_address(target->draw, version, is_source), len);
}

/* --- what is between the IP header and the message */

static void
change_options(struct target *target)
{
    uint8_t options[IPV4_OPTIONS_MAX], *behind = target->ip + IPV4_HEADER_LEN;
    size_t ihl = target->ip[0] & IHL_MOST, len;

    if (ihl > IPV4_HEADER_LEN / 4 && draw_one_in(target->draw, 2)) {
        len = (ihl - IPV4_HEADER_LEN / 4) * 4;
        if (close_room(target->shape, behind, len))
            target->ip[0] = (uint8_t)(target->ip[0] - len / 4);
        len = 0 - len;
    } else {
        len = parts_options(target->draw, options, (IHL_MOST - (ihl < 5 ? 5 : ihl)) * 4);
        if (!open_room(target->shape, behind, len))
            return;
        memcpy(behind, options, len);
        target->ip[0] = (uint8_t)(target->ip[0] + len / 4);
    }
    grow_length(target, len);
}

/* The first extension header is taken out, or another one put before it. */
static void
change_extensions(struct target *target)
{
    static const uint8_t numbers[] = {0, 43, 44, 60};
    uint8_t header[PARTS_EXTENSION_MOST], *behind = target->ip + IPV6_HEADER_LEN, *next = target->ip + NEXT6_AT;
    uint8_t number = parts_extension_number(target->draw);
    size_t len;

    if (target->shape->data + target->shape->len < behind + 8)
        return;
    if (memchr(numbers, *next, sizeof numbers) != NULL && draw_one_in(target->draw, 2)) {
        len = *next == IPV6_NEXT_FRAGMENT ? 8 : (size_t)behind[1] * 8 + 8;
        number = behind[0];
        if (!close_room(target->shape, behind, len))
            return;
        *next = number;
        len = 0 - len;
    } else {
        len = parts_extension(target->draw, number, *next, header);
        if (!open_room(target->shape, behind, len))
            return;
        memcpy(behind, header, len);
        *next = number;
    }
    grow_length(target, len);
}

static void
change_between(struct target *target)
{
    if (target->ip == NULL)
        change_byte(target);
    else if (target->packet.version == 6)
        change_extensions(target);
    else
        change_options(target);
}

/* A byte of the options or extension headers that are there. */
static void
change_inside(struct target *target)
{
    size_t fixed = target->packet.version == 6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN, len;

    if (target->ip == NULL || target->message == NULL || target->message <= target->ip + fixed) {
        change_byte(target);
        return;
    }
    len = (size_t)(target->message - target->ip) - fixed;
    target->ip[fixed + draw_below(target->draw, len)] = (uint8_t)draw_border(target->draw, UINT8_MAX);
}

/* --- the message */

static void
change_message(struct target *target)
{
    static const uint8_t types[] = {8, 13, 42, 0, 3, 128, 160, 129, 135, 136, 130, 143, 1, 2, 11, 12, 255};
    size_t left = target->message == NULL ? 0 : (size_t)(target->shape->data + target->shape->len - target->message), at;

    if (left == 0) {
        change_byte(target);
        return;
    }
    at = draw_below(target->draw, left < 48 ? left : 48);
    target->message[at] = at == 0 ? *DRAW_ROW(target->draw, types) : (uint8_t)draw_border(target->draw, UINT8_MAX);
}

/* Longer or shorter data. */
static void
change_size(struct target *target)
{
    struct shape *shape = target->shape;
    size_t len = 1 + (draw_one_in(target->draw, 4) ? draw_below(target->draw, 1500) : draw_below(target->draw, 32));

    if (target->ip == NULL || target->message == NULL) {
        change_byte(target);
    } else if (draw_one_in(target->draw, 2)) {
        if (!open_room(shape, shape->data + shape->len, len))
            return;
        memset(shape->data + shape->len - len, (int)draw_below(target->draw, 256), len);
        grow_length(target, len);
    } else if (len < (size_t)(shape->data + shape->len - target->message)) {
        shape->len -= len;
        grow_length(target, 0 - len);
    }
}

/* The frame ends early, or has a trailer. */
static void
change_end(struct target *target)
{
    struct shape *shape = target->shape;
    size_t len = 1 + draw_below(target->draw, 46), most = shape->len;

    if (most > LINKS_LEN && draw_one_in(target->draw, 2))
        most = LINKS_LEN;
    if (draw_one_in(target->draw, 2))
        shape->len = draw_below(target->draw, most + 1);
    else if (open_room(shape, shape->data + shape->len, len))
        memset(shape->data + shape->len - len, 0, len);
}

void
change_frame(struct draw *draw, enum link_type link, struct shape *shape)
{
    static void (*const ways[])(struct target *) = {
        change_mac,     change_link,    change_tags,   change_field,   change_field,   change_length, change_address,
        change_address, change_between, change_between, change_inside, change_inside, change_message, change_message,
        change_size,    change_end,     change_byte,
    };
    struct target target = {.draw = draw, .link = link, .shape = shape};

    find_layers(&target);
    (*DRAW_ROW(draw, ways))(&target);
}
