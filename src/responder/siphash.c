/* SipHash-2-4. */
#include "responder/siphash.h"

#include "codec/bytes.h"

static uint64_t
splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

struct siphash_key
siphash_key(uint64_t seed)
{
    struct siphash_key key;

    key.half[0] = splitmix(&seed);
    key.half[1] = splitmix(&seed);
    return key;
}

static uint64_t
rotate(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

static void
rounds(uint64_t v[static 4], unsigned count)
{
    while (count-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

static void
absorb(uint64_t v[static 4], uint64_t word)
{
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}

uint64_t
siphash(const struct siphash_key *key, const uint8_t *data, size_t len)
{
    uint64_t v[4] = {
        key->half[0] ^ UINT64_C(0x736f6d6570736575),
        key->half[1] ^ UINT64_C(0x646f72616e646f6d),
        key->half[0] ^ UINT64_C(0x6c7967656e657261),
        key->half[1] ^ UINT64_C(0x7465646279746573),
    };
    uint64_t last = (uint64_t)len << 56;

    for (size_t left = len / 8; left > 0; left--, data += 8)
        absorb(v, load_le64(data));
    for (size_t i = 0; i < len % 8; i++)
        last |= (uint64_t)data[i] << 8 * i;
    absorb(v, last);
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
