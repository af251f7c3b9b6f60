/* Differences between records: which byte, of which field, with both values, and where that is in the frames. */
#include "config.h"

#include "expect_report.h"

#include <sys/types.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dissect.h"
#include "address_text.h"

enum { NS_PER_S = 1000000000, TEXT = 48, HEX_ROW = 16 };

/* The first difference of two records in words. */
struct difference {
    bool is_in_time; /* the frames are the same */
    size_t at;
    char field[TEXT], expected[TEXT], ours[TEXT];
};

static void
print_time(const struct expect_report *report, uint64_t ts_ns, char text[static TEXT])
{
    unsigned fraction = (unsigned)(ts_ns % NS_PER_S);

    if (report->unit_ns == 1)
        snprintf(text, TEXT, "%" PRIu64 ".%09u", ts_ns / NS_PER_S, fraction);
    else
        snprintf(text, TEXT, "%" PRIu64 ".%06u", ts_ns / NS_PER_S, fraction / report->unit_ns);
}

static void
print_byte(const struct expect_record *record, size_t at, char text[static TEXT])
{
    if (at < record->caplen)
        snprintf(text, TEXT, "0x%02x", record->data[at]);
    else
        snprintf(text, TEXT, "none");
}

static void
print_number(const struct dissect_field *field, const uint8_t *data, char text[static TEXT])
{
    uint32_t value = dissect_number(field, data);

    if (field->format == DISSECT_HEX)
        snprintf(text, TEXT, "0x%0*" PRIx32, field->mask == 0 ? (int)field->len * 2 : 1, value);
    else
        snprintf(text, TEXT, "%" PRIu32, field->format == DISSECT_EIGHTS ? value * 8 : value);
}

static void
print_value(const struct dissect_field *field, const struct expect_record *record, char text[static TEXT])
{
    const uint8_t *at = record->data + field->at;

    if (record->caplen < field->at + field->len)
        snprintf(text, TEXT, record->caplen > field->at ? "cut" : "none");
    else if (dissect_is_number(field))
        print_number(field, record->data, text);
    else if (field->format == DISSECT_MAC)
        snprintf(text, TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", at[0], at[1], at[2], at[3], at[4], at[5]);
    else if (field->format == DISSECT_BYTES)
        snprintf(text, TEXT, "%zu bytes", field->len);
    else
        (void)address_text(text, field->format == DISSECT_IPV4 ? 4 : 6, at);
}

/* The field that the first byte that differs is in. */
static void
describe_byte(const struct dissect *dissect, const struct expect_record *expected, const struct expect_record *ours,
              struct difference *difference)
{
    const struct dissect_field *field =
        dissect_field_at(dissect, difference->at, expected->data, expected->caplen, ours->data, ours->caplen);

    if (field != NULL && field->format != DISSECT_BYTES) {
        snprintf(difference->field, TEXT, "%s", field->name);
        print_value(field, expected, difference->expected);
        print_value(field, ours, difference->ours);
        return;
    }
    if (field == NULL)
        snprintf(difference->field, TEXT, "data");
    else
        snprintf(difference->field, TEXT, "%s byte %zu", field->name, difference->at - field->at);
    print_byte(expected, difference->at, difference->expected);
    print_byte(ours, difference->at, difference->ours);
}

static void
describe(const struct expect_report *report, const struct dissect *dissect, const struct expect_record *expected,
         const struct expect_record *ours, struct difference *difference)
{
    size_t least = expected->caplen < ours->caplen ? expected->caplen : ours->caplen;
    bool is_len = expected->len != ours->len;

    difference->at = dissect_first_difference(expected->data, expected->caplen, ours->data, ours->caplen);
    difference->is_in_time = false;
    if (difference->at < least) {
        describe_byte(dissect, expected, ours, difference);
    } else if (is_len || expected->caplen != ours->caplen) {
        snprintf(difference->field, TEXT, is_len ? "length" : "captured length");
        snprintf(difference->expected, TEXT, "%zu", is_len ? expected->len : expected->caplen);
        snprintf(difference->ours, TEXT, "%zu", is_len ? ours->len : ours->caplen);
    } else {
        difference->is_in_time = true;
        snprintf(difference->field, TEXT, "time stamp");
        print_time(report, expected->ts_ns, difference->expected);
        print_time(report, ours->ts_ns, difference->ours);
    }
}

/* A row of the dissection: one value where there is but one. */
static void
print_row(char mark, const char *name, const char *expected, const char *ours)
{
    if (mark == ' ')
        printf("    %-22s  %s\n", name, expected);
    else
        printf("  %c %-22s  %-24s  %s\n", mark, name, expected, ours);
}

/* Bytes are not listed, but the first that differs is. */
static void
print_field(const struct dissect_field *field, const struct expect_record *expected, const struct expect_record *ours,
            bool is_first)
{
    bool is_same = dissect_is_same(field, expected->data, expected->caplen, ours->data, ours->caplen);
    char name[TEXT], left[TEXT], right[TEXT];

    snprintf(name, TEXT, "%s", field->name);
    print_value(field, expected, left);
    print_value(field, ours, right);
    if (!is_same && field->format == DISSECT_BYTES) {
        const uint8_t *ours_at = ours->caplen > field->at ? ours->data + field->at : ours->data;
        size_t there = ours->caplen > field->at ? ours->caplen - field->at : 0;
        size_t at = dissect_first_difference(expected->data + field->at, field->len, ours_at, there);

        snprintf(name, TEXT, "%s byte %zu", field->name, at);
        print_byte(expected, field->at + at, left);
        print_byte(ours, field->at + at, right);
    }
    print_row(is_same ? ' ' : is_first ? '>' : '*', name, left, right);
}

static void
print_hex(const char *whose, const struct expect_record *record, size_t start)
{
    printf("    %-8s  0x%04zx ", whose, start);
    for (size_t i = start; i < start + HEX_ROW && i < record->caplen; i++)
        printf(" %02x", record->data[i]);
    putchar('\n');
}

static void
print_length(const struct expect_record *expected, const struct expect_record *ours, bool is_first)
{
    char left[TEXT], right[TEXT];

    snprintf(left, TEXT, "%zu bytes", expected->len);
    snprintf(right, TEXT, "%zu bytes", ours->len);
    print_row(expected->len == ours->len ? ' ' : is_first ? '>' : '*', "length", left, right);
}

/* Both frames field by field, then the sixteen bytes around the first that differs, which is marked. */
static void
print_dissection(const struct expect_report *report, const struct dissect *dissect, const struct expect_record *expected,
                 const struct expect_record *ours, const struct difference *difference)
{
    const struct dissect_field *first =
        dissect_field_at(dissect, difference->at, expected->data, expected->caplen, ours->data, ours->caplen);
    size_t start = difference->at / HEX_ROW * HEX_ROW;
    char left[TEXT], right[TEXT];

    snprintf(left, TEXT, "expected (%" PRIu64 ")", expected->number);
    printf("    %-22s  %-24s  ours (%" PRIu64 ")\n", "record", left, ours->number);
    print_time(report, expected->ts_ns, left);
    print_time(report, ours->ts_ns, right);
    print_row(strcmp(left, right) == 0 ? ' ' : '*', "time stamp", left, right);
    print_length(expected, ours, strcmp(difference->field, "length") == 0);
    for (size_t i = 0; i < dissect->count; i++)
        print_field(&dissect->fields[i], expected, ours, &dissect->fields[i] == first);
    print_hex("expected", expected, start);
    print_hex("ours", ours, start);
    printf("    %-8s  %-6s  %*s^^\n", "", "", (int)(difference->at - start) * 3, "");
}

/* A frame in a line. */
static void
print_summary(const struct dissect *dissect, const struct expect_record *record)
{
    static const struct {
        const char *name, *before;
    } told[] = {
        {"IPv4 source", ", "},            {"IPv4 destination", " > "},      {"IPv6 source", ", "},
        {"IPv6 destination", " > "},      {"ICMP type", ", ICMP type "},    {"ICMPv6 type", ", ICMPv6 type "},
        {"ICMP id", ", id "},             {"ICMPv6 id", ", id "},           {"ICMP sequence", ", sequence "},
        {"ICMPv6 sequence", ", sequence "},
    };
    char text[TEXT];

    printf("%zu bytes", record->len);
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        const struct dissect_field *field = dissect_find(dissect, told[i].name);

        if (field == NULL)
            continue;
        print_value(field, record, text);
        printf("%s%s", told[i].before, text);
    }
    putchar('\n');
}

void
expect_report_differs(const struct expect_report *report, const struct expect_record *expected,
                      const struct expect_record *ours)
{
    struct dissect dissect;
    struct difference difference;

    dissect_frame(report->link, expected->data, expected->caplen, &dissect);
    describe(report, &dissect, expected, ours, &difference);
    if (report->is_json) {
        printf("{\"record\":%" PRIu64 ",\"result\":\"differs\",\"our_record\":%" PRIu64, expected->number, ours->number);
        if (!difference.is_in_time)
            printf(",\"byte\":%zu", difference.at);
        printf(",\"field\":\"%s\",\"expected\":\"%s\",\"ours\":\"%s\"}\n", difference.field, difference.expected,
               difference.ours);
        return;
    }
    printf("record %" PRIu64 ": differs ", expected->number);
    if (!difference.is_in_time)
        printf("at byte %zu ", difference.at);
    printf("(%s): %s expected, %s is ours\n", difference.field, difference.expected, difference.ours);
    if (difference.is_in_time) {
        fputs("    ", stdout);
        print_summary(&dissect, ours);
    } else {
        print_dissection(report, &dissect, expected, ours, &difference);
    }
}

void
expect_report_lone(const struct expect_report *report, const char *word, const struct expect_record *record)
{
    struct dissect dissect;
    char text[TEXT];

    if (report->is_json) {
        printf("{\"record\":%" PRIu64 ",\"result\":\"%s\",\"ts\":%" PRIu64 ".%09u,\"length\":%zu}\n", record->number, word,
               record->ts_ns / NS_PER_S, (unsigned)(record->ts_ns % NS_PER_S), record->len);
        return;
    }
    dissect_frame(report->link, record->data, record->caplen, &dissect);
    print_time(report, record->ts_ns, text);
    printf("%s: record %" PRIu64 ": %s, ", word, record->number, text);
    print_summary(&dissect, record);
}

void
expect_report_counts(const struct expect_report *report, const struct expect_counts *counts, uint64_t untold)
{
    uint64_t records = counts->equal + counts->differs + counts->missing + counts->more;

    if (report->is_json) {
        printf("{\"expect\":{\"records\":%" PRIu64 ",\"equal\":%" PRIu64 ",\"differs\":%" PRIu64 ",\"missing\":%" PRIu64
               ",\"more\":%" PRIu64 "}}\n", records, counts->equal, counts->differs, counts->missing, counts->more);
        return;
    }
    if (untold > 0)
        printf("%" PRIu64 " other differences, not shown\n", untold);
    printf("%" PRIu64 " records: %" PRIu64 " equal, %" PRIu64 " differs, %" PRIu64 " missing, %" PRIu64 " more\n", records,
           counts->equal, counts->differs, counts->missing, counts->more);
}
