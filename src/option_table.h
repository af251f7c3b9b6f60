/* The table of options: a row for each, and behind it a small function that takes its argument. */
#ifndef PONGD_OPTION_TABLE_H
#define PONGD_OPTION_TABLE_H

#include "options.h"

enum {
    OPTION_ROWS = 61,
    OPTION_LONG_ONLY = 256 /* values for options without a letter */
};

/* Takes the argument of an option.  0, or -1 with what is wrong with it in errbuf. */
typedef int option_setter(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF]);

struct option_row {
    int letter; /* or OPTION_LONG_ONLY and more */
    const char *name; /* NULL: there is only the letter */
    const char *argument; /* NULL: it takes none */
    const char *help;
    option_setter *set;
};

extern const struct option_row option_rows[OPTION_ROWS];

#endif
