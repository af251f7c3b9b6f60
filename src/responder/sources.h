/* How many requests a second each source is answered, in memory that does not grow with their number. */
#ifndef PONGD_RESPONDER_SOURCES_H
#define PONGD_RESPONDER_SOURCES_H

#include <stdbool.h>
#include <stdint.h>

#include "responder/address.h"
#include "responder/siphash.h"

enum { SOURCES_BUCKETS = 65536 }; /* that sources share by chance, which nobody outside can foretell */

struct sources {
    uint64_t cost_ns; /* of one reply; 0: no limit */
    uint64_t full_ns; /* what a bucket holds at the most */
    struct {
        uint64_t credit_ns, last_ns; /* what it holds, and since when */
    } buckets[SOURCES_BUCKETS]; /* not touched while there is no limit */
};

/* At most `rate` a second and at once for each source (1 to RATELIMIT_MAX, 0 for no limit). */
void sources_init(struct sources *sources, uint64_t rate);

/* Takes one from the bucket of a source.  False when it is empty. */
bool sources_take_one(struct sources *sources, const struct siphash_key *key, const struct address *source, uint64_t now_ns);

/* The same where there may be no limit. */
static inline bool
sources_take(struct sources *sources, const struct siphash_key *key, const struct address *source, uint64_t now_ns)
{
    return sources->cost_ns == 0 || sources_take_one(sources, key, source, now_ns);
}

#endif
