/* The file of a UNIX socket: how it is named, comes into being, and goes. */
#ifndef PONGD_SOCKET_FILE_H
#define PONGD_SOCKET_FILE_H

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "port.h"

/* A socket's file that is ours: whatever else comes to stand at its path is not. */
struct socket_file {
    const char *path;
    dev_t device;
    ino_t inode;
};

/* The address that a path is for the system.  0, or -1 with errbuf filled when it is too long. */
int socket_file_address(const char *path, struct sockaddr_un *address, char errbuf[static PORT_ERRBUF]);

/* A stream socket that does not block, or -1 with errno set. */
int socket_file_socket(void);

/* Has a descriptor not block, and be closed in other programs.  0, or -1 with errno set. */
int socket_file_settle(int fd);

/* Makes a socket that listens at a path, for its owner alone.  One that nobody listens at any more is replaced; anything
 * else that stands there is left alone.  The descriptor, or -1 with errbuf filled. */
int socket_file_listen(const char *path, struct socket_file *file, char errbuf[static PORT_ERRBUF]);

/* Removes the file, if it is still ours and we still may: the next to listen there replaces it anyway. */
void socket_file_remove(const struct socket_file *file);

#endif
