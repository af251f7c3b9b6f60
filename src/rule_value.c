/* Values of rules: a function for each kind, which takes a word for one. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "responder/faults.h"
#include "rule_guess.h"
#include "rule_parser.h"

const char *
rule_parser_copy(const struct rule_parser *parser, char copy[static RULE_PARSER_WORD + 1])
{
    size_t len = parser->len > RULE_PARSER_WORD ? 0 : parser->len;

    memcpy(copy, parser->word, len);
    copy[len] = '\0';
    return copy;
}

typedef int read_value(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
                       char why[static PORT_ERRBUF]);

#define READ(function, expression) \
    static int function(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value, \
                        char why[static PORT_ERRBUF]) \
    { \
        (void)parser; \
        (void)param; \
        return expression; \
    }

READ(read_number, parse_integer(word, param->least, param->most, &value->as.number, why))
READ(read_percent, parse_percent(word, &value->as.number, why))
READ(read_time, parse_time(word, param->least, param->most, &value->as.number, why))
READ(read_address, parse_address(word, &value->as.prefix.address, why))

static int
read_range(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
           char why[static PORT_ERRBUF])
{
    char first[RULE_PARSER_WORD + 1];
    const char *dash = strchr(word, '-');

    (void)parser;
    snprintf(first, sizeof first, "%.*s", dash == NULL ? RULE_PARSER_WORD : (int)(dash - word), word);
    if (parse_integer(first, param->least, param->most, &value->as.range.first, why) != 0 ||
        parse_integer(dash == NULL ? word : dash + 1, param->least, param->most, &value->as.range.last, why) != 0)
        return -1;
    if (value->as.range.first <= value->as.range.last)
        return 0;
    snprintf(why, PORT_ERRBUF, "\"%s\" goes backwards: give the smaller number first", word);
    return -1;
}

static int
read_shift(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
           char why[static PORT_ERRBUF])
{
    bool is_negative = *word == '-';

    (void)parser;
    if (parse_time(word + (is_negative || *word == '+'), param->least, param->most, &value->as.number, why) != 0)
        return -1;
    if (is_negative)
        value->as.number = 0 - value->as.number;
    return 0;
}

/* Host bits say nothing and are cleared, so that one prefix has one text. */
static int
read_prefix(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
            char why[static PORT_ERRBUF])
{
    struct address *address = &value->as.prefix.address;
    unsigned len;

    (void)parser;
    (void)param;
    if (parse_any_prefix(word, address, &len, why) != 0)
        return -1;
    value->as.prefix.len = (uint8_t)len;
    for (unsigned bit = len; bit < address_bits(address->version); bit++)
        address->bytes[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
    return 0;
}

static int
read_word(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
          char why[static PORT_ERRBUF])
{
    (void)parser;
    (void)why; /* stays empty: what is expected is said by the caller */
    for (size_t i = 0; param->words[i] != NULL; i++)
        if (strcmp(param->words[i], word) == 0) {
            value->as.number = i;
            return 0;
        }
    return -1;
}

/* TYPE/CODE */
static bool
read_numbers(const char *word, struct rule_error *error)
{
    char type[RULE_PARSER_WORD + 1], why[PORT_ERRBUF];
    const char *slash = strchr(word, '/');
    uint64_t first, second;

    if (slash == NULL)
        return false;
    snprintf(type, sizeof type, "%.*s", (int)(slash - word), word);
    if (parse_integer(type, 0, UINT8_MAX, &first, why) != 0 || parse_integer(slash + 1, 0, UINT8_MAX, &second, why) != 0)
        return false;
    *error = (struct rule_error){-1, (uint8_t)first, (uint8_t)second};
    return true;
}

static int
read_error(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
           char why[static PORT_ERRBUF])
{
    (void)parser;
    (void)param;
    for (size_t i = 0; i < faults_error_count; i++)
        if (strcmp(faults_errors[i].name, word) == 0) {
            value->as.error = (struct rule_error){.name = (int)i};
            return 0;
        }
    if (read_numbers(word, &value->as.error))
        return 0;
    (void)rule_guess_error(word, why);
    return -1;
}

static int
fail_memory(char why[static PORT_ERRBUF])
{
    snprintf(why, PORT_ERRBUF, "out of memory");
    return -1;
}

static int
read_hex(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
         char why[static PORT_ERRBUF])
{
    uint8_t bytes[RULE_PARSER_WORD * 2];
    char *text = calloc(parser->len + 1, 1);
    size_t count = 0;
    int rc;

    (void)word; /* may be too long for a word */
    if (text == NULL)
        return fail_memory(why);
    memcpy(text, parser->word, parser->len);
    rc = parse_bytes(text, (size_t)param->least, param->most < sizeof bytes ? (size_t)param->most : sizeof bytes, bytes, &count,
                     why);
    free(text);
    value->as.slice.at = (uint32_t)parser->set->rules.byte_count;
    value->as.slice.count = (uint32_t)count;
    if (rc == 0 && rule_set_add_bytes(parser->set, bytes, count) != 0)
        return fail_memory(why);
    return rc;
}

/* The address at *text, up to a comma or the end, where *text is left. */
static int
read_listed(const char **text, const char *end, struct address *address, char why[static PORT_ERRBUF])
{
    char copy[RULE_PARSER_WORD + 1];
    size_t len = 0;

    while (*text + len < end && (*text)[len] != ',')
        len++;
    snprintf(copy, sizeof copy, "%.*s", len < sizeof copy ? (int)len : 0, *text);
    *text += len;
    *address = (struct address){.version = 0};
    return strcmp(copy, "*") == 0 ? 0 : parse_address(copy, address, why);
}

static int
read_addresses(struct rule_parser *parser, const struct rule_param *param, const char *word, struct rule_value *value,
               char why[static PORT_ERRBUF])
{
    const char *at = parser->word, *end = parser->word + parser->len;
    struct address address;

    (void)word;
    value->as.slice.at = (uint32_t)parser->set->rules.address_count;
    for (value->as.slice.count = 0; at <= end && value->as.slice.count < param->most; at++, value->as.slice.count++) {
        if (read_listed(&at, end, &address, why) != 0)
            return -1;
        if (rule_set_add_address(parser->set, &address) != 0)
            return fail_memory(why);
    }
    if (at > end)
        return 0;
    snprintf(why, PORT_ERRBUF, "more than %u addresses", (unsigned)param->most);
    return -1;
}

static read_value *const readers[] = {
    [RULE_NUMBER] = read_number,   [RULE_RANGE] = read_range,         [RULE_PERCENT] = read_percent, [RULE_TIME] = read_time,
    [RULE_SHIFT] = read_shift,     [RULE_PREFIX] = read_prefix,       [RULE_ADDRESS] = read_address,
    [RULE_ADDRESSES] = read_addresses, [RULE_HEX] = read_hex,         [RULE_WORD] = read_word,       [RULE_ERROR] = read_error,
};

int
rule_parser_read(struct rule_parser *parser, const struct rule_param *param, struct rule_value *value,
                 char why[static PORT_ERRBUF])
{
    bool is_list = param->kind == RULE_ADDRESSES || param->kind == RULE_HEX;
    char copy[RULE_PARSER_WORD + 1];

    if (parser->len > RULE_PARSER_WORD && !is_list)
        return -1;
    return readers[param->kind](parser, param, rule_parser_copy(parser, copy), value, why);
}
