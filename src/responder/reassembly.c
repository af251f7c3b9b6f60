/* Reassembly of fragments. */
#include "responder/reassembly.h"

enum {
    UNIT = 8,
    STALE_AFTER = 64, /* IPv4 fragments of the same source with other IDs, as Linux has it: IDs come around */
    ECN_MASK = 3,
    ECN_NOT_ECT = 0,
    ECN_CE = 3
};

/* From the first fragment on; RFC 1122 section 3.3.2 and RFC 8200 section 4.5, as Linux has them. */
static const uint64_t lifetimes_ns[2] = {UINT64_C(30000000000), UINT64_C(60000000000)};

void
reassembly_init(struct reassembly *reassembly, const struct siphash_key *key)
{
    reassembly->hash_key = *key;
    reassembly->complete = reassembly->timed_out = reassembly->evicted = 0;
    memset(reassembly->buckets, 0, sizeof reassembly->buckets);
    memset(reassembly->ages, 0, sizeof reassembly->ages);
    memset(reassembly->numbers, 0, sizeof reassembly->numbers);
    reassembly->free_datagram_count = reassembly->free_chunk_count = 0;
    for (uint16_t i = REASSEMBLY_DATAGRAMS - 1; i > 0; i--)
        reassembly->free_datagrams[reassembly->free_datagram_count++] = i;
    for (uint16_t i = REASSEMBLY_CHUNKS - 1; i > 0; i--)
        reassembly->free_chunks[reassembly->free_chunk_count++] = i;
}

static uint16_t *
bucket_of(struct reassembly *reassembly, const struct reassembly_key *key)
{
    uint64_t hash = siphash(&reassembly->hash_key, (const uint8_t *)key, sizeof *key);

    return &reassembly->buckets[hash % REASSEMBLY_BUCKETS];
}

static struct reassembly_ages *
ages_of(struct reassembly *reassembly, const struct reassembly_key *key)
{
    return &reassembly->ages[key->version == 6];
}

static void
unlink_from_bucket(struct reassembly *reassembly, uint16_t index)
{
    uint16_t *link = bucket_of(reassembly, &reassembly->datagrams[index].key);

    while (*link != index)
        link = &reassembly->datagrams[*link].next_in_bucket;
    *link = reassembly->datagrams[index].next_in_bucket;
}

static void
unlink_from_ages(struct reassembly *reassembly, uint16_t index)
{
    const struct reassembly_datagram *datagram = &reassembly->datagrams[index];
    struct reassembly_ages *ages = ages_of(reassembly, &datagram->key);

    if (datagram->older != 0)
        reassembly->datagrams[datagram->older].newer = datagram->newer;
    else
        ages->oldest = datagram->newer;
    if (datagram->newer != 0)
        reassembly->datagrams[datagram->newer].older = datagram->older;
    else
        ages->newest = datagram->older;
}

static void
free_chunks(struct reassembly *reassembly, const uint16_t *chunks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (chunks[i] != 0)
            reassembly->free_chunks[reassembly->free_chunk_count++] = chunks[i];
}

static void
discard(struct reassembly *reassembly, uint16_t index)
{
    const struct reassembly_datagram *datagram = &reassembly->datagrams[index];

    unlink_from_bucket(reassembly, index);
    unlink_from_ages(reassembly, index);
    free_chunks(reassembly, datagram->chunks, sizeof datagram->chunks / sizeof datagram->chunks[0]);
    free_chunks(reassembly, datagram->head_chunks, REASSEMBLY_HEAD_CHUNKS);
    reassembly->free_datagrams[reassembly->free_datagram_count++] = index;
}

/* Time may step back between frames; that makes nothing older. */
static bool
is_expired(const struct reassembly_datagram *datagram, uint64_t now_ns)
{
    return now_ns >= datagram->first_ns && now_ns - datagram->first_ns >= lifetimes_ns[datagram->key.version == 6];
}

/* Makes room by discarding the oldest datagram but `spared`.  Those who flood push out their own fragments: an honest
 * sender's come close behind each other. */
static void
evict(struct reassembly *reassembly, uint16_t spared)
{
    uint16_t best = 0;

    for (size_t i = 0; i < 2; i++) {
        uint16_t index = reassembly->ages[i].oldest;

        if (index != 0 && index == spared)
            index = reassembly->datagrams[index].newer;
        if (index != 0 &&
            (best == 0 || reassembly->datagrams[index].first_ns < reassembly->datagrams[best].first_ns))
            best = index;
    }
    discard(reassembly, best);
    reassembly->evicted++;
}

static uint16_t
new_datagram(struct reassembly *reassembly, const struct reassembly_fragment *fragment)
{
    struct reassembly_ages *ages = ages_of(reassembly, &fragment->key);
    struct reassembly_datagram *datagram;
    uint16_t index, *bucket;

    if (reassembly->free_datagram_count == 0)
        evict(reassembly, 0);
    index = reassembly->free_datagrams[--reassembly->free_datagram_count];
    datagram = &reassembly->datagrams[index];
    memset(datagram, 0, sizeof *datagram);
    datagram->key = fragment->key;
    datagram->first_ns = fragment->ts_ns;
    bucket = bucket_of(reassembly, &fragment->key);
    datagram->next_in_bucket = *bucket;
    *bucket = index;
    datagram->older = ages->newest;
    if (ages->newest != 0)
        reassembly->datagrams[ages->newest].newer = index;
    else
        ages->oldest = index;
    ages->newest = index;
    return index;
}

static uint16_t
find(struct reassembly *reassembly, const struct reassembly_key *key)
{
    uint16_t index = *bucket_of(reassembly, key);

    while (index != 0 && memcmp(&reassembly->datagrams[index].key, key, sizeof *key) != 0)
        index = reassembly->datagrams[index].next_in_bucket;
    return index;
}

/* Counts an IPv4 source's fragments.  False when so many have come since the datagram's last one that its ID may be another
 * datagram's by now. */
static bool
is_fresh(struct reassembly *reassembly, struct reassembly_datagram *datagram)
{
    uint64_t hash;
    uint32_t number, last = datagram->number;

    if (datagram->key.version == 6)
        return true;
    hash = siphash(&reassembly->hash_key, datagram->key.src, sizeof datagram->key.src);
    number = ++reassembly->numbers[hash % REASSEMBLY_SOURCES];
    datagram->number = number;
    return datagram->held == 0 || number - last <= STALE_AFTER;
}

/* The datagram that a fragment belongs to, a new one if there is none. */
static uint16_t
datagram_of(struct reassembly *reassembly, const struct reassembly_fragment *fragment)
{
    uint16_t index = find(reassembly, &fragment->key);

    if (index != 0 && is_expired(&reassembly->datagrams[index], fragment->ts_ns)) {
        discard(reassembly, index); /* its time was up, and nobody has looked since */
        reassembly->timed_out++;
        index = 0;
    }
    if (index == 0)
        index = new_datagram(reassembly, fragment);
    if (!is_fresh(reassembly, &reassembly->datagrams[index])) {
        uint32_t number = reassembly->datagrams[index].number;

        discard(reassembly, index);
        index = new_datagram(reassembly, fragment);
        reassembly->datagrams[index].number = number;
    }
    return index;
}

static bool
bit(const uint64_t *words, size_t unit)
{
    return (words[unit / 64] >> unit % 64 & 1) != 0;
}

static void
set_bit(uint64_t *words, size_t unit)
{
    words[unit / 64] |= UINT64_C(1) << unit % 64;
}

/* What a fragment from `start` to `end` is to those that are there.  Only what came in order makes one run, and only what
 * lies inside one run is taken for a duplicate, as Linux does it. */
static enum reassembly_result
place(const struct reassembly_datagram *datagram, size_t start, size_t end)
{
    size_t units = (end - start + UNIT - 1) / UNIT, first = start / UNIT, covered = 0, breaks = 0;

    if (datagram->held > 0 && end > datagram->end)
        return start < datagram->end ? REASSEMBLY_OVERLAP : REASSEMBLY_HELD;
    for (size_t i = first; i < first + units; i++) {
        covered += bit(datagram->covered, i);
        breaks += i > first && bit(datagram->starts, i);
    }
    if (covered == 0)
        return REASSEMBLY_HELD;
    return covered == units && breaks == 0 ? REASSEMBLY_DUPLICATE : REASSEMBLY_OVERLAP;
}

/* Whether a fragment's end agrees with what is known of the datagram's. */
static bool
end_agrees(const struct reassembly_datagram *datagram, size_t end, bool more)
{
    if (more)
        return !datagram->has_last || end <= datagram->end;
    return end >= datagram->end && (!datagram->has_last || end == datagram->end);
}

/* Copies data to their place, taking chunks of a datagram for it. */
static void
store(struct reassembly *reassembly, uint16_t index, uint16_t *chunks, size_t offset, struct bytes data)
{
    while (data.left > 0) {
        uint16_t *chunk = &chunks[offset / REASSEMBLY_CHUNK_LEN];
        size_t within = offset % REASSEMBLY_CHUNK_LEN, len = REASSEMBLY_CHUNK_LEN - within;

        if (*chunk == 0) {
            if (reassembly->free_chunk_count == 0)
                evict(reassembly, index);
            *chunk = reassembly->free_chunks[--reassembly->free_chunk_count];
        }
        if (len > data.left)
            len = data.left;
        memcpy(reassembly->chunks[*chunk] + within, bytes_take(&data, len), len);
        offset += len;
    }
}

/* Keeps what only the first fragment tells. */
static void
store_first(struct reassembly *reassembly, uint16_t index, const struct reassembly_fragment *fragment)
{
    struct reassembly_datagram *datagram = &reassembly->datagrams[index];

    datagram->has_first = true;
    datagram->tos = fragment->tos;
    datagram->header_len = (uint16_t)fragment->header_len;
    datagram->first_len = (uint32_t)fragment->data.left;
    datagram->head_len = (uint16_t)fragment->head.left;
    store(reassembly, index, datagram->head_chunks, 0, fragment->head);
}

static void
insert(struct reassembly *reassembly, uint16_t index, const struct reassembly_fragment *fragment)
{
    struct reassembly_datagram *datagram = &reassembly->datagrams[index];
    size_t end = fragment->offset + fragment->data.left;
    bool continues_run = datagram->held > 0 && fragment->offset == datagram->end;

    store(reassembly, index, datagram->chunks, fragment->offset, fragment->data);
    for (size_t unit = fragment->offset / UNIT; unit * UNIT < end; unit++)
        set_bit(datagram->covered, unit);
    if (!continues_run)
        set_bit(datagram->starts, fragment->offset / UNIT);
    datagram->held += (uint32_t)fragment->data.left;
    if (end > datagram->end)
        datagram->end = (uint32_t)end;
    if (!fragment->more)
        datagram->has_last = true;
    datagram->codepoints |= (uint8_t)(1U << (fragment->tos & ECN_MASK));
    if (fragment->offset == 0)
        store_first(reassembly, index, fragment);
}

/* RFC 3168 section 5.3: fragments that could bear a mark must not be mixed with those that could not; a mark stays. */
static bool
merge_ecn(struct reassembly_datagram *datagram)
{
    uint8_t seen = datagram->codepoints;

    if ((seen & 1U << ECN_NOT_ECT) != 0)
        return seen == 1U << ECN_NOT_ECT;
    if ((seen & 1U << ECN_CE) != 0)
        datagram->tos |= ECN_CE;
    return true;
}

static void
copy_chunks(const struct reassembly *reassembly, const uint16_t *chunks, size_t len, uint8_t *to)
{
    for (size_t at = 0; at < len; at += REASSEMBLY_CHUNK_LEN) {
        size_t left = len - at;

        memcpy(to + at, reassembly->chunks[chunks[at / REASSEMBLY_CHUNK_LEN]],
               left < REASSEMBLY_CHUNK_LEN ? left : REASSEMBLY_CHUNK_LEN);
    }
}

/* Lays out the head and the first `len` bytes of data, one behind the other. */
static void
copy_out(struct reassembly *reassembly, const struct reassembly_datagram *datagram, size_t len,
         struct reassembly_whole *whole)
{
    uint8_t *data = reassembly->whole + REASSEMBLY_HEAD_MAX, *head = data - datagram->head_len;

    copy_chunks(reassembly, datagram->head_chunks, datagram->head_len, head);
    copy_chunks(reassembly, datagram->chunks, len, data);
    *whole = (struct reassembly_whole){head, datagram->head_len, len, datagram->tos};
}

/* Hands a complete datagram over and forgets it. */
static enum reassembly_result
finish(struct reassembly *reassembly, uint16_t index, struct reassembly_whole *whole)
{
    struct reassembly_datagram *datagram = &reassembly->datagrams[index];
    enum reassembly_result result = REASSEMBLY_WHOLE;

    if (datagram->end + datagram->header_len > REASSEMBLY_MAX) /* the first fragment may have more options than others */
        result = REASSEMBLY_TOO_LONG;
    else if (!merge_ecn(datagram))
        result = REASSEMBLY_BAD;
    if (result == REASSEMBLY_WHOLE) {
        copy_out(reassembly, datagram, datagram->end, whole);
        reassembly->complete++;
    }
    discard(reassembly, index);
    return result;
}

/* What is wrong with a fragment by itself: it is dropped, and the others wait on (RFC 8200 section 4.5). */
static enum reassembly_result
check_alone(const struct reassembly_fragment *fragment)
{
    size_t header_len = fragment->key.version == 4 ? fragment->header_len : 0; /* RFC 8200 leaves those of IPv6 out here */

    if (fragment->offset + fragment->data.left + header_len > REASSEMBLY_MAX)
        return REASSEMBLY_TOO_LONG;
    if (fragment->data.left == 0 || (fragment->more && fragment->data.left % UNIT != 0))
        return REASSEMBLY_BAD;
    return REASSEMBLY_HELD;
}

enum reassembly_result
reassembly_add(struct reassembly *reassembly, const struct reassembly_fragment *fragment, struct reassembly_whole *whole)
{
    size_t end = fragment->offset + fragment->data.left;
    enum reassembly_result result = check_alone(fragment);
    struct reassembly_datagram *datagram;
    uint16_t index;

    if (result == REASSEMBLY_TOO_LONG && fragment->key.version == 4 && (index = find(reassembly, &fragment->key)) != 0)
        discard(reassembly, index);
    if (result != REASSEMBLY_HELD)
        return result;
    index = datagram_of(reassembly, fragment);
    datagram = &reassembly->datagrams[index];
    result = end_agrees(datagram, end, fragment->more) ? place(datagram, fragment->offset, end) : REASSEMBLY_BAD;
    if (result == REASSEMBLY_DUPLICATE) {
        if (!fragment->more) /* its data are known, that they are the last may not be */
            datagram->has_last = true;
        return result;
    }
    if (result != REASSEMBLY_HELD) {
        discard(reassembly, index);
        return result;
    }
    insert(reassembly, index, fragment);
    if (datagram->has_first && datagram->has_last && datagram->held == datagram->end)
        return finish(reassembly, index, whole);
    return REASSEMBLY_HELD;
}

/* When a datagram's time is up. */
static uint64_t
deadline(const struct reassembly_datagram *datagram)
{
    return datagram->first_ns + lifetimes_ns[datagram->key.version == 6];
}

/* The oldest datagram of a version whose time is up, of those of an interface or, for NULL, of all; 0 for none. */
static uint16_t
find_expired(const struct reassembly *reassembly, size_t version, const uint8_t iface[4], uint64_t now_ns)
{
    uint16_t index = reassembly->ages[version].oldest;

    for (; index != 0 && is_expired(&reassembly->datagrams[index], now_ns); index = reassembly->datagrams[index].newer)
        if (iface == NULL || memcmp(reassembly->datagrams[index].key.iface, iface, 4) == 0)
            return index;
    return 0;
}

bool
reassembly_expire(struct reassembly *reassembly, const uint8_t iface[4], uint64_t now_ns, struct reassembly_whole *first,
                  uint64_t *ts_ns)
{
    uint16_t index = find_expired(reassembly, 0, iface, now_ns), other = find_expired(reassembly, 1, iface, now_ns);
    const struct reassembly_datagram *datagram;

    if (index == 0 || (other != 0 && deadline(&reassembly->datagrams[other]) < deadline(&reassembly->datagrams[index])))
        index = other;
    if (index == 0)
        return false;
    datagram = &reassembly->datagrams[index];
    copy_out(reassembly, datagram, datagram->first_len, first);
    *ts_ns = deadline(datagram);
    discard(reassembly, index);
    reassembly->timed_out++;
    return true;
}

uint64_t
reassembly_due(const struct reassembly *reassembly)
{
    uint64_t due_ns = UINT64_MAX;

    for (size_t i = 0; i < 2; i++) {
        uint16_t oldest = reassembly->ages[i].oldest;

        if (oldest != 0 && deadline(&reassembly->datagrams[oldest]) < due_ns)
            due_ns = deadline(&reassembly->datagrams[oldest]);
    }
    return due_ns;
}
