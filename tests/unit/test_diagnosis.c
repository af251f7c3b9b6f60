/* The diagnosis, fed with verdicts and frames: what it finds, what it says of it, and when it keeps silent. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "craft.h"
#include "diagnosis.h"
#include "served.h"

enum { MINUTE_MS = 60 * 1000 };

static const struct address host4 = {4, {192, 0, 2, 2}}, other4 = {4, {192, 0, 2, 3}};
static const struct address host6 = {6, {0xfd, 0, 0x0d, 0xb8, [15] = 2}};
static const uint8_t host_mac[LINK_MAC_LEN] = {2, 0, 0, 0, 0, 2};

static struct served list;
static struct policy policy;
static struct iface iface;
static struct diagnosis diagnosis;
static struct responder responder;

static int
set_up(void **state)
{
    const struct diagnosis_setting setting = {
        .interface = "ho0", .policy = &policy, .echo4 = PLATFORM_ECHO_ON, .echo6 = PLATFORM_ECHO_OFF};

    (void)state;
    policy = (struct policy){.ipv4 = true, .ipv6 = true};
    iface = (struct iface){.link = LINK_EN10MB, .has_mac = true, .mtu = 1500};
    memcpy(iface.mac, host_mac, sizeof iface.mac);
    served_init(&list, &iface.addresses);
    assert_true(served_add(&list, &iface.addresses, &host4, 32, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &host6, 128, ADDRESSES_ANSWER));
    diagnosis_init(&diagnosis, &setting, 0);
    responder_init(&responder, 1);
    return 0;
}

/* Swaps what is `len` bytes long at two places. */
static void
swap(struct craft *craft, size_t first, size_t second, size_t len)
{
    uint8_t kept[16];

    memcpy(kept, craft->data + first, len);
    memcpy(craft->data + first, craft->data + second, len);
    memcpy(craft->data + second, kept, len);
}

static struct craft
request(uint8_t version, uint8_t seq)
{
    struct craft craft;

    if (version == 4)
        craft4(&craft, LINK_EN10MB, NULL, 0, 56);
    else
        craft6(&craft, LINK_EN10MB, 58, NULL, 0, 56);
    craft.data[craft.l4 + 7] = seq;
    craft_seal(&craft);
    return craft;
}

/* The reply of the host that the request is for. */
static struct craft
reply(uint8_t version, uint8_t seq)
{
    struct craft craft = request(version, seq);

    swap(&craft, 0, LINK_MAC_LEN, LINK_MAC_LEN);
    if (version == 4)
        swap(&craft, craft.l3 + 12, craft.l3 + 16, 4);
    else
        swap(&craft, craft.l3 + 8, craft.l3 + 24, 16);
    craft.data[craft.l4] = version == 4 ? 0 : 129;
    craft_seal(&craft);
    return craft;
}

static struct frame
frame_of(const struct craft *craft)
{
    return (struct frame){.data = craft->data, .caplen = craft->len, .len = craft->len, .iface = &iface};
}

static const char *
see(struct craft craft, uint64_t now_ms)
{
    struct frame frame = frame_of(&craft);

    return diagnosis_see(&diagnosis, &frame, 0, now_ms);
}

/* What the responder makes of a frame is told to the diagnosis. */
static const char *
judge(struct craft craft, size_t caplen, uint64_t now_ms)
{
    struct frame frame = frame_of(&craft);
    struct outcome outcome;

    frame.caplen = caplen < craft.len ? caplen : craft.len;
    respond(&responder, &frame, &outcome);
    return diagnosis_judge(&diagnosis, &frame, &outcome, now_ms);
}

static void
assert_begins(const char *line, const char *words)
{
    assert_non_null(line);
    if (strncmp(line, words, strlen(words)) != 0)
        assert_string_equal(line, words);
}

/* --- the kernel */

static void
test_own_addresses(void **state)
{
    char wanted[FINDING_LINE];

    (void)state;
    diagnosis_own(&diagnosis, &iface, &other4); /* not answered for */
    diagnosis_own(&diagnosis, &iface, &host6);  /* the kernel's echo is off */
    assert_null(diagnosis_wait(&diagnosis, 0, MINUTE_MS));
    diagnosis_own(&diagnosis, &iface, &host4);
    snprintf(wanted, sizeof wanted,
             "ho0: the kernel owns 192.0.2.2 and its own echo is on: if ping shows DUP!, turn it off: %s",
             platform_quiet_echo(4));
    assert_null(diagnosis_wait(&diagnosis, 0, 2999));
    assert_string_equal(diagnosis_wait(&diagnosis, 0, 3000), wanted);
    assert_null(diagnosis_wait(&diagnosis, 0, MINUTE_MS));
}

static void
test_single_replies_clear_the_kernel(void **state)
{
    (void)state;
    diagnosis_own(&diagnosis, &iface, &host4);
    for (uint8_t seq = 1; seq <= 3; seq++) {
        assert_null(see(request(4, seq), 0));
        assert_null(see(reply(4, seq), 0));
    }
    assert_null(diagnosis_wait(&diagnosis, 3, 3000));
    assert_null(diagnosis_wait(&diagnosis, 3, MINUTE_MS));
}

static void
test_proof_takes_the_place_of_suspicion(void **state)
{
    (void)state;
    diagnosis_own(&diagnosis, &iface, &host4);
    for (uint8_t seq = 1; seq <= 3; seq++) {
        (void)see(request(4, seq), 0);
        (void)see(reply(4, seq), 0);
        assert_int_equal(see(reply(4, seq), 0) != NULL, seq == 1);
    }
    assert_null(diagnosis_wait(&diagnosis, 3, 3000));
}

static void
test_two_replies(void **state)
{
    char wanted[FINDING_LINE];

    (void)state;
    assert_null(see(request(4, 1), 0));
    assert_null(see(reply(4, 1), 0));
    assert_null(see(request(4, 2), 1000));
    assert_null(see(reply(4, 2), 1000));
    snprintf(wanted, sizeof wanted, "ho0: the kernel answers 192.0.2.1's pings of 192.0.2.2 too (two replies with id 48879, "
             "seq 2 went out): turn its echo off: %s", platform_quiet_echo(4));
    assert_string_equal(see(reply(4, 2), 1000), wanted);
}

static void
test_two_replies_though_the_kernel_is_silent(void **state)
{
    (void)state;
    assert_null(see(request(6, 1), 0));
    assert_null(see(reply(6, 1), 0));
    assert_begins(see(reply(6, 1), 0), "ho0: something else on this system answers fd00:db8::1's pings of fd00:db8::2 too "
                                       "(two replies with id 48879, seq 1 went out): stop it, ");
}

/* Some clients never change the sequence number: there are many replies, but one to each request. */
static void
test_one_reply_to_each_request(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        assert_null(see(request(4, 0), i));
        assert_null(see(reply(4, 0), i));
    }
}

/* Of a request that was not seen, nobody knows how often it was sent. */
static void
test_replies_without_a_request(void **state)
{
    (void)state;
    assert_null(see(reply(4, 1), 0));
    assert_null(see(reply(4, 1), 0));
}

/* What went by between two looks may be what makes the difference. */
static void
test_replies_of_two_looks(void **state)
{
    (void)state;
    assert_null(see(request(4, 0), 0));
    assert_null(see(reply(4, 0), 0));
    diagnosis_look(&diagnosis, PLATFORM_ECHO_ON, PLATFORM_ECHO_OFF);
    assert_null(see(reply(4, 0), MINUTE_MS));
}

static void
test_the_kernel_begins_to_answer(void **state)
{
    (void)state;
    diagnosis_look(&diagnosis, PLATFORM_ECHO_OFF, PLATFORM_ECHO_ON);
    assert_null(see(request(6, 1), 0));
    assert_null(see(reply(6, 1), 0));
    assert_begins(see(reply(6, 1), 0), "ho0: the kernel answers fd00:db8::1's pings of fd00:db8::2 too ");
}

static void
test_replies_of_others(void **state)
{
    struct craft from_other = reply(4, 1), to_other = request(4, 1);

    (void)state;
    memcpy(from_other.data + from_other.l3 + 12, other4.bytes, 4);
    memcpy(to_other.data + to_other.l3 + 16, other4.bytes, 4);
    assert_null(see(to_other, 0));
    assert_null(see(from_other, 0));
    assert_null(see(from_other, 0));
}

/* --- other hosts */

static void
test_another_host(void **state)
{
    struct craft craft = reply(4, 1);

    (void)state;
    craft.data[LINK_MAC_LEN + 5] = 0x77;
    assert_string_equal(see(craft, 0), "ho0: another host (MAC 02:00:00:00:00:77) answers for 192.0.2.2 too: "
                                       "leave it out with -x 192.0.2.2");
    iface.is_loopback = true; /* there all MAC addresses are zero, and all replies our own */
    diagnosis.histories[FINDING_HOST_ANSWERS][0].is_due = true;
    assert_null(see(craft, 20 * MINUTE_MS));
}

/* What was sent before the interface got another MAC address may be seen after that. */
static void
test_the_mac_before(void **state)
{
    struct craft craft = reply(4, 1);

    (void)state;
    diagnosis_note_mac(&diagnosis, &iface);
    iface.mac[5] = 0x66;
    diagnosis_note_mac(&diagnosis, &iface);
    assert_null(see(craft, 0));
    craft.data[11] = 0x77;
    assert_non_null(see(craft, 0));
}

/* With -e, pongd's MAC address is not the kernel's. */
static void
test_the_kernel_has_another_mac(void **state)
{
    struct craft craft = request(4, 1);

    (void)state;
    craft.data[5] = 0x55;
    memcpy(diagnosis.setting.kernel_mac, host_mac, sizeof host_mac);
    diagnosis.setting.has_kernel_mac = true;
    iface.mac[5] = 0x55;
    assert_null(see(craft, 0));
    assert_null(see(reply(4, 1), 0));
    assert_begins(see(reply(4, 1), 0), "ho0: the kernel answers");
}

/* --- verdicts */

static void
test_another_mac(void **state)
{
    struct craft craft = request(4, 1);

    (void)state;
    assert_null(judge(craft, craft.len, 0));
    craft.data[5] = 0x99;
    assert_string_equal(judge(craft, craft.len, 0),
                        "ho0: echo requests for 192.0.2.2 are sent to 02:00:00:00:00:99, which is another MAC address: "
                        "answer there with -e 02:00:00:00:00:99, or mend the neighbour entry of 192.0.2.1");
    memcpy(craft.data + craft.l3 + 16, other4.bytes, 4);
    craft_seal(&craft);
    assert_null(judge(craft, craft.len, 60 * MINUTE_MS));
}

/* Verdicts are not the only ones to tell: with -e there is none. */
static void
test_another_mac_on_the_wire(void **state)
{
    struct craft craft = request(4, 1), other = request(4, 1);

    (void)state;
    assert_true(served_add(&list, &iface.addresses, &other4, 31, ADDRESSES_ANSWER));
    craft.data[5] = other.data[5] = 0x99;
    memcpy(other.data + other.l3 + 16, (const uint8_t[]){192, 0, 2, 3}, 4);
    assert_null(see(other, 0)); /* a prefix may hold other hosts */
    assert_begins(see(craft, 0), "ho0: echo requests for 192.0.2.2 are sent to 02:00:00:00:00:99, which is another MAC");
    assert_null(see(craft, 0));
}

/* Where a capture has both directions, our own requests are in it. */
static void
test_our_own_request_to_another_mac(void **state)
{
    struct craft craft = request(4, 1);

    (void)state;
    memcpy(craft.data + LINK_MAC_LEN, host_mac, LINK_MAC_LEN);
    craft.data[5] = 0x99;
    assert_null(judge(craft, craft.len, 0));
}

static void
test_snaplen(void **state)
{
    struct craft craft = request(6, 1);

    (void)state;
    assert_null(judge(craft, 10, 0));
    assert_string_equal(judge(craft, 80, 0), "ho0: echo requests for fd00:db8::2 are captured short, 80 bytes of 118, "
                                             "and not answered: give -s 118 or more");
}

static void
test_vlan(void **state)
{
    struct craft craft = request(4, 1);

    (void)state;
    craft_tag(&craft, 0x8100, 0x200a);
    assert_string_equal(judge(craft, craft.len, 0),
                        "ho0: echo requests for 192.0.2.2 come in VLAN 10, which is not answered: "
                                                    "give --vlan 10, or -i ho0.10");
    craft.data[5] = 0x99;
    assert_null(judge(craft, craft.len, 60 * MINUTE_MS));
}

static void
test_two_tags(void **state)
{
    struct craft craft = request(4, 1), reserved = request(4, 1);

    (void)state;
    craft_tag(&craft, 0x8100, 20);
    craft_tag(&craft, 0x88a8, 10);
    craft_tag(&reserved, 0x8100, 4095);
    assert_null(judge(reserved, reserved.len, 0));
    assert_string_equal(judge(craft, craft.len, 0), "ho0: echo requests for 192.0.2.2 come in VLAN 10,20, which is not "
                                                    "answered: give --vlan 10,20");
}

static void
test_no_other_verdict(void **state)
{
    struct craft craft = request(4, 1);

    (void)state;
    craft.data[craft.l4 + 2] ^= 1;
    assert_null(judge(craft, craft.len, 0));
}

/* --- how often */

static void
test_told_again_only_after_it_was_away(void **state)
{
    struct craft craft = request(4, 1);
    uint64_t now_ms = 0;

    (void)state;
    craft.data[5] = 0x99;
    assert_non_null(judge(craft, craft.len, now_ms));
    for (; now_ms < 60 * MINUTE_MS; now_ms += MINUTE_MS)
        assert_null(judge(craft, craft.len, now_ms));
    now_ms += 3 * MINUTE_MS;
    assert_non_null(judge(craft, craft.len, now_ms));
    now_ms += 3 * MINUTE_MS;
    assert_null(judge(craft, craft.len, now_ms)); /* ten minutes are not over */
    now_ms += 2 * MINUTE_MS;
    assert_null(judge(craft, craft.len, now_ms));
    for (unsigned i = 0; i < 4; i++, now_ms += MINUTE_MS)
        assert_null(judge(craft, craft.len, now_ms));
    now_ms += MINUTE_MS;
    assert_non_null(judge(craft, craft.len, now_ms)); /* now they are */
}

static void
test_link(void **state)
{
    (void)state;
    assert_null(diagnosis_link(&diagnosis, true, 0));
    assert_begins(diagnosis_link(&diagnosis, false, 0), "ho0: the interface is down: bring it up");
    assert_null(diagnosis_link(&diagnosis, false, 1000));
    assert_string_equal(diagnosis_link(&diagnosis, true, 2000), "ho0: the interface is up again");
    assert_null(diagnosis_link(&diagnosis, false, 3000)); /* it flaps */
    assert_null(diagnosis_link(&diagnosis, true, 4000));
    assert_null(diagnosis_link(&diagnosis, true, 5000));
    assert_null(diagnosis_link(&diagnosis, false, 6000));
    for (uint64_t now_ms = 7000; now_ms < 10 * MINUTE_MS; now_ms += 1000)
        assert_null(diagnosis_link(&diagnosis, false, now_ms));
    assert_non_null(diagnosis_link(&diagnosis, false, 10 * MINUTE_MS)); /* it is down still */
    assert_non_null(diagnosis_link(&diagnosis, true, 11 * MINUTE_MS));
}

/* --- what is kept out */

static const char *
see_and_wait(struct craft craft, unsigned requests, uint64_t frames)
{
    for (unsigned i = 0; i < requests; i++)
        assert_null(see(craft, i * 1000));
    assert_null(diagnosis_wait(&diagnosis, frames, 9999));
    return diagnosis_wait(&diagnosis, frames, 10000);
}

static void
test_expression(void **state)
{
    (void)state;
    diagnosis.setting.expression = "src host 192.0.2.9";
    assert_null(see_and_wait(request(4, 1), 1, 0)); /* too few */
    assert_string_equal(see_and_wait(request(4, 1), 2, 0),
                        "ho0: echo requests for 192.0.2.2 come in from 192.0.2.1, and none has passed the filter "
                        "expression: "
                        "change it, or leave it out");
}

static void
test_expression_that_matches(void **state)
{
    (void)state;
    diagnosis.setting.expression = "src host 192.0.2.1";
    assert_null(see_and_wait(request(4, 1), 5, 1));
    assert_null(diagnosis_wait(&diagnosis, 1, MINUTE_MS));
}

/* Who is kept out here may be answered by somebody else. */
static void
test_expression_and_a_reply(void **state)
{
    (void)state;
    diagnosis.setting.expression = "src host 192.0.2.9";
    assert_null(see(request(4, 1), 0));
    assert_null(see(request(4, 2), 1));
    assert_null(see(reply(4, 1), 2));
    assert_null(see(reply(4, 2), 2));
    assert_null(diagnosis_wait(&diagnosis, 0, MINUTE_MS));
}

static void
test_no_expression(void **state)
{
    (void)state;
    assert_null(see_and_wait(request(4, 1), 5, 0));
}

static void
test_version(void **state)
{
    (void)state;
    policy.ipv6 = false;
    served_init(&list, &iface.addresses);
    assert_string_equal(see_and_wait(request(6, 1), 2, 0),
                        "ho0: echo requests for fd00:db8::2 come in from fd00:db8::1, and "
                                                           "only IPv4 is answered: leave -4 out");
}

/* --- any bytes */

static void
test_cut_frames(void **state)
{
    const struct craft crafts[] = {request(4, 1), reply(4, 1), request(6, 1), reply(6, 1)};

    (void)state;
    for (size_t i = 0; i < COUNT(crafts); i++)
        for (size_t caplen = 0; caplen < crafts[i].len; caplen++) {
            struct frame frame = frame_of(&crafts[i]);
            uint8_t exact[CRAFT_MAX];

            memcpy(exact + sizeof exact - caplen, crafts[i].data, caplen);
            frame.data = exact + sizeof exact - caplen;
            frame.caplen = caplen;
            (void)diagnosis_see(&diagnosis, &frame, 0, 0);
            (void)judge(crafts[i], caplen, 0);
        }
}

static void
test_long_lines_are_cut(void **state)
{
    static char name[2 * FINDING_LINE];
    const struct finding_facts facts = {.interface = name};
    char line[FINDING_LINE];

    (void)state;
    memset(name, 'x', sizeof name - 1);
    finding_print(FINDING_LINK_DOWN, &facts, line);
    assert_int_equal(strlen(line), sizeof line - 1);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, set_up)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(own_addresses),
        TEST(single_replies_clear_the_kernel),
        TEST(proof_takes_the_place_of_suspicion),
        TEST(two_replies),
        TEST(two_replies_though_the_kernel_is_silent),
        TEST(one_reply_to_each_request),
        TEST(replies_without_a_request),
        TEST(replies_of_two_looks),
        TEST(the_kernel_begins_to_answer),
        TEST(replies_of_others),
        TEST(another_host),
        TEST(the_mac_before),
        TEST(the_kernel_has_another_mac),
        TEST(another_mac),
        TEST(another_mac_on_the_wire),
        TEST(our_own_request_to_another_mac),
        TEST(snaplen),
        TEST(vlan),
        TEST(two_tags),
        TEST(no_other_verdict),
        TEST(told_again_only_after_it_was_away),
        TEST(link),
        TEST(expression),
        TEST(expression_that_matches),
        TEST(expression_and_a_reply),
        TEST(no_expression),
        TEST(version),
        TEST(cut_frames),
        TEST(long_lines_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
