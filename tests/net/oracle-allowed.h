/* In what pongd is allowed to differ from the kernel. */
#ifndef PONGD_TESTS_NET_ORACLE_ALLOWED_H
#define PONGD_TESTS_NET_ORACLE_ALLOWED_H

#include "oracle-compare.h"

/* A rule that pongd follows and the kernel does not, or that leaves a choice. */
struct allowed {
    const char *rule;
    const char *words;
    unsigned ways; /* set of enum difference */
    bool (*applies)(const struct view *view);
};

/* The row of a rule's name, NULL if there is none. */
const struct allowed *allowed_find(const char *rule);

/* The row that allows this difference for these requests, NULL if there is none. */
const struct allowed *allowed_for(const struct frames *requests, enum difference difference);

#endif
