/* Plays what fuzz_respond reads: a sequence of frames on one interface, in the form that record.h gives. */
#include <stdlib.h>
#include <string.h>

#include "codec/checksum.h"
#include "judge.h"
#include "play.h"
#include "record.h"
#include "require.h"
#include "responder/packet.h"
#include "served.h"

enum { HOSTS = 4, RATE = 10, BURST = 3, MANY = 900 };

/* The single addresses that are answered for, in the order of claims. */
static const struct address hosts[HOSTS] = {
    {.version = 4, .bytes = {192, 0, 2, 2}},
    {.version = 4, .bytes = {198, 51, 100, 2}},
    {.version = 6, .bytes = {0x20, 0x01, 0x0d, 0xb8, [15] = 2}},
    {.version = 6, .bytes = {0xfe, 0x80, [15] = 2}},
};
static struct claim claims[MANY];
static struct responder responder;
static struct served list, peer_list, other_list;
static struct iface other;
static struct addresses_table many;
static uint8_t many_memory[1 << 18];

static void
start_responder(uint8_t policy)
{
    struct responder *which = &responder;

    responder_init(which, policy);
    which->answers_timestamp = (policy & RECORD_TIMESTAMP) != 0;
    which->answers_broadcast = (policy & RECORD_BROADCAST) != 0;
    which->answers_probe = (policy & RECORD_PROBE) != 0;
    which->sends_errors = (policy & RECORD_ERRORS) != 0;
    if ((policy & RECORD_RATE) != 0) {
        ratelimit_init(&which->rate, RATE, BURST);
        ratelimit_init(&which->probe_rate, RATE, BURST - 1);
        ratelimit_init(&which->neighbor_rate, RATE, 1);
        if ((policy & RECORD_PROBE) != 0)
            sources_init(&which->sources, BURST - 1);
    }
    if ((policy & RECORD_SUM_ANSWER) != 0)
        which->bad_checksum = BAD_CHECKSUM_ANSWER;
    else if ((policy & RECORD_SUM_PRESERVE) != 0)
        which->bad_checksum = BAD_CHECKSUM_PRESERVE;
    for (unsigned vid = 1; vid < JUDGE_VLANS; vid++)
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

/* Prefixes of all lengths within each other, one in three of them left out, as a user may give them. */
static void
start_many(struct addresses *addresses)
{
    static struct addresses_prefix prefixes[MANY];

    addresses->given = &many;
    if (many.memory != NULL)
        return;
    for (unsigned i = 0; i < MANY; i++) {
        struct addresses_prefix *prefix = &prefixes[i];
        unsigned at;

        prefix->address = i % 2 == 0 ? hosts[i / 2 % 2] : hosts[2 + i / 2 % 2];
        at = i % 2 == 0 ? 2 : 8; /* in IPv6 behind what tells the scope */
        prefix->address.bytes[at] ^= (uint8_t)(i / 8);
        prefix->address.bytes[at + 1] ^= (uint8_t)(i / 4 * 37);
        prefix->len = (uint8_t)(i % 2 == 0 ? 8 + i % 25 : 16 + i * 11 % 113);
        prefix->roles = i % 3 == 0 ? ADDRESSES_EXCEPT : ADDRESSES_ANSWER;
    }
    require(addresses_size(prefixes, MANY) <= sizeof many_memory && addresses_build(&many, prefixes, MANY, many_memory));
}

static void
start_other(enum link_type link)
{
    static const struct address own4 = {4, {203, 0, 113, 9}}, own6 = {6, {0x20, 0x01, 0x0d, 0xb8, [15] = 7}};

    other = (struct iface){.link = link, .number = 4, .index = 4, .name = "ho01", .mtu = RESPONDER_MTU_DEFAULT};
    served_init(&other_list, &other.addresses);
    served_add(&other_list, &other.addresses, &own4, 32, ADDRESSES_ANSWER);
    served_add(&other_list, &other.addresses, &own6, 128, ADDRESSES_ANSWER);
    served_add(&other_list, &other.addresses, &hosts[1], 32, ADDRESSES_ANSWER);
    responder_add_iface(&responder, &other);
}

/* Claims those that the kernel does not have, and listens to their groups. */
static void
start_claims(const struct iface *iface)
{
    static const uint8_t tails[2][3] = {{0, 0, 2}, {0, 0, 9}};
    struct address address;
    size_t count = 0, at = 0;

    if (!iface->answers_neighbors)
        return;
    while (addresses_next_host(&iface->addresses.own, &at, &address)) {
        require(!addresses_is_excepted(&iface->addresses.own, &address));
        require(addresses_has(&iface->addresses, address.version));
        if (!addresses_lookup(&iface->addresses, &address).is_own)
            claims[count++] = (struct claim){.address = address, .iface = iface->number};
    }
    claims_set(&responder.claims, claims, count);
    responder.claims.yields = true;
    groups_add(&responder, iface, tails, 2);
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

/* What time brings about was announced, and what is announced is known of. */
static void
tick(struct run *run)
{
    bool is_due = responder_due(&responder) <= run->ts_ns;
    size_t count = responder_tick(&responder, &run->iface, run->ts_ns);
    struct claims_news news;

    require(count == 0 || is_due);
    judge_tick(run, count);
    while (claims_take_news(&responder.claims, &news))
        require(news.event <= CLAIMS_FULL && news.place.iface == run->iface.number && news.place.address.version != 0);
}

/* Feeds a frame.  Returns whether it was a fragment that is held. */
static bool
feed(struct run *run, const uint8_t *data, size_t len, bool is_cut)
{
    uint8_t *copy = judge_copy(data, len);
    struct frame frame = {copy, len, len + is_cut, run->ts_ns, &run->iface};
    struct outcome outcome;

    tick(run);
    judge_dissection(run->iface.link, copy, len);
    judge_frame(run, len);
    respond(&responder, &frame, &outcome);
    judge_outcome(run, &frame, &outcome);
    free(copy);
    return outcome.verdict == VERDICT_FRAG_RX;
}

/* Feeds a record's frame, as often as it says. */
static void
play_record(struct run *run, uint8_t code, const uint8_t *data, size_t len)
{
    unsigned times = (code & RECORD_MEND) != 0 ? record_times[(code & RECORD_TIMES) >> RECORD_TIMES_SHIFT] : 1;
    uint8_t *copy = judge_copy(data, len);

    run->ts_ns += (uint64_t)record_steps_ns[code & RECORD_STEP];
    if ((code & RECORD_STEP) == RECORD_GONE)
        responder_restart_iface(&responder, &run->iface);
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

/* With nothing left to speak for, nothing is due but errors about fragments. */
static void
end(struct run *run)
{
    judge_reassembly(run);
    responder_remove_iface(&responder, &run->iface);
    responder_remove_iface(&responder, &other);
    require(responder.iface_count == 0 && responder.group_count == 0);
    judge_tick(run, responder_tick(&responder, &run->iface, run->ts_ns));
    require(claims_due(&responder.claims) == UINT64_MAX && groups_due(&responder) == UINT64_MAX);
}

static void
start(struct run *run, const uint8_t header[static RECORD_START_LEN])
{
    enum link_type link = (enum link_type)(header[0] % LINK_TYPES);
    unsigned more = header[0] / LINK_TYPES;

    *run = (struct run){.responder = &responder, .ts_ns = UINT64_C(1700000000000000000)};
    start_responder(header[2]);
    start_iface(&run->iface, link, header[1]);
    run->iface.is_paused = (more & RECORD_PAUSED) != 0;
    responder_add_iface(&responder, &run->iface);
    if ((more & RECORD_GIVEN) != 0)
        served_init(&list, &run->iface.addresses);
    if ((more & (RECORD_MANY | RECORD_GIVEN)) != 0)
        start_many(&run->iface.addresses);
    if ((more & RECORD_OTHER) != 0)
        start_other(link);
    if ((header[2] & RECORD_CLAIMS) != 0)
        start_claims(&run->iface);
    run->peer = run->iface;
    run->peer.has_mac = run->peer.answers_neighbors = run->peer.is_paused = false;
    served_init(&peer_list, &run->peer.addresses);
    answer_all(&peer_list, &run->peer.addresses);
}

void
play_respond(const uint8_t *data, size_t size, struct play_count *count)
{
    static struct run run;
    struct bytes rest = {data, size};
    const uint8_t *header = bytes_take(&rest, RECORD_START_LEN);

    if (header == NULL)
        return;
    start(&run, header);
    while ((header = bytes_take(&rest, RECORD_HEADER_LEN)) != NULL) {
        struct bytes frame = rest;

        bytes_trim(&frame, load_be16(header));
        play_record(&run, header[2], bytes_take(&rest, frame.left), frame.left);
    }
    end(&run);
    count->frames += run.frames;
    count->answered += run.answered;
}
