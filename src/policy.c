/* The user's wishes, made into a table of addresses. */
#include "policy.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_LEAST = 16 };

/* Makes room for `more` prefixes, by half as much again at least, so that a million cost little more than one each. */
static int
make_room(struct policy *policy, size_t more)
{
    size_t room = policy->room + policy->room / 2 + ROOM_LEAST;
    struct policy_prefix *grown;

    if (policy->room - policy->count >= more)
        return 0;
    if (room < policy->count + more)
        room = policy->count + more;
    grown = room > SIZE_MAX / sizeof *grown ? NULL : realloc(policy->prefixes, room * sizeof *grown);
    if (grown == NULL)
        return -1;
    policy->prefixes = grown;
    policy->room = room;
    return 0;
}

int
policy_add(struct policy *policy, const struct policy_prefix *prefix)
{
    if (make_room(policy, 1) != 0)
        return -1;
    policy->prefixes[policy->count++] = *prefix;
    return 0;
}

int
policy_inherit(struct policy *policy, const struct policy *common)
{
    struct policy inherited = *common;

    if (make_room(policy, common->count) != 0)
        return -1;
    inherited.prefixes = policy->prefixes;
    inherited.room = policy->room;
    inherited.count += policy->count;
    if (policy->count > 0)
        memmove(inherited.prefixes + common->count, policy->prefixes, policy->count * sizeof *policy->prefixes);
    if (common->count > 0)
        memcpy(inherited.prefixes, common->prefixes, common->count * sizeof *common->prefixes);
    *policy = inherited;
    return 0;
}

void
policy_free(struct policy *policy)
{
    free(policy->prefixes);
    policy->prefixes = NULL;
    policy->count = policy->room = 0;
}

static bool
wants(const struct policy *policy, const struct address *address)
{
    return address->version == 4 ? policy->ipv4 : policy->ipv6;
}

bool
policy_has_answers(const struct policy *policy)
{
    for (size_t i = 0; i < policy->count; i++)
        if (policy->prefixes[i].role == ADDRESSES_ANSWER)
            return true;
    return false;
}

static bool
has_address(const struct platform_interface *interface, const struct policy_prefix *prefix)
{
    for (size_t i = 0; prefix->len == address_bits(prefix->address.version) && i < interface->address_count; i++)
        if (memcmp(&interface->addresses[i].address, &prefix->address, sizeof prefix->address) == 0)
            return true;
    return false;
}

bool
policy_needs_groups(const struct policy *policy, const struct platform_interface *interface)
{
    for (size_t i = 0; policy->neighbors && i < policy->count; i++) {
        const struct policy_prefix *prefix = &policy->prefixes[i];

        if (prefix->role == ADDRESSES_ANSWER && prefix->address.version == 6 && !has_address(interface, prefix))
            return true;
    }
    return false;
}

static void
add_prefixes(const struct policy *policy, struct addresses *table)
{
    for (size_t i = 0; i < policy->count; i++)
        if (wants(policy, &policy->prefixes[i].address))
            (void)addresses_add(table, &policy->prefixes[i].address, policy->prefixes[i].len, policy->prefixes[i].role);
}

static void
add_everything(const struct policy *policy, struct addresses *table)
{
    static const struct address any4 = {.version = 4}, any6 = {.version = 6};

    if (policy->ipv4)
        (void)addresses_add(table, &any4, 0, ADDRESSES_ANSWER);
    if (policy->ipv6)
        (void)addresses_add(table, &any6, 0, ADDRESSES_ANSWER);
}

/* Whether an exception holds an address.  An interface's own address is no -a, so even a shorter -x takes it away. */
static bool
is_excepted(const struct policy *policy, const struct address *address)
{
    struct addresses_node nodes[4];
    struct addresses one;

    for (size_t i = 0; i < policy->count; i++) {
        addresses_init(&one, nodes, sizeof nodes / sizeof nodes[0]);
        (void)addresses_add(&one, &policy->prefixes[i].address, policy->prefixes[i].len, ADDRESSES_ANSWER);
        if (policy->prefixes[i].role == ADDRESSES_EXCEPT && addresses_lookup(&one, address).match != ADDRESSES_NONE)
            return true;
    }
    return false;
}

static void
add_own(const struct policy *policy, const struct platform_interface *interface, bool answers, struct addresses *table)
{
    for (size_t i = 0; i < interface->address_count; i++) {
        const struct platform_address *own = &interface->addresses[i];

        if (!wants(policy, &own->address))
            continue;
        (void)addresses_add(table, &own->address, own->prefix_len, ADDRESSES_ONLINK);
        (void)addresses_add(table, &own->address, address_bits(own->address.version), ADDRESSES_OWN);
        if (answers && !is_excepted(policy, &own->address))
            (void)addresses_add(table, &own->address, address_bits(own->address.version), ADDRESSES_ANSWER);
    }
}

int
policy_fill(const struct policy *policy, const struct platform_interface *interface, struct addresses *table)
{
    size_t own = interface == NULL ? 1 : interface->address_count;
    size_t room = addresses_room(policy->count + 2 * own);
    struct addresses_node *nodes = realloc(table->nodes, room * sizeof *nodes);
    bool by_default = !policy_has_answers(policy);

    if (nodes == NULL)
        return -1;
    addresses_init(table, nodes, room);
    if (interface != NULL)
        add_own(policy, interface, by_default, table);
    else if (by_default)
        add_everything(policy, table);
    add_prefixes(policy, table);
    return 0;
}
