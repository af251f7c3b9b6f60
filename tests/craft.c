/* Frames for tests. */
#include "craft.h"

#include <string.h>

static const uint8_t client_mac[6] = {2, 0, 0, 0, 0, 1}, host_mac[6] = {2, 0, 0, 0, 0, 2};

static void
put(struct craft *craft, const void *data, size_t len)
{
    memcpy(craft->data + craft->len, data, len);
    craft->len += len;
}

static void
put_byte(struct craft *craft, unsigned value)
{
    craft->data[craft->len++] = (uint8_t)value;
}

static void
put_word(struct craft *craft, unsigned value)
{
    put_byte(craft, value >> 8);
    put_byte(craft, value & 0xff);
}

/* Link headers that end in what tells the IP version. */
static const struct {
    enum link_type link;
    const char *start;
    size_t len;
    uint16_t ipv4, ipv6;
} link_headers[] = {
    {LINK_PPP, "\xff\x03", 2, 0x0021, 0x0057},
    {LINK_PPP_SERIAL, "\xff\x03", 2, 0x0021, 0x0057},
    {LINK_C_HDLC, "\x0f\0", 2, 0x0800, 0x86dd},
    {LINK_FRELAY, "\x18\x61", 2, 0x03cc, 0x038e},
    {LINK_IEEE802_11, "\x08\x01\0\0" "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\2\0\0\0\0\2" "\0\0" "\xaa\xaa\3\0\0\0", 30, 0x0800, 0x86dd},
    {LINK_IEEE802_11_RADIO, "\0\0\x08\0\0\0\0\0" "\x08\2\0\0" "\2\0\0\0\0\2" "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\0\0"
     "\xaa\xaa\3\0\0\0", 38, 0x0800, 0x86dd},
    {LINK_PPI, "\0\0\x08\0\x69\0\0\0" "\x08\0\0\0" "\2\0\0\0\0\2" "\2\0\0\0\0\1" "\2\0\0\0\0\3" "\0\0"
     "\xaa\xaa\3\0\0\0", 38, 0x0800, 0x86dd},
    {LINK_DSA_TAG_BRCM, "\2\0\0\0\0\2" "\2\0\0\0\0\1" "\0\0\x20\5", 16, 0x0800, 0x86dd},
    {LINK_DSA_TAG_BRCM_PREPEND, "\0\0\x20\5" "\2\0\0\0\0\2" "\2\0\0\0\0\1", 16, 0x0800, 0x86dd},
    {LINK_DSA_TAG_DSA, "\2\0\0\0\0\2" "\2\0\0\0\0\1" "\xc0\x0a\0\0", 16, 0x0800, 0x86dd},
    {LINK_FDDI, "\x50" "\2\0\0\0\0\2" "\2\0\0\0\0\1" "\xaa\xaa\3\0\0\0", 19, 0x0800, 0x86dd},
    {LINK_DSA_TAG_EDSA, "\2\0\0\0\0\2" "\2\0\0\0\0\1" "\xda\xda\0\0" "\xc0\x0a\0\0", 20, 0x0800, 0x86dd},
};

static void
put_header(struct craft *craft, enum link_type link, bool is_v6)
{
    for (size_t i = 0; i < sizeof link_headers / sizeof link_headers[0]; i++)
        if (link_headers[i].link == link) {
            put(craft, link_headers[i].start, link_headers[i].len);
            put_word(craft, is_v6 ? link_headers[i].ipv6 : link_headers[i].ipv4);
        }
}

static void
put_link(struct craft *craft, enum link_type link, bool is_v6)
{
    craft->len = 0;
    switch (link) {
    case LINK_EN10MB:
        put(craft, host_mac, 6);
        put(craft, client_mac, 6);
        put_word(craft, is_v6 ? 0x86dd : 0x0800);
        break;
    case LINK_NULL: /* as a little-endian FreeBSD has it */
        put_word(craft, is_v6 ? 28 << 8 : 2 << 8);
        put_word(craft, 0);
        break;
    case LINK_LOOP:
        put_word(craft, 0);
        put_word(craft, is_v6 ? 24 : 2);
        break;
    case LINK_LINUX_SLL:
        put_word(craft, 0);
        put_word(craft, 1);
        put_word(craft, 6);
        put(craft, client_mac, 6);
        put_word(craft, 0);
        put_word(craft, is_v6 ? 0x86dd : 0x0800);
        break;
    case LINK_LINUX_SLL2:
        put_word(craft, is_v6 ? 0x86dd : 0x0800);
        put_word(craft, 0);
        put_word(craft, 0);
        put_word(craft, 3);
        put_word(craft, 1);
        put_byte(craft, 0);
        put_byte(craft, 6);
        put(craft, client_mac, 6);
        put_word(craft, 0);
        break;
    case LINK_ARCNET_LINUX:
        put(craft, "\x01\x02\x12\x34", 4);
        put_byte(craft, is_v6 ? 196 : 212);
        put(craft, "\0\x01\x66", 3);
        break;
    case LINK_IPNET:
        put_byte(craft, 1);
        put_byte(craft, is_v6 ? 26 : 2);
        put(craft, "\0\0" "\0\0\0\x54" "\0\0\0\2" "\0\0\0\0" "\xff\xff\xff\xff" "\0\0\0\0", 22);
        break;
    case LINK_IPOIB:
        put(craft, "\0\0\5\x50" "0123456789abcdef" "\0\0\5\x51" "fedcba9876543210", 40);
        put_word(craft, is_v6 ? 0x86dd : 0x0800);
        put_word(craft, 0);
        break;
    case LINK_SLIP:
        put(craft, "\0" "\x40\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0", 16);
        break;
    case LINK_NFLOG:
        put_byte(craft, is_v6 ? 10 : 2);
        put(craft, "\0\0\x14" "\x60\0\x09\0", 7);
        break;
    default:
        put_header(craft, link, is_v6);
        break;
    }
}

static void
put_icmp(struct craft *craft, uint8_t type, size_t size)
{
    craft->l4 = craft->len;
    put_byte(craft, type);
    put_byte(craft, 0);
    put_word(craft, 0);
    put_word(craft, 0xbeef);
    put_word(craft, 7);
    for (size_t i = 0; i < size; i++)
        put_byte(craft, (unsigned)('a' + i % 8));
    craft_seal(craft);
}

void
craft4(struct craft *craft, enum link_type link, const uint8_t *options, size_t options_len, size_t size)
{
    put_link(craft, link, false);
    craft->l3 = craft->len;
    put_byte(craft, 0x40 | (unsigned)(20 + options_len) / 4);
    put_byte(craft, 0);
    put_word(craft, (unsigned)(20 + options_len + 8 + size));
    put_word(craft, 0x1234);
    put_word(craft, 0x4000);
    put_byte(craft, 63);
    put_byte(craft, 1);
    put_word(craft, 0);
    put(craft, "\xc0\x00\x02\x01\xc0\x00\x02\x02", 8);
    if (options_len > 0)
        put(craft, options, options_len);
    put_icmp(craft, 8, size);
}

void
craft6(struct craft *craft, enum link_type link, uint8_t first, const uint8_t *headers, size_t headers_len, size_t size)
{
    static const uint8_t address[16] = {0xfd, 0x00, 0x0d, 0xb8};

    put_link(craft, link, true);
    craft->l3 = craft->len;
    put_word(craft, 0x6000);
    put_word(craft, 0);
    put_word(craft, (unsigned)(headers_len + 8 + size));
    put_byte(craft, first);
    put_byte(craft, 63);
    put(craft, address, 15);
    put_byte(craft, 1);
    put(craft, address, 15);
    put_byte(craft, 2);
    if (headers_len > 0)
        put(craft, headers, headers_len);
    put_icmp(craft, 128, size);
}

uint16_t
craft_sum(uint32_t sum, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint32_t)data[i] << 8 : data[i];
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)(0xffff - sum);
}

static void
store(uint8_t *at, uint16_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)(value & 0xff);
}

/* The sum of a pseudo-header, not yet complemented. */
static uint32_t
pseudo(const uint8_t *header, size_t len)
{
    return (uint32_t)(0xffff - craft_sum(0, header + 8, 32)) + (uint32_t)len + 58;
}

void
craft_seal(struct craft *craft)
{
    uint8_t *ip = craft->data + craft->l3, *icmp = craft->data + craft->l4;
    size_t ip_len, icmp_len;
    bool is_v6 = ip[0] >> 4 == 6;

    ip_len = is_v6 ? 40U + ip[4] * 256U + ip[5] : ip[2] * 256U + ip[3];
    if (craft->l3 + ip_len > craft->len)
        ip_len = craft->len - craft->l3;
    icmp_len = craft->l3 + ip_len > craft->l4 ? craft->l3 + ip_len - craft->l4 : 0;
    if (!is_v6) {
        store(ip + 10, 0);
        store(ip + 10, craft_sum(0, ip, (ip[0] & 15) * 4U));
    }
    if (icmp_len >= 4) {
        store(icmp + 2, 0);
        store(icmp + 2, craft_sum(is_v6 ? pseudo(ip, icmp_len) : 0, icmp, icmp_len));
    }
}

void
craft_tag(struct craft *craft, uint16_t tpid, uint16_t tci)
{
    memmove(craft->data + 16, craft->data + 12, craft->len - 12);
    store(craft->data + 12, tpid);
    store(craft->data + 14, tci);
    craft->len += 4;
    craft->l3 += 4;
    craft->l4 += 4;
}

void
craft_pad(struct craft *craft, uint8_t value, size_t count)
{
    memset(craft->data + craft->len, value, count);
    craft->len += count;
}
