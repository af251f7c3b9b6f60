/* PROBE.  The host that answers has the interfaces that are answered on, with the addresses that are answered for there. */
#include "responder/probe.h"

static bool
has_address(const struct iface *iface, uint8_t version, const uint8_t *bytes)
{
    struct address address = {.version = version};

    memcpy(address.bytes, bytes, address_bits(version) / 8);
    return addresses_lookup(&iface->addresses, &address).match == ADDRESSES_OURS;
}

static bool
has_name(const struct iface *iface, struct bytes name)
{
    size_t i = 0;

    if (iface->name == NULL || name.left == 0)
        return false;
    while (i < name.left && iface->name[i] != '\0' && (uint8_t)iface->name[i] == name.at[i])
        i++;
    return i == name.left && iface->name[i] == '\0';
}

static bool
is_meant(const struct iface *iface, const struct probe_query *query)
{
    switch (query->by) {
    case PROBE_BY_NAME:
        return has_name(iface, query->name);
    case PROBE_BY_INDEX:
        return iface->index != 0 && iface->index == query->index;
    case PROBE_BY_IPV4:
        return has_address(iface, 4, query->address);
    case PROBE_BY_IPV6:
        return has_address(iface, 6, query->address);
    case PROBE_BY_MAC:
        return iface->has_mac && memcmp(iface->mac, query->address, LINK_MAC_LEN) == 0;
    case PROBE_BY_NOTHING:
        break;
    }
    return false;
}

static unsigned
flags_of(const struct iface *iface)
{
    if (!iface->is_up)
        return 0;
    return PROBE_ACTIVE | (addresses_has(&iface->addresses, 4) ? PROBE_IPV4 : 0U) |
           (addresses_has(&iface->addresses, 6) ? PROBE_IPV6 : 0U);
}

/* RFC 8335 section 4.  There is no table of neighbours to look into. */
enum probe_code
probe_answer(const struct responder *responder, const struct packet *packet, unsigned *flags)
{
    struct probe_query query;
    enum probe_code code = PROBE_NO_INTERFACE;

    *flags = 0;
    probe_read(packet->icmp.message, &query);
    if (query.by == PROBE_BY_NOTHING)
        return PROBE_MALFORMED;
    if (!query.is_local)
        return PROBE_NO_ENTRY;
    for (size_t i = 0; i < responder->iface_count; i++) {
        if (!is_meant(responder->ifaces[i], &query))
            continue;
        if (code == PROBE_FOUND) {
            *flags = 0;
            return PROBE_AMBIGUOUS;
        }
        code = PROBE_FOUND;
        *flags = flags_of(responder->ifaces[i]);
    }
    return code;
}
