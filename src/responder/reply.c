/* Replies: link header, IP header and ICMP message of the frames that answer a request. */
#include "responder/reply.h"

enum {
    FLOW_LABEL_MASK = 0xfffff,
    NS_PER_MS = 1000000,
    MS_PER_DAY = 86400000
};

/* Offline nobody has told us a MAC address, and a request to a group does not name one: RFC 7042 section 2.1.2 sets this
 * one aside for documentation. */
static const uint8_t stand_in_mac[LINK_MAC_LEN] = {0x00, 0x00, 0x5e, 0x00, 0x53, 0x01};

/* A hash of the two ends of a reply and its protocol. */
static uint64_t
hash_ends(const struct responder *responder, const struct address *src, const struct address *dst, uint8_t protocol)
{
    uint8_t ends[33];
    size_t len = address_bits(src->version) / 8;

    memcpy(ends, src->bytes, len);
    memcpy(ends + len, dst->bytes, len);
    ends[2 * len] = protocol;
    return siphash(&responder->key, ends, 2 * len + 1);
}

/* An IP ID for a datagram without DF: unique for its ends and protocol until 65536 more have gone (RFC 6864 section 4),
 * and telling nobody how many went elsewhere. */
static uint16_t
next_ip_id(struct responder *responder, const struct address *src, const struct address *dst)
{
    uint64_t hash = hash_ends(responder, src, dst, IPV4_PROTOCOL_ICMP);

    return (uint16_t)((hash >> 48) + responder->ip_ids[hash % RESPONDER_ID_COUNTERS]++);
}

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

static bool
is_ours(const void *context, const uint8_t bytes[static 4])
{
    const struct addresses *addresses = context;
    struct address address = {.version = 4};

    memcpy(address.bytes, bytes, 4);
    return addresses_lookup(addresses, &address).match == ADDRESSES_OURS;
}

int
reply_options4(const struct frame *frame, const struct packet *packet, uint8_t out[static IPV4_OPTIONS_MAX])
{
    struct ipv4_options_host host = {
        .address = packet->dst.bytes,
        .time_ms = (uint32_t)(frame->ts_ns / NS_PER_MS % MS_PER_DAY),
        .is_ours = is_ours,
        .context = &frame->iface->addresses,
    };

    return ipv4_options_answer(&packet->ipv4_options, &host, out);
}

static void
write_reply4(struct responder *responder, const struct frame *frame, const struct packet *packet, struct writer *writer)
{
    const struct address *src = &packet->dst, *dst = &packet->src;
    uint8_t options[IPV4_OPTIONS_MAX];
    int options_len = reply_options4(frame, packet, options);

    ipv4_write(writer, packet->ipv4.tos, next_ip_id(responder, src, dst), responder->ttl, src->bytes, dst->bytes,
               (struct bytes){options, options_len > 0 ? (size_t)options_len : 0}, packet->icmp.message.left);
    icmp_write_reply(writer, &packet->icmp);
}

static void
write_reply6(const struct responder *responder, const struct frame *frame, const struct packet *packet,
             struct writer *writer)
{
    struct address src = packet->dst;
    const struct address *dst = &packet->src;
    uint32_t flow_label;

    if (src.bytes[0] == 0xff) /* RFC 4443 section 4.2: a multicast is answered from a unicast address of ours */
        (void)addresses_source(&frame->iface->addresses, dst, &src);
    flow_label = (uint32_t)hash_ends(responder, &src, dst, IPV6_NEXT_ICMPV6) & FLOW_LABEL_MASK;
    ipv6_write(writer, packet->ipv6.traffic_class, flow_label, responder->ttl, src.bytes, dst->bytes,
               packet->icmp.message.left);
    icmp_write_reply6(writer, &packet->icmp, src.bytes, dst->bytes);
}

void
reply_build(struct responder *responder, const struct frame *frame, const struct packet *packet)
{
    struct writer writer = {responder->bytes, sizeof responder->bytes, false};
    enum link_type type = frame->iface->link;
    size_t len;

    link_write_reply(type, &packet->link, reply_mac(frame->iface, &packet->link), &writer);
    if (packet->version == 6)
        write_reply6(responder, frame, packet, &writer);
    else
        write_reply4(responder, frame, packet, &writer);
    len = (size_t)(writer.at - responder->bytes);
    if (len < link_minimum(type)) {
        writer_zero(&writer, link_minimum(type) - len);
        len = link_minimum(type);
    }
    responder->reply = (struct reply){responder->bytes, len, frame->ts_ns};
}
