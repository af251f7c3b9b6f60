/* PROBE: | type 1 | code 1 | checksum 2 | identifier 2 | sequence 1 | reserved 7 bits, L 1 bit | extension structure |. */
#include "codec/probe.h"

#include "codec/checksum.h"
#include "codec/icmp.h"

enum {
    CODE_AT = 1,
    CHECKSUM_AT = 2,
    FLAGS_AT = 7,
    FLAG_LOCAL = 1,
    VERSION = 2, /* of the extension structure */
    EXTENSION_HEADER_LEN = 4,
    OBJECT_HEADER_LEN = 4,
    CLASS_INTERFACE_ID = 3,
    ADDRESS_HEADER_LEN = 4
};

/* | name, zeros up to a multiple of 4 bytes | */
static enum probe_by
read_name(struct bytes value, struct probe_query *query)
{
    if (value.left == 0 || value.left > PROBE_NAME_MAX)
        return PROBE_BY_NOTHING;
    while (value.left > 0 && value.at[value.left - 1] == 0)
        value.left--;
    query->name = value;
    return PROBE_BY_NAME;
}

/* | index 4 | */
static enum probe_by
read_index(struct bytes value, struct probe_query *query)
{
    if (value.left != 4)
        return PROBE_BY_NOTHING;
    query->index = load_be32(value.at);
    return PROBE_BY_INDEX;
}

/* | address family 2 | address length 1 | reserved 1 | address … | */
static enum probe_by
read_address(struct bytes value, struct probe_query *query)
{
    static const struct {
        uint16_t family; /* of the IANA's address family numbers */
        uint8_t len;
        enum probe_by by;
    } families[] = {{1, 4, PROBE_BY_IPV4}, {2, 16, PROBE_BY_IPV6}, {16389, 6, PROBE_BY_MAC}};
    const uint8_t *header = bytes_take(&value, ADDRESS_HEADER_LEN);

    if (header == NULL)
        return PROBE_BY_NOTHING;
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (load_be16(header) == families[i].family && header[2] == families[i].len && value.left == families[i].len) {
            query->address = value.at;
            return families[i].by;
        }
    return PROBE_BY_NOTHING;
}

/* The extension structure (RFC 4884 section 7), with one object in it that identifies the interface:
 * | version 4 bits, reserved 12 bits | checksum 2 |, | length 2 | class 1 | C-type 1 | value … |.  Data may follow. */
static enum probe_by
read_extension(struct bytes extension, struct probe_query *query)
{
    static enum probe_by (*const readers[])(struct bytes value, struct probe_query *query) = {
        [1] = read_name, [2] = read_index, [3] = read_address};
    const uint8_t *header = bytes_take(&extension, EXTENSION_HEADER_LEN);
    const uint8_t *object = header == NULL ? NULL : bytes_take(&extension, OBJECT_HEADER_LEN);
    struct bytes value = extension;
    size_t len;

    if (object == NULL || header[0] >> 4 != VERSION || load_be16(header + CHECKSUM_AT) == 0)
        return PROBE_BY_NOTHING;
    len = load_be16(object);
    if (len < OBJECT_HEADER_LEN || len - OBJECT_HEADER_LEN > extension.left)
        return PROBE_BY_NOTHING;
    if (checksum_fold(checksum_add(0, header, EXTENSION_HEADER_LEN + len)) != 0xffff)
        return PROBE_BY_NOTHING;
    bytes_trim(&value, len - OBJECT_HEADER_LEN);
    if (object[2] != CLASS_INTERFACE_ID || object[3] >= sizeof readers / sizeof readers[0] || readers[object[3]] == NULL)
        return PROBE_BY_NOTHING;
    return readers[object[3]](value, query);
}

/* A neighbour is asked about by its address only (RFC 8335 section 4). */
void
probe_read(struct bytes message, struct probe_query *query)
{
    memset(query, 0, sizeof *query);
    query->is_local = (message.at[FLAGS_AT] & FLAG_LOCAL) != 0;
    (void)bytes_take(&message, ICMP_HEADER_LEN);
    query->by = read_extension(message, query);
    if (!query->is_local && (query->by == PROBE_BY_NAME || query->by == PROBE_BY_INDEX))
        query->by = PROBE_BY_NOTHING;
}

/* In a reply the byte behind the sequence number is | state 3 bits | reserved 2 | active 1 | IPv4 1 | IPv6 1 |. */
void
probe_write_reply(struct writer *writer, struct bytes message, uint8_t type, enum probe_code code, unsigned flags,
                  uint64_t pseudo)
{
    uint8_t *reply = writer_take(writer, message.left);

    if (reply == NULL)
        return;
    memcpy(reply, message.at, message.left);
    reply[0] = type;
    reply[CODE_AT] = (uint8_t)code;
    reply[FLAGS_AT] = (uint8_t)flags;
    store_be16(reply + CHECKSUM_AT, 0);
    store_be16(reply + CHECKSUM_AT, (uint16_t)~checksum_fold(checksum_add(pseudo, reply, message.left)));
}
