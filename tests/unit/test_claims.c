/* Claims of addresses, addresses that are left to others, and reports of multicast groups: by a clock that the test turns. */
#include "unit.h"

#include <string.h>

#include "craft.h"
#include "responder/responder.h"
#include "served.h"

enum { SECOND_NS = 1000000000, MILLISECOND_NS = 1000000, ETHERNET_LEN = 14, REPORT_LEN = 8, RECORD_LEN = 20, IFACE = 3 };

static const uint8_t our_mac[6] = {2, 0, 0, 0, 0, 2}, other_mac[6] = {2, 0, 0, 0, 0, 9};
static const struct address host4 = {.version = 4, .bytes = {192, 0, 2, 2}}, net4 = {.version = 4, .bytes = {198, 51, 100}},
                            in_net4 = {.version = 4, .bytes = {198, 51, 100, 7}},
                            host6 = {.version = 6, .bytes = {0xfd, 0, 0x0d, 0xb8, [15] = 2}};
static struct served list;
static struct responder responder;
static struct iface iface;
static struct claim claims[2];

static int
set_up(void **state)
{
    (void)state;
    iface = (struct iface){.link = LINK_EN10MB, .mtu = 1500, .number = IFACE, .has_mac = true, .answers_neighbors = true};
    memcpy(iface.mac, our_mac, sizeof our_mac);
    served_init(&list, &iface.addresses);
    assert_true(served_add(&list, &iface.addresses, &host4, 32, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &host6, 128, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &net4, 24, ADDRESSES_ANSWER));
    responder_init(&responder, 1);
    claims[0] = (struct claim){.address = host4, .iface = IFACE};
    claims[1] = (struct claim){.address = host6, .iface = IFACE};
    return 0;
}

static enum verdict
judge(const uint8_t *data, size_t len, uint64_t ts_ns)
{
    struct frame frame = {.data = data, .caplen = len, .len = len, .ts_ns = ts_ns, .iface = &iface};
    struct outcome outcome;

    respond(&responder, &frame, &outcome);
    return outcome.verdict;
}

static enum verdict
ping4(uint64_t ts_ns)
{
    struct craft craft;

    craft4(&craft, LINK_EN10MB, NULL, 0, 8);
    return judge(craft.data, craft.len, ts_ns);
}

static enum verdict
ping6(uint64_t ts_ns)
{
    struct craft craft;

    craft6(&craft, LINK_EN10MB, 58, NULL, 0, 8);
    return judge(craft.data, craft.len, ts_ns);
}

/* An ARP packet of another host; a sender of 0 makes it a probe. */
static enum verdict
arp(uint8_t operation, const uint8_t mac[static 6], const uint8_t sender[static 4], const uint8_t target[static 4],
    uint64_t ts_ns)
{
    uint8_t frame[60] = {[12] = 8, [13] = 6, [15] = 1, [16] = 8, [18] = 6, [19] = 4, [21] = operation};

    memset(frame, 0xff, 6);
    memcpy(frame + 6, mac, 6);
    memcpy(frame + 22, mac, 6);
    memcpy(frame + 28, sender, 4);
    memcpy(frame + 38, target, 4);
    return judge(frame, sizeof frame, ts_ns);
}

/* A message of Neighbor Discovery about host6, from another host's MAC address. */
static enum verdict
ndp(uint8_t type, const uint8_t src[static 16], uint64_t ts_ns)
{
    struct craft craft;
    uint8_t *icmp;

    craft6(&craft, LINK_EN10MB, 58, NULL, 0, 16);
    icmp = craft.data + craft.l4;
    memcpy(craft.data, "\x33\x33\0\0\0\x01", 6);
    memcpy(craft.data + 6, other_mac, 6);
    craft.data[craft.l3 + 7] = 255;
    memcpy(craft.data + craft.l3 + 8, src, 16);
    memcpy(craft.data + craft.l3 + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\x01\xff\0\0\x02", 16);
    memset(icmp, 0, 24);
    icmp[0] = type;
    memcpy(icmp + 8, host6.bytes, 16);
    craft_seal(&craft);
    return judge(craft.data, craft.len, ts_ns);
}

static const uint8_t none4[4], none6[16];

/* All that claims have sent, with the time of each. */
struct sent {
    uint64_t ts_ns;
    uint8_t frame[86];
};

/* Turns the clock in steps of a millisecond, as responder_due() asks for it.  Returns how many frames were sent. */
static size_t
run_until(uint64_t *now_ns, uint64_t end_ns, struct sent *sent, size_t room)
{
    size_t count = 0;

    for (; *now_ns < end_ns; *now_ns += MILLISECOND_NS) {
        size_t more;

        if (responder_due(&responder) > *now_ns)
            continue;
        more = responder_tick(&responder, &iface, *now_ns);
        for (size_t i = 0; i < more; i++) {
            assert_true(count < room);
            sent[count].ts_ns = *now_ns;
            memcpy(sent[count++].frame, responder.replies[i].data,
                   responder.replies[i].len < sizeof sent->frame ? responder.replies[i].len : sizeof sent->frame);
        }
    }
    return count;
}

static void
expect_news(enum claims_event event, const struct address *address)
{
    struct claims_news news;

    assert_true(claims_take_news(&responder.claims, &news));
    assert_int_equal(news.event, event);
    assert_memory_equal(&news.place.address, address, sizeof *address);
    assert_int_equal(news.place.iface, IFACE);
    if (event == CLAIMS_LOST)
        assert_memory_equal(news.mac, other_mac, 6);
}

static void
expect_no_news(void)
{
    struct claims_news news;

    assert_false(claims_take_news(&responder.claims, &news));
}

/* AR-26 (RFC 5227 section 2.1): three probes 1 to 2 s apart after 0 to 1 s, 2 s of waiting, two announcements 2 s apart; served
 * from the first of these on. */
static void
test_claim4(void **state)
{
    static const uint8_t probe[42] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1,
                                      2, 0, 0, 0, 0, 2, [38] = 192, 0, 2, 2};
    struct sent sent[8];
    uint64_t now_ns = (uint64_t)1000 * SECOND_NS, start_ns = now_ns, won_ns;

    (void)state;
    claims_set(&responder.claims, claims, 1);
    assert_int_equal(ping4(now_ns), VERDICT_IP_YIELDED);
    assert_int_equal(run_until(&now_ns, start_ns + 12 * (uint64_t)SECOND_NS, sent, COUNT(sent)), 5);
    assert_in_range(sent[0].ts_ns, start_ns, start_ns + SECOND_NS + MILLISECOND_NS);
    for (int i = 0; i < 5; i++) {
        uint8_t expected[42];

        memcpy(expected, probe, sizeof probe);
        if (i >= 3)
            memcpy(expected + 28, host4.bytes, 4);
        assert_memory_equal(sent[i].frame, expected, sizeof expected);
        if (i > 0)
            assert_in_range(sent[i].ts_ns - sent[i - 1].ts_ns, i < 3 ? SECOND_NS : 2 * (uint64_t)SECOND_NS,
                            2 * (uint64_t)SECOND_NS + MILLISECOND_NS);
    }
    won_ns = sent[3].ts_ns;
    assert_int_equal(ping4(won_ns), VERDICT_ANSWERED);
    expect_news(CLAIMS_WON, &host4);
    expect_no_news();
    assert_true(responder_due(&responder) == UINT64_MAX);
}

/* A multicast is not answered from an address that may be another host's. */
static void
test_multicast(void **state)
{
    uint64_t now_ns = (uint64_t)1000 * SECOND_NS;
    struct craft craft;

    (void)state;
    claims_set(&responder.claims, claims + 1, 1);
    craft6(&craft, LINK_EN10MB, 58, NULL, 0, 8);
    memcpy(craft.data + craft.l3 + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    craft_seal(&craft);
    assert_int_equal(judge(craft.data, craft.len, now_ns), VERDICT_IP6_NOTMEMBER);
    claims[1].state = CLAIM_SERVED;
    assert_int_equal(judge(craft.data, craft.len, now_ns), VERDICT_ANSWERED);
}

/* ND-24 (RFC 4862 section 5.4): one solicitation from ::, a second, an advertisement to all. */
static void
test_claim6(void **state)
{
    static const uint8_t solicitation[78] = {
        0x33, 0x33, 0xff, 0, 0, 2, 2, 0, 0, 0, 0, 2, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 24, 58, 255, [38] = 0xff, 0x02, [49] = 1,
        0xff, 0, 0, 2, 135, [62] = 0xfd, 0, 0x0d, 0xb8, [77] = 2};
    struct sent sent[4];
    uint64_t now_ns = (uint64_t)1000 * SECOND_NS, start_ns = now_ns;
    uint8_t *ip = sent[0].frame + ETHERNET_LEN;

    (void)state;
    claims_set(&responder.claims, claims + 1, 1);
    assert_int_equal(ping6(now_ns), VERDICT_IP_YIELDED);
    assert_int_equal(run_until(&now_ns, start_ns + 5 * (uint64_t)SECOND_NS, sent, COUNT(sent)), 2);
    assert_int_equal(craft_sum((uint32_t)(0xffff - craft_sum(0, ip + 8, 32)) + 24 + 58, ip + 40, 24), 0);
    memset(ip + 42, 0, 2);
    assert_memory_equal(sent[0].frame, solicitation, sizeof solicitation);
    assert_in_range(sent[1].ts_ns - sent[0].ts_ns, SECOND_NS, SECOND_NS + MILLISECOND_NS);
    assert_memory_equal(sent[1].frame, "\x33\x33\0\0\0\x01", 6);
    assert_int_equal(sent[1].frame[54], 136);
    assert_int_equal(sent[1].frame[58], 0x20);
    assert_memory_equal(sent[1].frame + 62, host6.bytes, 16);
    assert_int_equal(ping6(now_ns), VERDICT_ANSWERED);
    expect_news(CLAIMS_WON, &host6);
}

/* What other hosts say while an address is asked for: one that has it, or asks for it too, keeps it. */
static const struct {
    const char *name;
    bool is_v6, is_lost;
    uint8_t kind; /* ARP operation, or ICMPv6 type */
    bool is_probe, is_ours;
} answers[] = {
    {"ARP reply", false, true, 2, false, false},
    {"ARP request of who has it", false, true, 1, false, false},
    {"ARP probe", false, true, 1, true, false},
    {"ARP reply from nobody", false, false, 2, true, false},
    {"our own probe comes back", false, false, 1, true, true},
    {"advertisement", true, true, 136, false, false},
    {"solicitation of who has it", true, true, 135, false, false},
    {"solicitation from ::", true, true, 135, true, false},
};

static void
test_conflicts(void **state)
{
    for (size_t i = 0; i < COUNT(answers); i++) {
        const struct address *address = answers[i].is_v6 ? &host6 : &host4;
        uint64_t now_ns = (uint64_t)1000 * SECOND_NS, start_ns = now_ns;
        struct sent sent[8];
        size_t count;

        set_up(state);
        claims_set(&responder.claims, claims + answers[i].is_v6, 1);
        count = run_until(&now_ns, now_ns + (uint64_t)SECOND_NS + MILLISECOND_NS, sent, COUNT(sent));
        assert_true(count > 0);
        if (answers[i].is_v6)
            (void)ndp(answers[i].kind, answers[i].is_probe ? none6 : host6.bytes, now_ns);
        else
            (void)arp(answers[i].kind, answers[i].is_ours ? our_mac : other_mac,
                      answers[i].is_probe ? none4 : host4.bytes, host4.bytes, now_ns);
        count = run_until(&now_ns, start_ns + 20 * (uint64_t)SECOND_NS, sent, COUNT(sent));
        if ((count == 0) != answers[i].is_lost)
            fail_msg("%s: %zu frames were sent after it", answers[i].name, count);
        expect_news(answers[i].is_lost ? CLAIMS_LOST : CLAIMS_WON, address);
        expect_no_news();
        assert_int_equal(answers[i].is_v6 ? ping6(now_ns) : ping4(now_ns),
                         answers[i].is_lost ? VERDICT_IP_YIELDED : VERDICT_ANSWERED);
        assert_int_equal(arp(1, other_mac, (const uint8_t[]){192, 0, 2, 1}, host4.bytes, now_ns),
                         answers[i].is_lost && !answers[i].is_v6 ? VERDICT_ARP_NOTOURS : VERDICT_NEIGHBOR);
    }
}

/* Without --yield a conflict later on changes nothing, with it the address is gone for good, also one of many. */
static void
test_yield(void **state)
{
    uint64_t now_ns = (uint64_t)1000 * SECOND_NS;
    struct craft craft;

    for (int yields = 0; yields < 2; yields++) {
        set_up(state);
        responder.claims.yields = yields != 0;
        assert_int_equal(arp(2, other_mac, host4.bytes, net4.bytes, now_ns), yields ? VERDICT_ARP_OP : VERDICT_ARP_CONFLICT);
        assert_int_equal(ping4(now_ns), yields ? VERDICT_IP_YIELDED : VERDICT_ANSWERED);
        (void)arp(2, other_mac, in_net4.bytes, net4.bytes, now_ns);
        (void)arp(1, other_mac, none4, in_net4.bytes, now_ns); /* a probe is no proof */
        craft4(&craft, LINK_EN10MB, NULL, 0, 8);
        memcpy(craft.data + craft.l3 + 16, in_net4.bytes, 4);
        craft_seal(&craft);
        assert_int_equal(judge(craft.data, craft.len, now_ns + 3600 * (uint64_t)SECOND_NS),
                         yields ? VERDICT_IP_YIELDED : VERDICT_ANSWERED);
        craft.data[craft.l3 + 19]++;
        craft_seal(&craft);
        assert_int_equal(judge(craft.data, craft.len, now_ns), VERDICT_ANSWERED);
        if (!yields)
            continue;
        expect_news(CLAIMS_LOST, &host4);
        expect_news(CLAIMS_LOST, &in_net4);
        expect_no_news();
    }
}

/* An echo reply of another host shows that it has the address; a wrong one, or our own, shows nothing. */
static void
test_yield_to_a_reply(void **state)
{
    struct craft craft;

    (void)state;
    responder.claims.yields = true;
    craft4(&craft, LINK_EN10MB, NULL, 0, 8);
    craft.data[craft.l4] = 0;
    memcpy(craft.data + craft.l3 + 12, host4.bytes, 4);
    craft.data[craft.l3 + 19] = 1;
    memcpy(craft.data + 6, other_mac, 6);
    craft_seal(&craft);
    craft.data[craft.l4 + 2] ^= 1;
    (void)judge(craft.data, craft.len, SECOND_NS);
    assert_int_equal(ping4(SECOND_NS), VERDICT_ANSWERED);
    craft_seal(&craft);
    memcpy(craft.data + 6, our_mac, 6);
    (void)judge(craft.data, craft.len, SECOND_NS);
    assert_int_equal(ping4(SECOND_NS), VERDICT_ANSWERED);
    memcpy(craft.data + 6, other_mac, 6);
    (void)judge(craft.data, craft.len, SECOND_NS);
    assert_int_equal(ping4(SECOND_NS), VERDICT_IP_YIELDED);
    expect_news(CLAIMS_LOST, &host4);
    memcpy(craft.data + craft.l3 + 12, craft.data + craft.l3 + 16, 4); /* the host may now ping us */
    memcpy(craft.data + craft.l3 + 16, in_net4.bytes, 4);
    memcpy(craft.data + craft.l3 + 12, host4.bytes, 4);
    craft.data[craft.l4] = 8;
    craft_seal(&craft);
    assert_int_equal(judge(craft.data, craft.len, SECOND_NS), VERDICT_ANSWERED);
}

/* What the kernel has itself, or nobody told us to serve, is not lost. */
static void
test_yield_only_ours(void **state)
{
    (void)state;
    responder.claims.yields = true;
    assert_true(served_add(&list, &iface.addresses, &host4, 32, ADDRESSES_OWN));
    (void)arp(2, other_mac, host4.bytes, net4.bytes, SECOND_NS);
    (void)arp(2, other_mac, (const uint8_t[]){10, 0, 0, 1}, net4.bytes, SECOND_NS);
    assert_int_equal(responder.claims.left_count, 0);
    assert_int_equal(ping4(SECOND_NS), VERDICT_ANSWERED);
}

/* Somebody forges a host for each address: the table fills up, and is still right. */
static void
test_yield_full(void **state)
{
    static const struct address big = {.version = 4, .bytes = {10}};
    struct claims_news news;
    size_t full = 0;

    (void)state;
    assert_true(served_add(&list, &iface.addresses, &big, 8, ADDRESSES_ANSWER));
    responder.claims.yields = true;
    for (unsigned i = 0; i < 2 * CLAIMS_LEFT; i++) {
        (void)arp(2, other_mac, (const uint8_t[]){10, 1, (uint8_t)(i >> 8), (uint8_t)i}, net4.bytes, SECOND_NS);
        while (claims_take_news(&responder.claims, &news))
            full += news.event == CLAIMS_FULL;
    }
    assert_int_equal(full, 1);
    assert_int_equal(responder.claims.left_count, CLAIMS_LEFT - 1);
    for (unsigned i = 0; i < 2 * CLAIMS_LEFT; i++) {
        struct address address = {.version = 4, .bytes = {10, 1, (uint8_t)(i >> 8), (uint8_t)i}};

        assert_int_equal(claims_allow(&responder, &iface, &address), i >= CLAIMS_LEFT - 1);
    }
}

/* More addresses than are asked for at a time, and an interface that goes meanwhile. */
static void
test_many(void **state)
{
    enum { MANY = 3 * CLAIMS_ACTIVE };
    static struct claim many[MANY];
    static struct sent sent[8 * MANY];
    uint64_t now_ns = SECOND_NS;
    size_t served = 0;

    (void)state;
    for (unsigned i = 0; i < MANY; i++)
        many[i] = (struct claim){.address = {.version = 4, .bytes = {198, 51, (uint8_t)(100 + i / 256), (uint8_t)i}},
                                 .iface = IFACE};
    claims_set(&responder.claims, many, MANY);
    assert_int_equal(run_until(&now_ns, 60 * (uint64_t)SECOND_NS, sent, COUNT(sent)), 5 * MANY);
    for (unsigned i = 0; i < MANY; i++)
        served += many[i].state == CLAIM_SERVED;
    assert_int_equal(served, MANY);
    assert_true(responder_due(&responder) == UINT64_MAX);
    for (unsigned i = 0; i < MANY; i++)
        many[i].state = CLAIM_WAITING;
    claims_set(&responder.claims, many, MANY);
    responder_add_iface(&responder, &iface);
    (void)responder_tick(&responder, &iface, now_ns);
    responder_remove_iface(&responder, &iface);
    assert_int_equal(responder_tick(&responder, &iface, now_ns), 0);
    assert_int_equal(responder_tick(&responder, &iface, now_ns), 0); /* those that had not begun */
    assert_true(responder_due(&responder) == UINT64_MAX);
}

/* An interface that was gone may be on another link: all is asked for again, at any step, but for what another host has; groups
 * are reported again. */
static void
test_restart(void **state)
{
    static const uint8_t tails[1][3] = {{0, 0, 2}};
    struct iface other = {.number = IFACE + 1};
    struct sent sent[16];
    uint64_t now_ns = (uint64_t)1000 * SECOND_NS;

    (void)state;
    groups_add(&responder, &iface, tails, 1);
    claims_set(&responder.claims, claims, 2);
    for (unsigned step = 0; step < 12; step++) {
        (void)run_until(&now_ns, now_ns + step * (uint64_t)SECOND_NS, sent, COUNT(sent));
        responder_restart_iface(&responder, &iface);
        assert_int_equal(ping4(now_ns), VERDICT_IP_YIELDED);
    }
    assert_int_equal(run_until(&now_ns, now_ns + 12 * (uint64_t)SECOND_NS, sent, COUNT(sent)), 5 + 2 + 2);
    assert_int_equal(ping4(now_ns), VERDICT_ANSWERED);
    claims[1].state = CLAIM_LOST;
    responder_restart_iface(&responder, &other);
    assert_int_equal(ping4(now_ns), VERDICT_ANSWERED);
    responder_restart_iface(&responder, &iface);
    assert_int_equal(run_until(&now_ns, now_ns + 12 * (uint64_t)SECOND_NS, sent, COUNT(sent)), 5 + 2);
    assert_int_equal(claims[1].state, CLAIM_LOST);
}

/* The clock is set back by a day: what was due in a second is not due in a day. */
static void
test_clock_back(void **state)
{
    struct sent sent[8];
    uint64_t now_ns = (uint64_t)100000 * SECOND_NS;

    (void)state;
    claims_set(&responder.claims, claims, 1);
    (void)run_until(&now_ns, now_ns + 2 * (uint64_t)SECOND_NS, sent, COUNT(sent));
    now_ns -= (uint64_t)86400 * SECOND_NS;
    assert_true(responder_tick(&responder, &iface, now_ns) > 0);
    (void)run_until(&now_ns, now_ns + 12 * (uint64_t)SECOND_NS, sent, COUNT(sent));
    assert_int_equal(claims[0].state, CLAIM_SERVED);
}

/* --- multicast groups */

static const uint8_t tails[3][3] = {{0, 0, 2}, {0, 0, 9}, {1, 2, 3}};

/* The same for groups, which are reported twice. */
static void
test_groups_clock_back(void **state)
{
    uint64_t now_ns = (uint64_t)100000 * SECOND_NS;

    (void)state;
    groups_add(&responder, &iface, tails, COUNT(tails));
    assert_int_equal(responder_tick(&responder, &iface, now_ns), 1);
    assert_int_equal(responder_tick(&responder, &iface, now_ns - (uint64_t)86400 * SECOND_NS), 1);
    assert_true(responder_due(&responder) == UINT64_MAX);
}

/* A query of all groups, or of one, as a router sends it. */
static void
query(const uint8_t group[static 16], uint16_t delay, uint8_t hop_limit, uint64_t ts_ns)
{
    static const uint8_t router_alert[8] = {58, 0, 5, 2, 0, 0, 1, 0};
    struct craft craft;
    uint8_t *icmp;

    craft6(&craft, LINK_EN10MB, 0, router_alert, sizeof router_alert, 20);
    icmp = craft.data + craft.l4;
    memcpy(craft.data, "\x33\x33\0\0\0\x01", 6);
    craft.data[craft.l3 + 7] = hop_limit;
    memcpy(craft.data + craft.l3 + 8, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    memcpy(craft.data + craft.l3 + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
    memset(icmp, 0, 28);
    icmp[0] = 130;
    icmp[4] = (uint8_t)(delay >> 8);
    icmp[5] = (uint8_t)delay;
    memcpy(icmp + 8, group, 16);
    craft_seal(&craft);
    (void)judge(craft.data, craft.len, ts_ns);
}

/* I6-09: a report as RFC 3810 section 5.2 has it. */
static void
check_report(const struct reply *reply, uint8_t kind, size_t count)
{
    const uint8_t *ip = reply->data + ETHERNET_LEN, *icmp = ip + 48;
    size_t len = REPORT_LEN + RECORD_LEN * count;

    assert_int_equal(reply->len, ETHERNET_LEN + 48 + len);
    assert_memory_equal(reply->data, "\x33\x33\0\0\0\x16\x02\0\0\0\0\x02\x86\xdd\x60\0\0\0", 18);
    assert_int_equal(ip[4] * 256 + ip[5], 8 + len);
    assert_memory_equal(ip + 6, "\0\x01", 2);
    assert_memory_equal(ip + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x16\x3a\0\x05\x02\0\0\x01\0", 24);
    assert_int_equal(icmp[0], 143);
    assert_int_equal(icmp[6] * 256 + icmp[7], count);
    assert_int_equal(craft_sum((uint32_t)(0xffff - craft_sum(0, ip + 8, 32)) + (uint32_t)len + 58, icmp, len), 0);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *record = icmp + REPORT_LEN + RECORD_LEN * i;

        assert_int_equal(record[0], kind);
        assert_memory_equal(record + 1, "\0\0\0\xff\x02\0\0\0\0\0\0\0\0\0\x01\xff", 16);
        assert_memory_equal(record + 17, tails[i], 3);
    }
}

static void
test_reports(void **state)
{
    static const uint8_t ours[16] = {0xff, 2, [11] = 1, 0xff, 0, 0, 9}, others[16] = {0xff, 2, [11] = 1, 0xff, 0, 0, 8};
    struct sent sent[8];
    uint64_t now_ns = (uint64_t)1000 * SECOND_NS, asked_ns;

    (void)state;
    groups_add(&responder, &iface, tails, COUNT(tails));
    assert_int_equal(responder_tick(&responder, &iface, now_ns), 1);
    check_report(&responder.replies[0], 4, COUNT(tails));
    assert_memory_equal(responder.replies[0].data + ETHERNET_LEN + 8, none6, 16); /* RFC 3590 */
    assert_int_equal(run_until(&now_ns, now_ns + 5 * (uint64_t)SECOND_NS, sent, COUNT(sent)), 1);
    assert_true(responder_due(&responder) == UINT64_MAX);
    iface.has_link_local = true;
    memcpy(iface.link_local, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x02", 16);
    for (int i = 0; i < 2; i++) {
        asked_ns = now_ns;
        query(i == 0 ? none6 : ours, 1000, 1, now_ns);
        assert_in_range(responder_due(&responder), asked_ns, asked_ns + SECOND_NS + 1);
        assert_int_equal(responder_tick(&responder, &iface, now_ns = responder_due(&responder)), 1);
        check_report(&responder.replies[0], 2, COUNT(tails));
        assert_memory_equal(responder.replies[0].data + ETHERNET_LEN + 8, iface.link_local, 16);
    }
    query(none6, 0xffff, 1, now_ns); /* RFC 3810 section 5.1.3: 8387584 ms */
    assert_in_range(responder_due(&responder), now_ns, now_ns + (uint64_t)8387584 * MILLISECOND_NS + 1);
    assert_int_equal(responder_tick(&responder, &iface, responder_due(&responder)), 1);
    query(others, 1000, 1, now_ns);
    query(none6, 1000, 64, now_ns); /* not from this link */
    assert_true(responder_due(&responder) == UINT64_MAX);
    responder_remove_iface(&responder, &iface);
    query(none6, 1000, 1, now_ns);
    assert_true(responder_due(&responder) == UINT64_MAX);
}

/* As many groups as a frame takes, and the rest in the next. */
static void
test_many_groups(void **state)
{
    static uint8_t many[GROUPS_MAX][3];
    size_t records = 0, count;

    (void)state;
    groups_add(&responder, &iface, (const uint8_t(*)[3])many, GROUPS_MAX);
    count = responder_tick(&responder, &iface, SECOND_NS);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *icmp = responder.replies[i].data + ETHERNET_LEN + 48;

        assert_in_range(responder.replies[i].len, 1, ETHERNET_LEN + 1500);
        records += icmp[6] * 256U + icmp[7];
    }
    assert_int_equal(count, (GROUPS_MAX + 71) / 72);
    assert_int_equal(records, GROUPS_MAX);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_claim4, set_up),
        cmocka_unit_test_setup(test_claim6, set_up),
        cmocka_unit_test_setup(test_multicast, set_up),
        cmocka_unit_test_setup(test_conflicts, set_up),
        cmocka_unit_test_setup(test_yield, set_up),
        cmocka_unit_test_setup(test_yield_to_a_reply, set_up),
        cmocka_unit_test_setup(test_yield_only_ours, set_up),
        cmocka_unit_test_setup(test_yield_full, set_up),
        cmocka_unit_test_setup(test_many, set_up),
        cmocka_unit_test_setup(test_restart, set_up),
        cmocka_unit_test_setup(test_clock_back, set_up),
        cmocka_unit_test_setup(test_groups_clock_back, set_up),
        cmocka_unit_test_setup(test_reports, set_up),
        cmocka_unit_test_setup(test_many_groups, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
