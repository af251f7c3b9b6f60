/* ICMP errors.  None is sent about an error, a later fragment, or a packet to a group, but for an IPv6 option that asks for
 * it all the same (RFC 8200 section 4.2). */
#include "responder/errors.h"

#include "responder/reply.h"

enum {
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER_PROBLEM = 12,
    ICMPV6_TIME_EXCEEDED = 3,
    ICMPV6_PARAMETER_PROBLEM = 4,
    CODE_REASSEMBLY = 1, /* of both kinds of time exceeded */
    HEADERS4 = IPV4_HEADER_LEN + ICMP_HEADER_LEN,
    ERROR_MAX4 = 576, /* RFC 1812 section 4.3.2.3: the whole of an error */
    QUOTE_MAX6 = 1280 - 48 /* RFC 4443 section 2.4 (c) */
};

/* Whether ICMP limits itself (RFC 1122 section 3.2.2.1, RFC 4443 section 2.4 (f)): by source and in all. */
static bool
is_within_limits(struct responder *responder, uint64_t now_ns, const struct packet *packet)
{
    uint64_t hash = siphash(&responder->key, (const uint8_t *)&packet->src, sizeof packet->src);

    return ratelimit_take(&responder->error_sources[hash % RESPONDER_ERROR_SOURCES], now_ns) &&
           ratelimit_take(&responder->error_rate, now_ns);
}

bool
errors_is_error(const struct packet *packet)
{
    static const uint8_t queries4[] = {0, 8, 13, 14, 15, 16, 17, 18};

    if (packet->version == 6)
        return ipv6_may_be_error(&packet->ipv6);
    for (size_t i = 0; i < sizeof queries4; i++)
        if (packet->icmp.message.left > 0 && packet->icmp.type == queries4[i])
            return false;
    return packet->has_icmp;
}

/* The Subnet-Router anycast address of our own prefix may be any of several hosts (RFC 4443 section 2.4 (e.6)). */
bool
errors_is_from_anycast(const struct frame *frame, const struct packet *packet)
{
    return packet->version == 6 && addresses_lookup(&frame->iface->addresses, &packet->src).match == ADDRESSES_NETWORK;
}

bool
errors_is_for_many(const struct frame *frame, const struct packet *packet)
{
    if (packet->link.group)
        return true;
    if (packet->version == 6)
        return packet->dst.bytes[0] == 0xff;
    return packet->dst.bytes[0] >= 224 || /* which -a 0.0.0.0/0 has among its addresses */
           addresses_lookup(&frame->iface->addresses, &packet->dst).match != ADDRESSES_OURS;
}

struct bytes
errors_quote(const struct frame *frame, const struct packet *packet)
{
    struct bytes all = packet_datagram(packet);
    size_t mtu = frame->iface->mtu < RESPONDER_MTU_MIN ? RESPONDER_MTU_MIN : frame->iface->mtu;

    bytes_trim(&all, packet->version == 6 ? QUOTE_MAX6 : (mtu < ERROR_MAX4 ? mtu : ERROR_MAX4) - HEADERS4);
    return all;
}

static void
send(struct responder *responder, const struct frame *frame, const struct packet *packet, struct reply_error error,
     uint64_t now_ns)
{
    if (errors_is_error(packet) || errors_is_from_anycast(frame, packet) || !is_within_limits(responder, now_ns, packet))
        return;
    error.quote = errors_quote(frame, packet);
    reply_build_error(responder, frame, packet, &error);
}

static void
build4(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct reply_error error = {
        .type = ICMP_PARAMETER_PROBLEM,
        .pointer = (uint32_t)(IPV4_HEADER_LEN + packet->ipv4_options.bad_at) << 24, /* one byte, then three unused */
    };

    if (packet->ipv4_options.status == IPV4_OPTIONS_BAD && packet->ipv4.fragment_offset == 0 && !errors_is_for_many(frame, packet))
        send(responder, frame, packet, error, frame->ts_ns);
}

/* TCP and UDP have errors of their own, which are not ours to send. */
static bool
is_unknown(uint8_t next_header)
{
    enum { NEXT_TCP = 6, NEXT_UDP = 17, NEXT_NONE = 59 };

    return next_header != NEXT_TCP && next_header != NEXT_UDP && next_header != NEXT_NONE;
}

static void
build6(struct responder *responder, const struct frame *frame, const struct packet *packet, enum verdict verdict)
{
    const struct ipv6 *ip = &packet->ipv6;
    struct ipv6_problem problem = ip->problem;
    struct reply_error error = {.type = ICMPV6_PARAMETER_PROBLEM};

    if (verdict == VERDICT_IP6_PROTO && is_unknown(ip->next_header))
        problem = (struct ipv6_problem){IPV6_PROBLEM_NEXT_HEADER, ipv6_offset(ip, ip->next_header_at), false};
    if (problem.code == IPV6_PROBLEM_NONE || (!problem.is_for_groups && errors_is_for_many(frame, packet)))
        return;
    error.code = (uint8_t)(problem.code - 1);
    error.pointer = (uint32_t)problem.at;
    send(responder, frame, packet, error, frame->ts_ns);
}

void
errors_build(struct responder *responder, const struct frame *frame, const struct packet *packet, enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_IP_BADOPT:
        build4(responder, frame, packet);
        break;
    case VERDICT_IP6_EXTHDR:
    case VERDICT_IP6_BADOPT:
    case VERDICT_IP6_JUMBO:
    case VERDICT_IP6_PROTO:
    case VERDICT_FRAG_BAD:
    case VERDICT_FRAG_TOOLONG:
        if (packet->version == 6)
            build6(responder, frame, packet, verdict);
        break;
    default:
        break;
    }
}

void
errors_build_timeout(struct responder *responder, const struct frame *first, uint64_t now_ns)
{
    struct reply_error error = {.code = CODE_REASSEMBLY};
    struct packet packet;

    packet_read(first->iface->link, (struct bytes){first->data, first->caplen}, &packet);
    error.type = packet.version == 6 ? ICMPV6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED;
    if (packet.src.version != 0 && !errors_is_for_many(first, &packet))
        send(responder, first, &packet, error, now_ns);
}
