/* Multicast groups: reported twice at the start, and whenever a router asks. */
#include "responder/groups.h"

#include "codec/mld.h"
#include "responder/build.h"
#include "responder/responder.h"

enum {
    ANNOUNCEMENTS = 2, /* RFC 3810 section 9.1 (Robustness Variable) */
    MS_PER_S = 1000,
    NS_PER_MS = 1000000,
    MLD_HOP_LIMIT = 1
};

/* Farther off than anything ever is, as a router gives 8387584 ms at the most (RFC 3810 section 5.1.3): where something is
 * that far off, the clock was set back. */
#define STEP_BACK_NS (UINT64_C(3) * 3600 * 1000000000)

static struct groups *
find(struct responder *responder, const struct iface *iface)
{
    for (size_t i = 0; i < responder->group_count; i++)
        if (responder->groups[i].iface == iface)
            return &responder->groups[i];
    return NULL;
}

void
groups_add(struct responder *responder, const struct iface *iface, const uint8_t (*tails)[3], size_t count)
{
    if (responder->group_count < RESPONDER_IFACES && count > 0)
        responder->groups[responder->group_count++] = (struct groups){.iface = iface, .tails = tails, .count = count};
}

void
groups_forget(struct responder *responder, const struct iface *iface)
{
    struct groups *groups = find(responder, iface);

    if (groups != NULL)
        *groups = responder->groups[--responder->group_count];
}

void
groups_restart(struct responder *responder, const struct iface *iface)
{
    struct groups *groups = find(responder, iface);

    if (groups != NULL) {
        groups->announced = 0;
        groups->announce_ns = groups->answer_ns = 0;
    }
}

/* A time up to `most_ms`, so that not all hosts speak at once. */
static uint64_t
chance_ns(const struct responder *responder, uint64_t now_ns, uint32_t most_ms)
{
    return siphash(&responder->key, (const uint8_t *)&now_ns, sizeof now_ns) % ((uint64_t)most_ms * NS_PER_MS + 1);
}

static bool
is_link_local(const uint8_t address[static 16])
{
    return address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

/* Whether the groups of the interface are asked for: all, or one of them. */
static bool
is_meant(const struct groups *groups, const uint8_t *group)
{
    if (group[0] == 0)
        return true;
    for (size_t i = 0; i < groups->count; i++)
        if (memcmp(group + 13, groups->tails[i], 3) == 0)
            return true;
    return false;
}

/* RFC 3810 section 6.2: the query of a router on this link. */
void
groups_hear(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct groups *groups = responder->group_count == 0 ? NULL : find(responder, frame->iface);
    struct mld_query query;
    uint64_t due_ns;

    if (groups == NULL || packet->version != 6 || packet->link.tag_count > 0 || !packet->icmp_is_whole ||
        packet->ipv6.hop_limit != MLD_HOP_LIMIT || !packet->ipv6.has_hop_by_hop || !is_link_local(packet->src.bytes))
        return;
    if (!mld_read_query(&packet->icmp, &query) || !is_meant(groups, query.group) ||
        !icmp_sum6_is_right(&packet->icmp, packet->ipv6.src, packet->ipv6.dst))
        return;
    due_ns = frame->ts_ns + 1 + chance_ns(responder, frame->ts_ns, query.delay_ms);
    if (groups->answer_ns == 0 || due_ns < groups->answer_ns)
        groups->answer_ns = due_ns;
}

/* From the link-local address that the interface has, or from none (RFC 3590), to all routers that listen for reports. */
static void
build_report(struct build *build, uint8_t kind, const uint8_t (*tails)[3], size_t count)
{
    static const uint8_t none[16], all_routers[16] = {0xff, 0x02, [15] = 0x16};
    static const uint8_t all_routers_mac[LINK_MAC_LEN] = {0x33, 0x33, 0, 0, 0, 0x16};
    const struct iface *iface = build->frame->iface;
    const uint8_t *src = iface->has_link_local ? iface->link_local : none;
    uint8_t *start = build_begin_to(build, all_routers_mac);

    ipv6_write_header(&build->writer,
                      &(struct ipv6_reply){.hop_limit = MLD_HOP_LIMIT, .src = src, .dst = all_routers}, IPV6_NEXT_HOP_BY_HOP,
                      mld_report_len(count));
    mld_write_report(&build->writer, src, all_routers, kind, tails, count);
    build_end(build, start);
}

static void
report(struct responder *responder, const struct groups *groups, uint8_t kind, uint64_t now_ns)
{
    struct frame frame = {.ts_ns = now_ns, .iface = groups->iface};
    struct packet packet = {.link = {.src = groups->iface->mac, .dst = groups->iface->mac, .protocol = LINK_PROTOCOL_IPV6}};
    size_t most = mld_report_room(groups->iface->mtu - IPV6_HEADER_LEN);
    struct build build;

    build_init(&build, responder, &frame, &packet);
    for (size_t at = 0; most > 0 && at < groups->count; at += most)
        build_report(&build, kind, groups->tails + at, groups->count - at < most ? groups->count - at : most);
}

static bool
is_due(uint64_t when_ns, uint64_t now_ns)
{
    return now_ns >= when_ns || when_ns - now_ns > STEP_BACK_NS;
}

void
groups_tick(struct responder *responder, const struct iface *iface, uint64_t now_ns)
{
    struct groups *groups = responder->group_count == 0 ? NULL : find(responder, iface);

    if (groups == NULL || groups->count == 0)
        return;
    if (groups->announced < ANNOUNCEMENTS && is_due(groups->announce_ns, now_ns)) {
        report(responder, groups, MLD_CHANGE_TO_EXCLUDE, now_ns);
        groups->announced++;
        groups->announce_ns = now_ns + 1 + chance_ns(responder, now_ns, MS_PER_S);
    }
    if (groups->answer_ns != 0 && is_due(groups->answer_ns, now_ns)) {
        report(responder, groups, MLD_IS_EXCLUDE, now_ns);
        groups->answer_ns = 0;
    }
}

uint64_t
groups_due(const struct responder *responder)
{
    uint64_t due_ns = UINT64_MAX;

    for (size_t i = 0; i < responder->group_count; i++) {
        const struct groups *groups = &responder->groups[i];

        if (groups->announced < ANNOUNCEMENTS && groups->announce_ns < due_ns)
            due_ns = groups->announce_ns;
        if (groups->answer_ns != 0 && groups->answer_ns < due_ns)
            due_ns = groups->answer_ns;
    }
    return due_ns;
}
