/* The parser of rules: where it is in the text, for its rooms only. */
#ifndef PONGD_RULE_PARSER_H
#define PONGD_RULE_PARSER_H

#include "rule_set.h"

enum { RULE_PARSER_WORD = 63 }; /* a longer word is no value but of a list */

/* Where in the text we are: at a word, or with an empty one at the end of a rule. */
struct rule_parser {
    struct rule_set *set;
    const char *name;
    unsigned long line;
    const char *line_start;
    const char *word;
    size_t len; /* of the word */
    const char *end; /* of the text */
    char *errbuf; /* PORT_ERRBUF bytes */
};

/* Takes the word that is there for a parameter's value.  0, or -1, then with `why` filled unless what is expected says it all. */
int rule_parser_read(struct rule_parser *parser, const struct rule_param *param, struct rule_value *value,
                     char why[static PORT_ERRBUF]);

/* The word with a zero behind it; "" for one that is too long for anything but a list. */
const char *rule_parser_copy(const struct rule_parser *parser, char copy[static RULE_PARSER_WORD + 1]);

#endif
