/* A scout: a second look at an interface, beside the port, that sees echo requests and replies of either direction. */
#ifndef PONGD_CAPTURE_SCOUT_H
#define PONGD_CAPTURE_SCOUT_H

#include <stdbool.h>

#include "port.h"

struct scout;

struct scout_ops {
    /* The next frame, without its interface; its data are good until the next call.  PORT_DONE, PORT_NOTHING, or
     * PORT_FAILED for ever. */
    enum port_result (*next)(struct scout *scout, struct frame *frame);
    /* Goes to the interface that came back in place of the port's.  0, or -1 when it cannot. */
    int (*follow)(struct scout *scout, const struct port *port);
    /* Begins to look, or ceases to; what comes then is not meant to be seen, and costs the system little. */
    void (*look)(struct scout *scout, bool on);
    void (*close)(struct scout *scout);
};

struct scout {
    const struct scout_ops *ops;
};

/* Opens a scout, which does not look yet, for a port's interface and link type.  NULL, with one sentence in errbuf, if it
 * cannot be.  Needs the right to capture. */
struct scout *scout_open(const struct port *port, char errbuf[static PORT_ERRBUF]);

#endif
