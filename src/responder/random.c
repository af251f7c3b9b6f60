/* Random numbers: xoshiro256**, in four words of state. */
#include "responder/random.h"

static uint64_t
rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

/* SplitMix64, whose numbers differ from each other for as long as its counter does not come round: so the state is never
 * all zeros, which xoshiro would not get away from. */
void
random_init(struct random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t word = seed += UINT64_C(0x9e3779b97f4a7c15);

        word = (word ^ word >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        word = (word ^ word >> 27) * UINT64_C(0x94d049bb133111eb);
        random->state[i] = word ^ word >> 31;
    }
}

uint64_t
random_next(struct random *random)
{
    uint64_t *state = random->state;
    uint64_t number = rotate(state[1] * 5, 7) * 9, shifted = state[1] << 17;

    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return number;
}

/* 2^64 is seldom a multiple of `bound`: what is left over at the beginning is drawn again, so that the rest divides evenly. */
uint64_t
random_below(struct random *random, uint64_t bound)
{
    uint64_t over = (0 - bound) % bound, number;

    do
        number = random_next(random);
    while (number < over);
    return number % bound;
}

bool
random_chance(struct random *random, uint64_t parts)
{
    return random_below(random, RANDOM_WHOLE) < parts;
}
