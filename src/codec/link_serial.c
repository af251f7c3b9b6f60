/* Serial lines: PPP, SLIP, Cisco's HDLC and frame relay; and ARCNET. */
#include "codec/link_kinds.h"

enum {
    PPP_PROTOCOL_IPV4 = 0x21, /* RFC 1332 */
    PPP_PROTOCOL_IPV6 = 0x57, /* RFC 5072 */
    HDLC_LEN = 4,
    HDLC_UNICAST = 0x0f,
    HDLC_MULTICAST = 0x8f,
    Q922_LEN = 2,
    Q922_LONGEST = 4,
    Q922_IS_LAST = 1, /* in each byte: no address byte follows */
    Q922_CONTROL_UI = 3,
    NLPID_PADDING = 0,
    NLPID_SNAP = 0x80,
    NLPID_IPV6 = 0x8e,
    NLPID_IPV4 = 0xcc,
    SLIP_LEN = 16,
    SLIP_OUT = 1,
    ARCNET_LEN = 5,
    ARCNET_NEW_LEN = 8,
    ARCNET_BROADCAST = 0,
    ARCNET_STAND_IN = 255 /* for us, when the request does not name us */
};

/* | FF 03 (RFC 1662, may be compressed away) | protocol 2, or 1 when its high byte is compressed away | */
enum link_status
link_serial_read_ppp(struct bytes *frame, struct link *link)
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

/* PPP in HDLC's framing or Cisco's HDLC: the first byte tells. */
enum link_status
link_serial_read_ppp_serial(struct bytes *frame, struct link *link)
{
    if (frame->left > 0 && (frame->at[0] == HDLC_UNICAST || frame->at[0] == HDLC_MULTICAST))
        return link_serial_read_hdlc(frame, link);
    return link_serial_read_ppp(frame, link);
}

/* | address 1 | control 1 | type 2 | */
enum link_status
link_serial_read_hdlc(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, HDLC_LEN);

    if (header == NULL)
        return LINK_SHORT;
    return link_tags_read(frame, link, load_be16(header + 2));
}

/* The address of Q.922 is of two to four bytes.  0 if it does not end there. */
static size_t
q922_len(const struct bytes *frame)
{
    for (size_t i = Q922_LEN - 1; i < frame->left && i < Q922_LONGEST; i++)
        if ((frame->at[i] & Q922_IS_LAST) != 0)
            return i + 1;
    return 0;
}

/* RFC 2427 section 3: | 03 | padding 1, where that evens out | NLPID 1 | */
static enum link_status
read_nlpid(struct bytes *frame, struct link *link)
{
    const uint8_t *nlpid = bytes_take(frame, 1);

    if (nlpid != NULL && *nlpid == NLPID_PADDING)
        nlpid = bytes_take(frame, 1);
    if (nlpid == NULL)
        return LINK_SHORT;
    if (*nlpid == NLPID_SNAP) { /* | OUI 3 | type 2 | */
        const uint8_t *snap = bytes_take(frame, 5);
        static const uint8_t ethertype[3] = {0, 0, 0};

        if (snap == NULL)
            return LINK_SHORT;
        return memcmp(snap, ethertype, sizeof ethertype) == 0 ? link_tags_read(frame, link, load_be16(snap + 3)) : LINK_UNKNOWN;
    }
    if (*nlpid == NLPID_IPV4)
        return link_tags_read(frame, link, LINK_PROTOCOL_IPV4);
    return *nlpid == NLPID_IPV6 ? link_tags_read(frame, link, LINK_PROTOCOL_IPV6) : LINK_UNKNOWN;
}

/* | Q.922 address | then RFC 2427's header, or as Cisco does it: type 2 | */
enum link_status
link_serial_read_frame_relay(struct bytes *frame, struct link *link)
{
    size_t len = q922_len(frame);
    const uint8_t *type;

    if (len == 0)
        return frame->left < Q922_LONGEST ? LINK_SHORT : LINK_UNKNOWN;
    (void)bytes_take(frame, len);
    if (frame->left > 0 && frame->at[0] == Q922_CONTROL_UI) {
        (void)bytes_take(frame, 1);
        return read_nlpid(frame, link);
    }
    type = bytes_take(frame, 2);
    return type == NULL ? LINK_SHORT : link_tags_read(frame, link, load_be16(type));
}

/* What a protocol byte of ARCNET stands for: the first three of RFC 1201, the others of RFC 1051, which is older. */
static const struct {
    uint8_t byte;
    bool is_new; /* has | split flag 1 | sequence 2 | behind it */
    uint16_t protocol;
} arcnet[] = {
    {212, true, LINK_PROTOCOL_IPV4},  {213, true, LINK_PROTOCOL_ARP},   {196, true, LINK_PROTOCOL_IPV6},
    {240, false, LINK_PROTOCOL_IPV4}, {241, false, LINK_PROTOCOL_ARP},
};

/* | source 1 | destination 1 | offset 2 | protocol 1 |, and with RFC 1201 | split flag 1 | sequence 2 |; as Linux has it, in
 * one piece */
enum link_status
link_serial_read_arcnet(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, ARCNET_LEN);

    if (header == NULL)
        return LINK_SHORT;
    if (header[0] == ARCNET_BROADCAST) /* nobody's */
        return LINK_UNKNOWN;
    link->group = header[1] == ARCNET_BROADCAST;
    for (size_t i = 0; i < sizeof arcnet / sizeof arcnet[0]; i++)
        if (arcnet[i].byte == header[4]) {
            if (arcnet[i].is_new && bytes_take(frame, ARCNET_NEW_LEN - ARCNET_LEN) == NULL)
                return LINK_SHORT;
            return link_tags_read(frame, link, arcnet[i].protocol);
        }
    return LINK_UNKNOWN;
}

void
link_serial_write_arcnet(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    (void)mac;
    writer_u8(writer, request->group ? ARCNET_STAND_IN : request->header[1]);
    writer_u8(writer, request->header[0]);
    writer_put(writer, request->header + 2, request->header_len - 2);
}

/* | direction 1 | what is compressed, of which echo is nothing, 15 | */
enum link_status
link_serial_read_slip(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, SLIP_LEN);

    if (header == NULL)
        return LINK_SHORT;
    link->protocol = LINK_PROTOCOL_BY_VERSION;
    return header[0] <= SLIP_OUT ? LINK_OK : LINK_UNKNOWN;
}

void
link_serial_write_slip(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    (void)mac;
    writer_u8(writer, request->header[0] ^ SLIP_OUT);
    writer_put(writer, request->header + 1, SLIP_LEN - 1);
}
