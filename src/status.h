/* One line on how pongd does, for the service manager. */
#ifndef PONGD_STATUS_H
#define PONGD_STATUS_H

#include <stddef.h>

#include "loop.h"

/* "answering on eth0, eth1; paused on eth2; waiting for eth3", and how many messages were lost, if any; cut where there is no more room. */
void status_make(const struct loop *loop, char *text, size_t size);

/* Tells it, if it is news, and somebody wants to know. */
void status_tell(const struct loop *loop);

#endif
