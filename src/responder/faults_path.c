/* Faults of the path: ICMP errors instead of a reply, from the host or from routers that are made up.
 *
 *   pinger ─── router 1 ─── router 2 ─ … ─ router N-1 ─── host
 *
 * A packet that has a TTL of k below N ends at router k, whose answer has k-1 routers behind it on its way back. */
#include "responder/faults_act.h"

#include "codec/checksum.h"
#include "responder/errors.h"
#include "responder/reply.h"

enum {
    ICMP_UNREACHABLE = 3,
    ICMP_REDIRECT = 5,
    ICMP_TIME_EXCEEDED = 11,
    ICMPV6_PACKET_TOO_BIG = 2,
    ICMPV6_TIME_EXCEEDED = 3,
    CODE_FRAGMENTATION_NEEDED = 4,
    MTU_DEFAULT = 1280, /* of an error that names one */
    ROUTER_OF_PMTU = 254
};

/* Both versions' nearest to a name; iptables and Linux' ping have most of them. */
const struct fault_error faults_errors[] = {
    {"net-unreachable", 3, 0, 1, 0},
    {"host-unreachable", 3, 1, 1, 3},
    {"protocol-unreachable", 3, 2, 4, 1},
    {"port-unreachable", 3, 3, 1, 4},
    {"fragmentation-needed", 3, 4, 2, 0},
    {"packet-too-big", 3, 4, 2, 0},
    {"source-route-failed", 3, 5, 1, 7},
    {"net-unknown", 3, 6, 1, 0},
    {"host-unknown", 3, 7, 1, 3},
    {"net-prohibited", 3, 9, 1, 1},
    {"host-prohibited", 3, 10, 1, 1},
    {"admin-prohibited", 3, 13, 1, 1},
    {"source-quench", 4, 0, 0, 0},
    {"redirect-net", 5, 0, 0, 0},
    {"redirect-host", 5, 1, 0, 0},
    {"time-exceeded", 11, 0, 3, 0},
    {"reassembly-timeout", 11, 1, 3, 1},
    {"parameter-problem", 12, 0, 4, 0},
};

const size_t faults_error_count = sizeof faults_errors / sizeof faults_errors[0];

/* Whether a router has taken the packet already. */
static bool
is_over(const struct fault *fault)
{
    return fault->verdict == VERDICT_RULE_HOP || fault->verdict == VERDICT_RULE_PMTU;
}

void
act_make_error(struct fault *fault, uint8_t type, uint8_t code, uint32_t rest)
{
    struct responder *responder = fault->responder;
    struct writer writer = {responder->message, sizeof responder->message, false};

    icmp_write_error(&writer, type, code, rest, errors_quote(fault->frame, fault->packet), 0);
    fault->message_len = (size_t)(writer.at - responder->message);
    fault->has_message = fault->is_error = true;
}

/* The four bytes behind the checksum that an error is to have. */
static uint32_t
rest_of(const struct fault *fault, uint8_t type, uint8_t code, const struct rule_value *mtu)
{
    uint32_t value = mtu->is_given ? (uint32_t)mtu->as.number : MTU_DEFAULT;

    if (fault->packet->version == 6)
        return type == ICMPV6_PACKET_TOO_BIG || mtu->is_given ? value : 0;
    if (type == ICMP_REDIRECT) /* to itself: RFC 792 has the gateway's address here */
        return load_be32(fault->packet->dst.bytes);
    return (type == ICMP_UNREACHABLE && code == CODE_FRAGMENTATION_NEEDED) || mtu->is_given ? value & UINT16_MAX : 0;
}

void
act_error(struct fault *fault, struct rule_term *term, struct random *random)
{
    struct rule_error error = term->values[0].as.error;
    const struct rule_value *quote = &term->values[2];
    bool is_6 = fault->packet->version == 6;

    (void)random;
    if (error.name >= 0) {
        const struct fault_error *named = &faults_errors[error.name];

        error.type = is_6 ? named->type6 : named->type4;
        error.code = is_6 ? named->code6 : named->code4;
        if (error.type == 0) /* there is no such error in IPv6 */
            return;
    }
    if (is_over(fault))
        return;
    act_make_error(fault, error.type, error.code, rest_of(fault, error.type, error.code, &term->values[1]));
    if (quote->is_given && fault->message_len > ICMP_HEADER_LEN + quote->as.number)
        fault->message_len = ICMP_HEADER_LEN + (size_t)quote->as.number;
    if (fault->verdict == VERDICT_ANSWERED)
        fault->verdict = VERDICT_RULE_ERROR;
}

/* Router number `k`, from the networks that are for benchmarks: 198.18.0.0/15 (RFC 2544), 2001:2::/48 (RFC 5180). */
static struct address
make_up(uint8_t version, unsigned k)
{
    if (version == 6)
        return (struct address){6, {0x20, 0x01, 0, 0x02, [14] = (uint8_t)(k >> 8), [15] = (uint8_t)k}};
    return (struct address){4, {198, 18, (uint8_t)(k >> 8), (uint8_t)k}};
}

/* The address of router `k`: of the list, or made up.  Version 0 for one that is silent. */
static struct address
find_router(const struct fault *fault, const struct rule_value *list, unsigned k)
{
    uint8_t version = fault->packet->version;
    const struct address *listed;

    if (!list->is_given || k > list->as.slice.count)
        return make_up(version, k);
    listed = &fault->rules->addresses[list->as.slice.at + k - 1];
    return listed->version == version || listed->version == 0 ? *listed : make_up(version, k);
}

/* A packet that routers say nothing about: one to a group or from an anycast address, an error, of IPv4 a later fragment
 * (RFC 1812 section 4.3.2.7, RFC 4443 section 2.4). */
static bool
is_unspeakable(const struct fault *fault)
{
    const struct packet *packet = fault->packet;

    return errors_is_for_many(fault->frame, packet) || errors_is_from_anycast(fault->frame, packet) || errors_is_error(packet) ||
           (packet->version == 4 && packet->ipv4.fragment_offset != 0);
}

/* Has a router answer instead of the host. */
static void
answer_as_router(struct fault *fault, enum verdict verdict, const struct address *router, uint8_t type, uint8_t code,
                 uint32_t rest)
{
    fault->verdict = verdict;
    fault->source = *router;
    fault->mtu = 0; /* the narrow link is behind it */
    if (router->version == 0 || is_unspeakable(fault))
        fault->is_dropped = true;
    else
        act_make_error(fault, type, code, rest);
}

/* Of a packet that got as far as this, a TTL of 1 is left. */
static void
wear_down_quote(struct fault *fault)
{
    enum { TTL4_AT = 8, SUM4_AT = 10, HOP_LIMIT6_AT = 7 };
    uint8_t *quote = fault->responder->message + ICMP_HEADER_LEN;
    uint16_t before;

    if (fault->packet->version == 6) {
        quote[HOP_LIMIT6_AT] = 1;
        return;
    }
    before = load_be16(quote + TTL4_AT);
    quote[TTL4_AT] = 1;
    store_be16(quote + SUM4_AT, checksum_update(load_be16(quote + SUM4_AT), before, load_be16(quote + TTL4_AT)));
}

static void
travel(struct fault *fault, const struct rule_value *delay, unsigned hops)
{
    int ttl = fault->responder->ttl - (int)(hops - 1);

    fault->ttl = ttl > 1 ? ttl : 1;
    if (delay->is_given)
        fault->delay_ns += delay->as.number * hops;
}

void
act_hops(struct fault *fault, struct rule_term *term, struct random *random)
{
    const struct packet *packet = fault->packet;
    const struct rule_value *delay = &term->values[1], *list = &term->values[2];
    unsigned hops = (unsigned)term->values[0].as.number, ttl = packet->version == 6 ? packet->ipv6.hop_limit : packet->ipv4.ttl;
    struct address router;

    (void)random;
    if (is_over(fault))
        return;
    if (ttl == 0)
        ttl = 1;
    if (ttl >= hops) {
        if (hops > 1)
            fault->router = find_router(fault, list, hops - 1);
        travel(fault, delay, hops);
        return;
    }
    router = find_router(fault, list, ttl);
    answer_as_router(fault, VERDICT_RULE_HOP, &router, packet->version == 6 ? ICMPV6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED, 0, 0);
    if (!fault->is_dropped)
        wear_down_quote(fault);
    travel(fault, delay, ttl);
}

/* An IPv4 packet that may be fragmented goes through, as its fragments would. */
static bool
is_too_big(const struct packet *packet, uint64_t mtu)
{
    return !packet->is_rejoined && packet_datagram(packet).left > mtu && (packet->version == 6 || packet->ipv4.dont_fragment);
}

void
act_pmtu(struct fault *fault, struct rule_term *term, struct random *random)
{
    const struct packet *packet = fault->packet;
    uint64_t mtu = term->values[0].as.number;
    const struct rule_value *given = &term->values[1], *is_silent = &term->values[2];
    struct address router = fault->router.version != 0 ? fault->router : make_up(packet->version, ROUTER_OF_PMTU);

    (void)random;
    if (is_over(fault))
        return;
    if (fault->mtu == 0 || fault->mtu > mtu)
        fault->mtu = (size_t)mtu;
    if (!is_too_big(packet, mtu))
        return;
    if (given->is_given && given->as.prefix.address.version == packet->version)
        router = given->as.prefix.address;
    if (is_silent->is_given)
        router.version = 0;
    if (packet->version == 6)
        answer_as_router(fault, VERDICT_RULE_PMTU, &router, ICMPV6_PACKET_TOO_BIG, 0, (uint32_t)mtu);
    else
        answer_as_router(fault, VERDICT_RULE_PMTU, &router, ICMP_UNREACHABLE, CODE_FRAGMENTATION_NEEDED, (uint32_t)mtu);
}
