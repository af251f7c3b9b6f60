/* Frames being built. */
#include "responder/build.h"

/* Offline nobody has told us a MAC address, and a request to a group does not name one: RFC 7042 section 2.1.2 sets this
 * one aside for documentation. */
static const uint8_t stand_in_mac[LINK_MAC_LEN] = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x01};

/* Our MAC address in a reply, NULL where the link layer has none or it is not known. */
static const uint8_t *
reply_mac(const struct iface *iface, const struct link *link)
{
    if (iface->has_mac)
        return iface->mac;
    if (link->dst == NULL)
        return NULL;
    return link->group ? stand_in_mac : link->dst;
}

void
build_init(struct build *build, struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    const struct reply *last = responder->replies + responder->reply_count;
    size_t used = responder->reply_count == 0 ? 0 : (size_t)(last[-1].data + last[-1].len - responder->bytes);

    *build = (struct build){responder, frame, packet, {responder->bytes + used, sizeof responder->bytes - used, false}};
}

static uint8_t *
begin(struct build *build, const struct link *link)
{
    const struct iface *iface = build->frame->iface;
    uint8_t *start = build->writer.at;

    link_write_reply(iface->link, link, reply_mac(iface, link), &build->writer);
    return start;
}

uint8_t *
build_begin(struct build *build)
{
    return begin(build, &build->packet->link);
}

uint8_t *
build_begin_to(struct build *build, const uint8_t mac[static LINK_MAC_LEN])
{
    struct link link = build->packet->link;

    link.src = mac; /* whom a reply goes to */
    return begin(build, &link);
}

void
build_end(struct build *build, const uint8_t *start)
{
    struct responder *responder = build->responder;
    size_t len = (size_t)(build->writer.at - start), least = link_minimum(build->frame->iface->link);

    if (len < least)
        writer_zero(&build->writer, least - len);
    if (build->writer.overflow || responder->reply_count == RESPONDER_REPLIES)
        return;
    link_end_reply(build->frame->iface->link, responder->bytes + (start - responder->bytes), len);
    responder->replies[responder->reply_count++] =
        (struct reply){start, len < least ? least : len, build->frame->ts_ns};
}
