/* Addresses of the link layer: in sdl_data the interface's name, then the address. */
#ifndef PONGD_TESTS_NET_IF_DL_H
#define PONGD_TESTS_NET_IF_DL_H

#include <stdint.h>

#include "system.h"

#ifdef SYSTEM_LINK_NESTED

struct dl_addr {
    uint8_t dl_type, dl_nlen, dl_alen, dl_slen;
    char dl_data[SYSTEM_LINK_ROOM];
};

struct sockaddr_dl {
    uint8_t sdl_len;
    uint8_t sdl_family;
    uint16_t sdl_index;
    struct dl_addr sdl_addr;
};

#define sdl_type sdl_addr.dl_type
#define sdl_nlen sdl_addr.dl_nlen
#define sdl_alen sdl_addr.dl_alen
#define sdl_slen sdl_addr.dl_slen
#define sdl_data sdl_addr.dl_data

#else

struct sockaddr_dl {
    uint8_t sdl_len;
    uint8_t sdl_family;
    uint16_t sdl_index;
    uint8_t sdl_type, sdl_nlen, sdl_alen, sdl_slen;
    char sdl_data[SYSTEM_LINK_ROOM];
};

#endif
#endif
