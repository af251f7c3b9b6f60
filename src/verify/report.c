/* What --verify finds, told. */
#include "config.h"

#include "verify/report.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

static const char *const result_names[PAIR_RESULTS] = {
    [PAIR_SAME] = "same",     [PAIR_DIFFERS] = "differs", [PAIR_UNANSWERED] = "unanswered",
    [PAIR_SILENT] = "silent", [PAIR_CUT] = "cut",
};

static void
print_address(const struct field_value *value)
{
    char text[INET6_ADDRSTRLEN];

    fputs(inet_ntop(value->len == 4 ? AF_INET : AF_INET6, value->bytes, text, sizeof text) == NULL ? "?" : text, stdout);
}

static void
print_hex(const struct field_value *value, const char *separator)
{
    for (size_t i = 0; i < value->len; i++)
        printf("%s%02x", i == 0 ? "" : separator, value->bytes[i]);
}

static void
print_tags(const struct field_value *value)
{
    for (size_t i = 0; i + 1 < value->len; i += 2)
        printf("%s%u", i == 0 ? "" : ".", load_be16(value->bytes + i));
}

static void
print_value(enum field_format format, const struct field_value *value)
{
    if (format == FIELD_NUMBER)
        printf("%" PRIu32, value->number);
    else if (format == FIELD_HEX)
        printf("0x%" PRIx32, value->number);
    else if (value->len == 0)
        fputs("none", stdout);
    else if (format == FIELD_ADDRESS)
        print_address(value);
    else if (format == FIELD_TAGS)
        print_tags(value);
    else
        print_hex(value, format == FIELD_MAC ? ":" : "");
}

static void
print_difference(const struct difference *difference)
{
    enum field_format format = fields_format(difference->field);

    printf("%s ", fields_name(difference->field));
    print_value(format, &difference->recorded);
    fputs("→", stdout);
    print_value(format, &difference->ours);
    if (fields_has_offset(difference->field))
        printf(" at byte %zu", difference->at);
    if (format == FIELD_HEX && difference->recorded.number == difference->ours.number)
        fputs(" (wrong as recorded)", stdout); /* a checksum that was right before what it covers changed */
}

static bool
does_count(const struct verify *verify, const struct difference *difference)
{
    return fields_weight(difference->field) <= (verify->is_strict ? FIELD_STRICT : FIELD_MUST);
}

/* The differences that count, or those that do not, with `before` and `after` around them. */
static void
print_differences(const struct verify *verify, const struct pair *pair, bool counts, const char *before, const char *after)
{
    const char *separator = before;

    for (size_t i = 0; i < pair->difference_count; i++) {
        if (does_count(verify, &pair->differences[i]) != counts)
            continue;
        fputs(separator, stdout);
        print_difference(&pair->differences[i]);
        separator = ", ";
    }
    if (separator != before)
        fputs(after, stdout);
}

static void
print_pair(const struct verify *verify, const struct pair *pair)
{
    fputs(result_names[pair->result], stdout);
    if (pair->result == PAIR_SILENT)
        printf(" %s", verdict_name(pair->verdict));
    print_differences(verify, pair, true, " ", "");
    print_differences(verify, pair, false, " (", ")");
    if (pair->reply_is_cut && pair->result != PAIR_CUT)
        fputs(", reply cut", stdout);
    if (pair->duplicates > 0)
        printf(", +%" PRIu64 " duplicate%s", pair->duplicates, pair->duplicates == 1 ? "" : "s");
    putchar('\n');
}

static void
print_value_json(enum field_format format, const struct field_value *value)
{
    if (format == FIELD_NUMBER || format == FIELD_HEX) {
        printf("%" PRIu32, value->number);
        return;
    }
    putchar('"');
    if (value->len > 0)
        print_value(format, value);
    putchar('"');
}

static void
print_difference_json(const struct verify *verify, const struct difference *difference)
{
    enum field_format format = fields_format(difference->field);

    printf("{\"field\":\"%s\"", fields_name(difference->field));
    if (fields_has_offset(difference->field))
        printf(",\"at\":%zu", difference->at);
    fputs(",\"recorded\":", stdout);
    print_value_json(format, &difference->recorded);
    fputs(",\"ours\":", stdout);
    print_value_json(format, &difference->ours);
    printf(",\"counts\":%s}", does_count(verify, difference) ? "true" : "false");
}

static void
print_pair_json(const struct verify *verify, const struct pair *pair)
{
    printf(",\"verdict\":\"%s\",\"result\":\"%s\"", verdict_name(pair->verdict), result_names[pair->result]);
    for (size_t i = 0; i < pair->difference_count; i++) {
        fputs(i == 0 ? ",\"differences\":[" : ",", stdout);
        print_difference_json(verify, &pair->differences[i]);
    }
    if (pair->difference_count > 0)
        putchar(']');
    if (pair->reply_is_cut)
        fputs(",\"reply_cut\":true", stdout);
    if (pair->duplicates > 0)
        printf(",\"duplicates\":%" PRIu64, pair->duplicates);
    fputs("}\n", stdout);
}

void
report_pairs(const struct log *log, struct verify *verify, uint64_t now_ns, bool is_end)
{
    const struct pair *pair;

    while ((pair = verify_next(verify, now_ns, is_end)) != NULL) {
        if (log->is_quiet && !log->is_json)
            continue;
        log_request(log, pair->source, pair->ts_ns, &pair->request);
        if (log->is_json)
            print_pair_json(verify, pair);
        else
            print_pair(verify, pair);
        if (log->is_line_buffered)
            fflush(stdout);
    }
}

static uint64_t
count_requests(const struct verify *verify)
{
    uint64_t count = 0;

    for (size_t i = 0; i < PAIR_RESULTS; i++)
        count += verify->results[i];
    return count;
}

void
report_counts(const struct log *log, const struct verify *verify)
{
    if (log->is_quiet || log->is_json)
        return;
    printf("%" PRIu64 " requests: ", count_requests(verify));
    for (size_t i = 0; i < PAIR_RESULTS; i++)
        if (i != PAIR_CUT || verify->results[i] > 0)
            printf("%s%" PRIu64 " %s", i == 0 ? "" : ", ", verify->results[i], result_names[i]);
    if (verify->strays > 0)
        printf("; %" PRIu64 " replies without a request", verify->strays);
    putchar('\n');
}

void
report_counts_json(const struct verify *verify)
{
    printf(",\"verify\":{\"requests\":%" PRIu64, count_requests(verify));
    for (size_t i = 0; i < PAIR_RESULTS; i++)
        printf(",\"%s\":%" PRIu64, result_names[i], verify->results[i]);
    printf(",\"strays\":%" PRIu64 "}", verify->strays);
}
