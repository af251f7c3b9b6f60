/* The rulebook: the rules that apply, and how they change while pongd runs. */
#ifndef PONGD_RULEBOOK_H
#define PONGD_RULEBOOK_H

#include <stdint.h>

#include "port.h"
#include "responder/responder.h"
#include "rule_set.h"
#include "rule_source.h"

struct rulebook {
    struct responder *responder; /* which goes by the rules */
    struct rule_set set;
    const struct rule_sources *sources;
    uint64_t seed;
};

/* All return 0, or -1 with one sentence in errbuf, and then nothing is changed.  A change is one step between two requests.
 * Rules whose text stays the same go on with their counters and random numbers as if nothing had been. */

/* Begins with a copy of the rules that the sources had.  The sources have to last; NULL where nobody reloads. */
int rulebook_open(struct rulebook *book, struct responder *responder, uint64_t seed, const struct rules *rules,
                  const struct rule_sources *sources, char errbuf[static PORT_ERRBUF]);

/* Adds the rules of a text at the end, or has them instead of all others. */
int rulebook_add(struct rulebook *book, const char *text, char errbuf[static PORT_ERRBUF]);
int rulebook_replace(struct rulebook *book, const char *text, char errbuf[static PORT_ERRBUF]);

/* Takes away a rule by its number, counted from 1. */
int rulebook_remove(struct rulebook *book, size_t number, char errbuf[static PORT_ERRBUF]);

/* Has the rules of the start instead of all others, unless some are in a file: these are for pongctl to read. */
int rulebook_reload(struct rulebook *book, char errbuf[static PORT_ERRBUF]);

/* For the rulebook's rooms: takes a set if `rc` is 0, or gives up one that did not come about.  Returns `rc`. */
int rulebook_finish(struct rulebook *book, struct rule_set *next, int rc);

void rulebook_close(struct rulebook *book);

#endif
