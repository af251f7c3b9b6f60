/* Datagrams cut into fragments, and what becomes of these on the way. */
#include "change.h"
#include "responder/packet.h"

enum {
    LENGTH4_AT = 2,
    OFFSET4_AT = 6,
    LENGTH6_AT = 4,
    NEXT6_AT = 6,
    MORE4 = 0x2000,
    MORE6 = 1
};

/* A datagram that is cut. */
struct whole {
    const struct shape *shape;
    uint8_t version;
    size_t ip;     /* where its header is, in bytes */
    size_t start;  /* where what is cut begins */
    size_t end;
    uint32_t id;
};

static bool
find_whole(enum link_type link, const struct shape *shape, struct whole *whole)
{
    struct packet packet;
    struct bytes datagram;

    packet_read(link, (struct bytes){shape->data, shape->len}, &packet);
    if (packet.version == 0 || packet.src.version == 0 || packet_is_fragment(&packet))
        return false;
    if (packet.version == 4 && packet.ipv4_status != IPV4_OK && packet.ipv4_status != IPV4_BAD_SUM)
        return false;
    datagram = packet_datagram(&packet);
    whole->shape = shape;
    whole->version = packet.version;
    whole->ip = (size_t)(datagram.at - shape->data);
    whole->start = packet.version == 6 ? whole->ip + IPV6_HEADER_LEN : (size_t)(packet.ipv4.payload.at - shape->data);
    whole->end = whole->ip + datagram.left;
    return whole->start < whole->end && whole->end <= shape->len;
}

/* Writes the fragment of `len` bytes from `offset` on. */
static void
write_piece(const struct whole *whole, size_t offset, size_t len, bool more, struct shape *piece)
{
    struct writer writer = {piece->data, SHAPES_ROOM, false};
    uint8_t *ip = piece->data + whole->ip;

    writer_put(&writer, whole->shape->data, whole->start);
    if (whole->version == 6) {
        writer_u8(&writer, ip[NEXT6_AT]);
        writer_u8(&writer, 0);
        writer_be16(&writer, (uint16_t)(offset | (more ? MORE6 : 0)));
        writer_be32(&writer, whole->id);
        ip[NEXT6_AT] = IPV6_NEXT_FRAGMENT;
        store_be16(ip + LENGTH6_AT, (uint16_t)(IPV6_FRAGMENT_LEN + len));
    } else {
        store_be16(ip + LENGTH4_AT, (uint16_t)(whole->start - whole->ip + len));
        store_be16(ip + OFFSET4_AT, (uint16_t)(offset / 8 | (more ? MORE4 : 0)));
    }
    writer_put(&writer, whole->shape->data + whole->start + offset, len);
    piece->len = (size_t)(writer.at - piece->data);
}

size_t
change_cut(struct draw *draw, enum link_type link, const struct shape *shape, struct shape *pieces, size_t most)
{
    struct whole whole = {.id = (uint32_t)draw_below(draw, 4)};
    size_t all, step, count = 0;

    if (!find_whole(link, shape, &whole))
        return 0;
    all = whole.end - whole.start;
    step = 8 * (1 + draw_below(draw, all / 8 + 1));
    while (all / step >= most)
        step *= 2;
    for (size_t at = 0; at < all; at += step)
        write_piece(&whole, at, all - at < step ? all - at : step, at + step < all, &pieces[count++]);
    return count;
}

static void
swap(struct shape *one, struct shape *other)
{
    static struct shape spare;

    spare = *one;
    *one = *other;
    *other = spare;
}

/* Moves a fragment by some units of eight bytes, so that it overlaps others or leaves a gap, or says that it is the last. */
static void
shift(struct draw *draw, enum link_type link, struct shape *piece)
{
    struct packet packet;
    uint8_t *at;

    packet_read(link, (struct bytes){piece->data, piece->len}, &packet);
    if (packet.src.version == 0)
        return;
    at = piece->data + (packet_datagram(&packet).at - piece->data);
    at += packet.version == 6 ? IPV6_HEADER_LEN + 2 : OFFSET4_AT;
    if (at + 2 > piece->data + piece->len)
        return;
    if (draw_one_in(draw, 3))
        at[packet.version == 6] ^= packet.version == 6 ? MORE6 : MORE4 >> 8;
    else
        store_be16(at, (uint16_t)(load_be16(at) + (draw_below(draw, 5) - 2) * (packet.version == 6 ? 8 : 1)));
}

size_t
change_order(struct draw *draw, enum link_type link, struct shape *pieces, size_t count)
{
    struct shape *piece = &pieces[draw_below(draw, count)];

    switch (draw_below(draw, 6)) {
    case 0:
        for (size_t i = count - 1; i > 0; i--)
            swap(&pieces[i], &pieces[draw_below(draw, i + 1)]);
        return count;
    case 1:
        pieces[count] = *piece;
        return count + 1;
    case 2:
        swap(piece, &pieces[count - 1]);
        return count - 1;
    case 3:
        pieces[count] = *piece;
        shift(draw, link, &pieces[count]);
        return count + 1;
    case 4:
        shift(draw, link, piece);
        return count;
    default:
        return count;
    }
}
