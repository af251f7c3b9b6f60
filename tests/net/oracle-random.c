/* Random requests for the kernel oracle: valid ones, odd ones and broken ones, each decided by seed and number alone. */
#include "oracle-cases.h"

#include <string.h>

#include "oracle-random.h"

enum {
    FEATURES_MAX = 4,   /* in one request */
    MUTATED_MAX = 74,   /* bytes from the start of a frame that mutations reach */
    REROLLS = 50,
    FRAME_MAX = 1514,   /* with an MTU of 1500 */
    ICMP_TIMESTAMP = 13
};

/* --- what can be odd about a request */

/* Any hosts. */
static const char *const hosts4[] = {
    "192.0.2.1", "192.0.2.7", "192.0.2.254", "10.9.9.9", "169.254.1.1", "172.16.0.1", "100.64.0.1", "198.51.100.1",
    "192.0.3.0", "1.0.0.1", "223.255.255.254",
};
static const char *const hosts6[] = {
    "fd00:db8::1", "fd00:db8::7", "fe80::1", "fe80::5", "2001:db8::5", "fec0::1", "2002:c000:201::1", "fd01::1", "febf::1",
    "64:ff9b::1", "2001:db8::",
};

static void
odd_source(struct random *random, struct spec *spec)
{
    static const char *const sources4[] = {
        "192.0.2.0", "192.0.2.255", "192.0.2.2", "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "239.1.2.3",
    };
    static const char *const sources6[] = {
        "fd00:db8::", "fd00:db8::2", "fe80::2", "ff02::1", "::", "::1", "fe80:1::1", "::192.0.2.1", "::ffff:192.0.2.1",
        "ff0e::1",
    };

    if (chance(random, 50))
        spec_address(spec->family == 4 ? PICK(random, hosts4) : PICK(random, hosts6), spec->src);
    else
        spec_address(spec->family == 4 ? PICK(random, sources4) : PICK(random, sources6), spec->src);
    spec->has_src = true;
}

static bool
is_ordinary_source(const struct spec *spec)
{
    uint8_t host[16];

    for (size_t i = 0; i < sizeof hosts4 / sizeof hosts4[0]; i++) { /* as many as of IPv6 */
        spec_address(spec->family == 4 ? hosts4[i] : hosts6[i], host);
        if (memcmp(host, spec->src, 16) == 0)
            return true;
    }
    return false;
}

static void
odd_destination(struct random *random, struct spec *spec)
{
    static const char *const destinations4[] = {
        "192.0.2.2", "192.0.2.9", "192.0.2.0", "192.0.2.255", "255.255.255.255", "224.0.0.1", "224.0.0.251", "0.0.0.0",
        "127.0.0.1", "240.0.0.1", "10.9.9.9", "239.255.255.250", "0.0.0.2",
    };
    static const char *const destinations6[] = {
        "fd00:db8::2", "fe80::2", "ff02::1", "ff02::1:ff00:2", "ff02::2", "ff01::1", "ff00::1", "ff05::1", "ff0e::1",
        "::", "::1", "fd00:db8::", "fd00:db8::9", "fe80:1::2", "::ffff:192.0.2.2", "ff12::1", "fe80::9", "ff02::1:ff00:3",
        "ff32::1", "ff82::1",
    };

    spec_address(spec->family == 4 ? PICK(random, destinations4) : PICK(random, destinations6), spec->dst);
}

static void
odd_link(struct random *random, struct spec *spec)
{
    static const uint8_t destinations[][MAC_LEN] = {
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {1, 0, 0x5e, 0, 0, 1}, {0x33, 0x33, 0, 0, 0, 1},
        {2, 0, 0, 0, 0, 0x99},                {2, 0, 0, 0, 0, 2},    {0, 0, 0, 0, 0, 0},
    };
    static const uint8_t sources[][MAC_LEN] = {
        {1, 0, 0x5e, 0, 0, 9}, {2, 0, 0, 0, 0, 2}, {0, 0, 0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
    };

    if (chance(random, 70)) {
        memcpy(spec->eth_dst, PICK(random, destinations), MAC_LEN);
        spec->has_eth_dst = true;
    } else {
        memcpy(spec->eth_src, PICK(random, sources), MAC_LEN);
    }
}

static void
odd_tags(struct random *random, struct spec *spec)
{
    static const unsigned ids[] = {0, 0, 0, 0, 1, 10, 4095};

    spec->tag_count = 1 + below(random, chance(random, 10) ? 3 : 2);
    for (unsigned i = 0; i < spec->tag_count; i++) {
        spec->tags[i].type = chance(random, 75) ? TYPE_VLAN : TYPE_SERVICE_VLAN;
        spec->tags[i].tci = below(random, 16) << 12 | PICK(random, ids);
    }
}

static void
odd_type(struct random *random, struct spec *spec)
{
    static const long types[] = {0x0800, 0x86dd, 0x0806, 0x8864, 0x003c, 0x0600, 0x8847, 0x9100, 0x8100, 0x88a8};

    spec->type = PICK(random, types);
}

static void
odd_version(struct random *random, struct spec *spec)
{
    if (spec->family == 6 || chance(random, 50))
        spec->version = (long)below(random, 16);
    else
        spec->ihl = (long)below(random, 16);
}

static void
odd_header_sum(struct random *random, struct spec *spec)
{
    spec->header_sum = (long)below(random, 0x10000);
}

static void
odd_length(struct random *random, struct spec *spec)
{
    static const long lengths[] = {0, 1, 7, 8, 19, 20, 21, 27, 28, 40, 59, 60, 1500, 65535};

    if (chance(random, 50))
        spec->length = PICK(random, lengths);
    else
        spec->length_by = (long)below(random, 17) - 8;
}

static void
odd_fields(struct random *random, struct spec *spec)
{
    static const long ttls[] = {0, 1, 2, 64, 128, 255};
    static const long flags[] = {0, FLAG_DF, 0x8000, 0xc000};

    spec->tos = (long)below(random, 256);
    spec->ttl = PICK(random, ttls);
    spec->flags = spec->family == 4 ? PICK(random, flags) : 0;
    spec->flow = (long)below(random, 0x100000);
    if (spec->family == 4)
        spec->ip_id = chance(random, 20) ? 0 : spec->ip_id;
}

static void
odd_protocol(struct random *random, struct spec *spec)
{
    static const long protocols[] = {1, 58, 0, 2, 6, 17, 43, 44, 50, 51, 59, 60, 132, 135, 139, 140, 253, 255};

    spec->protocol = PICK(random, protocols);
}

/* Of ICMPv6, not the types that change what a host knows of its neighbours. */
static void
odd_icmp_type(struct random *random, struct spec *spec)
{
    static const long types4[] = {8, 8, 0, 3, 4, 5, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 30, 37, 40, 42, 43, 255};
    static const long types6[] = {128, 128, 129, 1,   3,   4,   100, 127, 130, 133,
                                 135, 138, 139, 140, 144, 151, 160, 161, 200, 255};

    spec->icmp_type = spec->family == 4 ? PICK(random, types4) : PICK(random, types6);
    if (spec->icmp_type == ICMP_TIMESTAMP)
        spec->data_len = (long)below(random, 40);
}

static void
odd_icmp(struct random *random, struct spec *spec)
{
    static const long sums[] = {0, 0xffff, 0x1111};

    spec->icmp_code = (long)below(random, chance(random, 50) ? 4 : 256);
    spec->icmp_id = (long)below(random, 0x10000);
    spec->icmp_seq = (long)below(random, 0x10000);
    if (chance(random, 30))
        spec->icmp_sum = chance(random, 50) ? PICK(random, sums) : (long)below(random, 0x10000);
    if (chance(random, 20))
        spec->icmp_cut = (long)below(random, 12);
}

static void
odd_size(struct random *random, struct spec *spec)
{
    static const long sizes[] = {0, 1, 2, 17, 18, 19, 56, 64, 1000, 1200, 1300, 1400};

    spec->data_len = chance(random, 50) ? PICK(random, sizes) : (long)below(random, 1400);
    spec->fill = (long)below(random, 8);
}

static void
odd_padding(struct random *random, struct spec *spec)
{
    spec->pad = 1 + (long)below(random, 40);
}

static void
odd_cut(struct random *random, struct spec *spec)
{
    spec->frame_cut = ETHERNET_LEN + (long)below(random, 90);
}

/* Two of three requests go to those that --broadcast lets answer, and many ask for the time. */
static void
broadcast(struct random *random, struct spec *spec)
{
    static const char *const broadcasts[] = {"255.255.255.255", "192.0.2.255", "198.51.100.255", "224.0.0.1"};

    if (spec->family == 6 || chance(random, 33))
        return;
    spec_address(PICK(random, broadcasts), spec->dst);
    if (chance(random, 15)) {
        spec->icmp_type = ICMP_TIMESTAMP;
        spec->data_len = 12;
    }
}

/* --- all together */

static const struct {
    unsigned percent; /* of the requests that have it */
    unsigned family;  /* 0: both */
    void (*apply)(struct random *random, struct spec *spec);
} features[] = {
    {40, 0, odd_fields},  {40, 0, odd_size},    {20, 0, odd_source},  {12, 0, odd_destination}, {5, 0, odd_link},
    {7, 0, odd_tags},     {1, 0, odd_type},     {2, 0, odd_version},  {2, 4, odd_header_sum},   {5, 0, odd_length},
    {4, 0, odd_protocol}, {10, 0, odd_icmp},    {8, 0, odd_icmp_type}, {6, 0, odd_padding},     {3, 0, odd_cut},
    {25, 4, odd_options}, {30, 6, odd_headers}, {25, 0, odd_fragments},
};

/* Every byte may change but those that choose whom the answer goes to: the client's MAC address, and the half of its
 * address by which it is a neighbour, as nobody answers for it. */
static bool
is_mutable(const struct view *view, size_t at)
{
    size_t interface_id = (size_t)(view->ip - view->frame) + 16;

    if (at >= MAC_LEN && at < 2 * MAC_LEN)
        return false;
    return view->version != 6 || at < interface_id || at >= interface_id + 8;
}

static void
mutate(struct random *random, uint8_t *frame, size_t len)
{
    size_t reach = len < MUTATED_MAX ? len : MUTATED_MAX;
    struct view view = view_of(frame, len);

    for (unsigned count = 1 + below(random, 3); count > 0; count--) {
        size_t at = below(random, (unsigned)reach);

        if (!is_mutable(&view, at))
            continue;
        if (chance(random, 50))
            frame[at] ^= (uint8_t)(1U << below(random, 8));
        else
            frame[at] = (uint8_t)draw(random);
    }
    if (chance(random, 75))
        sums_repair(frame, len, chance(random, 60));
}

/* Where errors count, an ordinary source is replaced as well: all cases would share what it may get. */
static void
spread_source(struct spec *spec, uint32_t identity)
{
    static const uint8_t link_local[8] = {0xfe, 0x80};

    if (spec->family == 6 && memcmp(spec->src, link_local, 8) == 0 && spec->src[15] != 2)
        spec->src[15] = (uint8_t)(3 + identity % 250);
    else if (is_ordinary_source(spec))
        spec->has_src = false;
}

/* IPv6 fragments have an ID of their own; those of IPv4, where IDs come around soon, need a source of their own. */
static void
choose_source(const struct recipe *recipe, struct spec *spec, uint32_t identity)
{
    if (spec->family == 4 && spec->piece_count > 0)
        spec->has_src = false;
    if (recipe->all_own)
        spread_source(spec, identity);
    if (recipe->all_own || spec->piece_count > 0)
        spec_own_source(spec, identity);
}

static void
make_case(const struct recipe *recipe, struct random *random, uint32_t identity, struct frames *frames)
{
    static struct spec spec;

    spec_init(&spec, chance(random, 50) ? 4 : 6, identity);
    spec.data_len = (long)below(random, 100);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        if ((features[i].family == 0 || features[i].family == spec.family) && chance(random, features[i].percent))
            features[i].apply(random, &spec);
    if (recipe->flavour == FLAVOUR_BROADCAST)
        broadcast(random, &spec);
    if (recipe->flavour == FLAVOUR_PROBE && chance(random, 67))
        probe(random, &spec);
    choose_source(recipe, &spec, identity);
    if (spec.piece_count > 0 && chance(random, 15))
        odd_pair(random, &spec, frames);
    else
        spec_build(&spec, frames);
    if (chance(random, 15)) {
        size_t i = below(random, (unsigned)frames->count);

        mutate(random, frames_at(frames, i), frames->spans[i].len);
    }
}

static unsigned
groups_of4(const struct view *view)
{
    unsigned groups = 0;

    if ((get16(view->ip + 6) & (FLAG_MORE | OFFSET_MASK)) != 0)
        groups |= GROUP_FRAGMENTS;
    if (view->ip[0] > 0x45)
        groups |= GROUP_OPTIONS;
    if (view->upper_len > 0 && view->ip[9] == PROTOCOL_ICMP && view->upper[0] == ICMP_TIMESTAMP)
        groups |= GROUP_TIMESTAMP;
    return groups;
}

/* Any fragment header there may be, by the numbers in the chain. */
static unsigned
groups_of6(const struct view *view)
{
    unsigned number = view->ip[6];

    for (size_t at = 0; at + 8 <= view->upper_len; at += (view->upper[at + 1] + 1U) * 8) {
        if (number == NEXT_FRAGMENT)
            return GROUP_FRAGMENTS;
        if (number == NEXT_ICMP6)
            break;
        number = view->upper[at];
    }
    return 0;
}

unsigned
groups_of(const struct frames *frames)
{
    unsigned groups = 0;
    struct view view;

    for (size_t i = 0; i < frames->count; i++) {
        view = view_of(frames_at(frames, i), frames->spans[i].len);
        groups |= view.version == 4 ? groups_of4(&view) : view.version == 6 ? groups_of6(&view) : 0;
    }
    return groups;
}

static bool
fits_the_wire(const struct frames *frames)
{
    for (size_t i = 0; i < frames->count; i++)
        if (frames->spans[i].len > FRAME_MAX)
            return false;
    return true;
}

void
random_case(const struct recipe *recipe, uint32_t number, uint32_t identity, struct frames *frames)
{
    struct random random = {recipe->seed * UINT64_C(0xd1342543de82ef95) + number};

    (void)draw(&random);
    for (unsigned i = 0; i < REROLLS; i++) {
        frames_clear(frames);
        make_case(recipe, &random, identity, frames);
        if ((groups_of(frames) & recipe->without) == 0 && fits_the_wire(frames))
            return;
    }
    frames_clear(frames);
}
