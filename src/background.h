/* -b: pongd goes on in the background once it answers, and who started it learns whether it does. */
#ifndef PONGD_BACKGROUND_H
#define PONGD_BACKGROUND_H

#include <stdbool.h>

#include "port.h"

/* Zeroed but for the descriptor, which is -1: there is no background. */
struct background {
    int ready_fd; /* of a pipe to the process that waits until pongd is ready */
};

/* Makes the process that is to run.  In the one that was there before, true, as soon as the other one is ready or has ended:
 * `*status` is then what to exit with, and there is nothing else to be done.  In the other one false.  Without a process, true, and
 * what is wrong has been told.  To be called before anything is opened that two processes cannot share: threads, captures. */
bool background_start(struct background *background, int *status);

/* Leaves the terminal, the folder and the standard streams of who started pongd.  0, or -1 with errbuf filled. */
int background_leave(const struct background *background, char errbuf[static PORT_ERRBUF]);

/* Lets the other process end well.  0, or -1 if there is none any more: somebody has ended it, and so does not want this one. */
int background_tell_ready(struct background *background);

#endif
