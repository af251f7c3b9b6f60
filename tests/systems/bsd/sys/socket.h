/* A BSD's sockets, as far as pongd asks for them: addresses tell their length. */
#ifndef PONGD_TESTS_SYS_SOCKET_H
#define PONGD_TESTS_SYS_SOCKET_H

#include <stdint.h>

#include "kernel.h"
#include "system.h"

typedef uint8_t sa_family_t;
typedef uint32_t socklen_t;

struct sockaddr {
    uint8_t sa_len;
    sa_family_t sa_family;
    char sa_data[14];
};

#define AF_INET 2
#define AF_ROUTE 17
#define AF_LINK 18
#define AF_INET6 SYSTEM_AF_INET6
#define PF_ROUTE AF_ROUTE
#define SOCK_DGRAM 2
#define SOCK_RAW 3

#define socket kernel_socket

#endif
