/* The responder: read, judge, reply, describe. */
#include "responder/responder.h"

#include "responder/checks.h"
#include "responder/errors.h"
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
    ratelimit_init(&responder->probe_rate, PROBE_RATE, PROBE_RATE);
    responder->iface_count = responder->group_count = 0;
    claims_init(&responder->claims);
    responder->sends_errors = false;
    ratelimit_init(&responder->error_rate, 1000, 50); /* as Linux has it */
    for (size_t i = 0; i < RESPONDER_ERROR_SOURCES; i++)
        ratelimit_init(&responder->error_sources[i], 1, 6);
    neighbor_init(responder);
    responder->fragmented = 0;
    memset(responder->vlans, 0, sizeof responder->vlans);
    memset(responder->ip_ids, 0, sizeof responder->ip_ids);
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

/* Whether requests of that kind are answered at all. */
static bool
is_asked_for(const struct responder *responder, enum request_kind kind)
{
    return (kind != REQUEST_TIMESTAMP || responder->answers_timestamp) && (kind != REQUEST_PROBE || responder->answers_probe);
}

static bool
is_within_rate(struct responder *responder, const struct packet *packet, uint64_t now_ns)
{
    if (packet->kind == REQUEST_PROBE && !ratelimit_take(&responder->probe_rate, now_ns))
        return false;
    return ratelimit_take(&responder->rate, now_ns);
}

static void
describe(const struct responder *responder, const struct packet *packet, struct request *request)
{
    *request = (struct request){
        .kind = is_asked_for(responder, packet->kind) ? packet->kind : REQUEST_NONE,
        .src = packet->src,
        .dst = packet->dst,
        .has_ttl = packet->version != 0 && packet->src.version != 0,
        .ttl = packet->version == 6 ? packet->ipv6.hop_limit : packet->ipv4.ttl,
        .type = packet->icmp.type,
        .code = packet->icmp.code,
        .id = packet->icmp.id,
        .seq = packet->icmp.seq,
        .size = packet->icmp_is_whole ? packet->icmp.message.left - ICMP_HEADER_LEN : 0,
        .tag_count = packet->link.tag_count,
    };
    memcpy(request->tags, packet->link.tags, sizeof request->tags);
}

size_t
responder_tick(struct responder *responder, const struct iface *iface, uint64_t now_ns)
{
    struct frame frame = {.iface = iface};
    struct reassembly_whole first;
    uint8_t index[4];

    responder->reply_count = 0;
    claims_tick(responder, iface, now_ns);
    groups_tick(responder, iface, now_ns);
    if (!responder->sends_errors)
        return responder->reply_count;
    store_be32(index, iface->index);
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

void
respond(struct responder *responder, const struct frame *frame, struct outcome *outcome)
{
    struct packet packet;

    packet_read(frame->iface->link, (struct bytes){frame->data, frame->caplen}, &packet);
    if (frame->caplen == frame->len) {
        claims_hear(responder, frame, &packet);
        groups_hear(responder, frame, &packet);
    }
    outcome->verdict = checks_judge(responder, frame, &packet);
    if (outcome->verdict == VERDICT_FRAG_RX) {
        packet.kind = REQUEST_NONE; /* not by itself */
        outcome->verdict = fragments_add(responder, frame, &packet);
        if (outcome->verdict == VERDICT_ANSWERED)
            outcome->verdict = checks_judge(responder, frame, &packet);
    }
    if (outcome->verdict == VERDICT_ANSWERED && !is_within_rate(responder, &packet, frame->ts_ns))
        outcome->verdict = VERDICT_RATE;
    describe(responder, &packet, &outcome->request);
    responder->reply_count = 0;
    outcome->claimed.version = 0;
    outcome->claimant = NULL;
    if (outcome->verdict == VERDICT_ANSWERED)
        reply_build(responder, frame, &packet);
    else if (neighbor_is_owed(outcome->verdict))
        neighbor_build(responder, frame, &packet, outcome);
    else if (responder->sends_errors)
        errors_build(responder, frame, &packet, outcome->verdict);
    outcome->replies = responder->replies;
    outcome->reply_count = responder->reply_count;
}
