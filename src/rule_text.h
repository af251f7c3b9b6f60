/* Rules as text: printed as they are understood, so that what is printed can be read again. */
#ifndef PONGD_RULE_TEXT_H
#define PONGD_RULE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "port.h"
#include "responder/rules.h"

/* Begins the actions of a rule, where the first of them has a selector's name. */
#define RULE_TEXT_SET "set"

/* Writes rule number `i`, counted from 0, into `text`, of which it uses `room` bytes at the most, the last one zero.  Returns
 * how long it is, as snprintf(3) does.  `room` may be 0. */
size_t rule_text_print(const struct rules *rules, size_t i, char *text, size_t room);

/* The same in memory that is to be freed; NULL when there is none. */
char *rule_text_make(const struct rules *rules, size_t i);

/* Prints all as a JSON array: [{"number":1,"rule":"seq 3 drop","hits":12},…]  False if there was no memory for a text,
 * which is empty then. */
bool rule_text_json(const struct rules *rules, FILE *out);

/* The words that a parameter can be, or what it looks like: "a time such as 20ms".  For errors. */
size_t rule_text_expect(const struct rule_param *param, char *text, size_t room);

/* Puts `count` names of rows into a text: "a, b or c". */
size_t rule_text_list(const struct rule_row *rows, size_t count, char *text, size_t room);

#endif
