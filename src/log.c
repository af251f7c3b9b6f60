/* Messages, and a line for each request: for people in tcpdump's manner, or JSON. */
#include "config.h"

#include "log.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "json.h"
#include "rule_text.h"
#include "verify/report.h"

enum { NS_PER_S = 1000000000 };

static const char *const kind_names[REQUEST_KINDS] = {[REQUEST_ECHO] = "echo", [REQUEST_TIMESTAMP] = "timestamp",
                                                     [REQUEST_PROBE] = "probe"};

static void print_message(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static void
print_message(const char *format, va_list arguments)
{
    fputs("pongd: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void
log_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
}

void
log_notice(const struct log *log, const char *format, ...)
{
    va_list arguments;

    if (log->is_quiet)
        return;
    va_start(arguments, format);
    print_message(format, arguments);
    va_end(arguments);
}

static const char *
address_text(const struct address *address, char text[static INET6_ADDRSTRLEN])
{
    if (address->version == 0 ||
        inet_ntop(address->version == 4 ? AF_INET : AF_INET6, address->bytes, text, INET6_ADDRSTRLEN) == NULL)
        return "?";
    return text;
}

void
log_news(const struct log *log, const char *source, const struct claims_news *news)
{
    char text[INET6_ADDRSTRLEN];
    const char *address = address_text(&news->place.address, text);
    const uint8_t *mac = news->mac;

    if (news->event == CLAIMS_WON)
        log_notice(log, "%s: nobody has %s: answering for it", source, address);
    else if (news->event == CLAIMS_LOST)
        log_notice(log, "%s: %s is left to another host, which has it (MAC address %02x:%02x:%02x:%02x:%02x:%02x)", source,
                   address, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    else
        log_notice(log, "%s: %d addresses are left to other hosts, and no more can be: somebody may be forging them", source,
                   CLAIMS_LEFT - 1);
}

/* HH:MM:SS.ffffff, local time */
static void
print_clock(uint64_t ts_ns)
{
    time_t seconds = (time_t)(ts_ns / NS_PER_S);
    struct tm broken_down;

    if (localtime_r(&seconds, &broken_down) == NULL)
        printf("%" PRIu64, ts_ns / NS_PER_S);
    else
        printf("%02d:%02d:%02d", broken_down.tm_hour, broken_down.tm_min, broken_down.tm_sec);
    printf(".%06u", (unsigned)(ts_ns % NS_PER_S / 1000));
}

/* All that comes before what is said of a frame. */
static void
print_text(const char *source, uint64_t ts_ns, const struct request *request)
{
    char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

    print_clock(ts_ns);
    printf(" %s ", source);
    for (unsigned i = 0; i < request->tag_count; i++)
        printf("vlan %u ", link_tag_vid(request->tags[i]));
    if (request->src.version != 0)
        printf("%s > %s: ", address_text(&request->src, src), address_text(&request->dst, dst));
    if (request->kind != REQUEST_NONE)
        printf("%s request, id %u, seq %u, size %zu: ", kind_names[request->kind], request->id, request->seq,
               request->size);
}

static void
print_json_vlan(const struct request *request)
{
    for (unsigned i = 0; i < request->tag_count; i++)
        printf("%s%u", i == 0 ? ",\"vlan\":[" : ",", link_tag_vid(request->tags[i]));
    if (request->tag_count > 0)
        putchar(']');
}

static void
print_json(const char *source, uint64_t ts_ns, const struct request *request)
{
    char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

    printf("{\"ts\":%" PRIu64 ".%09u,\"if\":", ts_ns / NS_PER_S, (unsigned)(ts_ns % NS_PER_S));
    json_string(source, stdout);
    if (request->src.version != 0)
        printf(",\"src\":\"%s\",\"dst\":\"%s\",\"version\":%u", address_text(&request->src, src),
               address_text(&request->dst, dst), request->src.version);
    if (request->has_ttl)
        printf(",\"ttl\":%u", request->ttl);
    print_json_vlan(request);
    if (request->kind != REQUEST_NONE)
        printf(",\"type\":\"%s\",\"code\":%u,\"id\":%u,\"seq\":%u,\"size\":%zu", kind_names[request->kind],
               request->code, request->id, request->seq, request->size);
}

void
log_request(const struct log *log, const char *source, uint64_t ts_ns, const struct request *request)
{
    if (log->is_json)
        print_json(source, ts_ns, request);
    else
        print_text(source, ts_ns, request);
}

/* The numbers of the rules that applied, with something before them and behind, if any did. */
static void
print_rules(uint64_t rules, const char *before, const char *separator, const char *behind)
{
    const char *next = before;

    for (unsigned i = 0; i < 64; i++)
        if ((rules >> i & 1) != 0) {
            printf("%s%u", next, i + 1);
            next = separator;
        }
    if (rules != 0)
        fputs(behind, stdout);
}

static void
print_verdict(const struct log *log, const struct frame *frame, const struct outcome *outcome)
{
    if (log->is_json) {
        printf(",\"verdict\":\"%s\"", verdict_name(outcome->verdict));
        print_rules(outcome->rules, ",\"rules\":[", ",", "]");
        puts("}");
        return;
    }
    if (outcome->request.kind == REQUEST_NONE)
        printf("%zu bytes: ", frame->len);
    fputs(verdict_name(outcome->verdict), stdout);
    print_rules(outcome->rules, (outcome->rules & (outcome->rules - 1)) == 0 ? " (rule " : " (rules ", ", ", ")");
    putchar('\n');
}

bool
log_has_lines(const struct log *log)
{
    return log->verbosity > 0 || log->is_json;
}

void
log_frame(const struct log *log, const char *source, const struct frame *frame, const struct outcome *outcome)
{
    if (log->verbosity < 2 && (outcome->request.kind == REQUEST_NONE || !log_has_lines(log)))
        return;
    log_request(log, source, frame->ts_ns, &outcome->request);
    print_verdict(log, frame, outcome);
    if (log->is_line_buffered)
        fflush(stdout);
}

void
log_claim(const struct log *log, const char *source, const struct outcome *outcome)
{
    const uint8_t *mac = outcome->claimant;
    char text[INET6_ADDRSTRLEN];

    if (mac != NULL)
        log_notice(log, "%s: %s is answered for, but %02x:%02x:%02x:%02x:%02x:%02x has it too: leave it out with -x, or "
                   "give that host another address", source, address_text(&outcome->claimed, text), mac[0], mac[1], mac[2],
                   mac[3], mac[4], mac[5]);
}

void
log_idle_rules(const struct log *log)
{
    for (size_t i = 0; log->rules != NULL && log->verbosity > 0 && i < log->rules->count; i++) {
        char *text = log->rules->rules[i].hits > 0 ? NULL : rule_text_make(log->rules, i);

        if (text != NULL)
            log_notice(log, "rule %zu never applied: %s", i + 1, text);
        free(text);
    }
}

void
log_counters(const struct log *log, const struct counters *counters, bool is_last)
{
    if (log->is_json) {
        printf("{\"%s\":", is_last ? "summary" : "stats");
        counters_print_json(counters, stdout);
        if (is_last && log->verify != NULL)
            report_counts_json(log->verify);
        if (is_last && log->rules != NULL) {
            fputs(",\"rules\":", stdout);
            rule_text_json(log->rules, stdout);
        }
        fputs("}\n", stdout);
        fflush(stdout);
    }
    if (log->is_quiet || (log->is_json && !is_last))
        return;
    counters_print(counters, stderr);
    fputc('\n', stderr);
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
