/* What becomes of a request with one thing wrong, rule by rule: the identifiers are those of the conformance table. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "craft.h"
#include "parse.h"
#include "responder/responder.h"
#include "served.h"

enum { PATCHES = 3, SEALED = 1, LIVE = 2, LOOPBACK = 4 };

struct patch {
    enum craft_layer layer;
    size_t at;
    const char *bytes;
    size_t len;
};

#define PATCH(layer, at, bytes) {CRAFT_##layer, at, bytes, sizeof(bytes) - 1}

struct row {
    const char *rule;
    uint8_t version;
    enum verdict verdict;
    unsigned flags;
    const char *extra; /* IPv4 options, or IPv6 extension headers beginning with the number of the first */
    size_t extra_len;
    struct patch patches[PATCHES];
};

#define NONE NULL, 0
#define EXTRA(bytes) bytes, sizeof(bytes) - 1
#define V(name) VERDICT_##name

/* Served: 192.0.2.2 and 198.51.100.0/24, fd00:db8::2, fe80::2 and 2001:db8:5::/64, with 192.0.2.0/24 and fd00:db8::/64 on the
 * link; our MAC address is 02:00:00:00:00:02. */
static const struct row rows[] = {
    {"L2-03", 4, V(ANSWERED), LIVE, NONE, {{0}}},
    {"L2-03 v6", 6, V(ANSWERED), LIVE, NONE, {{0}}},
    {"L2-04", 4, V(L2_OTHER), LIVE, NONE, {PATCH(L2, 0, "\x02\0\0\0\0\x99")}},
    {"L2-04 offline", 4, V(ANSWERED), 0, NONE, {PATCH(L2, 0, "\x02\0\0\0\0\x99")}},
    {"L2-05", 4, V(L2_BCAST_UCAST), LIVE, NONE, {PATCH(L2, 0, "\xff\xff\xff\xff\xff\xff")}},
    {"L2-06", 6, V(L2_BCAST_UCAST), LIVE, NONE, {PATCH(L2, 0, "\x33\x33\0\0\0\x01")}},
    {"L2-07", 4, V(IP_BCAST), LIVE | SEALED, NONE, {PATCH(L3, 16, "\xff\xff\xff\xff")}},
    {"L2-09", 4, V(L2_BADSRC), LIVE, NONE, {PATCH(L2, 6, "\x01\0\x5e\0\0\x09")}},
    {"L2-09 loopback", 4, V(L2_BADSRC), LOOPBACK, NONE, {PATCH(L2, 6, "\x01\0\x5e\0\0\x09")}},
    {"L2-10 ours", 4, V(L2_OWNSRC), LIVE, NONE, {PATCH(L2, 6, "\x02\0\0\0\0\x02")}},
    {"L2-10 zero", 4, V(L2_OWNSRC), LIVE, NONE, {PATCH(L2, 6, "\0\0\0\0\0\0")}},
    {"L2-10 zero offline", 4, V(L2_OWNSRC), 0, NONE, {PATCH(L2, 6, "\0\0\0\0\0\0")}},
    {"L2-10 loopback", 4, V(ANSWERED), LOOPBACK, NONE, {PATCH(L2, 0, "\0\0\0\0\0\0\0\0\0\0\0\0")}},
    {"L2-10 captured loopback", 4, V(ANSWERED), 0, NONE, {PATCH(L2, 0, "\0\0\0\0\0\0\0\0\0\0\0\0")}},
    {"L2-14", 4, V(IP_BADVER), 0, NONE, {PATCH(L3, 0, "\x65")}},
    {"L2-14 v6", 6, V(IP_BADVER), 0, NONE, {PATCH(L3, 0, "\x40")}},
    {"L2-21", 4, V(L2_LLC), 0, NONE, {PATCH(L2, 12, "\0\x2a")}},
    {"L2-22 PPPoE", 4, V(L2_PROTO), 0, NONE, {PATCH(L2, 12, "\x88\x64")}},
    {"L2-22 ARP", 4, V(L2_PROTO), 0, NONE, {PATCH(L2, 12, "\x08\x06")}},
    {"L2-22 no type", 4, V(L2_PROTO), 0, NONE, {PATCH(L2, 12, "\x05\xf0")}},

    {"V4-02", 4, V(IP_BADVER), SEALED, NONE, {PATCH(L3, 0, "\x55")}},
    {"V4-03", 4, V(IP_BADHLEN), SEALED, NONE, {PATCH(L3, 0, "\x44")}},
    {"V4-04", 4, V(IP_BADHLEN), 0, NONE, {PATCH(L3, 0, "\x4f")}},
    {"V4-05", 4, V(IP_BADSUM), 0, NONE, {PATCH(L3, 10, "\x11\x11")}},
    {"V4-06 zero", 4, V(IP_BADLEN), SEALED, NONE, {PATCH(L3, 2, "\0\0")}},
    {"V4-06 19", 4, V(IP_BADLEN), SEALED, NONE, {PATCH(L3, 2, "\0\x13")}},
    {"V4-07", 4, V(IP_TRUNC), SEALED, NONE, {PATCH(L3, 2, "\0\x25")}},
    {"V4-09", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 6, "\x80\0")}},
    {"V4-10 0", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 8, "\0")}},
    {"V4-10 1", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 8, "\x01")}},
    {"V4-11", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 1, "\xff"), PATCH(L3, 4, "\0\0")}},
    {"V4-12", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\0\0\0\0")}},
    {"V4-13", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\0\x01\x02\x03")}},
    {"V4-14 src", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\x7f\0\0\x01")}},
    {"V4-14 dst", 4, V(IP_BADDST), SEALED, NONE, {PATCH(L3, 16, "\x7f\0\0\x01")}},
    {"V4-14 loopback", 4, V(ANSWERED), SEALED | LOOPBACK, NONE, {PATCH(L3, 12, "\x7f\0\0\x01\x7f\0\0\x01")}},
    {"V4-15", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\xe0\0\0\x01")}},
    {"V4-16", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\xf0\0\0\x01")}},
    {"V4-17", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\xff\xff\xff\xff")}},
    {"V4-18 on link", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\xc0\0\x02\xff")}},
    {"V4-18 served", 4, V(IP_BADSRC), SEALED, NONE, {PATCH(L3, 12, "\xc6\x33\x64\xff")}},
    {"V4-19", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 12, "\xc0\0\x02\0")}},
    {"V4-20 src=dst", 4, V(IP_LAND), SEALED, NONE, {PATCH(L3, 12, "\xc6\x33\x64\x07\xc6\x33\x64\x07")}},
    {"V4-20 ours", 4, V(IP_LAND), SEALED, NONE, {PATCH(L3, 12, "\xc0\0\x02\x02\xc6\x33\x64\x07")}},
    {"V4-20 prefix", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 12, "\xc6\x33\x64\x08")}},
    {"V4-21", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 12, "\xa9\xfe\x09\x09")}},
    {"V4-22", 4, V(IP_NOTOURS), SEALED, NONE, {PATCH(L3, 16, "\xc0\0\x02\x09")}},
    {"V4-22 prefix", 4, V(ANSWERED), SEALED, NONE, {PATCH(L3, 16, "\xc6\x33\x64\x09")}},
    {"V4-23", 4, V(IP_BCAST), SEALED, NONE, {PATCH(L3, 16, "\xff\xff\xff\xff")}},
    {"V4-24 on link", 4, V(IP_BCAST), SEALED, NONE, {PATCH(L3, 16, "\xc0\0\x02\xff")}},
    {"V4-24 served", 4, V(IP_BCAST), SEALED, NONE, {PATCH(L3, 16, "\xc6\x33\x64\xff")}},
    {"V4-25", 4, V(IP_NOTOURS), SEALED, NONE, {PATCH(L3, 16, "\xc6\x33\x64\0")}},
    {"V4-26", 4, V(IP_BCAST), SEALED, NONE, {PATCH(L3, 16, "\xe0\0\0\x01")}},
    {"V4-27", 4, V(IP_NOTMEMBER), SEALED, NONE, {PATCH(L3, 16, "\xe0\0\0\xfb")}},
    {"V4-28", 4, V(IP_BADDST), SEALED, NONE, {PATCH(L3, 16, "\0\0\0\0")}},
    {"V4-28 0/8", 4, V(IP_BADDST), SEALED, NONE, {PATCH(L3, 16, "\0\x01\x02\x03")}},
    {"V4-28 240/4", 4, V(IP_BADDST), SEALED, NONE, {PATCH(L3, 16, "\xf0\0\0\x01")}},
    {"V4-29", 4, V(IP_PROTO), SEALED, NONE, {PATCH(L3, 9, "\xfd")}},

    {"OP-01", 4, V(ANSWERED), 0, EXTRA("\x01\x01\x01\0"), {{0}}},
    {"OP-02", 4, V(ANSWERED), 0, EXTRA("\0\x07\x27\x04"), {{0}}},
    {"OP-03", 4, V(ANSWERED), 0, EXTRA("\x07\x0b\x04\0\0\0\0\0\0\0\0\0"), {{0}}},
    {"OP-10", 4, V(ANSWERED), 0, EXTRA("\x44\x0c\x05\0\0\0\0\0\0\0\0\0"), {{0}}},
    {"OP-17 loose", 4, V(IP_SRCROUTE), 0, EXTRA("\x83\x07\x08\x0a\0\0\x01\0"), {{0}}},
    {"OP-17 strict", 4, V(IP_SRCROUTE), 0, EXTRA("\x89\x07\x04\x0a\0\0\x01\0"), {{0}}},
    {"OP-21", 4, V(ANSWERED), 0, EXTRA("\x94\x04\0\0"), {{0}}},
    {"OP-23", 4, V(ANSWERED), 0, EXTRA("\x88\x04\0\x01"), {{0}}},
    {"OP-25 length 0", 4, V(IP_BADOPT), 0, EXTRA("\x5e\0\0\0"), {{0}}},
    {"OP-25 length 1", 4, V(IP_BADOPT), 0, EXTRA("\x5e\x01\0\0"), {{0}}},
    {"OP-25 too long", 4, V(IP_BADOPT), 0, EXTRA("\x5e\x09\0\0"), {{0}}},
    {"OP-26", 4, V(IP_BADOPT), 0, EXTRA("\x01\x01\x01\x07"), {{0}}},
    {"FR first", 4, V(FRAG_RX), SEALED, NONE, {PATCH(L3, 6, "\x20\0")}},
    {"FR-04", 4, V(FRAG_BAD), SEALED, NONE, {PATCH(L3, 6, "\x20\0"), PATCH(L3, 2, "\0\x21")}},
    {"FR-08", 4, V(FRAG_TOOLONG), SEALED, NONE, {PATCH(L3, 6, "\x1f\xff")}},
    {"F6-10", 6, V(FRAG_BAD), 0, EXTRA("\x2c\x3c\0\0\x01\0\0\0\x01\x3a\x01\0\0\0\0\0\0"), {PATCH(L3, 4, "\0\x10")}},
    {"FR-16 later", 4, V(FRAG_RX), SEALED, EXTRA("\x44\x0b\x05\0\0\0\0\0\0\0\0\0"), {PATCH(L3, 6, "\0\x04")}},
    {"FR-16 whole", 4, V(IP_BADOPT), 0, EXTRA("\x44\x0b\x05\0\0\0\0\0\0\0\0\0"), {{0}}},
    {"F6-14", 6, V(IP6_EXTHDR), 0, EXTRA("\x2c\x2c\0\0\0\0\0\0\x01\x3a\0\0\0\0\0\0\x01"), {{0}}},
    {"FR later", 4, V(FRAG_RX), SEALED, NONE, {PATCH(L3, 6, "\0\x04")}},

    {"IC-01", 4, V(ICMP_SHORT), SEALED, NONE, {PATCH(L3, 2, "\0\x1b")}},
    {"IC-01 nothing", 4, V(ICMP_SHORT), SEALED, NONE, {PATCH(L3, 2, "\0\x14")}},
    {"IC-02", 4, V(ICMP_BADSUM), 0, NONE, {PATCH(L4, 2, "\x11\x11")}},
    {"IC-04", 4, V(ANSWERED), SEALED, NONE, {PATCH(L4, 1, "\x09")}},
    {"IC-06", 4, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\0")}},
    {"IC-07", 4, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\x03")}},
    {"IC-08", 4, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\x11")}},
    {"IC-09", 4, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\xff")}},
    {"PR-01", 4, V(PROBE_OFF), SEALED, NONE, {PATCH(L4, 0, "\x2a")}},
    {"PR-01", 6, V(PROBE_OFF), SEALED, NONE, {PATCH(L4, 0, "\xa0")}},
    {"IC-16", 4, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\x0d")}},

    {"V6-02", 6, V(IP6_TRUNC), 0, NONE, {PATCH(L3, 4, "\x01\0")}},
    {"V6-04", 6, V(ICMP6_SHORT), 0, NONE, {PATCH(L3, 4, "\0\0")}},
    {"V6-05", 6, V(IP6_JUMBO), 0, EXTRA("\0\x3a\0\x01\x04\0\0\0\0"), {PATCH(L3, 4, "\0\0")}},
    {"V6-06", 6, V(IP6_JUMBO), 0, EXTRA("\0\x3a\0\xc2\x04\0\x01\0\0"), {{0}}},
    {"V6-07", 6, V(ANSWERED), 0, NONE, {PATCH(L3, 7, "\0")}},
    {"V6-08", 6, V(IP6_BADSRC), SEALED, NONE, {PATCH(L3, 8, "\xff\x02")}},
    {"V6-09 src", 6, V(IP6_BADSRC), SEALED, NONE, {PATCH(L3, 8, "\0\0\0\0")}},
    {"V6-09 dst", 6, V(IP6_BADDST), SEALED, NONE, {PATCH(L3, 24, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01")}},
    {"V6-09 loopback", 6, V(ANSWERED), SEALED | LOOPBACK, NONE,
     {PATCH(L3, 8, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01")}},
    {"V6-10", 6, V(IP6_BADSRC), SEALED, NONE, {PATCH(L3, 8, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
    {"V6-11", 6, V(IP6_BADSRC), SEALED, NONE, {PATCH(L3, 8, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01")}},
    {"V6-12", 6, V(IP6_BADSRC), SEALED, NONE, {PATCH(L3, 8, "\0\0\0\0\0\0\0\0\0\0\0\0\xc0\0\x02\x01")}},
    {"V6-13", 6, V(IP_LAND), SEALED, NONE, {PATCH(L3, 23, "\x02")}},
    {"V6-14", 6, V(IP6_BADDST), SEALED, NONE, {PATCH(L3, 24, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")}},
    {"V6-15", 6, V(IP_NOTOURS), SEALED, NONE, {PATCH(L3, 39, "\x99")}},
    {"V6-16", 6, V(IP_NOTOURS), SEALED, NONE, {PATCH(L3, 39, "\0")}},
    {"V6-17 scope 0", 6, V(IP6_BADSCOPE), SEALED, NONE, {PATCH(L3, 24, "\xff\0\0\0")}},
    {"V6-17 scope 1", 6, V(IP6_BADSCOPE), SEALED, NONE, {PATCH(L3, 24, "\xff\x01\0\0")}},
    {"V6-18", 6, V(ANSWERED), SEALED, NONE, {PATCH(L3, 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x01")}},
    {"V6-19", 6, V(ANSWERED), SEALED, NONE, {PATCH(L3, 24, "\xff\x02\0\0\0\0\0\0\0\0\0\x01\xff\0\0\x02")}},
    {"V6-20", 6, V(IP6_NOTMEMBER), SEALED, NONE, {PATCH(L3, 24, "\xff\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\x01")}},
    {"V6-22", 6, V(ANSWERED), SEALED, NONE, {PATCH(L3, 24, "\xfe\x80\0\0")}},
    {"V6-24", 6, V(IP6_BADSCOPE), SEALED, NONE, {PATCH(L3, 8, "\xfe\x80\0\x01")}},
    {"V6-24 dst", 6, V(IP6_BADSCOPE), SEALED, NONE, {PATCH(L3, 24, "\xfe\x80\0\x01")}},
    {"V6-25", 6, V(ANSWERED), 0, NONE, {PATCH(L3, 0, "\x6b\x91\x23\x45")}},

    {"EH-01", 6, V(ANSWERED), 0, EXTRA("\0\x3a\0\x01\x04\0\0\0\0"), {{0}}},
    {"EH-02", 6, V(IP6_EXTHDR), 0, EXTRA("\x3c\0\0\x01\x04\0\0\0\0\x3a\0\x01\x04\0\0\0\0"), {{0}}},
    {"EH-03", 6, V(IP6_EXTHDR), 0, EXTRA("\x3c\x3a\x20\x01\x04\0\0\0\0"), {{0}}},
    {"EH-05 nonzero", 6, V(IP6_BADOPT), 0, EXTRA("\x3c\x3a\0\x01\x04\0\0\0\x01"), {{0}}},
    {"EH-05 long", 6, V(IP6_BADOPT), 0, EXTRA("\x3c\x3a\x01\x01\x0c\0\0\0\0\0\0\0\0\0\0\0\0"), {{0}}},
    {"EH-05 Pad1", 6, V(ANSWERED), 0, EXTRA("\x3c\x3a\0\0\0\0\0\0\0"), {{0}}},
    {"EH-06", 6, V(IP6_BADOPT), 0, EXTRA("\x3c\x3a\0\x1e\x09\0\0\0\0"), {{0}}},
    {"EH-07", 6, V(ANSWERED), 0, EXTRA("\x3c\x3a\0\x1e\x04\x01\x02\x03\x04"), {{0}}},
    {"EH-08", 6, V(IP6_BADOPT), 0, EXTRA("\x3c\x3a\0\x5e\x04\0\0\0\0"), {{0}}},
    {"EH-09", 6, V(IP6_BADOPT), 0, EXTRA("\x3c\x3a\0\x9e\x04\0\0\0\0"), {{0}}},
    {"EH-10", 6, V(IP6_BADOPT), 0, EXTRA("\x3c\x3a\0\xde\x04\0\0\0\0"), {{0}}},
    {"EH-11 8", 6, V(ANSWERED), 0,
     EXTRA("\x3c\x3a\x02\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x01\x04\0\0\0\0"), {{0}}},
    {"EH-11 9", 6, V(IP6_BADOPT), 0,
     EXTRA("\x3c\x3a\x02\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x1e\0\x01\x02\0\0"), {{0}}},
    {"EH-12", 6, V(ANSWERED), 0, EXTRA("\0\x3a\0\x05\x02\0\0\x01\0"), {{0}}},
    {"EH-12 length", 6, V(IP6_BADOPT), 0, EXTRA("\0\x3a\0\x05\x03\0\0\0\0"), {{0}}},
    {"EH-13", 6, V(ANSWERED), 0,
     EXTRA("\x3c\x3c\0\x01\x04\0\0\0\0\x3c\0\x01\x04\0\0\0\0\x3c\0\x01\x04\0\0\0\0\x3c\0\x01\x04\0\0\0\0\x3a\0\x01\x04\0\0\0\0"),
     {{0}}},
    {"EH-14", 6, V(ANSWERED), 0, EXTRA("\x2b\x3a\0\xc8\0\0\0\0\0"), {{0}}},
    {"EH-15", 6, V(IP6_EXTHDR), 0, EXTRA("\x2b\x3a\0\0\x01\0\0\0\0"), {{0}}},
    {"EH-16", 6, V(IP6_EXTHDR), 0, EXTRA("\x2b\x3a\0\x04\0\0\0\0\0"), {{0}}},
    {"EH-17", 6, V(IP6_BADSCOPE), SEALED, EXTRA("\x2b\x3a\0\0\0\0\0\0\0"),
     {PATCH(L3, 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x01")}},
    {"EH-18 AH", 6, V(IP6_IPSEC), 0, EXTRA("\x33\x3a\x01\0\0\0\0\0\x01"), {{0}}},
    {"EH-18 ESP", 6, V(IP6_IPSEC), 0, EXTRA("\x32\0\0\0\x01\0\0\0\x01"), {{0}}},
    {"EH-19", 6, V(IP6_PROTO), 0, NONE, {PATCH(L3, 6, "\x3b")}},
    {"EH-20", 6, V(IP6_PROTO), 0, NONE, {PATCH(L3, 6, "\x01")}},
    {"EH-21", 6, V(IP6_EXTHDR), 0, EXTRA("\x3c\x3a\0\x01\x04\0\0\0\0"), {PATCH(L3, 4, "\0\x04")}},
    {"F6-01", 6, V(FRAG_RX), 0, EXTRA("\x2c\x3a\0\0\x01\0\0\0\x01"), {{0}}},
    {"F6-01 later", 6, V(FRAG_RX), 0, EXTRA("\x2c\x3a\0\0\x08\0\0\0\x01"), {{0}}},
    {"F6-02", 6, V(ANSWERED), 0, EXTRA("\x2c\x3a\0\0\0\0\0\0\x01"), {{0}}},
    {"F6-03", 6, V(ANSWERED), 0, EXTRA("\x2c\x3a\xff\0\x06\0\0\0\x01"), {{0}}},

    {"I6-01", 6, V(ICMP6_SHORT), 0, NONE, {PATCH(L3, 4, "\0\x07")}},
    {"I6-02", 6, V(ICMP6_BADSUM), 0, NONE, {PATCH(L4, 2, "\x12\x34")}},
    {"I6-02 zero", 6, V(ICMP6_BADSUM), 0, NONE, {PATCH(L4, 2, "\0\0")}},
    {"I6-04", 6, V(ANSWERED), SEALED, NONE, {PATCH(L4, 1, "\x09")}},
    {"I6-06", 6, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\x64")}},
    {"I6-07", 6, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\x8b")}},
    {"I6-08", 6, V(ICMP_TYPE), SEALED, NONE, {PATCH(L4, 0, "\x81")}},
};

static struct served list;
static struct responder responder;

static void
serve(struct addresses *table, const char *prefix, enum addresses_role role)
{
    struct address address;
    char errbuf[PORT_ERRBUF];
    unsigned len;

    assert_int_equal(parse_prefix(prefix, &address, &len, errbuf), 0);
    assert_true(served_add(&list, table, &address, len, role));
}

static struct iface
make_iface(unsigned flags)
{
    struct iface iface = {.link = LINK_EN10MB, .mtu = 1500, .mac = {2, 0, 0, 0, 0, 2}};

    iface.has_mac = (flags & LIVE) != 0;
    iface.is_loopback = (flags & LOOPBACK) != 0;
    served_init(&list, &iface.addresses);
    serve(&iface.addresses, "192.0.2.2", ADDRESSES_ANSWER);
    serve(&iface.addresses, "192.0.2.0/24", ADDRESSES_ONLINK);
    serve(&iface.addresses, "198.51.100.0/24", ADDRESSES_ANSWER);
    serve(&iface.addresses, "fd00:db8::2", ADDRESSES_ANSWER);
    serve(&iface.addresses, "fd00:db8::/64", ADDRESSES_ONLINK);
    serve(&iface.addresses, "fe80::2", ADDRESSES_ANSWER);
    serve(&iface.addresses, "2001:db8:5::/64", ADDRESSES_ANSWER);
    if ((flags & LOOPBACK) != 0) {
        serve(&iface.addresses, "127.0.0.1", ADDRESSES_ANSWER);
        serve(&iface.addresses, "::1", ADDRESSES_ANSWER);
    }
    return iface;
}

static void
craft_row(const struct row *row, struct craft *craft)
{
    const uint8_t *extra = (const uint8_t *)row->extra;

    if (row->version == 4)
        craft4(craft, LINK_EN10MB, extra, row->extra_len, 8);
    else if (row->extra_len > 0)
        craft6(craft, LINK_EN10MB, extra[0], extra + 1, row->extra_len - 1, 8);
    else
        craft6(craft, LINK_EN10MB, 58, NULL, 0, 8);
    for (size_t i = 0; i < PATCHES && row->patches[i].len > 0; i++) {
        const struct patch *patch = &row->patches[i];
        size_t base = patch->layer == CRAFT_L2 ? 0 : patch->layer == CRAFT_L3 ? craft->l3 : craft->l4;

        memcpy(craft->data + base + patch->at, patch->bytes, patch->len);
    }
    if ((row->flags & SEALED) != 0)
        craft_seal(craft);
}

static enum verdict
judge(const struct iface *iface, const struct craft *craft, size_t caplen)
{
    struct frame frame = {.data = craft->data, .caplen = caplen, .len = craft->len, .iface = iface};
    struct outcome outcome;

    respond(&responder, &frame, &outcome);
    assert_int_equal(outcome.reply_count, outcome.verdict == VERDICT_ANSWERED);
    return outcome.verdict;
}

static void
test_rule(void **state)
{
    const struct row *row = *state;
    struct iface iface = make_iface(row->flags);
    struct craft craft;

    responder_init(&responder, 1);
    craft_row(row, &craft);
    assert_string_equal(verdict_name(judge(&iface, &craft, craft.len)), verdict_name(row->verdict));
    /* Captured short it is never answered, whatever it is. */
    for (size_t caplen = 0; caplen < craft.len; caplen++)
        assert_int_equal(judge(&iface, &craft, caplen), VERDICT_CAP_TRUNC);
}

/* Frames that end too early on the wire. */
static void
test_short_frames(void **state)
{
    struct iface iface = make_iface(0);
    struct craft craft;

    (void)state;
    responder_init(&responder, 1);
    for (size_t len = 0; len < 42; len++) {
        craft4(&craft, LINK_EN10MB, NULL, 0, 0);
        craft.len = len;
        assert_int_equal(judge(&iface, &craft, len), len < 14 ? VERDICT_L2_SHORT : len < 34 ? VERDICT_IP_SHORT : VERDICT_IP_TRUNC);
        craft6(&craft, LINK_EN10MB, 58, NULL, 0, 0);
        craft.len = len;
        assert_int_equal(judge(&iface, &craft, len), len < 14 ? VERDICT_L2_SHORT : VERDICT_IP6_SHORT);
    }
    craft4(&craft, LINK_EN10MB, NULL, 0, 0);
    craft_tag(&craft, 0x8100, 10);
    craft.len = 15;
    assert_int_equal(judge(&iface, &craft, 15), VERDICT_L2_SHORT);
}

/* L2-15 to L2-18 */
static void
test_vlans(void **state)
{
    static const struct {
        uint16_t outer_tpid, outer, inner_tpid, inner; /* TPID 0: no such tag */
        enum verdict verdict;
    } cases[] = {
        {0, 0, 0x8100, 0xa000, V(ANSWERED)},         {0, 0, 0x8100, 0xb00a, V(ANSWERED)},
        {0, 0, 0x8100, 0x000b, V(L2_VLAN)},          {0, 0, 0x8100, 0x0fff, V(L2_VLAN)},
        {0x88a8, 0x0064, 0x8100, 0x000a, V(ANSWERED)}, {0x8100, 0x0064, 0x8100, 0x000a, V(ANSWERED)},
        {0x88a8, 0x0065, 0x8100, 0x000a, V(L2_VLAN)}, {0x88a8, 0x0000, 0x8100, 0xa000, V(ANSWERED)},
        {0, 0, 0x9100, 0x000a, V(L2_PROTO)},
    };
    struct iface iface = make_iface(LIVE);
    struct craft craft;

    (void)state;
    responder_init(&responder, 1);
    responder_add_vlan(&responder, 10);
    responder_add_vlan(&responder, 100);
    responder_add_vlan(&responder, 4095);
    for (size_t i = 0; i < COUNT(cases); i++) {
        craft4(&craft, LINK_EN10MB, NULL, 0, 8);
        craft_tag(&craft, cases[i].inner_tpid, cases[i].inner);
        if (cases[i].outer_tpid != 0)
            craft_tag(&craft, cases[i].outer_tpid, cases[i].outer);
        assert_int_equal(judge(&iface, &craft, craft.len), cases[i].verdict);
    }
    craft_tag(&craft, 0x8100, 10);
    craft4(&craft, LINK_EN10MB, NULL, 0, 8);
    for (int i = 0; i < 3; i++)
        craft_tag(&craft, 0x8100, 10);
    assert_int_equal(judge(&iface, &craft, craft.len), VERDICT_L2_VLAN);
}

static void
test_names_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < VERDICTS; i++) {
        assert_true(strlen(verdict_meaning((enum verdict)i)) > 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(verdict_name((enum verdict)i), verdict_name((enum verdict)j));
    }
}

/* Each verdict that a frame can get is shown by a row here or by one of the tests beside it. */
static void
test_every_verdict_has_a_row(void **state)
{
    static const enum verdict elsewhere[] = {V(CAP_TRUNC), V(L2_SHORT), V(L2_VLAN), V(IP_SHORT), V(IP6_SHORT), V(TX_FAIL),
                                             V(FRAG_DUP), V(FRAG_OVERLAP), V(RATE), V(IP_WRONGIF), V(IP_YIELDED),
                                             /* test_neighbor.c */
                                             V(NEIGHBOR), V(ARP_SHORT), V(ARP_BAD), V(ARP_OP), V(ARP_BADSHA), V(ARP_BADSPA),
                                             V(ARP_SELF), V(ARP_CONFLICT), V(ARP_NOTOURS), V(ND_HLIM), V(ND_BAD), V(ND_DUP),
                                             V(ND_NOTOURS),
                                             /* test_faults.c, test_pending.c */
                                             V(PAUSED), V(RULE_DROP), V(RULE_ERROR), V(RULE_HOP), V(RULE_PMTU),
                                             V(PENDING_FULL)};

    (void)state;
    for (int i = 0; i < VERDICTS; i++) {
        size_t found = 0;

        for (size_t j = 0; j < COUNT(rows); j++)
            found += rows[j].verdict == (enum verdict)i;
        for (size_t j = 0; j < COUNT(elsewhere); j++)
            found += elsewhere[j] == (enum verdict)i;
        if (found == 0)
            fail_msg("no test shows the verdict %s", verdict_name((enum verdict)i));
    }
}

int
main(void)
{
    enum { OTHERS = 4 };
    static struct CMUnitTest tests[COUNT(rows) + OTHERS] = {
        cmocka_unit_test(test_short_frames),
        cmocka_unit_test(test_vlans),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_every_verdict_has_a_row),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[OTHERS + i] = (struct CMUnitTest){
            .name = rows[i].rule, .test_func = test_rule, .initial_state = (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
