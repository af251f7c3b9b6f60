/* FreeBSD 13 and 14: sys/sys/socket.h, errno.h, capsicum.h; sys/net/if_dl.h, bpf.h; sys/netinet6/in6_var.h. */
#ifndef PONGD_TESTS_SYSTEM_H
#define PONGD_TESTS_SYSTEM_H

#define SYSTEM_NAME "FreeBSD"
#define SYSTEM_AF_INET6 28
#define SYSTEM_LINK_ROOM 46 /* bytes of sdl_data */
#define SYSTEM_KEEPS_ZONE 0 /* whether getifaddrs(3) leaves it inside an address */
#define SYSTEM_ECAPMODE 94
#define SYSTEM_BIOCLOCK 122
#define SYSTEM_BIOCSETWF 123
#define SYSTEM_BIOCROTZBUF 128
#define SYSTEM_HAS_CAPSICUM 1
#define SYSTEM_LOCKS "write-filter lock rights questions "
#define SYSTEM_CONFINES "stdin stdout stderr enter "
#define SYSTEM_CONFINES_CLIENTS SYSTEM_CONFINES
#define SYSTEM_CONFINES_FOLLOWING "stdin stdout stderr "
#define SYSTEM_CONFINES_KEEPING SYSTEM_CONFINES
#define SYSTEM_CONFINES_KEEPER "enter "

#endif
