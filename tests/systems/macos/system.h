/* macOS 13: xnu's bsd/sys/socket.h; bsd/net/if_dl.h, bpf.h; bsd/netinet6/in6_var.h. */
#ifndef PONGD_TESTS_SYSTEM_H
#define PONGD_TESTS_SYSTEM_H

#define SYSTEM_NAME "macOS"
#define SYSTEM_AF_INET6 30
#define SYSTEM_LINK_ROOM 12
#define SYSTEM_KEEPS_ZONE 1
#define SYSTEM_LOCKS ""
#define SYSTEM_CONFINES ""
#define SYSTEM_CONFINES_CLIENTS ""
#define SYSTEM_CONFINES_FOLLOWING ""
#define SYSTEM_CONFINES_KEEPING SYSTEM_CONFINES
#define SYSTEM_CONFINES_KEEPER ""

#endif
