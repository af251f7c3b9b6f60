/* The responder: read, judge, reply, describe. */
#include "responder/responder.h"

#include "responder/checks.h"
#include "responder/errors.h"
#include "responder/faults.h"
#include "responder/fragments.h"
#include "responder/neighbor.h"
#include "responder/packet.h"
#include "responder/reply.h"

enum {
    TTL_DEFAULT = 64,
    VID_LAST = 4094,
    PROBE_RATE = 100 /* a second: RFC 8335 section 8 asks for a limit */
};

void
responder_init(struct responder *responder, uint64_t seed)
{
    responder->key = siphash_key(seed);
    responder->ttl = TTL_DEFAULT;
    responder->answers_timestamp = responder->answers_broadcast = responder->answers_probe = false;
    responder->bad_checksum = BAD_CHECKSUM_DROP;
    ratelimit_init(&responder->rate, 0, 0);
    sources_init(&responder->sources, 0);
    ratelimit_init(&responder->probe_rate, PROBE_RATE, PROBE_RATE);
    responder->iface_count = responder->group_count = 0;
    claims_init(&responder->claims);
    responder->sends_errors = false;
    responder->rules = NULL;
    responder->copies_left_out = 0;
    ratelimit_init(&responder->error_rate, 1000, 50); /* as Linux has it */
    for (size_t i = 0; i < RESPONDER_ERROR_SOURCES; i++)
        ratelimit_init(&responder->error_sources[i], 1, 6);
    neighbor_init(responder);
    responder->fragmented = 0;
    memset(responder->vlans, 0, sizeof responder->vlans);
    memset(responder->ip_ids, 0, sizeof responder->ip_ids);
    responder->last_ends = 0;
    reassembly_init(&responder->reassembly, &responder->key);
}

void
responder_add_vlan(struct responder *responder, unsigned vid)
{
    if (vid >= 1 && vid <= VID_LAST)
        responder->vlans[vid / 8] |= (uint8_t)(1U << vid % 8);
}

void
responder_add_iface(struct responder *responder, const struct iface *iface)
{
    if (responder->iface_count < RESPONDER_IFACES)
        responder->ifaces[responder->iface_count++] = iface;
}

void
responder_remove_iface(struct responder *responder, const struct iface *iface)
{
    size_t kept = 0;

    for (size_t i = 0; i < responder->iface_count; i++)
        if (responder->ifaces[i] != iface)
            responder->ifaces[kept++] = responder->ifaces[i];
    responder->iface_count = kept;
    claims_forget(&responder->claims, iface);
    groups_forget(responder, iface);
}

void
responder_restart_iface(struct responder *responder, const struct iface *iface)
{
    claims_restart(&responder->claims, iface);
    groups_restart(responder, iface);
}

/* Whether requests of that kind are answered at all. */
static bool
is_asked_for(const struct responder *responder, enum request_kind kind)
{
    return (kind != REQUEST_TIMESTAMP || responder->answers_timestamp) && (kind != REQUEST_PROBE || responder->answers_probe);
}

/* A source's own limit comes first: what goes beyond that takes nothing from others. */
static bool
is_within_rate(struct responder *responder, const struct packet *packet, uint64_t now_ns)
{
    if (!sources_take(&responder->sources, &responder->key, &packet->src, now_ns))
        return false;
    if (packet->kind == REQUEST_PROBE && !ratelimit_take(&responder->probe_rate, now_ns))
        return false;
    return ratelimit_take(&responder->rate, now_ns);
}

static void
describe(const struct responder *responder, const struct packet *packet, struct request *request)
{
    request->kind = is_asked_for(responder, packet->kind) ? packet->kind : REQUEST_NONE;
    request->src = packet->src;
    request->dst = packet->dst;
    request->has_ttl = packet->version != 0 && packet->src.version != 0;
    request->ttl = packet->version == 6 ? packet->ipv6.hop_limit : packet->ipv4.ttl;
    request->type = packet->icmp.type;
    request->code = packet->icmp.code;
    request->id = packet->icmp.id;
    request->seq = packet->icmp.seq;
    request->size = packet->icmp_is_whole ? packet->icmp.message.left - ICMP_HEADER_LEN : 0;
    request->tag_count = packet->link.tag_count;
    memcpy(request->tags, packet->link.tags, sizeof request->tags);
}

size_t
responder_tick(struct responder *responder, const struct iface *iface, uint64_t now_ns)
{
    struct frame frame = {.iface = iface};
    struct reassembly_whole first;
    uint8_t index[4];

    responder->reply_count = 0;
    if (responder->claims.count > 0)
        claims_tick(responder, iface, now_ns);
    if (responder->group_count > 0)
        groups_tick(responder, iface, now_ns);
    if (!responder->sends_errors)
        return responder->reply_count;
    store_be32(index, iface->number);
    while (reassembly_expire(&responder->reassembly, index, now_ns, &first, &frame.ts_ns)) {
        frame.data = first.head;
        frame.caplen = frame.len = first.head_len + first.data_len;
        if (first.head_len > 0)
            errors_build_timeout(responder, &frame, now_ns);
    }
    return responder->reply_count;
}

uint64_t
responder_due(const struct responder *responder)
{
    uint64_t due_ns = claims_due(&responder->claims), other_ns = groups_due(responder);

    if (other_ns < due_ns)
        due_ns = other_ns;
    other_ns = responder->sends_errors ? reassembly_due(&responder->reassembly) : UINT64_MAX;
    return other_ns < due_ns ? other_ns : due_ns;
}

/* Whether rules about the path are asked for a packet that is no whole request: a fragment of one, or UDP to a single address.
 * TCP is not looked at, nor is UDP to what the kernel owns, for which it answers itself. */
static bool
is_on_path(const struct frame *frame, const struct packet *packet, enum verdict verdict)
{
    enum { PROTOCOL_UDP = 17 };
    uint8_t protocol = packet_protocol(packet);

    if (protocol == (packet->version == 6 ? IPV6_NEXT_ICMPV6 : IPV4_PROTOCOL_ICMP))
        return verdict == VERDICT_FRAG_RX;
    if (protocol != PROTOCOL_UDP || (verdict != VERDICT_FRAG_RX && verdict != VERDICT_IP_PROTO && verdict != VERDICT_IP6_PROTO))
        return false;
    return !errors_is_for_many(frame, packet) && !errors_is_from_anycast(frame, packet) &&
           !addresses_lookup(&frame->iface->addresses, &packet->dst).is_own;
}

/* Has routers that rules made up take a packet before the host has it. */
static enum verdict
travel(struct responder *responder, const struct frame *frame, struct packet *packet, enum verdict verdict, struct fault *fault)
{
    if (responder->rules == NULL || frame->iface->is_paused || !is_on_path(frame, packet, verdict))
        return verdict;
    faults_apply_path(responder, frame, packet, fault);
    if (fault->verdict == VERDICT_ANSWERED)
        return verdict;
    packet->kind = REQUEST_NONE;
    return is_within_rate(responder, packet, frame->ts_ns) ? fault->verdict : VERDICT_RATE;
}

/* The verdict on a request that is fit to be answered. */
static enum verdict
decide(struct responder *responder, const struct frame *frame, const struct packet *packet, struct fault *fault)
{
    if (!is_within_rate(responder, packet, frame->ts_ns))
        return VERDICT_RATE;
    if (frame->iface->is_paused)
        return VERDICT_PAUSED;
    if (responder->rules == NULL)
        return VERDICT_ANSWERED;
    faults_apply(responder, frame, packet, fault);
    return fault->verdict;
}

/* Reads a packet to the end, fragments put together.  Returns the verdict on it. */
static enum verdict
judge(struct responder *responder, const struct frame *frame, struct packet *packet, struct fault *fault)
{
    enum verdict verdict = travel(responder, frame, packet, checks_judge(responder, frame, packet), fault);

    if (verdict == VERDICT_FRAG_RX) {
        packet->kind = REQUEST_NONE; /* not by itself */
        verdict = fragments_add(responder, frame, packet);
        if (verdict == VERDICT_ANSWERED)
            verdict = checks_judge(responder, frame, packet);
    }
    return verdict == VERDICT_ANSWERED ? decide(responder, frame, packet, fault) : verdict;
}

/* Builds whatever is due for a packet with that verdict. */
static void
build(struct responder *responder, const struct frame *frame, const struct packet *packet, const struct fault *fault,
      struct outcome *outcome)
{
    if (fault->is_any && outcome->verdict == fault->verdict) {
        if (!fault->is_dropped)
            outcome->copy_count = faults_build(fault);
    } else if (outcome->verdict == VERDICT_ANSWERED) {
        reply_build(responder, frame, packet);
    } else if (neighbor_is_owed(outcome->verdict)) {
        neighbor_build(responder, frame, packet, outcome);
    } else if (responder->sends_errors) {
        errors_build(responder, frame, packet, outcome->verdict);
    }
}

/* Whether replies are in a flow, in which they can overtake each other. */
static bool
is_about_request(enum verdict verdict)
{
    return verdict == VERDICT_ANSWERED || verdict == VERDICT_RULE_ERROR || verdict == VERDICT_RULE_HOP ||
           verdict == VERDICT_RULE_PMTU;
}

void
respond(struct responder *responder, const struct frame *frame, struct outcome *outcome)
{
    struct packet packet;
    struct fault fault;

    fault.is_any = false;
    fault.matched = 0;
    fault.behind = 0;
    fault.within_ns = 0;
    packet_read(frame->iface->link, (struct bytes){frame->data, frame->caplen}, &packet);
    if (frame->caplen == frame->len && packet.kind == REQUEST_NONE) { /* who asks us tells us nothing */
        claims_hear(responder, frame, &packet);
        groups_hear(responder, frame, &packet);
    }
    outcome->verdict = judge(responder, frame, &packet, &fault);
    describe(responder, &packet, &outcome->request);
    responder->reply_count = 0;
    outcome->rules = fault.matched;
    outcome->behind = fault.behind;
    outcome->within_ns = fault.within_ns;
    outcome->claimed.version = 0;
    outcome->claimant = NULL;
    outcome->copy_count = 0;
    build(responder, frame, &packet, &fault, outcome);
    outcome->replies = responder->replies;
    outcome->reply_count = responder->reply_count;
    outcome->flow = responder->rules != NULL && is_about_request(outcome->verdict) ? reply_flow(responder, &packet) : 0;
}
