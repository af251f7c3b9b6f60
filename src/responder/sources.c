/* Sources: a token bucket for each IPv4 address and each IPv6 network of 64 bits, which is what one host can send from. */
#include "responder/sources.h"

#include "responder/ratelimit.h"

enum { NETWORK6_LEN = 8, VERSION_LEN = 1 };

void
sources_init(struct sources *sources, uint64_t rate)
{
    struct ratelimit limit;

    ratelimit_init(&limit, rate, rate);
    sources->cost_ns = limit.cost_ns;
    sources->full_ns = limit.full_ns;
    for (size_t i = 0; rate > 0 && i < SOURCES_BUCKETS; i++) {
        sources->buckets[i].credit_ns = limit.full_ns;
        sources->buckets[i].last_ns = 0;
    }
}

/* Of who sent: the version, and what of the address one host cannot choose freely. */
static size_t
bucket_of(const struct siphash_key *key, const struct address *source)
{
    uint8_t text[VERSION_LEN + NETWORK6_LEN] = {source->version};
    size_t len = source->version == 6 ? NETWORK6_LEN : 4;

    memcpy(text + VERSION_LEN, source->bytes, len);
    return siphash(key, text, VERSION_LEN + len) % SOURCES_BUCKETS;
}

bool
sources_take_one(struct sources *sources, const struct siphash_key *key, const struct address *source, uint64_t now_ns)
{
    struct ratelimit limit;
    size_t i;
    bool taken;

    i = bucket_of(key, source);
    limit = (struct ratelimit){sources->cost_ns, sources->full_ns, sources->buckets[i].credit_ns, sources->buckets[i].last_ns};
    taken = ratelimit_take_one(&limit, now_ns);
    sources->buckets[i].credit_ns = limit.credit_ns;
    sources->buckets[i].last_ns = limit.last_ns;
    return taken;
}
