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
    struct addresses_prefix *grown;

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
policy_add(struct policy *policy, const struct addresses_prefix *prefix)
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

/* Makes a table of prefixes, which are used up, and frees that which was there.  0, or -1 when there is no memory. */
static int
build(struct addresses_table *table, struct addresses_prefix *prefixes, size_t count)
{
    void *memory = malloc(addresses_size(prefixes, count)), *old = table->memory;

    if (memory == NULL || !addresses_build(table, prefixes, count, memory)) {
        free(memory);
        return -1;
    }
    free(old);
    return 0;
}

int
policy_settle(struct policy *policy)
{
    if (policy->count > 0 && build(&policy->table, policy->prefixes, policy->count) != 0)
        return -1;
    free(policy->prefixes);
    policy->prefixes = NULL;
    policy->count = policy->room = 0;
    return 0;
}

void
policy_free(struct policy *policy)
{
    free(policy->prefixes);
    free(policy->table.memory);
    *policy = (struct policy){.prefixes = NULL};
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
        if ((policy->prefixes[i].roles & ADDRESSES_ANSWER) != 0)
            return true;
    return policy->table.ipv4.answers || policy->table.ipv6.answers;
}

static bool
has_address(const struct platform_interface *interface, struct key key)
{
    for (size_t i = 0; i < interface->address_count; i++) {
        struct key own = address_key(&interface->addresses[i].address);

        if (interface->addresses[i].address.version == 6 && own.high == key.high && own.low == key.low)
            return true;
    }
    return false;
}

bool
policy_needs_groups(const struct policy *policy, const struct platform_interface *interface)
{
    const struct ranges *ranges = &policy->table.ipv6.ranges;

    for (size_t i = 0; policy->neighbors && i < ranges->count; i++) {
        struct ranges_value value = ranges_value(ranges, i);

        if ((value.roles & ADDRESSES_ANSWER) != 0 && (value.len < 128 || !has_address(interface, ranges_end(ranges, i))))
            return true;
    }
    return false;
}

static size_t
list_everything(const struct policy *policy, struct addresses_prefix *prefixes)
{
    size_t count = 0;

    if (policy->ipv4)
        prefixes[count++] = (struct addresses_prefix){.address.version = 4, .roles = ADDRESSES_ANSWER};
    if (policy->ipv6)
        prefixes[count++] = (struct addresses_prefix){.address.version = 6, .roles = ADDRESSES_ANSWER};
    return count;
}

/* An interface's own addresses.  None of them is an -a, so that even a shorter -x takes it away. */
static size_t
list_own(const struct policy *policy, const struct platform_interface *interface, bool answers,
         struct addresses_prefix *prefixes)
{
    const struct addresses_table *given = policy->table.memory == NULL ? NULL : &policy->table;
    size_t count = 0;

    for (size_t i = 0; i < interface->address_count; i++) {
        const struct platform_address *own = &interface->addresses[i];
        uint8_t bits = (uint8_t)address_bits(own->address.version), roles = ADDRESSES_OWN;

        if (!wants(policy, &own->address))
            continue;
        if (answers && (given == NULL || !addresses_is_excepted(given, &own->address)))
            roles |= ADDRESSES_ANSWER;
        prefixes[count++] = (struct addresses_prefix){own->address, (uint8_t)own->prefix_len, ADDRESSES_ONLINK, 0};
        prefixes[count++] = (struct addresses_prefix){own->address, bits, roles, 0};
    }
    return count;
}

int
policy_fill(const struct policy *policy, const struct platform_interface *interface, struct addresses *addresses)
{
    size_t count = interface == NULL ? 1 : interface->address_count;
    struct addresses_prefix *prefixes = calloc(count > 0 ? count : 1, 2 * sizeof *prefixes);
    bool by_default = !policy_has_answers(policy);
    int rc;

    if (prefixes == NULL)
        return -1;
    if (interface != NULL)
        count = list_own(policy, interface, by_default, prefixes);
    else
        count = by_default ? list_everything(policy, prefixes) : 0;
    rc = build(&addresses->own, prefixes, count);
    free(prefixes);
    addresses->given = policy->table.memory == NULL ? NULL : &policy->table;
    return rc;
}

void
policy_release(struct addresses *addresses)
{
    free(addresses->own.memory);
    *addresses = (struct addresses){.given = NULL};
}
