/* What it costs to have replies wait, up to a million of them, and how late they leave: two tables on standard output.
 *
 * The first measures the schedule alone, filled with replies of random times, and then kept as full: one in, one out.  The
 * second sleeps as the loop does until a reply is due, at random times as far apart as the rate says, and takes it out. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "clock.h"
#include "nap.h"
#include "platform/platform.h"
#include "responder/random.h"
#include "responder/schedule.h"

enum { SIZES = 4, TURNS = 1000000, LEN = 98, LATE = 20000, NS_PER_S = 1000000000 };

static struct schedule schedule;
static struct random chance;
static uint8_t frame[LEN];
static uint64_t lateness[LATE];

static void
add(uint64_t due_ns)
{
    struct schedule_reply reply = {frame, LEN, due_ns, 0, 0};
    enum schedule_result result;

    while ((result = schedule_add(&schedule, &reply)) == SCHEDULE_NEEDS_MEMORY) {
        void *memory = malloc(SCHEDULE_PART_LEN);

        if (memory == NULL)
            break;
        schedule_supply(&schedule, memory);
    }
    if (result == SCHEDULE_ADDED)
        return;
    fputs("out of memory\n", stderr);
    exit(2);
}

static void
measure_cost(size_t count)
{
    uint64_t window_ns = UINT64_C(100) * count; /* of the times that replies wait for: ten million a second */
    struct schedule_reply reply;
    double start, filled, turned, emptied;

    schedule_init(&schedule, count);
    start = bench_now_ns();
    for (size_t i = 0; i < count; i++)
        add(random_below(&chance, window_ns));
    filled = bench_now_ns();
    for (size_t i = 0; i < TURNS && schedule_take(&schedule, UINT64_MAX, &reply); i++)
        add(reply.due_ns + random_below(&chance, 2 * window_ns));
    turned = bench_now_ns();
    while (schedule_take(&schedule, UINT64_MAX, &reply))
        ;
    emptied = bench_now_ns();
    printf("%zu\t%.0f\t%.0f\t%.0f\t%.0f\n", count, (double)schedule.part_count * SCHEDULE_PART_LEN / (double)count,
           (filled - start) / (double)count, (turned - filled) / TURNS, (emptied - turned) / (double)count);
    while (schedule.part_count > 0)
        free(schedule_release(&schedule));
}

static int
compare(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* `waiting` others, due much later, are there all the while. */
static void
measure_lateness(unsigned rate, size_t waiting)
{
    size_t count = rate * 2 < LATE ? rate * 2 : LATE, taken = 0;
    uint64_t due_ns = clock_steady_ns();
    struct nap nap = {0};
    struct schedule_reply reply;
    uint64_t begin_ns;
    double start;

    schedule_init(&schedule, SCHEDULE_DEFAULT);
    for (size_t i = 0; i < waiting; i++)
        add(due_ns + UINT64_C(3600) * NS_PER_S + random_below(&chance, NS_PER_S));
    due_ns = clock_steady_ns() + NS_PER_S / 10;
    for (size_t i = 0; i < count; i++)
        add(due_ns += random_below(&chance, 2 * NS_PER_S / rate));
    start = bench_now_ns();
    begin_ns = clock_steady_ns();
    while (taken < count) {
        (void)nap_until(&nap, NULL, 0, schedule_due(&schedule), true);
        while (taken < count && schedule_take(&schedule, clock_steady_ns(), &reply))
            lateness[taken++] = clock_steady_ns() - reply.due_ns;
    }
    start = (bench_now_ns() - start) / (double)(clock_steady_ns() - begin_ns);
    qsort(lateness, count, sizeof lateness[0], compare);
    printf("%u\t%zu\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\n", rate, waiting, (double)lateness[count / 2] / 1e3,
           (double)lateness[count * 99 / 100] / 1e3, (double)lateness[count * 999 / 1000] / 1e3,
           (double)lateness[count - 1] / 1e3, start * 100);
    while (schedule_take(&schedule, UINT64_MAX, &reply))
        ;
    while (schedule.part_count > 0)
        free(schedule_release(&schedule));
}

int
main(void)
{
    size_t count = 1000;

    random_init(&chance, 1);
    puts("waiting\tbytes each\tadd ns\ttake and add ns\ttake ns");
    for (int i = 0; i < SIZES; i++, count *= 10)
        measure_cost(count);
    measure_cost(SCHEDULE_DEFAULT);
    puts("\nreplies/s\twaiting\tlate us p50\tp99\tp99.9\tmost\tCPU %");
    platform_sleep_exactly();
    for (unsigned rate = 100; rate <= 10000; rate *= 10)
        measure_lateness(rate, 0);
    measure_lateness(1000, 1000000);
    return 0;
}
