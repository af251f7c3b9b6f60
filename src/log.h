/* What the user sees: messages on standard error, a line for each request on standard output; or both in the system's log. */
#ifndef PONGD_LOG_H
#define PONGD_LOG_H

#include <stdbool.h>

#include "counters.h"
#include "responder/responder.h"

struct line;
struct verify;

struct log {
    unsigned verbosity; /* 1: a line for each request, 2: for each frame */
    bool is_quiet;      /* nothing but errors */
    bool is_line_buffered;
    bool is_json;
    const struct verify *verify; /* whose counts the last object has too; NULL without --verify */
    const struct rules *rules;   /* that apply; NULL for none */
};

/* Has lines leave in large pieces, where nobody looks on.  To be called before there is one. */
void log_prepare(void);

/* "pongd: …" on standard error, or in the system's log. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, but not for those who asked for errors only: what somebody should do something about, and what is as it should be. */
void log_warning(const struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_notice(const struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Begins a line about a request, or a JSON object, which is to be ended by the caller. */
void log_request(const struct log *log, struct line *line, const char *source, uint64_t ts_ns, const struct request *request);

/* Ends it. */
void log_end_line(const struct log *log, struct line *line);

/* Whether requests have lines at all. */
static inline bool
log_has_lines(const struct log *log)
{
    return log->verbosity > 0 || log->is_json;
}

/* A line about a frame that came over `source`. */
void log_add_frame(const struct log *log, const char *source, const struct frame *frame, const struct outcome *outcome);

/* The same if one is asked for. */
static inline void
log_frame(const struct log *log, const char *source, const struct frame *frame, const struct outcome *outcome)
{
    if (log->verbosity >= 2 || (outcome->request.kind != REQUEST_NONE && log_has_lines(log)))
        log_add_frame(log, source, frame, outcome);
}

/* Tells of a claim to an address of ours, which there is. */
void log_claim(const struct log *log, const char *source, const struct outcome *outcome);

/* Says which rules never applied, to those who want to know. */
void log_idle_rules(const struct log *log);

/* The counters while running (`is_last` false) and at the end. */
void log_counters(const struct log *log, const struct counters *counters, bool is_last);

/* Lets the lines go, if there are any.  0, or -1 with errno set when standard output no longer takes them. */
int log_flush(const struct log *log);

/* A line about an address that was asked for, or that another host has; `source` is the interface's name. */
void log_news(const struct log *log, const char *source, const struct claims_news *news);

#endif
