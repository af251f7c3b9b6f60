/* The progress line. */
#include "config.h"

#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "text.h"

enum {
    PATIENCE_MS = 1000, /* what is over sooner needs no line */
    STEP_MS = 100
};

void
progress_start(struct progress *progress, const struct loop *loop, uint64_t now_ms)
{
    const struct log *log = loop->log;
    bool is_told = log->verbosity > 0 || log->is_json || log->verify != NULL || loop->has_other_lines;
    bool is_known = true, has_lines = is_told && isatty(STDOUT_FILENO) != 0;

    *progress = (struct progress){
        .is_wanted = loop->is_one_by_one && !log->is_quiet && !has_lines && isatty(STDERR_FILENO) != 0,
        .start_ms = now_ms,
        .next_ms = now_ms + PATIENCE_MS,
    };
    for (size_t i = 0; i < loop->port_count; i++) {
        progress->size += loop->ports[i]->size;
        is_known &= loop->ports[i]->size > 0;
    }
    if (!is_known)
        progress->size = 0;
}

bool
progress_is_due(const struct progress *progress, uint64_t now_ms)
{
    return progress->is_wanted && now_ms >= progress->next_ms;
}

void
progress_show(struct progress *progress, const struct loop *loop, uint64_t now_ms)
{
    char text[PROGRESS_TEXT];
    uint64_t taken = progress->taken;
    int len;

    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i] != NULL)
            taken += loop->ports[i]->taken;
    progress_text(text, taken, progress->size, now_ms - progress->start_ms);
    len = fprintf(stderr, "\r%-*s", (int)progress->len, text) - 1;
    progress->len = len > 0 ? (size_t)len : 0;
    progress->next_ms = now_ms + STEP_MS;
}

void
progress_erase(struct progress *progress)
{
    if (progress->len > 0)
        fprintf(stderr, "\r%*s\r", (int)progress->len, "");
    progress->len = 0;
}

static void
say_bytes(struct text *text, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t i = 0;

    for (; bytes >= 1000 && i + 1 < sizeof units / sizeof units[0]; i++)
        bytes /= 1000;
    text_put(text, "%.*f %s", i > 0, bytes, units[i]);
}

static void
say_time(struct text *text, double seconds)
{
    unsigned whole = seconds < 1e6 ? (unsigned)seconds : 1000000;

    if (whole >= 3600)
        text_put(text, "%u h %u min", whole / 3600, whole / 60 % 60);
    else if (whole >= 60)
        text_put(text, "%u min %u s", whole / 60, whole % 60);
    else
        text_put(text, "%u s", whole);
}

void
progress_text(char text[static PROGRESS_TEXT], uint64_t taken, uint64_t size, uint64_t elapsed_ms)
{
    double rate = elapsed_ms > 0 ? (double)taken * 1000 / (double)elapsed_ms : 0;
    struct text line = text_begin(text, PROGRESS_TEXT);
    bool is_known = size > 0 && taken <= size; /* a file may grow meanwhile */

    say_bytes(&line, (double)taken);
    if (is_known) {
        text_put(&line, " of ");
        say_bytes(&line, (double)size);
        text_put(&line, " (%.0f%%)", (double)taken * 100 / (double)size);
    }
    text_put(&line, ", ");
    say_bytes(&line, rate);
    text_put(&line, "/s");
    if (is_known && rate > 0) {
        text_put(&line, ", ");
        say_time(&line, (double)(size - taken) / rate);
        text_put(&line, " left");
    }
}
