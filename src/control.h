/* Control: commands that come over a UNIX socket while pongd runs, one a line, and a line of JSON for each. */
#ifndef PONGD_CONTROL_H
#define PONGD_CONTROL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "port.h"

enum {
    CONTROL_CLIENTS = 8,
    CONTROL_FDS = 1 + CONTROL_CLIENTS,
    CONTROL_LINE = 1 << 20,   /* bytes of a command */
    CONTROL_WAITING = 4 << 20 /* bytes that may wait for a client to read them when yet another answer comes */
};

struct control;

/* Prints the answer to a command, one JSON object without a newline.  The command, which may be written over, has no control
 * characters but tabs. */
typedef void control_answer(void *who, char *command, FILE *out);

/* Listens at `path`, for the user who we are now alone; the path has to last.  NULL with errbuf filled. */
struct control *control_open(const char *path, control_answer *answer, void *who, char errbuf[static PORT_ERRBUF]);

/* Removes the socket as far as we still may, and closes all.  NULL does nothing, here and below. */
void control_close(struct control *control);

/* What to wait for.  Returns how many there are, at most CONTROL_FDS. */
size_t control_fds(const struct control *control, struct pollfd fds[static CONTROL_FDS]);

/* Does what can be done without waiting; it looks by itself what that is.  Of each client it answers one command, so that frames
 * are read in between.  Returns whether there are more, so that the caller is to come back before long, and not sleep. */
bool control_serve(struct control *control);

/* Prints the answer to a command that is wrong, or that could not be done: what is the matter, and what to do. */
void control_refuse(FILE *out, const char *sentence);

#endif
