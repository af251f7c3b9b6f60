/* Link layers: a table with a row for each, a function that reads its header and one that writes a reply's. */
#include "codec/link.h"

enum {
    TPID_8021Q = 0x8100,
    TPID_8021AD = 0x88a8,
    LLC_LENGTH_MAX = 1500,     /* a type field up to this is a length (IEEE 802.3) */
    TCI_WITHOUT_DEI = 0xefff,
    PPP_PROTOCOL_IPV4 = 0x21,  /* RFC 1332 */
    PPP_PROTOCOL_IPV6 = 0x57,  /* RFC 5072 */
    FAMILY_INET = 2,           /* AF_INET everywhere */
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

/* What is known of it by its EtherType. */
static enum link_status
protocol_status(uint16_t protocol)
{
    static const struct {
        uint16_t protocol;
        enum link_status status;
    } known[] = {
        {LINK_PROTOCOL_IPV4, LINK_OK}, {LINK_PROTOCOL_IPV6, LINK_OK},
        {LINK_PROTOCOL_ARP, LINK_ARP}, {LINK_PROTOCOL_RARP, LINK_ARP},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].protocol == protocol)
            return known[i].status;
    return LINK_UNKNOWN;
}

/* Reads the tags that follow when `protocol` is a TPID, up to the EtherType behind them. */
static enum link_status
read_tags(struct bytes *frame, struct link *link, uint16_t protocol)
{
    while (protocol == TPID_8021Q || protocol == TPID_8021AD) {
        const uint8_t *tag = bytes_take(frame, 4);

        if (tag == NULL)
            return LINK_SHORT;
        if (link->tag_count == LINK_TAGS_MAX)
            return LINK_TAGS_OVER;
        link->tags[link->tag_count++] = (struct link_tag){protocol, load_be16(tag)};
        protocol = load_be16(tag + 2);
    }
    link->protocol = protocol;
    return protocol_status(protocol);
}

/* What stands from the first TPID to the EtherType in a reply, as 16-bit words.  Returns their number. */
static size_t
reply_types(const struct link *request, uint16_t words[static 2 * LINK_TAGS_MAX + 1])
{
    size_t count = 0;

    for (unsigned i = 0; i < request->tag_count; i++) {
        if (link_tag_vid(request->tags[i]) == 0)
            continue;
        words[count++] = request->tags[i].tpid;
        words[count++] = request->tags[i].tci & TCI_WITHOUT_DEI;
    }
    words[count++] = request->protocol;
    return count;
}

static void
write_words(const uint16_t *words, size_t count, struct writer *writer)
{
    for (size_t i = 0; i < count; i++)
        writer_be16(writer, words[i]);
}

static void
write_types(const struct link *request, struct writer *writer)
{
    uint16_t words[2 * LINK_TAGS_MAX + 1];

    write_words(words, reply_types(request, words), writer);
}

/* | destination 6 | source 6 | type 2 | */
static enum link_status
read_ethernet(struct bytes *frame, struct link *link)
{
    static const uint8_t zero[2 * LINK_MAC_LEN];
    const uint8_t *header = bytes_take(frame, 14);
    enum link_status status;

    if (header == NULL)
        return LINK_SHORT;
    link->dst = header;
    link->src = header + LINK_MAC_LEN;
    link->group = (header[0] & 1) != 0;
    link->is_loopback = memcmp(header, zero, sizeof zero) == 0; /* as Linux shows its lo */
    status = read_tags(frame, link, load_be16(header + 12));
    if (status == LINK_UNKNOWN && link->protocol <= LLC_LENGTH_MAX)
        return LINK_LLC;
    return status;
}

static void
write_ethernet(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    writer_put(writer, request->src, LINK_MAC_LEN);
    writer_put(writer, mac != NULL ? mac : request->dst, LINK_MAC_LEN);
    write_types(request, writer);
}

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
    return protocol_status(link->protocol);
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
    return read_tags(frame, link, load_be16(header + 14));
}

static void
write_sll(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    writer_be16(writer, answering_type(request->header[1]));
    writer_put(writer, request->header + 2, 2);
    writer_be16(writer, mac != NULL ? LINK_MAC_LEN : 0);
    write_cooked_address(mac, writer);
    write_types(request, writer);
}

/* | protocol 2 | reserved 2 | interface index 4 | ARPHRD type 2 | packet type 1 | address length 1 | address 8 | */
static enum link_status
read_sll2(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, SLL2_LEN);

    if (header == NULL)
        return LINK_SHORT;
    read_cooked(link, load_be16(header + 8), header[10], header + 12, header[11]);
    return read_tags(frame, link, load_be16(header));
}

static void
write_sll2(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    uint16_t words[2 * LINK_TAGS_MAX + 1];
    size_t count = reply_types(request, words);

    writer_be16(writer, words[0]);
    writer_zero(writer, 2);
    writer_put(writer, request->header + 4, 6);
    writer_u8(writer, answering_type(request->header[10]));
    writer_u8(writer, mac != NULL ? LINK_MAC_LEN : 0);
    write_cooked_address(mac, writer);
    write_words(words + 1, count - 1, writer);
}

/* | FF 03 (RFC 1662, may be compressed away) | protocol 2, or 1 when its high byte is compressed away | */
static enum link_status
read_ppp(struct bytes *frame, struct link *link)
{
    const uint8_t *byte;
    uint16_t protocol;

    if (frame->left >= 2 && frame->at[0] == 0xff && frame->at[1] == 0x03)
        (void)bytes_take(frame, 2);
    byte = bytes_take(frame, 1);
    if (byte == NULL)
        return LINK_SHORT;
    protocol = *byte;
    if ((*byte & 1) == 0) { /* RFC 1661 section 2: an even byte is the first of two */
        byte = bytes_take(frame, 1);
        if (byte == NULL)
            return LINK_SHORT;
        protocol = (uint16_t)(protocol << 8 | *byte);
    }
    if (protocol == PPP_PROTOCOL_IPV4)
        link->protocol = LINK_PROTOCOL_IPV4;
    else if (protocol == PPP_PROTOCOL_IPV6)
        link->protocol = LINK_PROTOCOL_IPV6;
    else
        return LINK_UNKNOWN;
    return LINK_OK;
}

static const struct link_row {
    const char *name;
    enum link_status (*read)(struct bytes *frame, struct link *link);
    void (*write)(const struct link *request, const uint8_t *mac, struct writer *writer);
    size_t minimum;
} rows[LINK_TYPES] = {
    [LINK_EN10MB] = {"EN10MB", read_ethernet, write_ethernet, LINK_ETHERNET_MIN},
    [LINK_NULL] = {"NULL", read_null, write_copy, 0},
    [LINK_LOOP] = {"LOOP", read_loop, write_copy, 0},
    [LINK_RAW] = {"RAW", read_raw, write_copy, 0},
    [LINK_IPV4] = {"IPV4", read_ipv4, write_copy, 0},
    [LINK_IPV6] = {"IPV6", read_ipv6, write_copy, 0},
    [LINK_LINUX_SLL] = {"LINUX_SLL", read_sll, write_sll, 0},
    [LINK_LINUX_SLL2] = {"LINUX_SLL2", read_sll2, write_sll2, 0},
    [LINK_PPP] = {"PPP", read_ppp, write_copy, 0},
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
