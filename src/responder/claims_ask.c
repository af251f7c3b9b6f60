/* Asking whose an address is, step by step, as the clock has it. */
#include "responder/claims.h"

#include "responder/build.h"
#include "responder/neighbor.h"
#include "responder/responder.h"

#define SECOND_NS UINT64_C(1000000000)
#define STEP_BACK_NS (10 * SECOND_NS) /* farther off than anything ever is: the clock was set back */

/* The times of the RFCs, in nanoseconds; where there are two, chance decides between them. */
static const struct schedule {
    uint8_t probes, announcements;
    uint64_t first;           /* before the first probe, at the most */
    uint64_t gap_min, gap_max; /* between probes */
    uint64_t wait;            /* behind the last one */
    uint64_t interval;        /* of announcements */
} schedules[] = {
    {3, 2, SECOND_NS, SECOND_NS, 2 * SECOND_NS, 2 * SECOND_NS, 2 * SECOND_NS}, /* RFC 5227 section 1.1 */
    {1, 1, SECOND_NS, SECOND_NS, SECOND_NS, SECOND_NS, SECOND_NS},             /* RFC 4862 section 5.1, RFC 4861 section 10 */
};

/* A time up to `most`, of which nobody knows which. */
static uint64_t
chance(const struct responder *responder, const struct claim *claim, uint64_t most)
{
    uint8_t seed[sizeof claim->address + 1];

    memcpy(seed, &claim->address, sizeof claim->address);
    seed[sizeof claim->address] = claim->sent;
    return siphash(&responder->key, seed, sizeof seed) % (most + 1);
}

static void
begin_more(struct responder *responder, uint64_t now_ns)
{
    struct claims *claims = &responder->claims;

    while (claims->active_count < CLAIMS_ACTIVE && claims->begun < claims->count) {
        struct claim *claim = &claims->items[claims->begun];

        if (claim->state == CLAIM_WAITING) {
            claim->state = CLAIM_PROBING;
            claim->due_ns = now_ns + chance(responder, claim, schedules[claim->address.version == 6].first);
            claims->active[claims->active_count++] = (uint32_t)claims->begun;
        }
        claims->begun++;
    }
}

/* The next step of an address that nobody has claimed until now. */
static void
step(struct responder *responder, struct claim *claim, struct build *build)
{
    const struct schedule *schedule = &schedules[claim->address.version == 6];
    struct claims_place place = {claim->address, claim->iface};
    uint64_t now_ns = build->frame->ts_ns;

    if (claim->state == CLAIM_PROBING && claim->sent < schedule->probes) {
        neighbor_build_probe(build, &claim->address);
        claim->sent++;
        claim->due_ns = now_ns + schedule->wait;
        if (claim->sent < schedule->probes)
            claim->due_ns = now_ns + schedule->gap_min + chance(responder, claim, schedule->gap_max - schedule->gap_min);
        return;
    }
    if (claim->state == CLAIM_PROBING) {
        claim->state = CLAIM_ANNOUNCING;
        claim->sent = 0;
        claims_tell(&responder->claims, CLAIMS_WON, &place, NULL);
    }
    neighbor_build_announcement(build, &claim->address);
    claim->due_ns = now_ns + schedule->interval;
    if (++claim->sent == schedule->announcements)
        claim->state = CLAIM_SERVED;
}

static bool
is_due(const struct claim *claim, uint64_t now_ns)
{
    return now_ns >= claim->due_ns || claim->due_ns - now_ns > STEP_BACK_NS;
}

/* Takes each step that is due, and forgets those that have been taken to the end. */
static void
take_steps(struct responder *responder, const struct iface *iface, uint64_t now_ns)
{
    struct claims *claims = &responder->claims;
    struct frame frame = {.ts_ns = now_ns, .iface = iface};
    struct packet packet = {.link = {.src = iface->mac, .dst = iface->mac}};
    struct build build;
    size_t kept = 0;

    build_init(&build, responder, &frame, &packet);
    for (size_t i = 0; i < claims->active_count; i++) {
        struct claim *claim = &claims->items[claims->active[i]];

        if (claim->iface == iface->number && claim->state != CLAIM_LOST && is_due(claim, now_ns)) {
            packet.link.protocol = claim->address.version == 4 ? LINK_PROTOCOL_ARP : LINK_PROTOCOL_IPV6;
            step(responder, claim, &build);
        }
        if (claim->state == CLAIM_PROBING || claim->state == CLAIM_ANNOUNCING)
            claims->active[kept++] = claims->active[i];
    }
    claims->active_count = kept;
}

void
claims_tick(struct responder *responder, const struct iface *iface, uint64_t now_ns)
{
    if (responder->claims.active_count == 0 && responder->claims.begun == responder->claims.count)
        return;
    begin_more(responder, now_ns);
    take_steps(responder, iface, now_ns);
}

uint64_t
claims_due(const struct claims *claims)
{
    uint64_t due_ns = UINT64_MAX;

    if (claims->begun < claims->count && claims->active_count < CLAIMS_ACTIVE)
        return 0;
    for (size_t i = 0; i < claims->active_count; i++)
        if (claims->items[claims->active[i]].due_ns < due_ns)
            due_ns = claims->items[claims->active[i]].due_ns;
    return due_ns;
}
