/* The kernel oracle: sends requests to a host whose kernel answers and to one where pongd does, and compares. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "oracle-cases.h"
#include "oracle-compare.h"
#include "oracle-hosts.h"
#include "oracle-judge.h"
#include "oracle-port.h"
#include "oracle-spec.h"

enum {
    IDENTITIES = 0x4000,      /* between those with which two tests begin: what one run leaves, no other meets */
    TRIES = 8,                /* where pongd has limits, which sources may share by chance */
    DIFFERENCES_MAX = 10,     /* of the random run, after which it ends */
    SHOWN_MAX = 96            /* bytes of a long frame that are shown */
};

struct oracle {
    struct hosts hosts;
    struct recipe recipe;
    const char *name;  /* of the run, before the name of each test */
    uint32_t identity; /* of the next case */
    FILE *capture;
    unsigned tests, allowed;
};

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

static bool
has_limits(const struct oracle *oracle)
{
    return oracle->hosts.with_errors || oracle->recipe.flavour == FLAVOUR_PROBE;
}

/* Whether the answers to a case, which are normalised by now, are as they have to be; `only` as with judge_covers(). */
static bool
judge(struct job *job, const struct allowed *only, const struct allowed **met)
{
    *met = NULL;
    compare_normalise(&job->answers[KERNEL], &job->answers[PONGD], time_of_day_ms());
    if (compare_answers(&job->answers[KERNEL], &job->answers[PONGD]) == 0)
        return true;
    return judge_covers(&job->requests, &job->answers[KERNEL], &job->answers[PONGD], only, met);
}

/* --- the tables */

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
    struct job *job = &oracle->hosts.jobs[0];

    oracle->hosts.job_count = 1;
    frames_clear(&job->requests);
    spec_frames(row->request, oracle->identity++, oracle->hosts.with_errors, &job->requests);
    hosts_ask(&oracle->hosts);
}

/* Where errors count too, other rules than the row's may be met: rows are about replies. */
static bool
is_as_expected(struct oracle *oracle, const struct row *row, const struct allowed **met)
{
    static const struct allowed none = {.rule = "none"};
    const struct allowed *only = row->allowed == NULL ? &none : judge_find(row->allowed);
    bool is_right = false;

    if (only == NULL)
        errx(2, "no rule of the name %s", row->allowed);
    for (unsigned i = 0; !is_right && i < (has_limits(oracle) ? TRIES : 1); i++) {
        run_row(oracle, row);
        is_right = judge(&oracle->hosts.jobs[0], oracle->hosts.with_errors ? NULL : only, met);
    }
    return is_right;
}

/* Whether a row came out as it should; says why not, and what is remarkable. */
static bool
judge_row(struct oracle *oracle, const struct row *row)
{
    const struct allowed *met;

    if (is_as_expected(oracle, row, &met)) {
        if (row->allowed != NULL && met == NULL)
            printf("# %s, %s: a difference was expected (%s)\n", row->rule, row->words, row->allowed);
        return true;
    }
    printf("# %s, %s: [%s]\n", row->rule, row->words, row->request);
    show_job(oracle, &oracle->hosts.jobs[0]);
    return false;
}

/* One line for a rule, which may take several rows.  Returns the first row of the next rule. */
static size_t
run_rule(struct oracle *oracle, const struct row *rows, size_t row, size_t row_count)
{
    const char *rule = rows[row].rule;
    unsigned ran = 0, failed = 0, left_out = 0;

    for (; row < row_count && strcmp(rows[row].rule, rule) == 0; row++) {
        if (is_in_groups(&rows[row], oracle->recipe.without)) {
            left_out++;
            continue;
        }
        ran++;
        failed += !judge_row(oracle, &rows[row]);
    }
    printf("%sok %u - %s: %s as the kernel has it: %u of %u", failed > 0 ? "not " : "", ++oracle->tests, oracle->name, rule,
           ran - failed, ran + left_out);
    printf("%s\n", ran == 0 ? " # SKIP left out" : "");
    return row;
}

static void
run_table(struct oracle *oracle, const struct row *rows, size_t row_count)
{
    for (size_t row = 0; row < row_count;)
        row = run_rule(oracle, rows, row, row_count);
}

static void
run_tables(struct oracle *oracle)
{
    switch (oracle->recipe.flavour) {
    case FLAVOUR_PLAIN:
        run_table(oracle, rows4, row_count4);
        run_table(oracle, rows_options, row_count_options);
        run_table(oracle, rows6, row_count6);
        if (oracle->hosts.with_errors)
            run_table(oracle, rows_errors, row_count_errors);
        break;
    case FLAVOUR_BROADCAST: run_table(oracle, rows_broadcast, row_count_broadcast); break;
    case FLAVOUR_PROBE: run_table(oracle, rows_probe, row_count_probe); break;
    }
}

/* --- the random run */

static void
make_job(struct oracle *oracle, struct job *job, uint32_t number)
{
    job->number = number;
    frames_clear(&job->requests);
    random_case(&oracle->recipe, number, oracle->identity++, &job->requests);
}

/* Runs a case again, by itself, from another source. */
static bool
is_right_again(struct oracle *oracle, uint32_t number)
{
    const struct allowed *met;

    oracle->hosts.job_count = 1;
    make_job(oracle, &oracle->hosts.jobs[0], number);
    hosts_ask(&oracle->hosts);
    return judge(&oracle->hosts.jobs[0], NULL, &met);
}

/* Judges what a batch brought.  Returns how many cases differ; their numbers are in `different`. */
static unsigned
judge_batch(struct oracle *oracle, uint32_t different[JOBS_MAX], unsigned *answered)
{
    const struct allowed *met;
    unsigned count = 0;

    for (unsigned i = 0; i < oracle->hosts.job_count; i++) {
        struct job *job = &oracle->hosts.jobs[i];

        *answered += job->answers[KERNEL].count > 0;
        if (!judge(job, NULL, &met))
            different[count++] = job->number;
        oracle->allowed += met != NULL;
    }
    return count;
}

static unsigned
run_batch(struct oracle *oracle, uint32_t from, uint32_t until, unsigned *answered)
{
    uint32_t different[JOBS_MAX];
    unsigned count, differences = 0;

    oracle->hosts.job_count = until - from < JOBS_MAX ? until - from : JOBS_MAX;
    for (unsigned i = 0; i < oracle->hosts.job_count; i++)
        make_job(oracle, &oracle->hosts.jobs[i], from + i);
    hosts_ask(&oracle->hosts);
    count = judge_batch(oracle, different, answered);
    for (unsigned i = 0; i < count; i++) {
        bool is_right = false;

        for (unsigned tries = 1; !is_right && tries < TRIES; tries++)
            is_right = is_right_again(oracle, different[i]);
        if (is_right && has_limits(oracle))
            continue;
        printf("# seed %llu, case %lu%s:\n", (unsigned long long)oracle->recipe.seed, (unsigned long)different[i],
               is_right ? ", but not again" : "");
        show_job(oracle, &oracle->hosts.jobs[0]);
        differences++;
    }
    return differences;
}

static void
run_random(struct oracle *oracle, uint32_t from, uint32_t until)
{
    unsigned differences = 0, answered = 0;
    uint32_t number;

    oracle->allowed = 0;
    for (number = from; number < until && differences < DIFFERENCES_MAX; number += JOBS_MAX)
        differences += run_batch(oracle, number, until, &answered);
    number = number < until ? number : until;
    printf("%sok %u - %s: %lu random cases, as the kernel has them\n", differences > 0 ? "not " : "", ++oracle->tests,
           oracle->name, (unsigned long)(number - from));
    printf("# seed %llu: the kernel answered %u; %u differ as allowed, %u do not\n", (unsigned long long)oracle->recipe.seed,
           answered, oracle->allowed, differences);
}

/* --- the command line */

static const char usage[] = "usage: oracle [--name WORDS] [--first TEST] [--errors] [--broadcast | --probe] [--only CASE]\n"
                            "              [--without fragments,options,timestamp] [--write FILE]\n"
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

int
main(int argc, char *argv[])
{
    static const struct option options[] = {
        {"name", required_argument, NULL, 'n'}, {"first", required_argument, NULL, 'f'},
        {"errors", no_argument, NULL, 'e'},     {"broadcast", no_argument, NULL, 'b'},
        {"probe", no_argument, NULL, 'p'},      {"only", required_argument, NULL, 'o'},
        {"write", required_argument, NULL, 'w'}, {"without", required_argument, NULL, 'x'},
        {NULL, 0, NULL, 0}};
    static struct oracle oracle = {.name = "oracle"};
    long only = -1;
    uint32_t count;

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (option) {
        case 'n': oracle.name = optarg; break;
        case 'f': oracle.tests = (unsigned)strtoul(optarg, NULL, 10) - 1; break;
        case 'e': oracle.hosts.with_errors = oracle.recipe.all_own = true; break;
        case 'b': oracle.recipe.flavour = FLAVOUR_BROADCAST; break;
        case 'p': oracle.recipe.flavour = FLAVOUR_PROBE; break;
        case 'o': only = strtol(optarg, NULL, 10); break;
        case 'x': oracle.recipe.without = read_groups(optarg); break;
        case 'w': oracle.capture = capture_open(optarg); break;
        default: fputs(usage, stderr); return 2;
        }
    if (argc - optind != 4) {
        fputs(usage, stderr);
        return 2;
    }
    hosts_open(&oracle.hosts, argv + optind);
    oracle.identity = oracle.tests * IDENTITIES;
    oracle.recipe.seed = strtoull(argv[optind + 2], NULL, 10);
    count = (uint32_t)strtoul(argv[optind + 3], NULL, 10);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (only >= 0) {
        run_random(&oracle, (uint32_t)only, (uint32_t)only + 1);
    } else {
        run_tables(&oracle);
        if (count > 0)
            run_random(&oracle, 0, count);
    }
    judge_report();
    return oracle.capture != NULL && fclose(oracle.capture) != 0 ? 2 : 0;
}
