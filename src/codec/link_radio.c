/* IEEE 802.11 data frames, by themselves and behind what a receiver tells of them (radiotap, PPI).
 *
 *     | frame control 2 | duration 2 | address 1 | address 2 | address 3 | sequence 2 | [address 4] | [QoS 2] | [HT 4] | LLC
 *
 * Which address is whose, the two direction bits tell (IEEE 802.11-2020, table 9-30). */
#include "codec/link_kinds.h"

enum {
    TYPE_AND_VERSION = 0x0f, /* of the first byte of frame control */
    DATA = 0x08,
    NO_DATA = 0x40,
    QOS = 0x80,
    TO_DS = 0x01, /* of its second byte */
    FROM_DS = 0x02,
    BOTH_DS = TO_DS | FROM_DS,
    MORE_FRAGMENTS = 0x04,
    PROTECTED = 0x40,
    ORDER = 0x80,
    FRAGMENT_NUMBER = 0x0f, /* of the first byte of sequence control */
    AGGREGATE = 0x80,       /* of the first byte of QoS control: several MSDUs in one */
    HEADER_LEN = 24,
    QOS_LEN = 2,
    HT_LEN = 4,
    ADDRESS_1 = 4, /* where they stand in the header */
    ADDRESS_2 = 10,
    ADDRESS_3 = 16,
    ADDRESS_4 = 24,
    RADIOTAP_LEN = 8, /* | version 1 | padding 1 | length 2 | presence 4 |, little-endian */
    RADIOTAP_TSFT = 1,
    RADIOTAP_FLAGS = 2,
    RADIOTAP_DATA_PAD = 0x20, /* the header is padded to four bytes */
    RADIOTAP_BAD_FCS = 0x40,
    PPI_LEN = 8, /* | version 1 | flags 1 | length 2 | DLT 4 |, little-endian */
    PPI_802_11 = 105
};

/* Where the destination and the source stand, by the direction bits. */
static const struct {
    uint8_t dst, src;
} places[] = {
    [0] = {ADDRESS_1, ADDRESS_2},
    [TO_DS] = {ADDRESS_3, ADDRESS_2},
    [FROM_DS] = {ADDRESS_1, ADDRESS_3},
    [BOTH_DS] = {ADDRESS_3, ADDRESS_4},
};

/* Whether a frame has data for all to read, in one piece. */
static bool
has_data(const uint8_t header[static HEADER_LEN])
{
    return (header[0] & TYPE_AND_VERSION) == DATA && (header[0] & NO_DATA) == 0 &&
           (header[1] & (MORE_FRAGMENTS | PROTECTED)) == 0 && (header[22] & FRAGMENT_NUMBER) == 0;
}

/* Reads a header and the padding behind it. */
static enum link_status
read_padded(struct bytes *frame, struct link *link, bool is_padded)
{
    const uint8_t *start = frame->at, *header = bytes_take(frame, HEADER_LEN), *qos = NULL;
    unsigned direction;

    if (header == NULL)
        return LINK_SHORT;
    direction = header[1] & BOTH_DS;
    if (!has_data(header))
        return LINK_UNKNOWN;
    if ((direction == BOTH_DS && bytes_take(frame, LINK_MAC_LEN) == NULL) ||
        ((header[0] & QOS) != 0 && (qos = bytes_take(frame, QOS_LEN)) == NULL) ||
        (qos != NULL && (header[1] & ORDER) != 0 && bytes_take(frame, HT_LEN) == NULL) ||
        (is_padded && bytes_take(frame, -(size_t)(frame->at - start) % 4) == NULL))
        return LINK_SHORT;
    if (qos != NULL && (qos[0] & AGGREGATE) != 0)
        return LINK_UNKNOWN;
    link->dst = header + places[direction].dst;
    link->src = header + places[direction].src;
    link->group = (link->dst[0] & 1) != 0;
    return link_snap_read(frame, link);
}

/* The reply goes the same way back, without QoS: the first two addresses change places, of four the last two as well. */
static void
write_back(const uint8_t *header, const struct link *request, const uint8_t *mac, struct writer *writer)
{
    unsigned direction = header[1] & BOTH_DS, back = direction == TO_DS || direction == FROM_DS ? direction ^ BOTH_DS : direction;
    size_t len = direction == BOTH_DS ? HEADER_LEN + LINK_MAC_LEN : HEADER_LEN;
    uint8_t *reply = writer_take(writer, len);

    if (reply == NULL)
        return;
    memset(reply, 0, len);
    reply[0] = DATA;
    reply[1] = (uint8_t)back;
    memcpy(reply + ADDRESS_1, header + ADDRESS_2, LINK_MAC_LEN);
    memcpy(reply + ADDRESS_2, header + ADDRESS_1, LINK_MAC_LEN);
    memcpy(reply + ADDRESS_3, header + ADDRESS_3, LINK_MAC_LEN);
    memcpy(reply + places[back].dst, request->src, LINK_MAC_LEN);
    memcpy(reply + places[back].src, mac != NULL ? mac : request->dst, LINK_MAC_LEN);
    link_snap_write(request, writer);
}

enum link_status
link_radio_read(struct bytes *frame, struct link *link)
{
    return read_padded(frame, link, false);
}

void
link_radio_write(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    write_back(request->header, request, mac, writer);
}

/* The flags field, which follows the presence words and the time stamp, if there is one (8 bytes, and on a multiple of 8). */
static uint8_t
radiotap_flags(const uint8_t *header, size_t len)
{
    uint32_t present = load_le32(header + 4), word = present;
    size_t at = RADIOTAP_LEN;

    while (word >> 31 != 0 && at + 4 <= len) { /* another presence word follows */
        word = load_le32(header + at);
        at += 4;
    }
    if ((present & RADIOTAP_TSFT) != 0)
        at = (at + 7) / 8 * 8 + 8;
    return (present & RADIOTAP_FLAGS) != 0 && at < len ? header[at] : 0;
}

enum link_status
link_radio_read_radiotap(struct bytes *frame, struct link *link)
{
    size_t len = frame->left < RADIOTAP_LEN ? 0 : load_le16(frame->at + 2);
    const uint8_t *header;
    uint8_t flags;

    if (len < RADIOTAP_LEN || (header = bytes_take(frame, len)) == NULL)
        return LINK_SHORT;
    flags = radiotap_flags(header, len);
    if ((flags & RADIOTAP_BAD_FCS) != 0)
        return LINK_UNKNOWN;
    return read_padded(frame, link, (flags & RADIOTAP_DATA_PAD) != 0);
}

void
link_radio_write_radiotap(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    static const uint8_t header[RADIOTAP_LEN] = {[2] = RADIOTAP_LEN};

    writer_put(writer, header, sizeof header);
    write_back(request->header + load_le16(request->header + 2), request, mac, writer);
}

enum link_status
link_radio_read_ppi(struct bytes *frame, struct link *link)
{
    size_t len = frame->left < PPI_LEN ? 0 : load_le16(frame->at + 2);
    const uint8_t *header;

    if (len < PPI_LEN || (header = bytes_take(frame, len)) == NULL)
        return LINK_SHORT;
    return load_le32(header + 4) == PPI_802_11 ? link_radio_read(frame, link) : LINK_UNKNOWN;
}

void
link_radio_write_ppi(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    static const uint8_t header[PPI_LEN] = {[2] = PPI_LEN, [4] = PPI_802_11};

    writer_put(writer, header, sizeof header);
    write_back(request->header + load_le16(request->header + 2), request, mac, writer);
}
