/* What the user wants answered: -a, -x, -f, -4 and -6, and from them the table of an interface. */
#ifndef PONGD_POLICY_H
#define PONGD_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/platform.h"
#include "responder/addresses.h"

struct policy_prefix {
    struct address address;
    unsigned len;
    enum addresses_role role; /* ADDRESSES_ANSWER or ADDRESSES_EXCEPT */
};

struct policy {
    bool ipv4;
    bool ipv6;
    bool errors;    /* requests are looked at that only an error is due for */
    bool neighbors; /* ARP and neighbour discovery are answered, where the link layer has them */
    bool timestamp; /* ICMP timestamp requests are asked for too */
    bool probe;     /* and extended echo requests */
    const uint8_t *mac; /* LINK_MAC_LEN bytes: frames to it and to groups are answered, from it; NULL: the interface's own, or in
                         * a file any */
    bool yields;    /* other hosts' echo replies are looked at too */
    struct policy_prefix *prefixes;
    size_t count;
    size_t room; /* that prefixes has for more */
};

/* Adds a prefix of -a, -x or -f.  0, or -1 when there is no memory. */
int policy_add(struct policy *policy, const struct policy_prefix *prefix);

/* Puts what holds for all interfaces before the prefixes that one has of its own.  0, or -1 when there is no memory. */
int policy_inherit(struct policy *policy, const struct policy *common);
void policy_free(struct policy *policy);

/* Whether there is any -a: without one, only the kernel's own addresses are answered for. */
bool policy_has_answers(const struct policy *policy);

/* Whether neighbour solicitations are to be answered for an IPv6 address that `interface` does not have: they come by
 * multicast, to groups that the kernel is not in. */
bool policy_needs_groups(const struct policy *policy, const struct platform_interface *interface);

/* Fills a table from the policy.  Without any -a it answers for the addresses of `interface`, or, if that is NULL, for every
 * unicast address.  Networks of the interface are known by their broadcast addresses.  An earlier table's memory is used
 * again.  0, or -1 when there is no memory. */
int policy_fill(const struct policy *policy, const struct platform_interface *interface, struct addresses *table);

#endif
