/* Link layers: a table with a row for each, a function that reads its header and one that writes a reply's. */
#include "codec/link_kinds.h"

enum {
    FAMILY_INET = 2, /* AF_INET everywhere */
    SLL_LEN = 16,
    SLL2_LEN = 20,
    SLL_BROADCAST = 1,
    SLL_MULTICAST = 2,
    SLL_OUTGOING = 4,
    SLL_TO_US = 0,
    ARPHRD_LOOPBACK = 772
};

/* AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS: a capture may come from any of them. */
static const uint32_t families_inet6[] = {10, 24, 28, 30};

static void
write_copy(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    (void)mac;
    writer_put(writer, request->header, request->header_len);
}

static enum link_status
read_family(uint32_t family, struct link *link)
{
    if (family == FAMILY_INET)
        link->protocol = LINK_PROTOCOL_IPV4;
    for (size_t i = 0; i < sizeof families_inet6 / sizeof families_inet6[0]; i++)
        if (family == families_inet6[i])
            link->protocol = LINK_PROTOCOL_IPV6;
    return link->protocol != 0 ? LINK_OK : LINK_UNKNOWN;
}

/* | address family 4 |, in the byte order of the host that captured it */
static enum link_status
read_null(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, 4);
    enum link_status status;

    if (header == NULL)
        return LINK_SHORT;
    status = read_family(load_be32(header), link);
    return status == LINK_OK ? status : read_family(load_le32(header), link);
}

/* | address family 4 |, in network byte order */
static enum link_status
read_loop(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, 4);

    return header == NULL ? LINK_SHORT : read_family(load_be32(header), link);
}

static enum link_status
read_raw(struct bytes *frame, struct link *link)
{
    (void)frame;
    link->protocol = LINK_PROTOCOL_BY_VERSION;
    return LINK_OK;
}

static enum link_status
read_ipv4(struct bytes *frame, struct link *link)
{
    (void)frame;
    link->protocol = LINK_PROTOCOL_IPV4;
    return LINK_OK;
}

static enum link_status
read_ipv6(struct bytes *frame, struct link *link)
{
    (void)frame;
    link->protocol = LINK_PROTOCOL_IPV6;
    return LINK_OK;
}

/* The sender's address in a cooked header: | address 8 |, of which the first `len` bytes count. */
static void
read_cooked(struct link *link, uint16_t hardware, uint8_t packet_type, const uint8_t *address, size_t len)
{
    link->is_loopback = hardware == ARPHRD_LOOPBACK;
    link->group = packet_type == SLL_BROADCAST || packet_type == SLL_MULTICAST;
    if (len == LINK_MAC_LEN)
        link->src = address;
}

/* A reply travels the other way than its request: to us when we were seen sending that, from us otherwise. */
static uint8_t
answering_type(uint8_t packet_type)
{
    return packet_type == SLL_OUTGOING ? SLL_TO_US : SLL_OUTGOING;
}

static void
write_cooked_address(const uint8_t *mac, struct writer *writer)
{
    if (mac != NULL) {
        writer_put(writer, mac, LINK_MAC_LEN);
        writer_zero(writer, 8 - LINK_MAC_LEN);
    } else {
        writer_zero(writer, 8);
    }
}

/* | packet type 2 | ARPHRD type 2 | address length 2 | address 8 | protocol 2 | */
static enum link_status
read_sll(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, SLL_LEN);

    if (header == NULL)
        return LINK_SHORT;
    read_cooked(link, load_be16(header + 2), header[1], header + 6, load_be16(header + 4));
    return link_tags_read(frame, link, load_be16(header + 14));
}

static void
write_sll(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    writer_be16(writer, answering_type(request->header[1]));
    writer_put(writer, request->header + 2, 2);
    writer_be16(writer, mac != NULL ? LINK_MAC_LEN : 0);
    write_cooked_address(mac, writer);
    link_tags_write(request, writer);
}

/* | protocol 2 | reserved 2 | interface index 4 | ARPHRD type 2 | packet type 1 | address length 1 | address 8 | */
static enum link_status
read_sll2(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, SLL2_LEN);

    if (header == NULL)
        return LINK_SHORT;
    read_cooked(link, load_be16(header + 8), header[10], header + 12, header[11]);
    return link_tags_read(frame, link, load_be16(header));
}

static void
write_sll2(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    uint16_t words[LINK_WORDS_MAX];
    size_t count = link_tags_words(request, words);

    writer_be16(writer, words[0]);
    writer_zero(writer, 2);
    writer_put(writer, request->header + 4, 6);
    writer_u8(writer, answering_type(request->header[10]));
    writer_u8(writer, mac != NULL ? LINK_MAC_LEN : 0);
    write_cooked_address(mac, writer);
    for (size_t i = 1; i < count; i++)
        writer_be16(writer, words[i]);
}

static const struct link_row {
    const char *name;
    enum link_status (*read)(struct bytes *frame, struct link *link);
    void (*write)(const struct link *request, const uint8_t *mac, struct writer *writer);
    void (*end)(uint8_t *start, size_t len); /* NULL: nothing in the header depends on what follows */
    size_t minimum;
    bool is_for_captures; /* cannot be sent with */
} rows[LINK_TYPES] = {
    [LINK_EN10MB] = {"EN10MB", link_ether_read, link_ether_write, NULL, LINK_ETHERNET_MIN, false},
    [LINK_NULL] = {"NULL", read_null, write_copy, NULL, 0, false},
    [LINK_LOOP] = {"LOOP", read_loop, write_copy, NULL, 0, false},
    [LINK_RAW] = {"RAW", read_raw, write_copy, NULL, 0, false},
    [LINK_IPV4] = {"IPV4", read_ipv4, write_copy, NULL, 0, false},
    [LINK_IPV6] = {"IPV6", read_ipv6, write_copy, NULL, 0, false},
    [LINK_LINUX_SLL] = {"LINUX_SLL", read_sll, write_sll, NULL, 0, true},
    [LINK_LINUX_SLL2] = {"LINUX_SLL2", read_sll2, write_sll2, NULL, 0, true},
    [LINK_PPP] = {"PPP", link_serial_read_ppp, write_copy, NULL, 0, false},
    [LINK_PPP_SERIAL] = {"PPP_SERIAL", link_serial_read_ppp_serial, write_copy, NULL, 0, true},
    [LINK_C_HDLC] = {"C_HDLC", link_serial_read_hdlc, write_copy, NULL, 0, true},
    [LINK_FRELAY] = {"FRELAY", link_serial_read_frame_relay, write_copy, NULL, 0, true},
    [LINK_ARCNET_LINUX] = {"ARCNET_LINUX", link_serial_read_arcnet, link_serial_write_arcnet, NULL, 0, true},
    [LINK_IEEE802_11] = {"IEEE802_11", link_radio_read, link_radio_write, NULL, 0, true},
    [LINK_IEEE802_11_RADIO] = {"IEEE802_11_RADIO", link_radio_read_radiotap, link_radio_write_radiotap, NULL, 0, true},
    [LINK_PPI] = {"PPI", link_radio_read_ppi, link_radio_write_ppi, NULL, 0, true},
    [LINK_IPNET] = {"IPNET", link_host_read_ipnet, link_host_write_ipnet, link_host_end_ipnet, 0, true},
    [LINK_NFLOG] = {"NFLOG", link_host_read_nflog, link_host_write_nflog, link_host_end_nflog, 0, true},
    [LINK_DSA_TAG_BRCM] = {"DSA_TAG_BRCM", link_ether_read_brcm, link_ether_write_brcm, NULL, 0, true},
    [LINK_DSA_TAG_BRCM_PREPEND] = {"DSA_TAG_BRCM_PREPEND", link_ether_read_brcm_prepend, link_ether_write_brcm_prepend, NULL,
                                   0, true},
    [LINK_DSA_TAG_DSA] = {"DSA_TAG_DSA", link_ether_read_dsa, link_ether_write_dsa, NULL, 0, true},
    [LINK_DSA_TAG_EDSA] = {"DSA_TAG_EDSA", link_ether_read_edsa, link_ether_write_edsa, NULL, 0, true},
    [LINK_FDDI] = {"FDDI", link_ether_read_fddi, link_ether_write_fddi, NULL, 0, true},
    [LINK_IPOIB] = {"IPOIB", link_ether_read_ipoib, link_ether_write_ipoib, NULL, 0, true},
    [LINK_SLIP] = {"SLIP", link_serial_read_slip, link_serial_write_slip, NULL, 0, true},
};

enum link_status
link_read(enum link_type type, struct bytes *frame, struct link *link)
{
    const uint8_t *start = frame->at;
    enum link_status status;

    memset(link, 0, sizeof *link);
    link->header = start;
    status = rows[type].read(frame, link);
    link->header_len = (size_t)(frame->at - start);
    return status;
}

void
link_write_reply(enum link_type type, const struct link *request, const uint8_t *mac, struct writer *writer)
{
    rows[type].write(request, mac, writer);
}

void
link_end_reply(enum link_type type, uint8_t *start, size_t len)
{
    if (rows[type].end != NULL)
        rows[type].end(start, len);
}

size_t
link_minimum(enum link_type type)
{
    return rows[type].minimum;
}

const char *
link_name(enum link_type type)
{
    return rows[type].name;
}

bool
link_is_for_captures(enum link_type type)
{
    return rows[type].is_for_captures;
}
