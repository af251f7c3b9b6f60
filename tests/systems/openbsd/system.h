/* OpenBSD 6.6 and later: sys/sys/socket.h; sys/net/if_dl.h, bpf.h (1.67); sys/netinet6/in6_var.h; include/unistd.h. */
#ifndef PONGD_TESTS_SYSTEM_H
#define PONGD_TESTS_SYSTEM_H

#define SYSTEM_NAME "OpenBSD"
#define SYSTEM_AF_INET6 24
#define SYSTEM_LINK_ROOM 24
#define SYSTEM_KEEPS_ZONE 1
#define SYSTEM_BIOCLOCK 118
#define SYSTEM_BIOCSETWF 119
#define SYSTEM_HAS_PLEDGE 1
#define SYSTEM_LOCKS "write-filter lock "
#define SYSTEM_CONFINES "unveil(/) unveil() pledge(stdio bpf route error) "
#define SYSTEM_CONFINES_CLIENTS "unveil(/) unveil() pledge(stdio bpf route unix error) "
#define SYSTEM_CONFINES_FOLLOWING SYSTEM_CONFINES
#define SYSTEM_CONFINES_KEEPING "unveil(/) unveil() pledge(stdio bpf route recvfd error) "
#define SYSTEM_CONFINES_KEEPER "pledge(stdio rpath wpath cpath sendfd) "

#endif
