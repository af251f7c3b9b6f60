/* Ethernet, and Ethernet as the processor behind a switch sees it: with a tag of the switch's own; FDDI and InfiniBand. */
#include "codec/link_kinds.h"

enum {
    ADDRESSES_LEN = 2 * LINK_MAC_LEN,
    LLC_LENGTH_MAX = 1500, /* a type field up to this is a length (IEEE 802.3) */
    SWITCH_TAG_LEN = 4,
    EDSA_TAG_LEN = 8, /* | EtherType 2 | reserved 2 | DSA tag 4 | */
    DSA_FROM_CPU = 0x40,
    DSA_MODE = 0xc0,  /* to the CPU, from the CPU, to a sniffer, forward */
    DSA_PORT = 0xf8,  /* of the second byte */
    BRCM_INGRESS = 0x20, /* the CPU sends: a map of ports follows */
    BRCM_PORT = 0x1f,
    FDDI_KIND = 0xf0, /* of frame control */
    FDDI_LLC = 0x50,
    IPOIB_ADDRESS_LEN = 20, /* RFC 4391 section 9.1.1: | flags 1 | queue pair 3 | GID 16 | */
    IPOIB_LEN = 44
};

/* | destination 6 | source 6 | */
static bool
read_addresses(struct bytes *frame, struct link *link)
{
    static const uint8_t zero[ADDRESSES_LEN];
    const uint8_t *header = bytes_take(frame, ADDRESSES_LEN);

    if (header == NULL)
        return false;
    link->dst = header;
    link->src = header + LINK_MAC_LEN;
    link->group = (header[0] & 1) != 0;
    link->is_loopback = memcmp(header, zero, sizeof zero) == 0; /* as Linux shows its lo */
    return true;
}

/* | type 2 |, or tags before it, or a length with LLC behind it */
static enum link_status
read_type(struct bytes *frame, struct link *link)
{
    const uint8_t *type = bytes_take(frame, 2);
    enum link_status status;

    if (type == NULL)
        return LINK_SHORT;
    status = link_tags_read(frame, link, load_be16(type));
    if (status == LINK_UNKNOWN && link->protocol <= LLC_LENGTH_MAX)
        return LINK_LLC;
    return status;
}

static void
write_addresses(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    writer_put(writer, request->src, LINK_MAC_LEN);
    writer_put(writer, mac != NULL ? mac : request->dst, LINK_MAC_LEN);
}

/* | addresses | type | */
enum link_status
link_ether_read(struct bytes *frame, struct link *link)
{
    if (frame->left < ADDRESSES_LEN + 2 || !read_addresses(frame, link))
        return LINK_SHORT;
    return read_type(frame, link);
}

void
link_ether_write(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    write_addresses(request, mac, writer);
    link_tags_write(request, writer);
}

/* | addresses | switch's tag | type | */
static enum link_status
read_behind_tag(struct bytes *frame, struct link *link, size_t tag_len)
{
    if (!read_addresses(frame, link) || bytes_take(frame, tag_len) == NULL)
        return LINK_SHORT;
    return read_type(frame, link);
}

enum link_status
link_ether_read_brcm(struct bytes *frame, struct link *link)
{
    return read_behind_tag(frame, link, SWITCH_TAG_LEN);
}

/* Frames from the switch name the port they came in by, frames to it have a bit for each port they go out by. */
static void
write_brcm_tag(const uint8_t *tag, struct writer *writer)
{
    if (tag[0] >> 5 == 0)
        writer_be32(writer, (uint32_t)BRCM_INGRESS << 24 | 1U << (tag[3] & BRCM_PORT));
    else
        writer_be32(writer, 0);
}

void
link_ether_write_brcm(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    write_addresses(request, mac, writer);
    write_brcm_tag(request->header + ADDRESSES_LEN, writer);
    link_tags_write(request, writer);
}

/* | switch's tag | addresses | type | */
enum link_status
link_ether_read_brcm_prepend(struct bytes *frame, struct link *link)
{
    return bytes_take(frame, SWITCH_TAG_LEN) == NULL ? LINK_SHORT : link_ether_read(frame, link);
}

void
link_ether_write_brcm_prepend(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    write_brcm_tag(request->header, writer);
    link_ether_write(request, mac, writer);
}

enum link_status
link_ether_read_dsa(struct bytes *frame, struct link *link)
{
    return read_behind_tag(frame, link, SWITCH_TAG_LEN);
}

/* The same port, priority and VLAN, but from the processor. */
static void
write_dsa_tag(const uint8_t *tag, struct writer *writer)
{
    writer_u8(writer, (uint8_t)((tag[0] & ~DSA_MODE) | DSA_FROM_CPU));
    writer_u8(writer, tag[1] & DSA_PORT);
    writer_put(writer, tag + 2, 2);
}

void
link_ether_write_dsa(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    write_addresses(request, mac, writer);
    write_dsa_tag(request->header + ADDRESSES_LEN, writer);
    link_tags_write(request, writer);
}

enum link_status
link_ether_read_edsa(struct bytes *frame, struct link *link)
{
    return read_behind_tag(frame, link, EDSA_TAG_LEN);
}

void
link_ether_write_edsa(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    write_addresses(request, mac, writer);
    writer_put(writer, request->header + ADDRESSES_LEN, EDSA_TAG_LEN - SWITCH_TAG_LEN);
    write_dsa_tag(request->header + ADDRESSES_LEN + EDSA_TAG_LEN - SWITCH_TAG_LEN, writer);
    link_tags_write(request, writer);
}

/* | frame control 1 | addresses | LLC and SNAP | */
enum link_status
link_ether_read_fddi(struct bytes *frame, struct link *link)
{
    const uint8_t *control = bytes_take(frame, 1);

    if (control == NULL || !read_addresses(frame, link))
        return LINK_SHORT;
    return (*control & FDDI_KIND) == FDDI_LLC ? link_snap_read(frame, link) : LINK_UNKNOWN;
}

void
link_ether_write_fddi(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    writer_u8(writer, request->header[0]);
    write_addresses(request, mac, writer);
    link_snap_write(request, writer);
}

/* | address 20 | address 20 | type 2 | reserved 2 | */
enum link_status
link_ether_read_ipoib(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, IPOIB_LEN);

    if (header == NULL)
        return LINK_SHORT;
    return link_tags_read(frame, link, load_be16(header + IPOIB_LEN - 4));
}

void
link_ether_write_ipoib(const struct link *request, const uint8_t *mac, struct writer *writer)
{
    (void)mac;
    writer_put(writer, request->header + IPOIB_ADDRESS_LEN, IPOIB_ADDRESS_LEN);
    writer_put(writer, request->header, IPOIB_ADDRESS_LEN);
    writer_put(writer, request->header + IPOIB_LEN - 4, request->header_len - (IPOIB_LEN - 4));
}
