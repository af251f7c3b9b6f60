/* Guesses: the nearest name by the letters that have to be changed, put in, left out (Levenshtein 1965), or swapped with the
 * next (Damerau 1964). */
#include "config.h"

#include "rule_guess.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "responder/faults.h"

enum { NAME_MOST = 31, NEAR = 2, FAR = 99 };

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool
is_same(char typed, char letter)
{
    return (typed >= 'A' && typed <= 'Z' ? typed - 'A' + 'a' : typed) == letter;
}

/* How many letters are wrong; FAR for words that are too long.  Of a name of two words the first one counts. */
static unsigned
distance(const char *word, const char *name)
{
    unsigned rows[NAME_MOST + 1][NAME_MOST + 1];
    size_t len = strlen(word), name_len = strcspn(name, " ");

    if (len > NAME_MOST || name_len > NAME_MOST)
        return FAR;
    for (size_t i = 0; i <= len; i++)
        for (size_t j = 0; j <= name_len; j++) {
            if (i == 0 || j == 0) {
                rows[i][j] = (unsigned)(i + j);
                continue;
            }
            rows[i][j] = least(rows[i - 1][j], rows[i][j - 1]) + 1;
            rows[i][j] = least(rows[i][j], rows[i - 1][j - 1] + !is_same(word[i - 1], name[j - 1]));
            if (i > 1 && j > 1 && is_same(word[i - 1], name[j - 2]) && is_same(word[i - 2], name[j - 1]))
                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
        }
    return rows[len][name_len];
}

/* The nearest name so far. */
struct guess {
    const char *name;
    unsigned distance;
};

static void
consider(struct guess *guess, const char *word, const char *name)
{
    unsigned found = distance(word, name);

    if (found < guess->distance && found <= NEAR && found * 2 < strlen(name)) /* of short words, half has to be right */
        *guess = (struct guess){name, found};
}

bool
rule_guess_term(const char *word, bool may_select, char hint[static PORT_ERRBUF])
{
    struct guess guess = {NULL, FAR};

    for (size_t i = 0; i < faults_action_count; i++)
        consider(&guess, word, faults_actions[i].name);
    for (size_t i = 0; may_select && i < rules_selector_count; i++)
        consider(&guess, word, rules_selectors[i].name);
    if (guess.name == NULL)
        return false;
    snprintf(hint, PORT_ERRBUF, ": did you mean %s?", guess.name);
    return true;
}

bool
rule_guess_error(const char *word, char why[static PORT_ERRBUF])
{
    struct guess guess = {NULL, FAR};

    for (size_t i = 0; i < faults_error_count; i++)
        consider(&guess, word, faults_errors[i].name);
    if (guess.name != NULL)
        snprintf(why, PORT_ERRBUF, "\"%.40s\" is no ICMP error: did you mean %s?", word, guess.name);
    return guess.name != NULL;
}
