/* A line of a list of addresses. */
#ifndef PONGD_PREFIX_LINE_H
#define PONGD_PREFIX_LINE_H

#include "policy.h"
#include "port.h"

/* The line without its comment and the blanks around it, in its place. */
char *prefix_line_trim(char *text);

/* Adds the prefix that a line has, if it has one, to a policy; the line is used up.  0, or -1 with what is wrong in errbuf. */
int prefix_line_take(char *text, struct policy *policy, char errbuf[static PORT_ERRBUF]);

#endif
