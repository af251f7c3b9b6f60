/* A set of rules that grows and shrinks, and owns what struct rules refers to. */
#ifndef PONGD_RULE_SET_H
#define PONGD_RULE_SET_H

#include <stddef.h>

#include "port.h"
#include "responder/rules.h"

enum { RULE_SET_MOST = 10000, RULE_SET_TERMS = 64 }; /* rules, and terms of one */

/* An empty one is all zero. */
struct rule_set {
    struct rules rules;
    size_t rule_room, term_room, address_room, byte_room;
};

/* All of these return 0, or -1 with one sentence in errbuf, and then the set is as it was. */

/* Adds the rules that a text has, one a line or with ";" between them; `name` is the file that errors
 * name, NULL for none. */
int rule_set_add_text(struct rule_set *set, const char *text, size_t len, const char *name, char errbuf[static PORT_ERRBUF]);

/* Adds those of a file, "-" for standard input. */
int rule_set_read_file(struct rule_set *set, const char *path, char errbuf[static PORT_ERRBUF]);

/* Adds rules of another set, all but number `except`, counted from 1; 0 for all. */
int rule_set_add_rules(struct rule_set *set, const struct rules *rules, size_t except, char errbuf[static PORT_ERRBUF]);

void rule_set_free(struct rule_set *set);

/* For the parser.  Each makes room for one more and returns it zeroed, or for bytes and addresses adds it.  NULL, or -1, when
 * there is no memory. */
struct rule *rule_set_new_rule(struct rule_set *set);
struct rule_term *rule_set_new_term(struct rule_set *set);
int rule_set_add_address(struct rule_set *set, const struct address *address);
int rule_set_add_bytes(struct rule_set *set, const uint8_t *bytes, size_t count);

/* Takes away again what was added since the set had what `before` says. */
void rule_set_cut(struct rule_set *set, const struct rules *before);

#endif
