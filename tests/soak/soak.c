/* A soak: the core answers frames that a generator makes, hundreds of millions if asked; each reply is checked as the
 * fuzzers check it, and the memory of the process does not grow.
 *
 * usage: soak [-n FRAMES] [-t SECONDS] [-s SEED] [-g KIB]
 *
 * It ends with FRAMES or SECONDS, whichever comes first.  Memory may grow by KIB from a tenth of the way on; 0 is for not
 * looking, as under valgrind, whose memory it is. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/grammar.h"
#include "fuzz/play.h"
#include "fuzz/record.h"
#include "fuzz/records.h"

enum {
    EACH = 200, /* in an input */
    REQUESTS = 64 /* the same of rules */
};

static struct draw draw = {1};
static uint8_t input[RECORDS_SIZE_MOST];

/* Frames on an interface with these settings; NULL for any. */
static void
play_frames(const uint8_t *start, struct play_count *count)
{
    play_respond(input, records_make(&draw, start, EACH, input, sizeof input), count);
}

static void
play_plain(struct play_count *count)
{
    static const uint8_t start[RECORD_START_LEN] = {0, RECORD_MAC, 0};

    play_frames(start, count);
}

/* All that is off by default. */
static void
play_all(struct play_count *count)
{
    static const uint8_t start[RECORD_START_LEN] = {
        0, RECORD_MAC | RECORD_HOSTS, RECORD_ERRORS | RECORD_TIMESTAMP | RECORD_PROBE | RECORD_BROADCAST};

    play_frames(start, count);
}

/* Replies in fragments: the MTU is 68, or 576 with another number of the same table. */
static void
play_fragments(struct play_count *count)
{
    static const uint8_t start[RECORD_START_LEN] = {0, RECORD_MAC | 1 << RECORD_MTU_SHIFT, RECORD_ERRORS};

    play_frames(start, count);
}

static void
play_neighbors(struct play_count *count)
{
    static const uint8_t start[RECORD_START_LEN] = {0, RECORD_MAC | RECORD_NEIGHBORS, RECORD_CLAIMS | RECORD_ERRORS};

    play_frames(start, count);
}

static void
play_any(struct play_count *count)
{
    play_frames(NULL, count);
}

static void
play_faults(struct play_count *count)
{
    play_rules(input, grammar_make(&draw, REQUESTS, input, GRAMMAR_SIZE_MOST), count);
}

static const struct part {
    const char *name;
    void (*play)(struct play_count *count);
} parts[] = {
    {"plain", play_plain},         {"all that is off by default", play_all}, {"fragments", play_fragments},
    {"neighbours", play_neighbors}, {"any settings", play_any},              {"rules", play_faults},
};

enum { PARTS = sizeof parts / sizeof parts[0] };

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* The most memory that the process has had, in KiB. */
static long
memory_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* How far a run is, from 0 to 1. */
static double
done(uint64_t count, uint64_t requests, double spent, double seconds)
{
    double by_count = requests > 0 ? (double)count / (double)requests : 0, by_time = seconds > 0 ? spent / seconds : 0;

    return by_count > by_time ? by_count : by_time;
}

/* Plays until it is enough.  Returns by how many KiB memory has grown since a tenth of that. */
static long
soak(uint64_t requests, double seconds, struct play_count counts[static PARTS])
{
    double start = now(), part = 0;
    uint64_t count = 0;
    long early_kib = 0;

    for (size_t i = 0; part < 1; i = (i + 1) % PARTS) {
        uint64_t before = counts[i].frames;

        parts[i].play(&counts[i]);
        count += counts[i].frames - before;
        part = done(count, requests, now() - start, seconds);
        if (early_kib == 0 && part >= 0.1)
            early_kib = memory_kib();
    }
    printf("%" PRIu64 " frames in %.1f s: %.2f us each, checks and all\n", count, now() - start,
           (now() - start) * 1e6 / (double)count);
    printf("memory: %ld KiB after a tenth, %ld KiB at the end\n", early_kib, memory_kib());
    return memory_kib() - early_kib;
}

int
main(int argc, char *argv[])
{
    struct play_count counts[PARTS] = {{0, 0}};
    uint64_t requests = 0;
    long growth_kib = 2048, grown_kib; /* static memory is touched late, by the longest replies */
    double seconds = 0;
    int option;

    while ((option = getopt(argc, argv, "n:t:s:g:")) != -1) {
        if (option == 'n')
            requests = strtoull(optarg, NULL, 10);
        else if (option == 't')
            seconds = strtod(optarg, NULL);
        else if (option == 's')
            draw.state = strtoull(optarg, NULL, 10);
        else if (option == 'g')
            growth_kib = strtol(optarg, NULL, 10);
        else
            return 2;
    }
    if (requests == 0 && seconds <= 0)
        requests = 10000000;
    setvbuf(stdout, NULL, _IOLBF, 0);
    grown_kib = soak(requests, seconds, counts);
    for (size_t i = 0; i < PARTS; i++)
        printf("  %12" PRIu64 " frames, %12" PRIu64 " answered: %s\n", counts[i].frames, counts[i].answered, parts[i].name);
    if (growth_kib == 0 || grown_kib <= growth_kib)
        return 0;
    fprintf(stderr, "soak: memory has grown by %ld KiB, more than %ld: something is not given back\n", grown_kib, growth_kib);
    return 1;
}
