/* The Internet checksum, summed and updated. */
#include "codec/checksum.h"

#include "codec/bytes.h"

/* RFC 1071 section 2: a sum of wider words, in whatever byte order the machine has, folds to the same 16 bits, or to the same
 * two bytes swapped.  So words are loaded as they lie in memory, and what comes out is swapped where it has to be. */
enum { WORD = sizeof(uint32_t), BLOCK = 8 * WORD };

static uint64_t
load_word(const uint8_t *data)
{
    uint32_t word;

    memcpy(&word, data, sizeof word);
    return word;
}

static uint64_t
load_half(uint8_t first, uint8_t second)
{
    const uint8_t bytes[2] = {first, second};
    uint16_t half;

    memcpy(&half, bytes, sizeof half);
    return half;
}

/* A 16-bit number that was summed up in the machine's byte order, in network byte order. */
static uint16_t
from_machine(uint16_t half)
{
    uint8_t bytes[2];

    memcpy(bytes, &half, sizeof half);
    return load_be16(bytes);
}

/* The sum of so many bytes, a fixed number of words, which compilers unroll, or add up several at once. */
static inline uint64_t
sum_words(const uint8_t *data, size_t len)
{
    uint64_t words = 0;

    for (size_t at = 0; at < len; at += WORD)
        words += load_word(data + at);
    return words;
}

/* Adds a part if it is a bit of `len`.  Returns what is behind it. */
static inline const uint8_t *
add_part(uint64_t *words, const uint8_t *data, size_t len, size_t part)
{
    if ((len & part) == 0)
        return data;
    *words += sum_words(data, part);
    return data + part;
}

/* Behind the last whole block the bits of `len` tell what is left: half a block, a quarter, a word. */
uint64_t
checksum_add(uint64_t sum, const uint8_t *data, size_t len)
{
    uint64_t words = 0;

    for (; len >= BLOCK; data += BLOCK, len -= BLOCK)
        words += sum_words(data, BLOCK);
    data = add_part(&words, data, len, 4 * WORD);
    data = add_part(&words, data, len, 2 * WORD);
    data = add_part(&words, data, len, WORD);
    if ((len & 2) != 0) {
        words += load_half(data[0], data[1]);
        data += 2;
    }
    if (len % 2 != 0)
        words += load_half(data[0], 0);
    return sum + from_machine(checksum_fold(words));
}

uint16_t
checksum(const uint8_t *data, size_t len)
{
    return (uint16_t)~checksum_fold(checksum_add(0, data, len));
}

uint64_t
checksum_pseudo6(const uint8_t src[static 16], const uint8_t dst[static 16], uint32_t len, uint8_t next_header)
{
    return checksum_add(checksum_add(0, src, 16), dst, 16) + (len >> 16) + (len & 0xffff) + next_header;
}

uint16_t
checksum_update(uint16_t check, uint16_t before, uint16_t after)
{
    uint64_t sum = (uint64_t)(uint16_t)~check + (uint16_t)~before + after;

    return (uint16_t)~checksum_fold(sum);
}
