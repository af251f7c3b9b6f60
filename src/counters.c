/* Counters, and how they are told. */
#include "config.h"

#include "counters.h"

#include <inttypes.h>

void
counters_join(struct counters *counters, const struct counters *others)
{
    counters->frames += others->frames;
    counters->requests += others->requests;
    for (int i = 0; i < VERDICTS; i++) {
        counters->requests_by[i] += others->requests_by[i];
        counters->others_by[i] += others->others_by[i];
    }
    counters->datagrams.complete += others->datagrams.complete;
    counters->datagrams.timed_out += others->datagrams.timed_out;
    counters->datagrams.evicted += others->datagrams.evicted;
    counters->pending.held += others->pending.held;
    counters->pending.sent += others->pending.sent;
    counters->pending.refused += others->pending.refused;
    counters->pending.abandoned += others->pending.abandoned;
    if (others->pending.most > counters->pending.most) /* each time it was that of all */
        counters->pending.most = others->pending.most;
    counters->pending.dropped += others->pending.dropped;
    counters->pending.sent_early += others->pending.sent_early;
    counters->pending.left_out += others->pending.left_out;
    counters->dropped += others->dropped;
}

void
counters_move(struct counters *counters, enum verdict from, enum verdict to, bool is_request)
{
    uint64_t *by = is_request ? counters->requests_by : counters->others_by;

    by[from]--;
    by[to]++;
}

/* "1 icmp-badsum, 1 ip-notours": each verdict that was given, but for those answered. */
static void
print_reasons(const uint64_t by[static VERDICTS], FILE *out)
{
    const char *separator = "";

    for (int i = 0; i < VERDICTS; i++) {
        if (i == VERDICT_ANSWERED || by[i] == 0)
            continue;
        fprintf(out, "%s%" PRIu64 " %s", separator, by[i], verdict_name((enum verdict)i));
        separator = ", ";
    }
}

/* Replies that waited, if any did. */
static void
print_pending(const struct counters *counters, FILE *out)
{
    uint64_t lost = counters->pending.refused + counters->pending.abandoned;
    uint64_t waiting = counters->pending.held - counters->pending.sent - lost;

    if (counters->pending.held > 0)
        fprintf(out, "; %" PRIu64 " replies waited, %" PRIu64 " were sent", counters->pending.held, counters->pending.sent);
    if (waiting > 0)
        fprintf(out, ", %" PRIu64 " wait", waiting);
    if (lost > 0)
        fprintf(out, ", %" PRIu64 " were not (%" PRIu64 " refused, %" PRIu64 " left at the end)", lost,
                counters->pending.refused, counters->pending.abandoned);
    if (counters->pending.dropped > 0)
        fprintf(out, "; %" PRIu64 " replies had no room to wait and were dropped", counters->pending.dropped);
    if (counters->pending.sent_early > 0)
        fprintf(out, "; %" PRIu64 " replies had no room to wait and were sent early", counters->pending.sent_early);
    if (counters->pending.left_out > 0)
        fprintf(out, "; %" PRIu64 " copies were too many for one request and left out", counters->pending.left_out);
}

void
counters_print(const struct counters *counters, FILE *out)
{
    uint64_t answered = counters->requests_by[VERDICT_ANSWERED];

    fprintf(out, "%" PRIu64 " requests, %" PRIu64 " answered, %" PRIu64 " not", counters->requests, answered,
            counters->requests - answered);
    if (counters->requests > answered) {
        fputs(" (", out);
        print_reasons(counters->requests_by, out);
        fputs(")", out);
    }
    if (counters->frames > counters->requests) {
        fputs("; other frames: ", out);
        print_reasons(counters->others_by, out);
    }
    if (counters->datagrams.timed_out + counters->datagrams.evicted > 0)
        fprintf(out, "; fragments without the rest: %" PRIu64 " timed out, %" PRIu64 " made way for others",
                counters->datagrams.timed_out, counters->datagrams.evicted);
    print_pending(counters, out);
    if (counters->dropped > 0)
        fprintf(out, "; %" PRIu64 " dropped by the system", counters->dropped);
}

void
counters_print_members(const struct counters *counters, FILE *out)
{
    const char *separator = "";

    fprintf(out,
            "\"frames\":%" PRIu64 ",\"requests\":%" PRIu64 ",\"answered\":%" PRIu64 ",\"dropped\":%" PRIu64
            ",\"datagrams\":{\"complete\":%" PRIu64 ",\"timed-out\":%" PRIu64 ",\"evicted\":%" PRIu64 "}",
            counters->frames, counters->requests, counters->requests_by[VERDICT_ANSWERED], counters->dropped,
            counters->datagrams.complete, counters->datagrams.timed_out, counters->datagrams.evicted);
    fprintf(out,
            ",\"pending\":{\"held\":%" PRIu64 ",\"sent\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"abandoned\":%" PRIu64
            ",\"most\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"sent-early\":%" PRIu64 ",\"left-out\":%" PRIu64
            "},\"verdicts\":{",
            counters->pending.held, counters->pending.sent, counters->pending.refused, counters->pending.abandoned,
            counters->pending.most, counters->pending.dropped, counters->pending.sent_early, counters->pending.left_out);
    for (int i = 0; i < VERDICTS; i++) {
        uint64_t count = counters->requests_by[i] + counters->others_by[i];

        if (count == 0)
            continue;
        fprintf(out, "%s\"%s\":%" PRIu64, separator, verdict_name((enum verdict)i), count);
        separator = ",";
    }
    fputc('}', out);
}

void
counters_print_json(const struct counters *counters, FILE *out)
{
    fputc('{', out);
    counters_print_members(counters, out);
    fputc('}', out);
}
