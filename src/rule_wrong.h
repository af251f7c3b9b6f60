/* What is wrong with a rule: where, which word, and what would be right there. */
#ifndef PONGD_RULE_WRONG_H
#define PONGD_RULE_WRONG_H

#include <stdbool.h>

#include "rule_parser.h"

enum { RULE_WRONG_EXPECTED = 400 };

/* All fill the parser's errbuf about the word that it is at, and return -1. */

/* Says what is wrong. */
int rule_wrong_say(const struct rule_parser *parser, const char *what);

/* Says what was expected instead of the word. */
int rule_wrong_expected(const struct rule_parser *parser, const char *expected);

/* Says what may stand where a selector or an action begins; only an action if `is_acting`.  `rule` is the one that is read,
 * with the terms that it has so far. */
int rule_wrong_term(const struct rule_parser *parser, const struct rule *rule, bool is_acting);

#endif
