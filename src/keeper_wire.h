/* What pongd and its keeper send each other: messages of one size, behind some of which there is a text or a descriptor. */
#ifndef PONGD_KEEPER_WIRE_H
#define PONGD_KEEPER_WIRE_H

#include <stddef.h>
#include <stdint.h>

enum { KEEPER_MAGIC = 0x6b656570, KEEPER_VALUES = 3 };

enum keeper_what {
    KEEPER_READY,   /* the keeper has begun: 0, or an errno and the number of the step that failed */
    KEEPER_FILE,    /* the next savefile: its number, and bytes that it begins with, which follow.  Answer: 0 with a descriptor, or an errno */
    KEEPER_METRICS, /* metrics: bytes of text, which follow.  Answer: 0, or an errno */
    KEEPER_REMOVAL, /* a file to be removed in the end: which of the names, its device and its inode.  No answer */
    KEEPER_WHATS
};

struct keeper_message {
    uint32_t magic; /* KEEPER_MAGIC */
    uint32_t what;
    uint64_t values[KEEPER_VALUES];
};

/* Sends a message, with text behind it unless `len` is 0, and a descriptor unless that is -1, in one piece.  0, or -1 with errno
 * set. */
int keeper_wire_send(int fd, const struct keeper_message *message, const char *text, size_t len, int passed);

/* Receives a message, and a descriptor if one comes with it, else *passed is -1.  1, 0 when none is there (of a socket that does
 * not block), or -1 when the other side is gone, or sends what is no message. */
int keeper_wire_receive(int fd, struct keeper_message *message, int *passed);

#endif
