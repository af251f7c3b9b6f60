/* Neighbours: who is told our MAC address, and how an address of ours is defended.
 *
 * Only single addresses are defended.  In a prefix there may be other hosts, as there may be among those that ping it. */
#include "responder/neighbor.h"

#include "responder/build.h"

#define GO_ON VERDICT_NEIGHBOR /* what a check says that has no objection */
#define DEFENCE_NS UINT64_C(10000000000) /* RFC 5227 section 2.4 (DEFEND_INTERVAL) */

static const uint8_t broadcast_mac[LINK_MAC_LEN] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static const uint8_t zero[IPV6_ADDRESS_LEN];

void
neighbor_init(struct responder *responder)
{
    ratelimit_init(&responder->neighbor_rate, 1000, 1000);
    for (size_t i = 0; i < RESPONDER_DEFENCES; i++)
        ratelimit_init_every(&responder->defences[i], DEFENCE_NS);
}

static struct address
make_address(uint8_t version, const uint8_t *bytes)
{
    struct address address = {.version = version};

    memcpy(address.bytes, bytes, address_bits(version) / 8);
    return address;
}

static struct addresses_lookup
look_up(const struct responder *responder, const struct frame *frame, uint8_t version, const uint8_t *bytes)
{
    struct address address = make_address(version, bytes);
    struct addresses_lookup found = addresses_lookup(&frame->iface->addresses, &address);

    if (found.match == ADDRESSES_OURS && !claims_allow(responder, frame->iface, &address))
        found.match = ADDRESSES_NONE;
    return found;
}

/* What we speak for: not what the kernel has, which speaks for itself. */
static bool
is_ours(struct addresses_lookup found)
{
    return found.match == ADDRESSES_OURS && !found.is_own;
}

static bool
is_defended(struct addresses_lookup found)
{
    return is_ours(found) && found.is_host;
}

/* A MAC address that a host may have, and so may be answered to. */
static bool
is_host_mac(const uint8_t mac[static LINK_MAC_LEN])
{
    return (mac[0] & 1) == 0 && memcmp(mac, zero, LINK_MAC_LEN) != 0;
}

static bool
is_our_mac(const struct frame *frame, const uint8_t mac[static LINK_MAC_LEN])
{
    return memcmp(mac, frame->iface->mac, LINK_MAC_LEN) == 0;
}

/* An address that a host may have on a wire: not 0/8, loopback, multicast or reserved (RFC 1122 section 3.2.1.3). */
static bool
is_host4(const uint8_t address[static IPV4_ADDRESS_LEN])
{
    return address[0] != 0 && address[0] != 127 && address[0] < 224;
}

/* --- ARP */

static enum verdict
check_arp_packet(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    static const enum verdict verdicts[] = {
        [ARP_OK] = GO_ON, [ARP_SHORT] = VERDICT_ARP_SHORT, [ARP_BAD] = VERDICT_ARP_BAD};

    (void)responder;
    (void)frame;
    if (packet->link.protocol == LINK_PROTOCOL_RARP)
        return VERDICT_ARP_OP;
    return verdicts[packet->arp_status];
}

static enum verdict
check_arp_operation(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    uint16_t operation = packet->arp.operation;

    (void)responder;
    (void)frame;
    return operation == ARP_REQUEST || operation == ARP_REPLY ? GO_ON : VERDICT_ARP_OP;
}

static enum verdict
check_arp_sender(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    const struct arp *arp = &packet->arp;
    struct addresses_lookup found;

    if (!is_host_mac(arp->sender_mac))
        return VERDICT_ARP_BADSHA;
    if (is_our_mac(frame, arp->sender_mac))
        return VERDICT_ARP_SELF;
    if (memcmp(arp->sender, zero, IPV4_ADDRESS_LEN) == 0) /* a probe: it has no address yet (RFC 5227 section 2.1.1) */
        return GO_ON;
    found = look_up(responder, frame, 4, arp->sender);
    if (!is_host4(arp->sender) || found.match == ADDRESSES_BROADCAST)
        return VERDICT_ARP_BADSPA;
    return is_defended(found) ? VERDICT_ARP_CONFLICT : GO_ON;
}

/* A host that asks for its own address announces it (RFC 5227 section 3). */
static enum verdict
check_arp_target(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    const struct arp *arp = &packet->arp;

    if (arp->operation != ARP_REQUEST)
        return VERDICT_ARP_OP;
    if (!is_host4(arp->target) || memcmp(arp->sender, arp->target, IPV4_ADDRESS_LEN) == 0)
        return VERDICT_ARP_NOTOURS;
    return is_ours(look_up(responder, frame, 4, arp->target)) ? GO_ON : VERDICT_ARP_NOTOURS;
}

/* --- Neighbor Discovery */

static bool
is_solicitation(const struct packet *packet)
{
    return packet->icmp.type == ICMPV6_NEIGHBOR_SOLICITATION;
}

/* In a fragment, even an atomic one, it is ignored (RFC 6980 section 5). */
static enum verdict
check_ndp_message(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    (void)responder;
    (void)frame;
    if (!packet->icmp_is_whole)
        return VERDICT_ICMP6_SHORT;
    if (packet->ipv6.hop_limit != NDP_HOP_LIMIT)
        return VERDICT_ND_HLIM;
    if (!icmp_sum6_is_right(&packet->icmp, packet->ipv6.src, packet->ipv6.dst))
        return VERDICT_ICMP6_BADSUM;
    return packet->ndp.target == NULL || packet->ipv6.has_fragment ? VERDICT_ND_BAD : GO_ON;
}

/* RFC 4861 section 7.1.1: who has no address yet asks for it by its group, and has nobody answer to its MAC address. */
static enum verdict
check_ndp_sender(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    const uint8_t *mac = packet->ndp.link_address;

    if (mac != NULL && (!is_host_mac(mac) || is_our_mac(frame, mac)))
        return VERDICT_ND_BAD;
    if (memcmp(packet->src.bytes, zero, IPV6_ADDRESS_LEN) != 0)
        return is_defended(look_up(responder, frame, 6, packet->src.bytes)) ? VERDICT_ND_DUP : GO_ON;
    if (!is_solicitation(packet) || mac != NULL || !ndp_is_solicited_node(packet->dst.bytes, NULL))
        return VERDICT_ND_BAD;
    return GO_ON;
}

/* The groups that a host with the target address is in. */
static enum verdict
check_ndp_group(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    static const uint8_t all_nodes[IPV6_ADDRESS_LEN] = {0xff, 0x02, [15] = 1};
    const uint8_t *dst = packet->dst.bytes;

    (void)responder;
    (void)frame;
    if (dst[0] != 0xff || memcmp(dst, all_nodes, sizeof all_nodes) == 0 ||
        ndp_is_solicited_node(dst, packet->ndp.target))
        return GO_ON;
    return VERDICT_IP6_NOTMEMBER;
}

static enum verdict
check_ndp_target(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const uint8_t *target = packet->ndp.target;
    struct addresses_lookup found = look_up(responder, frame, 6, target);

    if (memcmp(target, zero, 12) == 0 || memcmp(target, mapped, 12) == 0)
        return VERDICT_ND_NOTOURS;
    if (!is_solicitation(packet))
        return is_defended(found) ? VERDICT_ND_DUP : VERDICT_ND_NOTOURS;
    if (memcmp(target, packet->src.bytes, IPV6_ADDRESS_LEN) == 0)
        return VERDICT_ND_NOTOURS;
    return is_ours(found) ? GO_ON : VERDICT_ND_NOTOURS;
}

typedef enum verdict check(const struct responder *responder, const struct frame *frame, const struct packet *packet);

static check *const arp_checks[] = {check_arp_packet, check_arp_operation, check_arp_sender, check_arp_target, NULL};

static check *const ndp_checks[] = {check_ndp_message, check_ndp_sender, check_ndp_group, check_ndp_target, NULL};

/* The first objection that one of the checks has. */
static enum verdict
run(check *const checks[], const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    enum verdict verdict = GO_ON;

    while (*checks != NULL && verdict == GO_ON)
        verdict = (*checks++)(responder, frame, packet);
    return verdict;
}

enum verdict
neighbor_judge_arp(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    return run(arp_checks, responder, frame, packet);
}

enum verdict
neighbor_judge_ndp(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    return run(ndp_checks, responder, frame, packet);
}

bool
neighbor_is_owed(enum verdict verdict)
{
    return verdict == VERDICT_NEIGHBOR || verdict == VERDICT_ARP_CONFLICT || verdict == VERDICT_ND_DUP;
}

/* --- answers */

/* RFC 3927 section 2.5: what comes from a link-local IPv4 address is broadcast, so that conflicts are seen. */
static bool
is_link_local4(const uint8_t address[static IPV4_ADDRESS_LEN])
{
    return address[0] == 169 && address[1] == 254;
}

static void
build_arp_reply(struct build *build)
{
    const struct arp *arp = &build->packet->arp;
    const uint8_t *to = is_link_local4(arp->target) ? broadcast_mac : arp->sender_mac;
    uint8_t *start = build_begin_to(build, to);

    arp_write(&build->writer, ARP_REPLY, build->frame->iface->mac, arp->target, arp->sender_mac, arp->sender);
    build_end(build, start);
}

static void
build_advertisement(struct build *build, const struct ndp_advertisement *advertisement,
                    const uint8_t to[static LINK_MAC_LEN])
{
    uint8_t *start = build_begin_to(build, to);
    struct ipv6_reply reply = {.hop_limit = NDP_HOP_LIMIT, .src = advertisement->src, .dst = advertisement->dst};

    ipv6_write(&build->writer, &reply, ndp_advertisement_len(advertisement));
    ndp_write_advertisement(&build->writer, advertisement);
    build_end(build, start);
}

/* To everybody: our answer to a host that has no address yet, or one that takes ours. */
static void
build_advertisement_to_all(struct build *build, const uint8_t address[static IPV6_ADDRESS_LEN], uint8_t flags)
{
    static const uint8_t all_nodes[IPV6_ADDRESS_LEN] = {0xff, 0x02, [15] = 1};
    static const uint8_t all_nodes_mac[LINK_MAC_LEN] = {0x33, 0x33, 0, 0, 0, 1}; /* RFC 2464 section 7 */
    struct ndp_advertisement advertisement = {
        .flags = flags, .src = address, .dst = all_nodes, .mac = build->frame->iface->mac};

    build_advertisement(build, &advertisement, all_nodes_mac);
}

/* RFC 4861 section 7.2.4.  Who asked one host knows its MAC address, and is told no news; an address that is one of many is
 * nobody's in particular, so that another host's claim is not to be overridden (section 7.2.7). */
static void
build_solicited(struct build *build)
{
    const struct packet *packet = build->packet;
    const struct ndp *ndp = &packet->ndp;
    bool is_to_group = packet->dst.bytes[0] == 0xff;
    uint8_t override = look_up(build->responder, build->frame, 6, ndp->target).is_host ? NDP_OVERRIDE : 0;
    struct ndp_advertisement advertisement = {
        .flags = (uint8_t)(NDP_SOLICITED | (is_to_group ? override : 0)),
        .src = ndp->target,
        .dst = packet->src.bytes,
        .mac = is_to_group ? build->frame->iface->mac : NULL,
    };

    if (memcmp(packet->src.bytes, zero, IPV6_ADDRESS_LEN) == 0)
        build_advertisement_to_all(build, ndp->target, override);
    else
        build_advertisement(build, &advertisement, ndp->link_address != NULL ? ndp->link_address : packet->link.src);
}

/* --- what is said unasked */

static void
build_arp_to_all(struct build *build, const uint8_t sender[static IPV4_ADDRESS_LEN],
                 const uint8_t target[static IPV4_ADDRESS_LEN])
{
    uint8_t *start = build_begin_to(build, broadcast_mac);

    arp_write(&build->writer, ARP_REQUEST, build->frame->iface->mac, sender, NULL, target);
    build_end(build, start);
}

/* RFC 5227 section 2.1.1: it comes from nobody, lest it change what others know. */
void
neighbor_build_probe(struct build *build, const struct address *address)
{
    struct ndp_solicitation solicitation = ndp_solicit(address->bytes);
    struct ipv6_reply reply = {.hop_limit = NDP_HOP_LIMIT, .src = zero, .dst = solicitation.dst};
    uint8_t *start;

    if (address->version == 4) {
        build_arp_to_all(build, zero, address->bytes);
        return;
    }
    start = build_begin_to(build, solicitation.mac);
    ipv6_write(&build->writer, &reply, NDP_LEN);
    ndp_write_solicitation(&build->writer, &solicitation);
    build_end(build, start);
}

void
neighbor_build_announcement(struct build *build, const struct address *address)
{
    if (address->version == 4)
        build_arp_to_all(build, address->bytes, address->bytes);
    else
        build_advertisement_to_all(build, address->bytes, NDP_OVERRIDE);
}

/* --- defences */

/* The address of ours that a conflict is about. */
static struct address
claimed_address(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    if (packet->link_status == LINK_ARP)
        return make_address(4, packet->arp.sender);
    if (is_defended(look_up(responder, frame, 6, packet->src.bytes)))
        return packet->src;
    return make_address(6, packet->ndp.target);
}

/* RFC 5227 section 2.4 (b), and the same for IPv6: say once whose it is, to everybody, and then keep quiet for a while, lest
 * two hosts that both defend it never end. */
static void
defend(struct build *build, struct outcome *outcome)
{
    struct responder *responder = build->responder;
    const struct packet *packet = build->packet;
    struct address address = claimed_address(responder, build->frame, packet);
    uint64_t hash = siphash(&responder->key, (const uint8_t *)&address, sizeof address);

    if (!ratelimit_take(&responder->defences[hash % RESPONDER_DEFENCES], build->frame->ts_ns))
        return;
    neighbor_build_announcement(build, &address);
    outcome->claimed = address;
    outcome->claimant = packet->link_status == LINK_ARP ? packet->arp.sender_mac : packet->link.src;
}

void
neighbor_build(struct responder *responder, const struct frame *frame, const struct packet *packet, struct outcome *outcome)
{
    struct build build;

    build_init(&build, responder, frame, packet);
    if (outcome->verdict != VERDICT_NEIGHBOR)
        defend(&build, outcome);
    else if (!ratelimit_take(&responder->neighbor_rate, frame->ts_ns))
        outcome->verdict = VERDICT_RATE;
    else if (packet->link_status == LINK_ARP)
        build_arp_reply(&build);
    else
        build_solicited(&build);
}
