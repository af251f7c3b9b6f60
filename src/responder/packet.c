/* A frame taken apart, without any judgement of what is found. */
#include "responder/packet.h"

static void
set_address(struct address *address, uint8_t version, const uint8_t *bytes)
{
    address->version = version;
    memcpy(address->bytes, bytes, address_bits(version) / 8);
}

static void
read_arp(struct packet *packet, struct bytes frame)
{
    packet->arp_status = arp_read(frame, &packet->arp);
    if (packet->arp_status != ARP_OK)
        return;
    set_address(&packet->src, 4, packet->arp.sender);
    set_address(&packet->dst, 4, packet->arp.target);
}

/* The types of requests. */
static const struct {
    uint8_t version, type;
    enum request_kind kind;
} kinds[] = {
    {4, ICMP_ECHO_REQUEST, REQUEST_ECHO},
    {4, ICMP_TIMESTAMP, REQUEST_TIMESTAMP},
    {4, ICMP_EXTENDED_ECHO_REQUEST, REQUEST_PROBE},
    {6, ICMPV6_ECHO_REQUEST, REQUEST_ECHO},
    {6, ICMPV6_EXTENDED_ECHO_REQUEST, REQUEST_PROBE},
};

static void
read_icmp(struct packet *packet, struct bytes message)
{
    packet->has_icmp = true;
    packet->icmp_is_whole = icmp_read(message, &packet->icmp);
    packet->kind = REQUEST_NONE;
    if (packet->version == 6 && ndp_is_message(&packet->icmp))
        (void)ndp_read(&packet->icmp, &packet->ndp);
    for (size_t i = 0; packet->kind == REQUEST_NONE && i < sizeof kinds / sizeof kinds[0]; i++)
        if (message.left > 0 && kinds[i].version == packet->version && kinds[i].type == packet->icmp.type)
            packet->kind = kinds[i].kind;
}

static void
read_ipv4(struct packet *packet, struct bytes datagram)
{
    struct ipv4 *ip = &packet->ipv4;

    packet->ipv4_status = ipv4_read(datagram, ip);
    if (ip->src == NULL)
        return;
    set_address(&packet->src, 4, ip->src);
    set_address(&packet->dst, 4, ip->dst);
    if (ip->options.left > 0)
        ipv4_options_read(ip->options, &packet->ipv4_options);
    if (ip->protocol == IPV4_PROTOCOL_ICMP && ip->fragment_offset == 0)
        read_icmp(packet, ip->payload);
}

static void
read_ipv6(struct packet *packet, struct bytes datagram, const uint8_t *seam)
{
    struct ipv6 *ip = &packet->ipv6;

    packet->ipv6_status = ipv6_read(datagram, ip);
    if (ip->src == NULL)
        return;
    set_address(&packet->src, 6, ip->src);
    set_address(&packet->dst, 6, ip->dst);
    packet->ipv6_walk = ipv6_walk(ip, seam);
    if (seam != NULL)
        ip->has_fragment = true;
    if (ip->next_header == IPV6_NEXT_ICMPV6 && ip->fragment_offset == 0)
        read_icmp(packet, ip->payload);
}

/* The IP version: what the link layer says, else what the first nibble says. */
static uint8_t
ip_version(const struct packet *packet, struct bytes datagram)
{
    if (packet->link.protocol == LINK_PROTOCOL_IPV6)
        return 6;
    if (packet->link.protocol == LINK_PROTOCOL_IPV4 || datagram.left == 0)
        return 4;
    return datagram.at[0] >> 4 == 6 ? 6 : 4;
}

/* In parts, whose size compilers do not see: what they clear that much with at once begins slowly, and this is done for each
 * frame, several times where replies are compared. */
static void
clear(struct packet *packet)
{
    static const size_t ends[] = {offsetof(struct packet, ipv4), offsetof(struct packet, ipv6), offsetof(struct packet, src),
                                  sizeof(struct packet)};
    size_t at = 0;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; at = ends[i++])
        memset((uint8_t *)packet + at, 0, ends[i] - at);
}

void
packet_read_rejoined(enum link_type type, struct bytes frame, const uint8_t *seam, struct packet *packet)
{
    clear(packet);
    packet->is_rejoined = seam != NULL;
    packet->link_status = link_read(type, &frame, &packet->link);
    if (packet->link_status == LINK_ARP)
        read_arp(packet, frame);
    if (packet->link_status != LINK_OK)
        return;
    packet->version = ip_version(packet, frame);
    if (packet->version == 6)
        read_ipv6(packet, frame, seam);
    else
        read_ipv4(packet, frame);
}

void
packet_read(enum link_type type, struct bytes frame, struct packet *packet)
{
    packet_read_rejoined(type, frame, NULL, packet);
}

struct bytes
packet_datagram(const struct packet *packet)
{
    const uint8_t *start = packet->link.header + packet->link.header_len;
    struct bytes payload = packet->version == 6 ? packet->ipv6.payload : packet->ipv4.payload;

    return (struct bytes){start, (size_t)(payload.at + payload.left - start)};
}

uint8_t
packet_protocol(const struct packet *packet)
{
    return packet->version == 6 ? packet->ipv6.next_header : packet->ipv4.protocol;
}

bool
packet_is_fragment(const struct packet *packet)
{
    if (packet->version == 6)
        return packet->ipv6_walk == IPV6_FRAGMENT;
    return packet->ipv4.more_fragments || packet->ipv4.fragment_offset != 0;
}
