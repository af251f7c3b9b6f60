/* Replies: link header, IP header and ICMP message of the frames that answer a request. */
#include "responder/reply.h"

#include "codec/checksum.h"
#include "responder/build.h"
#include "responder/probe.h"

enum {
    FLOW_LABEL_MASK = 0xfffff,
    NS_PER_MS = 1000000,
    MS_PER_DAY = 86400000,
    LEAST_MTU6 = 1280, /* RFC 8200 section 5: every link carries as much */
    IPV4_SUM_AT = 11, /* its last byte */
    PROBE_TTL = 255 /* RFC 8335 section 4, as are TOS 0 and DF */
};

/* A hash of the two ends of a reply and its protocol. */
static uint64_t
hash_ends(const struct responder *responder, const struct address *src, const struct address *dst, uint8_t protocol)
{
    uint8_t ends[33];
    size_t len = address_bits(src->version) / 8;

    memcpy(ends, src->bytes, len);
    memcpy(ends + len, dst->bytes, len);
    ends[2 * len] = protocol;
    return siphash(&responder->key, ends, 2 * len + 1);
}

uint64_t
reply_flow(const struct responder *responder, const struct packet *packet)
{
    return hash_ends(responder, &packet->dst, &packet->src, 0);
}

/* An IP ID for a datagram without DF: unique for its ends and protocol until 65536 more have gone (RFC 6864 section 4),
 * and telling nobody how many went elsewhere.  Often a reply has the same ends as the one before it. */
static uint16_t
next_ip_id(struct responder *responder, const struct address *src, const struct address *dst)
{
    uint64_t ends = (uint64_t)load_be32(src->bytes) << 32 | load_be32(dst->bytes);

    if (ends == 0 || ends != responder->last_ends) {
        responder->last_ends = ends;
        responder->last_hash = hash_ends(responder, src, dst, IPV4_PROTOCOL_ICMP);
    }
    return (uint16_t)((responder->last_hash >> 48) + responder->ip_ids[responder->last_hash % RESPONDER_ID_COUNTERS]++);
}

/* As Linux does it, whatever is not another host's: an address of ours, and what no single host has. */
static bool
is_stamped(const void *context, const uint8_t bytes[static 4])
{
    const struct addresses *addresses = context;
    struct address address = {.version = 4};
    enum addresses_match match;

    memcpy(address.bytes, bytes, 4);
    match = addresses_lookup(addresses, &address).match;
    return match == ADDRESSES_OURS || match == ADDRESSES_BROADCAST || bytes[0] == 127 || bytes[0] >> 4 == 14 ||
           (bytes[0] | bytes[1] | bytes[2] | bytes[3]) == 0 || (bytes[0] & bytes[1] & bytes[2] & bytes[3]) == 255;
}

static uint32_t
time_of_day_ms(const struct frame *frame)
{
    return (uint32_t)(frame->ts_ns / NS_PER_MS % MS_PER_DAY);
}

/* Whether something that is answered was sent to a broadcast or multicast address.  To look up an IPv4 address takes longer
 * than most of a reply, and where broadcasts are not answered it can only be one of ours. */
static bool
is_for_many(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    if (packet->version == 6)
        return packet->dst.bytes[0] == 0xff;
    return responder->answers_broadcast &&
           (packet->dst.bytes[0] >= 224 || addresses_lookup(&frame->iface->addresses, &packet->dst).match != ADDRESSES_OURS);
}

/* The address that a reply comes from: the one that was asked, or for a broadcast or multicast one of ours (RFC 1122 section
 * 3.2.2.6, RFC 4443 section 4.2). */
static struct address
reply_source(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct address source = packet->dst;

    if (is_for_many(responder, frame, packet))
        (void)addresses_source(&frame->iface->addresses, &packet->src, &source);
    return source;
}

int
reply_options4(const struct responder *responder, const struct frame *frame, const struct packet *packet,
               uint8_t out[static IPV4_OPTIONS_MAX])
{
    struct ipv4_options_host host = {.is_stamped = is_stamped, .context = &frame->iface->addresses};
    struct address source;

    if (packet->ipv4.options.left == 0) /* as most have it */
        return 0;
    source = reply_source(responder, frame, packet);
    host.address = source.bytes;
    host.time_ms = time_of_day_ms(frame);
    return ipv4_options_answer(&packet->ipv4_options, &host, out);
}

/* How much of a message goes into each fragment: a multiple of 8 bytes (RFC 791). */
static size_t
fragment_len(size_t mtu, size_t headers)
{
    return mtu < headers + 8 ? 8 : (mtu - headers) & ~(size_t)7;
}

static enum icmp_sum
sum_policy(const struct build *build)
{
    return build->responder->bad_checksum == BAD_CHECKSUM_ANSWER ? ICMP_SUM_NEW : ICMP_SUM_KEPT;
}

static void
write_probe(const struct build *build, uint8_t type, uint64_t pseudo, struct writer *writer)
{
    unsigned flags;
    enum probe_code code = probe_answer(build->responder, build->packet, &flags);

    probe_write_reply(writer, build->packet->icmp.message, type, code, flags, pseudo);
}

static void
write_message4(const struct build *build, struct writer *writer)
{
    const struct icmp *request = &build->packet->icmp;

    if (build->packet->kind == REQUEST_PROBE)
        write_probe(build, ICMP_EXTENDED_ECHO_REPLY, 0, writer);
    else if (build->packet->kind == REQUEST_TIMESTAMP)
        icmp_write_timestamp(writer, request, time_of_day_ms(build->frame));
    else
        icmp_write_reply(writer, request, sum_policy(build));
}

static void
write_message6(const struct build *build, const struct address *src, struct writer *writer)
{
    const struct packet *packet = build->packet;
    const uint8_t *asked = packet->dst.bytes;
    bool is_asked = memcmp(asked, src->bytes, sizeof src->bytes) == 0;
    uint32_t len = (uint32_t)packet->icmp.message.left;

    if (packet->kind == REQUEST_PROBE) {
        write_probe(build, ICMPV6_EXTENDED_ECHO_REPLY,
                    checksum_pseudo6(src->bytes, packet->src.bytes, len, IPV6_NEXT_ICMPV6), writer);
        return;
    }
    icmp_write_reply6(writer, &packet->icmp, sum_policy(build), packet->src.bytes, asked, is_asked ? asked : src->bytes);
}

void
reply_plan_make(const struct build *build, struct reply_plan *plan)
{
    const struct packet *packet = build->packet;
    bool is_probe = packet->kind == REQUEST_PROBE;

    plan->src = reply_source(build->responder, build->frame, packet);
    plan->ttl = is_probe ? PROBE_TTL : build->responder->ttl;
    plan->tos = is_probe ? 0 : packet->version == 6 ? packet->ipv6.traffic_class : packet->ipv4.tos;
    plan->dont_fragment = is_probe;
    plan->options_len = 0;
    plan->mtu = packet->version == 6 && build->frame->iface->mtu < LEAST_MTU6 ? LEAST_MTU6 : build->frame->iface->mtu;
    plan->len = packet->kind == REQUEST_TIMESTAMP ? ICMP_TIMESTAMP_LEN : packet->icmp.message.left;
    plan->is_written = plan->is_ip_sum_bad = false;
}

void
reply_plan_options(const struct build *build, struct reply_plan *plan)
{
    int len = build->packet->version == 4 ? reply_options4(build->responder, build->frame, build->packet, plan->options) : 0;

    plan->options_len = len > 0 ? (size_t)len : 0;
}

static void
write_message(const struct build *build, const struct address *src, struct writer *writer)
{
    if (build->packet->version == 6)
        write_message6(build, src, writer);
    else
        write_message4(build, writer);
}

/* Writes the message down by itself, where the rules change it or it goes out in pieces. */
static void
write_apart(const struct build *build, const struct reply_plan *plan)
{
    struct writer message = {build->responder->message, sizeof build->responder->message, false};

    if (!plan->is_written)
        write_message(build, &plan->src, &message);
}

/* Writes an IPv4 header for a piece of the message. */
static void
write_header4(struct build *build, const struct reply_plan *plan, const struct ipv4_reply *reply, size_t at, size_t len)
{
    uint8_t *header = build->writer.at;

    ipv4_write(&build->writer, reply, at, len, at + len < plan->len);
    if (plan->is_ip_sum_bad && !build->writer.overflow)
        header[IPV4_SUM_AT] ^= 1;
}

static void
build_ipv4(struct build *build, struct reply_plan *plan)
{
    const struct address *dst = &build->packet->src;
    struct ipv4_reply reply = {
        .tos = plan->tos,
        .ttl = plan->ttl,
        .dont_fragment = plan->dont_fragment,
        .id = next_ip_id(build->responder, &plan->src, dst),
        .src = plan->src.bytes,
        .dst = dst->bytes,
        .options = {plan->options, plan->options_len},
    };
    size_t headers = IPV4_HEADER_LEN + plan->options_len, most = plan->len;
    uint8_t *start;

    if (headers + plan->len <= plan->mtu && !plan->is_written) { /* as most are: in one piece, at once */
        start = build_begin(build);
        write_header4(build, plan, &reply, 0, plan->len);
        write_message4(build, &build->writer);
        build_end(build, start);
        return;
    }
    write_apart(build, plan);
    if (headers + plan->len > plan->mtu)
        most = fragment_len(plan->mtu, headers);
    for (size_t at = 0; at < plan->len; at += most) {
        size_t piece = plan->len - at < most ? plan->len - at : most;

        start = build_begin(build);
        write_header4(build, plan, &reply, at, piece);
        writer_put(&build->writer, build->responder->message + at, piece);
        build_end(build, start);
        ipv4_blank_options(plan->options, plan->options_len);
    }
}

/* An ID that nobody can tell beforehand (RFC 7739). */
static uint32_t
next_fragment_id(struct responder *responder)
{
    uint8_t count[4];

    store_be16(count, (uint16_t)(responder->fragmented >> 16));
    store_be16(count + 2, (uint16_t)responder->fragmented++);
    return (uint32_t)siphash(&responder->key, count, sizeof count);
}

static void
build_ipv6(struct build *build, const struct reply_plan *plan)
{
    const struct address *dst = &build->packet->src;
    struct ipv6_reply reply = {
        .traffic_class = plan->tos,
        .hop_limit = plan->ttl,
        .src = plan->src.bytes,
        .dst = dst->bytes,
    };
    size_t most = fragment_len(plan->mtu, IPV6_HEADER_LEN + IPV6_FRAGMENT_LEN);
    uint8_t *start;
    uint32_t id;

    reply.flow_label = (uint32_t)hash_ends(build->responder, &plan->src, dst, IPV6_NEXT_ICMPV6) & FLOW_LABEL_MASK;
    if (IPV6_HEADER_LEN + plan->len <= plan->mtu) {
        start = build_begin(build);
        ipv6_write(&build->writer, &reply, plan->len);
        if (plan->is_written)
            writer_put(&build->writer, build->responder->message, plan->len);
        else
            write_message6(build, &plan->src, &build->writer);
        build_end(build, start);
        return;
    }
    write_apart(build, plan);
    id = next_fragment_id(build->responder);
    for (size_t at = 0; at < plan->len; at += most) {
        size_t piece = plan->len - at < most ? plan->len - at : most;

        start = build_begin(build);
        ipv6_write_fragment(&build->writer, &reply, id, at, piece, at + piece < plan->len);
        writer_put(&build->writer, build->responder->message + at, piece);
        build_end(build, start);
    }
}

void
reply_plan_build(struct build *build, struct reply_plan *plan)
{
    if (build->packet->version == 6)
        build_ipv6(build, plan);
    else
        build_ipv4(build, plan);
}

void
reply_build(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct build build;
    struct reply_plan plan;

    build_init(&build, responder, frame, packet);
    reply_plan_make(&build, &plan);
    reply_plan_options(&build, &plan);
    reply_plan_build(&build, &plan);
}

size_t
reply_write_message(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct build build;
    struct reply_plan plan;

    build_init(&build, responder, frame, packet);
    reply_plan_make(&build, &plan);
    write_apart(&build, &plan);
    return plan.len;
}

static void
build_error4(struct build *build, const struct reply_error *error)
{
    const struct packet *packet = build->packet;
    struct address src = reply_source(build->responder, build->frame, packet);
    struct ipv4_reply reply = {
        .ttl = build->responder->ttl,
        .id = next_ip_id(build->responder, &src, &packet->src),
        .src = src.bytes,
        .dst = packet->src.bytes,
    };

    ipv4_write(&build->writer, &reply, 0, ICMP_HEADER_LEN + error->quote.left, false);
    icmp_write_error(&build->writer, error->type, error->code, error->pointer, error->quote, 0);
}

static void
build_error6(struct build *build, const struct reply_error *error)
{
    const struct packet *packet = build->packet;
    struct address src = reply_source(build->responder, build->frame, packet);
    const struct address *dst = &packet->src;
    size_t len = ICMP_HEADER_LEN + error->quote.left;
    struct ipv6_reply reply = {
        .hop_limit = build->responder->ttl,
        .flow_label = (uint32_t)hash_ends(build->responder, &src, dst, IPV6_NEXT_ICMPV6) & FLOW_LABEL_MASK,
        .src = src.bytes,
        .dst = dst->bytes,
    };

    ipv6_write(&build->writer, &reply, len);
    icmp_write_error(&build->writer, error->type, error->code, error->pointer, error->quote,
                     checksum_pseudo6(src.bytes, dst->bytes, (uint32_t)len, IPV6_NEXT_ICMPV6));
}

void
reply_build_error(struct responder *responder, const struct frame *frame, const struct packet *packet,
                  const struct reply_error *error)
{
    struct build build;
    uint8_t *start;

    build_init(&build, responder, frame, packet);
    start = build_begin(&build);
    if (packet->version == 6)
        build_error6(&build, error);
    else
        build_error4(&build, error);
    build_end(&build, start);
}
