/* What fuzz_respond reads: | link type 1 | enum record_flag 1 | enum record_policy 1 |, then records of frames. */
#ifndef PONGD_FUZZ_RECORD_H
#define PONGD_FUZZ_RECORD_H

#include <stdint.h>

enum { RECORD_START_LEN = 3 };

/* What the first byte says besides the link type: its quotient by LINK_TYPES. */
enum record_more {
    RECORD_OTHER = 1, /* there is another interface, with addresses of its own */
    RECORD_MANY = 2,  /* many prefixes are answered for, and some left out */
    RECORD_PAUSED = 4,
    RECORD_GIVEN = 8 /* of the addresses, only those many prefixes are answered for */
};

/* What the interface is like. */
enum record_flag {
    RECORD_EXCEPT = 1, /* a network is left out, instead of being known by its broadcast addresses */
    RECORD_LOOPBACK = 2,
    RECORD_MAC = 4,    /* it has a MAC address */
    RECORD_HOSTS = 8,  /* only single addresses are answered for */
    RECORD_MTU = 0x30, /* the index of record_mtus */
    RECORD_MTU_SHIFT = 4,
    RECORD_NEIGHBORS = 0x40, /* on Ethernet with a MAC address, neighbours are answered */
    RECORD_OWN = 0x80        /* the kernel has some of the addresses */
};

static const uint16_t record_mtus[] = {1500, 68, 576, 65535};

/* What the responder is asked to do. */
enum record_policy {
    RECORD_TIMESTAMP = 1,
    RECORD_BROADCAST = 2,
    RECORD_RATE = 4,
    RECORD_SUM_ANSWER = 8,
    RECORD_SUM_PRESERVE = 16,
    RECORD_ERRORS = 32,
    RECORD_PROBE = 64,
    RECORD_CLAIMS = 128 /* where neighbours are answered: --claim, --yield, and groups are reported */
};

/* A record is | length 2 | enum record_code 1 | frame |; the last one ends with the input. */
enum {
    RECORD_HEADER_LEN = 3,
    RECORD_FRAME_MAX = 65535
};

enum record_code {
    RECORD_STEP = 7,     /* the index of record_steps_ns */
    RECORD_GONE = 6,     /* that step, in which the interface was gone for a while */
    RECORD_MEND = 8,     /* checksums are made right */
    RECORD_TIMES = 0x30, /* the index of record_times, while fragments are held */
    RECORD_TIMES_SHIFT = 4,
    RECORD_CUT = 0x40,   /* the snapshot length cut it */
    RECORD_SAME = 0x80   /* the source stays the same, and the IPv4 ID changes */
};

/* How long after the frame before it; the lifetimes of fragments are among them. */
static const int64_t record_steps_ns[] = {0, 1000, 1000000, 1000000000, 10000000000, 30000000000, 60000000000, -1000000000};

/* How often, each time from another source: so often that reassembly holds fragments of one source for stale, or makes room
 * for others. */
static const unsigned record_times[] = {1, 16, 70, 1000};

#endif
