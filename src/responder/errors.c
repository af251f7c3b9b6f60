/* ICMP errors.  None is sent about an error, a later fragment, or a packet to a group, but for an IPv6 option that asks for
 * it all the same (RFC 8200 section 4.2). */
#include "responder/errors.h"

#include "responder/reply.h"

enum {
    ICMP_PARAMETER_PROBLEM = 12,
    ICMPV6_PARAMETER_PROBLEM = 4,
    HEADERS4 = IPV4_HEADER_LEN + ICMP_HEADER_LEN,
    ERROR_MAX4 = 576, /* RFC 1812 section 4.3.2.3: the whole of an error */
    QUOTE_MAX6 = 1280 - 48 /* RFC 4443 section 2.4 (c) */
};

/* Whether ICMP limits itself (RFC 1122 section 3.2.2.1, RFC 4443 section 2.4 (f)): by source and in all. */
static bool
may_send(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    uint64_t hash = siphash(&responder->key, (const uint8_t *)&packet->src, sizeof packet->src);

    return ratelimit_take(&responder->error_sources[hash % RESPONDER_ERROR_SOURCES], frame->ts_ns) &&
           ratelimit_take(&responder->error_rate, frame->ts_ns);
}

static bool
is_error4(const struct packet *packet)
{
    static const uint8_t errors[] = {3, 4, 5, 11, 12};

    for (size_t i = 0; packet->has_icmp && i < sizeof errors; i++)
        if (packet->icmp.type == errors[i])
            return true;
    return false;
}

static void
build4(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    const struct ipv4 *ip = &packet->ipv4;
    const uint8_t *start = ip->src - 12;
    size_t mtu = frame->iface->mtu, most = mtu < RESPONDER_MTU_MIN ? RESPONDER_MTU_MIN : mtu;
    struct reply_error error = {
        .type = ICMP_PARAMETER_PROBLEM,
        .pointer = (uint32_t)(IPV4_HEADER_LEN + packet->ipv4_options.bad_at) << 24, /* one byte, then three unused */
        .quote = {start, (size_t)(ip->payload.at + ip->payload.left - start)},
    };

    if (packet->ipv4_options.status != IPV4_OPTIONS_BAD || ip->fragment_offset != 0 || packet->is_rejoined ||
        is_error4(packet) || packet->link.group)
        return;
    bytes_trim(&error.quote, (most < ERROR_MAX4 ? most : ERROR_MAX4) - HEADERS4);
    if (may_send(responder, frame, packet))
        reply_build_error(responder, frame, packet, &error);
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
    const uint8_t *start = ip->src - 8;
    struct ipv6_problem problem = ip->problem;
    struct reply_error error = {
        .type = ICMPV6_PARAMETER_PROBLEM, .quote = {start, (size_t)(ip->payload.at + ip->payload.left - start)}};

    if (verdict == VERDICT_IP6_PROTO && is_unknown(ip->next_header))
        problem = (struct ipv6_problem){IPV6_PROBLEM_NEXT_HEADER, (size_t)(ip->next_header_at - start), false};
    if (problem.code == IPV6_PROBLEM_NONE || packet->is_rejoined ||
        (!problem.is_for_groups && (ip->dst[0] == 0xff || packet->link.group)) ||
        (packet->has_icmp && packet->icmp.message.left > 0 && packet->icmp.type < 128))
        return;
    error.code = (uint8_t)(problem.code - 1);
    error.pointer = (uint32_t)problem.at;
    bytes_trim(&error.quote, QUOTE_MAX6);
    if (may_send(responder, frame, packet))
        reply_build_error(responder, frame, packet, &error);
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
