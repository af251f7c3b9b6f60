/* Whether a packet is answered.  The order of the rules decides which verdict a frame with several faults gets. */
#include "responder/checks.h"

#include "responder/neighbor.h"
#include "responder/reply.h"

#define GO_ON VERDICT_ANSWERED /* what a check says that has no objection */

/* Everything that a rule may look at. */
struct matter {
    const struct responder *responder;
    const struct frame *frame;
    const struct packet *packet;
    bool is_loopback;
};

static enum verdict
check_capture(const struct matter *m)
{
    return m->frame->caplen < m->frame->len ? VERDICT_CAP_TRUNC : GO_ON;
}

static enum verdict
check_link(const struct matter *m)
{
    static const enum verdict verdicts[] = {
        [LINK_OK] = GO_ON,
        [LINK_SHORT] = VERDICT_L2_SHORT,
        [LINK_LLC] = VERDICT_L2_LLC,
        [LINK_ARP] = GO_ON,
        [LINK_UNKNOWN] = VERDICT_L2_PROTO,
        [LINK_TAGS_OVER] = VERDICT_L2_VLAN,
    };

    if (m->packet->link_status == LINK_ARP && !m->frame->iface->answers_neighbors)
        return VERDICT_L2_PROTO;
    return verdicts[m->packet->link_status];
}

/* VID 0 is a priority tag, which says nothing about a VLAN; 4095 is reserved (IEEE 802.1Q). */
static enum verdict
check_vlan(const struct matter *m)
{
    const struct link *link = &m->packet->link;

    for (unsigned i = 0; i < link->tag_count; i++) {
        unsigned vid = link_tag_vid(link->tags[i]);

        if (vid != 0 && (m->responder->vlans[vid / 8] & 1U << vid % 8) == 0)
            return VERDICT_L2_VLAN;
    }
    return GO_ON;
}

static enum verdict
check_mac(const struct matter *m)
{
    static const uint8_t zero[LINK_MAC_LEN];
    const struct link *link = &m->packet->link;
    const struct iface *iface = m->frame->iface;

    if (link->dst != NULL && !link->group && iface->has_mac && memcmp(link->dst, iface->mac, LINK_MAC_LEN) != 0)
        return VERDICT_L2_OTHER;
    if (link->src != NULL && (link->src[0] & 1) != 0) /* a reply would go to a group */
        return VERDICT_L2_BADSRC;
    if (link->src == NULL || m->is_loopback)
        return GO_ON;
    if (memcmp(link->src, zero, LINK_MAC_LEN) == 0 || (iface->has_mac && memcmp(link->src, iface->mac, LINK_MAC_LEN) == 0))
        return VERDICT_L2_OWNSRC;
    return GO_ON;
}

static enum verdict
check_header4(const struct matter *m)
{
    static const enum verdict verdicts[] = {
        [IPV4_OK] = GO_ON,
        [IPV4_SHORT] = VERDICT_IP_SHORT,
        [IPV4_BAD_VERSION] = VERDICT_IP_BADVER,
        [IPV4_BAD_IHL] = VERDICT_IP_BADHLEN,
        [IPV4_BAD_SUM] = VERDICT_IP_BADSUM,
        [IPV4_BAD_LENGTH] = VERDICT_IP_BADLEN,
        [IPV4_TRUNCATED] = VERDICT_IP_TRUNC,
    };

    return verdicts[m->packet->ipv4_status];
}

/* Whether an address of ours may be served: no claim speaks against it, if there is any. */
static bool
is_allowed(const struct matter *m, const struct address *address)
{
    return claims_allow_all(&m->responder->claims) || claims_allow(m->responder, m->frame->iface, address);
}

/* Whether the source is the destination or a single address of ours, which no other host has: our own words come back, or
 * somebody forges them. */
static bool
is_land(const struct matter *m, struct addresses_lookup src)
{
    const struct packet *packet = m->packet;

    if (m->is_loopback)
        return false;
    return memcmp(&packet->src, &packet->dst, sizeof packet->src) == 0 ||
           (src.is_host && is_allowed(m, &packet->src));
}

/* RFC 1122 section 3.2.1.3: sources that no host has. */
static enum verdict
check_source4(const struct matter *m)
{
    uint8_t first = m->packet->src.bytes[0];
    struct addresses_lookup src = addresses_lookup(&m->frame->iface->addresses, &m->packet->src);

    if (first == 0 || first >= 224 || (first == 127 && !m->is_loopback) || src.match == ADDRESSES_BROADCAST)
        return VERDICT_IP_BADSRC;
    return is_land(m, src) ? VERDICT_IP_LAND : GO_ON;
}

/* Whether there is an address of ours to answer a broadcast or multicast from. */
static bool
has_source(const struct matter *m)
{
    const struct iface *iface = m->frame->iface;
    struct address source;

    return addresses_source(&iface->addresses, &m->packet->src, &source) && is_allowed(m, &source);
}

/* RFC 1122 section 3.2.2.6 leaves it open whether a broadcast is answered; to do it takes an address to answer from. */
static enum verdict
check_broadcast(const struct matter *m)
{
    return m->responder->answers_broadcast && has_source(m) ? GO_ON : VERDICT_IP_BCAST;
}

/* A destination that is not unicast by its looks needs no look-up. */
static bool
is_group4(const uint8_t dst[static 4])
{
    return dst[0] >> 4 == 14 || (dst[0] & dst[1] & dst[2] & dst[3]) == 255;
}

static enum verdict
check_destination4(const struct matter *m)
{
    static const uint8_t all[4] = {255, 255, 255, 255}, all_hosts[4] = {224, 0, 0, 1};
    const uint8_t *dst = m->packet->dst.bytes;

    if (memcmp(dst, all, 4) == 0 || memcmp(dst, all_hosts, 4) == 0)
        return check_broadcast(m);
    if (dst[0] >> 4 == 14)
        return VERDICT_IP_NOTMEMBER;
    if (dst[0] == 0 || dst[0] >= 240 || (dst[0] == 127 && !m->is_loopback)) /* no host has such an address */
        return VERDICT_IP_BADDST;
    return GO_ON;
}

/* RFC 1122 section 3.3.4.2, the strong model: an address belongs to its interface. */
static bool
is_served_elsewhere(const struct matter *m)
{
    const struct responder *responder = m->responder;

    for (size_t i = 0; i < responder->iface_count; i++)
        if (responder->ifaces[i] != m->frame->iface &&
            addresses_lookup(&responder->ifaces[i]->addresses, &m->packet->dst).match == ADDRESSES_OURS)
            return true;
    return false;
}

/* The rest of the destination rules, which a unicast address is left with. */
static enum verdict
check_unicast(const struct matter *m)
{
    static const enum verdict verdicts[] = {
        [ADDRESSES_NONE] = VERDICT_IP_NOTOURS,
        [ADDRESSES_OURS] = GO_ON,
        [ADDRESSES_NETWORK] = VERDICT_IP_NOTOURS,
        [ADDRESSES_BROADCAST] = VERDICT_IP_BCAST,
    };
    enum verdict verdict;

    if (m->packet->version == 4 && is_group4(m->packet->dst.bytes))
        return GO_ON;
    verdict = verdicts[addresses_lookup(&m->frame->iface->addresses, &m->packet->dst).match];
    if (verdict == VERDICT_IP_BCAST)
        return check_broadcast(m);
    if (verdict == VERDICT_IP_NOTOURS && is_served_elsewhere(m))
        return VERDICT_IP_WRONGIF;
    /* RFC 1122 section 3.3.6: a link broadcast must not carry a unicast datagram. */
    if (verdict == GO_ON && m->packet->link.group)
        return VERDICT_L2_BCAST_UCAST;
    return verdict == GO_ON && !is_allowed(m, &m->packet->dst) ? VERDICT_IP_YIELDED : verdict;
}

static enum verdict
check_options4(const struct matter *m)
{
    uint8_t options[IPV4_OPTIONS_MAX];

    if (m->packet->ipv4.options.left == 0) /* as most have it */
        return GO_ON;
    if (m->packet->ipv4_options.status == IPV4_OPTIONS_BAD)
        return VERDICT_IP_BADOPT;
    if (m->packet->ipv4_options.status == IPV4_OPTIONS_ROUTED)
        return VERDICT_IP_SRCROUTE;
    if (m->packet->ipv4.fragment_offset != 0) /* a reply carries on those of the first fragment only */
        return GO_ON;
    return reply_options4(m->responder, m->frame, m->packet, options) < 0 ? VERDICT_IP_BADOPT : GO_ON;
}

/* Whether it was sent to a broadcast or multicast address. */
static bool
is_for_many(const struct matter *m)
{
    const struct packet *packet = m->packet;

    if (packet->version == 6)
        return packet->dst.bytes[0] == 0xff;
    return is_group4(packet->dst.bytes) || addresses_lookup(&m->frame->iface->addresses, &packet->dst).match != ADDRESSES_OURS;
}

/* Whether it is a request that we answer. */
static enum verdict
check_kind(const struct matter *m)
{
    const struct packet *packet = m->packet;

    if (packet->kind == REQUEST_ECHO)
        return GO_ON;
    if (packet->kind == REQUEST_PROBE) /* RFC 8335 section 4: off unless asked for, and never to a group */
        return m->responder->answers_probe && !is_for_many(m) ? GO_ON : VERDICT_PROBE_OFF;
    if (packet->kind != REQUEST_TIMESTAMP || !m->responder->answers_timestamp)
        return VERDICT_ICMP_TYPE;
    return packet->icmp.message.left < ICMP_TIMESTAMP_LEN ? VERDICT_ICMP_SHORT : GO_ON;
}

static enum verdict
check_upper4(const struct matter *m)
{
    const struct packet *packet = m->packet;

    if (packet->ipv4.protocol != IPV4_PROTOCOL_ICMP)
        return VERDICT_IP_PROTO;
    if (packet->ipv4.more_fragments || packet->ipv4.fragment_offset != 0)
        return VERDICT_FRAG_RX;
    if (!packet->icmp_is_whole)
        return VERDICT_ICMP_SHORT;
    if (m->responder->bad_checksum == BAD_CHECKSUM_DROP && !icmp_sum_is_right(&packet->icmp))
        return VERDICT_ICMP_BADSUM;
    return check_kind(m);
}

static enum verdict
check_header6(const struct matter *m)
{
    static const enum verdict verdicts[] = {
        [IPV6_OK] = GO_ON,
        [IPV6_SHORT] = VERDICT_IP6_SHORT,
        [IPV6_BAD_VERSION] = VERDICT_IP_BADVER,
        [IPV6_TRUNCATED] = VERDICT_IP6_TRUNC,
    };

    return verdicts[m->packet->ipv6_status];
}

/* Addresses that are not one of a host, whichever end they stand at. */
static bool
is_impossible6(const struct matter *m, const uint8_t address[static 16])
{
    static const uint8_t zero[12], mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t loopback[16] = {[15] = 1};

    if (m->is_loopback && memcmp(address, loopback, 16) == 0)
        return false;
    return memcmp(address, zero, 12) == 0 || memcmp(address, mapped, 12) == 0; /* ::, ::1, ::a.b.c.d, ::ffff:a.b.c.d */
}

/* Link-local addresses have 54 zero bits behind fe80::/10 (RFC 4291 section 2.5.6); some kernels keep a zone in them. */
static bool
is_zoned(const uint8_t address[static 16])
{
    return address[0] == 0xfe && (address[1] & 0xc0) == 0x80 && (address[2] != 0 || address[3] != 0);
}

/* Whether a packet asks for a neighbour, or answers one that asked, and so is judged by other rules. */
static bool
is_ndp(const struct matter *m)
{
    const struct packet *packet = m->packet;

    return m->frame->iface->answers_neighbors && packet->version == 6 && packet->has_icmp &&
           packet->ipv6_walk == IPV6_OK && ndp_is_message(&packet->icmp);
}

static enum verdict
check_source6(const struct matter *m)
{
    static const uint8_t unspecified[16];
    const uint8_t *src = m->packet->src.bytes;

    if (is_ndp(m) && memcmp(src, unspecified, 16) == 0) /* it has no address yet */
        return GO_ON;
    if (src[0] == 0xff || is_impossible6(m, src))
        return VERDICT_IP6_BADSRC;
    if (is_zoned(src))
        return VERDICT_IP6_BADSCOPE;
    return !is_ndp(m) && is_land(m, addresses_lookup(&m->frame->iface->addresses, &m->packet->src)) ? VERDICT_IP_LAND : GO_ON;
}

static enum verdict
check_multicast6(const struct matter *m)
{
    static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1};
    const struct addresses *addresses = &m->frame->iface->addresses;
    const uint8_t *dst = m->packet->dst.bytes;

    if ((dst[1] & 0x0f) < 2) /* scope 0 is reserved, 1 never leaves a host */
        return VERDICT_IP6_BADSCOPE;
    if (is_ndp(m)) /* to be in the group is the target's matter */
        return GO_ON;
    if (memcmp(dst, all_nodes, 16) != 0 && !addresses_solicited(addresses, dst))
        return VERDICT_IP6_NOTMEMBER;
    return has_source(m) ? GO_ON : VERDICT_IP6_NOTMEMBER;
}

static enum verdict
check_destination6(const struct matter *m)
{
    const uint8_t *dst = m->packet->dst.bytes;

    if (dst[0] == 0xff)
        return check_multicast6(m);
    if (is_impossible6(m, dst))
        return VERDICT_IP6_BADDST;
    return is_zoned(dst) ? VERDICT_IP6_BADSCOPE : check_unicast(m);
}

static enum verdict
check_extensions6(const struct matter *m)
{
    static const enum verdict verdicts[] = {
        [IPV6_OK] = GO_ON,
        [IPV6_JUMBO] = VERDICT_IP6_JUMBO,
        [IPV6_BAD_HEADER] = VERDICT_IP6_EXTHDR,
        [IPV6_BAD_OPTION] = VERDICT_IP6_BADOPT,
        [IPV6_BAD_SCOPE] = VERDICT_IP6_BADSCOPE,
        [IPV6_IPSEC] = VERDICT_IP6_IPSEC,
        [IPV6_FRAGMENT] = VERDICT_FRAG_RX,
    };

    return verdicts[m->packet->ipv6_walk];
}

static enum verdict
check_upper6(const struct matter *m)
{
    const struct packet *packet = m->packet;

    if (is_ndp(m))
        return neighbor_judge_ndp(m->responder, m->frame, packet);
    if (packet->ipv6.next_header != IPV6_NEXT_ICMPV6)
        return VERDICT_IP6_PROTO;
    if (!packet->icmp_is_whole)
        return VERDICT_ICMP6_SHORT;
    if (m->responder->bad_checksum == BAD_CHECKSUM_DROP &&
        !icmp_sum6_is_right(&packet->icmp, packet->ipv6.src, packet->ipv6.dst))
        return VERDICT_ICMP6_BADSUM;
    return check_kind(m);
}

/* The first objection that one of the checks has.  They are called by name, not from a table, so that compilers can make one
 * function of them: each frame goes through them all. */
static enum verdict
judge_link(const struct matter *m)
{
    enum verdict verdict = check_capture(m);

    if (verdict == GO_ON)
        verdict = check_link(m);
    if (verdict == GO_ON)
        verdict = check_vlan(m);
    return verdict == GO_ON ? check_mac(m) : verdict;
}

static enum verdict
judge_ipv4(const struct matter *m)
{
    enum verdict verdict = check_header4(m);

    if (verdict == GO_ON)
        verdict = check_source4(m);
    if (verdict == GO_ON)
        verdict = check_destination4(m);
    if (verdict == GO_ON)
        verdict = check_unicast(m);
    if (verdict == GO_ON)
        verdict = check_options4(m);
    return verdict == GO_ON ? check_upper4(m) : verdict;
}

static enum verdict
judge_ipv6(const struct matter *m)
{
    enum verdict verdict = check_header6(m);

    if (verdict == GO_ON)
        verdict = check_source6(m);
    if (verdict == GO_ON)
        verdict = check_destination6(m);
    if (verdict == GO_ON)
        verdict = check_extensions6(m);
    return verdict == GO_ON ? check_upper6(m) : verdict;
}

enum verdict
checks_judge(const struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct matter m = {responder, frame, packet, frame->iface->is_loopback};
    enum verdict verdict;

    if (!frame->iface->has_mac && packet->link.is_loopback)
        m.is_loopback = true;
    verdict = judge_link(&m);
    if (verdict == GO_ON && packet->link_status == LINK_ARP)
        return neighbor_judge_arp(responder, frame, packet);
    if (verdict != GO_ON)
        return verdict;
    return packet->version == 6 ? judge_ipv6(&m) : judge_ipv4(&m);
}
