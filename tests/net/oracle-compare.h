/* What the kernel and pongd answered, made comparable. */
#ifndef PONGD_TESTS_NET_ORACLE_COMPARE_H
#define PONGD_TESTS_NET_ORACLE_COMPARE_H

#include "oracle-wire.h"

/* In what way two answers differ; also a set of such ways. */
enum difference {
    DIFFERENCE_NONE = 0,
    KERNEL_ONLY = 1, /* the kernel answered, or answered more, and pongd was silent */
    PONGD_ONLY = 2,
    CONTENTS = 4,    /* both answered alike often, not the same */
    ANY_DIFFERENCE = KERNEL_ONLY | PONGD_ONLY | CONTENTS
};

/* Compares the answers in place; `now_ms` is the time since midnight UT at which they came. */
enum difference compare_answers(struct frames *kernel, struct frames *pongd, long now_ms);

#endif
