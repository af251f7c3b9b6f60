/* What a host's own kernel puts before packets that it shows: Solaris's ipnet, Linux's netfilter log. */
#include "codec/link_kinds.h"

enum {
    IPNET_LEN = 24,
    IPNET_VERSION = 1,
    IPNET_INET = 2,
    IPNET_INET6 = 26,
    NFLOG_LEN = 4,
    NFLOG_INET = 2,
    NFLOG_INET6 = 10,
    TLV_LEN = 4,
    TLV_PAYLOAD = 9
};

static enum link_status
protocol_is(struct link *link, uint16_t protocol)
{
    link->protocol = protocol;
    return LINK_OK;
}

/* | version 1 | family 1 | hook 2 | packet length 4 | interface 4 | group interface 4 | source zone 4 | destination zone 4 | */
enum link_status
link_host_read_ipnet(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, IPNET_LEN);

    if (header == NULL)
        return LINK_SHORT;
    if (header[0] == IPNET_VERSION && header[1] == IPNET_INET)
        return protocol_is(link, LINK_PROTOCOL_IPV4);
    if (header[0] == IPNET_VERSION && header[1] == IPNET_INET6)
        return protocol_is(link, LINK_PROTOCOL_IPV6);
    return LINK_UNKNOWN;
}

/* The hook tells the direction: 0 in, 0x0100 out.  The zones change places. */
void
link_host_write_ipnet(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    const uint8_t *header = request->header;

    (void)mac;
    writer_put(writer, header, 2);
    writer_u8(writer, header[2] == 0);
    writer_put(writer, header + 3, 13);
    writer_put(writer, header + 20, 4);
    writer_put(writer, header + 16, 4);
}

void
link_host_end_ipnet(uint8_t *start, size_t len)
{
    store_be32(start + 4, (uint32_t)(len - IPNET_LEN));
}

/* Lengths and types are in the byte order of the reader: types being small, their bytes tell which that is. */
static bool
is_big_endian(const uint8_t tlv[static TLV_LEN])
{
    return tlv[2] == 0 && tlv[3] != 0;
}

static uint16_t
load16(const uint8_t p[static 2], bool is_big)
{
    if (is_big)
        return load_be16(p);
    return load_le16(p);
}

/* | family 1 | version 1 | group 2 | then | length 2 | type 2 | value, on a multiple of 4 |, of which the payload is the last */
enum link_status
link_host_read_nflog(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, NFLOG_LEN), *tlv;

    if (header == NULL)
        return LINK_SHORT;
    while ((tlv = bytes_take(frame, TLV_LEN)) != NULL) {
        bool is_big = is_big_endian(tlv);
        size_t len = load16(tlv, is_big);

        if (load16(tlv + 2, is_big) == TLV_PAYLOAD)
            break;
        if (len < TLV_LEN)
            return LINK_UNKNOWN;
        if (bytes_take(frame, (len + 3) / 4 * 4 - TLV_LEN) == NULL)
            return LINK_SHORT;
    }
    if (tlv == NULL)
        return LINK_SHORT;
    if (header[0] == NFLOG_INET)
        return protocol_is(link, LINK_PROTOCOL_IPV4);
    return header[0] == NFLOG_INET6 ? protocol_is(link, LINK_PROTOCOL_IPV6) : LINK_UNKNOWN;
}

/* A payload is all that a reply has; link_host_end_nflog() knows its length. */
void
link_host_write_nflog(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    const uint8_t *tlv = request->header + request->header_len - TLV_LEN;

    (void)mac;
    writer_put(writer, request->header, NFLOG_LEN);
    writer_put(writer, tlv, TLV_LEN);
}

void
link_host_end_nflog(uint8_t *start, size_t len)
{
    uint8_t *tlv = start + NFLOG_LEN;
    size_t value = len - NFLOG_LEN;

    if (is_big_endian(tlv)) {
        store_be16(tlv, (uint16_t)value);
    } else {
        tlv[0] = (uint8_t)value;
        tlv[1] = (uint8_t)(value >> 8);
    }
}
