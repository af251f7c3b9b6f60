/* What is wrong with a rule: the place first, then the word, and what was expected as far as there is room. */
#include "config.h"

#include "rule_wrong.h"

#include <stdio.h>
#include <string.h>

#include "responder/faults.h"
#include "rule_guess.h"
#include "rule_text.h"

enum { WORD_SHOWN = 40, WORD_ROOM = WORD_SHOWN + 8, NAME_SHOWN = 80 };

/* Has nothing in a text that a terminal would take for more than text. */
static void
hide_bytes(char *text)
{
    for (; *text != '\0'; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

/* The word in quotes, cut if it is long; at the end of a rule none. */
static void
show_word(const struct rule_parser *parser, char shown[static WORD_ROOM])
{
    bool is_long = parser->len > WORD_SHOWN;

    shown[0] = '\0';
    if (parser->len > 0)
        snprintf(shown, WORD_ROOM, "\"%.*s%s\": ", is_long ? WORD_SHOWN : (int)parser->len, parser->word, is_long ? "..." : "");
}

int
rule_wrong_say(const struct rule_parser *parser, const char *what)
{
    size_t column = (size_t)(parser->word - parser->line_start) + 1;
    char where[NAME_SHOWN + 48];

    if (parser->name != NULL)
        snprintf(where, sizeof where, "%.*s:%lu:%zu", NAME_SHOWN, parser->name, parser->line, column);
    else if (parser->line > 1)
        snprintf(where, sizeof where, "line %lu, column %zu", parser->line, column);
    else
        snprintf(where, sizeof where, "column %zu", column);
    snprintf(parser->errbuf, PORT_ERRBUF, "%.120s: %.380s", where, what);
    hide_bytes(parser->errbuf + strlen(where));
    return -1;
}

int
rule_wrong_expected(const struct rule_parser *parser, const char *expected)
{
    char shown[WORD_ROOM], what[WORD_ROOM + RULE_WRONG_EXPECTED + 16];

    show_word(parser, shown);
    snprintf(what, sizeof what, "%sexpected %.*s", shown, RULE_WRONG_EXPECTED, expected);
    return rule_wrong_say(parser, what);
}

static bool
is_selector(const char *word)
{
    for (size_t i = 0; i < rules_selector_count; i++)
        if (strcmp(rules_selectors[i].name, word) == 0)
            return true;
    return false;
}

/* Keywords that the last term could still have: somebody may have left one out. */
static void
list_keywords(const struct rule_parser *parser, const struct rule *rule, char list[static RULE_WRONG_EXPECTED])
{
    const struct rules *rules = &parser->set->rules;
    size_t len = 0;

    *list = '\0';
    for (size_t i = 0; rules->term_count > rule->first && i < RULE_PARAMS; i++) {
        const struct rule_term *term = &rules->terms[rules->term_count - 1];
        const char *keyword = term->row->params[i].keyword;

        if (keyword != NULL && !term->values[i].is_given && len < RULE_WRONG_EXPECTED)
            len += (size_t)snprintf(list + len, RULE_WRONG_EXPECTED - len, "%s, ", keyword);
    }
}

int
rule_wrong_term(const struct rule_parser *parser, const struct rule *rule, bool is_acting)
{
    char keywords[RULE_WRONG_EXPECTED], actions[RULE_WRONG_EXPECTED], expected[3 * RULE_WRONG_EXPECTED];
    char copy[RULE_PARSER_WORD + 1], hint[PORT_ERRBUF];
    const char *word = rule_parser_copy(parser, copy);
    const char *what = is_acting || parser->len == 0 ? "an action" : "a selector or an action";

    if (is_acting && strcmp(word, RULE_TEXT_SET) == 0)
        return rule_wrong_say(parser, "\"" RULE_TEXT_SET "\" stands before the first action only");
    if (is_acting && is_selector(word))
        return rule_wrong_expected(parser, "an action: selectors stand before all actions");
    list_keywords(parser, rule, keywords);
    if (rule_guess_term(word, !is_acting, hint)) {
        snprintf(expected, sizeof expected, "%s%s", what, hint);
    } else {
        (void)rule_text_list(faults_actions, faults_action_count, actions, sizeof actions);
        snprintf(expected, sizeof expected, "%s%s: %s", parser->len > 0 ? keywords : "", what, actions);
    }
    return rule_wrong_expected(parser, expected);
}
