/* The reply itself, byte for byte, on every link type. */
#include "unit.h"

#include <string.h>

#include "craft.h"
#include "responder/responder.h"
#include "served.h"

static struct served list;
static struct responder responder;

static struct iface
make_iface(enum link_type link)
{
    struct iface iface = {.link = link, .mtu = 65536};
    static const struct address any4 = {.version = 4}, any6 = {.version = 6};

    served_init(&list, &iface.addresses);
    assert_true(served_add(&list, &iface.addresses, &any4, 0, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &any6, 0, ADDRESSES_ANSWER));
    return iface;
}

static struct reply
answer(const struct iface *iface, const struct craft *craft)
{
    struct frame frame = {
        .data = craft->data, .caplen = craft->len, .len = craft->len, .ts_ns = 1234567890123456789, .iface = iface};
    struct outcome outcome;

    respond(&responder, &frame, &outcome);
    assert_string_equal(verdict_name(outcome.verdict), "answered");
    assert_int_equal(outcome.reply_count, 1);
    assert_true(outcome.replies[0].ts_ns == frame.ts_ns);
    return outcome.replies[0];
}

/* What the table of section 1a asks of an IPv4 reply, checked without the codec. */
static void
check_ipv4(const uint8_t *reply, const uint8_t *request, size_t icmp_len)
{
    uint8_t icmp[CRAFT_MAX];
    size_t request_header = (request[0] & 15U) * 4;

    assert_int_equal(reply[0], 0x45);
    assert_int_equal(reply[1], request[1]);
    assert_int_equal(reply[2] * 256 + reply[3], 20 + icmp_len);
    assert_int_equal(reply[6] * 256 + reply[7], 0);
    assert_int_equal(reply[8], 64);
    assert_int_equal(reply[9], 1);
    assert_int_equal(craft_sum(0, reply, 20), 0);
    assert_memory_equal(reply + 12, request + 16, 4);
    assert_memory_equal(reply + 16, request + 12, 4);
    memcpy(icmp, request + request_header, icmp_len);
    icmp[0] = 0;
    icmp[2] = icmp[3] = 0;
    assert_int_equal(reply[22] * 256 + reply[23], craft_sum(0, icmp, icmp_len));
    icmp[2] = reply[22];
    icmp[3] = reply[23];
    assert_memory_equal(reply + 20, icmp, icmp_len);
}

/* Section 1b. */
static void
check_ipv6(const uint8_t *reply, const uint8_t *request, const uint8_t *request_icmp, size_t icmp_len)
{
    assert_int_equal(reply[0], 0x60 | (request[0] & 15));
    assert_int_equal(reply[1] & 0xf0, request[1] & 0xf0);
    assert_int_equal(reply[4] * 256 + reply[5], icmp_len);
    assert_int_equal(reply[6], 58);
    assert_int_equal(reply[7], 64);
    assert_memory_equal(reply + 8, request + 24, 16);
    assert_memory_equal(reply + 24, request + 8, 16);
    assert_int_equal(reply[40], 129);
    assert_int_equal(reply[41], request_icmp[1]);
    assert_memory_equal(reply + 44, request_icmp + 4, icmp_len - 4);
    /* The pseudo-header is | addresses | length | 58 |. */
    assert_int_equal(craft_sum((uint32_t)(0xffff - craft_sum(0, reply + 8, 32)) + (uint32_t)icmp_len + 58, reply + 40, icmp_len), 0);
}

/* The link headers that a reply has, where it is not that of the request. */
static void
check_link(enum link_type link, const uint8_t *reply, const struct craft *request)
{
    static const uint8_t macs[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
    static const uint8_t sll[14] = {0, 4, 0, 1}, sll2[18] = {[5] = 0, [7] = 3, [9] = 1, [10] = 4};

    switch (link) {
    case LINK_EN10MB:
        assert_memory_equal(reply, macs, sizeof macs);
        assert_memory_equal(reply + 12, request->data + 12, 2);
        break;
    case LINK_LINUX_SLL:
        assert_memory_equal(reply, sll, sizeof sll);
        assert_memory_equal(reply + 14, request->data + 14, 2);
        break;
    case LINK_LINUX_SLL2:
        assert_memory_equal(reply, request->data, 2);
        assert_memory_equal(reply + 2, sll2 + 2, sizeof sll2 - 2);
        break;
    case LINK_NULL:
    case LINK_LOOP:
    case LINK_PPP:
    case LINK_PPP_SERIAL:
    case LINK_C_HDLC:
    case LINK_FRELAY:
        assert_memory_equal(reply, request->data, request->l3);
        break;
    default: /* tests/unit/test_link.c has the others */
        break;
    }
}

static void
check_link_type(enum link_type link, size_t size)
{
    struct iface iface = make_iface(link);
    struct craft craft;
    struct reply reply;

    if (link != LINK_IPV6) {
        craft4(&craft, link, NULL, 0, size);
        reply = answer(&iface, &craft);
        assert_int_equal(reply.len, craft.len < link_minimum(link) ? link_minimum(link) : craft.len);
        check_link(link, reply.data, &craft);
        check_ipv4(reply.data + craft.l3, craft.data + craft.l3, 8 + size);
        for (size_t i = craft.len; i < reply.len; i++)
            assert_int_equal(reply.data[i], 0);
    }
    if (link != LINK_IPV4) {
        craft6(&craft, link, 58, NULL, 0, size);
        reply = answer(&iface, &craft);
        assert_int_equal(reply.len, craft.len < link_minimum(link) ? link_minimum(link) : craft.len);
        check_link(link, reply.data, &craft);
        check_ipv6(reply.data + craft.l3, craft.data + craft.l3, craft.data + craft.l4, 8 + size);
    }
}

static void
test_every_link_type_and_size(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 7, 8, 17, 18, 19, 55, 56, 57, 1471, 1472, 1800};

    (void)state;
    responder_init(&responder, 1);
    for (int link = 0; link < LINK_TYPES; link++)
        for (size_t i = 0; i < COUNT(sizes); i++)
            check_link_type((enum link_type)link, sizes[i]);
}

/* L2-12: what stands behind the datagram is neither summed nor echoed, and a reply's padding is zero. */
static void
test_padding_is_not_echoed(void **state)
{
    struct iface iface = make_iface(LINK_EN10MB);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    (void)answer(&iface, &craft); /* leaves its data in the buffer */
    craft4(&craft, LINK_EN10MB, NULL, 0, 2);
    craft_pad(&craft, 0xaa, 16);
    reply = answer(&iface, &craft);
    assert_int_equal(reply.len, 60);
    check_ipv4(reply.data + 14, craft.data + 14, 10);
    for (size_t i = 44; i < 60; i++)
        assert_int_equal(reply.data[i], 0);
}

/* OP-01: options are skipped by IHL, and not copied. */
static void
test_options_are_skipped(void **state)
{
    static const uint8_t options[40] = {[0] = 1, [1] = 0x94, [2] = 4};
    struct iface iface = make_iface(LINK_EN10MB);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    for (size_t len = 4; len <= sizeof options; len += 4) {
        craft4(&craft, LINK_EN10MB, options, len < 8 ? 0 : len, 33);
        reply = answer(&iface, &craft);
        check_ipv4(reply.data + 14, craft.data + 14, 41);
    }
}

static void
test_extension_headers_are_not_copied(void **state)
{
    static const uint8_t headers[16] = {60, 0, 1, 4, 0, 0, 0, 0, 58, 0, 1, 4};
    struct iface iface = make_iface(LINK_EN10MB);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    craft6(&craft, LINK_EN10MB, 0, headers, sizeof headers, 21);
    reply = answer(&iface, &craft);
    assert_int_equal(reply.len, 14 + 40 + 29);
    check_ipv6(reply.data + 14, craft.data + 14, craft.data + craft.l4, 29);
}

/* Section 1a and IC-03: the checksums at the edges, where zero has two faces. */
static void
test_checksum_corners(void **state)
{
    static const struct {
        const char *request; /* ICMP, ten bytes */
        const char *sum;
    } cases[] = {
        {"\x08\0\xf7\xff\0\0\0\0\0\0", "\xff\xff"},     /* all zero: the checksum is +0 complemented */
        {"\x08\0\xff\xff\0\0\0\0\xf7\xff", "\x08\0"},   /* 0xffff where 0x0000 is as right */
        {"\x08\0\0\0\0\0\0\0\xf7\xff", "\x08\0"},
        {"\x08\0\xf7\xff\xff\xff\0\0\0\0", "\0\0"},     /* the rest sums up to -0 */
    };
    struct iface iface = make_iface(LINK_EN10MB);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        craft4(&craft, LINK_EN10MB, NULL, 0, 2);
        memcpy(craft.data + craft.l4, cases[i].request, 10);
        reply = answer(&iface, &craft);
        assert_memory_equal(reply.data + 36, cases[i].sum, 2);
    }
}

/* Every value that the checksum field of a request can have. */
static void
test_every_checksum(void **state)
{
    struct iface iface = make_iface(LINK_RAW);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    for (unsigned word = 0; word <= 0xffff; word++) {
        craft4(&craft, LINK_RAW, NULL, 0, 2);
        craft.data[craft.l4 + 8] = (uint8_t)(word >> 8);
        craft.data[craft.l4 + 9] = (uint8_t)word;
        craft_seal(&craft);
        reply = answer(&iface, &craft);
        check_ipv4(reply.data, craft.data, 10);
    }
}

static void
test_tags_are_kept(void **state)
{
    static const uint8_t qinq[10] = {0x88, 0xa8, 0x60, 0x64, 0x81, 0x00, 0xa0, 0x0a, 0x08, 0x00};
    struct iface iface = make_iface(LINK_EN10MB);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    responder_add_vlan(&responder, 10);
    responder_add_vlan(&responder, 100);
    craft4(&craft, LINK_EN10MB, NULL, 0, 40);
    craft_tag(&craft, 0x8100, 0xb00a); /* PCP 5, DEI 1, VID 10: DEI is cleared */
    craft_tag(&craft, 0x88a8, 0x6064);
    reply = answer(&iface, &craft);
    assert_memory_equal(reply.data + 12, qinq, sizeof qinq);
    check_ipv4(reply.data + 22, craft.data + 22, 48);
    craft4(&craft, LINK_EN10MB, NULL, 0, 40);
    craft_tag(&craft, 0x8100, 0xa000); /* a priority tag: answered without */
    reply = answer(&iface, &craft);
    check_ipv4(reply.data + 14, craft.data + 18, 48);
}

/* Cooked headers name a packet's direction; a reply goes the other way. */
static void
test_cooked_direction(void **state)
{
    struct iface iface = make_iface(LINK_LINUX_SLL);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    craft4(&craft, LINK_LINUX_SLL, NULL, 0, 8);
    craft.data[1] = 4;
    reply = answer(&iface, &craft);
    assert_int_equal(reply.data[1], 0);
}

/* I6-05: a multicast is answered from a unicast address; without a MAC address of our own, from the one for documentation. */
static void
test_multicast_source(void **state)
{
    static const uint8_t all_nodes[16] = {0xff, 0x02, [15] = 1}, stand_in[6] = {0, 0, 0x5e, 0, 0x53, 1};
    static const struct address ours = {.version = 6, .bytes = {0xfd, 0, 0x0d, 0xb8, [15] = 2}};
    struct iface iface = make_iface(LINK_EN10MB);
    struct craft craft;
    struct reply reply;

    (void)state;
    responder_init(&responder, 1);
    assert_true(served_add(&list, &iface.addresses, &ours, 128, ADDRESSES_ANSWER));
    craft6(&craft, LINK_EN10MB, 58, NULL, 0, 8);
    memcpy(craft.data, "\x33\x33\0\0\0\x01", 6);
    memcpy(craft.data + craft.l3 + 24, all_nodes, 16);
    craft_seal(&craft);
    reply = answer(&iface, &craft);
    assert_memory_equal(reply.data + 6, stand_in, 6);
    assert_memory_equal(reply.data + 14 + 8, ours.bytes, 16);
    memcpy(craft.data + craft.l3 + 24, ours.bytes, 16);
    check_ipv6(reply.data + 14, craft.data + 14, craft.data + craft.l4, 16);
}

/* RFC 6864 section 4: no IP ID twice for the same ends while there are others left; RFC 6437: a constant flow label. */
static void
test_ids_and_flow_labels(void **state)
{
    static uint8_t seen[65536];
    struct iface iface = make_iface(LINK_RAW);
    struct craft craft;
    struct reply reply;
    uint8_t label[3];

    (void)state;
    responder_init(&responder, 7);
    craft4(&craft, LINK_RAW, NULL, 0, 0);
    for (unsigned i = 0; i <= 0xffff; i++) {
        reply = answer(&iface, &craft);
        assert_int_equal(seen[reply.data[4] * 256 + reply.data[5]]++, 0);
    }
    craft6(&craft, LINK_RAW, 58, NULL, 0, 0);
    reply = answer(&iface, &craft);
    memcpy(label, reply.data + 1, 3);
    reply = answer(&iface, &craft);
    assert_memory_equal(reply.data + 1, label, 3);
    craft.data[23] = 9; /* another peer */
    craft_seal(&craft);
    reply = answer(&iface, &craft);
    assert_memory_not_equal(reply.data + 1, label, 3);
}

/* A reply is never answered. */
static void
test_answer_of_an_answer(void **state)
{
    (void)state;
    responder_init(&responder, 1);
    for (int link = 0; link < LINK_TYPES; link++) {
        struct iface iface = make_iface((enum link_type)link);
        struct craft craft, back;
        struct outcome outcome;
        struct frame frame = {.data = back.data, .iface = &iface};
        struct reply reply;

        if (link == LINK_IPV6)
            craft6(&craft, (enum link_type)link, 58, NULL, 0, 30);
        else
            craft4(&craft, (enum link_type)link, NULL, 0, 30);
        reply = answer(&iface, &craft);
        memcpy(back.data, reply.data, reply.len);
        frame.caplen = frame.len = reply.len;
        respond(&responder, &frame, &outcome);
        assert_int_equal(outcome.verdict, VERDICT_ICMP_TYPE);
    }
}

/* Link headers that this or that system writes. */
static void
test_odd_link_headers(void **state)
{
    static const struct {
        enum link_type link;
        const char *header;
        size_t len;
        uint8_t version; /* 0: not to be answered */
    } cases[] = {
        {LINK_NULL, "\0\0\0\x02", 4, 4},    {LINK_NULL, "\x02\0\0\0", 4, 4},    {LINK_NULL, "\x0a\0\0\0", 4, 6},
        {LINK_NULL, "\x18\0\0\0", 4, 6},    {LINK_NULL, "\x1c\0\0\0", 4, 6},    {LINK_NULL, "\x1e\0\0\0", 4, 6},
        {LINK_NULL, "\0\0\0\x1e", 4, 6},    {LINK_NULL, "\x07\0\0\0", 4, 0},    {LINK_LOOP, "\0\0\0\x02", 4, 4},
        {LINK_LOOP, "\x02\0\0\0", 4, 0},    {LINK_PPP, "\xff\x03\0\x21", 4, 4}, {LINK_PPP, "\0\x21", 2, 4},
        {LINK_PPP, "\x21", 1, 4},           {LINK_PPP, "\xff\x03\x57", 3, 6},   {LINK_PPP, "\xc0\x21", 2, 0},
    };
    struct craft plain, craft;

    (void)state;
    responder_init(&responder, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct iface iface = make_iface(cases[i].link);
        struct frame frame = {.data = craft.data, .iface = &iface};
        struct outcome outcome;

        if (cases[i].version == 6)
            craft6(&plain, LINK_RAW, 58, NULL, 0, 12);
        else
            craft4(&plain, LINK_RAW, NULL, 0, 12);
        memcpy(craft.data, cases[i].header, cases[i].len);
        memcpy(craft.data + cases[i].len, plain.data, plain.len);
        frame.caplen = frame.len = cases[i].len + plain.len;
        respond(&responder, &frame, &outcome);
        assert_int_equal(outcome.verdict, cases[i].version == 0 ? VERDICT_L2_PROTO : VERDICT_ANSWERED);
        if (cases[i].version != 0)
            assert_memory_equal(outcome.replies[0].data, cases[i].header, cases[i].len);
    }
}

/* What is told of a request. */
static void
test_description(void **state)
{
    struct iface iface = make_iface(LINK_EN10MB);
    struct craft craft;
    struct frame frame = {.data = craft.data, .iface = &iface};
    struct outcome outcome;

    (void)state;
    responder_init(&responder, 1);
    craft4(&craft, LINK_EN10MB, NULL, 0, 30);
    craft.data[craft.l4 + 2] ^= 1; /* not even when its checksum is wrong is it nothing */
    frame.caplen = frame.len = craft.len;
    respond(&responder, &frame, &outcome);
    assert_int_equal(outcome.verdict, VERDICT_ICMP_BADSUM);
    assert_int_equal(outcome.request.kind, REQUEST_ECHO);
    assert_int_equal(outcome.request.id, 0xbeef);
    assert_int_equal(outcome.request.seq, 7);
    assert_int_equal(outcome.request.size, 30);
    assert_int_equal(outcome.request.ttl, 63);
    assert_int_equal(outcome.request.src.version, 4);
    assert_memory_equal(outcome.request.dst.bytes, "\xc0\0\x02\x02", 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_link_type_and_size),
        cmocka_unit_test(test_padding_is_not_echoed),
        cmocka_unit_test(test_options_are_skipped),
        cmocka_unit_test(test_extension_headers_are_not_copied),
        cmocka_unit_test(test_checksum_corners),
        cmocka_unit_test(test_every_checksum),
        cmocka_unit_test(test_tags_are_kept),
        cmocka_unit_test(test_cooked_direction),
        cmocka_unit_test(test_multicast_source),
        cmocka_unit_test(test_ids_and_flow_labels),
        cmocka_unit_test(test_answer_of_an_answer),
        cmocka_unit_test(test_odd_link_headers),
        cmocka_unit_test(test_description),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
