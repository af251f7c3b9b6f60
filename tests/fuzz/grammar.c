/* Inputs of fuzz_rules made and changed. */
#include "grammar.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "responder/faults.h"

enum {
    REQUEST_LEN = 4, /* as fuzz_rules.c has them */
    SHAPES_MOST = 16,
    BAD_SUM = 0x40,
    TAGGED = 0x80,
    WORDS_MOST = 512
};

/* Text that grows; what does not fit is left out. */
struct text {
    char *at;
    size_t len, room;
};

__attribute__((format(printf, 2, 3))) static void
say(struct text *text, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text->at + text->len, text->room - text->len, format, args);
    va_end(args);
    if (len > 0 && (size_t)len < text->room - text->len)
        text->len += (size_t)len;
}

/* --- values */

/* One in some is just out of range. */
static uint64_t
draw_number(struct draw *draw, const struct rule_param *param)
{
    uint64_t span = param->most - param->least;

    if (draw_one_in(draw, 24))
        return draw_one_in(draw, 2) ? param->most + 1 : param->least - 1;
    if (draw_one_in(draw, 2))
        return param->least + draw_below(draw, span < 12 ? (size_t)span + 1 : 12);
    return param->least + draw_border(draw, span < UINT32_MAX ? (uint32_t)span : UINT32_MAX);
}

static void
say_time(struct draw *draw, const struct rule_param *param, struct text *text)
{
    static const char *const units[] = {"ns", "us", "ms", "ms", "s", "min", "h", "", "d"};
    uint32_t number = draw_one_in(draw, 2) ? (uint32_t)draw_below(draw, 60) : draw_border(draw, 100000);

    (void)param;
    if (draw_one_in(draw, 6))
        say(text, "%" PRIu32 ".%" PRIu32 "%s", number, draw_border(draw, 999999), *DRAW_ROW(draw, units));
    else
        say(text, "%" PRIu32 "%s", number, *DRAW_ROW(draw, units));
}

static void
say_percent(struct draw *draw, const struct rule_param *param, struct text *text)
{
    static const char *const usual[] = {"100%", "50%", "0%", "25%", "99.9%", "0.1%", "0.000000001%", "101%", "5"};

    (void)param;
    if (draw_one_in(draw, 2))
        say(text, "%s", *DRAW_ROW(draw, usual));
    else
        say(text, "%" PRIu32 "%%", draw_border(draw, 100));
}

static void
say_address(struct draw *draw, const struct rule_param *param, struct text *text)
{
    static const char *const addresses[] = {
        "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "10.0.0.1", "fd00::1", "::", "0.0.0.0", "255.255.255.255",
        "ff02::1", "::ffff:192.0.2.2", "192.0.2.256", "fe80::1%ho0",
    };

    (void)param;
    say(text, "%s", *DRAW_ROW(draw, addresses));
}

static void
say_prefix(struct draw *draw, const struct rule_param *param, struct text *text)
{
    static const char *const prefixes[] = {
        "192.0.2.0/24", "0.0.0.0/0", "::/0", "2001:db8::/32", "192.0.2.2/32", "192.0.2.1/31", "2001:db8::2/128",
        "192.0.2.0/33",
    };

    (void)param;
    if (draw_one_in(draw, 3))
        say_address(draw, param, text);
    else
        say(text, "%s", *DRAW_ROW(draw, prefixes));
}

static void
say_range(struct draw *draw, const struct rule_param *param, struct text *text)
{
    uint64_t first = draw_number(draw, param), last = draw_number(draw, param);

    if (draw_one_in(draw, 2))
        say(text, "%" PRIu64, first);
    else if (first < last || draw_one_in(draw, 12))
        say(text, "%" PRIu64 "-%" PRIu64, first, last);
    else
        say(text, "%" PRIu64 "-%" PRIu64, last, first);
}

static void
say_list(struct draw *draw, const struct rule_param *param, struct text *text)
{
    (void)param;
    for (size_t count = 1 + draw_below(draw, 4); count > 0; count--) {
        if (draw_one_in(draw, 4))
            say(text, "*");
        else
            say_address(draw, param, text);
        if (count > 1)
            say(text, ",");
    }
}

static void
say_hex(struct draw *draw, const struct rule_param *param, struct text *text)
{
    static const char *const options[] = {
        "07070400000000", "440c050000000000000000000", "01010101", "94040000", "00", "830704c0000201",
    };
    uint64_t count = draw_number(draw, param);

    if (draw_one_in(draw, 2)) {
        say(text, "%s", *DRAW_ROW(draw, options));
        return;
    }
    for (uint64_t i = 0; i < count && i <= param->most; i++)
        say(text, "%02x", (unsigned)draw_below(draw, 256));
}

static void
say_error(struct draw *draw, const struct rule_param *param, struct text *text)
{
    (void)param;
    if (draw_one_in(draw, 3))
        say(text, "%" PRIu32 "/%" PRIu32, draw_border(draw, UINT8_MAX), draw_border(draw, UINT8_MAX));
    else
        say(text, "%s", faults_errors[draw_below(draw, faults_error_count)].name);
}

static void
say_word(struct draw *draw, const struct rule_param *param, struct text *text)
{
    size_t count = 0;

    while (param->words[count] != NULL)
        count++;
    say(text, "%s", param->words[draw_below(draw, count)]);
}

static void
say_number(struct draw *draw, const struct rule_param *param, struct text *text)
{
    say(text, "%" PRIu64, draw_number(draw, param));
}

static void
say_shift(struct draw *draw, const struct rule_param *param, struct text *text)
{
    say(text, "%s", draw_one_in(draw, 2) ? "-" : "");
    say_time(draw, param, text);
}

static void (*const sayers[])(struct draw *draw, const struct rule_param *param, struct text *text) = {
    [RULE_NUMBER] = say_number, [RULE_RANGE] = say_range,     [RULE_PERCENT] = say_percent,  [RULE_TIME] = say_time,
    [RULE_SHIFT] = say_shift,   [RULE_PREFIX] = say_prefix,   [RULE_ADDRESS] = say_address,  [RULE_ADDRESSES] = say_list,
    [RULE_HEX] = say_hex,       [RULE_WORD] = say_word,       [RULE_ERROR] = say_error,
};

static void
say_value(struct draw *draw, const struct rule_param *param, enum rule_kind kind, struct text *text)
{
    if (sayers[kind] != NULL)
        sayers[kind](draw, param, text);
}

/* --- terms and rules */

/* Options one in two, each with its keyword; one value in some is of another kind than it should be. */
static void
say_term(struct draw *draw, const struct rule_row *row, struct text *text)
{
    say(text, "%s", row->name);
    for (size_t i = 0; i < RULE_PARAMS && row->params[i].kind != RULE_NOTHING; i++) {
        const struct rule_param *param = &row->params[i];
        enum rule_kind kind = param->kind;

        if (param->is_optional && draw_one_in(draw, 2))
            continue;
        if (draw_one_in(draw, 48))
            kind = (enum rule_kind)draw_below(draw, RULE_SHIFT + 1);
        if (param->keyword != NULL)
            say(text, " %s", param->keyword);
        if (kind != RULE_FLAG) {
            say(text, " ");
            say_value(draw, param, kind, text);
        }
    }
}

static void
say_selector(struct draw *draw, struct text *text)
{
    say_term(draw, &rules_selectors[draw_below(draw, rules_selector_count)], text);
}

static void
say_action(struct draw *draw, struct text *text)
{
    say_term(draw, &faults_actions[draw_below(draw, faults_action_count)], text);
}

static void
say_rule(struct draw *draw, struct text *text)
{
    if (draw_one_in(draw, 2))
        for (size_t count = 1 + draw_below(draw, 2); count > 0; count--) {
            say_selector(draw, text);
            say(text, " ");
        }
    if (draw_one_in(draw, 4))
        say(text, "set ");
    for (size_t count = draw_one_in(draw, 2) ? 1 : 1 + draw_below(draw, 4); count > 0; count--) {
        say_action(draw, text);
        say(text, count > 1 ? " " : "");
    }
}

/* A request, four bytes of it. */
static void
say_request(struct draw *draw, uint8_t request[static REQUEST_LEN])
{
    request[0] = (uint8_t)draw_below(draw, SHAPES_MOST);
    if (draw_one_in(draw, 8))
        request[0] |= TAGGED;
    if (draw_one_in(draw, 16))
        request[0] |= BAD_SUM;
    request[1] = (uint8_t)(draw_one_in(draw, 2) ? draw_below(draw, 6) : draw_border(draw, UINT8_MAX));
    request[2] = (uint8_t)(draw_one_in(draw, 4) ? draw_border(draw, UINT8_MAX) : draw_below(draw, 12));
    request[3] = (uint8_t)draw_border(draw, UINT8_MAX);
}

/* Puts requests behind the text. */
static size_t
put_requests(struct draw *draw, uint8_t *data, size_t len, size_t requests, size_t most)
{
    if (requests == 0 || len >= most)
        return len < most ? len : most;
    data[len++] = '\0';
    for (; requests > 0 && len + REQUEST_LEN <= most; requests--, len += REQUEST_LEN)
        say_request(draw, data + len);
    return len;
}

size_t
grammar_make(struct draw *draw, size_t requests, uint8_t *data, size_t most)
{
    static char room[GRAMMAR_SIZE_MOST];
    struct text text = {.at = room, .room = sizeof room};

    for (size_t count = 1 + (draw_one_in(draw, 3) ? draw_below(draw, 5) : 0); count > 0; count--) {
        say_rule(draw, &text);
        say(&text, "%s", count == 1 ? "" : draw_one_in(draw, 2) ? "\n" : "; ");
    }
    if (text.len > most)
        text.len = most;
    memcpy(data, room, text.len);
    return put_requests(draw, data, text.len, requests, most);
}

/* --- words changed */

/* The text of an input, as words that blanks end. */
struct words {
    const char *at[WORDS_MOST];
    size_t len[WORDS_MOST];
    size_t count;
};

static bool
is_end(char byte)
{
    return byte == ' ' || byte == '\n' || byte == ';';
}

static void
split(const char *text, size_t len, struct words *words)
{
    size_t at = 0;

    words->count = 0;
    while (at < len && words->count < WORDS_MOST) {
        size_t end = at;

        while (end < len && !is_end(text[end]))
            end++;
        while (end < len && is_end(text[end]))
            end++;
        words->at[words->count] = text + at;
        words->len[words->count++] = end - at;
        at = end;
    }
}

/* A value or a term that some row has. */
static void
say_other(struct draw *draw, struct text *text)
{
    const struct rule_row *row = &faults_actions[draw_below(draw, faults_action_count)];
    const struct rule_param *param = &row->params[draw_below(draw, RULE_PARAMS)];

    switch (draw_below(draw, 4)) {
    case 0:
        say_selector(draw, text);
        break;
    case 1:
        say_action(draw, text);
        break;
    default:
        if (param->keyword != NULL && draw_one_in(draw, 2))
            say(text, "%s ", param->keyword);
        say_value(draw, param, param->kind, text);
        break;
    }
    say(text, " ");
}

/* Writes all words anew, one of them changed. */
static void
change_words(struct draw *draw, const struct words *words, struct text *text)
{
    static const char *const marks[] = {"\n", ";", " ", "set ", "# ", "\t", "-", "0", "9", "%", "/"};
    size_t at = draw_below(draw, words->count + 1), way = draw_below(draw, 6), other = draw_below(draw, words->count + 1);

    for (size_t i = 0; i <= words->count; i++) {
        if (i == at && way == 0)
            say_other(draw, text);
        if (i == at && way == 1)
            say(text, "%s", *DRAW_ROW(draw, marks));
        if (i == words->count)
            break;
        if (i == at && way == 2)
            continue;
        if (i == at && way == 3)
            say_other(draw, text);
        else if (i == at && way == 4 && other < words->count)
            say(text, "%.*s", (int)words->len[other], words->at[other]);
        else
            say(text, "%.*s", (int)words->len[i], words->at[i]);
    }
    if (at == words->count || way == 5) {
        say(text, "\n");
        say_rule(draw, text);
    }
}

/* Requests stay behind the text; one of them may be another one. */
size_t
grammar_change(struct draw *draw, uint8_t *data, size_t size, size_t most)
{
    static char copy[GRAMMAR_SIZE_MOST], room[GRAMMAR_SIZE_MOST];
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\0', size);
    size_t len = end == NULL ? size : (size_t)(end - data), rest = size - len;
    struct text text = {.at = room, .room = sizeof room};
    struct words words;

    if (size == 0 || size > sizeof copy)
        return grammar_make(draw, draw_one_in(draw, 2) ? 0 : draw_below(draw, 12), data, most);
    memcpy(copy, data, size);
    if (draw_one_in(draw, 5))
        return put_requests(draw, data, len, 1 + draw_below(draw, 12), most);
    split(copy, len, &words);
    change_words(draw, &words, &text);
    if (text.len > most)
        text.len = most;
    memcpy(data, room, text.len);
    if (rest > most - text.len)
        rest = most - text.len;
    memcpy(data + text.len, copy + len, rest);
    return text.len + rest;
}
