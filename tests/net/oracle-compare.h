/* What the kernel and pongd answered, made comparable. */
#ifndef PONGD_TESTS_NET_ORACLE_COMPARE_H
#define PONGD_TESTS_NET_ORACLE_COMPARE_H

#include "oracle-wire.h"

/* In what ways two answers differ: a set. */
enum difference {
    KERNEL_REPLY = 1, /* of the kernel's replies there are more */
    KERNEL_ERROR = 2, /* of its ICMP errors */
    PONGD_REPLY = 4,
    PONGD_ERROR = 8,
    CONTENTS = 16,    /* both replied, or sent an error, and not the same */
    ORDER = 32,
    KERNEL_ONLY = KERNEL_REPLY | KERNEL_ERROR,
    PONGD_ONLY = PONGD_REPLY | PONGD_ERROR,
    ANY_DIFFERENCE = KERNEL_ONLY | PONGD_ONLY | CONTENTS | ORDER
};

/* Hides what hosts choose for themselves; `now_ms` is the time since midnight UT at which the answers came. */
void compare_normalise(struct frames *kernel, struct frames *pongd, long now_ms);

/* The set of differences between normalised answers, 0 for none. */
unsigned compare_answers(const struct frames *kernel, const struct frames *pongd);

bool compare_equal(const struct frames *a, size_t i, const struct frames *b, size_t j);

#endif
