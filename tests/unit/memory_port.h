/* A port in memory for tests: so many requests, and a call that fails. */
#ifndef PONGD_MEMORY_PORT_H
#define PONGD_MEMORY_PORT_H

#include "craft.h"
#include "port.h"

struct memory_port {
    struct port port;
    struct craft craft;
    unsigned frames;     /* that it still has */
    unsigned calls;      /* of next and send */
    unsigned fail_at;    /* the call that fails; 0: none */
    enum port_result failure;
    unsigned sent, refused, flushed, closed;
};

/* One with so many requests, which ends after them. */
struct memory_port memory_port_make(unsigned frames);

#endif
