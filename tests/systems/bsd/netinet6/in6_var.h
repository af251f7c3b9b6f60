/* What a KAME kernel tells of an IPv6 address. */
#ifndef PONGD_TESTS_NETINET6_IN6_VAR_H
#define PONGD_TESTS_NETINET6_IN6_VAR_H

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>

struct in6_ifreq {
    char ifr_name[IFNAMSIZ];
    union {
        struct sockaddr_in6 ifru_addr;
        int ifru_flags6;
        char ifru_statistics[256];
    } ifr_ifru;
};

#define ifr_addr ifr_ifru.ifru_addr /* net/if.h has it */
#define IN6_IFF_TENTATIVE 0x02
#define IN6_IFF_DUPLICATED 0x04
#define SIOCGIFAFLAG_IN6 _IOWR('i', 73, struct in6_ifreq)

#endif
