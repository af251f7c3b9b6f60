/* IPv4: the header, read and written. */
#include "codec/ipv4.h"

#include "codec/checksum.h"

enum {
    FLAG_DONT_FRAGMENT = 0x4000,
    FLAG_MORE_FRAGMENTS = 0x2000,
    FRAGMENT_OFFSET_MASK = 0x1fff,
    OPTION_END = 0,
    OPTION_NOP = 1
};

/*  0                   1                   2                   3
 * |Version|  IHL  |      TOS      |          Total Length         |
 * |         Identification        |Flags|      Fragment Offset    |
 * |      TTL      |    Protocol   |        Header Checksum        |
 * |                         Source Address                        |
 * |                      Destination Address                      | */
static void
read_fields(const uint8_t *header, struct ipv4 *ip)
{
    uint16_t fragment = load_be16(header + 6);

    ip->tos = header[1];
    ip->id = load_be16(header + 4);
    ip->more_fragments = (fragment & FLAG_MORE_FRAGMENTS) != 0;
    ip->dont_fragment = (fragment & FLAG_DONT_FRAGMENT) != 0;
    ip->fragment_offset = (size_t)(fragment & FRAGMENT_OFFSET_MASK) * 8;
    ip->ttl = header[8];
    ip->protocol = header[9];
    ip->src = header + 12;
    ip->dst = header + 16;
}

enum ipv4_status
ipv4_read(struct bytes datagram, struct ipv4 *ip)
{
    const uint8_t *header = datagram.at;
    size_t available = datagram.left;
    size_t header_len, total_len;

    memset(ip, 0, sizeof *ip);
    if (bytes_take(&datagram, IPV4_HEADER_LEN) == NULL)
        return IPV4_SHORT;
    if (header[0] >> 4 != 4)
        return IPV4_BAD_VERSION;
    read_fields(header, ip);
    header_len = (size_t)(header[0] & 0x0f) * 4;
    if (header_len < IPV4_HEADER_LEN || header_len > available)
        return IPV4_BAD_IHL;
    ip->options = (struct bytes){datagram.at, header_len - IPV4_HEADER_LEN};
    (void)bytes_take(&datagram, ip->options.left);
    ip->payload = datagram;
    if (checksum_fold(checksum_add(0, header, header_len)) != 0xffff)
        return IPV4_BAD_SUM;
    total_len = load_be16(header + 2);
    if (total_len < header_len)
        return IPV4_BAD_LENGTH;
    if (total_len > available)
        return IPV4_TRUNCATED;
    bytes_trim(&ip->payload, total_len - header_len);
    return IPV4_OK;
}

/* The checksum is summed up from what is written: to read that back at once, in words, would have the processor wait. */
void
ipv4_write(struct writer *writer, const struct ipv4_reply *reply, size_t offset, size_t len, bool more)
{
    size_t header_len = IPV4_HEADER_LEN + reply->options.left;
    uint8_t *header = writer_take(writer, header_len);
    const uint16_t words[] = {
        (uint16_t)((0x40 | header_len / 4) << 8 | reply->tos),
        (uint16_t)(header_len + len),
        reply->id,
        (uint16_t)(offset / 8 | (more ? FLAG_MORE_FRAGMENTS : 0) | (reply->dont_fragment ? FLAG_DONT_FRAGMENT : 0)),
        (uint16_t)(reply->ttl << 8 | IPV4_PROTOCOL_ICMP),
    };
    uint64_t sum = 0;

    if (header == NULL)
        return;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        store_be16(header + 2 * i, words[i]);
        sum += words[i];
    }
    sum += (uint64_t)load_be32(reply->src) + load_be32(reply->dst);
    memcpy(header + 12, reply->src, IPV4_ADDRESS_LEN);
    memcpy(header + 16, reply->dst, IPV4_ADDRESS_LEN);
    if (reply->options.left > 0) {
        memcpy(header + IPV4_HEADER_LEN, reply->options.at, reply->options.left);
        sum = checksum_add(sum, reply->options.at, reply->options.left);
    }
    store_be16(header + 10, (uint16_t)~checksum_fold(sum));
}

void
ipv4_rejoin(uint8_t *datagram, size_t len, uint8_t tos)
{
    size_t header_len = (size_t)(datagram[0] & 0x0f) * 4;

    datagram[1] = tos;
    store_be16(datagram + 2, (uint16_t)(header_len + len));
    store_be16(datagram + 6, load_be16(datagram + 6) & (uint16_t)~(FLAG_MORE_FRAGMENTS | FRAGMENT_OFFSET_MASK));
    store_be16(datagram + 10, 0);
    store_be16(datagram + 10, checksum(datagram, header_len));
}

void
ipv4_blank_options(uint8_t *options, size_t len)
{
    for (size_t at = 0, size; at < len && options[at] != OPTION_END; at += size) {
        size = options[at] == OPTION_NOP ? 1 : at + 1 < len ? options[at + 1] : 0;
        if (size == 0 || size > len - at)
            return;
        memset(options + at, OPTION_NOP, size);
    }
}
