/* pongd as a library: what a responder is told of how to answer, and for whom. */
#include "config.h"

#include "pong_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "prefix_line.h"

/* --- settings */

static void
set_ttl(struct pong *pong, uint64_t value)
{
    pong->responder.ttl = (uint8_t)value;
}

static void
set_mtu(struct pong *pong, uint64_t value)
{
    pong->mtu = (size_t)value;
    for (int i = 0; i < pong->port_count; i++)
        pong->ports[i].iface.mtu = pong->mtu;
}

static void
limit_rate(struct pong *pong)
{
    ratelimit_init(&pong->responder.rate, pong->rate, pong->burst > 0 ? pong->burst : pong->rate);
}

static void
set_rate(struct pong *pong, uint64_t value)
{
    pong->rate = value;
    limit_rate(pong);
}

static void
set_burst(struct pong *pong, uint64_t value)
{
    pong->burst = value;
    limit_rate(pong);
}

static void
set_source_rate(struct pong *pong, uint64_t value)
{
    sources_init(&pong->responder.sources, value);
}

static void
set_bad_checksum(struct pong *pong, uint64_t value)
{
    pong->responder.bad_checksum = (enum bad_checksum)value;
}

static void
set_broadcast(struct pong *pong, uint64_t value)
{
    pong->responder.answers_broadcast = value != 0;
}

static void
set_timestamp(struct pong *pong, uint64_t value)
{
    pong->responder.answers_timestamp = value != 0;
}

static void
set_probe(struct pong *pong, uint64_t value)
{
    pong->responder.answers_probe = value != 0;
}

static void
set_errors(struct pong *pong, uint64_t value)
{
    pong->responder.sends_errors = value != 0;
}

static void
set_neighbors(struct pong *pong, uint64_t value)
{
    pong->answers_neighbors = value != 0;
    for (int i = 0; i < pong->port_count; i++)
        pong->ports[i].iface.answers_neighbors = pong->answers_neighbors && pong->ports[i].iface.has_mac;
}

_Static_assert((int)PONG_BAD_CHECKSUM_DROP == BAD_CHECKSUM_DROP && (int)PONG_BAD_CHECKSUM_ANSWER == BAD_CHECKSUM_ANSWER &&
                   (int)PONG_BAD_CHECKSUM_PRESERVE == BAD_CHECKSUM_PRESERVE, "both have the same numbers");

static const struct {
    const char *name;
    uint64_t least, most;
    void (*set)(struct pong *pong, uint64_t value);
} settings[] = {
    [PONG_TTL] = {"PONG_TTL", 1, 255, set_ttl},
    [PONG_MTU] = {"PONG_MTU", RESPONDER_MTU_MIN, RESPONDER_MESSAGE_MAX, set_mtu},
    [PONG_RATE] = {"PONG_RATE", 0, RATELIMIT_MAX, set_rate},
    [PONG_BURST] = {"PONG_BURST", 0, RATELIMIT_MAX, set_burst},
    [PONG_SOURCE_RATE] = {"PONG_SOURCE_RATE", 0, RATELIMIT_MAX, set_source_rate},
    [PONG_BAD_CHECKSUM] = {"PONG_BAD_CHECKSUM", 0, BAD_CHECKSUM_PRESERVE, set_bad_checksum},
    [PONG_BROADCAST] = {"PONG_BROADCAST", 0, 1, set_broadcast},
    [PONG_TIMESTAMP] = {"PONG_TIMESTAMP", 0, 1, set_timestamp},
    [PONG_PROBE] = {"PONG_PROBE", 0, 1, set_probe},
    [PONG_ERRORS] = {"PONG_ERRORS", 0, 1, set_errors},
    [PONG_NEIGHBORS] = {"PONG_NEIGHBORS", 0, 1, set_neighbors},
};

int
pong_set(struct pong *pong, enum pong_setting setting, uint64_t value)
{
    size_t i = (size_t)setting;

    if (pong == NULL)
        return -1;
    if (i >= sizeof settings / sizeof settings[0])
        return pong_state_fail(pong, "there is no setting %zu: this is version %s of the library", i, PONG_VERSION);
    if (value < settings[i].least || value > settings[i].most)
        return pong_state_fail(pong, "%s: %" PRIu64 " is not a number from %" PRIu64 " to %" PRIu64, settings[i].name, value,
                               settings[i].least, settings[i].most);
    pong->errbuf[0] = '\0';
    settings[i].set(pong, value);
    return 0;
}

/* --- interfaces */

static bool
find_link(const char *name, enum link_type *link)
{
    for (int i = 0; name != NULL && i < LINK_TYPES; i++)
        if (strcmp(link_name((enum link_type)i), name) == 0) {
            *link = (enum link_type)i;
            return true;
        }
    return false;
}

/* What a port is before anything is said of its addresses. */
static int
prepare(struct pong *pong, struct pong_port *port, const char *link, const char *mac)
{
    struct iface *iface = &port->iface;

    *port = (struct pong_port){.policy = {.ipv4 = true, .ipv6 = true}};
    if (!find_link(link, &iface->link))
        return pong_state_fail(pong, "\"%.100s\" is no link type that is answered: say EN10MB, RAW or another of those in pongd(8)",
                               link != NULL ? link : "");
    if (mac != NULL && iface->link != LINK_EN10MB)
        return pong_state_fail(pong, "link type %s has no MAC address: give NULL for it", link);
    if (mac != NULL && parse_mac(mac, iface->mac, pong->errbuf) != 0)
        return -1;
    iface->has_mac = mac != NULL;
    iface->answers_neighbors = iface->has_mac && pong->answers_neighbors;
    iface->is_loopback = iface->link == LINK_NULL || iface->link == LINK_LOOP;
    iface->is_up = true;
    iface->mtu = pong->mtu;
    iface->number = (uint32_t)pong->port_count;
    return 0;
}

/* Makes the table of an interface's addresses anew, by what is said of them. */
static int
fill(struct pong *pong, struct pong_port *port, const struct policy *policy, const struct platform_interface *system)
{
    struct addresses next = {.given = NULL};

    if (policy_fill(policy, system->address_count > 0 ? system : NULL, &next) != 0)
        return pong_state_fail(pong, "out of memory");
    policy_release(&port->iface.addresses);
    port->iface.addresses = next;
    port->iface.addresses.given = policy->table.memory != NULL ? &port->policy.table : NULL;
    return 0;
}

int
pong_add_interface(struct pong *pong, const char *link, const char *mac)
{
    struct pong_port *port;

    if (pong == NULL)
        return -1;
    if (pong->port_count == RESPONDER_IFACES)
        return pong_state_fail(pong, "there are %d interfaces already, and no more can be", RESPONDER_IFACES);
    pong->errbuf[0] = '\0';
    port = &pong->ports[pong->port_count];
    if (prepare(pong, port, link, mac) != 0 || fill(pong, port, &port->policy, &port->system) != 0)
        return -1;
    responder_add_iface(&pong->responder, &port->iface);
    return pong->port_count++;
}

/* --- lists of addresses */

typedef int take_item(void *to, char *item, char errbuf[static PORT_ERRBUF]);

static bool
is_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (((unsigned char)*text < ' ' && strchr("\t\r\n", *text) == NULL) || *text == 0x7f)
            return false;
    return true;
}

/* Takes the items of a line, which have commas between them. */
static int
take_line(char *line, take_item *take, void *to, char errbuf[static PORT_ERRBUF])
{
    char *next;

    line[strcspn(line, "#")] = '\0';
    for (; line != NULL; line = next) {
        next = strchr(line, ',');
        if (next != NULL)
            *next++ = '\0';
        if (take(to, line, errbuf) != 0)
            return -1;
    }
    return 0;
}

static int
take_lines(struct pong *pong, char *text, take_item *take, void *to)
{
    char why[PORT_ERRBUF], *end;
    bool is_long = strchr(text, '\n') != NULL;

    for (unsigned long number = 1; text != NULL; number++, text = end) {
        end = strchr(text, '\n');
        if (end != NULL)
            *end++ = '\0';
        if (take_line(text, take, to, why) == 0)
            continue;
        return is_long ? pong_state_fail(pong, "line %lu: %.400s", number, why) : pong_state_fail(pong, "%s", why);
    }
    return 0;
}

static int
take_list(struct pong *pong, const char *list, take_item *take, void *to)
{
    size_t size = list != NULL ? strlen(list) + 1 : 1;
    char *copy;
    int rc;

    pong->errbuf[0] = '\0';
    if (list == NULL)
        return 0;
    if (!is_text(list))
        return pong_state_fail(pong, "a byte that is no text: give addresses with commas between them, or in lines");
    copy = malloc(size);
    if (copy == NULL)
        return pong_state_fail(pong, "out of memory");
    memcpy(copy, list, size);
    rc = take_lines(pong, copy, take, to);
    free(copy);
    return rc;
}

static int
take_prefix(void *to, char *item, char errbuf[static PORT_ERRBUF])
{
    return prefix_line_take(item, to, errbuf);
}

static int
take_own(void *to, char *item, char errbuf[static PORT_ERRBUF])
{
    struct platform_address own;

    item = prefix_line_trim(item);
    if (*item == '\0')
        return 0;
    if (parse_prefix(item, &own.address, &own.prefix_len, errbuf) != 0)
        return -1;
    if (platform_interface_add(to, &own) == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "out of memory");
    return -1;
}

static int
settle(struct pong *pong, struct policy *policy)
{
    if (policy_settle(policy) == 0)
        return 0;
    return pong_state_fail(pong, "there is no memory for so many addresses, or more than %d", ADDRESSES_MOST);
}

int
pong_set_addresses(struct pong *pong, int iface, const char *list)
{
    struct policy policy = {.ipv4 = true, .ipv6 = true};
    struct pong_port *port = pong != NULL ? pong_state_port(pong, iface) : NULL;

    if (port == NULL)
        return -1;
    if (take_list(pong, list, take_prefix, &policy) != 0 || settle(pong, &policy) != 0 ||
        fill(pong, port, &policy, &port->system) != 0) {
        policy_free(&policy);
        return -1;
    }
    policy_free(&port->policy);
    port->policy = policy;
    return 0;
}

int
pong_set_own(struct pong *pong, int iface, const char *list)
{
    struct platform_interface system = {.addresses = NULL};
    struct pong_port *port = pong != NULL ? pong_state_port(pong, iface) : NULL;

    if (port == NULL)
        return -1;
    if (take_list(pong, list, take_own, &system) != 0 || fill(pong, port, &port->policy, &system) != 0) {
        platform_interface_free(&system);
        return -1;
    }
    platform_interface_free(&port->system);
    port->system = system;
    port->iface.has_link_local = platform_link_local(&system, port->iface.link_local);
    return 0;
}

/* --- VLANs and rules */

int
pong_set_vlans(struct pong *pong, const char *list)
{
    uint8_t vlans[RESPONDER_VLANS / 8];

    if (pong == NULL)
        return -1;
    pong->errbuf[0] = '\0';
    if (parse_vlans(list != NULL ? list : "", vlans, pong->errbuf) != 0)
        return -1;
    memcpy(pong->responder.vlans, vlans, sizeof vlans);
    return 0;
}

int
pong_set_rules(struct pong *pong, const char *rules)
{
    if (pong == NULL)
        return -1;
    pong->errbuf[0] = '\0';
    return rulebook_replace(&pong->book, rules != NULL ? rules : "", pong->errbuf);
}
