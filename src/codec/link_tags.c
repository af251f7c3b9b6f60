/* Tags between the MAC addresses and the EtherType (IEEE 802.1Q), and LLC with SNAP. */
#include "codec/link_kinds.h"

enum {
    TPID_8021Q = 0x8100,
    TPID_8021AD = 0x88a8,
    TCI_WITHOUT_DEI = 0xefff
};

static const uint8_t snap[6] = {0xaa, 0xaa, 0x03, 0, 0, 0};

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

enum link_status
link_tags_read(struct bytes *frame, struct link *link, uint16_t protocol)
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

size_t
link_tags_words(const struct link *request, uint16_t words[static LINK_WORDS_MAX])
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

void
link_tags_write(const struct link *request, struct writer *writer)
{
    uint16_t words[LINK_WORDS_MAX];
    size_t count;

    if (request->tag_count == 0) { /* as most have it */
        writer_be16(writer, request->protocol);
        return;
    }
    count = link_tags_words(request, words);
    for (size_t i = 0; i < count; i++)
        writer_be16(writer, words[i]);
}

enum link_status
link_snap_read(struct bytes *frame, struct link *link)
{
    const uint8_t *header = bytes_take(frame, sizeof snap + 2);

    if (header == NULL)
        return LINK_SHORT;
    return memcmp(header, snap, sizeof snap) == 0 ? link_tags_read(frame, link, load_be16(header + sizeof snap)) : LINK_LLC;
}

void
link_snap_write(const struct link *request, struct writer *writer)
{
    writer_put(writer, snap, sizeof snap);
    link_tags_write(request, writer);
}
