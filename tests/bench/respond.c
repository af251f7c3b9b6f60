/* What a request costs in the core: a table, tab-separated, on standard output.
 *
 * usage: tests/bench/respond [4|6 SIZE COUNT [RULES]]
 *
 * Each number is the median of rounds in which all requests have their turn, so that what else the machine does meets them
 * all.  With arguments, a number of requests of one kind is answered and nothing measured: for callgrind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "codec/ipv6.h"
#include "craft.h"
#include "responder/responder.h"
#include "rule_set.h"
#include "served.h"

enum { ROUNDS = 15, REQUESTS = 10000, MTU = 9000, HEADERS = 14 + 40 + 8 };

static const char other_rule[] = "from 198.51.100.0/24 seq 1000-2000 loss 100%";

static const struct bench {
    int version;
    size_t size;
    const char *rules; /* NULL: none */
} benches[] = {
    {4, 56, NULL},         {4, 1400, NULL},       {4, 8000, NULL},       {6, 56, NULL},
    {6, 1400, NULL},       {6, 8000, NULL},       {4, 56, other_rule},   {4, 1400, other_rule},
    {4, 8000, other_rule}, {6, 56, other_rule},   {6, 1400, other_rule}, {6, 8000, other_rule},
};

enum { BENCHES = sizeof benches / sizeof benches[0] };

static struct served served;
static struct iface iface = {.link = LINK_EN10MB, .mtu = MTU, .has_mac = true, .mac = {2, [5] = 2}, .answers_neighbors = true};
static struct responder responder;
static struct rule_set set;
static struct craft request;

static void
start(void)
{
    static const struct address own = {.version = 4, .bytes = {192, 0, 2, 3}};
    static const struct address asked4 = {.version = 4, .bytes = {192, 0, 2, 2}};
    static const struct address asked6 = {.version = 6, .bytes = {0xfd, 0, 0x0d, 0xb8, [15] = 2}};

    served_init(&served, &iface.addresses);
    if (served_add(&served, &iface.addresses, &own, 24, ADDRESSES_ONLINK) &&
        served_add(&served, &iface.addresses, &own, 32, ADDRESSES_OWN) &&
        served_add(&served, &iface.addresses, &asked4, 32, ADDRESSES_ANSWER) &&
        served_add(&served, &iface.addresses, &asked6, 128, ADDRESSES_ANSWER))
        return;
    fputs("no room for the addresses\n", stderr);
    exit(2);
}

static void
prepare(const struct bench *bench)
{
    char why[PORT_ERRBUF];

    if (bench->version == 4)
        craft4(&request, iface.link, NULL, 0, bench->size);
    else
        craft6(&request, iface.link, IPV6_NEXT_ICMPV6, NULL, 0, bench->size);
    responder_init(&responder, 1);
    responder_add_iface(&responder, &iface);
    rule_set_free(&set);
    set = (struct rule_set){.rules.count = 0};
    if (bench->rules == NULL)
        return;
    if (rule_set_add_text(&set, bench->rules, strlen(bench->rules), NULL, why) != 0) {
        fprintf(stderr, "%s\n", why);
        exit(2);
    }
    rules_seed(&set.rules, 1);
    responder.rules = &set.rules;
}

static void
answer(size_t count)
{
    struct frame frame = {.data = request.data, .caplen = request.len, .len = request.len, .iface = &iface};
    struct outcome outcome;

    for (size_t i = 0; i < count; i++) {
        frame.ts_ns = i;
        respond(&responder, &frame, &outcome);
        if (outcome.verdict != VERDICT_ANSWERED || outcome.reply_count != 1) {
            fprintf(stderr, "%s\n", verdict_name(outcome.verdict));
            exit(2);
        }
    }
}

static double
measure(const struct bench *bench)
{
    double begun;

    prepare(bench);
    begun = bench_now_ns();
    answer(REQUESTS);
    return (bench_now_ns() - begun) / REQUESTS;
}

static void
answer_one_kind(char **argv)
{
    const struct bench bench = {atoi(argv[0]), (size_t)atol(argv[1]), argv[3]};

    if ((bench.version != 4 && bench.version != 6) || bench.size > CRAFT_MAX - HEADERS) {
        fputs("usage: tests/bench/respond [4|6 SIZE COUNT [RULES]]\n", stderr);
        exit(2);
    }
    prepare(&bench);
    answer((size_t)atol(argv[2]));
}

int
main(int argc, char **argv)
{
    static double ns[BENCHES][ROUNDS];

    start();
    if (argc > 3) {
        answer_one_kind(argv + 1);
        return 0;
    }
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < BENCHES; i++)
            ns[i][round] = measure(&benches[i]);
    puts("family\tbytes\trules\tns");
    for (size_t i = 0; i < BENCHES; i++)
        printf("IPv%d\t%zu\t%d\t%.0f\n", benches[i].version, benches[i].size, benches[i].rules != NULL,
               bench_median(ns[i], ROUNDS));
    return 0;
}
