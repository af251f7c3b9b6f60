/* Rotation: savefiles that follow one another, and their names, as tcpdump(8) has them with -C and -W. */
#ifndef PONGD_ROTATION_H
#define PONGD_ROTATION_H

#include <stddef.h>
#include <stdint.h>

enum { ROTATION_RING_MOST = 1000000, ROTATION_HEADER = 64 };

/* When a savefile is followed by another one, and who opens that. */
struct rotation {
    uint64_t size; /* bytes that a file has when the next frame goes to another one; 0: never */
    unsigned ring; /* files, after which the first is written over; 0: there is no end to them */
    /* Opens the file of that number, with `len` bytes that each begins with, so that it is never seen without.  Its descriptor,
     * or -1 with errno: EAGAIN when it is not there yet and the caller is to ask again, EPIPE when nobody is there any more to
     * open files. */
    int (*open)(void *who, uint64_t number, const char *header, size_t len);
    void *who;
};

/* The number of the file behind that one. */
uint64_t rotation_next(uint64_t number, unsigned ring);

/* The name of a file: "NAME", "NAME1", "NAME2" and so on, or of a ring of 100 "NAME00", "NAME01".  0, or -1 with errno when there
 * is not so much room. */
int rotation_name(char *name, size_t room, const char *base, uint64_t number, unsigned ring);

#endif
