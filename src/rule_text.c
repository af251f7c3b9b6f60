/* Rules as text: each printed in one way only, which the parser reads as the same rule. */
#include "config.h"

#include "rule_text.h"

#include <sys/types.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address_text.h"
#include "responder/faults.h"

/* A text that grows, of which only `room` bytes are kept. */
struct text {
    char *start;
    size_t room, len;
};

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
put(struct text *text, const char *format, ...)
{
    size_t used = text->len < text->room ? text->len : text->room;
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(text->room > used ? text->start + used : NULL, text->room - used, format, arguments);
    va_end(arguments);
    text->len += len > 0 ? (size_t)len : 0;
}

static void
put_address(struct text *text, const struct address *address)
{
    char buffer[ADDRESS_TEXT];

    if (address->version == 0)
        put(text, "*");
    else
        put(text, "%s", address_text(buffer, address->version, address->bytes));
}

static void
put_time(struct text *text, uint64_t ns)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};
    size_t i = 0;

    while (ns % units[i].ns != 0)
        i++;
    put(text, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
}

static void
put_shift(struct text *text, uint64_t number)
{
    int64_t shift = (int64_t)number;

    if (shift < 0)
        put(text, "-");
    put_time(text, shift < 0 ? 0 - number : number);
}

static void
put_percent(struct text *text, uint64_t parts)
{
    enum { ONE = 1000000000 };
    char decimals[16];
    size_t len = (size_t)snprintf(decimals, sizeof decimals, ".%09u", (unsigned)(parts % ONE));

    while (len > 0 && (decimals[len - 1] == '0' || decimals[len - 1] == '.'))
        decimals[--len] = '\0';
    put(text, "%" PRIu64 "%s%%", parts / ONE, decimals);
}

/* How a value of each kind is printed. */
typedef void put_value(struct text *text, const struct rules *rules, const struct rule_param *param,
                       const struct rule_value *value);

#define PUT(function, statement) \
    static void function(struct text *text, const struct rules *rules, const struct rule_param *param, \
                         const struct rule_value *value) \
    { \
        (void)rules; \
        (void)param; \
        statement; \
    }

PUT(put_number_value, put(text, "%" PRIu64, value->as.number))
PUT(put_percent_value, put_percent(text, value->as.number))
PUT(put_time_value, put_time(text, value->as.number))
PUT(put_shift_value, put_shift(text, value->as.number))
PUT(put_address_value, put_address(text, &value->as.prefix.address))
PUT(put_word_value, put(text, "%s", param->words[value->as.number]))

static void
put_range_value(struct text *text, const struct rules *rules, const struct rule_param *param, const struct rule_value *value)
{
    (void)rules;
    (void)param;
    put(text, "%" PRIu64, value->as.range.first);
    if (value->as.range.last != value->as.range.first)
        put(text, "-%" PRIu64, value->as.range.last);
}

static void
put_prefix_value(struct text *text, const struct rules *rules, const struct rule_param *param, const struct rule_value *value)
{
    (void)rules;
    (void)param;
    put_address(text, &value->as.prefix.address);
    if (value->as.prefix.len < address_bits(value->as.prefix.address.version))
        put(text, "/%u", value->as.prefix.len);
}

static void
put_addresses_value(struct text *text, const struct rules *rules, const struct rule_param *param,
                    const struct rule_value *value)
{
    (void)param;
    for (uint32_t i = 0; i < value->as.slice.count; i++) {
        put(text, "%s", i > 0 ? "," : "");
        put_address(text, &rules->addresses[value->as.slice.at + i]);
    }
}

static void
put_hex_value(struct text *text, const struct rules *rules, const struct rule_param *param, const struct rule_value *value)
{
    (void)param;
    for (uint32_t i = 0; i < value->as.slice.count; i++)
        put(text, "%02x", rules->bytes[value->as.slice.at + i]);
}

static void
put_error_value(struct text *text, const struct rules *rules, const struct rule_param *param, const struct rule_value *value)
{
    struct rule_error error = value->as.error;

    (void)rules;
    (void)param;
    if (error.name >= 0)
        put(text, "%s", faults_errors[error.name].name);
    else
        put(text, "%u/%u", error.type, error.code);
}

static put_value *const printers[] = {
    [RULE_NUMBER] = put_number_value,       [RULE_RANGE] = put_range_value,     [RULE_PERCENT] = put_percent_value,
    [RULE_TIME] = put_time_value,           [RULE_SHIFT] = put_shift_value,     [RULE_PREFIX] = put_prefix_value,
    [RULE_ADDRESS] = put_address_value,     [RULE_ADDRESSES] = put_addresses_value, [RULE_HEX] = put_hex_value,
    [RULE_WORD] = put_word_value,           [RULE_ERROR] = put_error_value,
};

static void
put_term(struct text *text, const struct rules *rules, const struct rule_term *term)
{
    put(text, "%s%s", text->len > 0 ? " " : "", term->row->name);
    for (size_t i = 0; i < RULE_PARAMS; i++) {
        const struct rule_param *param = &term->row->params[i];

        if (param->kind == RULE_NOTHING || !term->values[i].is_given)
            continue;
        put(text, " ");
        if (param->keyword != NULL)
            put(text, "%s%s", param->keyword, param->kind == RULE_FLAG ? "" : " ");
        if (param->kind != RULE_FLAG)
            printers[param->kind](text, rules, param, &term->values[i]);
    }
}

/* Whether an action's name is a selector's too, so that it would be taken for one. */
static bool
is_selector(const char *name)
{
    for (size_t i = 0; i < rules_selector_count; i++)
        if (strcmp(rules_selectors[i].name, name) == 0)
            return true;
    return false;
}

size_t
rule_text_print(const struct rules *rules, size_t i, char *start, size_t room)
{
    const struct rule *rule = &rules->rules[i];
    struct text text = {start, room, 0};

    for (size_t j = 0; j < rule->selectors + rule->actions; j++) {
        const struct rule_term *term = &rules->terms[rule->first + j];

        if (j == rule->selectors && is_selector(term->row->name))
            put(&text, "%s" RULE_TEXT_SET, text.len > 0 ? " " : "");
        put_term(&text, rules, term);
    }
    return text.len;
}

char *
rule_text_make(const struct rules *rules, size_t i)
{
    size_t room = rule_text_print(rules, i, NULL, 0) + 1;
    char *text = malloc(room);

    if (text != NULL)
        (void)rule_text_print(rules, i, text, room);
    return text;
}

/* Puts one of several names behind the others. */
static void
put_listed(struct text *text, const char *name, size_t i, size_t count)
{
    put(text, "%s%s", i == 0 ? "" : i + 1 == count ? " or " : ", ", name);
}

size_t
rule_text_list(const struct rule_row *rows, size_t count, char *start, size_t room)
{
    struct text text = {start, room, 0};

    for (size_t i = 0; i < count; i++)
        put_listed(&text, rows[i].name, i, count);
    return text.len;
}

static const char *const descriptions[] = {
    [RULE_PERCENT] = "a percentage such as 5%",
    [RULE_TIME] = "a time such as 20ms",
    [RULE_SHIFT] = "a time such as 20ms or -5s",
    [RULE_PREFIX] = "an address or a prefix such as 192.0.2.0/24",
    [RULE_ADDRESS] = "an address",
    [RULE_ADDRESSES] = "addresses with commas between them, * for a silent one",
    [RULE_HEX] = "bytes in hexadecimal digits, such as 0101ff00",
    [RULE_ERROR] = "an ICMP error such as host-unreachable, or TYPE/CODE",
};

size_t
rule_text_expect(const struct rule_param *param, char *start, size_t room)
{
    struct text text = {start, room, 0};
    size_t count = 0;

    while (param->kind == RULE_WORD && param->words[count] != NULL)
        count++;
    for (size_t i = 0; i < count; i++)
        put_listed(&text, param->words[i], i, count);
    if (param->kind == RULE_NUMBER && param->most == UINT64_MAX)
        put(&text, "a number from %" PRIu64, param->least);
    else if (param->kind == RULE_NUMBER || param->kind == RULE_RANGE)
        put(&text, "a number%s from %" PRIu64 " to %" PRIu64, param->kind == RULE_RANGE ? " or a range" : "", param->least,
            param->most);
    else if (count == 0)
        put(&text, "%s", descriptions[param->kind]);
    return text.len;
}
