/* What --verify finds, told. */
#include "config.h"

#include "verify/report.h"

#include <sys/types.h>
#include <inttypes.h>
#include <stdio.h>

#include "address_text.h"
#include "line.h"

static const char *const result_names[PAIR_RESULTS] = {
    [PAIR_SAME] = "same",     [PAIR_DIFFERS] = "differs", [PAIR_UNANSWERED] = "unanswered",
    [PAIR_SILENT] = "silent", [PAIR_CUT] = "cut",
};

static void
add_address(struct line *line, const struct field_value *value)
{
    char text[ADDRESS_TEXT];

    line_text(line, address_text(text, value->len == 4 ? 4 : 6, value->bytes));
}

static void
add_hex(struct line *line, const struct field_value *value, const char *separator)
{
    for (size_t i = 0; i < value->len; i++) {
        line_text(line, i == 0 ? "" : separator);
        line_hex(line, value->bytes[i], 2);
    }
}

static void
add_tags(struct line *line, const struct field_value *value)
{
    for (size_t i = 0; i + 1 < value->len; i += 2)
        line_format(line, "%s%u", i == 0 ? "" : ".", load_be16(value->bytes + i));
}

static void
add_value(struct line *line, enum field_format format, const struct field_value *value)
{
    if (format == FIELD_NUMBER) {
        line_number(line, value->number);
    } else if (format == FIELD_HEX) {
        line_text(line, "0x");
        line_hex(line, value->number, 1);
    } else if (value->len == 0) {
        line_text(line, "none");
    } else if (format == FIELD_ADDRESS) {
        add_address(line, value);
    } else if (format == FIELD_TAGS) {
        add_tags(line, value);
    } else {
        add_hex(line, value, format == FIELD_MAC ? ":" : "");
    }
}

static void
add_difference(struct line *line, const struct difference *difference)
{
    enum field_format format = fields_format(difference->field);

    line_text(line, fields_name(difference->field));
    line_text(line, " ");
    add_value(line, format, &difference->recorded);
    line_text(line, "→");
    add_value(line, format, &difference->ours);
    if (fields_has_offset(difference->field))
        line_format(line, " at byte %zu", difference->at);
    if (format == FIELD_HEX && difference->recorded.number == difference->ours.number)
        line_text(line, " (wrong as recorded)"); /* a checksum that was right before what it covers changed */
}

static bool
does_count(const struct verify *verify, const struct difference *difference)
{
    return fields_weight(difference->field) <= (verify->is_strict ? FIELD_STRICT : FIELD_MUST);
}

/* The differences that count, or those that do not, with `before` and `after` around them. */
static void
add_differences(struct line *line, const struct verify *verify, const struct pair *pair, bool counts, const char *before,
                const char *after)
{
    const char *separator = before;

    for (size_t i = 0; i < pair->difference_count; i++) {
        if (does_count(verify, &pair->differences[i]) != counts)
            continue;
        line_text(line, separator);
        add_difference(line, &pair->differences[i]);
        separator = ", ";
    }
    if (separator != before)
        line_text(line, after);
}

static void
add_pair(struct line *line, const struct verify *verify, const struct pair *pair)
{
    line_text(line, result_names[pair->result]);
    if (pair->result == PAIR_SILENT)
        line_format(line, " %s", verdict_name(pair->verdict));
    add_differences(line, verify, pair, true, " ", "");
    add_differences(line, verify, pair, false, " (", ")");
    if (pair->reply_is_cut && pair->result != PAIR_CUT)
        line_text(line, ", reply cut");
    if (pair->duplicates > 0)
        line_format(line, ", +%" PRIu64 " duplicate%s", pair->duplicates, pair->duplicates == 1 ? "" : "s");
}

static void
add_value_json(struct line *line, enum field_format format, const struct field_value *value)
{
    if (format == FIELD_NUMBER || format == FIELD_HEX) {
        line_number(line, value->number);
        return;
    }
    line_text(line, "\"");
    if (value->len > 0)
        add_value(line, format, value);
    line_text(line, "\"");
}

static void
add_difference_json(struct line *line, const struct verify *verify, const struct difference *difference)
{
    enum field_format format = fields_format(difference->field);

    line_text(line, "{\"field\":\"");
    line_text(line, fields_name(difference->field));
    line_text(line, "\"");
    if (fields_has_offset(difference->field))
        line_format(line, ",\"at\":%zu", difference->at);
    line_text(line, ",\"recorded\":");
    add_value_json(line, format, &difference->recorded);
    line_text(line, ",\"ours\":");
    add_value_json(line, format, &difference->ours);
    line_text(line, does_count(verify, difference) ? ",\"counts\":true}" : ",\"counts\":false}");
}

static void
add_pair_json(struct line *line, const struct verify *verify, const struct pair *pair)
{
    line_text(line, ",\"verdict\":\"");
    line_text(line, verdict_name(pair->verdict));
    line_text(line, "\",\"result\":\"");
    line_text(line, result_names[pair->result]);
    line_text(line, "\"");
    for (size_t i = 0; i < pair->difference_count; i++) {
        line_text(line, i == 0 ? ",\"differences\":[" : ",");
        add_difference_json(line, verify, &pair->differences[i]);
    }
    if (pair->difference_count > 0)
        line_text(line, "]");
    if (pair->reply_is_cut)
        line_text(line, ",\"reply_cut\":true");
    if (pair->duplicates > 0)
        line_format(line, ",\"duplicates\":%" PRIu64, pair->duplicates);
    line_text(line, "}");
}

void
report_pairs(const struct log *log, struct verify *verify, uint64_t now_ns, bool is_end)
{
    const struct pair *pair;
    struct line line;

    while ((pair = verify_next(verify, now_ns, is_end)) != NULL) {
        if (log->is_quiet && !log->is_json)
            continue;
        log_request(log, &line, pair->source, pair->ts_ns, &pair->request);
        if (log->is_json)
            add_pair_json(&line, verify, pair);
        else
            add_pair(&line, verify, pair);
        log_end_line(log, &line);
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
