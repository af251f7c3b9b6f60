/* Neighbor Discovery: who has an IPv6 address. */
#include "codec/ndp.h"

#include "codec/checksum.h"
#include "codec/ipv6.h"
#include "codec/link.h"

enum {
    OPTION_SOURCE = 1, /* source link-layer address */
    OPTION_TARGET = 2, /* target link-layer address */
    TARGET_AT = 8,
    CHECKSUM_AT = 2
};

bool
ndp_is_message(const struct icmp *icmp)
{
    return icmp->message.left > 0 &&
           (icmp->type == ICMPV6_NEIGHBOR_SOLICITATION || icmp->type == ICMPV6_NEIGHBOR_ADVERTISEMENT);
}

/* | type 1 | length 1, in units of 8 bytes | … |: unknown ones are skipped (RFC 4861 section 4.6). */
static bool
read_options(struct bytes options, uint8_t wanted, struct ndp *ndp)
{
    while (options.left > 0) {
        const uint8_t *option = options.at;
        size_t len = options.left < 2 ? 0 : (size_t)option[1] * 8;

        if (len == 0 || bytes_take(&options, len) == NULL)
            return false;
        if (option[0] != wanted)
            continue;
        if (len != NDP_LINK_ADDRESS_LEN) /* of another link layer than Ethernet (RFC 2464 section 6) */
            return false;
        if (ndp->link_address == NULL)
            ndp->link_address = option + 2;
    }
    return true;
}

/*  0                   1                   2                   3
 * |     Type      |     Code      |           Checksum            |
 * |R|S|O|                     Reserved 29                         |
 * |                        Target Address 128                     |
 * |   Options ...                                                    The flags are an advertisement's. */
bool
ndp_read(const struct icmp *icmp, struct ndp *ndp)
{
    struct bytes rest = icmp->message;
    const uint8_t *message = bytes_take(&rest, NDP_LEN);
    uint8_t wanted = icmp->type == ICMPV6_NEIGHBOR_SOLICITATION ? OPTION_SOURCE : OPTION_TARGET;

    memset(ndp, 0, sizeof *ndp);
    if (message == NULL || icmp->code != 0 || message[TARGET_AT] == 0xff || !read_options(rest, wanted, ndp))
        return false;
    ndp->target = message + TARGET_AT;
    return true;
}

size_t
ndp_advertisement_len(const struct ndp_advertisement *advertisement)
{
    return NDP_LEN + (advertisement->mac != NULL ? NDP_LINK_ADDRESS_LEN : 0);
}

void
ndp_write_advertisement(struct writer *writer, const struct ndp_advertisement *advertisement)
{
    size_t len = ndp_advertisement_len(advertisement);
    uint64_t pseudo = checksum_pseudo6(advertisement->src, advertisement->dst, (uint32_t)len, IPV6_NEXT_ICMPV6);
    uint8_t *message = writer->at;

    writer_u8(writer, ICMPV6_NEIGHBOR_ADVERTISEMENT);
    writer_zero(writer, 3);
    writer_u8(writer, advertisement->flags);
    writer_zero(writer, 3);
    writer_put(writer, advertisement->src, IPV6_ADDRESS_LEN);
    if (advertisement->mac != NULL) {
        writer_u8(writer, OPTION_TARGET);
        writer_u8(writer, 1);
        writer_put(writer, advertisement->mac, LINK_MAC_LEN);
    }
    if (!writer->overflow)
        store_be16(message + CHECKSUM_AT, (uint16_t)~checksum_fold(checksum_add(pseudo, message, len)));
}

struct ndp_solicitation
ndp_solicit(const uint8_t target[static 16])
{
    struct ndp_solicitation solicitation = {
        .target = target, .dst = {0xff, 0x02, [11] = 0x01, [12] = 0xff}, .mac = {0x33, 0x33, 0xff}};

    memcpy(solicitation.dst + 13, target + 13, 3);
    memcpy(solicitation.mac + 3, target + 13, 3);
    return solicitation;
}

void
ndp_write_solicitation(struct writer *writer, const struct ndp_solicitation *solicitation)
{
    static const uint8_t none[IPV6_ADDRESS_LEN];
    uint64_t pseudo = checksum_pseudo6(none, solicitation->dst, NDP_LEN, IPV6_NEXT_ICMPV6);
    uint8_t *message = writer->at;

    writer_u8(writer, ICMPV6_NEIGHBOR_SOLICITATION);
    writer_zero(writer, 7);
    writer_put(writer, solicitation->target, IPV6_ADDRESS_LEN);
    if (!writer->overflow)
        store_be16(message + CHECKSUM_AT, (uint16_t)~checksum_fold(checksum_add(pseudo, message, NDP_LEN)));
}

bool
ndp_is_solicited_node(const uint8_t group[static 16], const uint8_t *address)
{
    static const uint8_t head[13] = {0xff, 0x02, [11] = 0x01, [12] = 0xff};

    return memcmp(group, head, sizeof head) == 0 && (address == NULL || memcmp(group + 13, address + 13, 3) == 0);
}
