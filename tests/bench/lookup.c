/* How long addresses_lookup() takes, from one prefix to a million: a table, tab-separated, on standard output.
 *
 * Each number is the median of rounds in which all tables have their turn, so that what else the machine does meets them
 * all.  Single addresses are drawn from all there are; prefixes of mixed lengths nest in each other. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "responder/addresses.h"

enum { SIZES = 7, LOOKUPS = 1 << 17, ROUNDS = 9, TABLES = 4 * SIZES };

struct bench {
    uint8_t version;
    bool is_mixed;
    size_t count;
    size_t bytes;
    double build_s;
    double hit_ns[ROUNDS], miss_ns[ROUNDS];
    struct address *hits, *misses; /* LOOKUPS each */
    struct addresses addresses;
    struct addresses_table given;
};

static struct bench benches[TABLES];
static uint64_t state = 1;
static volatile unsigned sink;

/* SplitMix64. */
static uint64_t
draw(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void *
allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return memory;
}

static struct address
draw_address(uint8_t version)
{
    struct address address = {.version = version};

    for (unsigned i = 0; i < address_bits(version) / 8; i++)
        address.bytes[i] = (uint8_t)draw();
    if (version == 6)
        address.bytes[0] = 0x20; /* 2000::/8 */
    return address;
}

/* Every other prefix of mixed length is within one that was drawn before, so that they nest as deep as chance has it. */
static struct addresses_prefix
draw_prefix(const struct bench *bench, const struct addresses_prefix *before, size_t count)
{
    uint8_t bits = (uint8_t)address_bits(bench->version);
    struct addresses_prefix prefix = {draw_address(bench->version), bits, ADDRESSES_ANSWER, 0};
    const struct addresses_prefix *around;

    if (!bench->is_mixed)
        return prefix;
    prefix.len = (uint8_t)(bits / 2 + draw() % (bits / 2U + 1));
    if (count % 2 == 0)
        return prefix;
    around = &before[draw() % count];
    for (unsigned i = 0; i < around->len / 8; i++)
        prefix.address.bytes[i] = around->address.bytes[i];
    return prefix;
}

/* An address in a prefix, and one that is most likely in none. */
static void
draw_targets(struct bench *bench, const struct addresses_prefix *prefixes)
{
    bench->hits = allocate(LOOKUPS, sizeof *bench->hits);
    bench->misses = allocate(LOOKUPS, sizeof *bench->misses);
    for (size_t i = 0; i < LOOKUPS; i++) {
        const struct addresses_prefix *prefix = &prefixes[draw() % bench->count];

        bench->hits[i] = draw_address(bench->version);
        for (unsigned bit = 0; bit < prefix->len; bit++) {
            uint8_t mask = (uint8_t)(0x80U >> bit % 8), *byte = &bench->hits[i].bytes[bit / 8];

            *byte = (uint8_t)((*byte & ~mask) | (prefix->address.bytes[bit / 8] & mask));
        }
        bench->misses[i] = draw_address(bench->version);
    }
}

static void
build(struct addresses_table *table, struct addresses_prefix *prefixes, size_t count, size_t *bytes)
{
    *bytes = addresses_size(prefixes, count);
    if (!addresses_build(table, prefixes, count, allocate(1, *bytes)))
        exit(2);
}

static void
prepare(struct bench *bench)
{
    struct addresses_prefix *prefixes = allocate(bench->count, sizeof *prefixes);
    struct addresses_prefix own[] = {
        {{.version = 4, .bytes = {192, 0, 2, 2}}, 24, ADDRESSES_ONLINK, 0},
        {{.version = 4, .bytes = {192, 0, 2, 2}}, 32, ADDRESSES_OWN, 0},
        {{.version = 6, .bytes = {0xfe, 0x80, [15] = 2}}, 128, ADDRESSES_OWN, 0},
    };
    size_t own_bytes;
    double start;

    for (size_t i = 0; i < bench->count; i++)
        prefixes[i] = draw_prefix(bench, prefixes, i);
    draw_targets(bench, prefixes);
    start = bench_now_ns();
    build(&bench->given, prefixes, bench->count, &bench->bytes);
    bench->build_s = (bench_now_ns() - start) / 1e9;
    build(&bench->addresses.own, own, sizeof own / sizeof own[0], &own_bytes);
    bench->addresses.given = &bench->given;
    free(prefixes);
}

/* Each address is made to depend on the last result, so that look-ups do not overlap: a packet's is waited for. */
static double
measure(const struct bench *bench, const struct address *targets)
{
    unsigned found = 0;
    double start = bench_now_ns();

    for (size_t i = 0; i < LOOKUPS; i++) {
        struct address address = targets[i];

        address.bytes[15] ^= (uint8_t)(found >> 8);
        found = addresses_lookup(&bench->addresses, &address).match;
        sink = found;
    }
    return (bench_now_ns() - start) / LOOKUPS;
}

int
main(void)
{
    for (size_t i = 0; i < TABLES; i++) {
        benches[i].version = i / SIZES % 2 == 0 ? 4 : 6;
        benches[i].is_mixed = i / SIZES >= 2;
        benches[i].count = 1;
        for (size_t j = 0; j < i % SIZES; j++)
            benches[i].count *= 10;
        prepare(&benches[i]);
    }
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < TABLES; i++) {
            benches[i].hit_ns[round] = measure(&benches[i], benches[i].hits);
            benches[i].miss_ns[round] = measure(&benches[i], benches[i].misses);
        }
    puts("family\tshape\tprefixes\thit ns\tmiss ns\tbytes a prefix\tbuild s");
    for (size_t i = 0; i < TABLES; i++)
        printf("IPv%d\t%s\t%zu\t%.0f\t%.0f\t%.0f\t%.3f\n", benches[i].version, benches[i].is_mixed ? "mixed" : "single",
               benches[i].count, bench_median(benches[i].hit_ns, ROUNDS), bench_median(benches[i].miss_ns, ROUNDS),
               (double)benches[i].bytes / (double)benches[i].count, benches[i].build_s);
    return 0;
}
