/* The file with the number of the process, which one pongd at a time holds. */
#ifndef PONGD_PID_FILE_H
#define PONGD_PID_FILE_H

#include <sys/types.h>
#include <stdbool.h>

#include "port.h"

enum { PID_FILE_MOST = 24 }; /* bytes that are ever written to it */

/* A file that is ours; the descriptor is -1 if there is none. */
struct pid_file {
    int fd;
    char *path; /* from the root folder on */
};

/* Opens the file, or makes it, and holds it by a lock (flock(2)), which goes with the last process that has the descriptor: who is to
 * remove the file when pongd has ended keeps a copy, so that no other pongd can have taken it by then.  It is empty at first.  0, or
 * -1 with errbuf filled: another pongd holds it, it holds something else, or cannot be written. */
int pid_file_open(struct pid_file *file, const char *path, char errbuf[static PORT_ERRBUF]);

/* Writes the number of this process.  0, or -1 with errbuf filled. */
int pid_file_write(const struct pid_file *file, char errbuf[static PORT_ERRBUF]);

/* Empties the file, removes it if files can still be reached, and lets go of it.  0, or -1 with errbuf filled when the number is
 * still there. */
int pid_file_close(struct pid_file *file, bool has_files, char errbuf[static PORT_ERRBUF]);

#endif
