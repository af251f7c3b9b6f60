/* A session of pongctl: the connection to a pongd, which sends commands and gets answers. */
#ifndef PONGD_SESSION_H
#define PONGD_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "port.h"

struct session {
    const char *path; /* of the socket */
    uint64_t seconds; /* that an answer may take */
    uint64_t deadline_ms;
    int fd;           /* -1: none */
    char *input;      /* what came: an answer, and at most the beginning of the next */
    size_t len, room;
    size_t answered;  /* the bytes of the answer that was given last, which are to go */
};

/* All return 0, or -1 with a sentence in errbuf that says what to do. */

/* Connects.  session_close() is called in any case. */
int session_open(struct session *session, char errbuf[static PORT_ERRBUF]);

/* Sends a command, which has its newline, and waits for the answer: `len` bytes with its newline, good until the next call. */
int session_ask(struct session *session, const char *command, size_t command_len, const char **answer, size_t *len,
                char errbuf[static PORT_ERRBUF]);

void session_close(struct session *session);

#endif
