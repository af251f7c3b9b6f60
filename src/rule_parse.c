/* Rules from text: words, one after the other, by the tables of selectors and actions. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "responder/faults.h"
#include "responder/siphash.h"
#include "rule_parser.h"
#include "rule_text.h"
#include "rule_wrong.h"

static bool
ends_word(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == ';' || byte == '#';
}

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Goes to the word at `from`, or to the end of the rule. */
static void
go_to(struct rule_parser *parser, const char *from)
{
    while (from < parser->end && is_blank(*from))
        from++;
    parser->word = from;
    while (from < parser->end && !ends_word(*from))
        from++;
    parser->len = (size_t)(from - parser->word);
}

static void
next_word(struct rule_parser *parser)
{
    go_to(parser, parser->word + parser->len);
}

static bool
is_word(const struct rule_parser *parser, const char *word)
{
    return parser->len == strlen(word) && memcmp(parser->word, word, parser->len) == 0;
}

static int
fail_memory(const struct rule_parser *parser)
{
    return rule_wrong_say(parser, "out of memory");
}

/* --- terms */

/* Takes the word for a parameter's value. */
static int
take_value(struct rule_parser *parser, const struct rule_param *param, struct rule_value *value)
{
    char why[PORT_ERRBUF] = "", expected[RULE_WRONG_EXPECTED];

    value->is_given = true;
    if (param->kind == RULE_FLAG)
        return 0;
    if (parser->len > 0 && rule_parser_read(parser, param, value, why) == 0) {
        next_word(parser);
        return 0;
    }
    if (*why != '\0')
        return rule_wrong_say(parser, why);
    (void)rule_text_expect(param, expected, sizeof expected);
    return rule_wrong_expected(parser, expected);
}

/* Whether the word could begin an optional parameter: its keyword, or without one a percentage. */
static bool
begins(const struct rule_parser *parser, const struct rule_param *param)
{
    if (param->keyword != NULL)
        return is_word(parser, param->keyword);
    return param->kind == RULE_PERCENT && parser->len > 1 && parser->word[parser->len - 1] == '%';
}

/* Takes one of the optional parameters.  1, 0 when there is none here, or -1 with errbuf filled. */
static int
take_option(struct rule_parser *parser, struct rule_term *term)
{
    const struct rule_param *params = term->row->params;

    for (size_t i = 0; i < RULE_PARAMS && params[i].kind != RULE_NOTHING; i++) {
        if (!params[i].is_optional || term->values[i].is_given || !begins(parser, &params[i]))
            continue;
        if (params[i].keyword != NULL)
            next_word(parser);
        return take_value(parser, &params[i], &term->values[i]) == 0 ? 1 : -1;
    }
    return 0;
}

/* Whether a parameter is there without the one that it belongs to. */
static int
check_needs(const struct rule_parser *parser, const struct rule_term *term)
{
    const struct rule_param *params = term->row->params;
    char what[RULE_WRONG_EXPECTED];

    for (size_t i = 0; i < RULE_PARAMS; i++)
        for (size_t j = 0; j < RULE_PARAMS && term->values[i].is_given && params[i].needs != NULL; j++) {
            if (params[j].keyword == NULL || strcmp(params[j].keyword, params[i].needs) != 0 || term->values[j].is_given)
                continue;
            snprintf(what, sizeof what, "%s before this goes with %s only",
                     params[i].keyword != NULL ? params[i].keyword : "the percentage", params[i].needs);
            return rule_wrong_say(parser, what);
        }
    return 0;
}

/* The words of a name. */
static size_t
count_words(const char *name)
{
    return strchr(name, ' ') == NULL ? 1 : 2;
}

/* Whether the words here are the name of a row. */
static bool
has_name(const struct rule_parser *parser, const char *name)
{
    const char *blank = strchr(name, ' ');
    struct rule_parser ahead = *parser;

    if (blank == NULL)
        return is_word(parser, name);
    next_word(&ahead);
    return parser->len == (size_t)(blank - name) && memcmp(parser->word, name, parser->len) == 0 && is_word(&ahead, blank + 1);
}

static const struct rule_row *
find_row(const struct rule_parser *parser, const struct rule_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_name(parser, rows[i].name))
            return &rows[i];
    return NULL;
}

static int
take_term(struct rule_parser *parser, const struct rule_row *row)
{
    struct rule_term *term = rule_set_new_term(parser->set);
    int rc = 1;

    if (term == NULL)
        return fail_memory(parser);
    term->row = row;
    for (size_t i = count_words(row->name); i > 0; i--)
        next_word(parser);
    for (size_t i = 0; i < RULE_PARAMS && row->params[i].kind != RULE_NOTHING; i++)
        if (!row->params[i].is_optional && take_value(parser, &row->params[i], &term->values[i]) != 0)
            return -1;
    while (rc > 0)
        rc = take_option(parser, term);
    return rc == 0 ? check_needs(parser, term) : -1;
}

/* --- rules */

static bool
is_given(const struct rule_parser *parser, const struct rule *rule, const struct rule_row *row)
{
    for (size_t i = 0; i < rule->selectors; i++)
        if (parser->set->rules.terms[rule->first + i].row == row)
            return true;
    return false;
}

/* Whether the rest of the rule, where a name is both a selector's and an action's, is that action and nothing else. */
static bool
is_last_action(const struct rule_parser *parser, const struct rule_row *action)
{
    char errbuf[PORT_ERRBUF];
    struct rule_parser ahead = *parser;
    struct rules before = parser->set->rules;
    bool is_action;

    ahead.errbuf = errbuf; /* what is wrong with it is not to be heard */
    is_action = take_term(&ahead, action) == 0 && ahead.len == 0;
    rule_set_cut(parser->set, &before);
    return is_action;
}

/* Whether a prefix is of another version of IP than one before it, so that the rule can never match. */
static bool
is_other_version(const struct rule_parser *parser, const struct rule *rule)
{
    const struct rule_term *terms = parser->set->rules.terms + rule->first, *last = &terms[rule->selectors - 1];

    for (const struct rule_term *term = terms; term < last; term++)
        if (term->row->params[0].kind == RULE_PREFIX && last->row->params[0].kind == RULE_PREFIX &&
            term->values[0].as.prefix.address.version != last->values[0].as.prefix.address.version)
            return true;
    return false;
}

/* Takes the selectors.  A name that is an action's too is one where it is all that is left, or where the selector has been
 * given. */
static int
take_selectors(struct rule_parser *parser, struct rule *rule)
{
    const struct rule_row *row;

    while ((row = find_row(parser, rules_selectors, rules_selector_count)) != NULL) {
        const struct rule_row *action = find_row(parser, faults_actions, faults_action_count);
        bool is_again = is_given(parser, rule, row);
        struct rule_parser start = *parser;

        if (action != NULL && (is_again || is_last_action(parser, action)))
            return 0;
        if (is_again)
            return rule_wrong_say(parser, "this is given twice: make it two rules");
        if (take_term(parser, row) != 0)
            return -1;
        rule->selectors++;
        if (is_other_version(parser, rule))
            return rule_wrong_say(&start, "the rule can never match: one prefix in it is of IPv4, the other of IPv6");
    }
    return 0;
}

static int
take_actions(struct rule_parser *parser, struct rule *rule)
{
    bool is_set = is_word(parser, RULE_TEXT_SET);

    if (is_set)
        next_word(parser);
    do {
        const struct rule_row *row = find_row(parser, faults_actions, faults_action_count);

        if (row == NULL)
            return rule_wrong_term(parser, rule, is_set || rule->actions > 0);
        if (rule->selectors + rule->actions == RULE_SET_TERMS)
            return rule_wrong_say(parser, "the rule is too long: make it two");
        if (take_term(parser, row) != 0)
            return -1;
        rule->actions++;
        rule->is_path |= row->is_path;
    } while (parser->len > 0);
    return 0;
}

static int
name_rule(const struct rule_parser *parser, struct rule *rule)
{
    const struct rules *rules = &parser->set->rules;
    struct siphash_key key = siphash_key(0);
    char *text = rule_text_make(rules, rules->count - 1);

    if (text == NULL)
        return fail_memory(parser);
    rule->hash = siphash(&key, (const uint8_t *)text, strlen(text));
    free(text);
    return 0;
}

static int
take_rule(struct rule_parser *parser)
{
    struct rule *rule;

    if (parser->set->rules.count == RULE_SET_MOST)
        return rule_wrong_say(parser, "there are too many rules before this one");
    rule = rule_set_new_rule(parser->set);
    if (rule == NULL)
        return fail_memory(parser);
    if (take_selectors(parser, rule) != 0 || take_actions(parser, rule) != 0)
        return -1;
    return name_rule(parser, rule);
}

/* Goes behind the end of a rule, over a comment. */
static void
end_rule(struct rule_parser *parser)
{
    const char *at = parser->word;

    if (at < parser->end && *at == '#')
        while (at < parser->end && *at != '\n')
            at++;
    if (at < parser->end && *at++ == '\n') {
        parser->line++;
        parser->line_start = at;
    }
    go_to(parser, at);
}

/* Text has no control bytes; a file that has one is no list of rules, and is not to be shown on a terminal. */
static int
check_text(struct rule_parser *parser, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        parser->word = text + i;
        if ((byte < ' ' && !ends_word(text[i])) || byte == 0x7f)
            return rule_wrong_say(parser, "a byte that is no text: give a file with one rule a line");
        if (byte == '\n') {
            parser->line++;
            parser->line_start = text + i + 1;
        }
    }
    return 0;
}

int
rule_set_add_text(struct rule_set *set, const char *text, size_t len, const char *name, char errbuf[static PORT_ERRBUF])
{
    struct rules before = set->rules;
    struct rule_parser parser = {set, name, 1, text, text, 0, text + len, errbuf};

    if (check_text(&parser, text, len) != 0)
        return -1;
    parser = (struct rule_parser){set, name, 1, text, text, 0, text + len, errbuf};
    go_to(&parser, text);
    while (parser.word < parser.end) {
        if (parser.len > 0 && take_rule(&parser) != 0) {
            rule_set_cut(set, &before);
            return -1;
        }
        end_rule(&parser);
    }
    return 0;
}
