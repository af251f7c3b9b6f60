/* Random numbers for the kernel oracle, and the larger things that it makes of them. */
#ifndef PONGD_TESTS_NET_ORACLE_RANDOM_H
#define PONGD_TESTS_NET_ORACLE_RANDOM_H

#include "oracle-spec.h"

struct random {
    uint64_t state;
};

/* SplitMix64. */
static inline uint64_t
draw(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline unsigned
below(struct random *random, unsigned limit)
{
    return (unsigned)(draw(random) % limit);
}

static inline bool
chance(struct random *random, unsigned percent)
{
    return below(random, 100) < percent;
}

#define PICK(random, array) (array)[below(random, sizeof(array) / sizeof(array)[0])]

void odd_options(struct random *random, struct spec *spec);
void odd_headers(struct random *random, struct spec *spec);
void odd_fragments(struct random *random, struct spec *spec);

/* Builds it together with another datagram from the same source, whose fragments come between. */
void odd_pair(struct random *random, struct spec *spec, struct frames *frames);

/* Makes it a probe, more or less. */
void probe(struct random *random, struct spec *spec);

#endif
