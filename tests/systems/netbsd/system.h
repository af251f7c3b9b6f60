/* NetBSD 10 and 11: sys/sys/socket.h; sys/net/if_dl.h, bpf.h; sys/netinet6/in6_var.h. */
#ifndef PONGD_TESTS_SYSTEM_H
#define PONGD_TESTS_SYSTEM_H

#define SYSTEM_NAME "NetBSD"
#define SYSTEM_AF_INET6 24
#define SYSTEM_LINK_ROOM 24
#define SYSTEM_LINK_NESTED 1 /* sdl_data and its like are macros for members of a member */
#define SYSTEM_KEEPS_ZONE 1
#define SYSTEM_BIOCLOCK 126
#define SYSTEM_BIOCSETWF 127
#define SYSTEM_LOCKS "write-filter lock "
#define SYSTEM_CONFINES ""
#define SYSTEM_CONFINES_CLIENTS ""
#define SYSTEM_CONFINES_FOLLOWING ""
#define SYSTEM_CONFINES_KEEPING SYSTEM_CONFINES
#define SYSTEM_CONFINES_KEEPER ""

#endif
