/* Requests that wait for their replies. */
#include "verify/pairs.h"

enum { LOOK_MOST = 1024 /* requests that look alike, so that no capture makes a search long */ };

/* What requests and their reply have in common, whoever answers. */
struct alike {
    uint8_t version;
    uint8_t zero;
    uint8_t id[2];
    uint8_t seq[2];
    uint8_t client[16];
};

void
pairs_init(struct pairs *pairs, const struct siphash_key *key)
{
    pairs->key = *key;
    pairs->first = pairs->next = 0;
    pairs->ring_first = pairs->ring_next = 0;
    memset(pairs->newest, 0, sizeof pairs->newest);
}

static uint32_t
bucket_of(const struct pairs *pairs, const struct address *client, uint16_t id, uint16_t seq)
{
    struct alike key = {.version = client->version};

    store_be16(key.id, id);
    store_be16(key.seq, seq);
    memcpy(key.client, client->bytes, sizeof key.client);
    return (uint32_t)(siphash(&pairs->key, (const uint8_t *)&key, sizeof key) % PAIRS_BUCKETS);
}

static void
link_newest(struct pairs *pairs, struct pair *pair)
{
    uint32_t *newest = &pairs->newest[pair->has_reply][pair->bucket];
    uint32_t index = (uint32_t)(pair - pairs->pairs) + 1;

    pair->newer = 0;
    pair->older = *newest;
    if (pair->older != 0)
        pairs->pairs[pair->older - 1].newer = index;
    *newest = index;
}

static void
unlink_pair(struct pairs *pairs, const struct pair *pair)
{
    if (pair->newer != 0)
        pairs->pairs[pair->newer - 1].older = pair->older;
    else
        pairs->newest[pair->has_reply][pair->bucket] = pair->older;
    if (pair->older != 0)
        pairs->pairs[pair->older - 1].newer = pair->newer;
}

/* A frame lies in one piece, so that up to the length of one may be lost at the ring's end. */
bool
pairs_have_room(const struct pairs *pairs)
{
    return pairs->next - pairs->first < PAIRS_MOST &&
           pairs->ring_next - pairs->ring_first <= PAIRS_RING - 2 * (uint64_t)PAIRS_FRAME_MAX;
}

struct pair *
pairs_add(struct pairs *pairs, const struct pair *pair, struct bytes frame)
{
    struct pair *added = &pairs->pairs[pairs->next++ % PAIRS_MOST];
    size_t at = pairs->ring_next % PAIRS_RING;

    *added = *pair;
    if (PAIRS_RING - at < frame.left) {
        pairs->ring_next += PAIRS_RING - at;
        at = 0;
    }
    if (frame.left > 0)
        memcpy(pairs->ring + at, frame.at, frame.left);
    pairs->ring_next += frame.left;
    added->at = at;
    added->len = frame.left;
    added->ring_end = pairs->ring_next;
    added->has_reply = added->reply_is_cut = false;
    added->duplicates = 0;
    added->result = PAIR_UNANSWERED;
    added->difference_count = 0;
    added->bucket = bucket_of(pairs, &added->request.src, added->request.id, added->request.seq);
    link_newest(pairs, added);
    return added;
}

const struct pair *
pairs_oldest(const struct pairs *pairs)
{
    return pairs->first == pairs->next ? NULL : &pairs->pairs[pairs->first % PAIRS_MOST];
}

void
pairs_drop(struct pairs *pairs)
{
    const struct pair *oldest = &pairs->pairs[pairs->first++ % PAIRS_MOST];

    unlink_pair(pairs, oldest);
    pairs->ring_first = oldest->ring_end;
}

void
pairs_settle(struct pairs *pairs, struct pair *pair)
{
    unlink_pair(pairs, pair);
    pair->has_reply = true;
    link_newest(pairs, pair);
}

void
pairs_keep_differences(struct pairs *pairs, struct pair *pair, const struct difference *differences, size_t count)
{
    size_t at = (size_t)(pair - pairs->pairs);
    struct difference *kept = count <= PAIRS_FEW ? pairs->few[at] : pairs->many[at];

    for (size_t i = 0; i < count; i++)
        kept[i] = differences[i];
    pair->differences = kept;
    pair->difference_count = count;
}

struct bytes
pairs_frame(const struct pairs *pairs, const struct pair *pair)
{
    return (struct bytes){pairs->ring + pair->at, pair->len};
}

static bool
is_same_address(const struct address *a, const struct address *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* The next tag with a VLAN ID that is not 0, which is no VLAN. */
static unsigned
skip_priority(const struct link_tag *tags, unsigned count, unsigned at)
{
    while (at < count && link_tag_vid(tags[at]) == 0)
        at++;
    return at;
}

static bool
has_same_tags(const struct request *request, const struct link *link)
{
    unsigned a = 0, b = 0;

    for (;; a++, b++) {
        a = skip_priority(request->tags, request->tag_count, a);
        b = skip_priority(link->tags, link->tag_count, b);
        if (a == request->tag_count || b == link->tag_count)
            return a == request->tag_count && b == link->tag_count;
        if (link_tag_vid(request->tags[a]) != link_tag_vid(link->tags[b]))
            return false;
    }
}

static bool
has_same_payload(const struct pairs *pairs, const struct pair *pair, const struct side *reply)
{
    struct bytes payload = side_payload(reply);

    if (pair->payload_at + payload.left > pair->len)
        return false;
    return memcmp(pairs->ring + pair->at + pair->payload_at, payload.at, payload.left) == 0;
}

/* Which of several requests a reply belongs to. */
enum fit { FIT_NOT, FIT_STRANGE, FIT_OTHER_TAGS, FIT_OTHER_PAYLOAD, FIT_ALL };

/* How well a reply fits.  FIT_STRANGE is right but for the host that answers. */
static enum fit
fit_of(const struct pairs *pairs, const struct pair *pair, const struct side *reply)
{
    const struct packet *packet = &reply->packet;
    const struct request *request = &pair->request;
    bool has_tags;

    if (request->id != packet->icmp.id || request->seq != packet->icmp.seq || !is_same_address(&request->src, &packet->dst))
        return FIT_NOT;
    has_tags = has_same_tags(request, &packet->link);
    if (!pair->is_group && !is_same_address(&request->dst, &packet->src))
        return has_tags && has_same_payload(pairs, pair, reply) ? FIT_STRANGE : FIT_NOT;
    if (!has_tags)
        return FIT_OTHER_TAGS;
    return has_same_payload(pairs, pair, reply) ? FIT_ALL : FIT_OTHER_PAYLOAD;
}

/* The best of those that have a reply, or have none; the latest of equals.  How well it fits goes to `best`, and how many
 * do that to `count`. */
static struct pair *
find(struct pairs *pairs, const struct side *reply, bool has_reply, uint64_t since_ns, enum fit *best, unsigned *count)
{
    const struct packet *packet = &reply->packet;
    uint32_t index = pairs->newest[has_reply][bucket_of(pairs, &packet->dst, packet->icmp.id, packet->icmp.seq)];
    struct pair *found = NULL;

    *best = FIT_NOT;
    *count = 0;
    for (unsigned looks = 0; index != 0 && looks < LOOK_MOST && *best != FIT_ALL; looks++) {
        struct pair *pair = &pairs->pairs[index - 1];
        enum fit fit = pair->ts_ns < since_ns ? FIT_NOT : fit_of(pairs, pair, reply);

        index = pair->older;
        *count = fit > *best ? 1 : *count + (fit == *best);
        if (fit > *best) {
            *best = fit;
            found = pair;
        }
    }
    return found;
}

struct pair *
pairs_find(struct pairs *pairs, const struct side *reply, uint64_t now_ns, uint64_t window_ns)
{
    uint64_t since_ns = now_ns > window_ns ? now_ns - window_ns : 0;
    enum fit fit, answered_fit;
    unsigned count, answered_count;
    struct pair *waiting = find(pairs, reply, false, since_ns, &fit, &count);
    struct pair *answered;

    if (fit > FIT_STRANGE)
        return waiting;
    answered = find(pairs, reply, true, since_ns, &answered_fit, &answered_count);
    if (answered_fit > FIT_STRANGE)
        return answered;
    return fit == FIT_STRANGE && count == 1 ? waiting : NULL; /* a host that answers from another address */
}
