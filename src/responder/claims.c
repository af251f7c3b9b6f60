/* Whose an address is.  A host that is seen to have one of ours is believed; what is lost stays lost. */
#include "responder/claims.h"

#include "responder/packet.h"
#include "responder/responder.h"

void
claims_init(struct claims *claims)
{
    claims->yields = false;
    claims->items = NULL;
    claims->count = claims->begun = claims->active_count = claims->left_count = claims->news_count = 0;
    memset(claims->left, 0, sizeof claims->left);
}

int
claims_compare(const struct claim *a, const struct claim *b)
{
    if (a->iface != b->iface)
        return a->iface < b->iface ? -1 : 1;
    if (a->address.version != b->address.version)
        return a->address.version < b->address.version ? -1 : 1;
    return memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes);
}

void
claims_set(struct claims *claims, struct claim *items, size_t count)
{
    claims->items = items;
    claims->count = count;
    claims->begun = claims->active_count = 0;
}

static struct claim *
find_claim(const struct claims *claims, const struct claims_place *place)
{
    struct claim key = {.address = place->address, .iface = place->iface};
    size_t from = 0, until = claims->count;

    while (from < until) {
        size_t middle = from + (until - from) / 2;
        int order = claims_compare(&key, &claims->items[middle]);

        if (order == 0)
            return &claims->items[middle];
        if (order < 0)
            until = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

void
claims_forget(struct claims *claims, const struct iface *iface)
{
    for (size_t i = 0; i < claims->count; i++)
        if (claims->items[i].iface == iface->number)
            claims->items[i].state = CLAIM_LOST;
}

void
claims_restart(struct claims *claims, const struct iface *iface)
{
    size_t kept = 0;

    for (size_t i = 0; i < claims->active_count; i++)
        if (claims->items[claims->active[i]].iface != iface->number)
            claims->active[kept++] = claims->active[i];
    claims->active_count = kept;
    for (size_t i = 0; i < claims->count; i++) {
        struct claim *claim = &claims->items[i];

        if (claim->iface != iface->number || claim->state == CLAIM_LOST)
            continue;
        claim->state = CLAIM_WAITING;
        claim->sent = 0;
        if (i < claims->begun)
            claims->begun = i;
    }
}

/* --- addresses that are left to others: open addressing, of which nothing is ever taken out again */

static bool
is_same(const struct claims_place *a, const struct claims_place *b)
{
    return a->iface == b->iface && memcmp(&a->address, &b->address, sizeof a->address) == 0;
}

/* Where a place is in the table, or would be. */
static size_t
slot_of(const struct claims *claims, const struct siphash_key *key, const struct claims_place *place)
{
    size_t slot = siphash(key, (const uint8_t *)&place->address, sizeof place->address) % CLAIMS_LEFT;

    while (claims->left[slot].address.version != 0 && !is_same(&claims->left[slot], place))
        slot = (slot + 1) % CLAIMS_LEFT;
    return slot;
}

static bool
is_left(const struct claims *claims, const struct siphash_key *key, const struct claims_place *place)
{
    return claims->left_count > 0 && claims->left[slot_of(claims, key, place)].address.version != 0;
}

void
claims_tell(struct claims *claims, enum claims_event event, const struct claims_place *place, const uint8_t *mac)
{
    struct claims_news *news = &claims->news[claims->news_count];

    if (claims->news_count == CLAIMS_NEWS)
        return;
    claims->news_count++;
    *news = (struct claims_news){.event = event, .place = *place};
    if (mac != NULL)
        memcpy(news->mac, mac, LINK_MAC_LEN);
}

/* Leaves an address to the host that has it.  One slot stays free, so that every search ends; somebody who forges a host for each
 * of our addresses gets no farther than that. */
static void
leave(struct claims *claims, const struct siphash_key *key, const struct claims_place *place, const uint8_t *mac)
{
    size_t slot = slot_of(claims, key, place);

    if (claims->left[slot].address.version != 0)
        return;
    if (claims->left_count == CLAIMS_LEFT - 1)
        return;
    claims->left[slot] = *place;
    claims->left_count++;
    claims_tell(claims, CLAIMS_LOST, place, mac);
    if (claims->left_count == CLAIMS_LEFT - 1)
        claims_tell(claims, CLAIMS_FULL, place, mac);
}

bool
claims_allow(const struct responder *responder, const struct iface *iface, const struct address *address)
{
    const struct claims *claims = &responder->claims;
    struct claims_place place = {*address, iface->number};
    const struct claim *claim;

    if (claims_allow_all(claims))
        return true;
    if (is_left(claims, &responder->key, &place))
        return false;
    claim = find_claim(claims, &place);
    return claim == NULL || claim->state == CLAIM_ANNOUNCING || claim->state == CLAIM_SERVED;
}

bool
claims_take_news(struct claims *claims, struct claims_news *news)
{
    if (claims->news_count == 0)
        return false;
    *news = claims->news[0];
    claims->news_count--;
    memmove(claims->news, claims->news + 1, claims->news_count * sizeof claims->news[0]);
    return true;
}

/* --- what is heard */

/* A host that has an address, or that asks for it before it takes it. */
struct evidence {
    struct address address;
    const uint8_t *mac;
    bool is_probe;
};

static bool
hear_arp(const struct packet *packet, struct evidence *evidence)
{
    static const uint8_t none[4];
    const struct arp *arp = &packet->arp;

    if (packet->arp_status != ARP_OK || packet->link.protocol != LINK_PROTOCOL_ARP)
        return false;
    evidence->mac = arp->sender_mac;
    evidence->address.version = 4;
    evidence->is_probe = memcmp(arp->sender, none, sizeof none) == 0;
    memcpy(evidence->address.bytes, evidence->is_probe ? arp->target : arp->sender, 4);
    return !evidence->is_probe || arp->operation == ARP_REQUEST;
}

static bool
hear_ndp(const struct packet *packet, struct evidence *evidence)
{
    static const uint8_t none[16];
    const struct ndp *ndp = &packet->ndp;
    bool is_solicitation = packet->icmp.type == ICMPV6_NEIGHBOR_SOLICITATION;

    if (ndp->target == NULL || packet->ipv6.hop_limit != NDP_HOP_LIMIT)
        return false;
    evidence->mac = ndp->link_address != NULL ? ndp->link_address : packet->link.src;
    evidence->is_probe = is_solicitation && memcmp(packet->src.bytes, none, sizeof none) == 0;
    evidence->address = packet->src;
    if (!is_solicitation || evidence->is_probe)
        memcpy(evidence->address.bytes, ndp->target, 16);
    return true;
}

static bool
is_echo_reply(const struct packet *packet)
{
    return packet->icmp.type == (packet->version == 6 ? ICMPV6_ECHO_REPLY : ICMP_ECHO_REPLY);
}

/* Only what is right as far as can be told is believed. */
static bool
hear(const struct packet *packet, struct evidence *evidence)
{
    bool is_ndp = packet->version == 6 && ndp_is_message(&packet->icmp);

    if (packet->link_status == LINK_ARP)
        return hear_arp(packet, evidence);
    if (!packet->icmp_is_whole || (!is_ndp && !is_echo_reply(packet)))
        return false;
    if (packet->version == 4 ? !icmp_sum_is_right(&packet->icmp)
                             : !icmp_sum6_is_right(&packet->icmp, packet->ipv6.src, packet->ipv6.dst))
        return false;
    if (is_ndp)
        return hear_ndp(packet, evidence);
    evidence->address = packet->src;
    evidence->mac = packet->link.src;
    return true;
}

static bool
is_another_host(const struct iface *iface, const uint8_t *mac)
{
    static const uint8_t none[LINK_MAC_LEN];

    return mac != NULL && (mac[0] & 1) == 0 && memcmp(mac, none, LINK_MAC_LEN) != 0 &&
           memcmp(mac, iface->mac, LINK_MAC_LEN) != 0;
}

void
claims_hear(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct claims *claims = &responder->claims;
    struct evidence evidence = {.mac = NULL};
    struct claims_place place;
    struct addresses_lookup found;
    struct claim *claim;

    if ((claims->count == 0 && !claims->yields) || !frame->iface->has_mac || packet->link.tag_count > 0)
        return;
    if (!hear(packet, &evidence) || !is_another_host(frame->iface, evidence.mac) ||
        !is_another_host(frame->iface, packet->link.src))
        return;
    place = (struct claims_place){evidence.address, frame->iface->number};
    found = addresses_lookup(&frame->iface->addresses, &evidence.address);
    if (found.match != ADDRESSES_OURS || found.is_own)
        return;
    claim = find_claim(claims, &place);
    if (claim != NULL && claim->state <= CLAIM_PROBING)
        claim->state = CLAIM_LOST;
    else if (!claims->yields || evidence.is_probe)
        return;
    leave(claims, &responder->key, &place, evidence.mac);
}
