/* How long the Internet checksum takes, ours and a plain one: a table, tab-separated, on standard output.
 *
 * Each number is the median of rounds in which all of them have their turn, so that what else the machine does meets them
 * all.  Each sum starts from the last, so that calls do not overlap: a packet's is waited for. */
#include <stdint.h>
#include <stdio.h>

#include "bench.h"
#include "codec/checksum.h"

enum {
    ROUNDS = 15,
    BYTES = 1 << 21, /* that are summed up in a round */
    LONGEST = 65507, /* of the data that ping can send */
    HEADERS = 14 + 20 /* what comes before an ICMP message: it is rarely aligned */
};

typedef uint64_t adder(uint64_t sum, const uint8_t *data, size_t len);

/* Two bytes at a time. */
static uint64_t
add_plainly(uint64_t sum, const uint8_t *data, size_t len)
{
    size_t i;

    for (i = 0; i + 1 < len; i += 2)
        sum += (uint64_t)data[i] << 8 | data[i + 1];
    if (i < len)
        sum += (uint64_t)data[i] << 8;
    return sum;
}

static adder *const volatile adders[] = {checksum_add, add_plainly};

static const size_t lens[] = {8, 64, 1400, 9000, LONGEST};

enum { ADDERS = sizeof adders / sizeof adders[0], LENS = sizeof lens / sizeof lens[0] };

static uint8_t data[HEADERS + LONGEST];
static volatile uint64_t sink;

static double
measure(adder *add, size_t len)
{
    size_t calls = BYTES / (len + 64);
    double start = bench_now_ns();
    uint64_t sum = 0;

    for (size_t i = 0; i < calls; i++)
        sum = add(sum & 0xffff, data + HEADERS, len);
    sink = sum;
    return (bench_now_ns() - start) / (double)calls;
}

int
main(void)
{
    static double ns[LENS][ADDERS][ROUNDS];

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 167 + 13);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < LENS; i++)
            for (size_t j = 0; j < ADDERS; j++)
                ns[i][j][round] = measure(adders[j], lens[i]);
    puts("bytes\tns\tGB/s\tplain ns\tplain GB/s\ttimes as fast");
    for (size_t i = 0; i < LENS; i++) {
        double len = (double)lens[i], ours = bench_median(ns[i][0], ROUNDS), plain = bench_median(ns[i][1], ROUNDS);

        printf("%zu\t%.1f\t%.2f\t%.1f\t%.2f\t%.1f\n", lens[i], ours, len / ours, plain, len / plain, plain / ours);
    }
    return 0;
}
