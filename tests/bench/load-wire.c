/* The frames of the load generator: echo requests from a template, and what their replies have to be, byte for byte. */
#include "load-wire.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

enum {
    HOPS = 64,
    FRAGMENT_LEN = 8, /* of IPv6's header */
    ECHO4 = 8,
    ECHO4_REPLY = 0,
    ECHO6 = 128,
    ECHO6_REPLY = 129
};

static size_t
ip_len(const struct wire *wire)
{
    return wire->plan.version == 4 ? IP4_LEN : IP6_LEN;
}

static bool
has_number(const struct wire *wire)
{
    return wire->plan.size >= WIRE_NUMBER_LEN;
}

static bool
is_cut(const struct wire *wire)
{
    return ip_len(wire) + wire->icmp_len > wire->plan.mtu;
}

static uint32_t
sum_number(const struct wire *wire, uint64_t number)
{
    uint32_t sum = (uint32_t)(number & 0xffff);

    for (unsigned shift = 0; has_number(wire) && shift < 64; shift += 16)
        sum += (uint32_t)(number >> shift & 0xffff);
    return sum;
}

static void
put_number(const struct wire *wire, uint8_t *icmp, uint32_t base, uint64_t number)
{
    put16(icmp + 6, (unsigned)(number & 0xffff));
    if (has_number(wire)) {
        put32(icmp + WIRE_ECHO_LEN, (uint32_t)(number >> 32));
        put32(icmp + WIRE_ECHO_LEN + 4, (uint32_t)number);
    }
    put16(icmp + 2, ~sum_fold(base + sum_number(wire, number)) & 0xffff);
}

void
wire_init(struct wire *wire, const struct wire_plan *plan)
{
    const bool is4 = plan->version == 4;

    *wire = (struct wire){.plan = *plan, .icmp_len = WIRE_ECHO_LEN + plan->size};
    if (plan->size > WIRE_SIZE_MAX || plan->mtu < WIRE_MTU_MIN)
        errx(2, "at most %d bytes of payload, and an MTU of at least %d", WIRE_SIZE_MAX, WIRE_MTU_MIN);
    wire->request = more_memory(NULL, wire->icmp_len);
    memset(wire->request, 0, WIRE_ECHO_LEN);
    wire->request[0] = is4 ? ECHO4 : ECHO6;
    put16(wire->request + 4, plan->id);
    for (size_t i = 0; i < plan->size; i++)
        wire->request[WIRE_ECHO_LEN + i] = i < WIRE_NUMBER_LEN && has_number(wire) ? 0 : (uint8_t)(i * 167 + (i >> 8));
    wire->request_sum = sum_add(is4 ? 0 : sum_pseudo6(plan->src, plan->dst, wire->icmp_len), wire->request, wire->icmp_len);
    wire->request_sum = sum_fold(wire->request_sum);
    /* The type is the upper byte of its word; 0xffff is another 0. */
    wire->reply_sum = wire->request_sum + (is4 ? 0xffff - (ECHO4 << 8) : (ECHO6_REPLY - ECHO6) << 8);
}

void
wire_free(struct wire *wire)
{
    free(wire->request);
    for (size_t i = 0; i < WIRE_ASSEMBLIES; i++)
        free(wire->assemblies[i].bytes);
}

/* Returns where the payload of IP begins. */
static uint8_t *
put_ip4(const struct wire *wire, uint8_t *ip, size_t offset, size_t len)
{
    bool is_last = offset + len == wire->icmp_len;

    memset(ip, 0, IP4_LEN);
    ip[0] = 0x45;
    put16(ip + 2, (unsigned)(IP4_LEN + len));
    put16(ip + 6, is_cut(wire) ? (unsigned)(offset / 8) | (is_last ? 0 : FLAG_MORE) : FLAG_DF);
    ip[8] = HOPS;
    ip[9] = PROTOCOL_ICMP;
    memcpy(ip + 12, wire->plan.src, 4);
    memcpy(ip + 16, wire->plan.dst, 4);
    put16(ip + 10, ~sum_fold(sum_add(0, ip, IP4_LEN)) & 0xffff);
    return ip + IP4_LEN;
}

static uint8_t *
put_ip6(const struct wire *wire, uint8_t *ip, size_t offset, size_t len)
{
    size_t extra = is_cut(wire) ? FRAGMENT_LEN : 0;
    uint8_t *fragment = ip + IP6_LEN;

    memset(ip, 0, IP6_LEN + extra);
    ip[0] = 0x60;
    put16(ip + 4, (unsigned)(extra + len));
    ip[6] = extra > 0 ? NEXT_FRAGMENT : NEXT_ICMP6;
    ip[7] = HOPS;
    memcpy(ip + 8, wire->plan.src, 16);
    memcpy(ip + 24, wire->plan.dst, 16);
    if (extra == 0)
        return fragment;
    fragment[0] = NEXT_ICMP6;
    put16(fragment + 2, (unsigned)offset | (offset + len < wire->icmp_len)); /* RFC 8200 section 4.5 */
    return fragment + FRAGMENT_LEN;
}

static size_t
put_frame(const struct wire *wire, uint8_t *frame, size_t offset, size_t len)
{
    const bool is4 = wire->plan.version == 4;
    uint8_t *at;

    memcpy(frame, wire->plan.dst_mac, MAC_LEN);
    memcpy(frame + MAC_LEN, wire->plan.src_mac, MAC_LEN);
    put16(frame + 12, is4 ? TYPE_IP4 : TYPE_IP6);
    at = is4 ? put_ip4(wire, frame + ETHERNET_LEN, offset, len) : put_ip6(wire, frame + ETHERNET_LEN, offset, len);
    memcpy(at, wire->request + offset, len);
    return (size_t)(at - frame) + len;
}

void
wire_build(const struct wire *wire, struct wire_message *message)
{
    size_t headers = ip_len(wire) + (wire->plan.version == 6 && is_cut(wire) ? FRAGMENT_LEN : 0);
    size_t most = is_cut(wire) ? (wire->plan.mtu - headers) / 8 * 8 : wire->icmp_len;
    size_t count = (wire->icmp_len + most - 1) / most, used = 0;

    if (count > WIRE_FRAMES_MAX)
        errx(2, "%zu fragments are too many", count);
    message->bytes = more_memory(NULL, count * (ETHERNET_LEN + headers) + wire->icmp_len);
    message->count = count;
    for (size_t i = 0, offset = 0; i < count; i++, offset += most) {
        size_t len = wire->icmp_len - offset < most ? wire->icmp_len - offset : most;

        message->spans[i] = (struct span){used, put_frame(wire, message->bytes + used, offset, len)};
        used += message->spans[i].len;
    }
}

/* Fragments belong together by their ID. */
static void
put_fragment_id(const struct wire *wire, uint8_t *ip, uint64_t number)
{
    if (wire->plan.version == 6) {
        put32(ip + IP6_LEN + 4, (uint32_t)number);
        return;
    }
    put16(ip + 4, (unsigned)(number & 0xffff));
    put16(ip + 10, 0);
    put16(ip + 10, ~sum_fold(sum_add(0, ip, IP4_LEN)) & 0xffff);
}

void
wire_number(const struct wire *wire, struct wire_message *message, uint64_t number)
{
    size_t headers = ETHERNET_LEN + ip_len(wire);

    if (is_cut(wire)) {
        for (size_t i = 0; i < message->count; i++)
            put_fragment_id(wire, message->bytes + message->spans[i].at + ETHERNET_LEN, number);
        headers += wire->plan.version == 6 ? FRAGMENT_LEN : 0;
    }
    put_number(wire, message->bytes + headers, wire->request_sum, number);
}

/* What is within an IP header: a piece of an ICMP message, or all of it. */
struct piece {
    const uint8_t *bytes;
    size_t len;
    size_t offset;
    uint32_t id;
    bool is_last;
};

/* Whether an IPv4 packet is from the host to us; its header's checksum has to fit. */
static enum wire_result
open_ip4(const struct wire *wire, const uint8_t *ip, size_t len, struct piece *piece)
{
    unsigned fragment;

    if (len < IP4_LEN || memcmp(ip + 16, wire->plan.src, 4) != 0 || memcmp(ip + 12, wire->plan.dst, 4) != 0 ||
        ip[9] != PROTOCOL_ICMP)
        return WIRE_OTHER;
    if (ip[0] != 0x45 || get16(ip + 2) < IP4_LEN || get16(ip + 2) > len || sum_fold(sum_add(0, ip, IP4_LEN)) != 0xffff)
        return WIRE_WRONG;
    fragment = get16(ip + 6);
    *piece = (struct piece){ip + IP4_LEN, get16(ip + 2) - IP4_LEN, (fragment & OFFSET_MASK) * 8, get16(ip + 4),
                            (fragment & FLAG_MORE) == 0};
    return WIRE_PART;
}

static enum wire_result
open_ip6(const struct wire *wire, const uint8_t *ip, size_t len, struct piece *piece)
{
    const uint8_t *fragment = ip + IP6_LEN;

    if (len < IP6_LEN || memcmp(ip + 24, wire->plan.src, 16) != 0 || memcmp(ip + 8, wire->plan.dst, 16) != 0)
        return WIRE_OTHER;
    if (ip[0] >> 4 != 6 || get16(ip + 4) > len - IP6_LEN)
        return WIRE_WRONG;
    *piece = (struct piece){fragment, get16(ip + 4), 0, 0, true};
    if (ip[6] == NEXT_ICMP6)
        return WIRE_PART;
    if (ip[6] != NEXT_FRAGMENT || piece->len < FRAGMENT_LEN || fragment[0] != NEXT_ICMP6)
        return WIRE_OTHER;
    *piece = (struct piece){fragment + FRAGMENT_LEN, piece->len - FRAGMENT_LEN, get16(fragment + 2) & 0xfff8U,
                            get32(fragment + 4), (fragment[3] & 1) == 0};
    return WIRE_PART;
}

/* Puts fragments together that come in order, as they do on one wire; a reply with a fragment missing is lost.  Returns the
 * message once it is whole. */
static const uint8_t *
assemble(struct wire *wire, const struct piece *piece, size_t *len)
{
    struct wire_assembly *assembly = &wire->assemblies[piece->id % WIRE_ASSEMBLIES];

    if (piece->offset == 0 && piece->is_last) {
        *len = piece->len;
        return piece->bytes;
    }
    if (piece->offset == 0)
        assembly->have = 0;
    else if (assembly->have == 0 || assembly->id != piece->id)
        return NULL;
    if (assembly->have != piece->offset || piece->offset + piece->len > wire->icmp_len)
        return NULL;
    if (assembly->bytes == NULL)
        assembly->bytes = more_memory(NULL, wire->icmp_len);
    memcpy(assembly->bytes + piece->offset, piece->bytes, piece->len);
    assembly->id = piece->id;
    assembly->have += piece->len;
    if (!piece->is_last)
        return NULL;
    *len = assembly->have;
    assembly->have = 0;
    return assembly->bytes;
}

/* The number of the last request with this sequence number, of all before `next`. */
static uint64_t
number_of(const struct wire *wire, const uint8_t *icmp, uint64_t next)
{
    if (has_number(wire))
        return (uint64_t)get32(icmp + WIRE_ECHO_LEN) << 32 | get32(icmp + WIRE_ECHO_LEN + 4);
    return next - 1 - ((next - 1 - get16(icmp + 6)) & 0xffff);
}

static enum wire_result
check(const struct wire *wire, const uint8_t *icmp, size_t len, uint64_t next, uint64_t *number)
{
    size_t start = WIRE_ECHO_LEN + (has_number(wire) ? WIRE_NUMBER_LEN : 0);

    if (len < WIRE_ECHO_LEN || icmp[0] != (wire->plan.version == 4 ? ECHO4_REPLY : ECHO6_REPLY) ||
        get16(icmp + 4) != wire->plan.id)
        return WIRE_OTHER;
    if (len != wire->icmp_len || icmp[1] != 0 || memcmp(icmp + start, wire->request + start, len - start) != 0)
        return WIRE_WRONG;
    *number = number_of(wire, icmp, next);
    if (*number >= next || get16(icmp + 6) != (*number & 0xffff) ||
        sum_fold(wire->reply_sum + sum_number(wire, *number) + get16(icmp + 2)) != 0xffff)
        return WIRE_WRONG;
    return WIRE_REPLY;
}

enum wire_result
wire_read(struct wire *wire, const uint8_t *frame, size_t len, uint64_t next, uint64_t *number)
{
    const bool is4 = wire->plan.version == 4;
    const uint8_t *icmp;
    struct piece piece;
    enum wire_result result;
    size_t icmp_len;

    if (len < ETHERNET_LEN || memcmp(frame, wire->plan.src_mac, MAC_LEN) != 0 ||
        get16(frame + 12) != (is4 ? TYPE_IP4 : TYPE_IP6))
        return WIRE_OTHER;
    result = (is4 ? open_ip4 : open_ip6)(wire, frame + ETHERNET_LEN, len - ETHERNET_LEN, &piece);
    if (result != WIRE_PART)
        return result;
    icmp = assemble(wire, &piece, &icmp_len);
    return icmp == NULL ? WIRE_PART : check(wire, icmp, icmp_len, next, number);
}
