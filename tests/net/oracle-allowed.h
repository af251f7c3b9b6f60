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

enum { ALLOWED_MAX = 64 };

extern const struct allowed allowed[];
extern const size_t allowed_count;

#endif
