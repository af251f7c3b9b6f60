/* The kernel oracle: sends requests to a host whose kernel answers and to one where pongd does, and compares. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* for the processor to run on */
#endif

#include <err.h>
#include <getopt.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "oracle-allowed.h"
#include "oracle-cases.h"
#include "oracle-compare.h"
#include "oracle-port.h"
#include "oracle-spec.h"

enum {
    HOSTS = 2,
    KERNEL = 0,
    PONGD = 1,
    BATCH = 24,
    FRAME_ROOM = 66000,
    PACE_NS = 2000000,   /* between cases where errors count, of which at most 1000 a second are sent */
    PATIENCE_MS = 3000,  /* for the next answer to anything */
    RETRIES = 3,
    DIFFERENCES_MAX = 10, /* of the random run, after which it ends */
    SHOWN_MAX = 96       /* bytes of a long frame that are shown */
};

/* A case under way. */
struct job {
    uint32_t number; /* unique: fragment IDs come from it */
    struct frames requests;
    struct frames answers[HOSTS];
    bool is_done[HOSTS];
};

struct host {
    const char *name;
    int port;
    uint32_t first; /* the sentinel of the batch's first job */
};

struct oracle {
    struct host hosts[HOSTS];
    struct job jobs[BATCH];
    unsigned job_count;
    uint32_t sentinel; /* the next */
    uint32_t number;   /* of the next case of the table */
    bool with_errors;
    unsigned without;
    FILE *capture;
    unsigned tests, allowed;
};

/* --- sending and collecting */

/* An echo request that marks the end of a case: hosts answer in order, so that all before it has been dealt with. */
static const char sentinel_words[] = "4 iid=5e17 iseq=0 data=16";

enum {
    SENTINEL_DATA = ETHERNET_LEN + IP4_LEN + 8,
    SENTINEL_LEN = SENTINEL_DATA + 16
};

static void
send_sentinel(const struct host *host, uint32_t sentinel)
{
    static struct frames frames;
    uint8_t *frame;

    frames_clear(&frames);
    spec_frames(sentinel_words, sentinel, false, &frames);
    frame = frames_at(&frames, 0);
    memcpy(frame + SENTINEL_DATA, "ORACLESENTINEL", 12);
    put32(frame + SENTINEL_DATA + 12, sentinel);
    sums_repair(frame, SENTINEL_LEN, true);
    port_send(host->port, frame, SENTINEL_LEN);
}

/* A sentinel's reply, and whose. */
static bool
is_sentinel(const uint8_t *frame, size_t len, uint32_t *sentinel)
{
    if (len < SENTINEL_LEN || get16(frame + 12) != TYPE_IP4 || frame[ETHERNET_LEN + IP4_LEN] != 0 ||
        memcmp(frame + SENTINEL_DATA, "ORACLESENTINEL", 12) != 0)
        return false;
    *sentinel = get32(frame + SENTINEL_DATA + 12);
    return true;
}

static bool
is_error4(unsigned type)
{
    return type == 3 || type == 11 || type == 12;
}

static bool
is_error6(unsigned type)
{
    return type == 1 || type == 3 || type == 4;
}

/* Neighbour discovery, router solicitations and multicast listeners, in any header. */
static bool
is_noise6(const struct oracle *oracle, const struct view *view)
{
    unsigned type;

    if (view->ip[6] == NEXT_FRAGMENT)
        return false;
    if (view->ip[6] != NEXT_ICMP6 || view->upper_len < 8)
        return true;
    type = view->upper[0];
    return (type >= 130 && type <= 137) || type == 143 || (is_error6(type) && !oracle->with_errors);
}

/* What hosts say besides: ARP and its kin, other protocols' refusals, and ICMP errors unless they are asked for. */
static bool
is_noise(const struct oracle *oracle, const uint8_t *frame, size_t len)
{
    struct view view = view_of(frame, len);

    if (view.type == TYPE_ARP)
        return true;
    if (view.version == 6)
        return is_noise6(oracle, &view);
    if (view.version != 4 || view.upper_len < 8 || (get16(view.ip + 6) & OFFSET_MASK) != 0)
        return false;
    return view.ip[9] != PROTOCOL_ICMP || (is_error4(view.upper[0]) && !oracle->with_errors);
}

/* The job whose answers come in from a host now, NULL after the last. */
static struct job *
current_job(struct oracle *oracle, unsigned host)
{
    for (unsigned i = 0; i < oracle->job_count; i++)
        if (!oracle->jobs[i].is_done[host])
            return &oracle->jobs[i];
    return NULL;
}

/* A sentinel ends its job.  When one is missing, frames were lost, and its job stays open. */
static void
take_sentinel(struct oracle *oracle, unsigned host, uint32_t sentinel)
{
    uint32_t index = sentinel - oracle->hosts[host].first;
    struct job *job = current_job(oracle, host);

    if (index >= oracle->job_count || job == NULL)
        return;
    if (job != &oracle->jobs[index])
        errx(2, "frames of %s were lost", oracle->hosts[host].name);
    job->is_done[host] = true;
}

/* Takes all that has come in from a host; whether it was anything. */
static bool
collect(struct oracle *oracle, unsigned host)
{
    static uint8_t frame[FRAME_ROOM];
    struct job *job;
    uint32_t sentinel;
    bool is_any = false;

    for (size_t len; port_receive(oracle->hosts[host].port, frame, sizeof frame, &len); is_any = true) {
        job = current_job(oracle, host);
        if (is_sentinel(frame, len, &sentinel))
            take_sentinel(oracle, host, sentinel);
        else if (job != NULL && !is_noise(oracle, frame, len))
            frames_add(&job->answers[host], frame, len);
    }
    return is_any;
}

static void
send_job(struct oracle *oracle, unsigned index)
{
    static const struct timespec pace = {0, PACE_NS};
    struct job *job = &oracle->jobs[index];

    if (oracle->with_errors)
        (void)nanosleep(&pace, NULL);
    for (unsigned host = 0; host < HOSTS; host++) {
        frames_clear(&job->answers[host]);
        job->is_done[host] = false;
    }
    for (unsigned host = 0; host < HOSTS; host++) {
        for (size_t i = 0; i < job->requests.count; i++) {
            port_send(oracle->hosts[host].port, frames_at(&job->requests, i), job->requests.spans[i].len);
            (void)collect(oracle, host);
        }
        send_sentinel(&oracle->hosts[host], oracle->hosts[host].first + index);
        (void)collect(oracle, host);
    }
}

/* Waits for the sentinels of all jobs. */
static void
await(struct oracle *oracle, unsigned host)
{
    struct pollfd poller = {.fd = oracle->hosts[host].port, .events = POLLIN};
    struct timespec start, now;

    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    while (current_job(oracle, host) != NULL) {
        (void)poll(&poller, 1, 100);
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        if (collect(oracle, host))
            start = now;
        else if ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 > PATIENCE_MS)
            errx(2, "%s does not answer any more, after case %lu", oracle->hosts[host].name,
                 (unsigned long)current_job(oracle, host)->number);
    }
}

/* Sends the jobs to both hosts and collects the answers. */
static void
run_jobs(struct oracle *oracle)
{
    for (unsigned i = 0; i < oracle->job_count; i++)
        for (unsigned host = 0; host < HOSTS; host++)
            oracle->jobs[i].is_done[host] = false;
    for (unsigned host = 0; host < HOSTS; host++)
        oracle->hosts[host].first = oracle->sentinel;
    oracle->sentinel += oracle->job_count;
    for (unsigned i = 0; i < oracle->job_count; i++)
        send_job(oracle, i);
    for (unsigned host = 0; host < HOSTS; host++)
        await(oracle, host);
}

static long
time_of_day_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (long)(now.tv_sec % 86400) * 1000 + now.tv_nsec / 1000000;
}

/* --- telling */

static void
show_frame(const char *whose, const uint8_t *frame, size_t len, bool in_full)
{
    printf("#   %s %4zu ", whose, len);
    for (size_t i = 0; i < len && (in_full || i < SHOWN_MAX); i++)
        printf("%s%02x", i == ETHERNET_LEN ? " " : "", frame[i]);
    printf("%s\n", !in_full && len > SHOWN_MAX ? "..." : "");
}

static void
show_frames(const char *whose, const struct frames *frames, bool in_full)
{
    if (frames->count == 0)
        printf("#   %s silence\n", whose);
    for (size_t i = 0; i < frames->count; i++)
        show_frame(whose, frames_at(frames, i), frames->spans[i].len, in_full || frames->count < 3);
}

static void
write_frames(FILE *file, const struct frames *frames)
{
    for (size_t i = 0; i < frames->count; i++)
        capture_add(file, frames_at(frames, i), frames->spans[i].len);
}

/* Shows a difference, with IDs and times hidden as they were for comparing, and writes the requests. */
static void
show_job(const struct oracle *oracle, const struct job *job)
{
    show_frames("request", &job->requests, true);
    show_frames("kernel ", &job->answers[KERNEL], false);
    show_frames("pongd  ", &job->answers[PONGD], false);
    if (oracle->capture != NULL)
        write_frames(oracle->capture, &job->requests);
}

/* --- the table */

static bool
is_in_groups(const struct row *row, unsigned groups)
{
    static struct frames frames;

    frames_clear(&frames);
    spec_frames(row->request, 0, false, &frames);
    return (groups_of(&frames) & groups) != 0;
}

static void
run_row(struct oracle *oracle, const struct row *row)
{
    struct job *job = &oracle->jobs[0];

    oracle->job_count = 1;
    frames_clear(&job->requests);
    job->number = oracle->number++;
    spec_frames(row->request, job->number, oracle->with_errors, &job->requests);
    run_jobs(oracle);
}

/* Whether a row came out as it should; says why not, and what is remarkable. */
static bool
judge_row(struct oracle *oracle, const struct row *row)
{
    struct job *job = &oracle->jobs[0];
    const struct allowed *allowed = row->allowed == NULL ? NULL : allowed_find(row->allowed);
    enum difference difference;

    run_row(oracle, row);
    difference = compare_answers(&job->answers[KERNEL], &job->answers[PONGD], time_of_day_ms());
    if (difference == DIFFERENCE_NONE) {
        if (row->allowed != NULL)
            printf("# %s, %s: a difference was expected (%s)\n", row->rule, row->words,
                   allowed == NULL ? row->allowed : allowed->words);
        return true;
    }
    if (allowed == NULL && oracle->with_errors) /* the table is about answers */
        allowed = allowed_for(&job->requests, difference);
    if (allowed != NULL && (allowed->ways & (unsigned)difference) != 0) {
        printf("# %s, %s: differs by %s: %s\n", row->rule, row->words, allowed->rule, allowed->words);
        return true;
    }
    printf("# %s, %s: [%s]\n", row->rule, row->words, row->request);
    show_job(oracle, job);
    return false;
}

/* One line for a rule, which may take several rows.  Returns the first row of the next rule. */
static size_t
run_rule(struct oracle *oracle, size_t row)
{
    const char *rule = rows[row].rule;
    unsigned ran = 0, failed = 0, left_out = 0;

    for (; row < row_count && strcmp(rows[row].rule, rule) == 0; row++) {
        if (is_in_groups(&rows[row], oracle->without)) {
            left_out++;
            continue;
        }
        ran++;
        failed += !judge_row(oracle, &rows[row]);
    }
    printf("%sok %u - %s as the kernel has it: %u of %u", failed > 0 ? "not " : "", ++oracle->tests, rule, ran - failed,
           ran + left_out);
    printf("%s\n", ran == 0 ? " # SKIP left out" : "");
    return row;
}

static void
run_table(struct oracle *oracle)
{
    for (size_t row = 0; row < row_count;)
        row = run_rule(oracle, row);
}

/* --- the random run */

static bool
judge_random(struct oracle *oracle, struct job *job, uint64_t seed)
{
    enum difference difference = compare_answers(&job->answers[KERNEL], &job->answers[PONGD], time_of_day_ms());

    if (difference == DIFFERENCE_NONE)
        return true;
    if (allowed_for(&job->requests, difference) != NULL) {
        oracle->allowed++;
        return true;
    }
    printf("# seed %llu, case %lu:\n", (unsigned long long)seed, (unsigned long)job->number);
    show_job(oracle, job);
    return false;
}

static unsigned
run_batch(struct oracle *oracle, uint64_t seed, uint32_t from, uint32_t until, unsigned *answered)
{
    unsigned differences = 0;

    oracle->job_count = until - from < BATCH ? until - from : BATCH;
    for (unsigned i = 0; i < oracle->job_count; i++) {
        oracle->jobs[i].number = from + i;
        frames_clear(&oracle->jobs[i].requests);
        random_case(seed, from + i, oracle->without, oracle->with_errors, &oracle->jobs[i].requests);
    }
    run_jobs(oracle);
    for (unsigned i = 0; i < oracle->job_count; i++) {
        *answered += oracle->jobs[i].answers[KERNEL].count > 0;
        differences += !judge_random(oracle, &oracle->jobs[i], seed);
    }
    return differences;
}

static void
run_random(struct oracle *oracle, uint64_t seed, uint32_t from, uint32_t until)
{
    unsigned differences = 0, answered = 0;
    uint32_t number;

    oracle->allowed = 0;
    for (number = from; number < until && differences < DIFFERENCES_MAX; number += oracle->job_count)
        differences += run_batch(oracle, seed, number, until, &answered);
    printf("%sok %u - seed %llu: %lu random cases, as the kernel has them\n", differences > 0 ? "not " : "",
           ++oracle->tests, (unsigned long long)seed, (unsigned long)(number - from));
    printf("# the kernel answered %u; %u differ as allowed, %u do not\n", answered, oracle->allowed, differences);
}

/* --- the command line */

static const char usage[] = "usage: oracle [--without fragments,options,timestamp] [--errors] [--write FILE] [--only CASE]\n"
                            "              KERNEL-INTERFACE PONGD-INTERFACE SEED COUNT\n";

static unsigned
read_groups(char *text)
{
    static const struct {
        const char *name;
        unsigned group;
    } names[] = {{"fragments", GROUP_FRAGMENTS}, {"options", GROUP_OPTIONS}, {"timestamp", GROUP_TIMESTAMP}};
    unsigned groups = 0;

    for (char *name, *rest = text; (name = strtok_r(rest, ",", &rest)) != NULL;) {
        size_t i = 0;

        while (i < 3 && strcmp(names[i].name, name) != 0)
            i++;
        if (i == 3)
            errx(2, "no such group: %s", name);
        groups |= names[i].group;
    }
    return groups;
}

/* One processor for all: what is sent on a veth is then dealt with in order. */
static void
stay_on_one_processor(void)
{
    int now = sched_getcpu();
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(now < 0 ? 0 : (unsigned)now, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

static void
open_hosts(struct oracle *oracle, char *interfaces[])
{
    static const char *const names[HOSTS] = {"the kernel", "pongd"};

    for (unsigned host = 0; host < HOSTS; host++) {
        oracle->hosts[host].name = names[host];
        oracle->hosts[host].port = port_open(interfaces[host]);
    }
    stay_on_one_processor();
}

int
main(int argc, char *argv[])
{
    static const struct option options[] = {{"without", required_argument, NULL, 'x'},
                                            {"errors", no_argument, NULL, 'e'},
                                            {"write", required_argument, NULL, 'w'},
                                            {"only", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    static struct oracle oracle;
    long only = -1;
    uint32_t count;
    uint64_t seed;

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (option) {
        case 'x': oracle.without = read_groups(optarg); break;
        case 'e': oracle.with_errors = true; break;
        case 'w': oracle.capture = capture_open(optarg); break;
        case 'o': only = strtol(optarg, NULL, 10); break;
        default: fputs(usage, stderr); return 2;
        }
    if (argc - optind != 4) {
        fputs(usage, stderr);
        return 2;
    }
    open_hosts(&oracle, argv + optind);
    seed = strtoull(argv[optind + 2], NULL, 10);
    count = (uint32_t)strtoul(argv[optind + 3], NULL, 10);
    oracle.number = 0x800000; /* out of the way of the random cases' numbers */
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (only >= 0) {
        run_random(&oracle, seed, (uint32_t)only, (uint32_t)only + 1);
    } else {
        run_table(&oracle);
        if (count > 0)
            run_random(&oracle, seed, 0, count);
    }
    printf("1..%u\n", oracle.tests);
    return oracle.capture != NULL && fclose(oracle.capture) != 0 ? 2 : 0;
}
