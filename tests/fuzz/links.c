/* Link headers as others write them: longer, older, or in another byte order than those that craft.c makes. */
#include "parts.h"

#define HEADER(link, type_len, ipv4, ipv6, bytes) {link, sizeof(bytes) - 1, type_len, bytes, ipv4, ipv6}

/* Each ends in what tells the IP version, in so many bytes, or does not say it (0). */
static const struct header {
    enum link_type link;
    uint8_t len, type_len;
    const char *bytes;
    uint16_t ipv4, ipv6;
} headers[] = {
    HEADER(LINK_PPP, 1, 0x21, 0x57, ""),
    HEADER(LINK_PPP, 2, 0x21, 0x57, ""),
    HEADER(LINK_PPP_SERIAL, 2, 0x0800, 0x86dd, "\x0f\0"),
    HEADER(LINK_PPP_SERIAL, 2, 0x0800, 0x86dd, "\x8f\0"),
    HEADER(LINK_FRELAY, 1, 0xcc, 0x8e, "\x18\x61\x03"),
    HEADER(LINK_FRELAY, 1, 0xcc, 0x8e, "\x18\x61\x03\0"),
    HEADER(LINK_FRELAY, 1, 0xcc, 0x8e, "\x18\x60\x60\x61\x03"),
    HEADER(LINK_FRELAY, 2, 0x0800, 0x86dd, "\x18\x61\x03\0\x80\0\0\0"),
    HEADER(LINK_FRELAY, 2, 0x0800, 0x86dd, "\x18\x61\x03\0\x80\0\0\1"),
    HEADER(LINK_FRELAY, 2, 0x0800, 0x86dd, "\x18\x61"),
    HEADER(LINK_NULL, 4, 2, 24, ""),
    HEADER(LINK_NULL, 4, 2, 30, ""),
    HEADER(LINK_ARCNET_LINUX, 1, 240, 240, "\x01\x02\0\0"),
    HEADER(LINK_ARCNET_LINUX, 1, 240, 240, "\x01\0\0\0"),
    HEADER(LINK_LINUX_SLL2, 2, 0x0800, 0x86dd, "\x81\0" "\0\0" "\0\0\0\3" "\0\1" "\0" "\6" "\2\0\0\0\0\1\0\0" "\0\1"),
    HEADER(LINK_NFLOG, 0, 0, 0, "\2\0\0\0" "\0\4\0\x09"),
    HEADER(LINK_NFLOG, 0, 0, 0, "\2\0\0\0" "\0\7\0\1" "\0\0\0\0" "\0\4\0\x09"),
    HEADER(LINK_NFLOG, 0, 0, 0, "\x0a\0\0\0" "\x06\0\1\0" "\0\0\0\0" "\4\0\x09\0"),
    HEADER(LINK_IEEE802_11, 2, 0x0800, 0x86dd, "\x88\x83\0\0" "\2\0\0\0\0\3" "\2\0\0\0\0\4" "\2\0\0\0\0\2" "\0\0"
           "\2\0\0\0\0\1" "\0\0" "\xaa\xaa\3\0\0\0"),
    HEADER(LINK_IEEE802_11, 2, 0x0800, 0x86dd, "\x88\x81\0\0" "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\2\0\0\0\0\2"
           "\0\0" "\0\0" "\0\0\0\0"
           "\xaa\xaa\3\0\0\0"),
    HEADER(LINK_IEEE802_11, 2, 0x0800, 0x86dd, "\x88\1\0\0" "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\2\0\0\0\0\2" "\0\0" "\x80\0"
           "\xaa\xaa\3\0\0\0"),
    HEADER(LINK_IEEE802_11_RADIO, 2, 0x0800, 0x86dd, "\0\0\x0d\0\2\0\0\x80\0\0\0\0\x20" "\x88\2\0\0"
           "\2\0\0\0\0\2" "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\0\0" "\0\0" "\xaa\xaa\3\0\0\0"),
    HEADER(LINK_IEEE802_11_RADIO, 2, 0x0800, 0x86dd, "\0\0\x0d\0\2\0\0\x80\0\0\0\0\x20" "\x88\2\0\0"
           "\2\0\0\0\0\2" "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\0\0" "\0\0" "\0\0" "\xaa\xaa\3\0\0\0"),
    HEADER(LINK_IEEE802_11_RADIO, 2, 0x0800, 0x86dd, "\0\0\x11\0\3\0\0\0" "\0\0\0\0\0\0\0\0" "\x40" "\x08\2\0\0"
           "\2\0\0\0\0\2" "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\0\0" "\xaa\xaa\3\0\0\0"),
    HEADER(LINK_IEEE802_11_RADIO, 0, 0, 0, "\0\0\x0d\0\2\0\0\x80\0\0\0\0\x20" "\x88\2\0\0" "\2\0\0\0\0\2"
           "\2\0\0\0\0\3" "\2\0\0\0\0\1" "\0\0"),
    HEADER(LINK_PPI, 2, 0x0800, 0x86dd, "\0\0\x08\0\1\0\0\0" "\x08\0\0\0" "\2\0\0\0\0\2" "\2\0\0\0\0\1" "\2\0\0\0\0\3" "\0\0"
           "\xaa\xaa\3\0\0\0"),
    HEADER(LINK_LINUX_SLL, 2, 0x0800, 0x86dd, "\0\0" "\0\1" "\0\6" "\2\0\0\0\0\1\0\0" "\x81\0" "\0\1"),
    HEADER(LINK_LINUX_SLL2, 0, 0, 0, "\x08\0" "\0\0" "\0\0\0\3" "\3\4" "\0" "\0" "\0\0\0\0\0\0\0\0"),
};

enum { HEADERS = sizeof headers / sizeof headers[0] };

size_t
parts_link(struct draw *draw, enum link_type link, uint8_t version, uint8_t out[static LINK_HEADER_MAX])
{
    struct writer writer = {out, LINK_HEADER_MAX, false};
    size_t start = draw_below(draw, HEADERS);

    for (size_t i = 0; i < HEADERS; i++) {
        const struct header *header = &headers[(start + i) % HEADERS];
        uint16_t type = version == 6 ? header->ipv6 : header->ipv4;

        if (header->link != link)
            continue;
        writer_put(&writer, (const uint8_t *)header->bytes, header->len);
        if (header->type_len == 1)
            writer_u8(&writer, (uint8_t)type);
        else if (header->type_len == 2)
            writer_be16(&writer, type);
        else if (header->type_len == 4)
            writer_be32(&writer, type);
        return (size_t)(writer.at - out);
    }
    return 0;
}
