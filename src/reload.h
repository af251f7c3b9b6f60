/* Reload: the rules that a pongd was started with, read again by pongctl, since pongd itself reads no file any more. */
#ifndef PONGD_RELOAD_H
#define PONGD_RELOAD_H

#include <stddef.h>

#include "port.h"

/* Makes the command that has pongd go by what its sources have now, from its answer to "sources".  A file that has anything
 * but rules is refused, so that none of it is sent.  0 with a line to be freed, or -1 with errbuf filled. */
int reload_make(const char *answer, size_t answer_len, char **command, size_t *len, char errbuf[static PORT_ERRBUF]);

#endif
