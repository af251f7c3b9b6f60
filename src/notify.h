/* What the system's service manager is told, and asks for: readiness, a line on how pongd does, and signs of life (sd_notify(3)). */
#ifndef PONGD_NOTIFY_H
#define PONGD_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"

enum { NOTIFY_STATUS = 512 };

struct notify {
    int fd;           /* of a datagram socket; -1: nobody wants to know */
    uint64_t each_ms; /* how long to be silent at the most; 0: for ever */
    uint64_t next_ms; /* when the next sign of life is due */
    char status[NOTIFY_STATUS]; /* that was told last */
};

/* Connects to the socket that the environment names, and takes out of that what is for us alone, so that no other program takes it
 * for its own.  0, also if there is none, or -1 with errbuf filled: then nobody is told. */
int notify_open(struct notify *notify, char errbuf[static PORT_ERRBUF]);

/* Tells that answering begins, or ends; `is_background`: by this process, which is not the one that was started.  0, or -1 with errno
 * set when that was not taken. */
int notify_ready(struct notify *notify, bool is_background, uint64_t now_ms);
void notify_stopping(struct notify *notify);

/* Tells how pongd does, if that is news. */
void notify_status(struct notify *notify, const char *status);

/* When a sign of life is due, UINT64_MAX for never; and gives it, unless something is not alive.  NULL does nothing. */
uint64_t notify_due(const struct notify *notify);
void notify_live(struct notify *notify, bool is_alive, uint64_t now_ms);

void notify_close(struct notify *notify);

#endif
