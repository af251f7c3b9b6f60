/* The keeper's own side: what becomes of its process, and what it does for whoever asks. */
#ifndef PONGD_KEEPER_SERVE_H
#define PONGD_KEEPER_SERVE_H

#include <stddef.h>

#include "keeper_files.h"

/* Has this process be a keeper: gives up what that does not need, says how that went, serves, and ends the process when nobody is left at the other end of
 * the socket. */
_Noreturn void keeper_serve_process(struct keeper_files *files, int fd);

/* Serves until the other side has gone, or asks for what it may not have: whoever does that is not who it was made for. */
void keeper_serve(struct keeper_files *files, int fd);

/* Gives up what a keeper does not need, for good.  0, or -1 with errno set, and the number of the step that failed. */
int keeper_serve_give_up(size_t *step);

/* Says what failed when the step of that number did.  Returns -1. */
int keeper_serve_explain(size_t step, int error, char errbuf[static PORT_ERRBUF]);

#endif
