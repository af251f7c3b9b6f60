/* Fragments of requests. */
#include "responder/fragments.h"

static void
make_key(const struct frame *frame, const struct packet *packet, struct reassembly_key *key)
{
    memset(key, 0, sizeof *key);
    key->version = packet->version;
    store_be16(key->iface, frame->iface->number);
    for (unsigned i = 0; i < packet->link.tag_count; i++)
        store_be16(key->tags + 2 * i, link_tag_vid(packet->link.tags[i]));
    memcpy(key->src, packet->src.bytes, sizeof key->src);
    memcpy(key->dst, packet->dst.bytes, sizeof key->dst);
}

static void
make_fragment4(const struct packet *packet, struct reassembly_fragment *fragment)
{
    const struct ipv4 *ip = &packet->ipv4;

    fragment->key.protocol = ip->protocol;
    store_be16(fragment->key.id, ip->id);
    fragment->offset = ip->fragment_offset;
    fragment->more = ip->more_fragments;
    fragment->data = ip->payload;
    fragment->header_len = IPV4_HEADER_LEN + ip->options.left;
    fragment->tos = ip->tos;
    fragment->options = ip->options;
}

static void
make_fragment6(const struct packet *packet, struct reassembly_fragment *fragment)
{
    const struct ipv6 *ip = &packet->ipv6;

    store_be16(fragment->key.id, (uint16_t)(ip->fragment_id >> 16));
    store_be16(fragment->key.id + 2, (uint16_t)ip->fragment_id);
    fragment->offset = ip->fragment_offset;
    fragment->more = ip->fragment_more;
    fragment->data = ip->payload;
    fragment->tos = ip->traffic_class;
    fragment->next_header = ip->next_header;
}

/* RFC 7112: the first fragment has all headers in it, the upper layer's too. */
static bool
lacks_headers(const struct packet *packet)
{
    struct ipv6 rest = packet->ipv6;

    if (rest.fragment_offset != 0)
        return false;
    if (ipv6_walk_rest(&rest) == IPV6_BAD_HEADER)
        return rest.problem.code == IPV6_PROBLEM_NONE; /* else all of it is there, and wrong: judged when it is whole */
    return rest.payload.left < (rest.next_header == IPV6_NEXT_ICMPV6 ? ICMP_HEADER_LEN : 1);
}

/* What a host would say of an IPv6 fragment by itself (RFC 8200 section 4.5). */
static struct ipv6_problem
find_problem(const struct packet *packet)
{
    enum { PAYLOAD_LENGTH_AT = 4, OFFSET_AT = 2 };
    const struct ipv6 *ip = &packet->ipv6;

    if (lacks_headers(packet))
        return (struct ipv6_problem){IPV6_PROBLEM_CHAIN, 0, false};
    if (ip->fragment_offset + ip->payload.left > REASSEMBLY_MAX) /* the Fragment header begins with its next header */
        return (struct ipv6_problem){IPV6_PROBLEM_FIELD, (size_t)(ip->next_header_at + OFFSET_AT - (ip->src - 8)), false};
    if (ip->fragment_more && ip->payload.left % 8 != 0)
        return (struct ipv6_problem){IPV6_PROBLEM_FIELD, PAYLOAD_LENGTH_AT, false};
    return (struct ipv6_problem){IPV6_PROBLEM_NONE, 0, false};
}

enum verdict
fragments_add(struct responder *responder, const struct frame *frame, struct packet *packet)
{
    static const enum verdict verdicts[] = {
        [REASSEMBLY_HELD] = VERDICT_FRAG_RX,         [REASSEMBLY_WHOLE] = VERDICT_ANSWERED,
        [REASSEMBLY_DUPLICATE] = VERDICT_FRAG_DUP,   [REASSEMBLY_OVERLAP] = VERDICT_FRAG_OVERLAP,
        [REASSEMBLY_BAD] = VERDICT_FRAG_BAD,         [REASSEMBLY_TOO_LONG] = VERDICT_FRAG_TOOLONG,
    };
    struct reassembly_fragment fragment = {.ts_ns = frame->ts_ns};
    struct reassembly_whole whole;
    enum reassembly_result result;

    if (packet->version == 6)
        packet->ipv6.problem = find_problem(packet);
    if (packet->ipv6.problem.code == IPV6_PROBLEM_CHAIN)
        return VERDICT_FRAG_BAD;
    make_key(frame, packet, &fragment.key);
    if (packet->version == 4)
        make_fragment4(packet, &fragment);
    else
        make_fragment6(packet, &fragment);
    result = reassembly_add(&responder->reassembly, &fragment, &whole);
    if (result == REASSEMBLY_WHOLE && packet->version == 4)
        packet_rejoin4(packet, whole.data, whole.tos, whole.options);
    else if (result == REASSEMBLY_WHOLE)
        packet_rejoin6(packet, whole.data, whole.tos, whole.next_header);
    return verdicts[result];
}
