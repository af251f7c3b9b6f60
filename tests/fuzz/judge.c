/* What must hold for the replies to any frames. */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#include "codec/mld.h"
#include "dissect.h"
#include "require.h"
#include "responder/packet.h"

enum { IPV6_LEAST_MTU = 1280, ERROR4_MOST = 576, PEER_SEED = 99 };

static struct responder peer;

uint8_t *
judge_copy(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len);

    require(copy != NULL || len == 0);
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

/* The other end answers all that can be answered. */
static void
start_peer(struct run *run)
{
    if (run->peer_is_ready)
        return;
    run->peer_is_ready = true;
    responder_init(&peer, PEER_SEED);
    peer.answers_timestamp = peer.answers_broadcast = peer.answers_probe = peer.sends_errors = true;
    for (unsigned vid = 1; vid < JUDGE_VLANS; vid++)
        responder_add_vlan(&peer, vid);
}

/* What we have added to may leave an option that nobody can add to any more: a Timestamp with an overflow count of 15, or
 * one or a Record Route with room for a part of an entry (RFC 791). */
static bool
is_full(const struct packet *packet)
{
    enum { RECORD_ROUTE = 7, TIMESTAMP = 68, POINTER_AT = 2 };
    const struct ipv4_options *options = &packet->ipv4_options;
    const uint8_t *fault = packet->ipv4.options.at + options->bad_at;

    if (options->status != IPV4_OPTIONS_BAD)
        return false;
    return *fault >> 4 == 15 ||
           (options->bad_at >= POINTER_AT && (fault[-POINTER_AT] == RECORD_ROUTE || fault[-POINTER_AT] == TIMESTAMP));
}

/* A reply is a right frame no longer than the MTU or the least there is.  Returns the bytes of ICMP in it. */
static size_t
check_reply(const struct run *run, const struct reply *reply)
{
    size_t mtu = run->iface.mtu, least = link_minimum(run->iface.link);
    struct packet packet;

    packet_read(run->iface.link, (struct bytes){reply->data, reply->len}, &packet);
    require(packet.link_status == LINK_OK && packet.link.header_len <= LINK_HEADER_MAX);
    require(packet.kind == REQUEST_NONE);
    if (packet.version == 6 && mtu < IPV6_LEAST_MTU)
        mtu = IPV6_LEAST_MTU;
    require(reply->len <= packet.link.header_len + mtu || reply->len == least);
    require(reply->len >= least);
    if (packet.version == 6) {
        require(packet.ipv6_status == IPV6_OK && packet.ipv6.next_header == IPV6_NEXT_ICMPV6);
        require(packet.ipv6_walk == IPV6_OK || packet.ipv6_walk == IPV6_FRAGMENT);
        return packet.ipv6.payload.left;
    }
    require(packet.ipv4_options.status == IPV4_OPTIONS_OK || is_full(&packet));
    require(packet.ipv4_status == IPV4_OK && packet.ipv4.protocol == IPV4_PROTOCOL_ICMP);
    return packet.ipv4.payload.left;
}

/* Sums are right, as they are judged before the type is, but for those that are to stay wrong.  A reply comes from the MAC
 * address zero, or from 0.0.0.0/8 or 240.0.0.0/4, when that was asked; on a loopback interface it goes to a group when that
 * asked.  An option may have room left that is too little for another address; then the rest of the datagram stays held. */
static bool
is_fit_for_peer(const struct run *run, const struct outcome *answer, bool is_last, bool is_refused)
{
    enum verdict verdict = answer->verdict;

    if (is_refused && verdict == VERDICT_FRAG_RX)
        return true;
    if (verdict == VERDICT_L2_BCAST_UCAST)
        return run->iface.is_loopback;
    if (verdict == VERDICT_IP_BADOPT)
        return answer->request.src.version == 4;
    if (verdict == VERDICT_IP_BADSRC)
        return answer->request.src.bytes[0] == 0 || answer->request.src.bytes[0] >= 240;
    if (verdict == VERDICT_ICMP_BADSUM || verdict == VERDICT_ICMP6_BADSUM)
        return is_last && run->responder->bad_checksum == BAD_CHECKSUM_PRESERVE;
    return verdict == (is_last ? VERDICT_ICMP_TYPE : VERDICT_FRAG_RX) || verdict == VERDICT_L2_OWNSRC;
}

/* No answer is answered, and no error is sent about it, but for options that are full. */
static void
show_to_peer(struct run *run, const struct outcome *outcome)
{
    struct outcome answer;
    bool is_refused = false;

    start_peer(run);
    for (size_t i = 0; i < outcome->reply_count; i++) {
        size_t len = outcome->replies[i].len;
        uint8_t *copy = judge_copy(outcome->replies[i].data, len);
        struct frame frame = {copy, len, len, run->ts_ns, &run->peer};

        respond(&peer, &frame, &answer);
        require(is_fit_for_peer(run, &answer, i + 1 == outcome->reply_count, is_refused));
        is_refused |= answer.verdict == VERDICT_IP_BADOPT;
        require(answer.reply_count == 0 || answer.verdict == VERDICT_IP_BADOPT);
        free(copy);
    }
}

static bool
is_ours(const struct run *run, uint8_t version, const uint8_t *bytes)
{
    struct address address = {.version = version};
    struct addresses_lookup found;

    memcpy(address.bytes, bytes, address_bits(version) / 8);
    found = addresses_lookup(&run->iface.addresses, &address);
    return found.match == ADDRESSES_OURS && !found.is_own;
}

/* An answer to a neighbour or the defence of an address: from our MAC address, about an address that is ours. */
static void
check_neighbor_reply(const struct run *run, const struct reply *reply, bool is_answer)
{
    const uint8_t *mac = run->iface.mac;
    struct packet packet;

    packet_read(run->iface.link, (struct bytes){reply->data, reply->len}, &packet);
    require(packet.link.src != NULL && memcmp(packet.link.src, mac, LINK_MAC_LEN) == 0);
    if (packet.link_status == LINK_ARP) {
        require(packet.arp_status == ARP_OK && memcmp(packet.arp.sender_mac, mac, LINK_MAC_LEN) == 0);
        require(packet.arp.operation == (is_answer ? ARP_REPLY : ARP_REQUEST));
        require(reply->len == LINK_ETHERNET_MIN && is_ours(run, 4, packet.arp.sender));
        require(is_answer || memcmp(packet.arp.sender, packet.arp.target, IPV4_ADDRESS_LEN) == 0);
        return;
    }
    require(packet.ipv6_status == IPV6_OK && packet.ipv6.hop_limit == NDP_HOP_LIMIT);
    require(packet.icmp.type == ICMPV6_NEIGHBOR_ADVERTISEMENT && packet.ndp.target != NULL);
    require(reply->len <= packet.link.header_len + IPV6_HEADER_LEN + NDP_LEN + NDP_LINK_ADDRESS_LEN);
    require(icmp_sum6_is_right(&packet.icmp, packet.ipv6.src, packet.ipv6.dst));
    require(memcmp(packet.ndp.target, packet.ipv6.src, IPV6_ADDRESS_LEN) == 0 && is_ours(run, 6, packet.ndp.target));
    require(packet.ndp.link_address == NULL || memcmp(packet.ndp.link_address, mac, LINK_MAC_LEN) == 0);
}

/* To another one that answers the same, no answer and no defence is a question, and it tells nobody more than once. */
static void
show_to_other(struct run *run, const struct reply *reply)
{
    struct iface other = run->iface;
    uint8_t *copy = judge_copy(reply->data, reply->len);
    struct frame frame = {copy, reply->len, reply->len, run->ts_ns, &other};
    struct outcome answer;

    start_peer(run);
    other.mac[5] = 3;
    respond(&peer, &frame, &answer);
    require(answer.verdict != VERDICT_ANSWERED && answer.verdict != VERDICT_NEIGHBOR && answer.reply_count <= 1);
    respond(&peer, &frame, &answer);
    require(answer.reply_count == 0);
    free(copy);
}

/* No more than an option longer than the question, or the least frame there is. */
static void
check_neighbor(struct run *run, const struct outcome *outcome, size_t len)
{
    bool is_answer = outcome->verdict == VERDICT_NEIGHBOR;

    require(run->iface.answers_neighbors && outcome->request.kind == REQUEST_NONE);
    require(outcome->reply_count == 1 || (!is_answer && outcome->reply_count == 0));
    require((outcome->claimant != NULL) == (!is_answer && outcome->reply_count == 1));
    for (size_t i = 0; i < outcome->reply_count; i++) {
        const struct reply *reply = &outcome->replies[i];

        require(reply->len <= len + NDP_LINK_ADDRESS_LEN || reply->len == LINK_ETHERNET_MIN);
        check_neighbor_reply(run, reply, is_answer);
        show_to_other(run, reply);
    }
}

static bool
is_neighbor(enum verdict verdict)
{
    return verdict == VERDICT_NEIGHBOR || verdict == VERDICT_ARP_CONFLICT || verdict == VERDICT_ND_DUP;
}

/* A fragment of a reply is full, but for the last one: so there are no more of them than the MTU asks for. */
static void
check_fullness(const struct run *run, const struct packet *packet)
{
    size_t mtu = packet->version == 6 && run->iface.mtu < IPV6_LEAST_MTU ? IPV6_LEAST_MTU : run->iface.mtu;

    require(packet_datagram(packet).left + 8 > mtu);
}

/* The length of an IP datagram that a frame may be answered with.  Where fragments were put together, it is headers of the
 * most that they can be and the message. */
static size_t
most_of_reply(const struct run *run, const struct frame *frame, const struct request *request)
{
    struct packet packet;

    if (run->is_rejoined)
        return request->size + ICMP_HEADER_LEN +
               (request->src.version == 6 ? (size_t)IPV6_HEADER_LEN : (size_t)IPV4_HEADER_LEN + IPV4_OPTIONS_MAX);
    packet_read(frame->iface->link, (struct bytes){frame->data, frame->caplen}, &packet);
    return packet_datagram(&packet).left;
}

/* A reply is as long as its request or shorter, IP header and all, but for the padding of a frame; in fragments, each but
 * the first adds a header of its own, and IPv6's first a Fragment header. */
static void
check_lengths(const struct run *run, const struct frame *frame, const struct outcome *outcome)
{
    size_t most = most_of_reply(run, frame, &outcome->request), sum = 0;

    for (size_t i = 0; i < outcome->reply_count; i++) {
        const struct reply *reply = &outcome->replies[i];
        struct packet packet;

        packet_read(run->iface.link, (struct bytes){reply->data, reply->len}, &packet);
        sum += packet_datagram(&packet).left;
        if (packet.version == 6 && packet.ipv6_walk == IPV6_FRAGMENT)
            most += IPV6_FRAGMENT_LEN;
        if (i > 0)
            most += packet.version == 6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN + packet.ipv4.options.left;
        if (i + 1 < outcome->reply_count)
            check_fullness(run, &packet);
    }
    require(sum <= most);
    if (outcome->reply_count == 1 && !run->is_rejoined)
        require(outcome->replies[0].len <= frame->len || outcome->replies[0].len == link_minimum(run->iface.link));
}

/* An error is no longer than RFC 1812 section 4.3.2.3 and RFC 4443 section 2.4 (c) have it, and than what it is about with
 * headers before it. */
static void
check_error(const struct run *run, const struct reply *error, size_t about)
{
    struct packet packet;
    size_t len;

    packet_read(run->iface.link, (struct bytes){error->data, error->len}, &packet);
    len = packet_datagram(&packet).left;
    require(len <= (packet.version == 6 ? IPV6_LEAST_MTU : ERROR4_MOST));
    require(len <= about + ICMP_HEADER_LEN + (packet.version == 6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN));
}

/* No amplification: as much data as asked, never more than came in, and at most one error, which adds its headers to a frame
 * or to all fragments of a datagram. */
static void
check_outcome(struct run *run, const struct frame *frame, const struct outcome *outcome)
{
    bool is_answered = outcome->verdict == VERDICT_ANSWERED;
    size_t about = run->is_rejoined ? run->asked : frame->len, sum = 0;

    require(outcome->verdict < VERDICTS);
    require(verdict_name(outcome->verdict) != NULL && verdict_meaning(outcome->verdict) != NULL);
    if (is_neighbor(outcome->verdict)) {
        check_neighbor(run, outcome, about);
        return;
    }
    require(is_answered ? outcome->reply_count > 0 : outcome->reply_count <= run->responder->sends_errors);
    for (size_t i = 0; i < outcome->reply_count; i++)
        sum += check_reply(run, &outcome->replies[i]);
    if (is_answered) {
        require(sum <= outcome->request.size + ICMP_HEADER_LEN);
        require(sum == outcome->request.size + ICMP_HEADER_LEN || outcome->request.kind == REQUEST_TIMESTAMP);
        check_lengths(run, frame, outcome);
    } else if (sum > 0) {
        require(sum <= about + ICMP_HEADER_LEN);
        check_error(run, &outcome->replies[0], about);
        run->asked += ICMP_HEADER_LEN;
    }
    run->replied += sum;
    require(run->replied <= run->asked);
    show_to_peer(run, outcome);
}

void
judge_frame(struct run *run, size_t len)
{
    run->complete = run->responder->reassembly.complete;
    run->frames++;
    run->asked += len;
}

void
judge_outcome(struct run *run, const struct frame *frame, const struct outcome *outcome)
{
    const struct reassembly *reassembly = &run->responder->reassembly;

    run->is_rejoined = reassembly->complete > run->complete;
    run->fragments += outcome->verdict == VERDICT_FRAG_RX || run->is_rejoined;
    check_outcome(run, frame, outcome);
    run->answered += outcome->reply_count > 0;
    require(reassembly->free_datagram_count < REASSEMBLY_DATAGRAMS && reassembly->free_chunk_count < REASSEMBLY_CHUNKS);
}

void
judge_reassembly(const struct run *run)
{
    const struct reassembly *reassembly = &run->responder->reassembly;
    size_t datagrams = reassembly->free_datagram_count, chunks = reassembly->free_chunk_count;

    for (size_t i = 0; i < 2; i++)
        for (uint16_t index = reassembly->ages[i].oldest; index != 0; index = reassembly->datagrams[index].newer) {
            const struct reassembly_datagram *datagram = &reassembly->datagrams[index];

            require(++datagrams < REASSEMBLY_DATAGRAMS && index < REASSEMBLY_DATAGRAMS);
            require(datagram->held > 0 && datagram->held <= datagram->end && datagram->end <= REASSEMBLY_MAX);
            for (size_t j = 0; j < sizeof datagram->chunks / sizeof datagram->chunks[0]; j++) {
                require(datagram->chunks[j] < REASSEMBLY_CHUNKS);
                chunks += datagram->chunks[j] != 0;
            }
            for (size_t j = 0; j < REASSEMBLY_HEAD_CHUNKS; j++)
                chunks += datagram->head_chunks[j] != 0;
        }
    require(datagrams == REASSEMBLY_DATAGRAMS - 1 && chunks == REASSEMBLY_CHUNKS - 1);
    require(reassembly->complete + reassembly->timed_out + reassembly->evicted <= run->fragments);
    require(run->fragments <= run->frames);
}

/* What is said unasked: probes and announcements of addresses that are ours, and reports of groups.  False for an error. */
static bool
check_unasked(const struct run *run, const struct reply *reply)
{
    struct packet packet;

    packet_read(run->iface.link, (struct bytes){reply->data, reply->len}, &packet);
    if (packet.link_status != LINK_ARP && !ndp_is_message(&packet.icmp) && packet.icmp.type != MLD_REPORT)
        return false;
    require(run->iface.answers_neighbors && run->responder->claims.yields && packet.link.tag_count == 0);
    require(memcmp(packet.link.src, run->iface.mac, LINK_MAC_LEN) == 0 && packet.link.group);
    require(reply->len <= LINK_ETHERNET_MIN || reply->len <= packet.link.header_len + run->iface.mtu || packet.version == 6);
    if (packet.link_status == LINK_ARP) {
        require(packet.arp.operation == ARP_REQUEST && is_ours(run, 4, packet.arp.target));
        return true;
    }
    require(packet.ipv6_walk == IPV6_OK && icmp_sum6_is_right(&packet.icmp, packet.ipv6.src, packet.ipv6.dst));
    require(packet.ipv6.hop_limit == (packet.icmp.type == MLD_REPORT ? 1 : NDP_HOP_LIMIT));
    require(packet.icmp.type == MLD_REPORT || (packet.ndp.target != NULL && is_ours(run, 6, packet.ndp.target)));
    return true;
}

void
judge_tick(struct run *run, size_t count)
{
    struct outcome outcome = {.verdict = VERDICT_RATE, .reply_count = 1};

    for (size_t i = 0; i < count; i++) {
        const struct reply *reply = &run->responder->replies[i];

        if (check_unasked(run, reply))
            continue;
        require(run->responder->sends_errors && reply->ts_ns <= run->ts_ns);
        check_error(run, reply, run->asked);
        run->replied += check_reply(run, reply);
        run->asked += ICMP_HEADER_LEN;
        outcome.replies = reply;
        show_to_peer(run, &outcome);
    }
    require(run->replied <= run->asked);
}

void
judge_dissection(enum link_type link, const uint8_t *data, size_t len)
{
    struct dissect dissect;
    size_t end = 0;

    require(link_name(link) != NULL && (link != LINK_EN10MB || !link_is_for_captures(link)));
    dissect_frame(link, data, len, &dissect);
    require(dissect.count <= DISSECT_FIELDS);
    for (size_t i = 0; i < dissect.count; i++) {
        const struct dissect_field *field = &dissect.fields[i];

        require(field->at <= end && field->len > 0 && (!dissect_is_number(field) || field->len <= 4));
        if (field->at + field->len > end)
            end = field->at + field->len;
    }
    require(end == len);
}
