/* Recorded replies held against ours. */
#include "verify/verify.h"

#include "codec/checksum.h"

void
verify_init(struct verify *verify, uint64_t seed)
{
    verify->is_strict = verify->is_live = false;
    memset(verify->results, 0, sizeof verify->results);
    verify->strays = 0;
    responder_init(&verify->keeper, seed);
    pairs_init(&verify->pairs, &verify->keeper.key);
}

/* Verdicts on requests to a group, for which there may be no address of ours to answer from. */
static bool
is_for_group(enum verdict verdict)
{
    return verdict == VERDICT_IP_BCAST || verdict == VERDICT_IP_NOTMEMBER || verdict == VERDICT_IP6_NOTMEMBER ||
           verdict == VERDICT_L2_BCAST_UCAST;
}

/* Verdicts on requests that others are to answer. */
static bool
is_for_others(enum verdict verdict)
{
    static const enum verdict verdicts[] = {VERDICT_IP_NOTOURS, VERDICT_IP_WRONGIF, VERDICT_IP_YIELDED, VERDICT_IP_LAND,
                                            VERDICT_L2_OTHER, VERDICT_L2_OWNSRC, VERDICT_L2_VLAN};

    for (size_t i = 0; i < sizeof verdicts / sizeof verdicts[0]; i++)
        if (verdicts[i] == verdict)
            return true;
    return false;
}

/* What is kept of a request: our reply, or where that depends on who answers, the request itself. */
static struct bytes
choose_kept(const struct frame *frame, const struct outcome *outcome, struct pair *pair)
{
    struct bytes kept = {frame->data, 0};
    struct packet packet;

    if (pair->verdict == VERDICT_ANSWERED && outcome->reply_count == 1)
        kept = (struct bytes){outcome->replies[0].data, outcome->replies[0].len};
    else if (pair->is_group && frame->caplen <= PAIRS_FRAME_MAX)
        kept = (struct bytes){frame->data, frame->caplen};
    packet_read(frame->iface->link, kept, &packet);
    if (!packet.icmp_is_whole || kept.left > PAIRS_FRAME_MAX) { /* a group was asked in fragments */
        kept.left = 0;
        return kept;
    }
    pair->payload_at = (size_t)(packet.icmp.message.at - kept.at) + ICMP_HEADER_LEN;
    return kept;
}

static void
take_request(struct verify *verify, const char *source, const struct frame *frame, const struct outcome *outcome)
{
    struct pair pair = {
        .request = outcome->request,
        .verdict = outcome->verdict,
        .ts_ns = frame->ts_ns,
        .source = source,
        .link = frame->iface->link,
        .is_cut = outcome->verdict == VERDICT_CAP_TRUNC,
        .is_group = is_for_group(outcome->verdict),
    };
    struct bytes kept;

    if (verify->is_live && is_for_others(pair.verdict))
        return;
    kept = choose_kept(frame, outcome, &pair);
    pairs_add(&verify->pairs, &pair, kept);
}

/* Where a packet has its destination address, in a copy of the frame that it was read from. */
static uint8_t *
destination_in(uint8_t *copy, const uint8_t *frame, const struct packet *packet)
{
    return copy + ((packet->version == 6 ? packet->ipv6.dst : packet->ipv4.dst) - frame);
}

/* Makes the link header one that is for the host which answered. */
static void
address_link(uint8_t *frame, enum link_type type, const struct packet *request, const struct packet *reply)
{
    enum { SLL_TYPE_AT = 1, SLL2_TYPE_AT = 10, TO_US = 0, ARCNET_FROM_AT = 0, ARCNET_TO_AT = 1 };

    if (request->link.dst != NULL && reply->link.src != NULL)
        memcpy(frame + (request->link.dst - request->link.header), reply->link.src, LINK_MAC_LEN);
    else if (type == LINK_LINUX_SLL)
        frame[SLL_TYPE_AT] = TO_US;
    else if (type == LINK_LINUX_SLL2)
        frame[SLL2_TYPE_AT] = TO_US;
    else if (type == LINK_ARCNET_LINUX)
        frame[ARCNET_TO_AT] = reply->link.header[ARCNET_FROM_AT];
}

/* Puts another destination into a packet; the checksum that covers it stays as right or wrong as it was. */
static void
address_packet(uint8_t *frame, struct bytes kept, const struct packet *packet, const struct address *host)
{
    uint8_t *dst = destination_in(frame, kept.at, packet);
    uint8_t *sum = packet->version == 6 ? frame + (packet->icmp.message.at - kept.at) + 2 : dst - 6;
    uint16_t check = load_be16(sum);

    for (size_t i = 0; i < address_bits(packet->version) / 8; i += 2)
        check = checksum_update(check, load_be16(dst + i), load_be16(host->bytes + i));
    memcpy(dst, host->bytes, address_bits(packet->version) / 8);
    store_be16(sum, check);
}

/* Asks again what was asked of a group, as if it had been asked of the host that answered.  False when we would not. */
static bool
ask_again(struct verify *verify, struct pair *pair, const struct side *reply, const struct iface *iface, struct side *ours)
{
    struct bytes kept = pairs_frame(&verify->pairs, pair);
    struct frame frame = {verify->asked, kept.left, kept.left, pair->ts_ns, iface};
    struct outcome outcome;
    struct packet packet;

    if (kept.left == 0 || pair->link != iface->link)
        return false;
    memcpy(verify->asked, kept.at, kept.left);
    packet_read(pair->link, kept, &packet);
    address_link(verify->asked, pair->link, &packet, &reply->packet);
    address_packet(verify->asked, kept, &packet, &reply->packet.src);
    respond(&verify->keeper, &frame, &outcome);
    pair->verdict = outcome.verdict;
    if (outcome.verdict != VERDICT_ANSWERED || outcome.reply_count != 1)
        return false;
    side_read_ours(ours, pair->link, (struct bytes){outcome.replies[0].data, outcome.replies[0].len});
    return true;
}

/* Our reply to a request.  False when there is none. */
static bool
find_ours(struct verify *verify, struct pair *pair, const struct side *reply, const struct iface *iface, struct side *ours)
{
    bool is_for_many = memcmp(&pair->request.dst, &reply->packet.src, sizeof pair->request.dst) != 0;

    if (pair->is_group)
        return is_for_many && ask_again(verify, pair, reply, iface, ours);
    if (pair->verdict != VERDICT_ANSWERED || pair->len == 0)
        return false;
    side_read_ours(ours, pair->link, pairs_frame(&verify->pairs, pair));
    return true;
}

static enum pair_result
judge(const struct verify *verify, const struct pair *pair)
{
    enum field_weight most = verify->is_strict ? FIELD_STRICT : FIELD_MUST;

    for (size_t i = 0; i < pair->difference_count; i++)
        if (fields_weight(pair->differences[i].field) <= most)
            return PAIR_DIFFERS;
    return PAIR_SAME;
}

/* Live, replies come in that other hosts send to this one, which are not to be compared. */
static bool
is_of_others(const struct verify *verify, const struct side *reply, const struct iface *iface)
{
    return verify->is_live && addresses_lookup(&iface->addresses, &reply->packet.src).match != ADDRESSES_OURS;
}

static void
take_reply(struct verify *verify, const struct side *reply, const struct frame *frame)
{
    struct pair *pair = pairs_find(&verify->pairs, reply, frame->ts_ns, VERIFY_WINDOW_NS);
    struct difference differences[FIELDS_MOST];
    struct side ours;

    if (pair == NULL) {
        verify->strays += !is_of_others(verify, reply, frame->iface);
        return;
    }
    if (pair->has_reply) {
        pair->duplicates++;
        return;
    }
    pairs_settle(&verify->pairs, pair);
    pair->reply_is_cut = reply->is_cut;
    if (pair->is_cut) {
        pair->result = PAIR_CUT;
    } else if (!find_ours(verify, pair, reply, frame->iface, &ours)) {
        pair->result = PAIR_SILENT;
    } else {
        pairs_keep_differences(&verify->pairs, pair, differences, fields_compare(reply, &ours, differences));
        pair->result = judge(verify, pair);
    }
}

/* Makes the best of a frame: where only padding was cut off, it is whole; a request's IPv4 header checksum that a network card
 * was to fill in is filled in.  Good until the next call.  Returns whether it is another one now. */
static bool
mend(struct verify *verify, struct frame *frame)
{
    const struct frame before = *frame;
    enum side_mark mark = side_mark(frame);

    if (mark == SIDE_UNFILLED && frame->caplen <= sizeof verify->filled) {
        memcpy(verify->filled, frame->data, frame->caplen);
        side_fill_in(verify->filled, frame->caplen, frame->iface->link);
        frame->data = verify->filled;
        mark = side_mark(frame);
    }
    if (mark == SIDE_WHOLE)
        frame->len = frame->caplen;
    return frame->data != before.data || frame->len != before.len;
}

/* What may be mended has one of two verdicts, which leave no trace in the responder. */
void
verify_respond(struct verify *verify, struct responder *responder, struct frame *frame, struct outcome *outcome)
{
    respond(responder, frame, outcome);
    if ((outcome->verdict == VERDICT_CAP_TRUNC || outcome->verdict == VERDICT_IP_BADSUM) && mend(verify, frame))
        respond(responder, frame, outcome);
}

void
verify_hear(struct verify *verify, const char *source, const struct frame *frame, const struct outcome *outcome)
{
    struct side reply;

    if (outcome->request.kind == REQUEST_ECHO && outcome->request.src.version != 0)
        take_request(verify, source, frame, outcome);
    else if (outcome->request.kind == REQUEST_NONE && side_read_reply(&reply, &verify->keeper, frame))
        take_reply(verify, &reply, frame);
}

static bool
is_settled(const struct verify *verify, const struct pair *pair, uint64_t now_ns)
{
    uint64_t wait_ns = pair->has_reply && verify->is_live ? VERIFY_LINGER_NS : VERIFY_WINDOW_NS;

    return now_ns > pair->ts_ns && now_ns - pair->ts_ns > wait_ns;
}

const struct pair *
verify_next(struct verify *verify, uint64_t now_ns, bool is_end)
{
    const struct pair *oldest = pairs_oldest(&verify->pairs);

    if (oldest == NULL || (!is_end && !is_settled(verify, oldest, now_ns) && pairs_have_room(&verify->pairs)))
        return NULL;
    pairs_drop(&verify->pairs);
    verify->results[oldest->result]++;
    return oldest;
}

bool
verify_has_failed(const struct verify *verify)
{
    return verify->results[PAIR_DIFFERS] + verify->results[PAIR_SILENT] > 0;
}
