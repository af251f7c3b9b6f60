/* MLD: which multicast groups somebody listens to. */
#include "codec/mld.h"

#include "codec/checksum.h"
#include "codec/ipv6.h"

enum {
    QUERY_LEN = 24, /* of version 1; version 2 has more */
    GROUP_AT = 8,
    HOP_BY_HOP_LEN = 8,
    REPORT_LEN = 8,
    RECORD_LEN = 20,
    CHECKSUM_AT = 2
};

/* Above 32767 the maximum response code is a floating-point number: | 1 | exponent 3 | mantissa 12 | (RFC 3810 section 5.1.3). */
static uint32_t
response_delay(uint16_t code)
{
    return code < 0x8000 ? code : (uint32_t)((code & 0xfff) | 0x1000) << ((code >> 12 & 7) + 3);
}

/* | type, code, checksum 4 | maximum response code 2 | reserved 2 | group 16 | … | */
bool
mld_read_query(const struct icmp *icmp, struct mld_query *query)
{
    const uint8_t *message = icmp->message.at;

    if (icmp->message.left < QUERY_LEN || icmp->type != MLD_QUERY || icmp->code != 0)
        return false;
    query->delay_ms = response_delay(load_be16(message + 4));
    query->group = message + GROUP_AT;
    return query->group[0] == 0 || query->group[0] == 0xff;
}

size_t
mld_report_len(size_t groups)
{
    return HOP_BY_HOP_LEN + REPORT_LEN + groups * RECORD_LEN;
}

size_t
mld_report_room(size_t len)
{
    return len < mld_report_len(0) ? 0 : (len - mld_report_len(0)) / RECORD_LEN;
}

/* | kind 1 | length of auxiliary data 1 | number of sources 2 | group 16 | */
static void
write_record(struct writer *writer, uint8_t kind, const uint8_t tail[static 3])
{
    static const uint8_t solicited[13] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};

    writer_u8(writer, kind);
    writer_zero(writer, 3);
    writer_put(writer, solicited, sizeof solicited);
    writer_put(writer, tail, 3);
}

/* The router alert (RFC 2711) has routers and switches look at it:
 * | next header 1 | length 1 | router alert 5, 2, 0 0 | PadN 1, 0 |, | type, code, checksum 4 | reserved 2 | records 2 | … | */
void
mld_write_report(struct writer *writer, const uint8_t src[static 16], const uint8_t dst[static 16], uint8_t kind,
                 const uint8_t (*tails)[3], size_t count)
{
    static const uint8_t hop_by_hop[HOP_BY_HOP_LEN] = {IPV6_NEXT_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
    size_t len = REPORT_LEN + count * RECORD_LEN;
    uint8_t *message;

    writer_put(writer, hop_by_hop, sizeof hop_by_hop);
    message = writer->at;
    writer_u8(writer, MLD_REPORT);
    writer_zero(writer, 5);
    writer_be16(writer, (uint16_t)count);
    for (size_t i = 0; i < count; i++)
        write_record(writer, kind, tails[i]);
    if (!writer->overflow)
        store_be16(message + CHECKSUM_AT,
                   (uint16_t)~checksum_fold(checksum_add(checksum_pseudo6(src, dst, (uint32_t)len, IPV6_NEXT_ICMPV6),
                                                         message, len)));
}
