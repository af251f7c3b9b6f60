/* Frames in memory for the kernel oracle: lists of them, byte order, checksums. */
#ifndef PONGD_TESTS_NET_ORACLE_WIRE_H
#define PONGD_TESTS_NET_ORACLE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAC_LEN = 6,
    ETHERNET_LEN = 14,
    TAG_LEN = 4,
    IP4_LEN = 20,
    IP6_LEN = 40,
    TYPE_IP4 = 0x0800,
    TYPE_ARP = 0x0806,
    TYPE_IP6 = 0x86dd,
    TYPE_VLAN = 0x8100,
    TYPE_SERVICE_VLAN = 0x88a8,
    PROTOCOL_ICMP = 1,
    NEXT_HOP_BY_HOP = 0,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_ICMP6 = 58,
    NEXT_DESTINATION = 60,
    FLAG_MORE = 0x2000,
    FLAG_DF = 0x4000,
    OFFSET_MASK = 0x1fff
};

struct span {
    size_t at;
    size_t len;
};

/* A list of frames, one behind the other in one piece of memory, which grows. */
struct frames {
    uint8_t *bytes;
    size_t used;
    size_t room;
    struct span *spans;
    size_t count;
    size_t span_room;
};

void frames_clear(struct frames *frames);
void frames_free(struct frames *frames);
void frames_add(struct frames *frames, const uint8_t *bytes, size_t len);
uint8_t *frames_at(const struct frames *frames, size_t i);

/* The part of a frame that matters behind tags for VLAN 0, as far as it is there. */
struct view {
    const uint8_t *frame;
    const uint8_t *ip; /* what the link layer carries */
    size_t ip_len;
    const uint8_t *upper; /* IPv4: behind the header and its options; IPv6: behind the fixed header */
    size_t upper_len;
    unsigned type;    /* EtherType */
    unsigned version; /* 4 or 6 when the header is there and says so, else 0 */
};

struct view view_of(const uint8_t *frame, size_t len);

struct view frames_view(const struct frames *frames, size_t i);

/* Whether it is an ICMP error right behind the IP header. */
bool view_is_error(const struct view *view);

unsigned get16(const uint8_t *at);
uint32_t get32(const uint8_t *at);
void put16(uint8_t *at, unsigned value);
void put32(uint8_t *at, uint32_t value);

uint32_t sum_add(uint32_t sum, const uint8_t *bytes, size_t len);
unsigned sum_fold(uint32_t sum);

/* The sum of the IPv6 pseudo-header (RFC 8200 section 8.1) for ICMPv6. */
uint32_t sum_pseudo6(const uint8_t *src, const uint8_t *dst, size_t len);

/* Puts the right checksums into a frame as far as its headers can be made out. */
void sums_repair(uint8_t *frame, size_t len, bool icmp_too);

/* Memory or the end. */
void *more_memory(void *old, size_t size);

#endif
