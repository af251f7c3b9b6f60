/* The commands of pongctl: what can be asked of a pongd that runs. */
#ifndef PONGD_COMMANDS_H
#define PONGD_COMMANDS_H

#include <stdio.h>

#include "loop.h"
#include "rulebook.h"

/* What the commands work on. */
struct commands {
    struct loop *loop;
    struct rulebook *rulebook;
    char *folder;      /* that paths of rules begin at; NULL if it is not known */
    bool looks_at_udp; /* the capture lets it through, for rules about the path */
};

/* Does a command and prints the answer: for control_open(), with a struct commands. */
void commands_answer(void *commands, char *command, FILE *out);

#endif
