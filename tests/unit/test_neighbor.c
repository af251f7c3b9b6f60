/* ARP and Neighbor Discovery, rule by rule: the identifiers are those of the conformance table, the answers are written by
 * hand. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "craft.h"
#include "parse.h"
#include "responder/responder.h"
#include "served.h"

enum { UNSEALED = 1, FRAME_MIN = 60 };

#define V(name) VERDICT_##name

/* Frames as hex digits, blanks between the fields.  Ours is 02…02, the client's is 02…01. */
#define OUR_MAC "020000000002 "
#define CLIENT_MAC "020000000001 "
#define TO_ALL "ffffffffffff " CLIENT_MAC
#define TO_US OUR_MAC CLIENT_MAC
#define TO_CLIENT CLIENT_MAC OUR_MAC

/* hardware, protocol, address lengths, operation */
#define ARP "0806 0001 0800 06 04 "
#define ASK ARP "0001 "
#define ANSWER ARP "0002 " OUR_MAC
#define CLIENT4 "c0000201 "
#define HOST4 "c0000202 "
#define KERNEL4 "c0000203 "
#define RANGE4 "c6336407 "
#define NOBODY "000000000000 "
#define FROM_CLIENT CLIENT_MAC CLIENT4 NOBODY

/* IPv6: payload length, next header, hop limit, addresses */
#define IP6(len, src, dst) "86dd 60000000 " len " 3a ff " src dst
#define CLIENT6 "fd000db8000000000000000000000001 "
#define HOST6 "fd000db8000000000000000000000002 "
#define KERNEL6 "fd000db8000000000000000000000003 "
#define RANGE6 "20010db8000500000000000000000007 "
#define HOST_GROUP "ff0200000000000000000001ff000002 "
#define RANGE_GROUP "ff0200000000000000000001ff000007 "
#define ALL_NODES "ff020000000000000000000000000001 "
#define NOBODY6 "00000000000000000000000000000000 "
#define TO_HOST_GROUP "3333ff000002 " CLIENT_MAC
#define TO_RANGE_GROUP "3333ff000007 " CLIENT_MAC
#define TO_ALL_NODES "333300000001 " CLIENT_MAC
#define FROM_US_TO_ALL_NODES "333300000001 " OUR_MAC
#define NS "87 00 0000 00000000 "
#define NA "88 00 0000 20000000 "
#define SOURCE_OPTION "01 01 " CLIENT_MAC
#define OUR_OPTION "02 01 " OUR_MAC
#define ASK_HOST6 TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) NS HOST6 SOURCE_OPTION
#define HOST6_IS_HERE TO_CLIENT IP6("0020", HOST6, CLIENT6) "88 00 f371 60000000 " HOST6 OUR_OPTION

struct row {
    const char *rule;
    const char *frame;
    enum verdict verdict;
    const char *reply; /* NULL: none; else without its padding */
    unsigned flags;
};

#define ARP_ANSWER(whose) TO_CLIENT ANSWER whose CLIENT_MAC CLIENT4
#define SILENT NULL, 0

/* Answered for: 192.0.2.2, 169.254.1.1, 198.51.100.0/24 without 198.51.100.66, fd00:db8::2, fe80::2, 2001:db8:5::/64 without
 * 2001:db8:5::66, and 192.0.2.3 and fd00:db8::3, which the kernel has; 192.0.2.0/24 is on the link. */
static const struct row rows[] = {
    {"AR-01", TO_ALL ASK FROM_CLIENT HOST4, V(NEIGHBOR), ARP_ANSWER(HOST4), 0},
    {"AR-01 range", TO_ALL ASK FROM_CLIENT RANGE4, V(NEIGHBOR), ARP_ANSWER(RANGE4), 0},
    {"AR-02", TO_US ASK FROM_CLIENT HOST4, V(NEIGHBOR), ARP_ANSWER(HOST4), 0},
    {"AR-03", TO_ALL ASK CLIENT_MAC "00000000 " NOBODY HOST4, V(NEIGHBOR), TO_CLIENT ANSWER HOST4 CLIENT_MAC "00000000", 0},
    {"AR-04", TO_ALL ASK FROM_CLIENT "c0000209", V(ARP_NOTOURS), SILENT},
    {"AR-05", TO_ALL ASK FROM_CLIENT CLIENT4, V(ARP_NOTOURS), SILENT},
    {"AR-05 range", TO_ALL ASK CLIENT_MAC RANGE4 NOBODY RANGE4, V(ARP_NOTOURS), SILENT},
    {"AR-06 announced", TO_ALL ASK CLIENT_MAC HOST4 NOBODY HOST4, V(ARP_CONFLICT),
     "ffffffffffff " OUR_MAC ASK OUR_MAC HOST4 NOBODY HOST4, 0},
    {"AR-06 asking", TO_ALL ASK CLIENT_MAC HOST4 NOBODY RANGE4, V(ARP_CONFLICT),
     "ffffffffffff " OUR_MAC ASK OUR_MAC HOST4 NOBODY HOST4, 0},
    {"AR-06 replying", TO_US ARP "0002 " CLIENT_MAC HOST4 OUR_MAC CLIENT4, V(ARP_CONFLICT),
     "ffffffffffff " OUR_MAC ASK OUR_MAC HOST4 NOBODY HOST4, 0},
    {"AR-06 range", TO_ALL ASK CLIENT_MAC "c6336408 " NOBODY RANGE4, V(NEIGHBOR),
     TO_CLIENT ANSWER RANGE4 CLIENT_MAC "c6336408", 0},
    {"AR-06 kernel's", TO_ALL ASK CLIENT_MAC KERNEL4 NOBODY KERNEL4, V(ARP_NOTOURS), SILENT},
    {"AR-07", TO_US ARP "0002 " CLIENT_MAC CLIENT4 OUR_MAC HOST4, V(ARP_OP), SILENT},
    {"AR-08", TO_ALL "0806 0006 0800 06 04 0001 " FROM_CLIENT HOST4, V(NEIGHBOR), ARP_ANSWER(HOST4), 0},
    {"AR-09 hardware", TO_ALL "0806 0002 0800 06 04 0001 " FROM_CLIENT HOST4, V(ARP_BAD), SILENT},
    {"AR-09 protocol", TO_ALL "0806 0001 0806 06 04 0001 " FROM_CLIENT HOST4, V(ARP_BAD), SILENT},
    {"AR-09 MAC length", TO_ALL "0806 0001 0800 05 04 0001 " FROM_CLIENT HOST4, V(ARP_BAD), SILENT},
    {"AR-09 address length", TO_ALL "0806 0001 0800 06 06 0001 " FROM_CLIENT HOST4, V(ARP_BAD), SILENT},
    {"AR-10", TO_ALL ASK FROM_CLIENT "c00002", V(ARP_SHORT), SILENT},
    {"AR-11", TO_ALL ASK FROM_CLIENT HOST4 "aaaaaaaa aaaaaaaa aaaaaaaa aaaaaaaa aaaa", V(NEIGHBOR), ARP_ANSWER(HOST4), 0},
    {"AR-12 0", TO_ALL ARP "0000 " FROM_CLIENT HOST4, V(ARP_OP), SILENT},
    {"AR-12 3", TO_ALL ARP "0003 " FROM_CLIENT HOST4, V(ARP_OP), SILENT},
    {"AR-12 8", TO_ALL ARP "0008 " FROM_CLIENT HOST4, V(ARP_OP), SILENT},
    {"AR-12 256", TO_ALL ARP "0100 " FROM_CLIENT HOST4, V(ARP_OP), SILENT},
    {"AR-12 conflict by none", TO_ALL ARP "0008 " CLIENT_MAC HOST4 NOBODY HOST4, V(ARP_OP), SILENT},
    {"AR-12 RARP", TO_ALL "8035 0001 0800 06 04 0001 " FROM_CLIENT HOST4, V(ARP_OP), SILENT},
    {"AR-12 short RARP", TO_ALL "8035 0001", V(ARP_OP), SILENT},
    {"AR-13", TO_ALL ASK CLIENT_MAC CLIENT4 "deadbeef0001 " HOST4, V(NEIGHBOR), ARP_ANSWER(HOST4), 0},
    {"AR-14 multicast", TO_ALL ASK "01005e000009 " CLIENT4 NOBODY HOST4, V(ARP_BADSHA), SILENT},
    {"AR-14 broadcast", TO_ALL ASK "ffffffffffff " CLIENT4 NOBODY HOST4, V(ARP_BADSHA), SILENT},
    {"AR-15", TO_ALL ASK NOBODY CLIENT4 NOBODY HOST4, V(ARP_BADSHA), SILENT},
    {"AR-16", TO_ALL ASK OUR_MAC CLIENT4 NOBODY HOST4, V(ARP_SELF), SILENT},
    {"AR-16 our announcement", TO_ALL ASK OUR_MAC HOST4 NOBODY HOST4, V(ARP_SELF), SILENT},
    {"AR-17", TO_ALL ASK "020000000055 " CLIENT4 NOBODY HOST4, V(NEIGHBOR),
     "020000000055 " OUR_MAC ANSWER HOST4 "020000000055 " CLIENT4, 0},
    {"AR-18 multicast", TO_ALL ASK CLIENT_MAC "e0000001 " NOBODY HOST4, V(ARP_BADSPA), SILENT},
    {"AR-18 broadcast", TO_ALL ASK CLIENT_MAC "ffffffff " NOBODY HOST4, V(ARP_BADSPA), SILENT},
    {"AR-18 loopback", TO_ALL ASK CLIENT_MAC "7f000001 " NOBODY HOST4, V(ARP_BADSPA), SILENT},
    {"AR-18 0/8", TO_ALL ASK CLIENT_MAC "00010203 " NOBODY HOST4, V(ARP_BADSPA), SILENT},
    {"AR-19 on link", TO_ALL ASK CLIENT_MAC "c00002ff " NOBODY HOST4, V(ARP_BADSPA), SILENT},
    {"AR-19 range", TO_ALL ASK CLIENT_MAC "c63364ff " NOBODY HOST4, V(ARP_BADSPA), SILENT},
    {"AR-20", TO_ALL ASK CLIENT_MAC "0a090909 " NOBODY HOST4, V(NEIGHBOR), TO_CLIENT ANSWER HOST4 CLIENT_MAC "0a090909", 0},
    {"AR-21 multicast", TO_ALL ASK FROM_CLIENT "e0000001", V(ARP_NOTOURS), SILENT},
    {"AR-21 loopback", TO_ALL ASK FROM_CLIENT "7f000001", V(ARP_NOTOURS), SILENT},
    {"AR-21 broadcast", TO_ALL ASK FROM_CLIENT "ffffffff", V(ARP_NOTOURS), SILENT},
    {"AR-21 zero", TO_ALL ASK FROM_CLIENT "00000000", V(ARP_NOTOURS), SILENT},
    {"AR-22", "020000000099 " CLIENT_MAC ASK FROM_CLIENT HOST4, V(L2_OTHER), SILENT},
    {"AR-23", "01005e000001 " CLIENT_MAC ASK FROM_CLIENT HOST4, V(NEIGHBOR), ARP_ANSWER(HOST4), 0},
    {"AR-25 network", TO_ALL ASK FROM_CLIENT "c6336400", V(ARP_NOTOURS), SILENT},
    {"AR-25 broadcast", TO_ALL ASK FROM_CLIENT "c63364ff", V(ARP_NOTOURS), SILENT},
    {"AR-25 kernel's", TO_ALL ASK FROM_CLIENT KERNEL4, V(ARP_NOTOURS), SILENT},
    {"AR-25 excepted", TO_ALL ASK FROM_CLIENT "c6336442", V(ARP_NOTOURS), SILENT},
    {"AR-27", TO_ALL ASK FROM_CLIENT "a9fe0101", V(NEIGHBOR),
     "ffffffffffff " OUR_MAC ANSWER "a9fe0101 " CLIENT_MAC CLIENT4, 0},
    {"L2-09", "ffffffffffff 030000000001 " ASK FROM_CLIENT HOST4, V(L2_BADSRC), SILENT},
    {"L2-10", "ffffffffffff " OUR_MAC ASK OUR_MAC HOST4 NOBODY HOST4, V(L2_OWNSRC), SILENT},

    {"ND-01", TO_HOST_GROUP "86dd 60000000 0020 3a fe " CLIENT6 HOST_GROUP NS HOST6 SOURCE_OPTION, V(ND_HLIM), SILENT},
    {"ND-02", TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) "87 01 0000 00000000 " HOST6 SOURCE_OPTION, V(ND_BAD), SILENT},
    {"ND-03", TO_HOST_GROUP IP6("0017", CLIENT6, HOST_GROUP) NS "fd000db8000000000000000000 0002", V(ND_BAD), SILENT},
    {"ND-03 7", TO_HOST_GROUP IP6("0007", CLIENT6, HOST_GROUP) "87 00 0000 000000", V(ICMP6_SHORT), SILENT},
    {"ND-04", TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) "87 00 1234 00000000 " HOST6 SOURCE_OPTION, V(ICMP6_BADSUM),
     NULL,
     UNSEALED},
    {"ND-05", TO_ALL_NODES IP6("0020", CLIENT6, ALL_NODES) NS ALL_NODES SOURCE_OPTION, V(ND_BAD), SILENT},
    {"ND-06 length 0", TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) NS HOST6 "01 00 " CLIENT_MAC, V(ND_BAD), SILENT},
    {"ND-06 past the end", TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) NS HOST6 "c8 02 " CLIENT_MAC, V(ND_BAD), SILENT},
    {"ND-06 one byte", TO_HOST_GROUP IP6("0021", CLIENT6, HOST_GROUP) NS HOST6 SOURCE_OPTION "01", V(ND_BAD), SILENT},
    {"ND-07", TO_HOST_GROUP IP6("0028", CLIENT6, HOST_GROUP) NS HOST6 "01 02 " CLIENT_MAC "0000000000000000", V(ND_BAD),
     SILENT},
    {"ND-08 unknown", TO_HOST_GROUP IP6("0028", CLIENT6, HOST_GROUP) NS HOST6 "c8 01 000000000000" SOURCE_OPTION,
     V(NEIGHBOR),
     HOST6_IS_HERE, 0},
    {"ND-08 nonce", TO_HOST_GROUP IP6("0028", CLIENT6, HOST_GROUP) NS HOST6 SOURCE_OPTION "0e 01 010203040506", V(NEIGHBOR),
     HOST6_IS_HERE, 0},
    {"ND-09 unicast", TO_US IP6("0018", NOBODY6, HOST6) NS HOST6, V(ND_BAD), SILENT},
    {"ND-09 all nodes", TO_ALL_NODES IP6("0018", NOBODY6, ALL_NODES) NS HOST6, V(ND_BAD), SILENT},
    {"ND-10", TO_HOST_GROUP IP6("0020", NOBODY6, HOST_GROUP) NS HOST6 SOURCE_OPTION, V(ND_BAD), SILENT},
    {"ND-11", "3333ff000009 " CLIENT_MAC IP6("0020", CLIENT6, "ff0200000000000000000001ff000009 ") NS
     "fd000db8000000000000000000000009 " SOURCE_OPTION, V(ND_NOTOURS), SILENT},
    {"ND-11 kernel's", "3333ff000003 " CLIENT_MAC IP6("0020", CLIENT6, "ff0200000000000000000001ff000003 ") NS KERNEL6
     SOURCE_OPTION,
     V(ND_NOTOURS), SILENT},
    {"ND-11 excepted", TO_ALL_NODES IP6("0020", CLIENT6, ALL_NODES) NS "20010db8000500000000000000000066 " SOURCE_OPTION,
     V(ND_NOTOURS), SILENT},
    {"ND-11 router's", TO_ALL_NODES IP6("0020", CLIENT6, ALL_NODES) NS "20010db8000500000000000000000000 " SOURCE_OPTION,
     V(ND_NOTOURS), SILENT},
    {"ND-11 own", TO_ALL_NODES IP6("0020", RANGE6, ALL_NODES) NS RANGE6 SOURCE_OPTION, V(ND_NOTOURS), SILENT},
    {"ND-12", ASK_HOST6, V(NEIGHBOR), HOST6_IS_HERE, 0},
    {"ND-12 option", "3333ff000002 020000000055 " IP6("0020", CLIENT6, HOST_GROUP) NS HOST6 SOURCE_OPTION, V(NEIGHBOR),
     HOST6_IS_HERE, 0},
    {"ND-12 group option", TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) NS HOST6 "01 01 030000000001", V(ND_BAD), SILENT},
    {"ND-12 zero option", TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) NS HOST6 "01 01 " NOBODY, V(ND_BAD), SILENT},
    {"ND-12 our option", TO_HOST_GROUP IP6("0020", CLIENT6, HOST_GROUP) NS HOST6 "01 01 " OUR_MAC, V(ND_BAD), SILENT},
    {"ND-12 other group", TO_RANGE_GROUP IP6("0020", CLIENT6, RANGE_GROUP) NS HOST6 SOURCE_OPTION, V(IP6_NOTMEMBER), SILENT},
    {"ND-13", TO_HOST_GROUP IP6("0018", CLIENT6, HOST_GROUP) NS HOST6, V(NEIGHBOR), HOST6_IS_HERE, 0},
    {"ND-14", TO_US IP6("0020", CLIENT6, HOST6) NS HOST6 SOURCE_OPTION, V(NEIGHBOR),
     TO_CLIENT IP6("0018", HOST6, CLIENT6) "88 00 177d 40000000 " HOST6, 0},
    {"ND-14 range", TO_US IP6("0018", CLIENT6, RANGE6) NS RANGE6, V(NEIGHBOR),
     TO_CLIENT IP6("0018", RANGE6, CLIENT6) "88 00 d168 40000000 " RANGE6, 0},
    {"ND-14 not ours", TO_US IP6("0018", CLIENT6, "fd000db8000000000000000000000009 ") NS HOST6, V(IP_NOTOURS), SILENT},
    {"ND-14 by broadcast", TO_ALL IP6("0018", CLIENT6, HOST6) NS HOST6, V(L2_BCAST_UCAST), SILENT},
    {"ND-15", TO_HOST_GROUP IP6("0018", NOBODY6, HOST_GROUP) NS HOST6, V(NEIGHBOR),
     FROM_US_TO_ALL_NODES IP6("0020", HOST6, ALL_NODES) "88 00 3f28 20000000 " HOST6 OUR_OPTION, 0},
    {"ND-15 range", TO_RANGE_GROUP IP6("0018", NOBODY6, RANGE_GROUP) NS RANGE6, V(NEIGHBOR),
     FROM_US_TO_ALL_NODES IP6("0020", RANGE6, ALL_NODES) "88 00 1914 00000000 " RANGE6 OUR_OPTION, 0},
    {"ND-16", TO_ALL_NODES IP6("0020", CLIENT6, ALL_NODES) NS HOST6 SOURCE_OPTION, V(NEIGHBOR), HOST6_IS_HERE, 0},
    {"ND-17", TO_RANGE_GROUP IP6("0020", HOST6, RANGE_GROUP) NS RANGE6 SOURCE_OPTION, V(ND_DUP),
     FROM_US_TO_ALL_NODES IP6("0020", HOST6, ALL_NODES) "88 00 3f28 20000000 " HOST6 OUR_OPTION, 0},
    {"ND-17 range", TO_HOST_GROUP IP6("0020", RANGE6, HOST_GROUP) NS HOST6 SOURCE_OPTION, V(NEIGHBOR),
     TO_CLIENT IP6("0020", HOST6, RANGE6) "88 00 d066 60000000 " HOST6 OUR_OPTION, 0},
    {"ND-18", TO_HOST_GROUP IP6("0020", "20010db8000000000000000000000005 ", HOST_GROUP) NS HOST6 SOURCE_OPTION, V(NEIGHBOR),
     TO_CLIENT IP6("0020", HOST6, "20010db8000000000000000000000005 ") "88 00 d06d 60000000 " HOST6 OUR_OPTION, 0},
    {"ND-19", TO_HOST_GROUP IP6("0020", "fe800000000000000000000000000001 ", HOST_GROUP) NS
     "fe800000000000000000000000000002 " SOURCE_OPTION, V(NEIGHBOR),
     TO_CLIENT IP6("0020", "fe800000000000000000000000000002 ", "fe800000000000000000000000000001 ")
     "88 00 181a 60000000 fe800000000000000000000000000002 " OUR_OPTION, 0},
    {"ND-20", TO_RANGE_GROUP IP6("0020", CLIENT6, RANGE_GROUP) NS RANGE6 SOURCE_OPTION, V(NEIGHBOR),
     TO_CLIENT IP6("0020", RANGE6, CLIENT6) "88 00 cd5d 40000000 " RANGE6 OUR_OPTION, 0},
    {"ND-22", TO_ALL_NODES IP6("0020", HOST6, ALL_NODES) NA HOST6 "02 01 " CLIENT_MAC, V(ND_DUP),
     FROM_US_TO_ALL_NODES IP6("0020", HOST6, ALL_NODES) "88 00 3f28 20000000 " HOST6 OUR_OPTION, 0},
    {"ND-22 by another address", TO_ALL_NODES IP6("0018", "fe800000000000000000000000000001 ", ALL_NODES) NA HOST6,
     V(ND_DUP),
     FROM_US_TO_ALL_NODES IP6("0020", HOST6, ALL_NODES) "88 00 3f28 20000000 " HOST6 OUR_OPTION, 0},
    {"ND-22 range", TO_ALL_NODES IP6("0020", RANGE6, ALL_NODES) NA RANGE6 "02 01 " CLIENT_MAC, V(ND_NOTOURS), SILENT},
    {"ND-22 kernel's", TO_ALL_NODES IP6("0020", KERNEL6, ALL_NODES) NA KERNEL6 "02 01 " CLIENT_MAC, V(ND_NOTOURS), SILENT},
    {"ND-22 of nobody", TO_ALL_NODES IP6("0020", NOBODY6, ALL_NODES) NA HOST6 "02 01 " CLIENT_MAC, V(ND_BAD), SILENT},
    {"V6-08", TO_HOST_GROUP IP6("0020", ALL_NODES, HOST_GROUP) NS HOST6 SOURCE_OPTION, V(IP6_BADSRC), SILENT},
    {"V6-09", TO_HOST_GROUP IP6("0020", "00000000000000000000000000000001 ", HOST_GROUP) NS HOST6 SOURCE_OPTION,
     V(IP6_BADSRC),
     SILENT},
    {"V6-17", TO_ALL_NODES IP6("0020", CLIENT6, "ff010000000000000000000000000001 ") NS HOST6 SOURCE_OPTION, V(IP6_BADSCOPE),
     SILENT},
    {"V6-24", TO_HOST_GROUP IP6("0020", "fe800001000000000000000000000001 ", HOST_GROUP) NS HOST6 SOURCE_OPTION,
     V(IP6_BADSCOPE),
     SILENT},
};

static struct served list;
static struct responder responder;
static struct iface iface;

static void
serve(const char *prefix, enum addresses_role role)
{
    struct address address;
    char errbuf[PORT_ERRBUF];
    unsigned len;

    assert_int_equal(parse_prefix(prefix, &address, &len, errbuf), 0);
    assert_true(served_add(&list, &iface.addresses, &address, len, role));
}

static int
set_up(void **state)
{
    static const struct {
        const char *prefix;
        enum addresses_role role;
    } served[] = {
        {"192.0.2.2", ADDRESSES_ANSWER},      {"169.254.1.1", ADDRESSES_ANSWER},      {"198.51.100.0/24", ADDRESSES_ANSWER},
        {"198.51.100.66", ADDRESSES_EXCEPT},  {"fd00:db8::2", ADDRESSES_ANSWER},      {"fe80::2", ADDRESSES_ANSWER},
        {"2001:db8:5::/64", ADDRESSES_ANSWER}, {"2001:db8:5::66", ADDRESSES_EXCEPT},  {"192.0.2.3", ADDRESSES_ANSWER},
        {"192.0.2.3", ADDRESSES_OWN},         {"fd00:db8::3", ADDRESSES_ANSWER},      {"fd00:db8::3", ADDRESSES_OWN},
        {"192.0.2.0/24", ADDRESSES_ONLINK},
    };

    (void)state;
    iface = (struct iface){
        .link = LINK_EN10MB, .mtu = 1500, .has_mac = true, .mac = {2, 0, 0, 0, 0, 2}, .answers_neighbors = true};
    served_init(&list, &iface.addresses);
    for (size_t i = 0; i < COUNT(served); i++)
        serve(served[i].prefix, served[i].role);
    responder_init(&responder, 1);
    return 0;
}

static unsigned
digit(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

static size_t
read_hex(const char *text, uint8_t *out)
{
    size_t len = 0;

    for (; *text != '\0'; text++)
        if (*text != ' ') {
            out[len++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
            text++;
        }
    return len;
}

/* A frame with a right checksum, where it is one with an ICMPv6 message. */
static void
make_frame(const char *hex, bool is_sealed, struct craft *craft)
{
    craft->len = read_hex(hex, craft->data);
    craft->l3 = 14;
    craft->l4 = 54;
    if (is_sealed && craft->data[12] == 0x86 && craft->data[20] == 58)
        craft_seal(craft);
}

static struct outcome
judge_at(const uint8_t *data, size_t caplen, size_t len, uint64_t ts_ns)
{
    struct frame frame = {.data = data, .caplen = caplen, .len = len, .ts_ns = ts_ns, .iface = &iface};
    struct outcome outcome;

    respond(&responder, &frame, &outcome);
    return outcome;
}

static void
assert_replies(const struct outcome *outcome, const char *expected)
{
    uint8_t bytes[CRAFT_MAX] = {0};
    size_t len = expected == NULL ? 0 : read_hex(expected, bytes);

    assert_int_equal(outcome->reply_count, expected != NULL);
    if (expected == NULL)
        return;
    assert_int_equal(outcome->replies[0].len, len < FRAME_MIN ? FRAME_MIN : len);
    assert_memory_equal(outcome->replies[0].data, bytes, outcome->replies[0].len);
}

/* Cut short in the capture or on the wire, in memory of just that size, it is not answered, but for its padding. */
static void
feed_cut(const struct craft *craft, size_t len, size_t needed)
{
    uint8_t *cut = malloc(len > 0 ? len : 1);
    struct outcome outcome;

    assert_non_null(cut);
    memcpy(cut, craft->data, len);
    assert_int_equal(judge_at(cut, len, craft->len, 0).verdict, VERDICT_CAP_TRUNC);
    outcome = judge_at(cut, len, len, 0);
    if (len < needed) {
        assert_int_not_equal(outcome.verdict, VERDICT_NEIGHBOR);
        assert_int_equal(outcome.reply_count, 0);
    }
    free(cut);
}

static void
test_rule(void **state)
{
    const struct row *row = *state;
    struct outcome outcome;
    struct craft craft;

    (void)set_up(NULL);
    make_frame(row->frame, row->flags != UNSEALED, &craft);
    outcome = judge_at(craft.data, craft.len, craft.len, 0);
    assert_string_equal(verdict_name(outcome.verdict), verdict_name(row->verdict));
    assert_int_equal(outcome.request.kind, REQUEST_NONE);
    assert_int_equal(outcome.claimant != NULL, outcome.claimed.version != 0);
    assert_int_equal(outcome.claimant != NULL, row->verdict == VERDICT_ARP_CONFLICT || row->verdict == VERDICT_ND_DUP);
    if (outcome.claimant != NULL)
        assert_memory_equal(outcome.claimant, "\x02\0\0\0\0\x01", LINK_MAC_LEN);
    assert_replies(&outcome, row->reply);
    for (size_t len = 0; len < craft.len; len++)
        feed_cut(&craft, len, craft.data[12] == 0x08 ? 42 : craft.len);
}

/* AR-24, ND-25, L2-15 to L2-18: an answer and a defence have the tags of what caused them. */
static void
test_tags(void **state)
{
    static const struct {
        uint16_t outer, inner; /* 0: no such tag */
        const char *tags;      /* of the reply; NULL: there is none */
    } cases[] = {
        {0, 0xe000, ""},
        {0, 0x700a, "8100 600a"},
        {0, 0x000b, NULL},
        {0x0064, 0x000a, "88a8 0064 8100 000a"},
        {0x0064, 0x000b, NULL},
    };
    static const struct {
        const char *frame, *reply; /* without MAC addresses */
        const char *to;
        enum verdict verdict;
    } kinds[] = {
        {TO_ALL ASK FROM_CLIENT HOST4, ANSWER HOST4 CLIENT_MAC CLIENT4, CLIENT_MAC, VERDICT_NEIGHBOR},
        {ASK_HOST6, IP6("0020", HOST6, CLIENT6) "88 00 f371 60000000 " HOST6 OUR_OPTION, CLIENT_MAC, VERDICT_NEIGHBOR},
        {TO_ALL ASK CLIENT_MAC HOST4 NOBODY HOST4, ASK OUR_MAC HOST4 NOBODY HOST4, "ffffffffffff", VERDICT_ARP_CONFLICT},
        {TO_ALL_NODES IP6("0018", HOST6, ALL_NODES) NA HOST6,
         IP6("0020", HOST6, ALL_NODES) "88 00 3f28 20000000 " HOST6 OUR_OPTION, "333300000001", VERDICT_ND_DUP},
    };

    (void)state;
    for (size_t kind = 0; kind < COUNT(kinds); kind++)
        for (size_t i = 0; i < COUNT(cases); i++) {
            struct outcome outcome;
            struct craft craft;
            char expected[512] = "";

            (void)set_up(NULL);
            responder_add_vlan(&responder, 10);
            responder_add_vlan(&responder, 100);
            make_frame(kinds[kind].frame, true, &craft);
            craft_tag(&craft, 0x8100, cases[i].inner);
            if (cases[i].outer != 0)
                craft_tag(&craft, 0x88a8, cases[i].outer);
            outcome = judge_at(craft.data, craft.len, craft.len, 0);
            assert_int_equal(outcome.verdict, cases[i].tags == NULL ? VERDICT_L2_VLAN : kinds[kind].verdict);
            snprintf(expected, sizeof expected, "%s" OUR_MAC "%s%s", kinds[kind].to,
                     cases[i].tags == NULL ? "" : cases[i].tags, kinds[kind].reply);
            assert_replies(&outcome, cases[i].tags == NULL ? NULL : expected);
        }
}

/* Where neighbours are not ours to answer, ARP is no IP, and Neighbor Discovery is ICMPv6 that is no request. */
static void
test_turned_off(void **state)
{
    static const struct {
        const char *frame;
        enum verdict verdict;
    } cases[] = {
        {TO_ALL ASK FROM_CLIENT HOST4, VERDICT_L2_PROTO},
        {TO_ALL "8035 0001 0800 06 04 0001 " FROM_CLIENT HOST4, VERDICT_L2_PROTO},
        {TO_ALL ASK, VERDICT_L2_PROTO},
        {ASK_HOST6, VERDICT_ICMP_TYPE},
        {TO_HOST_GROUP IP6("0018", NOBODY6, HOST_GROUP) NS HOST6, VERDICT_IP6_BADSRC},
        {TO_ALL_NODES IP6("0018", HOST6, ALL_NODES) NA HOST6, VERDICT_IP_LAND},
    };
    struct craft craft;

    (void)state;
    iface.answers_neighbors = false;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make_frame(cases[i].frame, true, &craft);
        assert_int_equal(judge_at(craft.data, craft.len, craft.len, 0).verdict, cases[i].verdict);
    }
}

/* Puts an extension header of 8 bytes between the IPv6 header and the message. */
static void
insert_header(struct craft *craft, uint8_t number, const char header[static 8])
{
    uint8_t *at = craft->data + craft->l3 + 40;

    memmove(at + 8, at, craft->len - craft->l3 - 40);
    memcpy(at, header, 8);
    craft->data[craft->l3 + 6] = number;
    craft->data[craft->l3 + 5] += 8;
    craft->len += 8;
}

/* F6-19: in a fragment, atomic or one of two, a question is ignored; behind another header it is not. */
static void
test_extension_headers(void **state)
{
    static const struct {
        uint8_t number;
        const char *header;
        enum verdict verdict;
    } cases[] = {
        {0, "\x3a\0\x01\x04\0\0\0", V(NEIGHBOR)},
        {44, "\x3a\0\0\0\0\0\0\x01", V(ND_BAD)},
        {44, "\x3a\0\0\x01\0\0\0\x01", V(FRAG_RX)},
    };
    struct craft craft;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        make_frame(ASK_HOST6, true, &craft);
        insert_header(&craft, cases[i].number, cases[i].header);
        assert_int_equal(judge_at(craft.data, craft.len, craft.len, 0).verdict, cases[i].verdict);
    }
    /* The second half of the one before: all of it together is right, and in fragments all the same. */
    make_frame(ASK_HOST6, true, &craft);
    insert_header(&craft, 44, "\x3a\0\0\x20\0\0\0\x02");
    craft.data[craft.l3 + 43] = 1;
    craft.data[craft.l3 + 5] -= 8;
    craft.len -= 8;
    assert_int_equal(judge_at(craft.data, craft.len, craft.len, 0).verdict, VERDICT_FRAG_RX);
    memcpy(craft.data + craft.l3 + 48, "\x01\x01\x02\0\0\0\0\x01", 8);
    craft.data[craft.l3 + 43] = 24;
    craft.data[craft.l3 + 5] = 16;
    craft.len = craft.l3 + 56;
    assert_int_equal(judge_at(craft.data, craft.len, craft.len, 0).verdict, VERDICT_ND_BAD);
}

/* Who has no address yet cannot be told of an error: only a question that is right may come from there. */
static void
test_no_error_to_nobody(void **state)
{
    struct outcome outcome;
    struct craft craft;

    (void)state;
    responder.sends_errors = true;
    make_frame(TO_HOST_GROUP IP6("0018", NOBODY6, HOST_GROUP) NS HOST6, true, &craft);
    insert_header(&craft, 0, "\x3a\0\x9e\x04\0\0\0");
    outcome = judge_at(craft.data, craft.len, craft.len, 0);
    assert_int_equal(outcome.verdict, VERDICT_IP6_BADSRC);
    assert_int_equal(outcome.reply_count, 0);
}

/* RL-05: as many at once as a sweep over a /24 asks for, and then 1000 a second. */
static void
test_answer_rate(void **state)
{
    enum { BURST = 1000, MS_NS = 1000000 };
    struct craft arp, ns;

    (void)state;
    make_frame(TO_ALL ASK FROM_CLIENT RANGE4, true, &arp);
    make_frame(ASK_HOST6, true, &ns);
    for (unsigned i = 0; i < BURST; i++) {
        const struct craft *craft = i % 2 == 0 ? &arp : &ns;

        assert_int_equal(judge_at(craft->data, craft->len, craft->len, MS_NS).verdict, VERDICT_NEIGHBOR);
    }
    assert_int_equal(judge_at(ns.data, ns.len, ns.len, MS_NS).verdict, VERDICT_RATE);
    assert_int_equal(judge_at(arp.data, arp.len, arp.len, MS_NS).reply_count, 0);
    assert_int_equal(judge_at(arp.data, arp.len, arp.len, 2 * MS_NS).verdict, VERDICT_NEIGHBOR);
    assert_int_equal(judge_at(arp.data, arp.len, arp.len, 2 * MS_NS).verdict, VERDICT_RATE);
}

/* AR-06, ND-22: every conflict is counted, and one in ten seconds is answered, for each address. */
static void
test_defence_rate(void **state)
{
    static const struct {
        const char *frame, *claimed;
        enum verdict verdict;
    } claims[] = {
        {TO_ALL ASK CLIENT_MAC HOST4 NOBODY HOST4, HOST4, V(ARP_CONFLICT)},
        {TO_ALL ASK CLIENT_MAC "a9fe0101 " NOBODY HOST4, "a9fe0101", V(ARP_CONFLICT)},
        {TO_ALL_NODES IP6("0018", "fe800000000000000000000000000001 ", ALL_NODES) NA HOST6, HOST6, V(ND_DUP)},
        {TO_ALL_NODES IP6("0018", "fe800000000000000000000000000002 ", ALL_NODES) NS RANGE6,
         "fe800000000000000000000000000002", V(ND_DUP)},
    };
    static const uint64_t start_ns = UINT64_C(1700000000000000000), second_ns = 1000000000;

    (void)state;
    for (size_t i = 0; i < COUNT(claims); i++) {
        struct address claimed = {0};
        struct craft craft;
        size_t defended = 0;

        make_frame(claims[i].frame, true, &craft);
        claimed.version = read_hex(claims[i].claimed, claimed.bytes) == 4 ? 4 : 6;
        for (unsigned tenths = 0; tenths <= 250; tenths++) {
            struct outcome outcome = judge_at(craft.data, craft.len, craft.len, start_ns + tenths * second_ns / 10);

            assert_int_equal(outcome.verdict, claims[i].verdict);
            assert_int_equal(outcome.claimant != NULL, outcome.reply_count > 0);
            if (outcome.claimant != NULL)
                assert_memory_equal(&outcome.claimed, &claimed, sizeof claimed);
            if (tenths % 100 != 0)
                assert_int_equal(outcome.reply_count, 0);
            defended += outcome.reply_count;
        }
        assert_int_equal(defended, 3); /* at 0, 10 and 20 seconds */
    }
}

/* Two of us that are told to answer for the same address do not talk for ever. */
static void
test_two_defenders_end(void **state)
{
    static struct responder other;
    struct iface peer;
    struct craft craft;
    size_t said = 0;

    (void)state;
    responder_init(&other, 2);
    peer = iface;
    peer.mac[5] = 3;
    make_frame(TO_ALL ASK CLIENT_MAC HOST4 NOBODY HOST4, true, &craft);
    for (unsigned turn = 0; turn < 20 && craft.len > 0; turn++) {
        struct frame frame = {craft.data, craft.len, craft.len, 0, turn % 2 == 0 ? &iface : &peer};
        struct outcome outcome;

        respond(turn % 2 == 0 ? &responder : &other, &frame, &outcome);
        assert_int_equal(outcome.verdict, VERDICT_ARP_CONFLICT);
        said += outcome.reply_count;
        if (outcome.reply_count == 0)
            break;
        craft.len = outcome.replies[0].len;
        memcpy(craft.data, outcome.replies[0].data, craft.len);
    }
    assert_int_equal(said, 2);
}

int
main(void)
{
    enum { OTHERS = 7 };
    static struct CMUnitTest tests[COUNT(rows) + OTHERS] = {
        cmocka_unit_test(test_tags),
        cmocka_unit_test_setup(test_turned_off, set_up),
        cmocka_unit_test_setup(test_extension_headers, set_up),
        cmocka_unit_test_setup(test_no_error_to_nobody, set_up),
        cmocka_unit_test_setup(test_answer_rate, set_up),
        cmocka_unit_test_setup(test_defence_rate, set_up),
        cmocka_unit_test_setup(test_two_defenders_end, set_up),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[OTHERS + i] = (struct CMUnitTest){
            .name = rows[i].rule, .test_func = test_rule, .initial_state = (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
