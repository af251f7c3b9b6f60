/* Writes a capture of echo requests to standard output, of many clients to many hosts.
 *
 * usage: requests [--answered] COUNT BYTES
 *
 * BYTES are of payload.  With --answered each request is followed by the reply to it. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/bytes.h"
#include "codec/checksum.h"

enum { LINK_LEN = 14, HEADER_LEN = 20, ICMP_LEN = 8, PAYLOAD_MOST = 1472, IP_AT = LINK_LEN, ICMP_AT = IP_AT + HEADER_LEN };

static uint8_t frame[ICMP_AT + ICMP_LEN + PAYLOAD_MOST];

static void
put32(uint32_t number)
{
    fwrite(&number, sizeof number, 1, stdout);
}

static void
set_sum(uint8_t *at, const uint8_t *data, size_t len)
{
    store_be16(at, 0);
    store_be16(at, checksum(data, len));
}

/* Ten microseconds after each other. */
static void
write_frame(unsigned i, size_t len)
{
    put32(1700000000 + i / 100000);
    put32(i % 100000 * 10);
    put32((uint32_t)len);
    put32((uint32_t)len);
    fwrite(frame, len, 1, stdout);
}

static void
make_request(unsigned i, size_t size)
{
    static const uint8_t macs[LINK_LEN] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
    static const uint8_t header[HEADER_LEN] = {0x45, [6] = 0x40, [8] = 64, 1};
    uint8_t *ip = frame + IP_AT, *icmp = frame + ICMP_AT;

    memcpy(frame, macs, sizeof macs);
    memcpy(ip, header, sizeof header);
    store_be16(ip + 2, (uint16_t)(HEADER_LEN + ICMP_LEN + size));
    store_be16(ip + 4, (uint16_t)i);
    store_be32(ip + 12, UINT32_C(0x0a000001) + i * 7919 % 65000);
    store_be32(ip + 16, UINT32_C(0xc0000201) + i * 31 % 250);
    set_sum(ip + 10, ip, HEADER_LEN);
    memcpy(icmp, "\x08\0\0\0", 4);
    store_be16(icmp + 4, (uint16_t)(i / 1000));
    store_be16(icmp + 6, (uint16_t)i);
    set_sum(icmp + 2, icmp, ICMP_LEN + size);
}

static void
swap(uint8_t *a, uint8_t *b, size_t len)
{
    uint8_t kept[6];

    memcpy(kept, a, len);
    memcpy(a, b, len);
    memcpy(b, kept, len);
}

static void
make_reply(size_t size)
{
    uint8_t *ip = frame + IP_AT, *icmp = frame + ICMP_AT;

    swap(frame, frame + 6, 6);
    swap(ip + 12, ip + 16, 4);
    icmp[0] = 0;
    set_sum(icmp + 2, icmp, ICMP_LEN + size);
}

int
main(int argc, char *argv[])
{
    bool is_answered = argc == 4 && strcmp(argv[1], "--answered") == 0;
    unsigned long count, size;

    if (argc != 3 && !is_answered) {
        fputs("usage: requests [--answered] COUNT BYTES\n", stderr);
        return 2;
    }
    count = strtoul(argv[argc - 2], NULL, 10);
    size = strtoul(argv[argc - 1], NULL, 10);
    if (size > PAYLOAD_MOST)
        size = PAYLOAD_MOST;
    for (size_t i = 0; i < size; i++)
        frame[ICMP_AT + ICMP_LEN + i] = (uint8_t)i;
    put32(UINT32_C(0xa1b2c3d4));
    put32(*(const uint8_t *)&(const uint16_t){1} == 1 ? 2 | 4U << 16 : 2U << 16 | 4); /* version 2.4, as two halves */
    put32(0);
    put32(0);
    put32(262144);
    put32(1); /* Ethernet */
    for (unsigned i = 0; i < count; i++) {
        make_request(i, size);
        write_frame(i, ICMP_AT + ICMP_LEN + size);
        if (!is_answered)
            continue;
        make_reply(size);
        write_frame(i, ICMP_AT + ICMP_LEN + size);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
