/* Fuzzing the responder: two bytes choose link type and interface, the rest is a frame. */
#include <stdlib.h>
#include <string.h>

#include "responder/responder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct responder responder;
static struct addresses_node nodes[16];
static uint8_t back[RESPONDER_REPLY_MAX];

static void
serve(struct iface *iface, uint8_t how)
{
    static const struct address any4 = {.version = 4}, any6 = {.version = 6},
                                host6 = {.version = 6, .bytes = {0xfe, 0x80, [15] = 2}},
                                net4 = {.version = 4, .bytes = {192, 0, 2}};

    addresses_init(&iface->addresses, nodes, sizeof nodes / sizeof nodes[0]);
    addresses_add(&iface->addresses, &any4, 0, ADDRESSES_ANSWER);
    addresses_add(&iface->addresses, &any6, 0, ADDRESSES_ANSWER);
    addresses_add(&iface->addresses, &host6, 128, ADDRESSES_ANSWER);
    addresses_add(&iface->addresses, &net4, 24, how & 1 ? ADDRESSES_EXCEPT : ADDRESSES_ONLINK);
    iface->is_loopback = (how & 2) != 0;
    iface->has_mac = (how & 4) != 0;
    memcpy(iface->mac, "\x02\0\0\0\0\x02", LINK_MAC_LEN);
}

static void
require(bool holds)
{
    if (!holds)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct iface iface = {.link = LINK_EN10MB, .mtu = 1500};
    struct outcome outcome;
    struct frame frame;

    if (size < 2)
        return 0;
    responder_init(&responder, 1);
    for (unsigned vid = 1; vid < 100; vid++)
        responder_add_vlan(&responder, vid);
    iface.link = (enum link_type)(data[0] % LINK_TYPES);
    serve(&iface, data[1]);
    frame = (struct frame){.data = data + 2, .caplen = size - 2, .len = size - 2, .iface = &iface};
    respond(&responder, &frame, &outcome);
    require(outcome.verdict < VERDICTS);
    require((outcome.verdict == VERDICT_ANSWERED) == (outcome.reply_count > 0));
    if (outcome.reply_count == 0)
        return 0;
    /* No amplification: nothing is longer than what asked for it, but for padding; and no answer is answered. */
    require(outcome.replies[0].len <= frame.len || outcome.replies[0].len == link_minimum(iface.link));
    memcpy(back, outcome.replies[0].data, outcome.replies[0].len);
    frame.data = back;
    frame.caplen = frame.len = outcome.replies[0].len;
    iface.has_mac = false;
    respond(&responder, &frame, &outcome);
    require(outcome.verdict != VERDICT_ANSWERED);
    return 0;
}
