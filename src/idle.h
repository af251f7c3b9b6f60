/* What the loop does by the clock, and its sleep until there is something to do. */
#ifndef PONGD_IDLE_H
#define PONGD_IDLE_H

#include "run.h"

/* Sets the clock of a run going. */
void idle_start(struct run *run);

/* Does what is due, all but sending replies. */
void idle_keep_time(struct run *run);

/* Sleeps until a port or a signal has something, or something is due; not, if there is `more` to do at once or may be soon. */
void idle_wait(struct run *run, bool more);

#endif
