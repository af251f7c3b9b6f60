/* In what pongd is allowed to differ from the kernel. */
#ifndef PONGD_TESTS_NET_ORACLE_ALLOWED_H
#define PONGD_TESTS_NET_ORACLE_ALLOWED_H

#include "oracle-compare.h"
#include "oracle-level.h"

/* A rule that pongd follows and the kernel does not, or that leaves a choice. */
struct allowed {
    const char *rule;
    const char *words;
    unsigned ways; /* set of enum difference, 0 for a rule that level() makes both keep */
    bool (*applies)(const struct view *request);
    level *level;
};

/* The row of a rule's name, NULL if there is none. */
const struct allowed *allowed_find(const char *rule);

/* Whether rules allow normalised answers to differ as they do; of those without level(), only one unless `only` is NULL.
 * Counts the rules that are met; `met` is the last of them. */
bool allowed_covers(const struct frames *requests, const struct frames *kernel, const struct frames *pongd,
                    const struct allowed *only, const struct allowed **met);

/* Prints the rules that were met, and how often. */
void allowed_report(void);

#endif
