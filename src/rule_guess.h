/* Guesses at what was meant by a word that is misspelt. */
#ifndef PONGD_RULE_GUESS_H
#define PONGD_RULE_GUESS_H

#include <stdbool.h>

#include "port.h"

/* Whether a word looks like the name of an action, or with `may_select` of a selector; then `hint` has ": did you mean …?". */
bool rule_guess_term(const char *word, bool may_select, char hint[static PORT_ERRBUF]);

/* The same for an ICMP error, with a whole sentence. */
bool rule_guess_error(const char *word, char why[static PORT_ERRBUF]);

#endif
