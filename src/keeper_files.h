/* The files of a keeper: what may be written and removed when everything else has been given up, and nothing beside it. */
#ifndef PONGD_KEEPER_FILES_H
#define PONGD_KEEPER_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port.h"

enum {
    KEEPER_REMOVALS = 4,    /* files to be removed in the end */
    KEEPER_SPARED = 64,     /* files that are never written over */
    KEEPER_NAME = 256,      /* bytes of a name in its folder */
    KEEPER_TEXT = 64 * 1024 /* bytes of metrics */
};

/* A name in a folder that is open, which stays reachable when no path is any more. */
struct keeper_place {
    int folder; /* -1: none */
    char name[KEEPER_NAME];
};

/* What stands there, whatever it is called. */
struct keeper_file {
    uint64_t device, inode;
};

struct keeper_removal {
    struct keeper_place place;
    bool is_known; /* what stands there is ours, if it is this: */
    struct keeper_file file;
};

struct keeper_files {
    struct keeper_place savefile; /* whose name others have a number behind */
    uint64_t number;              /* of the file that was opened last */
    unsigned ring;                /* as in struct rotation */
    struct keeper_place metrics;
    struct keeper_removal removals[KEEPER_REMOVALS];
    size_t removal_count;
    struct keeper_file spared[KEEPER_SPARED]; /* by savefiles: they are being read */
    size_t spared_count;
    int held; /* a descriptor of somebody else's, which is to stay open as long; -1: none */
};

void keeper_files_init(struct keeper_files *files);
void keeper_files_close(struct keeper_files *files);

/* Says what may be done, each with a path, while paths can still be reached.  0, or -1 with errbuf filled. */
int keeper_files_allow_savefiles(struct keeper_files *files, const char *path, unsigned ring, char errbuf[static PORT_ERRBUF]);
int keeper_files_allow_metrics(struct keeper_files *files, const char *path, char errbuf[static PORT_ERRBUF]);
int keeper_files_allow_removal(struct keeper_files *files, const char *path, char errbuf[static PORT_ERRBUF]);

/* Has no savefile be written over the file that stands there; "-" is standard input. */
void keeper_files_spare(struct keeper_files *files, const char *path);

/* Opens the next savefile, which has to have this number, and begins it with these bytes.  Its descriptor, or -1 with errno
 * set. */
int keeper_files_next(struct keeper_files *files, uint64_t number, const char *header, size_t len);

/* Has the metrics be this text, all of it or as they were.  0, or -1 with errno set. */
int keeper_files_write(const struct keeper_files *files, const char *text, size_t len);

/* Says which file it is that is to be removed from a place; once for each.  0, or -1 with errno set. */
int keeper_files_know(struct keeper_files *files, uint64_t removal, const struct keeper_file *file);

/* Removes the files that are still what they were said to be. */
void keeper_files_remove(const struct keeper_files *files);

#endif
