/* Which reply belongs to which request, and what they are compared by: frames of many kinds, one behind the other. */
#include "unit.h"

#include <string.h>

#include "craft.h"
#include "served.h"
#include "verify/verify.h"

enum { L3_TTL = 8, L3_SRC = 12, L3_DST = 16, SECOND_NS = 1000000000 };

static struct served list;
static struct responder responder;
static struct verify verify;
static struct iface iface;
static uint64_t now_ns;

static void
begin(bool is_strict)
{
    static const struct address any4 = {.version = 4}, any6 = {.version = 6};

    iface = (struct iface){.link = LINK_EN10MB, .mtu = RESPONDER_MESSAGE_MAX};
    served_init(&list, &iface.addresses);
    assert_true(served_add(&list, &iface.addresses, &any4, 0, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &any6, 0, ADDRESSES_ANSWER));
    responder_init(&responder, 1);
    memset(responder.vlans, 0xff, sizeof responder.vlans);
    verify_init(&verify, 1);
    memset(verify.keeper.vlans, 0xff, sizeof verify.keeper.vlans);
    verify.is_strict = is_strict;
    now_ns = UINT64_C(1234567890) * SECOND_NS;
}

/* One more frame, a millisecond behind the last, of which `caplen` bytes were captured. */
static void
hear_cut(const struct craft *craft, size_t caplen)
{
    struct frame frame = {.data = craft->data, .caplen = caplen, .len = craft->len, .ts_ns = now_ns, .iface = &iface};
    struct outcome outcome;

    now_ns += SECOND_NS / 1000;
    verify_respond(&verify, &responder, &frame, &outcome);
    verify_hear(&verify, "here", &frame, &outcome);
}

static void
hear(const struct craft *craft)
{
    hear_cut(craft, craft->len);
}

static struct craft
ask(uint16_t seq)
{
    struct craft craft;

    craft4(&craft, LINK_EN10MB, NULL, 0, 32);
    craft.data[craft.l4 + 6] = (uint8_t)(seq >> 8);
    craft.data[craft.l4 + 7] = (uint8_t)seq;
    craft_seal(&craft);
    return craft;
}

static void
swap(uint8_t *a, uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t kept = a[i];

        a[i] = b[i];
        b[i] = kept;
    }
}

/* The right reply to a request, made here without the program's help. */
static struct craft
reply_to(const struct craft *request)
{
    struct craft reply = *request;
    bool is_v6 = reply.data[reply.l3] >> 4 == 6;

    swap(reply.data, reply.data + 6, 6);
    if (is_v6)
        swap(reply.data + reply.l3 + 8, reply.data + reply.l3 + 24, 16);
    else
        swap(reply.data + reply.l3 + L3_SRC, reply.data + reply.l3 + L3_DST, 4);
    reply.data[reply.l4] = is_v6 ? 129 : 0;
    craft_seal(&reply);
    return reply;
}

static const struct pair *
take(enum pair_result result)
{
    const struct pair *pair = verify_next(&verify, 0, true);

    assert_non_null(pair);
    assert_int_equal(pair->result, result);
    return pair;
}

static void
end(uint64_t strays)
{
    assert_null(verify_next(&verify, 0, true));
    assert_true(verify.strays == strays);
}

static bool
has_difference(const struct pair *pair, const char *field)
{
    for (size_t i = 0; i < pair->difference_count; i++)
        if (strcmp(fields_name(pair->differences[i].field), field) == 0)
            return true;
    return false;
}

static void
test_plain(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    hear(&request);
    hear(&reply);
    take(PAIR_SAME);
    end(0);
    assert_false(verify_has_failed(&verify));
}

static void
test_ipv6(void **state)
{
    struct craft request, reply;

    (void)state;
    begin(false);
    craft6(&request, LINK_EN10MB, 58, NULL, 0, 32);
    reply = reply_to(&request);
    hear(&request);
    hear(&reply);
    take(PAIR_SAME);
    hear(&request);
    reply.data[reply.l4 + 20] ^= 1;
    hear(&reply);
    assert_true(has_difference(take(PAIR_DIFFERS), "payload"));
    end(0);
    assert_true(verify_has_failed(&verify));
}

/* Lines come in the order of requests, whatever that of replies. */
static void
test_order(void **state)
{
    struct craft requests[3] = {ask(1), ask(2), ask(3)}, reply;

    (void)state;
    begin(false);
    for (size_t i = 0; i < 3; i++)
        hear(&requests[i]);
    for (size_t i = 3; i-- > 0;) {
        reply = reply_to(&requests[i]);
        if (i != 1)
            hear(&reply);
    }
    assert_int_equal(take(PAIR_SAME)->request.seq, 1);
    assert_int_equal(take(PAIR_UNANSWERED)->request.seq, 2);
    assert_int_equal(take(PAIR_SAME)->request.seq, 3);
    end(0);
}

static void
test_duplicates(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    hear(&request);
    for (int i = 0; i < 3; i++)
        hear(&reply);
    assert_int_equal(take(PAIR_SAME)->duplicates, 2);
    end(0);
}

/* Requests with one identifier and sequence number: a reply is to the one with its data, else to the latest without one. */
static void
test_alike(void **state)
{
    struct craft first = ask(1), second = ask(1), reply;

    (void)state;
    begin(false);
    second.data[second.l4 + 20] ^= 1;
    craft_seal(&second);
    hear(&first);
    hear(&second);
    reply = reply_to(&first);
    hear(&reply);
    reply = reply_to(&second);
    hear(&reply);
    take(PAIR_SAME);
    take(PAIR_SAME);
    hear(&first);
    hear(&first);
    reply = reply_to(&first);
    hear(&reply);
    take(PAIR_UNANSWERED);
    take(PAIR_SAME);
    end(0);
}

/* Through a router on a stick both are seen in two VLANs. */
static void
test_tags(void **state)
{
    struct craft inside = ask(1), outside = ask(1), reply;

    (void)state;
    begin(false);
    craft_tag(&inside, 0x8100, 10);
    craft_tag(&outside, 0x8100, 20);
    hear(&inside);
    hear(&outside);
    reply = reply_to(&inside);
    hear(&reply);
    reply = reply_to(&outside);
    hear(&reply);
    assert_false(has_difference(take(PAIR_SAME), "vlan"));
    assert_false(has_difference(take(PAIR_SAME), "vlan"));
    hear(&inside);
    hear(&reply);
    assert_true(has_difference(take(PAIR_DIFFERS), "vlan"));
    end(0);
}

/* A priority tag is no VLAN. */
static void
test_priority_tag(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    craft_tag(&request, 0x8100, 0xe000);
    hear(&request);
    hear(&reply);
    assert_false(has_difference(take(PAIR_SAME), "vlan"));
    end(0);
}

static void
test_strays(void **state)
{
    struct craft request = ask(1), other = ask(2), reply = reply_to(&other);

    (void)state;
    begin(false);
    hear(&reply);
    hear(&request);
    hear(&reply);
    take(PAIR_UNANSWERED);
    end(2);
}

static void
test_window(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    hear(&request);
    now_ns += VERIFY_WINDOW_NS - SECOND_NS / 1000;
    hear(&reply);
    take(PAIR_SAME);
    hear(&request);
    now_ns += VERIFY_WINDOW_NS;
    hear(&reply);
    take(PAIR_UNANSWERED);
    end(1);
}

/* A line is not held back longer than anything may change it. */
static void
test_waiting(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    hear(&request);
    hear(&reply);
    assert_null(verify_next(&verify, now_ns + VERIFY_LINGER_NS, false));
    assert_non_null(verify_next(&verify, now_ns + VERIFY_WINDOW_NS, false));
    verify.is_live = true;
    hear(&request);
    assert_null(verify_next(&verify, now_ns + VERIFY_LINGER_NS, false));
    hear(&reply);
    assert_null(verify_next(&verify, now_ns, false));
    assert_non_null(verify_next(&verify, now_ns + VERIFY_LINGER_NS, false));
    end(0);
}

/* A host that answers from another address of its own: only if that is the only explanation. */
static void
test_strange_source(void **state)
{
    struct craft request = ask(1), other = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    reply.data[reply.l3 + L3_SRC + 3] = 77;
    craft_seal(&reply);
    hear(&request);
    hear(&reply);
    assert_true(has_difference(take(PAIR_DIFFERS), "src"));
    end(0);
    other.data[other.l3 + L3_DST + 3] = 99;
    craft_seal(&other);
    hear(&request);
    hear(&other);
    hear(&reply);
    take(PAIR_UNANSWERED);
    take(PAIR_UNANSWERED);
    end(1);
}

static void
test_strict(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(true);
    reply.data[reply.l3 + L3_TTL] = 255;
    craft_seal(&reply);
    hear(&request);
    hear(&reply);
    assert_true(has_difference(take(PAIR_DIFFERS), "ttl"));
    end(0);
}

/* A code that the host sets to zero changes the checksum too, which is right for all that. */
static void
test_code(void **state)
{
    struct craft request = ask(1), reply;
    const struct pair *pair;

    (void)state;
    begin(false);
    request.data[request.l4 + 1] = 9;
    craft_seal(&request);
    reply = reply_to(&request);
    reply.data[reply.l4 + 1] = 0;
    craft_seal(&reply);
    hear(&request);
    hear(&reply);
    pair = take(PAIR_SAME);
    assert_true(has_difference(pair, "code"));
    assert_false(has_difference(pair, "checksum"));
    end(0);
}

static void
test_silent(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    request.data[request.l4 + 2] ^= 1;
    hear(&request);
    hear(&reply);
    assert_int_equal(take(PAIR_SILENT)->verdict, VERDICT_ICMP_BADSUM);
    hear(&request);
    take(PAIR_UNANSWERED);
    end(0);
}

static void
test_cut(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    hear(&request);
    hear_cut(&reply, reply.l4 + 12);
    assert_true(take(PAIR_SAME)->reply_is_cut);
    reply.data[reply.l4 + 10] ^= 1;
    hear(&request);
    hear_cut(&reply, reply.l4 + 12);
    assert_true(has_difference(take(PAIR_DIFFERS), "payload"));
    hear_cut(&request, request.l4 + 12);
    hear(&reply);
    take(PAIR_CUT);
    end(0);
    assert_int_equal(verify.results[PAIR_CUT], 1);
}

/* Of a checksum whose message is cut nobody can say whether it is right: it is held against ours where all that can be seen
 * is the same. */
static void
test_cut_checksum(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    reply.data[reply.l4 + 2] ^= 1;
    hear(&request);
    hear_cut(&reply, reply.l4 + 12);
    assert_true(has_difference(take(PAIR_DIFFERS), "checksum"));
    reply.data[reply.l4 + 1] = 3;
    craft_seal(&reply);
    hear(&request);
    hear_cut(&reply, reply.l4 + 12);
    assert_false(has_difference(take(PAIR_SAME), "checksum"));
    end(0);
}

/* A first fragment that is cut tells of the reply as far as it goes, and says nothing of its size. */
static void
test_cut_fragment(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);
    const struct pair *pair;

    (void)state;
    begin(false);
    reply.len = reply.l4 + 16;
    reply.data[reply.l3 + 3] = 20 + 16;
    reply.data[reply.l3 + 6] = 0x20;
    craft_seal(&reply);
    store_be16(reply.data + reply.l4 + 2, (uint16_t)(load_be16(request.data + request.l4 + 2) + 0x0800));
    hear(&request);
    hear_cut(&reply, reply.l4 + 12);
    pair = take(PAIR_SAME);
    assert_true(pair->reply_is_cut);
    assert_false(has_difference(pair, "size"));
    memset(reply.data + reply.l3 + 10, 0, 2); /* a checksum that is not filled in keeps it from being put to the others */
    hear(&request);
    hear(&reply);
    assert_true(take(PAIR_SAME)->reply_is_cut);
    end(0);
}

/* What only padding is missing from is whole. */
static void
test_cut_padding(void **state)
{
    struct craft request = ask(1);
    struct frame frame = {.data = request.data, .caplen = request.len, .len = request.len + 4, .iface = &iface};
    struct outcome outcome;

    (void)state;
    begin(false);
    verify_respond(&verify, &responder, &frame, &outcome);
    assert_int_equal(frame.len, request.len);
    assert_ptr_equal(frame.data, request.data);
    assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
    frame.caplen--;
    verify_respond(&verify, &responder, &frame, &outcome);
    assert_int_equal(frame.len, request.len);
    assert_int_equal(outcome.verdict, VERDICT_CAP_TRUNC);
}

/* IPv4 header checksums that were captured before the network card filled them in. */
static void
test_unfilled(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request), filled = request;
    struct frame frame = {.data = request.data, .caplen = request.len, .len = request.len, .iface = &iface};
    struct outcome outcome;
    const struct pair *pair;

    (void)state;
    begin(false);
    request.data[request.l3 + 10] = request.data[request.l3 + 11] = 0;
    verify_respond(&verify, &responder, &frame, &outcome);
    assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
    assert_memory_equal(frame.data, filled.data, filled.len);
    hear(&request);
    hear(&reply);
    take(PAIR_SAME);
    hear(&request);
    reply.data[reply.l3 + 10] = reply.data[reply.l3 + 11] = 0;
    hear(&reply);
    pair = take(PAIR_SAME);
    assert_true(has_difference(pair, "ip-checksum"));
    hear(&request);
    reply.data[reply.l3 + 11] = 1;
    hear(&reply);
    assert_true(has_difference(take(PAIR_DIFFERS), "ip-checksum"));
    end(0);
}

/* 192.0.2.1 asks 224.0.0.1, and two hosts answer from their own addresses. */
static void
test_group(void **state)
{
    static const uint8_t group_mac[6] = {1, 0, 0x5e, 0, 0, 1}, group[4] = {224, 0, 0, 1};
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    memcpy(request.data, group_mac, 6);
    memcpy(request.data + request.l3 + L3_DST, group, 4);
    craft_seal(&request);
    hear(&request);
    hear(&reply);
    reply.data[reply.l3 + L3_SRC + 3] = 77;
    craft_seal(&reply);
    hear(&reply);
    assert_int_equal(take(PAIR_SAME)->duplicates, 1);
    hear(&request);
    reply.data[reply.l4 + 9] ^= 1;
    hear(&reply);
    assert_true(has_difference(take(PAIR_DIFFERS), "payload"));
    end(0);
}

/* A unicast datagram in a link broadcast is not to be answered; who does it all the same is told. */
static void
test_broadcast_unicast(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    memset(request.data, 0xff, 6);
    hear(&request);
    hear(&reply);
    assert_int_equal(take(PAIR_SILENT)->verdict, VERDICT_L2_BCAST_UCAST);
    end(0);
}

/* Cuts a datagram of 8 and 32 bytes in two fragments. */
static void
hear_fragments(const struct craft *whole)
{
    struct craft first = *whole, second = *whole;

    first.len = first.l4 + 16;
    first.data[first.l3 + 3] = 20 + 16;
    first.data[first.l3 + 6] = 0x20;
    first.data[first.l3 + 10] = first.data[first.l3 + 11] = 0;
    memmove(second.data + second.l4, second.data + second.l4 + 16, 24);
    second.len = second.l4 + 24;
    second.data[second.l3 + 3] = 20 + 24;
    second.data[second.l3 + 6] = 0;
    second.data[second.l3 + 7] = 2;
    second.data[second.l3 + 10] = second.data[second.l3 + 11] = 0;
    for (int i = 0; i < 2; i++) {
        struct craft *craft = i == 0 ? &first : &second;
        uint16_t sum = craft_sum(0, craft->data + craft->l3, 20);

        craft->data[craft->l3 + 10] = (uint8_t)(sum >> 8);
        craft->data[craft->l3 + 11] = (uint8_t)sum;
        hear(craft);
    }
}

static void
test_fragments(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    hear_fragments(&request);
    hear_fragments(&reply);
    take(PAIR_SAME);
    hear(&request);
    reply.data[reply.l4 + 30] ^= 1;
    hear_fragments(&reply);
    assert_true(has_difference(take(PAIR_DIFFERS), "payload"));
    end(0);
}

/* More requests than are kept: the oldest leave, and what is kept still finds its reply. */
static void
test_flood(void **state)
{
    unsigned told = 0;

    (void)state;
    begin(false);
    for (unsigned i = 0; i < PAIRS_MOST + 100; i++) {
        struct craft request = ask((uint16_t)i);

        hear(&request);
        now_ns -= SECOND_NS / 1000;
        while (verify_next(&verify, now_ns, false) != NULL)
            told++;
    }
    assert_in_range(told, 100, 101);
    for (unsigned i = 0; i < PAIRS_MOST + 100; i++) {
        struct craft request = ask((uint16_t)i), reply = reply_to(&request);

        hear(&reply);
    }
    assert_true(verify.strays == told);
    for (unsigned i = told; i < PAIRS_MOST + 100; i++)
        assert_int_equal(take(PAIR_SAME)->request.seq, i);
    end(told);
}

/* Long replies of ours, which come to the ring's end before there are too many of them. */
static void
test_ring(void **state)
{
    struct craft request, reply;

    (void)state;
    begin(false);
    craft4(&request, LINK_EN10MB, NULL, 0, 1900);
    reply = reply_to(&request);
    for (unsigned i = 0; i < 2 * PAIRS_RING / 1900; i++) {
        const struct pair *pair;

        hear(&request);
        hear(&reply);
        now_ns -= SECOND_NS / 1000 * 2;
        while ((pair = verify_next(&verify, now_ns, false)) != NULL) {
            assert_int_equal(pair->result, PAIR_SAME);
            assert_true(pair->at + pair->len <= PAIRS_RING);
        }
    }
    assert_in_range(verify.results[PAIR_SAME], PAIRS_RING / 1900, 2 * PAIRS_RING / 1900);
}

/* Live, what other hosts are asked is not compared. */
static void
test_others(void **state)
{
    struct craft request = ask(1), reply = reply_to(&request);

    (void)state;
    begin(false);
    served_init(&list, &iface.addresses);
    hear(&request);
    hear(&reply);
    assert_int_equal(take(PAIR_SILENT)->verdict, VERDICT_IP_NOTOURS);
    verify.is_live = true;
    hear(&request);
    end(0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),          cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_order),          cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_alike),          cmocka_unit_test(test_tags),
        cmocka_unit_test(test_priority_tag),   cmocka_unit_test(test_strays),
        cmocka_unit_test(test_window),         cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_strange_source), cmocka_unit_test(test_strict),
        cmocka_unit_test(test_code),           cmocka_unit_test(test_silent),
        cmocka_unit_test(test_cut),            cmocka_unit_test(test_cut_padding),
        cmocka_unit_test(test_group),          cmocka_unit_test(test_broadcast_unicast),
        cmocka_unit_test(test_fragments),      cmocka_unit_test(test_flood),
        cmocka_unit_test(test_others),         cmocka_unit_test(test_unfilled),
        cmocka_unit_test(test_cut_checksum),   cmocka_unit_test(test_cut_fragment),
        cmocka_unit_test(test_ring),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
