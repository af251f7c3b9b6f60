/* Fuzzing the responder: a sequence of frames on one interface, in the form that record.h gives. */
#include <stdlib.h>
#include <string.h>

#include "codec/checksum.h"
#include "codec/mld.h"
#include "dissect.h"
#include "record.h"
#include "require.h"
#include "responder/packet.h"
#include "responder/responder.h"
#include "served.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IPV6_LEAST_MTU = 1280, HOSTS = 4, VLANS = 100, RATE = 10, BURST = 3 };

/* One input. */
struct run {
    struct iface iface;
    struct iface peer; /* whom replies are shown to */
    bool peer_is_ready;
    uint64_t ts_ns;
    size_t frames, fragments;
    size_t asked;   /* bytes of the frames */
    size_t replied; /* bytes of ICMP that they were answered with */
};

/* The single addresses that are answered for, in the order of claims. */
static const struct address hosts[HOSTS] = {
    {.version = 4, .bytes = {192, 0, 2, 2}},
    {.version = 4, .bytes = {198, 51, 100, 2}},
    {.version = 6, .bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 2}},
    {.version = 6, .bytes = {0xfe, 0x80, [15] = 2}},
};
static struct claim claims[HOSTS];
static struct responder responder, peer;
static struct served list, peer_list;

static void
start_responder(struct responder *which, uint8_t policy)
{
    responder_init(which, policy);
    which->answers_timestamp = (policy & RECORD_TIMESTAMP) != 0;
    which->answers_broadcast = (policy & RECORD_BROADCAST) != 0;
    which->answers_probe = (policy & RECORD_PROBE) != 0;
    which->sends_errors = (policy & RECORD_ERRORS) != 0;
    if ((policy & RECORD_RATE) != 0)
        ratelimit_init(&which->rate, RATE, BURST);
    if ((policy & RECORD_SUM_ANSWER) != 0)
        which->bad_checksum = BAD_CHECKSUM_ANSWER;
    else if ((policy & RECORD_SUM_PRESERVE) != 0)
        which->bad_checksum = BAD_CHECKSUM_PRESERVE;
    for (unsigned vid = 1; vid < VLANS; vid++)
        responder_add_vlan(which, vid);
}

static void
answer_all(struct served *table, struct addresses *addresses)
{
    static const struct address any4 = {.version = 4}, any6 = {.version = 6};

    served_add(table, addresses, &any4, 0, ADDRESSES_ANSWER);
    served_add(table, addresses, &any6, 0, ADDRESSES_ANSWER);
}

static void
start_iface(struct iface *iface, enum link_type link, uint8_t flags)
{
    static const struct address net4 = {.version = 4, .bytes = {192, 0, 2}};

    *iface = (struct iface){
        .link = link,
        .is_loopback = (flags & RECORD_LOOPBACK) != 0,
        .has_mac = (flags & RECORD_MAC) != 0,
        .is_up = true,
        .number = 3,
        .index = 3,
        .name = "ho0",
        .mac = {2, 0, 0, 0, 0, 2},
        .mtu = record_mtus[(flags & RECORD_MTU) >> RECORD_MTU_SHIFT],
    };
    iface->answers_neighbors =
        (flags & RECORD_NEIGHBORS) != 0 && iface->has_mac && link == LINK_EN10MB && !iface->is_loopback;
    served_init(&list, &iface->addresses);
    if ((flags & RECORD_OWN) != 0) {
        served_add(&list, &iface->addresses, &hosts[1], 32, ADDRESSES_OWN);
        served_add(&list, &iface->addresses, &hosts[2], 128, ADDRESSES_OWN);
    }
    if ((flags & RECORD_HOSTS) == 0)
        answer_all(&list, &iface->addresses);
    for (size_t i = 0; i < HOSTS; i++)
        served_add(&list, &iface->addresses, &hosts[i], address_bits(hosts[i].version), ADDRESSES_ANSWER);
    served_add(&list, &iface->addresses, &net4, 24, (flags & RECORD_EXCEPT) != 0 ? ADDRESSES_EXCEPT : ADDRESSES_ONLINK);
}

/* Claims those that the kernel does not have, and listens to their groups. */
static void
start_claims(const struct iface *iface)
{
    static const uint8_t tails[2][3] = {{0, 0, 2}, {0, 0, 9}};
    size_t count = 0;

    if (!iface->answers_neighbors)
        return;
    for (size_t i = 0; i < HOSTS; i++)
        if (!addresses_lookup(&iface->addresses, &hosts[i]).is_own)
            claims[count++] = (struct claim){.address = hosts[i], .iface = iface->number};
    claims_set(&responder.claims, claims, count);
    responder.claims.yields = true;
    groups_add(&responder, iface, tails, 2);
}

/* A copy of just that size, so that AddressSanitizer sees what is read beyond it. */
static uint8_t *
copy_exactly(const uint8_t *data, size_t len)
{
    uint8_t *copy = malloc(len);

    require(copy != NULL || len == 0);
    if (len > 0)
        memcpy(copy, data, len);
    return copy;
}

/* Makes two bytes of `data` such that all of them, with `sum`, have a right checksum. */
static void
balance(uint8_t *data, size_t len, size_t at, uint64_t sum)
{
    if (at + 2 > len)
        return;
    store_be16(data + at, 0);
    store_be16(data + at, (uint16_t)~checksum_fold(checksum_add(sum, data, len)));
}

/* Makes an ICMP message right, or each fragment of one by itself: then so is the sum of them all. */
static void
mend_message(uint8_t *data, const struct packet *packet)
{
    const struct ipv4 *ip4 = &packet->ipv4;
    const struct ipv6 *ip6 = &packet->ipv6;
    bool is_6 = packet->version == 6, more = is_6 ? ip6->fragment_more : ip4->more_fragments;
    size_t offset = is_6 ? ip6->fragment_offset : ip4->fragment_offset;
    struct bytes payload = is_6 ? ip6->payload : ip4->payload;
    uint64_t sum = 0;

    if (payload.at == NULL || payload.left < 2)
        return;
    if (is_6 ? ip6->next_header != IPV6_NEXT_ICMPV6 : ip4->protocol != IPV4_PROTOCOL_ICMP)
        return;
    if (is_6 && !more)
        sum = checksum_pseudo6(ip6->src, ip6->dst, (uint32_t)(offset + payload.left), IPV6_NEXT_ICMPV6);
    balance(data + (payload.at - data), payload.left, offset == 0 ? 2 : payload.left / 2 * 2 - 2, sum);
}

/* Mutations seldom keep checksums right; this does. */
static void
mend(enum link_type link, uint8_t *data, size_t len)
{
    struct packet packet;
    const struct ipv4 *ip = &packet.ipv4;

    packet_read(link, (struct bytes){data, len}, &packet);
    if (ip->src != NULL && packet.ipv4_status != IPV4_BAD_IHL) {
        balance(data + (ip->src - 12 - data), IPV4_HEADER_LEN + ip->options.left, 10, 0);
        packet_read(link, (struct bytes){data, len}, &packet);
    }
    mend_message(data, &packet);
}

/* Makes a frame another one than the time before: the low bytes of its source or of its IPv4 ID are the next ones. */
static void
step_frame(enum link_type link, uint8_t code, uint8_t *data, size_t len)
{
    struct packet packet;
    const uint8_t *word;

    packet_read(link, (struct bytes){data, len}, &packet);
    if (packet.src.version == 0)
        return;
    if (packet.link_status == LINK_ARP)
        word = packet.arp.sender + IPV4_ADDRESS_LEN - 2;
    else if (packet.version == 6)
        word = packet.ipv6.src + IPV6_ADDRESS_LEN - 2;
    else
        word = (code & RECORD_SAME) != 0 ? packet.ipv4.src - 8 : packet.ipv4.src + IPV4_ADDRESS_LEN - 2;
    store_be16(data + (word - data), (uint16_t)(load_be16(word) + 1));
}

/* What we have added to may leave an option that nobody can add to any more: a Timestamp with an overflow count of 15, or one
 * or a Record Route with room for a part of an entry (RFC 791). */
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
 * asked.  An option may have room left that is too little for another address; then what follows of the datagram stays held. */
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
        return is_last && responder.bad_checksum == BAD_CHECKSUM_PRESERVE;
    return verdict == (is_last ? VERDICT_ICMP_TYPE : VERDICT_FRAG_RX) || verdict == VERDICT_L2_OWNSRC;
}

/* No answer is answered, and no error is sent about it, but for options that are full. */
static void
show_to_peer(struct run *run, const struct outcome *outcome)
{
    struct outcome answer;
    bool is_refused = false;

    if (!run->peer_is_ready)
        start_responder(&peer, RECORD_TIMESTAMP | RECORD_BROADCAST | RECORD_ERRORS | RECORD_PROBE);
    run->peer_is_ready = true;
    for (size_t i = 0; i < outcome->reply_count; i++) {
        size_t len = outcome->replies[i].len;
        uint8_t *copy = copy_exactly(outcome->replies[i].data, len);
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
    require(icmp_sum6_is_right(&packet.icmp, packet.ipv6.src, packet.ipv6.dst));
    require(memcmp(packet.ndp.target, packet.ipv6.src, IPV6_ADDRESS_LEN) == 0 && is_ours(run, 6, packet.ndp.target));
    require(packet.ndp.link_address == NULL || memcmp(packet.ndp.link_address, mac, LINK_MAC_LEN) == 0);
}

/* To another one that answers the same, no answer and no defence is a question, and it tells nobody more than once. */
static void
show_to_other(struct run *run, const struct reply *reply)
{
    struct iface other = run->iface;
    uint8_t *copy = copy_exactly(reply->data, reply->len);
    struct frame frame = {copy, reply->len, reply->len, run->ts_ns, &other};
    struct outcome answer;

    if (!run->peer_is_ready)
        start_responder(&peer, RECORD_TIMESTAMP | RECORD_BROADCAST | RECORD_ERRORS | RECORD_PROBE);
    run->peer_is_ready = true;
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

/* No amplification: as much data as asked, and never more than came in; an error adds its header to a frame of `len` bytes,
 * or to all fragments of a datagram. */
static void
check_outcome(struct run *run, const struct outcome *outcome, size_t len)
{
    bool is_answered = outcome->verdict == VERDICT_ANSWERED;
    size_t sum = 0;

    require(outcome->verdict < VERDICTS);
    if (is_neighbor(outcome->verdict)) {
        check_neighbor(run, outcome, len);
        return;
    }
    require(is_answered ? outcome->reply_count > 0 : outcome->reply_count <= responder.sends_errors);
    for (size_t i = 0; i < outcome->reply_count; i++)
        sum += check_reply(run, &outcome->replies[i]);
    if (is_answered) {
        require(sum <= outcome->request.size + ICMP_HEADER_LEN);
        require(sum == outcome->request.size + ICMP_HEADER_LEN || outcome->request.kind == REQUEST_TIMESTAMP);
    } else if (sum > 0) {
        require(sum <= len + ICMP_HEADER_LEN);
        run->asked += ICMP_HEADER_LEN;
    }
    run->replied += sum;
    require(run->replied <= run->asked);
    show_to_peer(run, outcome);
}

/* No datagram and no chunk is lost: those free and those in use make all there are. */
static void
check_reassembly(const struct run *run)
{
    const struct reassembly *reassembly = &responder.reassembly;
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
    require(run->iface.answers_neighbors && responder.claims.yields && packet.link.tag_count == 0);
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

/* Errors about fragments whose time is up: each adds its header to a frame that was fed. */
static void
pass_time(struct run *run)
{
    size_t count = responder_tick(&responder, &run->iface, run->ts_ns);
    struct outcome outcome = {.verdict = VERDICT_RATE, .reply_count = 1};

    for (size_t i = 0; i < count; i++) {
        if (check_unasked(run, &responder.replies[i]))
            continue;
        require(responder.sends_errors);
        require(responder.replies[i].ts_ns <= run->ts_ns);
        run->replied += check_reply(run, &responder.replies[i]);
        run->asked += ICMP_HEADER_LEN;
        outcome.replies = &responder.replies[i];
        show_to_peer(run, &outcome);
    }
    require(run->replied <= run->asked);
}

/* Whatever a frame is, its fields follow each other without a gap, up to its end. */
static void
check_dissection(enum link_type link, const uint8_t *data, size_t len)
{
    struct dissect dissect;
    size_t end = 0;

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

/* Feeds a frame.  Returns whether it was a fragment that is held. */
static bool
feed(struct run *run, const uint8_t *data, size_t len, bool is_cut)
{
    uint8_t *copy = copy_exactly(data, len);
    struct frame frame = {copy, len, len + is_cut, run->ts_ns, &run->iface};
    const struct reassembly *reassembly = &responder.reassembly;
    uint64_t complete = reassembly->complete;
    struct outcome outcome;
    bool is_held;

    pass_time(run);
    check_dissection(run->iface.link, copy, len);
    run->frames++;
    run->asked += len;
    respond(&responder, &frame, &outcome);
    is_held = outcome.verdict == VERDICT_FRAG_RX;
    run->fragments += is_held || reassembly->complete > complete;
    check_outcome(run, &outcome, reassembly->complete > complete ? run->asked : len);
    require(reassembly->free_datagram_count < REASSEMBLY_DATAGRAMS && reassembly->free_chunk_count < REASSEMBLY_CHUNKS);
    free(copy);
    return is_held;
}

/* Feeds a record's frame, as often as it says. */
static void
play(struct run *run, uint8_t code, const uint8_t *data, size_t len)
{
    unsigned times = (code & RECORD_MEND) != 0 ? record_times[(code & RECORD_TIMES) >> RECORD_TIMES_SHIFT] : 1;
    uint8_t *copy = copy_exactly(data, len);

    run->ts_ns += (uint64_t)record_steps_ns[code & RECORD_STEP];
    for (unsigned i = 0; i < times; i++) {
        if (i > 0)
            step_frame(run->iface.link, code, copy, len);
        if ((code & RECORD_MEND) != 0)
            mend(run->iface.link, copy, len);
        if (!feed(run, copy, len, (code & RECORD_CUT) != 0))
            break;
    }
    free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run = {.ts_ns = UINT64_C(1700000000000000000)};
    struct bytes rest = {data, size};
    const uint8_t *header = bytes_take(&rest, RECORD_START_LEN);

    if (header == NULL)
        return 0;
    start_responder(&responder, header[2]);
    start_iface(&run.iface, (enum link_type)(header[0] % LINK_TYPES), header[1]);
    responder_add_iface(&responder, &run.iface);
    if ((header[2] & RECORD_CLAIMS) != 0)
        start_claims(&run.iface);
    run.peer = run.iface;
    run.peer.has_mac = run.peer.answers_neighbors = false;
    served_init(&peer_list, &run.peer.addresses);
    answer_all(&peer_list, &run.peer.addresses);
    while ((header = bytes_take(&rest, RECORD_HEADER_LEN)) != NULL) {
        struct bytes frame = rest;

        bytes_trim(&frame, load_be16(header));
        play(&run, header[2], bytes_take(&rest, frame.left), frame.left);
    }
    check_reassembly(&run);
    return 0;
}
