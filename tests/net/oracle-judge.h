/* Whether rules explain how pongd's answer differs from the kernel's. */
#ifndef PONGD_TESTS_NET_ORACLE_JUDGE_H
#define PONGD_TESTS_NET_ORACLE_JUDGE_H

#include "oracle-allowed.h"

/* The row of a rule's name, NULL if there is none. */
const struct allowed *judge_find(const char *rule);

/* Whether rules allow normalised answers to differ as they do; of those without level(), only one unless `only` is NULL.
 * Counts the rules that are met; `met` is the last of them. */
bool judge_covers(const struct frames *requests, const struct frames *kernel, const struct frames *pongd,
                  const struct allowed *only, const struct allowed **met);

/* Prints the rules that were met, and how often. */
void judge_report(void);

#endif
