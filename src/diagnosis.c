/* The diagnosis: what is made of verdicts and of frames seen on the wire. */
#include "config.h"

#include "diagnosis.h"

#include <string.h>

#include "responder/packet.h"

enum {
    AGAIN_MS = 600 * 1000, /* the same is told again no sooner */
    AWAY_MS = 150 * 1000,  /* more than two looks at the wire without it: it went away */
    UNHEARD_MS = 10 * 1000,
    UNHEARD_LEAST = 2,     /* the reply to a single request may have been missed */
    SUSPECT_MS = 3 * 1000,
    SUSPECT_ANSWERED = 3   /* so many single replies clear the kernel */
};

void
diagnosis_init(struct diagnosis *diagnosis, const struct diagnosis_setting *setting, uint64_t now_ms)
{
    memset(diagnosis, 0, sizeof *diagnosis);
    diagnosis->setting = *setting;
    diagnosis->start_ms = now_ms;
}

void
diagnosis_restart(struct diagnosis *diagnosis, const struct diagnosis_setting *setting, uint64_t now_ms)
{
    struct diagnosis before = *diagnosis;

    diagnosis_init(diagnosis, setting, now_ms);
    memcpy(diagnosis->histories, before.histories, sizeof diagnosis->histories);
    diagnosis->is_down = before.is_down;
    diagnosis->down_is_told = before.down_is_told;
}

/* Notes that something was found, and whether the user is to know now. */
static bool
is_news(struct diagnosis_history *history, uint64_t now_ms)
{
    if (!history->is_seen || now_ms - history->seen_ms >= AWAY_MS)
        history->is_due = true;
    history->is_seen = true;
    history->seen_ms = now_ms;
    if (!history->is_due || (history->is_told && now_ms - history->told_ms < AGAIN_MS))
        return false;
    history->is_due = false;
    history->is_told = true;
    history->told_ms = now_ms;
    return true;
}

static const char *
find(struct diagnosis *diagnosis, enum finding finding, struct finding_facts facts, uint64_t now_ms)
{
    bool is_6 = facts.host != NULL && facts.host->version == 6;

    if (!is_news(&diagnosis->histories[finding][is_6], now_ms))
        return NULL;
    facts.interface = diagnosis->setting.interface;
    finding_print(finding, &facts, diagnosis->line);
    return diagnosis->line;
}

static bool
is_ours(const struct iface *iface, const struct address *address)
{
    return address->version != 0 && addresses_lookup(&iface->addresses, address).match == ADDRESSES_OURS;
}

static enum platform_echo
kernel_echo(const struct diagnosis *diagnosis, uint8_t version)
{
    return version == 4 ? diagnosis->setting.echo4 : diagnosis->setting.echo6;
}

void
diagnosis_own(struct diagnosis *diagnosis, const struct iface *iface, const struct address *own)
{
    struct address *suspect = &diagnosis->suspects[own->version == 6].own;

    if (suspect->version == 0 && kernel_echo(diagnosis, own->version) == PLATFORM_ECHO_ON && is_ours(iface, own))
        *suspect = *own;
}

/* A setting is no proof, so that the kernel is spared once there is proof of the contrary. */
static const char *
suspect_kernel(struct diagnosis *diagnosis, uint64_t now_ms)
{
    const char *line = NULL;

    for (size_t i = 0; i < 2 && line == NULL; i++) {
        struct address own = diagnosis->suspects[i].own;

        if (own.version == 0 || now_ms - diagnosis->start_ms < SUSPECT_MS)
            continue;
        diagnosis->suspects[i].own.version = 0;
        if (diagnosis->suspects[i].answered < SUSPECT_ANSWERED)
            line = find(diagnosis, FINDING_ECHO_IS_ON, (struct finding_facts){.host = &own}, now_ms);
    }
    return line;
}

const char *
diagnosis_link(struct diagnosis *diagnosis, bool is_up, uint64_t now_ms)
{
    const struct finding_facts facts = {.interface = diagnosis->setting.interface};
    const char *line = NULL;

    if (!is_up) {
        if (!diagnosis->is_down)
            diagnosis->histories[FINDING_LINK_DOWN][0].is_due = true; /* it was up just now */
        line = find(diagnosis, FINDING_LINK_DOWN, facts, now_ms);
        diagnosis->down_is_told = diagnosis->down_is_told || line != NULL;
    } else if (diagnosis->down_is_told) {
        finding_print(FINDING_LINK_UP, &facts, diagnosis->line);
        diagnosis->down_is_told = false;
        line = diagnosis->line;
    }
    diagnosis->is_down = !is_up;
    return line;
}

/* --- verdicts */

/* Whether a frame was sent to our MAC address, or to a group. */
static bool
is_to_us(const struct iface *iface, const struct link *link)
{
    return link->dst == NULL || !iface->has_mac || link->group || memcmp(link->dst, iface->mac, LINK_MAC_LEN) == 0;
}

void
diagnosis_note_mac(struct diagnosis *diagnosis, const struct iface *iface)
{
    if (!iface->has_mac || (diagnosis->mac_count > 0 &&
        memcmp(diagnosis->macs[(diagnosis->mac_count - 1) % DIAGNOSIS_MACS], iface->mac, LINK_MAC_LEN) == 0))
        return;
    memcpy(diagnosis->macs[diagnosis->mac_count++ % DIAGNOSIS_MACS], iface->mac, LINK_MAC_LEN);
}

/* Whether this host sent it: pongd, or the kernel. */
static bool
is_from_here(const struct diagnosis *diagnosis, const struct iface *iface, const struct link *link)
{
    const struct diagnosis_setting *setting = &diagnosis->setting;

    if (link->src == NULL || !iface->has_mac)
        return false;
    for (size_t i = 0; i < diagnosis->mac_count && i < DIAGNOSIS_MACS; i++)
        if (memcmp(link->src, diagnosis->macs[i], LINK_MAC_LEN) == 0)
            return true;
    return memcmp(link->src, iface->mac, LINK_MAC_LEN) == 0 ||
           (setting->has_kernel_mac && memcmp(link->src, setting->kernel_mac, LINK_MAC_LEN) == 0);
}

/* What a verdict hints at, when it is given to an echo request for an address that is answered for. */
static const struct hint {
    enum verdict verdict;
    enum finding finding;
    bool is_to_us; /* the MAC address has to be right */
} hints[] = {
    {VERDICT_L2_OTHER, FINDING_OTHER_MAC, false},
    {VERDICT_CAP_TRUNC, FINDING_SNAPLEN, true},
    {VERDICT_L2_VLAN, FINDING_VLAN, true},
};

/* VID 4095 cannot be answered (IEEE 802.1Q). */
static bool
has_reserved_vid(const struct request *request)
{
    for (unsigned i = 0; i < request->tag_count; i++)
        if (link_tag_vid(request->tags[i]) == 4095)
            return true;
    return false;
}

static const struct hint *
find_hint(enum verdict verdict)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (hints[i].verdict == verdict)
            return &hints[i];
    return NULL;
}

const char *
diagnosis_judge(struct diagnosis *diagnosis, const struct frame *frame, const struct outcome *outcome, uint64_t now_ms)
{
    const struct hint *hint = find_hint(outcome->verdict);
    const struct request *request = &outcome->request;
    struct bytes bytes = {frame->data, frame->caplen};
    struct link link;
    struct finding_facts facts = {
        .client = &request->src,
        .host = &request->dst,
        .caplen = frame->caplen,
        .len = frame->len,
        .tags = request->tags,
        .tag_count = request->tag_count,
    };

    if (hint == NULL || request->kind != REQUEST_ECHO || has_reserved_vid(request) || !is_ours(frame->iface, &request->dst))
        return NULL;
    (void)link_read(frame->iface->link, &bytes, &link);
    if (is_from_here(diagnosis, frame->iface, &link) || (hint->is_to_us && !is_to_us(frame->iface, &link)))
        return NULL;
    facts.mac = link.dst;
    return find(diagnosis, hint->finding, facts, now_ms);
}

/* --- frames on the wire */

/* Where many pings pass at once, a sighting makes way for another; only then it is missed that there were two replies. */
static struct diagnosis_sighting *
find_sighting(struct diagnosis *diagnosis, const struct address *client, const struct address *host, const struct icmp *icmp)
{
    struct diagnosis_sighting *sighting = &diagnosis->sightings[(icmp->id * 31U + icmp->seq) % DIAGNOSIS_SIGHTINGS];

    if (sighting->id != icmp->id || sighting->seq != icmp->seq || memcmp(&sighting->client, client, sizeof *client) != 0 ||
        memcmp(&sighting->host, host, sizeof *host) != 0)
        *sighting = (struct diagnosis_sighting){*client, *host, icmp->id, icmp->seq, 0, 0};
    return sighting;
}

static void
count_up(uint8_t *count)
{
    if (*count < UINT8_MAX)
        ++*count;
}

void
diagnosis_mislead(struct diagnosis *diagnosis)
{
    diagnosis->is_misled = true;
}

/* A client may use a sequence number again, so that it takes two replies to each request. */
static const char *
see_reply_out(struct diagnosis *diagnosis, const struct packet *packet, uint64_t now_ms)
{
    struct diagnosis_sighting *sighting = find_sighting(diagnosis, &packet->dst, &packet->src, &packet->icmp);
    bool kernel_is_off = kernel_echo(diagnosis, packet->version) == PLATFORM_ECHO_OFF;
    struct finding_facts facts = {
        .client = &packet->dst, .host = &packet->src, .id = packet->icmp.id, .seq = packet->icmp.seq};

    if (diagnosis->is_misled)
        return NULL;
    count_up(&sighting->replies);
    if (sighting->requests == 1 && sighting->replies == 1)
        diagnosis->suspects[packet->version == 6].answered++;
    if (sighting->requests == 0 || sighting->replies < 2 * sighting->requests)
        return NULL;
    diagnosis->suspects[packet->version == 6].answered = 0;
    diagnosis->suspects[packet->version == 6].own.version = 0; /* proof, and no suspicion any more */
    return find(diagnosis, kernel_is_off ? FINDING_PROGRAM_ANSWERS : FINDING_KERNEL_ANSWERS, facts, now_ms);
}

static const char *
see_reply(struct diagnosis *diagnosis, const struct iface *iface, const struct packet *packet, uint64_t now_ms)
{
    bool is_in = !iface->is_loopback && iface->has_mac && !is_from_here(diagnosis, iface, &packet->link);

    if (memcmp(&packet->src, &diagnosis->unheard.host, sizeof packet->src) == 0)
        diagnosis->unheard.requests = 0;
    if (!is_ours(iface, &packet->src))
        return NULL;
    if (!is_in)
        return see_reply_out(diagnosis, packet, now_ms);
    return find(diagnosis, FINDING_HOST_ANSWERS, (struct finding_facts){.host = &packet->src, .mac = packet->link.src},
                now_ms);
}

/* Whether the user's expression, -4 or -6 may be what keeps a request out.  Without MAC addresses a request may as well be
 * one of this host to another. */
static bool
may_be_kept_out(const struct diagnosis *diagnosis, const struct iface *iface, const struct packet *packet)
{
    const struct policy *policy = diagnosis->setting.policy;
    bool is_wanted = packet->version == 4 ? policy->ipv4 : policy->ipv6;

    if (!iface->has_mac)
        return false;
    return is_wanted ? diagnosis->setting.expression != NULL && is_ours(iface, &packet->dst) : !packet->link.group;
}

/* With -e, frames to another MAC address get no verdict: the kernel leaves them out.  A prefix may well hold hosts with
 * addresses of their own, which promiscuous mode shows; a single address is meant for us. */
static const char *
see_request_to_other(struct diagnosis *diagnosis, const struct iface *iface, const struct packet *packet, uint64_t now_ms)
{
    struct finding_facts facts = {.client = &packet->src, .host = &packet->dst, .mac = packet->link.dst};

    if (!is_ours(iface, &packet->dst) || !addresses_lookup(&iface->addresses, &packet->dst).is_host)
        return NULL;
    return find(diagnosis, FINDING_OTHER_MAC, facts, now_ms);
}

static void
see_request(struct diagnosis *diagnosis, const struct iface *iface, const struct packet *packet, uint64_t heard,
            uint64_t now_ms)
{
    if (is_ours(iface, &packet->dst))
        count_up(&find_sighting(diagnosis, &packet->src, &packet->dst, &packet->icmp)->requests);
    if (!may_be_kept_out(diagnosis, iface, packet))
        return;
    if (diagnosis->unheard.requests == 0 || diagnosis->unheard.heard != heard) {
        diagnosis->unheard.requests = 0;
        diagnosis->unheard.since_ms = now_ms;
        diagnosis->unheard.heard = heard;
    }
    diagnosis->unheard.requests++;
    diagnosis->unheard.client = packet->src;
    diagnosis->unheard.host = packet->dst;
}

void
diagnosis_look(struct diagnosis *diagnosis, enum platform_echo echo4, enum platform_echo echo6)
{
    diagnosis->setting.echo4 = echo4;
    diagnosis->setting.echo6 = echo6;
    memset(diagnosis->sightings, 0, sizeof diagnosis->sightings);
}

const char *
diagnosis_see(struct diagnosis *diagnosis, const struct frame *frame, uint64_t heard, uint64_t now_ms)
{
    struct packet packet;

    packet_read(frame->iface->link, (struct bytes){frame->data, frame->caplen}, &packet);
    if (!packet.icmp_is_whole)
        return NULL;
    if (packet.icmp.type == (packet.version == 4 ? ICMP_ECHO_REPLY : ICMPV6_ECHO_REPLY))
        return see_reply(diagnosis, frame->iface, &packet, now_ms);
    if (packet.kind != REQUEST_ECHO ||
        (is_from_here(diagnosis, frame->iface, &packet.link) && !frame->iface->is_loopback))
        return NULL;
    if (!is_to_us(frame->iface, &packet.link))
        return see_request_to_other(diagnosis, frame->iface, &packet, now_ms);
    see_request(diagnosis, frame->iface, &packet, heard, now_ms);
    return NULL;
}

const char *
diagnosis_wait(struct diagnosis *diagnosis, uint64_t heard, uint64_t now_ms)
{
    const struct policy *policy = diagnosis->setting.policy;
    struct finding_facts facts = {.client = &diagnosis->unheard.client, .host = &diagnosis->unheard.host};
    bool is_wanted = facts.host->version == 4 ? policy->ipv4 : policy->ipv6;

    if (diagnosis->unheard.requests > 0 && diagnosis->unheard.heard != heard)
        diagnosis->unheard.requests = 0;
    if (diagnosis->unheard.requests < UNHEARD_LEAST || now_ms - diagnosis->unheard.since_ms < UNHEARD_MS)
        return suspect_kernel(diagnosis, now_ms);
    diagnosis->unheard.requests = 0;
    return find(diagnosis, is_wanted ? FINDING_EXPRESSION : FINDING_VERSION, facts, now_ms);
}
