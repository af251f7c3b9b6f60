/* What the user wants answered: -a, -x, -f, -4 and -6, and from them the table of an interface. */
#ifndef PONGD_POLICY_H
#define PONGD_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/platform.h"
#include "responder/addresses.h"

struct policy {
    bool ipv4;
    bool ipv6;
    bool errors;    /* requests are looked at that only an error is due for */
    bool path;      /* UDP is looked at too, which rules about the path are asked for */
    bool neighbors; /* ARP and neighbour discovery are answered, where the link layer has them */
    bool timestamp; /* ICMP timestamp requests are asked for too */
    bool probe;     /* and extended echo requests */
    const uint8_t *mac; /* LINK_MAC_LEN bytes: frames to it and to groups are answered, from it; NULL: the interface's own, or in
                         * a file any */
    bool yields;    /* other hosts' echo replies are looked at too */
    struct addresses_prefix *prefixes; /* until policy_settle() */
    size_t count;
    size_t room; /* that prefixes has for more */
    struct addresses_table table; /* of them; its memory is NULL when there are none */
};

/* Adds a prefix of -a, -x or -f with its role, ADDRESSES_ANSWER or ADDRESSES_EXCEPT.  0, or -1 when there is no memory. */
int policy_add(struct policy *policy, const struct addresses_prefix *prefix);

/* Puts what holds for all interfaces before the prefixes that one has of its own, while neither is settled.  0, or -1 when
 * there is no memory. */
int policy_inherit(struct policy *policy, const struct policy *common);

/* Makes a table of all that was added, and lets go of the prefixes.  0, or -1 when there is no memory. */
int policy_settle(struct policy *policy);
void policy_free(struct policy *policy);

/* Whether there is any -a or the like, settled or not: without one, only the kernel's own addresses are answered for. */
bool policy_has_answers(const struct policy *policy);

/* Whether a settled policy has neighbour solicitations answered for an IPv6 address that `interface` does not have: they
 * come by multicast, to groups that the kernel is not in. */
bool policy_needs_groups(const struct policy *policy, const struct platform_interface *interface);

/* Says what to answer for, from a settled policy, which is referred to.  Without any -a these are the addresses of
 * `interface`, or, if that is NULL, all unicast addresses.  Networks of the interface are known by their broadcast
 * addresses.  What was filled in before is given back.  0, or -1 when there is no memory, with all as it was. */
int policy_fill(const struct policy *policy, const struct platform_interface *interface, struct addresses *addresses);
void policy_release(struct addresses *addresses);

#endif
