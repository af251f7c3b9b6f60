/* Messages, and a line for each request: for people in tcpdump's manner, or JSON. */
#include "config.h"

#include "log.h"

#include <sys/types.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "address_text.h"
#include "line.h"
#include "rule_text.h"
#include "sink.h"
#include "verify/report.h"

enum { NS_PER_S = 1000000000, DIGITS_MOST = 20 };

static const char *const kind_names[REQUEST_KINDS] = {[REQUEST_ECHO] = "echo", [REQUEST_TIMESTAMP] = "timestamp",
                                                     [REQUEST_PROBE] = "probe"};

void
log_prepare(void)
{
    static char buffer[65536];

    if (isatty(STDOUT_FILENO) == 0)
        (void)setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
}

void
log_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    sink_tell(SINK_ERROR, format, arguments);
    va_end(arguments);
}

void
log_warning(const struct log *log, const char *format, ...)
{
    va_list arguments;

    if (log->is_quiet)
        return;
    va_start(arguments, format);
    sink_tell(SINK_WARNING, format, arguments);
    va_end(arguments);
}

void
log_notice(const struct log *log, const char *format, ...)
{
    va_list arguments;

    if (log->is_quiet)
        return;
    va_start(arguments, format);
    sink_tell(SINK_NOTICE, format, arguments);
    va_end(arguments);
}

void
log_news(const struct log *log, const char *source, const struct claims_news *news)
{
    char text[ADDRESS_TEXT];
    const char *address = address_text(text, news->place.address.version, news->place.address.bytes);
    const uint8_t *mac = news->mac;

    if (news->event == CLAIMS_WON)
        log_notice(log, "%s: nobody has %s: answering for it", source, address);
    else if (news->event == CLAIMS_LOST)
        log_warning(log, "%s: %s is left to another host, which has it (MAC address %02x:%02x:%02x:%02x:%02x:%02x)", source,
                   address, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    else
        log_warning(log, "%s: %d addresses are left to other hosts, and no more can be: somebody may be forging them", source,
                   CLAIMS_LEFT - 1);
}

/* HH:MM:SS, local time.  It is kept for all that happens within a second, as asking for it takes longer than the rest of a
 * line; who makes lines has the turn. */
static const char *
second_text(uint64_t seconds)
{
    static struct {
        uint64_t seconds;
        char text[3 * DIGITS_MOST];
    } last;
    time_t time = (time_t)seconds;
    struct tm broken_down;

    if (last.text[0] != '\0' && last.seconds == seconds)
        return last.text;
    if (localtime_r(&time, &broken_down) == NULL)
        snprintf(last.text, sizeof last.text, "%" PRIu64, seconds);
    else
        snprintf(last.text, sizeof last.text, "%02d:%02d:%02d", broken_down.tm_hour, broken_down.tm_min, broken_down.tm_sec);
    last.seconds = seconds;
    return last.text;
}

/* All that comes before what is said of a frame. */
static void
add_text(struct line *line, const char *source, uint64_t ts_ns, const struct request *request)
{
    line_text(line, second_text(ts_ns / NS_PER_S));
    line_text(line, ".");
    line_digits(line, ts_ns % NS_PER_S / 1000, 6);
    line_text(line, " ");
    line_text(line, source);
    line_text(line, " ");
    for (unsigned i = 0; i < request->tag_count; i++)
        line_format(line, "vlan %u ", link_tag_vid(request->tags[i]));
    if (request->src.version != 0) {
        line_address(line, &request->src);
        line_text(line, " > ");
        line_address(line, &request->dst);
        line_text(line, ": ");
    }
    if (request->kind == REQUEST_NONE)
        return;
    line_text(line, kind_names[request->kind]);
    line_text(line, " request, id ");
    line_number(line, request->id);
    line_text(line, ", seq ");
    line_number(line, request->seq);
    line_text(line, ", size ");
    line_number(line, request->size);
    line_text(line, ": ");
}

static void
add_json_vlan(struct line *line, const struct request *request)
{
    for (unsigned i = 0; i < request->tag_count; i++)
        line_format(line, "%s%u", i == 0 ? ",\"vlan\":[" : ",", link_tag_vid(request->tags[i]));
    if (request->tag_count > 0)
        line_text(line, "]");
}

/* ,"name":number */
static void
add_member(struct line *line, const char *before, uint64_t number)
{
    line_text(line, before);
    line_number(line, number);
}

static void
add_json(struct line *line, const char *source, uint64_t ts_ns, const struct request *request)
{
    add_member(line, "{\"ts\":", ts_ns / NS_PER_S);
    line_text(line, ".");
    line_digits(line, ts_ns % NS_PER_S, 9);
    line_text(line, ",\"if\":");
    json_add_string(source, line);
    if (request->src.version != 0) {
        line_text(line, ",\"src\":\"");
        line_address(line, &request->src);
        line_text(line, "\",\"dst\":\"");
        line_address(line, &request->dst);
        add_member(line, "\",\"version\":", request->src.version);
    }
    if (request->has_ttl)
        add_member(line, ",\"ttl\":", request->ttl);
    add_json_vlan(line, request);
    if (request->kind == REQUEST_NONE)
        return;
    line_text(line, ",\"type\":\"");
    line_text(line, kind_names[request->kind]);
    add_member(line, "\",\"code\":", request->code);
    add_member(line, ",\"id\":", request->id);
    add_member(line, ",\"seq\":", request->seq);
    add_member(line, ",\"size\":", request->size);
}

void
log_request(const struct log *log, struct line *line, const char *source, uint64_t ts_ns, const struct request *request)
{
    line_start(line, log->is_json ? stdout : sink_line(stdout));
    if (log->is_json)
        add_json(line, source, ts_ns, request);
    else
        add_text(line, source, ts_ns, request);
}

void
log_end_line(const struct log *log, struct line *line)
{
    line_text(line, "\n");
    line_flush(line);
    sink_end_line(line->out, SINK_INFO);
    if (log->is_line_buffered)
        fflush(stdout);
}

/* The numbers of the rules that applied, with something before them and behind, if any did. */
static void
add_rules(struct line *line, uint64_t rules, const char *before, const char *separator, const char *behind)
{
    const char *next = before;

    for (unsigned i = 0; i < 64 && rules >> i != 0; i++)
        if ((rules >> i & 1) != 0) {
            add_member(line, next, i + 1);
            next = separator;
        }
    if (rules != 0)
        line_text(line, behind);
}

static void
add_verdict(const struct log *log, struct line *line, const struct frame *frame, const struct outcome *outcome)
{
    if (log->is_json) {
        line_text(line, ",\"verdict\":\"");
        line_text(line, verdict_name(outcome->verdict));
        line_text(line, "\"");
        add_rules(line, outcome->rules, ",\"rules\":[", ",", "]");
        line_text(line, "}");
        return;
    }
    if (outcome->request.kind == REQUEST_NONE)
        line_format(line, "%zu bytes: ", frame->len);
    line_text(line, verdict_name(outcome->verdict));
    add_rules(line, outcome->rules, (outcome->rules & (outcome->rules - 1)) == 0 ? " (rule " : " (rules ", ", ", ")");
}

void
log_add_frame(const struct log *log, const char *source, const struct frame *frame, const struct outcome *outcome)
{
    struct line line;

    log_request(log, &line, source, frame->ts_ns, &outcome->request);
    add_verdict(log, &line, frame, outcome);
    log_end_line(log, &line);
}

void
log_claim(const struct log *log, const char *source, const struct outcome *outcome)
{
    const uint8_t *mac = outcome->claimant;
    char text[ADDRESS_TEXT];
    const char *claimed = address_text(text, outcome->claimed.version, outcome->claimed.bytes);

    log_warning(log, "%s: %s is answered for, but %02x:%02x:%02x:%02x:%02x:%02x has it too: leave it out with -x, or "
               "give that host another address", source, claimed, mac[0], mac[1], mac[2],
               mac[3], mac[4], mac[5]);
}

void
log_idle_rules(const struct log *log)
{
    for (size_t i = 0; log->rules != NULL && log->verbosity > 0 && i < log->rules->count; i++) {
        char *text = log->rules->rules[i].hits > 0 ? NULL : rule_text_make(log->rules, i);

        if (text != NULL)
            log_notice(log, "rule %zu never applied: %s", i + 1, text);
        else if (log->rules->rules[i].hits == 0)
            log_notice(log, "rule %zu never applied", i + 1);
        free(text);
    }
}

void
log_counters(const struct log *log, const struct counters *counters, bool is_last)
{
    FILE *out;

    if (log->is_json) {
        printf("{\"%s\":", is_last ? "summary" : "stats");
        counters_print_json(counters, stdout);
        if (is_last && log->verify != NULL)
            report_counts_json(log->verify);
        if (is_last && log->rules != NULL) {
            fputs(",\"rules\":", stdout);
            if (!rule_text_json(log->rules, stdout))
                log_error("out of memory: the summary lacks the words of a rule");
        }
        fputs("}\n", stdout);
        fflush(stdout);
    }
    if (log->is_quiet || (log->is_json && !is_last))
        return;
    out = sink_line(stderr);
    counters_print(counters, out);
    fputc('\n', out);
    sink_end_line(out, SINK_NOTICE);
}

int
log_flush(const struct log *log)
{
    if ((!log_has_lines(log) && log->verify == NULL) || (fflush(stdout) == 0 && !ferror(stdout)))
        return 0;
    if (errno == 0)
        errno = EIO;
    return -1;
}
