/* Random IPv4 options, IPv6 extension headers and fragments for the kernel oracle. */
#include <string.h>

#include "oracle-random.h"

enum { OPTIONS_MAX = 40 };

/* --- IPv4 options */

static size_t
put_record_route(struct random *random, uint8_t *option, size_t room)
{
    size_t len = chance(random, 75) ? 3 + 4 * (size_t)below(random, 9) : 2 + (size_t)below(random, 12);

    if (len > room)
        return 0;
    memset(option, 0, len);
    for (size_t i = 3; i < len; i++)
        option[i] = (uint8_t)draw(random);
    option[0] = 7;
    option[1] = (uint8_t)len;
    if (len > 2)
        option[2] = (uint8_t)(chance(random, 70) ? 4 + 4 * below(random, (unsigned)len / 4 + 1) : below(random, 45));
    return len;
}

static size_t
put_timestamp(struct random *random, uint8_t *option, size_t room)
{
    static const uint8_t flags[] = {0, 0, 1, 1, 3, 3, 2, 4, 15};
    static const uint8_t addresses[][4] = {{192, 0, 2, 2}, {192, 0, 2, 1}, {192, 0, 2, 255}, {127, 0, 0, 1}, {0, 0, 0, 0}};
    uint8_t flag = PICK(random, flags);
    size_t step = flag == 1 || flag == 3 ? 8 : 4;
    size_t len = chance(random, 80) ? 4 + step * below(random, 10) : 2 + (size_t)below(random, 14);

    if (len > room)
        return 0;
    memset(option, 0, len < 4 ? 4 : len);
    option[0] = 0x44;
    option[1] = (uint8_t)len;
    option[2] = (uint8_t)(chance(random, 80) ? 5 + step * below(random, 5) : below(random, 45));
    option[3] = (uint8_t)((chance(random, 30) ? below(random, 16) << 4 : 0) | flag);
    for (size_t at = 4; at + 8 <= len && step == 8; at += 8)
        memcpy(option + at, PICK(random, addresses), 4);
    return len;
}

static size_t
put_other_option(struct random *random, uint8_t *option, size_t room)
{
    static const uint8_t types[] = {1, 1, 1, 0, 0x82, 0x83, 0x88, 0x89, 0x94, 0x5e, 0x86, 0x95, 0x19, 0x44, 7, 0xff};
    uint8_t type = PICK(random, types);
    size_t len = chance(random, 60) ? 4 : (size_t)below(random, 12);

    if (room < 14)
        return 0;
    option[0] = type;
    if (type <= 1)
        return 1;
    option[1] = (uint8_t)len;
    for (size_t i = 2; i < len; i++)
        option[i] = chance(random, 50) ? 0 : (uint8_t)below(random, 16);
    return len < 2 ? 2 : len;
}

/* As long as can be, and valid: a route or times with a pointer somewhere, or something unknown. */
static void
put_long_option(struct random *random, struct spec *spec)
{
    static const uint8_t types[] = {7, 7, 0x44, 0x44, 0x44, 0x82, 0x5e, 0x88, 1};
    static const uint8_t flags[] = {0, 1, 3};
    uint8_t *option = spec->options, type = PICK(random, types), flag = PICK(random, flags);
    size_t first = type == 7 ? 4 : 5, step = type == 7 || flag == 0 ? 4 : 8, len = type == 7 ? 39 : flag == 0 ? 40 : 36;

    memset(option, type == 1 ? 1 : 0, OPTIONS_MAX);
    spec->options_len = OPTIONS_MAX;
    if (type == 1)
        return;
    for (size_t i = 4; i < len; i++)
        option[i] = chance(random, 50) ? (uint8_t)draw(random) : 0;
    option[0] = type;
    option[1] = (uint8_t)len;
    option[2] = (uint8_t)(first + step * below(random, (unsigned)(len / step) + 2));
    if (type == 0x44)
        option[3] = (uint8_t)(below(random, 16) << 4 | flag);
    if (type == 0x44 && flag == 3 && option[2] + 3U < len)
        memcpy(option + option[2] - 1, chance(random, 70) ? "\xc0\0\x02\x02" : "\xc0\0\x02\x01", 4);
}

void
odd_options(struct random *random, struct spec *spec)
{
    unsigned count = 1 + below(random, 3), kind;
    size_t at = 0, room, len;

    if (chance(random, 15)) {
        put_long_option(random, spec);
        return;
    }
    for (unsigned i = 0; i < count && at + 4 <= OPTIONS_MAX; i++) {
        kind = below(random, 10);
        room = OPTIONS_MAX - at;
        len = kind < 4   ? put_record_route(random, spec->options + at, room)
              : kind < 8 ? put_timestamp(random, spec->options + at, room)
                         : put_other_option(random, spec->options + at, room);
        at += len;
    }
    spec->options_len = at;
}

/* --- IPv6 extension headers */

/* Options that fill a header; now and then one that does not fit. */
static void
put_options6(struct random *random, uint8_t *options, size_t len)
{
    static const uint8_t types[] = {0, 1, 1, 1, 0x1e, 0x1e, 0x3e, 5, 0x5e, 0x9e, 0xde, 0xc2, 0xc9, 0x04};
    size_t at = 0, size;

    while (at < len) {
        options[at] = PICK(random, types);
        if (options[at] == 0 || at + 1 == len) {
            options[at] = chance(random, 95) ? 0 : options[at];
            at++;
            continue;
        }
        size = len - at - 2 == 0 || chance(random, 40) ? len - at - 2 : below(random, (unsigned)(len - at - 1));
        options[at + 1] = (uint8_t)(chance(random, 97) ? size : below(random, 64));
        for (size_t i = 0; i < size; i++)
            options[at + 2 + i] = chance(random, 97) ? 0 : 1;
        at += 2 + size;
    }
}

static void
put_routing(struct random *random, uint8_t *bytes, size_t len)
{
    static const uint8_t types[] = {0, 0, 2, 1, 3, 4, 200, 253};

    bytes[2] = PICK(random, types);
    bytes[3] = (uint8_t)(chance(random, 80) ? 0 : below(random, 3));
    for (size_t i = 8; i < len; i++)
        bytes[i] = (uint8_t)draw(random);
}

static void
add_header(struct random *random, struct spec *spec)
{
    static const uint8_t numbers[] = {NEXT_HOP_BY_HOP, NEXT_DESTINATION, NEXT_DESTINATION, NEXT_DESTINATION, NEXT_ROUTING,
                                      NEXT_ROUTING,    51,               135,              NEXT_FRAGMENT};
    struct spec_header *header = &spec->headers[spec->header_count++];

    memset(header, 0, sizeof *header);
    header->number = PICK(random, numbers);
    header->len = 8 * (1 + (size_t)below(random, chance(random, 70) ? 1 : 4));
    if (header->number == NEXT_FRAGMENT)
        header->len = 8;
    header->bytes[1] = (uint8_t)(header->len / 8 - 1);
    if (header->number == NEXT_ROUTING)
        put_routing(random, header->bytes, header->len);
    else if (header->number == NEXT_FRAGMENT)
        put16(header->bytes + 2, chance(random, 80) ? 0 : below(random, 0x10000));
    else if (header->number != 51)
        put_options6(random, header->bytes + 2, header->len - 2);
    if (chance(random, 3))
        header->bytes[1] = (uint8_t)below(random, 8);
}

/* Many headers, each valid by itself: padding, or a routing header with no segments left. */
static void
add_deep_headers(struct random *random, struct spec *spec)
{
    static const uint8_t padding[8] = {0, 0, 1, 4}, routing[8] = {0};

    for (unsigned count = 6 + below(random, SPEC_HEADERS_MAX - 8); count > 0; count--) {
        struct spec_header *header = &spec->headers[spec->header_count++];
        bool is_routing = chance(random, 20);

        header->number = is_routing ? NEXT_ROUTING : NEXT_DESTINATION;
        header->len = 8;
        memcpy(header->bytes, is_routing ? routing : padding, 8);
    }
    if (chance(random, 20))
        spec->headers[0].number = NEXT_HOP_BY_HOP;
}

/* Hop-by-Hop Options with a jumbo option (RFC 2675), valid or not, mostly in a packet that has no length. */
static void
add_jumbo(struct random *random, struct spec *spec)
{
    static const uint32_t lengths[] = {0, 64, 65535, 65536, 0x11000, 0xffffffff};
    struct spec_header *header = &spec->headers[spec->header_count++];
    size_t at = chance(random, 80) ? 2 : 3 + below(random, 8);

    memset(header, 0, sizeof *header);
    header->number = NEXT_HOP_BY_HOP;
    header->len = at == 2 && chance(random, 80) ? 8 : 16;
    header->bytes[1] = (uint8_t)(header->len / 8 - 1);
    header->bytes[at] = 0xc2;
    header->bytes[at + 1] = (uint8_t)(chance(random, 90) ? 4 : below(random, 8));
    put32(header->bytes + at + 2, PICK(random, lengths));
    if (chance(random, 70))
        spec->length = 0;
}

void
odd_headers(struct random *random, struct spec *spec)
{
    unsigned count = 1 + below(random, chance(random, 80) ? 2 : 6);

    if (chance(random, 5))
        add_jumbo(random, spec);
    else if (chance(random, 5)) {
        add_deep_headers(random, spec);
        count = below(random, 2);
    }

    while (count-- > 0 && spec->header_count < SPEC_HEADERS_MAX)
        add_header(random, spec);
    spec->outer_count = spec->header_count == 0 ? 0 : below(random, spec->header_count + 1);
    /* Hop-by-Hop Options come first if they are to be any good. */
    if (chance(random, 80))
        for (unsigned i = 1; i < spec->header_count; i++)
            if (spec->headers[i].number == NEXT_HOP_BY_HOP)
                spec->headers[i].number = NEXT_DESTINATION;
}

/* --- fragments */

static struct spec_piece *
add_piece(struct spec *spec, size_t at, size_t len)
{
    struct spec_piece *piece = &spec->pieces[spec->piece_count];

    *piece = (struct spec_piece){.at = at, .len = len, .more = SPEC_AS_IS, .tos = SPEC_AS_IS, .protocol = SPEC_AS_IS};
    spec->piece_count++;
    return piece;
}

static void
shuffle(struct random *random, struct spec *spec)
{
    for (unsigned i = spec->piece_count; i > 1; i--) {
        unsigned other = below(random, i);
        struct spec_piece piece = spec->pieces[i - 1];

        spec->pieces[i - 1] = spec->pieces[other];
        spec->pieces[other] = piece;
    }
}

/* Another piece than those that make the datagram: again, inside, over, beyond. */
static void
add_odd_piece(struct random *random, struct spec *spec, size_t total)
{
    struct spec_piece piece;

    if (chance(random, 40)) {
        piece = spec->pieces[below(random, spec->piece_count)];
    } else {
        piece = *add_piece(spec, below(random, (unsigned)total / 8 + 2) * 8U, 8U * below(random, (unsigned)total / 8 + 2));
        spec->piece_count--;
        if (chance(random, 20))
            piece.len += below(random, 8);
        if (chance(random, 20))
            piece.more = (long)below(random, 2);
    }
    piece.inverted = chance(random, 30);
    spec->pieces[spec->piece_count++] = piece;
}

static void
spoil_piece(struct random *random, struct spec *spec, struct spec_piece *piece)
{
    static const long protocols[] = {1, 6, 17, 58, 60};

    switch (below(random, 11)) {
    case 0: piece->more = (long)below(random, 2); break;
    case 1: piece->len += below(random, 9); break;
    case 2: piece->len -= piece->len > 8 ? below(random, 9) : 0; break;
    case 3: piece->tos = (long)below(random, 4); break;
    case 4: piece->protocol = PICK(random, protocols); break;
    case 5: piece->other_id = 1; break;
    case 6: piece->other_src = true; break;
    case 7: piece->bare = true; break;
    case 8: piece->untagged = true; break;
    case 9: piece->bad_option = spec->family == 4; break;
    default: piece->reserved = spec->family == 6 ? (long)below(random, 0x10000) : 0; break;
    }
}

void
odd_fragments(struct random *random, struct spec *spec)
{
    size_t total = 0, at = 0, len, step;

    if (spec->data_len > 400 && chance(random, 60))
        spec->data_len = 8 + (long)below(random, 200);
    if (chance(random, 10))
        spec->data_len = 1400 + (long)below(random, 4000);
    if (spec->family == 4 && chance(random, 5)) {
        spec->icmp_type = 13;
        spec->data_len = 4 + (long)below(random, 24);
    }
    for (unsigned i = spec->outer_count; i < spec->header_count; i++)
        total += spec->headers[i].len;
    total += 8 + (size_t)spec->data_len;
    step = total / (1 + below(random, 6)) / 8 * 8;
    step = step > 1392 ? 1392 : step < 8 ? 8 : step;
    while (at < total && spec->piece_count < SPEC_PIECES_MAX - 8) {
        len = total - at < step ? total - at : step;
        (void)add_piece(spec, at, len);
        at += len;
    }
    for (unsigned i = chance(random, 25) ? 1 + below(random, 3) : 0; i > 0; i--)
        add_odd_piece(random, spec, total);
    if (chance(random, 50))
        shuffle(random, spec);
    for (unsigned i = chance(random, 25) ? 1 + below(random, 2) : 0; i > 0; i--)
        spoil_piece(random, spec, &spec->pieces[below(random, spec->piece_count)]);
    if (chance(random, 8))
        spec->piece_count--;
    if (chance(random, 15))
        for (unsigned i = 0; i < spec->piece_count; i++)
            spec->pieces[i].tos = (spec->tos & 0xfc) | (long)(chance(random, 80) ? 2 + below(random, 2) : below(random, 4));
}

/* Adds the frames of two datagrams in turns, each in its own order. */
static void
interleave(struct random *random, const struct frames *one, const struct frames *other, struct frames *frames)
{
    size_t i = 0, j = 0;

    while (i < one->count || j < other->count) {
        bool is_one = j == other->count || (i < one->count && chance(random, 50));
        const struct frames *from = is_one ? one : other;
        size_t at = is_one ? i++ : j++;

        frames_add(frames, frames_at(from, at), from->spans[at].len);
    }
}

/* Another datagram from the same source, whose fragments come between the first one's: mostly one with another ID, or with
 * another protocol or none of the headers, so that it is no part of the same. */
void
odd_pair(struct random *random, struct spec *spec, struct frames *frames)
{
    static struct frames one, other;

    frames_clear(&one);
    frames_clear(&other);
    spec_build(spec, &one);
    spec->fill += 3;
    spec->icmp_seq = (spec->icmp_seq + 1) & 0xffff;
    if (chance(random, 80)) {
        spec->ip_id = (spec->ip_id + 1) & 0xffff;
        spec->fragment_id += 0x1000000;
    } else if (chance(random, 50)) {
        spec->protocol = 17;
    }
    if (chance(random, 30))
        spec->tos ^= 1;
    spec_build(spec, &other);
    interleave(random, &one, &other, frames);
}

/* --- probes */

void
probe(struct random *random, struct spec *spec)
{
    static const struct {
        uint8_t ctype, len, value[20];
    } objects[] = {
        {1, 4, "ho0"}, {1, 8, "ho0"}, {1, 3, "ho0"}, {1, 15, "ho0"}, {1, 4, "ho1"}, {1, 20, "ho0"}, {2, 4, {0, 0, 0, 77}},
        {2, 4, {0, 0, 77}}, {2, 3, {0, 0, 77}}, {3, 8, {0, 1, 4, 0, 192, 0, 2, 2}}, {3, 8, {0, 1, 4, 0, 192, 0, 2, 1}},
        {3, 20, {0, 2, 16, 0, 0xfd, 0, 0x0d, 0xb8, [19] = 2}}, {3, 20, {0, 2, 16, 0, 0xfe, 0x80, [19] = 2}},
        {3, 10, {0x40, 5, 6, 0, 2, 0, 0, 0, 0, 2}},
    };
    size_t i = below(random, sizeof objects / sizeof objects[0]);

    spec->piece_count = spec->header_count = spec->outer_count = 0;
    spec_probe(spec, objects[i].ctype, objects[i].value, objects[i].len);
    spec->icmp_seq = (long)(below(random, 0x8000) << 1 | !chance(random, 10));
    for (unsigned count = chance(random, 30) ? 1 + below(random, 2) : 0; count > 0; count--)
        spec->body[below(random, (unsigned)spec->body_len)] = (uint8_t)below(random, chance(random, 50) ? 20 : 256);
    if (chance(random, 50))
        put16(spec->body + 2, 0);
    if (get16(spec->body + 2) == 0 && chance(random, 80))
        put16(spec->body + 2, ~sum_fold(sum_add(0, spec->body, spec->body_len)));
}
