/* ARP for IPv4 on Ethernet. */
#include "codec/arp.h"

#include "codec/ipv4.h"
#include "codec/link.h"

enum {
    HARDWARE_ETHERNET = 1,
    HARDWARE_IEEE802 = 6 /* RFC 1042: the same addresses, so that hosts take it for Ethernet */
};

/*  0                   1                   2                   3
 * |       Hardware Type 16        |       Protocol Type 16        |
 * | Hardware Len  | Protocol Len  |         Operation 16          |
 * |                  Sender Hardware Address 48                   |
 * |                               |  Sender Protocol Address 32   |
 * |                               |  Target Hardware Address 48   |
 * |                                                               |
 * |                  Target Protocol Address 32                   | */
enum arp_status
arp_read(struct bytes packet, struct arp *arp)
{
    const uint8_t *header = bytes_take(&packet, ARP_LEN);
    uint16_t hardware;

    memset(arp, 0, sizeof *arp);
    if (header == NULL)
        return ARP_SHORT;
    hardware = load_be16(header);
    if ((hardware != HARDWARE_ETHERNET && hardware != HARDWARE_IEEE802) ||
        load_be16(header + 2) != LINK_PROTOCOL_IPV4 || header[4] != LINK_MAC_LEN || header[5] != IPV4_ADDRESS_LEN)
        return ARP_BAD;
    arp->operation = load_be16(header + 6);
    arp->sender_mac = header + 8;
    arp->sender = header + 14;
    arp->target = header + 24;
    return ARP_OK;
}

void
arp_write(struct writer *writer, uint16_t operation, const uint8_t sender_mac[static 6],
          const uint8_t sender[static 4], const uint8_t *target_mac, const uint8_t target[static 4])
{
    writer_be16(writer, HARDWARE_ETHERNET);
    writer_be16(writer, LINK_PROTOCOL_IPV4);
    writer_u8(writer, LINK_MAC_LEN);
    writer_u8(writer, IPV4_ADDRESS_LEN);
    writer_be16(writer, operation);
    writer_put(writer, sender_mac, LINK_MAC_LEN);
    writer_put(writer, sender, IPV4_ADDRESS_LEN);
    if (target_mac != NULL)
        writer_put(writer, target_mac, LINK_MAC_LEN);
    else
        writer_zero(writer, LINK_MAC_LEN);
    writer_put(writer, target, IPV4_ADDRESS_LEN);
}
