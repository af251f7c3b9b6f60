/* Golden captures: each request in pcaps/ is answered as the kernel that is recorded there did, byte for byte.
 *
 * What may differ is what hosts choose for themselves: IP ID (and with it the header checksum), flow label, padding, and the
 * address in a cooked header.  Each frame is also fed cut at every length, in memory of exactly that size. */
#include "config.h"

#include "unit.h"

#include <sys/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "parse.h"
#include "replay/captures.h"
#include "responder/packet.h"
#include "served.h"

enum { FRAMES_MAX = 256 };

struct recorded {
    uint8_t *data;
    size_t len;
    uint64_t ts_ns;
    struct packet packet;
    bool is_taken; /* a reply that was found to belong to a request */
};

struct capture {
    const char *name;
    struct port *port;
    struct iface iface;
    struct recorded frames[FRAMES_MAX];
    size_t count;
};

static const char *folder;
static struct responder responder;
static struct served list;
static struct policy everything = {.ipv4 = true, .ipv6 = true};

/* The kernel that was recorded: its addresses, and its MAC address where the frames name one. */
static void
stand_in(struct iface *iface, const char *name)
{
    static const struct {
        const char *prefix;
        enum addresses_role role;
    } served[] = {
        {"192.0.2.2", ADDRESSES_ANSWER}, {"192.0.2.0/24", ADDRESSES_ONLINK}, {"fd00:db8::2", ADDRESSES_ANSWER},
        {"fd00:db8::/64", ADDRESSES_ONLINK}, {"fe80::2", ADDRESSES_ANSWER}, {"127.0.0.1", ADDRESSES_ANSWER},
        {"::1", ADDRESSES_ANSWER},
    };
    char errbuf[PORT_ERRBUF];

    served_init(&list, &iface->addresses);
    for (size_t i = 0; i < COUNT(served); i++) {
        struct address address;
        unsigned len;

        assert_int_equal(parse_prefix(served[i].prefix, &address, &len, errbuf), 0);
        assert_true(served_add(&list, &iface->addresses, &address, len, served[i].role));
    }
    iface->has_mac = iface->link == LINK_EN10MB && strncmp(name, "lo", 2) != 0;
    iface->mtu = strncmp(name, "lo", 2) == 0 ? 65536 : 1500;
    memcpy(iface->mac, "\x02\0\0\0\0\x02", LINK_MAC_LEN);
}

static void
load(struct capture *capture, const char *name)
{
    struct savefile_options options = {.policy = &everything};
    char path[4096], errbuf[PORT_ERRBUF];
    struct frame frame;

    memset(capture, 0, sizeof *capture);
    capture->name = name;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    capture->port = savefile_open(path, &options, errbuf);
    if (capture->port == NULL)
        fail_msg("%s", errbuf);
    capture->iface = capture->port->iface;
    while (capture->port->ops->next(capture->port, &frame) == PORT_DONE) {
        struct recorded *recorded = &capture->frames[capture->count++];

        assert_true(capture->count < FRAMES_MAX);
        assert_int_equal(frame.caplen, frame.len);
        recorded->data = malloc(frame.len); /* its exact size, so that a byte too far is found */
        assert_non_null(recorded->data);
        recorded->len = frame.len;
        recorded->ts_ns = frame.ts_ns;
        memcpy(recorded->data, frame.data, frame.len);
        packet_read(capture->iface.link, (struct bytes){recorded->data, recorded->len}, &recorded->packet);
    }
    stand_in(&capture->iface, name);
    responder_init(&responder, 1);
    for (unsigned vid = 1; vid < 4095; vid++)
        responder_add_vlan(&responder, vid);
}

static void
unload(struct capture *capture)
{
    for (size_t i = 0; i < capture->count; i++)
        free(capture->frames[i].data);
    capture->port->ops->close(capture->port);
}

static void
judge(const struct capture *capture, const struct recorded *recorded, struct outcome *outcome)
{
    struct frame frame = {.data = recorded->data, .caplen = recorded->len, .len = recorded->len, .ts_ns = recorded->ts_ns,
                          .iface = &capture->iface};

    respond(&responder, &frame, outcome);
}

static void
judge_bytes(const struct capture *capture, const uint8_t *data, size_t caplen, size_t len, struct outcome *outcome)
{
    struct frame frame = {.data = data, .caplen = caplen, .len = len, .iface = &capture->iface};

    respond(&responder, &frame, outcome);
}

static bool
is_echo_reply(const struct packet *packet)
{
    return packet->has_icmp && packet->icmp_is_whole &&
           packet->icmp.type == (packet->version == 6 ? ICMPV6_ECHO_REPLY : ICMP_ECHO_REPLY);
}

static bool
is_reply_to(const struct packet *reply, const struct request *request)
{
    return is_echo_reply(reply) && reply->version == request->src.version &&
           reply->icmp.id == request->id && reply->icmp.seq == request->seq &&
           memcmp(&reply->dst, &request->src, sizeof reply->dst) == 0;
}

/* The number of the frame after `request` that answers it, or capture->count. */
static size_t
find_reply(const struct capture *capture, size_t from, const struct request *request)
{
    size_t i = from + 1;

    while (i < capture->count && (capture->frames[i].is_taken || !is_reply_to(&capture->frames[i].packet, request)))
        i++;
    return i;
}

/* The number of the next later fragment of the same sender. */
static size_t
find_fragment(const struct capture *capture, size_t from)
{
    const struct address *src = &capture->frames[from].packet.src;
    size_t i = from + 1;

    while (i < capture->count && (capture->frames[i].packet.ipv4.fragment_offset == 0 &&
                                  capture->frames[i].packet.ipv6.fragment_offset == 0))
        i++;
    assert_true(i < capture->count && memcmp(&capture->frames[i].packet.src, src, sizeof *src) == 0);
    return i;
}

/* Makes equal what hosts choose for themselves. */
static void
mask(uint8_t *frame, size_t l3)
{
    if (frame[l3] >> 4 == 4) {
        memset(frame + l3 + 4, 0, 2);
        memset(frame + l3 + 10, 0, 2);
    } else {
        frame[l3 + 1] &= 0xf0;
        memset(frame + l3 + 2, 0, 2);
        if (frame[l3 + 6] == IPV6_NEXT_FRAGMENT)
            memset(frame + l3 + 44, 0, 4);
    }
}

/* The kernel reads its clock a little later than the capture did: times in a Timestamp option may differ by some ms. */
static void
level_times(uint8_t *ours, const uint8_t *theirs)
{
    enum { TIMESTAMP = 68, SLACK_MS = 20 };
    size_t header_len = (theirs[0] & 15U) * 4;

    if (theirs[0] >> 4 != 4 || header_len == 20 || theirs[20] != TIMESTAMP)
        return;
    for (size_t at = 24; at + 4 <= header_len; at += 4)
        if (load_be32(theirs + at) - load_be32(ours + at) <= SLACK_MS)
            memcpy(ours + at, theirs + at, 4);
}

/* Copies a recorded reply without a priority tag: on the trunk that was recorded each frame has one, a host sends none. */
static size_t
copy_reply(uint8_t *to, const struct recorded *reply)
{
    size_t tag = reply->packet.link.tag_count == 1 && link_tag_vid(reply->packet.link.tags[0]) == 0 ? 4 : 0;
    size_t macs = tag > 0 ? 2 * LINK_MAC_LEN : 0;

    memcpy(to, reply->data, macs);
    memcpy(to + macs, reply->data + macs + tag, reply->len - macs - tag);
    return reply->len - tag;
}

static void
compare(const struct capture *capture, size_t number, const struct reply *ours, const struct recorded *theirs)
{
    uint8_t a[70000], b[70000];
    size_t len = copy_reply(b, theirs), l3 = theirs->packet.link.header_len - (theirs->len - len);
    bool is_cooked = capture->iface.link == LINK_LINUX_SLL || capture->iface.link == LINK_LINUX_SLL2;
    size_t from = is_cooked ? l3 : 0;

    assert_true(ours->len >= len && ours->len < sizeof a);
    memcpy(a, ours->data, ours->len);
    mask(a, l3);
    mask(b, l3);
    level_times(a + l3, b + l3);
    for (size_t i = from; i < len; i++)
        if (a[i] != b[i])
            fail_msg("%s frame %zu: byte %zu is %02x, the kernel's is %02x", capture->name, number + 1, i, a[i], b[i]);
    for (size_t i = len; i < ours->len; i++)
        assert_int_equal(ours->data[i], 0);
}

/* Compares a reply, and where it is in fragments each of them, with what was recorded from frame `reply` on. */
static void
compare_all(struct capture *capture, size_t number, size_t reply, const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->reply_count; i++) {
        if (i > 0)
            reply = find_fragment(capture, reply);
        capture->frames[reply].is_taken = true;
        compare(capture, number, &outcome->replies[i], &capture->frames[reply]);
    }
}

static void
test_agrees_with_the_kernel(void **state)
{
    static struct capture capture;
    size_t answered = 0;

    load(&capture, *state);
    for (size_t i = 0; i < capture.count; i++) {
        struct outcome outcome;
        size_t reply;

        judge(&capture, &capture.frames[i], &outcome);
        reply = outcome.request.kind == REQUEST_ECHO ? find_reply(&capture, i, &outcome.request) : capture.count;
        if ((reply < capture.count) != (outcome.verdict == VERDICT_ANSWERED))
            fail_msg("%s frame %zu: %s, the kernel's reply is %s", capture.name, i + 1, verdict_name(outcome.verdict),
                     reply < capture.count ? "there" : "not");
        if (outcome.verdict == VERDICT_ANSWERED) {
            compare_all(&capture, i, reply, &outcome);
            answered++;
        }
    }
    for (size_t i = 0; i < capture.count; i++) /* every recorded reply was ours too */
        if (is_echo_reply(&capture.frames[i].packet) && !capture.frames[i].is_taken)
            fail_msg("%s frame %zu: a reply that we did not give", capture.name, i + 1);
    if (answered == 0 && strncmp(capture.name, "timestamp", 9) != 0)
        fail_msg("%s shows nothing", capture.name);
    unload(&capture);
}

/* Feeds a frame's first `len` bytes, once as captured short and once as if the wire had brought no more. */
static void
feed_cut(const struct capture *capture, const struct recorded *frame, size_t len, enum verdict whole)
{
    uint8_t *cut = malloc(len > 0 ? len : 1);
    struct outcome outcome;

    assert_non_null(cut);
    memcpy(cut, frame->data, len);
    judge_bytes(capture, cut, len, frame->len, &outcome);
    assert_int_equal(outcome.verdict, VERDICT_CAP_TRUNC);
    judge_bytes(capture, cut, len, len, &outcome);
    if (outcome.verdict == VERDICT_ANSWERED) /* only what was cut off was padding */
        assert_int_equal(whole, VERDICT_ANSWERED);
    free(cut);
}

static void
test_cut_at_every_length(void **state)
{
    static struct capture capture;

    load(&capture, *state);
    for (size_t i = 0; i < capture.count; i++) {
        struct outcome outcome;

        judge(&capture, &capture.frames[i], &outcome);
        for (size_t len = 0; len < capture.frames[i].len; len++)
            feed_cut(&capture, &capture.frames[i], len, outcome.verdict);
    }
    unload(&capture);
}

/* What is sent is never answered, not even by a responder that serves every address and takes every MAC address. */
static void
test_no_answer_to_an_answer(void **state)
{
    static struct capture capture;
    static uint8_t back[RESPONDER_REPLY_MAX];

    load(&capture, *state);
    capture.iface = capture.port->iface;
    for (size_t i = 0; i < capture.count; i++) {
        struct outcome outcome;
        size_t len;

        judge(&capture, &capture.frames[i], &outcome);
        for (size_t j = 0, count = outcome.reply_count; j < count; j++) {
            len = responder.replies[j].len;
            memcpy(back, responder.replies[j].data, len);
            judge_bytes(&capture, back, len, len, &outcome);
            assert_int_equal(outcome.reply_count, 0);
        }
    }
    unload(&capture);
}

int
main(void)
{
    static const struct {
        const char *what;
        CMUnitTestFunction test;
    } kinds[] = {
        {"agrees with the kernel", test_agrees_with_the_kernel},
        {"cut at every length", test_cut_at_every_length},
        {"no answer to an answer", test_no_answer_to_an_answer},
    };
    static struct CMUnitTest tests[COUNT(kinds) * CAPTURES_MAX];
    static char titles[COUNT(kinds) * CAPTURES_MAX][128], path[4096];
    char *names[CAPTURES_MAX];
    const char *srcdir = getenv("srcdir");
    size_t captures, count = 0;
    int failed;

    snprintf(path, sizeof path, "%s/pcaps", srcdir != NULL ? srcdir : ".");
    folder = path;
    captures = captures_list(folder, names);
    if (captures == 0) {
        fprintf(stderr, "%s: no captures there\n", folder);
        return 1;
    }
    for (size_t kind = 0; kind < COUNT(kinds); kind++)
        for (size_t i = 0; i < captures; i++, count++) {
            snprintf(titles[count], sizeof titles[count], "%.60s: %s", names[i], kinds[kind].what);
            tests[count] = (struct CMUnitTest){
                .name = titles[count], .test_func = kinds[kind].test, .initial_state = names[i]};
        }
    failed = _cmocka_run_group_tests("replay", tests, count, NULL, NULL);
    for (size_t i = 0; i < captures; i++)
        free(names[i]);
    return failed;
}
