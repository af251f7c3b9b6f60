/* The hosts that we stand in for, by the policies. */
#include "config.h"

#include "presence.h"

#include <sys/types.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"

enum { GATEWAYS_MAX = 64 };

/* Whether neighbors are told of a single address by us, not by the kernel. */
static bool
is_ours(const struct address *address, const struct iface *iface)
{
    struct addresses_lookup found = addresses_lookup(&iface->addresses, address);

    return iface->answers_neighbors && found.match == ADDRESSES_OURS && !found.is_own;
}

static int
by_place(const void *a, const void *b)
{
    return claims_compare(a, b);
}

/* Sorts the claims, and leaves out those that are there twice. */
static size_t
sort_claims(struct claim *claims, size_t count)
{
    size_t kept = 0;

    if (count > 0)
        qsort(claims, count, sizeof *claims, by_place);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || claims_compare(&claims[kept - 1], &claims[i]) != 0)
            claims[kept++] = claims[i];
    return kept;
}

static size_t
gather_claims(const struct policy *policy, const struct iface *iface, struct claim *claims)
{
    size_t count = 0, at = 0;
    struct address address;

    while (addresses_next_host(&policy->table, &at, &address))
        if (is_ours(&address, iface))
            claims[count++] = (struct claim){.address = address, .iface = iface->number};
    return count;
}

static int
by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 3);
}

/* The groups of an interface, each once; beyond GROUPS_MAX it is promiscuous mode that has to do. */
static size_t
gather_tails(const struct policy *policy, const struct iface *iface, uint8_t (*tails)[3])
{
    size_t count = 0, kept = 0, at = 0;
    struct address address;

    while (count < GROUPS_MAX && addresses_next_host(&policy->table, &at, &address))
        if (address.version == 6 && is_ours(&address, iface))
            memcpy(tails[count++], address.bytes + 13, 3);
    if (count > 0)
        qsort(tails, count, sizeof *tails, by_bytes);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || memcmp(tails[kept - 1], tails[i], 3) != 0)
            memcpy(tails[kept++], tails[i], 3);
    return kept;
}

/* A host that took its own gateway's address over would cut itself off. */
static int
check_gateways(const struct iface *iface, char errbuf[static PORT_ERRBUF])
{
    struct address gateways[GATEWAYS_MAX];
    size_t count = iface->answers_neighbors ? platform_gateways(iface->name, gateways, GATEWAYS_MAX) : 0;
    char text[ADDRESS_TEXT];

    for (size_t i = 0; i < count; i++) {
        struct addresses_lookup found = addresses_lookup(&iface->addresses, &gateways[i]);

        if (found.match != ADDRESSES_OURS || found.is_own)
            continue;
        (void)address_text(text, gateways[i].version, gateways[i].bytes);
        snprintf(errbuf, PORT_ERRBUF, "%s: %s is this host's own gateway there, which -a would put out of reach: leave it out "
                 "with -x %s", iface->name, text, text);
        return -1;
    }
    return 0;
}

static int
check_claims(const struct iface *iface, char errbuf[static PORT_ERRBUF])
{
    if (iface->has_mac && !iface->is_loopback)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "--claim: %s is no Ethernet, where nobody can be asked whose an address is", iface->name);
    return -1;
}

static size_t
most_claims(const struct options *options, const struct loop *loop)
{
    size_t most = 0;
    struct address address;

    for (unsigned i = 0; options->claims && i < loop->port_count; i++)
        for (size_t at = 0; addresses_next_host(&options_policy(options, i)->table, &at, &address);)
            most++;
    return most;
}

int
presence_set_up(struct presence *presence, const struct options *options, struct loop *loop,
                char errbuf[static PORT_ERRBUF])
{
    struct responder *responder = loop->responder;
    size_t count = 0, room = most_claims(options, loop);

    if (options->read_path != NULL) /* a capture cannot be spoken to */
        return 0;
    responder->claims.yields = options->yields;
    presence->claims = room > 0 ? calloc(room, sizeof *presence->claims) : NULL;
    presence->tails = calloc(loop->port_count * GROUPS_MAX, sizeof *presence->tails);
    if ((room > 0 && presence->claims == NULL) || presence->tails == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    for (unsigned i = 0; i < loop->port_count; i++) {
        const struct policy *policy = options_policy(options, i);
        const struct iface *iface = &loop->ports[i]->iface;
        uint8_t (*tails)[3] = presence->tails + (size_t)i * GROUPS_MAX;

        if (check_gateways(iface, errbuf) != 0 || (options->claims && check_claims(iface, errbuf) != 0))
            return -1;
        if (room > 0)
            count += gather_claims(policy, iface, presence->claims + count);
        groups_add(responder, iface, (const uint8_t(*)[3])tails, gather_tails(policy, iface, tails));
    }
    claims_set(&responder->claims, presence->claims, sort_claims(presence->claims, count));
    return 0;
}

void
presence_free(struct presence *presence)
{
    free(presence->claims);
    free(presence->tails);
    *presence = (struct presence){NULL, NULL};
}
