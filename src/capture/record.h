/* The two headers in a pcap file (draft-ietf-opsawg-pcap sections 4 and 5), in the byte order of the host that wrote it. */
#ifndef PONGD_CAPTURE_RECORD_H
#define PONGD_CAPTURE_RECORD_H

#include <stdint.h>

#define RECORD_MAGIC_US UINT32_C(0xa1b2c3d4)
#define RECORD_MAGIC_NS UINT32_C(0xa1b23c4d)

enum { RECORD_MAJOR = 2, RECORD_MINOR = 4 };

struct record_file {
    uint32_t magic; /* tells the byte order, and the unit of fractions */
    uint16_t major, minor;
    uint32_t zero[2];
    uint32_t snaplen;
    uint32_t link_type;
};

/* Comes before each frame. */
struct record_header {
    uint32_t seconds;
    uint32_t fraction; /* microseconds or nanoseconds */
    uint32_t caplen;   /* bytes of the frame that follow */
    uint32_t len;      /* bytes that it had */
};

#endif
