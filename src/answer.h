/* Answering, from the options to the exit status. */
#ifndef PONGD_ANSWER_H
#define PONGD_ANSWER_H

#include "options.h"

enum { ANSWER_DIFFERENT = 1, ANSWER_TROUBLE = 2 }; /* exit statuses, as diff(1) has them */

/* Answers on interfaces or a capture until that is over.  Returns the exit status; what went wrong has been told. */
int answer_run(const struct options *options);

#endif
