/* Fragments of requests. */
#include "responder/fragments.h"

static void
make_key(const struct frame *frame, const struct packet *packet, struct reassembly_key *key)
{
    memset(key, 0, sizeof *key);
    key->version = packet->version;
    store_be32(key->iface, frame->iface->number);
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
}

static void
make_fragment6(const struct packet *packet, struct reassembly_fragment *fragment)
{
    const struct ipv6 *ip = &packet->ipv6;

    store_be32(fragment->key.id, ip->fragment_id);
    fragment->offset = ip->fragment_offset;
    fragment->more = ip->fragment_more;
    fragment->data = ip->payload;
    fragment->header_len = ipv6_offset(ip, ip->payload.at) - IPV6_HEADER_LEN - IPV6_FRAGMENT_LEN;
    fragment->tos = ip->traffic_class;
}

/* What a host would say of an IPv6 fragment by itself (RFC 8200 section 4.5). */
static struct ipv6_problem
find_problem(const struct packet *packet)
{
    enum { PAYLOAD_LENGTH_AT = 4, OFFSET_AT = 2 };
    const struct ipv6 *ip = &packet->ipv6;

    if (ip->fragment_offset == 0 && ipv6_lacks_upper(ip->next_header, ip->payload))
        return (struct ipv6_problem){IPV6_PROBLEM_CHAIN, 0, false};
    if (ip->fragment_offset + ip->payload.left > REASSEMBLY_MAX) /* the Fragment header begins with its next header */
        return (struct ipv6_problem){IPV6_PROBLEM_FIELD, ipv6_offset(ip, ip->next_header_at) + OFFSET_AT, false};
    if (ip->fragment_more && ip->payload.left % 8 != 0)
        return (struct ipv6_problem){IPV6_PROBLEM_FIELD, PAYLOAD_LENGTH_AT, false};
    return (struct ipv6_problem){IPV6_PROBLEM_NONE, 0, false};
}

/* Makes the first fragment and all data the frame that would have come in one piece, and takes it apart in place of the last
 * fragment. */
static void
rejoin(const struct frame *frame, const struct reassembly_whole *whole, struct packet *packet)
{
    struct bytes joined = {whole->head, whole->head_len + whole->data_len};
    uint8_t *datagram;

    packet_read(frame->iface->link, joined, packet);
    datagram = whole->head + packet->link.header_len;
    if (packet->version == 4) {
        ipv4_rejoin(datagram, whole->data_len, whole->tos);
    } else { /* the head ends with the Fragment header */
        ipv6_rejoin(&packet->ipv6, datagram, whole->data_len, whole->tos);
        memmove(whole->head + IPV6_FRAGMENT_LEN, whole->head, whole->head_len - IPV6_FRAGMENT_LEN);
        (void)bytes_take(&joined, IPV6_FRAGMENT_LEN);
    }
    packet_read_rejoined(frame->iface->link, joined, whole->head + whole->head_len, packet);
}

/* Describes a fragment.  False when there is more before its data than a datagram's headers can be kept of. */
static bool
make_fragment(const struct frame *frame, const struct packet *packet, struct reassembly_fragment *fragment)
{
    *fragment = (struct reassembly_fragment){.ts_ns = frame->ts_ns};
    make_key(frame, packet, &fragment->key);
    if (packet->version == 4)
        make_fragment4(packet, fragment);
    else
        make_fragment6(packet, fragment);
    fragment->head = (struct bytes){frame->data, (size_t)(fragment->data.at - frame->data)};
    return fragment->head.left <= REASSEMBLY_HEAD_MAX;
}

enum verdict
fragments_add(struct responder *responder, const struct frame *frame, struct packet *packet)
{
    static const enum verdict verdicts[] = {
        [REASSEMBLY_HELD] = VERDICT_FRAG_RX,         [REASSEMBLY_WHOLE] = VERDICT_ANSWERED,
        [REASSEMBLY_DUPLICATE] = VERDICT_FRAG_DUP,   [REASSEMBLY_OVERLAP] = VERDICT_FRAG_OVERLAP,
        [REASSEMBLY_BAD] = VERDICT_FRAG_BAD,         [REASSEMBLY_TOO_LONG] = VERDICT_FRAG_TOOLONG,
    };
    struct reassembly_fragment fragment;
    struct reassembly_whole whole;
    enum reassembly_result result;
    uint64_t up_ns;

    while (!responder->sends_errors && reassembly_expire(&responder->reassembly, NULL, frame->ts_ns, &whole, &up_ns))
        ; /* else responder_tick() does it, as somebody is to be told */
    if (packet->version == 6)
        packet->ipv6.problem = find_problem(packet);
    if (packet->ipv6.problem.code == IPV6_PROBLEM_CHAIN || !make_fragment(frame, packet, &fragment))
        return VERDICT_FRAG_BAD;
    result = reassembly_add(&responder->reassembly, &fragment, &whole);
    if (result == REASSEMBLY_WHOLE)
        rejoin(frame, &whole, packet);
    return verdicts[result];
}
