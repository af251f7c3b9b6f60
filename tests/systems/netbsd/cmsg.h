/* Room for ancillary data on NetBSD, sys/sys/socket.h: how it is aligned, the kernel is asked when the program runs, so that no
 * array can be as large. */
#ifndef PONGD_TESTS_CMSG_H
#define PONGD_TESTS_CMSG_H

#include <sys/types.h>
#include <sys/socket.h>

size_t system_alignment(void);

#undef CMSG_SPACE
#define CMSG_SPACE(len) (sizeof(struct cmsghdr) + (len) + 2 * system_alignment())

#endif
