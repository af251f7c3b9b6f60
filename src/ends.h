/* The ends of the loop: where frames come from, and where replies go besides. */
#ifndef PONGD_ENDS_H
#define PONGD_ENDS_H

#include "expect.h"
#include "loop.h"
#include "options.h"

enum { ENDS_PATH = 4096 };

/* Files that replies go to, or are held against; NULL where that is not asked for. */
struct ends {
    char write_path[ENDS_PATH]; /* of the first file */
    struct savefile_writer *writer;
    struct expect *expect;
};

/* Opens the interfaces or captures that the options name.  0, or -1 with errbuf filled; then, too, those that are open are to
 * be closed. */
int ends_open_ports(const struct options *options, struct loop *loop, char errbuf[static PORT_ERRBUF]);
int ends_open_savefiles(const struct options *options, struct loop *loop, char errbuf[static PORT_ERRBUF]);

/* Closes what a loop that does not run has open. */
void ends_close_ports(struct loop *loop);

/* A doctor for each interface, unless nobody would hear it. */
void ends_open_doctors(const struct options *options, struct loop *loop);

/* Opens the files of --expect and -w for ports that are open.  0, or -1 with errbuf filled. */
int ends_open_sinks(const struct options *options, struct loop *loop, struct ends *ends, char errbuf[static PORT_ERRBUF]);

#endif
