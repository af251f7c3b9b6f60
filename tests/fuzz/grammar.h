/* Inputs of fuzz_rules made and changed: rules by the tables that say what a rule may be, and requests behind them. */
#ifndef PONGD_FUZZ_GRAMMAR_H
#define PONGD_FUZZ_GRAMMAR_H

#include <stddef.h>
#include <stdint.h>

#include "draw.h"

enum { GRAMMAR_SIZE_MOST = 8192 /* bytes of an input */ };

/* Changes the input in `data`, of `size` bytes; makes one from nothing where there is none.  Returns its new size, at most
 * `most`. */
size_t grammar_change(struct draw *draw, uint8_t *data, size_t size, size_t most);

/* Makes an input: rules, and `requests` requests.  Returns its size, at most `most`. */
size_t grammar_make(struct draw *draw, size_t requests, uint8_t *data, size_t most);

#endif
