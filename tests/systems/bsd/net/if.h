/* A BSD's interfaces: what their entries in a list of addresses tell. */
#ifndef PONGD_TESTS_NET_IF_H
#define PONGD_TESTS_NET_IF_H

#include <stdint.h>

#include "kernel.h"

#define IFNAMSIZ 16
#define IFF_UP 0x1
#define IFF_LOOPBACK 0x8

struct if_data {
    uint8_t ifi_type, ifi_addrlen, ifi_hdrlen, ifi_link_state;
    uint32_t ifi_mtu;
};

#define if_nametoindex kernel_index

#endif
