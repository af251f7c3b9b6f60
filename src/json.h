/* JSON: what is shared by all who print it. */
#ifndef PONGD_JSON_H
#define PONGD_JSON_H

#include "line.h"

/* A JSON string with its quotes (RFC 8259 section 7).  File names may hold any bytes; those that are no UTF-8 become U+FFFD. */
void json_string(const char *string, FILE *out);
void json_add_string(const char *string, struct line *line);

/* Takes a string that json_string() printed and that `text` begins with, in its place.  What is behind it, or NULL if there is
 * none. */
char *json_take_string(char *text, char **string);

#endif
