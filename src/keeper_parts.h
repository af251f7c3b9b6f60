/* A keeper as its two rooms share it: one starts it, the other asks it for things. */
#ifndef PONGD_KEEPER_PARTS_H
#define PONGD_KEEPER_PARTS_H

#include "keeper.h"

enum { KEEPER_PATIENCE_MS = 5000 }; /* with a file system that takes its time */

struct keeper {
    struct keeper_files files; /* of no keeper apart; else they are its own */
    struct keeper_wish wish;
    int fd;          /* of the socket; -1: there is no process besides this one, or no more */
    bool is_gone;    /* that process */
    bool is_writing; /* metrics, and has not said how it went */
    bool has_told;   /* that they could not be written */
    bool is_asked;   /* for a savefile, */
    int file;        /* which came and was not taken yet, or -1 */
    int file_error;  /* or cannot be had */
};

/* Waits for the socket.  Returns whether it can be read in time. */
bool keeper_is_heard(const struct keeper *keeper, uint64_t deadline_ms);

#endif
