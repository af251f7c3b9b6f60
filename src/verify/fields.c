/* The fields of a reply, a row each. */
#include "verify/fields.h"

static void
set_bytes(struct field_value *value, const uint8_t *bytes, size_t len)
{
    value->len = (uint8_t)(len < FIELDS_VALUE_MAX ? len : FIELDS_VALUE_MAX);
    if (value->len > 0)
        memcpy(value->bytes, bytes, value->len);
}

/* A getter fills in the value, or returns false where the side has none. */
typedef bool getter(const struct side *side, struct field_value *value);

/* Most are numbers that are always there. */
#define NUMBER(function, expression) \
    static bool function(const struct side *side, struct field_value *value) \
    { \
        value->number = (uint32_t)(expression); \
        return true; \
    }

/* Fields that reassembly leaves nothing of. */
#define HEADER_NUMBER(function, expression) \
    static bool function(const struct side *side, struct field_value *value) \
    { \
        value->number = (uint32_t)(expression); \
        return !side->is_joined; \
    }

/* Where fields stand that the codec does not read, counted back from the source address. */
enum { FLAGS4_BACK = 6, FLOW6_BACK = 8, DONT_FRAGMENT = 0x4000, FLOW_MASK = 0xfffff, SOURCE6_AT = 8 };

NUMBER(get_type, side->packet.icmp.type)
NUMBER(get_id, side->packet.icmp.id)
NUMBER(get_seq, side->packet.icmp.seq)
NUMBER(get_code, side->packet.icmp.code)
NUMBER(get_ttl, side->packet.ipv4.ttl)
NUMBER(get_tos, side->packet.ipv4.tos)
NUMBER(get_ip_id, side->packet.ipv4.id)
HEADER_NUMBER(get_df, (load_be16(side->packet.ipv4.src - FLAGS4_BACK) & DONT_FRAGMENT) != 0)
NUMBER(get_hop_limit, side->packet.ipv6.hop_limit)
NUMBER(get_class, side->packet.ipv6.traffic_class)
NUMBER(get_flow, load_be32(side->packet.ipv6.src - FLOW6_BACK) & FLOW_MASK)
NUMBER(get_headers, side->packet.icmp.message.at - (side->packet.ipv6.src - SOURCE6_AT) - IPV6_HEADER_LEN)

static bool
get_padding(const struct side *side, struct field_value *value)
{
    value->number = (uint32_t)side->padding;
    return !side->is_joined && !side->is_cut;
}

static bool
get_size(const struct side *side, struct field_value *value)
{
    value->number = (uint32_t)side_payload(side).left;
    return !side->is_cut;
}

static bool
get_src(const struct side *side, struct field_value *value)
{
    set_bytes(value, side->packet.src.bytes, address_bits(side->packet.version) / 8);
    return true;
}

static bool
get_dst(const struct side *side, struct field_value *value)
{
    set_bytes(value, side->packet.dst.bytes, address_bits(side->packet.version) / 8);
    return true;
}

static bool
get_mac_src(const struct side *side, struct field_value *value)
{
    if (side->packet.link.dst == NULL) /* cooked headers tell the sender only, and of a reply of ours none */
        return false;
    set_bytes(value, side->packet.link.src, LINK_MAC_LEN);
    return true;
}

static bool
get_mac_dst(const struct side *side, struct field_value *value)
{
    if (side->packet.link.dst == NULL)
        return false;
    set_bytes(value, side->packet.link.dst, LINK_MAC_LEN);
    return true;
}

/* VLAN IDs, from the outer to the inner; VID 0 is no VLAN (IEEE 802.1Q). */
static bool
get_vlan(const struct side *side, struct field_value *value)
{
    const struct link *link = &side->packet.link;

    for (unsigned i = 0; i < link->tag_count; i++) {
        if (link_tag_vid(link->tags[i]) == 0)
            continue;
        store_be16(value->bytes + value->len, link_tag_vid(link->tags[i]));
        value->len += 2;
    }
    return true;
}

static bool
get_options(const struct side *side, struct field_value *value)
{
    set_bytes(value, side->packet.ipv4.options.at, side->packet.ipv4.options.left);
    return true;
}

static uint32_t
checksum_of(const struct side *side)
{
    return load_be16(side->packet.icmp.message.at + 2);
}

static bool
compare_values(const struct side *recorded, const struct side *ours, getter *get, struct difference *difference)
{
    if (!get(recorded, &difference->recorded) || !get(ours, &difference->ours))
        return false;
    return difference->recorded.number != difference->ours.number || difference->recorded.len != difference->ours.len ||
           (difference->ours.len > 0 &&
            memcmp(difference->recorded.bytes, difference->ours.bytes, difference->ours.len) != 0);
}

/* The first byte that differs, as far as both go; sizes are compared by themselves. */
static bool
compare_payload(const struct side *recorded, const struct side *ours, getter *get, struct difference *difference)
{
    struct bytes a = side_payload(recorded), b = side_payload(ours);
    size_t len = a.left < b.left ? a.left : b.left;

    (void)get;
    if (len == 0 || memcmp(a.at, b.at, len) == 0)
        return false;
    while (a.at[difference->at] == b.at[difference->at])
        difference->at++;
    set_bytes(&difference->recorded, a.at + difference->at, 1);
    set_bytes(&difference->ours, b.at + difference->at, 1);
    return true;
}

/* Whether two cut messages should have the same checksum, as far as can be seen. */
static bool
is_like(const struct side *recorded, const struct side *ours)
{
    struct difference unused = {.at = 0};

    return recorded->packet.icmp.code == ours->packet.icmp.code &&
           memcmp(&recorded->packet.src, &ours->packet.src, sizeof ours->packet.src) == 0 &&
           !compare_payload(recorded, ours, NULL, &unused);
}

/* Two checksums that are both right agree, whatever they are: the fields that they cover are compared by themselves. */
static bool
compare_checksum(const struct side *recorded, const struct side *ours, getter *get, struct difference *difference)
{
    (void)get;
    difference->recorded.number = checksum_of(recorded);
    difference->ours.number = checksum_of(ours);
    if (difference->recorded.number == difference->ours.number)
        return recorded->is_sum_right != ours->is_sum_right && !recorded->is_cut;
    if (recorded->is_cut)
        return is_like(recorded, ours);
    return !recorded->is_sum_right || !ours->is_sum_right;
}

enum { CHECKSUM4_BACK = 2 };

/* Ours is right.  What the right one would be depends on fields that may differ, and is told of ours. */
static bool
compare_ip_checksum(const struct side *recorded, const struct side *ours, getter *get, struct difference *difference)
{
    (void)get;
    difference->recorded.number = load_be16(recorded->packet.ipv4.src - CHECKSUM4_BACK);
    difference->ours.number = load_be16(ours->packet.ipv4.src - CHECKSUM4_BACK);
    return recorded->packet.ipv4_status == IPV4_BAD_SUM && difference->recorded.number != 0;
}

/* A checksum of zero was captured before the host's network card filled it in. */
static bool
compare_unfilled(const struct side *recorded, const struct side *ours, getter *get, struct difference *difference)
{
    return recorded->packet.ipv4_status == IPV4_BAD_SUM && !compare_ip_checksum(recorded, ours, get, difference);
}

static const struct row {
    const char *name;
    uint8_t version; /* of IP that has it; 0: both */
    enum field_weight weight;
    enum field_format format;
    bool (*compare)(const struct side *recorded, const struct side *ours, getter *get, struct difference *difference);
    getter *get;
} rows[] = {
    {"src", 0, FIELD_MUST, FIELD_ADDRESS, compare_values, get_src},
    {"dst", 0, FIELD_MUST, FIELD_ADDRESS, compare_values, get_dst},
    {"vlan", 0, FIELD_MUST, FIELD_TAGS, compare_values, get_vlan},
    {"type", 0, FIELD_MUST, FIELD_NUMBER, compare_values, get_type},
    {"id", 0, FIELD_MUST, FIELD_NUMBER, compare_values, get_id},
    {"seq", 0, FIELD_MUST, FIELD_NUMBER, compare_values, get_seq},
    {"size", 0, FIELD_MUST, FIELD_NUMBER, compare_values, get_size},
    {"payload", 0, FIELD_MUST, FIELD_BYTES, compare_payload, NULL},
    {"checksum", 0, FIELD_MUST, FIELD_HEX, compare_checksum, NULL},
    {"ip-checksum", 4, FIELD_MUST, FIELD_HEX, compare_ip_checksum, NULL},
    {"ip-checksum", 4, FIELD_STRICT, FIELD_HEX, compare_unfilled, NULL},
    {"code", 0, FIELD_STRICT, FIELD_NUMBER, compare_values, get_code},
    {"ttl", 4, FIELD_STRICT, FIELD_NUMBER, compare_values, get_ttl},
    {"ip-id", 4, FIELD_STRICT, FIELD_HEX, compare_values, get_ip_id},
    {"df", 4, FIELD_STRICT, FIELD_NUMBER, compare_values, get_df},
    {"tos", 4, FIELD_STRICT, FIELD_HEX, compare_values, get_tos},
    {"options", 4, FIELD_STRICT, FIELD_BYTES, compare_values, get_options},
    {"hop-limit", 6, FIELD_STRICT, FIELD_NUMBER, compare_values, get_hop_limit},
    {"traffic-class", 6, FIELD_STRICT, FIELD_HEX, compare_values, get_class},
    {"flow-label", 6, FIELD_STRICT, FIELD_HEX, compare_values, get_flow},
    {"headers", 6, FIELD_STRICT, FIELD_NUMBER, compare_values, get_headers},
    {"padding", 0, FIELD_STRICT, FIELD_NUMBER, compare_values, get_padding},
    {"mac-src", 0, FIELD_SHOWN, FIELD_MAC, compare_values, get_mac_src},
    {"mac-dst", 0, FIELD_SHOWN, FIELD_MAC, compare_values, get_mac_dst},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

size_t
fields_compare(const struct side *recorded, const struct side *ours,
               struct difference differences[static FIELDS_MOST])
{
    struct difference difference; /* most fields have none, and are not to cost the memory of one */
    size_t count = 0;

    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].version != 0 && rows[i].version != ours->packet.version)
            continue;
        difference.field = i;
        difference.at = 0;
        difference.recorded.number = difference.ours.number = 0;
        difference.recorded.len = difference.ours.len = 0;
        if (rows[i].compare(recorded, ours, rows[i].get, &difference))
            differences[count++] = difference;
    }
    return count;
}

const char *
fields_name(unsigned field)
{
    return rows[field].name;
}

enum field_format
fields_format(unsigned field)
{
    return rows[field].format;
}

enum field_weight
fields_weight(unsigned field)
{
    return rows[field].weight;
}

bool
fields_has_offset(unsigned field)
{
    return rows[field].compare == compare_payload;
}
