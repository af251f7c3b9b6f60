/* A port: where frames come from and where replies go to.  Live capture, a savefile and memory are the ones there are. */
#ifndef PONGD_PORT_H
#define PONGD_PORT_H

#include <stdint.h>

#include "responder/responder.h"

enum { PORT_ERRBUF = 512 };

/* What a port's functions return. */
enum port_result {
    PORT_DONE = 1,     /* a frame was read, a reply was taken */
    PORT_NOTHING = 0,  /* no frame now */
    PORT_REFUSED = -1, /* this reply was not taken, later ones may be: port->errbuf says why */
    PORT_END = -2,     /* no frame ever again, as it should be */
    PORT_FAILED = -3   /* neither frames nor replies ever again: port->errbuf says why, without the port's name */
};

struct port;

struct port_ops {
    /* The next frame; its data are good until the next call. */
    enum port_result (*next)(struct port *port, struct frame *frame);
    /* Sends a reply to the frame that next() gave last, or for NULL what is due by itself. */
    enum port_result (*send)(struct port *port, const struct frame *request, const struct reply *reply);
    /* Sends replies, one after the other, and returns how many were taken.  If not all, *result is what send() would say of the
     * next one.  Only for ports that take many. */
    size_t (*send_many)(struct port *port, const struct reply *replies, size_t count, enum port_result *result);
    /* Is told that replies to the frame that next() gave last will come later, one by one with NULL for the request. */
    enum port_result (*keep)(struct port *port, const struct frame *request);
    /* Lets go of whatever is held back; called whenever there is nothing more to read at once. */
    enum port_result (*flush)(struct port *port);
    /* Looks whether the interface is still what it was, or there again.  `changed` says that port->watch_fd became readable; otherwise it
     * is called about once a second. */
    enum port_result (*check)(struct port *port, bool changed);
    /* Frames that the system lost before we could read them. */
    uint64_t (*dropped)(struct port *port);
    void (*close)(struct port *port);
};

struct port {
    const struct port_ops *ops;
    const char *name; /* of the interface or file */
    struct iface iface;
    int fd;       /* readable when frames are there; -1: next() never says PORT_NOTHING */
    int watch_fd; /* readable when the interface may have changed, or -1 */
    bool is_away;   /* its interface is gone, and check() looks whether it is back; until then no frame comes, none is sent */
    bool takes_many; /* replies may be kept until the end of a turn, to be sent together */
    uint64_t complain_ms; /* when a refused reply may be told of again */
    uint64_t taken, size; /* of a file: bytes read so far and bytes in all, 0 where that is not known */
    char errbuf[PORT_ERRBUF];
};

#endif
