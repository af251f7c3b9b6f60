/* The frames that a request for the kernel oracle makes. */
#include "oracle-spec.h"

#include <arpa/inet.h>
#include <err.h>
#include <string.h>

enum {
    DATAGRAM_MAX = 70000,
    FILLER = 0xaa
};

static const uint8_t client_mac[MAC_LEN] = {2, 0, 0, 0, 0, 1};
static const uint8_t host_mac[MAC_LEN] = {2, 0, 0, 0, 0, 2};

void
spec_address(const char *text, uint8_t *address)
{
    memset(address, 0, 16);
    if (inet_pton(strchr(text, ':') != NULL ? AF_INET6 : AF_INET, text, address) != 1)
        errx(2, "not an address: %s", text);
}

void
spec_init(struct spec *spec, unsigned family, uint32_t number)
{
    memset(spec, 0, sizeof *spec);
    spec->family = family;
    memcpy(spec->eth_dst, host_mac, MAC_LEN);
    memcpy(spec->eth_src, client_mac, MAC_LEN);
    spec->type = spec->version = spec->ihl = spec->header_sum = spec->length = SPEC_AS_IS;
    spec->protocol = spec->icmp_sum = spec->icmp_cut = spec->frame_cut = SPEC_AS_IS;
    spec->ttl = 64;
    spec->ip_id = (long)(number & 0xffff);
    spec->fragment_id = (long)number;
    spec->icmp_type = family == 4 ? 8 : 128;
    spec->icmp_id = 0xbeef;
    spec->icmp_seq = 7;
    spec->data_len = 32;
    spec_address(family == 4 ? "192.0.2.1" : "fd00:db8::1", spec->src);
    spec_address(family == 4 ? "192.0.2.2" : "fd00:db8::2", spec->dst);
}

void
spec_own_source(struct spec *spec, uint32_t number)
{
    if (spec->has_src)
        return;
    spec_address(spec->family == 4 ? "10.0.0.0" : "2001:db8::", spec->src);
    put32(spec->src + (spec->family == 4 ? 0 : 12), (spec->family == 4 ? 0x0a000000U : 0) + (number & 0xffffffU) * 2);
}

/* | version 2, reserved | checksum 2 | length 2 | class 3 | C-type | value … | */
void
spec_probe(struct spec *spec, unsigned ctype, const uint8_t *value, size_t len)
{
    uint8_t *body = spec->body;

    if (len + 8 > sizeof spec->body)
        errx(2, "an object that long cannot be");
    spec->icmp_type = spec->family == 4 ? 42 : 160;
    put32(body, 0x20000000);
    put32(body + 4, (uint32_t)(len + 4) << 16 | 0x300 | ctype);
    if (len > 0)
        memcpy(body + 8, value, len);
    spec->body_len = 8 + len;
    put16(body + 2, ~sum_fold(sum_add(0, body, spec->body_len)));
}

struct buffer {
    size_t len;
    uint8_t bytes[DATAGRAM_MAX];
};

static void
put(struct buffer *buffer, const void *bytes, size_t len)
{
    if (buffer->len + len > sizeof buffer->bytes)
        errx(2, "a datagram that long cannot be");
    if (len > 0)
        memcpy(buffer->bytes + buffer->len, bytes, len);
    buffer->len += len;
}

static void
put_byte(struct buffer *buffer, long value)
{
    uint8_t byte = (uint8_t)value;

    put(buffer, &byte, 1);
}

static void
put_be16(struct buffer *buffer, long value)
{
    put_byte(buffer, value >> 8);
    put_byte(buffer, value);
}

static void
put_be32(struct buffer *buffer, long value)
{
    put_be16(buffer, value >> 16);
    put_be16(buffer, value);
}

static void
put_filler(struct buffer *buffer, size_t len)
{
    while (len-- > 0)
        put_byte(buffer, FILLER);
}

static void
put_message(const struct spec *spec, struct buffer *buffer)
{
    size_t start = buffer->len;
    uint32_t sum;

    put_byte(buffer, spec->icmp_type);
    put_byte(buffer, spec->icmp_code);
    put_be16(buffer, 0);
    put_be16(buffer, spec->icmp_id);
    put_be16(buffer, spec->icmp_seq);
    put(buffer, spec->body, spec->body_len);
    for (long i = 0; i < spec->data_len; i++)
        put_byte(buffer, 'a' + (spec->fill + i + i / 509) % 8);
    if (spec->icmp_cut != SPEC_AS_IS && buffer->len - start > (size_t)spec->icmp_cut)
        buffer->len = start + (size_t)spec->icmp_cut;
    if (buffer->len - start < 4)
        return;
    sum = spec->family == 6 ? sum_pseudo6(spec->src, spec->dst, buffer->len - start) : 0;
    sum = sum_add(sum, buffer->bytes + start, buffer->len - start);
    put16(buffer->bytes + start + 2, spec->icmp_sum != SPEC_AS_IS ? (unsigned)spec->icmp_sum : ~sum_fold(sum));
}

static long
last_protocol(const struct spec *spec)
{
    if (spec->protocol != SPEC_AS_IS)
        return spec->protocol;
    return spec->family == 4 ? PROTOCOL_ICMP : NEXT_ICMP6;
}

/* What the header with the index `i` is followed by. */
static long
header_after(const struct spec *spec, unsigned i)
{
    if (i == spec->outer_count && (spec->piece_count > 0 || spec->slice > 0))
        return NEXT_FRAGMENT;
    return i < spec->header_count ? spec->headers[i].number : last_protocol(spec);
}

static void
put_headers(const struct spec *spec, struct buffer *buffer, unsigned from, unsigned until)
{
    for (unsigned i = from; i < until; i++) {
        size_t start = buffer->len;

        put(buffer, spec->headers[i].bytes, spec->headers[i].len);
        if (spec->headers[i].len > 0)
            buffer->bytes[start] = (uint8_t)header_after(spec, i + 1);
    }
}

/* What fragments are cut from: all behind the IPv4 header, or behind the headers before the fragment header. */
static void
put_payload(const struct spec *spec, struct buffer *buffer)
{
    put_headers(spec, buffer, spec->outer_count, spec->header_count);
    if (spec->raw_len > 0)
        put(buffer, spec->raw, spec->raw_len);
    else
        put_message(spec, buffer);
}

static void
choose_eth_dst(const struct spec *spec, uint8_t *mac)
{
    const uint8_t *dst = spec->dst;

    memcpy(mac, spec->eth_dst, MAC_LEN);
    if (spec->has_eth_dst)
        return;
    if (spec->family == 6 && dst[0] == 0xff) {
        mac[0] = mac[1] = 0x33;
        memcpy(mac + 2, dst + 12, 4);
    } else if (spec->family == 4 && (dst[3] == 255 || dst[0] == 255)) {
        memset(mac, 0xff, MAC_LEN);
    } else if (spec->family == 4 && dst[0] >> 4 == 14) {
        memcpy(mac, (const uint8_t[]){1, 0, 0x5e, dst[1] & 0x7f, dst[2], dst[3]}, MAC_LEN);
    }
}

static void
put_link(const struct spec *spec, const struct spec_piece *piece, struct buffer *buffer)
{
    uint8_t dst[MAC_LEN];

    choose_eth_dst(spec, dst);
    put(buffer, dst, MAC_LEN);
    put(buffer, spec->eth_src, MAC_LEN);
    for (unsigned i = 0; i < spec->tag_count && !piece->untagged; i++) {
        put_be16(buffer, (long)spec->tags[i].type);
        put_be16(buffer, (long)spec->tags[i].tci);
    }
    put_be16(buffer, spec->type != SPEC_AS_IS ? spec->type : spec->family == 4 ? TYPE_IP4 : TYPE_IP6);
}

static long
chosen(long override, long otherwise)
{
    return override != SPEC_AS_IS ? override : otherwise;
}

static void
put_source(const struct spec *spec, const struct spec_piece *piece, struct buffer *buffer, size_t len)
{
    put(buffer, spec->src, len);
    if (piece->other_src)
        buffer->bytes[buffer->len - 1] ^= 1;
}

static void
put_ip4(const struct spec *spec, const struct spec_piece *piece, long fragment, size_t payload, struct buffer *buffer)
{
    static const uint8_t bad_option[4] = {0x5e, 0, 0, 0};
    size_t start = buffer->len, options_len = piece->bare ? 0 : spec->options_len, header_len;

    if (piece->bad_option)
        options_len = sizeof bad_option;
    header_len = IP4_LEN + (options_len + 3) / 4 * 4;
    put_byte(buffer, chosen(spec->version, 4) << 4 | chosen(spec->ihl, (long)header_len / 4));
    put_byte(buffer, chosen(piece->tos, spec->tos));
    put_be16(buffer, chosen(spec->length, (long)(header_len + payload) + spec->length_by));
    put_be16(buffer, spec->ip_id + piece->other_id);
    put_be16(buffer, spec->flags | fragment);
    put_byte(buffer, spec->ttl);
    put_byte(buffer, chosen(piece->protocol, last_protocol(spec)));
    put_be16(buffer, 0);
    put_source(spec, piece, buffer, 4);
    put(buffer, spec->dst, 4);
    put(buffer, piece->bad_option ? bad_option : spec->options, options_len);
    while (buffer->len < start + header_len)
        put_byte(buffer, 0);
    put16(buffer->bytes + start + 10, spec->header_sum != SPEC_AS_IS
                                          ? (unsigned)spec->header_sum
                                          : ~sum_fold(sum_add(0, buffer->bytes + start, header_len)));
}

static void
put_ip6(const struct spec *spec, const struct spec_piece *piece, long fragment, size_t payload, struct buffer *buffer)
{
    bool is_fragment = spec->piece_count > 0 || spec->slice > 0;
    unsigned outer = piece->bare ? 0 : spec->outer_count;
    size_t headers = is_fragment ? 8 : 0;

    for (unsigned i = 0; i < outer; i++)
        headers += spec->headers[i].len;
    put_be32(buffer, chosen(spec->version, 6) << 28 | chosen(piece->tos, spec->tos) << 20 | spec->flow);
    put_be16(buffer, chosen(spec->length, (long)(headers + payload) + spec->length_by));
    put_byte(buffer, header_after(spec, piece->bare ? spec->outer_count : 0));
    put_byte(buffer, spec->ttl);
    put_source(spec, piece, buffer, 16);
    put(buffer, spec->dst, 16);
    put_headers(spec, buffer, 0, outer);
    if (!is_fragment)
        return;
    put_byte(buffer, chosen(piece->protocol, spec->header_count > spec->outer_count
                                                 ? spec->headers[spec->outer_count].number
                                                 : last_protocol(spec)));
    put_byte(buffer, piece->reserved >> 8);
    put_be16(buffer, fragment | (piece->reserved & 6));
    put_be32(buffer, spec->fragment_id + piece->other_id);
}

static void
put_data(const struct spec_piece *piece, const struct buffer *payload, struct buffer *buffer)
{
    for (size_t i = piece->at; i < piece->at + piece->len; i++) {
        uint8_t byte = i < payload->len ? payload->bytes[i] : FILLER;

        put_byte(buffer, piece->inverted ? ~byte : byte);
    }
}

static void
add_frame(const struct spec *spec, const struct spec_piece *piece, const struct buffer *payload, struct frames *frames)
{
    static struct buffer buffer;
    bool more = piece->more == SPEC_AS_IS ? piece->at + piece->len < payload->len : piece->more != 0;
    size_t cut;

    buffer.len = 0;
    put_link(spec, piece, &buffer);
    if (spec->family == 4)
        put_ip4(spec, piece, (long)(piece->at / 8) | (more ? FLAG_MORE : 0), piece->len, &buffer);
    else
        put_ip6(spec, piece, (long)piece->at | more, piece->len, &buffer);
    put_data(piece, payload, &buffer);
    put_filler(&buffer, (size_t)spec->pad);
    cut = spec->frame_cut == SPEC_AS_IS ? buffer.len : (size_t)spec->frame_cut;
    frames_add(frames, buffer.bytes, cut < buffer.len ? cut : buffer.len);
}

void
spec_build(const struct spec *spec, struct frames *frames)
{
    static struct buffer payload;
    struct spec_piece whole = {.more = SPEC_AS_IS, .tos = SPEC_AS_IS, .protocol = SPEC_AS_IS};
    size_t slice;

    payload.len = 0;
    put_payload(spec, &payload);
    for (unsigned i = 0; i < spec->piece_count; i++)
        add_frame(spec, &spec->pieces[i], &payload, frames);
    if (spec->piece_count > 0)
        return;
    slice = spec->slice > 0 ? (size_t)spec->slice : payload.len;
    do {
        whole.len = payload.len - whole.at < slice ? payload.len - whole.at : slice;
        add_frame(spec, &whole, &payload, frames);
        whole.at += whole.len;
    } while (whole.at < payload.len);
}
