/* SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash, so that nobody outside can tell what it yields. */
#ifndef PONGD_RESPONDER_SIPHASH_H
#define PONGD_RESPONDER_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
    uint64_t half[2];
};

/* A key drawn from a seed (SplitMix64): the same seed gives the same key on every system. */
struct siphash_key siphash_key(uint64_t seed);

/* The hash of `len` bytes. */
uint64_t siphash(const struct siphash_key *key, const uint8_t *data, size_t len);

#endif
