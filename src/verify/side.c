/* One side of a comparison, read from a frame. */
#include "verify/side.h"

#include "codec/checksum.h"
#include "responder/fragments.h"

/* Offsets from the source address, which both headers are found by. */
enum { TOTAL_LENGTH_BEFORE_SOURCE = 10, CHECKSUM_BEFORE_SOURCE = 2, CHECKSUM4_AT = 10 };

/* Headers with a wrong checksum are read all the same: a capture on the host that sends may show them before the network
 * card has filled it in. */
static bool
is_readable(const struct packet *packet)
{
    if (packet->link_status != LINK_OK)
        return false;
    if (packet->version == 6)
        return packet->ipv6_status == IPV6_OK || packet->ipv6_status == IPV6_TRUNCATED;
    return packet->ipv4_status == IPV4_OK || packet->ipv4_status == IPV4_BAD_SUM || packet->ipv4_status == IPV4_TRUNCATED;
}

static bool
is_fragment(const struct packet *packet)
{
    if (packet->version == 6)
        return packet->ipv6_walk == IPV6_FRAGMENT;
    return packet->ipv4.more_fragments || packet->ipv4.fragment_offset != 0;
}

/* Cuts what is behind the datagram off an IPv4 message; false when the header says that it is longer than that. */
static bool
trim4(struct packet *packet)
{
    size_t total = load_be16(packet->ipv4.src - TOTAL_LENGTH_BEFORE_SOURCE);
    size_t header = IPV4_HEADER_LEN + packet->ipv4.options.left;

    if (total < header + packet->icmp.message.left)
        bytes_trim(&packet->icmp.message, total < header ? 0 : total - header);
    return total <= header + packet->icmp.message.left;
}

/* What there is to know beyond the packet. */
static void
finish(struct side *side, struct bytes frame)
{
    struct packet *packet = &side->packet;
    const struct icmp *icmp = &packet->icmp;
    const uint8_t *end;

    if (packet->version == 6)
        side->is_cut = packet->ipv6_status == IPV6_TRUNCATED;
    else
        side->is_cut = !trim4(packet);
    if (is_fragment(packet)) /* the first one of several, of which the rest is missing */
        side->is_cut = true;
    end = icmp->message.at + icmp->message.left;
    side->padding = side->is_joined || side->is_cut ? 0 : (size_t)(frame.at + frame.left - end);
    side->is_sum_right = packet->version == 6 ? icmp_sum6_is_right(icmp, packet->ipv6.src, packet->ipv6.dst)
                                              : icmp_sum_is_right(icmp);
}

static bool
is_echo_reply(const struct packet *packet)
{
    return packet->has_icmp && packet->icmp_is_whole && packet->icmp.message.left >= ICMP_HEADER_LEN &&
           packet->icmp.type == (packet->version == 6 ? ICMPV6_ECHO_REPLY : ICMP_ECHO_REPLY);
}

enum side_mark
side_mark(const struct frame *frame)
{
    struct packet packet;

    packet_read(frame->iface->link, (struct bytes){frame->data, frame->caplen}, &packet);
    if (packet.link_status != LINK_OK)
        return SIDE_PLAIN;
    if (packet.version == 6 ? packet.ipv6_status == IPV6_OK : packet.ipv4_status == IPV4_OK)
        return SIDE_WHOLE;
    if (packet.version == 6 || packet.ipv4_status != IPV4_BAD_SUM || is_echo_reply(&packet))
        return SIDE_PLAIN;
    return load_be16(packet.ipv4.src - CHECKSUM_BEFORE_SOURCE) == 0 ? SIDE_UNFILLED : SIDE_PLAIN;
}

void
side_fill_in(uint8_t *frame, size_t len, enum link_type link)
{
    struct packet packet;
    uint8_t *sum;
    size_t header_len;

    packet_read(link, (struct bytes){frame, len}, &packet);
    header_len = IPV4_HEADER_LEN + packet.ipv4.options.left;
    sum = frame + (packet.ipv4.src - CHECKSUM_BEFORE_SOURCE - frame);
    store_be16(sum, checksum(sum - CHECKSUM4_AT, header_len));
}

/* Puts a fragment to the others.  False when some are still missing. */
static bool
join(struct side *side, struct responder *keeper, const struct frame *frame)
{
    struct packet *packet = &side->packet;
    bool is_whole = packet->version == 6 ? packet->ipv6_status == IPV6_OK : packet->ipv4_status == IPV4_OK;

    if (!is_whole || (packet->version == 4 && packet->ipv4.protocol != IPV4_PROTOCOL_ICMP))
        return is_echo_reply(packet); /* cut: the first one tells as far as it goes */
    side->is_joined = true;
    return fragments_add(keeper, frame, packet) == VERDICT_ANSWERED && is_readable(packet);
}

bool
side_read_reply(struct side *side, struct responder *keeper, const struct frame *frame)
{
    struct bytes bytes = {frame->data, frame->caplen};

    side->is_joined = false;
    packet_read(frame->iface->link, bytes, &side->packet);
    if (!is_readable(&side->packet))
        return false;
    if (is_fragment(&side->packet) && !join(side, keeper, frame))
        return false;
    if (!is_echo_reply(&side->packet))
        return false;
    finish(side, bytes);
    return side->packet.icmp.message.left >= ICMP_HEADER_LEN;
}

void
side_read_ours(struct side *side, enum link_type link, struct bytes frame)
{
    side->is_joined = false;
    packet_read(link, frame, &side->packet);
    finish(side, frame);
}

struct bytes
side_payload(const struct side *side)
{
    struct bytes payload = side->packet.icmp.message;

    (void)bytes_take(&payload, ICMP_HEADER_LEN);
    return payload;
}
