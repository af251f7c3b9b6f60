/* The keeper: a process that was started before everything was given up, and holds the few files that pongd still has to write
 * then, or to have removed when it is no more, however it ends.
 *
 * What is to be kept is said once, at the start:
 *
 *     keeper_open()     says which names there are, and starts the process
 *     keeper_register() says that one to be removed is there now, before the ratchet is turned
 *     ...               savefiles and metrics, while pongd runs
 *     keeper_close()    has it remove what is to be removed, and waits for that
 */
#ifndef PONGD_KEEPER_H
#define PONGD_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keeper_files.h"
#include "port.h"

struct keeper;

struct keeper_wish {
    const char *savefile; /* the path that rotated savefiles have a number behind; NULL: none, here and below */
    unsigned ring;        /* as in struct rotation */
    const char *const *spared; /* paths of files that no savefile is written over, */
    size_t spared_count;       /* so many */
    const char *metrics;
    const char *removals[KEEPER_REMOVALS]; /* paths of files that are to be removed in the end; any of them NULL */
    int held; /* a descriptor that the keeper is to hold until then, as the lock of such a file; -1: none */
    bool is_apart;        /* in a process of its own: without, files are to be within reach all the time */
};

/* Starts a keeper, or has *keeper be NULL if there is nothing to be kept.  To be called before there are captures and threads, which
 * the other process would have a share of.  0, or -1 with errbuf filled. */
int keeper_open(struct keeper **keeper, const struct keeper_wish *wish, char errbuf[static PORT_ERRBUF]);

/* Says that what stands at this path now, one of the removals, is to be removed in the end.  0, or -1 with errbuf filled. */
int keeper_register(struct keeper *keeper, const char *path, char errbuf[static PORT_ERRBUF]);

/* Opens the savefile of that number, as struct rotation has it: it never waits. */
int keeper_open_file(void *keeper, uint64_t number, const char *header, size_t len);

/* Has the metrics be this text, while no other one is being written.  That it failed is told later, once until it succeeds. */
void keeper_write_metrics(struct keeper *keeper, const char *text, size_t len);

/* Whether metrics are still being written. */
bool keeper_is_writing(struct keeper *keeper);

/* Waits until the metrics are written, for a while. */
void keeper_wait(struct keeper *keeper);

/* Looks whether the keeper is still there, and tells if it is not. */
void keeper_check(struct keeper *keeper);

/* Ends it, once all is done and the files are removed.  NULL does nothing, here and with the functions that return nothing. */
void keeper_close(struct keeper *keeper);

#endif
