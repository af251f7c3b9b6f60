/* Where the rules come from, so that they can be read again: --rule, --rules and --fault, in their order. */
#ifndef PONGD_RULE_SOURCE_H
#define PONGD_RULE_SOURCE_H

#include <stdbool.h>
#include <stdio.h>

#include "rule_set.h"

enum { RULE_SOURCES = 1024 };

enum rule_source_kind {
    RULE_SOURCE_TEXT,  /* --rule */
    RULE_SOURCE_FILE,  /* --rules */
    RULE_SOURCE_PRESET /* --fault */
};

struct rule_source {
    enum rule_source_kind kind;
    const char *argument; /* stays its owner's */
};

struct rule_sources {
    struct rule_source list[RULE_SOURCES];
    unsigned count;
};

/* Remembers a source and adds its rules to the set.  0, or -1 with errbuf filled. */
int rule_source_add(struct rule_sources *sources, enum rule_source_kind kind, const char *argument, struct rule_set *set,
                    char errbuf[static PORT_ERRBUF]);

/* Adds the rules of all sources, as they are now, to a set.  0, or -1 with errbuf filled and the set as far as it came. */
int rule_source_read(const struct rule_sources *sources, struct rule_set *set, char errbuf[static PORT_ERRBUF]);

/* Whether one of the files is standard input. */
bool rule_source_is_input(const struct rule_sources *sources);

/* Says that it cannot be read again.  Returns -1. */
int rule_source_refuse_input(char errbuf[static PORT_ERRBUF]);

/* The first other file, NULL if there is none. */
const char *rule_source_file(const struct rule_sources *sources);

/* Prints the sources as a JSON array of objects with one member each, which has the option's name.  Paths that are not
 * absolute begin at `folder`, NULL if that is not known. */
void rule_source_json(const struct rule_sources *sources, const char *folder, FILE *out);

/* The kind that an option's name stands for.  False if it is none. */
bool rule_source_kind_by_name(const char *name, enum rule_source_kind *kind);

#endif
