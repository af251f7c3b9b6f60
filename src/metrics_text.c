/* Metrics as text: what there is stands in tables, a row for each. */
#include "config.h"

#include "metrics_text.h"

#include <inttypes.h>

#include "text.h"

enum { NS_PER_S = 1000000000 };

static void
say_head(struct text *text, const char *name, const char *type, const char *help)
{
    text_put(text, "# HELP pongd_%s %s\n# TYPE pongd_%s %s\n", name, help, name, type);
}

/* The value of a label: an interface may have any name. */
static void
say_label(struct text *text, const char *value)
{
    for (; *value != '\0'; value++) {
        unsigned char byte = (unsigned char)*value;

        if (byte == '\\' || byte == '"')
            text_put(text, "\\%c", byte);
        else if (byte >= ' ' && byte < 0x7f)
            text_put(text, "%c", byte);
        else
            text_put(text, "?");
    }
}

static void
say_seconds(struct text *text, uint64_t ns)
{
    text_put(text, "%" PRIu64 ".%09" PRIu64, ns / NS_PER_S, ns % NS_PER_S);
}

/* --- numbers by themselves */

#define AT(member) offsetof(struct metrics_values, member)

static const char counter[] = "counter", gauge[] = "gauge";

static const struct row {
    const char *name, *type, *labels; /* those of one name follow each other */
    size_t at;
    const char *help;
} rows[] = {
    {"frames_total", counter, "", AT(counters.frames), "Frames that were read."},
    {"requests_total", counter, "", AT(counters.requests), "Echo requests among them, as far as could be seen."},
    {"answered_total", counter, "", AT(counters.requests_by[VERDICT_ANSWERED]), "Echo requests that were answered."},
    {"dropped_total", counter, "", AT(counters.dropped), "Frames that the system lost before they could be read."},
    {"datagrams_total", counter, "{outcome=\"complete\"}", AT(counters.datagrams.complete),
     "Datagrams that came in fragments, by what became of them."},
    {"datagrams_total", counter, "{outcome=\"timed-out\"}", AT(counters.datagrams.timed_out), ""},
    {"datagrams_total", counter, "{outcome=\"evicted\"}", AT(counters.datagrams.evicted), ""},
    {"pending_replies", gauge, "", AT(waiting), "Replies that wait for their time."},
    {"pending_most_replies", gauge, "", AT(counters.pending.most), "Replies that waited at the same time, at the most."},
    {"pending_held_total", counter, "", AT(counters.pending.held), "Replies that had to wait for their time."},
    {"pending_ended_total", counter, "{outcome=\"sent\"}", AT(counters.pending.sent),
     "Replies that waited, by what became of them."},
    {"pending_ended_total", counter, "{outcome=\"refused\"}", AT(counters.pending.refused), ""},
    {"pending_ended_total", counter, "{outcome=\"abandoned\"}", AT(counters.pending.abandoned), ""},
    {"pending_full_total", counter, "{outcome=\"dropped\"}", AT(counters.pending.dropped),
     "Replies that had no room to wait, by what became of them."},
    {"pending_full_total", counter, "{outcome=\"sent-early\"}", AT(counters.pending.sent_early), ""},
    {"copies_left_out_total", counter, "", AT(counters.pending.left_out),
     "Copies of replies that were too many for one request."},
    {"savefile_left_out_total", counter, "", AT(left_out), "Frames that were not written to a savefile, as none could be opened."},
};

static void
say_rows(struct text *text, const struct metrics_values *values)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (*rows[i].help != '\0')
            say_head(text, rows[i].name, rows[i].type, rows[i].help);
        text_put(text, "pongd_%s%s %" PRIu64 "\n", rows[i].name, rows[i].labels,
            *(const uint64_t *)(const void *)((const char *)values + rows[i].at));
    }
}

/* --- those of which there are many */

static void
say_verdicts(struct text *text, const char *kind, const uint64_t by[static VERDICTS])
{
    for (int i = 0; i < VERDICTS; i++)
        text_put(text, "pongd_verdicts_total{verdict=\"%s\",kind=\"%s\"} %" PRIu64 "\n", verdict_name((enum verdict)i), kind, by[i]);
}

static void
say_interfaces(struct text *text, const struct metrics_values *values)
{
    if (values->interface_count == 0)
        return;
    say_head(text, "interface_up", gauge, "Whether the interface is there and up.");
    for (size_t i = 0; i < values->interface_count; i++) {
        text_put(text, "pongd_interface_up{interface=\"");
        say_label(text, values->interfaces[i].name);
        text_put(text, "\"} %d\n", values->interfaces[i].is_up);
    }
    say_head(text, "interface_dropped_total", counter, "Frames that the system lost before they could be read, by interface.");
    for (size_t i = 0; i < values->interface_count; i++) {
        text_put(text, "pongd_interface_dropped_total{interface=\"");
        say_label(text, values->interfaces[i].name);
        text_put(text, "\"} %" PRIu64 "\n", values->interfaces[i].dropped);
    }
}

/* A bound without the zeros behind it, as Prometheus writes them itself, so that a series keeps its name. */
static void
say_bound(struct text *text, uint64_t ns)
{
    if (ns < 100000)
        text_put(text, "%.0e", (double)ns / NS_PER_S);
    else
        text_put(text, "%g", (double)ns / NS_PER_S);
}

/* Each bucket has those of all before it, too. */
static void
say_latency(struct text *text, const struct histogram *latency)
{
    uint64_t count = 0;

    say_head(text, "reply_seconds", "histogram",
             "Time from a frame's time stamp to when its reply, and those sent together with it, was given to the system.");
    for (size_t i = 0; i < HISTOGRAM_BOUNDS; i++) {
        count += latency->counts[i];
        text_put(text, "pongd_reply_seconds_bucket{le=\"");
        say_bound(text, histogram_bounds[i]);
        text_put(text, "\"} %" PRIu64 "\n", count);
    }
    count += latency->counts[HISTOGRAM_BOUNDS];
    text_put(text, "pongd_reply_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\npongd_reply_seconds_sum ", count);
    say_seconds(text, latency->sum_ns);
    text_put(text, "\npongd_reply_seconds_count %" PRIu64 "\n", count);
}

static void
say_self(struct text *text, const struct metrics_values *values)
{
    say_head(text, "build_info", gauge, "The version of pongd.");
    text_put(text, "pongd_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
    say_head(text, "start_time_seconds", gauge, "When it was started, in seconds since 1970.");
    text_put(text, "pongd_start_time_seconds ");
    say_seconds(text, values->start_ns);
    text_put(text, "\n");
    say_head(text, "up", gauge, "Whether it was running when this was written: 0 is the end of a run.");
    text_put(text, "pongd_up %d\n", values->is_up);
}

size_t
metrics_text_make(char *text, size_t room, const struct metrics_values *values)
{
    struct text all = text_begin(text, room);

    say_self(&all, values);
    say_rows(&all, values);
    say_head(&all, "verdicts_total", counter, "Frames by what became of them: echo requests and others.");
    say_verdicts(&all, "request", values->counters.requests_by);
    say_verdicts(&all, "other", values->counters.others_by);
    say_interfaces(&all, values);
    say_latency(&all, &values->latency);
    return all.is_cut ? 0 : (size_t)(all.at - text);
}
