/* Plays what fuzz_rules reads: the text of rules, and behind a null byte requests, four bytes each, answered by them. */
#include <stdlib.h>
#include <string.h>

#include "codec/checksum.h"
#include "hold.h"
#include "play.h"
#include "require.h"
#include "responder/packet.h"
#include "responder/responder.h"
#include "rule_set.h"
#include "rule_text.h"
#include "served.h"

enum {
    REQUEST_LEN = 4, /* | enum shape 1 | TTL 1 | size in units of 8 bytes 1 | sequence number 1 | */
    REQUESTS_MOST = 64,
    FRAME_ROOM = 4096,
    MTU = 1500,
    IPV6_LEAST_MTU = 1280,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    BAD_SUM = 0x40, /* of ICMP, and so has the reply */
    TAGGED = 0x80
};

/* What requests look like, in the low bits of their first byte. */
enum shape { ECHO4, ECHO6, UDP4, UDP6, TIMESTAMP4, FIRST4, DONT4, OTHER4, TCP4, SHAPES };

/* When nothing is said about requests. */
static const uint8_t usual[] = {
    ECHO4, 64, 7, 1, ECHO4, 64, 7, 2, ECHO4, 64, 7, 3, ECHO6, 64, 7, 1, ECHO6, 64, 7, 2, UDP4, 1, 4, 0, UDP4, 3, 4, 0,
    UDP6, 2, 4, 0, ECHO4, 2, 7, 4, DONT4, 64, 180, 5, ECHO6, 64, 180, 3, TIMESTAMP4, 64, 0, 9, FIRST4, 1, 4, 1,
    OTHER4, 64, 0, 1, ECHO4 | TAGGED, 64, 0, 6, ECHO4, 64, 255, 7, TCP4, 1, 4, 0,
};

/* A responder and the rules that it goes by. */
struct side {
    struct responder responder;
    struct rule_set set;
};

static struct side sides[2];
static struct served list;
static struct iface iface;

/* --- frames */

static void
write_headers4(struct writer *writer, enum shape shape, uint8_t ttl, size_t len)
{
    static const uint8_t src[] = {192, 0, 2, 1};
    uint8_t dst[] = {192, 0, 2, shape == OTHER4 ? 9 : 2}, *header = writer->at;

    writer_be16(writer, 0x4500);
    writer_be16(writer, (uint16_t)(IPV4_HEADER_LEN + len));
    writer_be16(writer, 7);
    writer_be16(writer, shape == DONT4 ? 0x4000 : shape == FIRST4 ? 0x2000 : 0);
    writer_u8(writer, ttl);
    writer_u8(writer, shape == UDP4 ? PROTOCOL_UDP : shape == TCP4 ? PROTOCOL_TCP : IPV4_PROTOCOL_ICMP);
    writer_be16(writer, 0);
    writer_put(writer, src, sizeof src);
    writer_put(writer, dst, sizeof dst);
    store_be16(header + 10, checksum(header, IPV4_HEADER_LEN));
}

static const uint8_t client6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, host6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 2};

static void
write_headers6(struct writer *writer, enum shape shape, uint8_t ttl, size_t len)
{
    writer_be32(writer, 0x60000000);
    writer_be16(writer, (uint16_t)len);
    writer_u8(writer, shape == UDP6 ? PROTOCOL_UDP : IPV6_NEXT_ICMPV6);
    writer_u8(writer, ttl);
    writer_put(writer, client6, sizeof client6);
    writer_put(writer, host6, sizeof host6);
}

/* An ICMP message, or what stands for UDP, whose header is as long; its data begin with a time, as those of ping do. */
static void
write_message(struct writer *writer, enum shape shape, const uint8_t *request, uint64_t ts_ns)
{
    static const uint8_t types[SHAPES] = {8, 128, 0, 0, 13, 8, 8, 8, 0};
    uint64_t seconds = ts_ns / UINT64_C(1000000000), sum = 0;
    uint8_t *start = writer->at;
    size_t size = shape == TIMESTAMP4 ? 12 : (size_t)request[2] * 8;

    writer_be16(writer, (uint16_t)(types[shape] << 8));
    writer_be16(writer, 0);
    writer_be16(writer, 7);
    writer_be16(writer, request[3]);
    for (size_t i = 0; i < size; i++)
        writer_u8(writer, (uint8_t)(i < 8 ? seconds >> 8 * i : i < 16 ? 0 : i));
    if (shape == ECHO6)
        sum = checksum_pseudo6(client6, host6, (uint32_t)(size + ICMP_HEADER_LEN), IPV6_NEXT_ICMPV6);
    sum = checksum_add(sum, start, size + ICMP_HEADER_LEN) + ((request[0] & BAD_SUM) != 0);
    store_be16(start + 2, (uint16_t)~checksum_fold(sum));
}

/* Writes the frame of a request.  Returns its length. */
static size_t
write_frame(uint8_t frame[static FRAME_ROOM], const uint8_t *request, uint64_t ts_ns)
{
    static const uint8_t macs[] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
    enum shape shape = (enum shape)(request[0] % SHAPES);
    bool is_6 = shape == ECHO6 || shape == UDP6;
    size_t len = ICMP_HEADER_LEN + (shape == TIMESTAMP4 ? 12 : (size_t)request[2] * 8);
    struct writer writer = {frame, FRAME_ROOM, false};

    writer_put(&writer, macs, sizeof macs);
    if ((request[0] & TAGGED) != 0)
        writer_be32(&writer, 0x81000000 | 10);
    writer_be16(&writer, is_6 ? LINK_PROTOCOL_IPV6 : LINK_PROTOCOL_IPV4);
    if (is_6)
        write_headers6(&writer, shape, request[1], len);
    else
        write_headers4(&writer, shape, request[1], len);
    write_message(&writer, shape, request, ts_ns);
    require(!writer.overflow);
    return (size_t)(writer.at - frame);
}

/* --- what must hold */

static bool
has_action(const struct rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->term_count; i++)
        if (strcmp(rules->terms[i].row->name, name) == 0)
            return true;
    return false;
}

/* But for what rules are told to make wrong, a reply is right. */
static void
check_reply(const struct rules *rules, const struct frame *frame, const struct reply *reply, bool is_sum_bad)
{
    struct packet packet;
    size_t mtu = MTU;

    is_sum_bad |= has_action(rules, "checksum bad");

    require(reply->ts_ns >= frame->ts_ns && reply->len <= RESPONDER_REPLY_MAX);
    packet_read(LINK_EN10MB, (struct bytes){reply->data, reply->len}, &packet);
    require(packet.link_status == LINK_OK && reply->len >= LINK_ETHERNET_MIN);
    require(reply->len <= packet.link.header_len + mtu || reply->len == LINK_ETHERNET_MIN);
    if (packet.version == 6) {
        require(packet.ipv6_status == IPV6_OK);
        if (packet.ipv6_walk == IPV6_FRAGMENT)
            return;
        require(packet.ipv6_walk == IPV6_OK && packet.has_icmp);
        require(icmp_sum6_is_right(&packet.icmp, packet.ipv6.src, packet.ipv6.dst) || is_sum_bad);
        return;
    }
    require(packet.version == 4 && packet.ipv4.protocol == IPV4_PROTOCOL_ICMP);
    require(packet.ipv4_status == IPV4_OK || (packet.ipv4_status == IPV4_BAD_SUM && has_action(rules, "ip-checksum bad")));
    if (packet.ipv4.more_fragments || packet.ipv4.fragment_offset > 0 || packet.ipv4_status != IPV4_OK)
        return;
    require(packet.has_icmp);
    require(icmp_sum_is_right(&packet.icmp) || is_sum_bad);
}

static void
check_outcome(const struct rules *rules, const struct frame *frame, const struct outcome *outcome, bool is_sum_bad)
{
    require(outcome->verdict < VERDICTS && outcome->reply_count <= RESPONDER_REPLIES);
    require(rules->count >= 64 || outcome->rules >> rules->count == 0);
    require(outcome->verdict != VERDICT_RULE_DROP || (outcome->reply_count == 0 && outcome->rules != 0));
    require(outcome->verdict != VERDICT_ANSWERED || outcome->reply_count > 0);
    for (size_t i = 0; i < outcome->reply_count; i++)
        check_reply(rules, frame, &outcome->replies[i], is_sum_bad);
}

/* The other side, whose rules are those that were printed, answers the same. */
static void
check_same(const struct outcome *one, const struct outcome *other)
{
    require(one->verdict == other->verdict && one->rules == other->rules && one->reply_count == other->reply_count);
    require(one->flow == other->flow && one->behind == other->behind);
    for (size_t i = 0; i < one->reply_count; i++) {
        const struct reply *a = &one->replies[i], *b = &other->replies[i];

        require(a->ts_ns == b->ts_ns && a->len == b->len && memcmp(a->data, b->data, a->len) == 0);
    }
}

/* The same rules read anew, as with a reload: they go on where they were, and so both sides still answer the same.  A rule
 * that was not there before takes nothing over. */
static void
renew(struct side *side)
{
    struct rule_set fresh = {.rule_room = 0}, fewer = {.rule_room = 0};
    char errbuf[PORT_ERRBUF];

    require(rule_set_add_rules(&fresh, &side->set.rules, 0, errbuf) == 0);
    require(rule_set_add_rules(&fewer, &side->set.rules, 1, errbuf) == 0);
    rules_seed(&fresh.rules, 1);
    rules_inherit(&fresh.rules, &fewer.rules);
    rule_set_free(&fewer);
    rules_inherit(&fresh.rules, &side->set.rules);
    for (size_t i = 0; i < fresh.rules.count; i++)
        require(fresh.rules.rules[i].hits == side->set.rules.rules[i].hits);
    rule_set_free(&side->set);
    side->set = fresh;
    side->responder.rules = side->set.rules.count > 0 ? &side->set.rules : NULL;
}

static void
play(const uint8_t *requests, size_t count, struct play_count *played)
{
    uint64_t ts_ns = UINT64_C(1700000000000000000);

    hold_begin();
    if (count > REQUESTS_MOST)
        count = REQUESTS_MOST;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *request = requests + i * REQUEST_LEN;
        uint8_t room[FRAME_ROOM], *exact;
        struct outcome outcomes[2];
        struct frame frame;

        ts_ns += (uint64_t)request[3] * 1000000;
        frame = (struct frame){.len = write_frame(room, request, ts_ns), .ts_ns = ts_ns, .iface = &iface};
        frame.caplen = frame.len;
        exact = malloc(frame.len); /* so that AddressSanitizer sees what is read beyond it */
        require(exact != NULL);
        memcpy(exact, room, frame.len);
        frame.data = exact;
        for (size_t side = 0; side < 2; side++)
            respond(&sides[side].responder, &frame, &outcomes[side]);
        check_outcome(&sides[0].set.rules, &frame, &outcomes[0], (request[0] & BAD_SUM) != 0);
        check_same(&outcomes[0], &outcomes[1]);
        hold_outcome(&frame, &outcomes[0]);
        played->frames++;
        played->answered += outcomes[0].reply_count > 0;
        if (i == count / 2)
            renew(&sides[1]);
        free(exact);
    }
    hold_end();
}

/* --- text */

/* What was wrong is one line, and shows where. */
static void
check_errbuf(const char errbuf[static PORT_ERRBUF])
{
    const char *end = memchr(errbuf, '\0', PORT_ERRBUF);

    require(end != NULL && strncmp(errbuf, "f:", 2) == 0);
    for (const char *at = errbuf; at < end; at++)
        require(*at >= ' ' && *at <= '~');
}

/* Prints each rule, and has the other side read them: they are the same then, and are printed the same. */
static void
copy_printed(void)
{
    const struct rules *rules = &sides[0].set.rules, *others = &sides[1].set.rules;
    char errbuf[PORT_ERRBUF];

    for (size_t i = 0; i < rules->count; i++) {
        char *text = rule_text_make(rules, i), *again;

        require(text != NULL);
        require(rule_set_add_text(&sides[1].set, text, strlen(text), NULL, errbuf) == 0);
        require(others->count == i + 1);
        again = rule_text_make(others, i);
        require(again != NULL && strcmp(text, again) == 0);
        require(rules->rules[i].hash == others->rules[i].hash && rules->rules[i].is_path == others->rules[i].is_path);
        free(again);
        free(text);
    }
    require(rules_have_path(rules) == rules_have_path(others));
}

static void
start(struct side *side)
{
    responder_init(&side->responder, 1);
    side->responder.answers_timestamp = true;
    side->responder.bad_checksum = BAD_CHECKSUM_PRESERVE;
    responder_add_vlan(&side->responder, 10);
    rules_seed(&side->set.rules, 1);
    side->responder.rules = side->set.rules.count > 0 ? &side->set.rules : NULL;
}

static void
start_iface(void)
{
    static const struct address own = {4, {192, 0, 2, 9}}, any4 = {.version = 4}, any6 = {.version = 6};

    iface = (struct iface){.link = LINK_EN10MB, .is_up = true, .index = 3, .name = "ho0", .mtu = MTU, .has_mac = true,
                           .mac = {2, 0, 0, 0, 0, 2}};
    served_init(&list, &iface.addresses);
    served_add(&list, &iface.addresses, &own, 32, ADDRESSES_OWN | ADDRESSES_ANSWER);
    served_add(&list, &iface.addresses, &any4, 0, ADDRESSES_ANSWER);
    served_add(&list, &iface.addresses, &any6, 0, ADDRESSES_ANSWER);
}

void
play_rules(const uint8_t *data, size_t size, struct play_count *count)
{
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\0', size);
    size_t len = end == NULL ? size : (size_t)(end - data);
    char errbuf[PORT_ERRBUF], *text = malloc(len + (len == 0)); /* no longer than it is */

    require(text != NULL);
    if (len > 0)
        memcpy(text, data, len);
    if (rule_set_add_text(&sides[0].set, text, len, "f", errbuf) == 0) {
        copy_printed();
        start_iface();
        start(&sides[0]);
        start(&sides[1]);
        if (end == NULL)
            play(usual, sizeof usual / REQUEST_LEN, count);
        else
            play(end + 1, (size - len - 1) / REQUEST_LEN, count);
    } else {
        check_errbuf(errbuf);
        require(sides[0].set.rules.count + sides[0].set.rules.term_count + sides[0].set.rules.address_count +
                    sides[0].set.rules.byte_count == 0);
    }
    free(text);
    rule_set_free(&sides[0].set);
    rule_set_free(&sides[1].set);
}
