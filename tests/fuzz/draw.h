/* Random numbers for inputs: the same from the same seed, on any machine. */
#ifndef PONGD_FUZZ_DRAW_H
#define PONGD_FUZZ_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draw {
    uint64_t state;
};

/* SplitMix64, by Steele, Lea and Flood (2014). */
static inline uint64_t
draw_next(struct draw *draw)
{
    uint64_t bits = draw->state += UINT64_C(0x9e3779b97f4a7c15);

    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return bits ^ bits >> 31;
}

/* One of 0 to count - 1; `count` is at least 1 and less than 2^32. */
static inline size_t
draw_below(struct draw *draw, size_t count)
{
    return (size_t)((draw_next(draw) >> 32) * count >> 32);
}

static inline bool
draw_one_in(struct draw *draw, size_t count)
{
    return draw_below(draw, count) == 0;
}

/* A number of 0 to `most`, where mistakes are: near either end, near a power of two, or anywhere. */
static inline uint32_t
draw_border(struct draw *draw, uint32_t most)
{
    uint32_t power = UINT32_C(1) << draw_below(draw, 32), value;

    switch (draw_below(draw, 4)) {
    case 0:
        return (uint32_t)draw_below(draw, 3) % (most == UINT32_MAX ? UINT32_MAX : most + 1);
    case 1:
        value = most - (uint32_t)draw_below(draw, 3);
        return value > most ? most : value;
    case 2:
        value = power - 1 + (uint32_t)draw_below(draw, 3);
        return most == UINT32_MAX ? value : value % (most + 1);
    default:
        value = (uint32_t)draw_next(draw);
        return most == UINT32_MAX ? value : value % (most + 1);
    }
}

/* One of a table's rows. */
#define DRAW_ROW(draw, table) (&(table)[draw_below((draw), sizeof(table) / sizeof((table)[0]))])

#endif
