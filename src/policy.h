/* What the user wants answered: -a, -x, -4 and -6, and from them the table of an interface. */
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
    bool timestamp; /* ICMP timestamp requests are asked for too */
    bool probe;     /* and extended echo requests */
    struct policy_prefix *prefixes;
    size_t count;
};

/* Adds a prefix of -a or -x.  0, or -1 when there is no memory. */
int policy_add(struct policy *policy, const struct policy_prefix *prefix);
void policy_free(struct policy *policy);

/* Fills a table from the policy.  Without any -a it answers for the addresses of `interface`, or, if that is NULL, for every
 * unicast address.  Networks of the interface are known by their broadcast addresses.  An earlier table's memory is used
 * again.  0, or -1 when there is no memory. */
int policy_fill(const struct policy *policy, const struct platform_interface *interface, struct addresses *table);

#endif
