/* What a plain echo loop does with a frame, for those that pongd is held against. */
#include "loop.h"

#include <string.h>

#include "net/oracle-wire.h"

enum { TTL = 64, ECHO_LEN = 8, ECHO = 8 };

/* The checksum of RFC 1071, eight bytes at a time; the order of the bytes does not matter for whether it fits. */
static bool
sum_fits(const uint8_t *bytes, size_t len)
{
    uint64_t sum = 0, word;
    uint32_t half;

    for (; len >= 8; bytes += 8, len -= 8) {
        memcpy(&word, bytes, 8);
        sum += word;
        sum += sum < word;
    }
    word = 0;
    memcpy(&word, bytes, len);
    sum += word;
    sum += sum < word;
    sum = (sum >> 32) + (sum & 0xffffffff);
    half = (uint32_t)(sum >> 32) + (uint32_t)(sum & 0xffffffff);
    half += half < (uint32_t)(sum & 0xffffffff);
    return sum_fold(half) == 0xffff;
}

static bool
is_request(const uint8_t *ip, size_t len, const uint8_t address[static 4])
{
    size_t total = get16(ip + 2);

    return ip[0] == 0x45 && total >= IP4_LEN + ECHO_LEN && total <= len && (get16(ip + 6) & 0x3fff) == 0 &&
           ip[9] == PROTOCOL_ICMP && memcmp(ip + 16, address, 4) == 0 && ip[IP4_LEN] == ECHO && ip[IP4_LEN + 1] == 0 &&
           sum_fits(ip, IP4_LEN) && sum_fits(ip + IP4_LEN, total - IP4_LEN);
}

static void
swap(uint8_t *a, uint8_t *b, size_t len)
{
    uint8_t kept[MAC_LEN];

    memcpy(kept, a, len);
    memcpy(a, b, len);
    memcpy(b, kept, len);
}

bool
loop_answer(uint8_t *frame, size_t *len, const uint8_t address[static 4])
{
    uint8_t *ip = frame + ETHERNET_LEN, *icmp = ip + IP4_LEN;

    if (*len < ETHERNET_LEN + IP4_LEN + ECHO_LEN || get16(frame + 12) != TYPE_IP4 ||
        !is_request(ip, *len - ETHERNET_LEN, address))
        return false;
    *len = ETHERNET_LEN + get16(ip + 2); /* without what fills up a short frame */
    swap(frame, frame + MAC_LEN, MAC_LEN);
    swap(ip + 12, ip + 16, 4);
    ip[8] = TTL;
    put16(ip + 10, 0);
    put16(ip + 10, ~sum_fold(sum_add(0, ip, IP4_LEN)) & 0xffff);
    icmp[0] = 0;
    put16(icmp + 2, sum_fold(get16(icmp + 2) + (ECHO << 8))); /* RFC 1624: the type was the upper byte of its word */
    return true;
}
