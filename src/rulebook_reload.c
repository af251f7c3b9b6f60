/* The rulebook: how its rules begin anew, from where they came. */
#include "config.h"

#include "rulebook.h"

#include <stdio.h>

int
rulebook_reload(struct rulebook *book, char errbuf[static PORT_ERRBUF])
{
    struct rule_set next = {.rules.count = 0};
    const char *file = rule_source_file(book->sources);

    if (rule_source_is_input(book->sources))
        return rule_source_refuse_input(errbuf);
    if (file != NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: no file is read here any more: pongctl reload reads it, and sends the rules",
                 file);
        return -1;
    }
    return rulebook_finish(book, &next, rule_source_read(book->sources, &next, errbuf));
}
