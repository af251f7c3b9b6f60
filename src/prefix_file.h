/* Lists of addresses in files (-f). */
#ifndef PONGD_PREFIX_FILE_H
#define PONGD_PREFIX_FILE_H

#include "policy.h"
#include "port.h"

/* Adds the prefixes in a file, "-" for standard input, to a policy.  0, or -1 with what is wrong, and in which line, in
 * errbuf. */
int prefix_file_read(const char *path, struct policy *policy, char errbuf[static PORT_ERRBUF]);

#endif
