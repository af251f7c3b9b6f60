/* Random numbers: xoshiro256** (Blackman, Vigna 2018), the same on every system for the same seed. */
#ifndef PONGD_RESPONDER_RANDOM_H
#define PONGD_RESPONDER_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state[4];
};

/* A chance in parts of RANDOM_WHOLE, so that a percentage has nine decimals. */
#define RANDOM_WHOLE UINT64_C(100000000000)

/* Starts a stream of numbers; streams of different seeds have nothing in common (SplitMix64). */
void random_init(struct random *random, uint64_t seed);

/* 64 random bits. */
uint64_t random_next(struct random *random);

/* A number from 0 to `bound` - 1, each as likely as any other.  `bound` is not 0. */
uint64_t random_below(struct random *random, uint64_t bound);

/* Whether something happens whose chance is `parts` of RANDOM_WHOLE. */
bool random_chance(struct random *random, uint64_t parts);

#endif
