/* JSON: what is shared by all who print it. */
#include "config.h"

#include "json.h"

#include <string.h>

/* The bytes of the UTF-8 character at `text` (RFC 3629 section 4), 0 if there is none. */
static size_t
utf8_len(const unsigned char *text)
{
    size_t len = *text < 0x80 ? 1 : *text >= 0xc2 && *text < 0xe0 ? 2 : *text >> 4 == 0xe ? 3 : *text >= 0xf0 && *text < 0xf5 ? 4 : 0;

    for (size_t i = 1; i < len; i++)
        if (text[i] >> 6 != 2)
            return 0;
    if ((*text == 0xe0 && text[1] < 0xa0) || (*text == 0xed && text[1] > 0x9f) || (*text == 0xf0 && text[1] < 0x90) ||
        (*text == 0xf4 && text[1] > 0x8f)) /* longer than need be, a surrogate, or beyond the last */
        return 0;
    return len;
}

/* The bytes of ASCII characters at `text` that stand for themselves. */
static size_t
plain_len(const unsigned char *text)
{
    size_t len = 0;

    while (text[len] >= 0x20 && text[len] < 0x80 && text[len] != '"' && text[len] != '\\')
        len++;
    return len;
}

void
json_add_string(const char *string, struct line *line)
{
    const unsigned char *text = (const unsigned char *)string;

    line_text(line, "\"");
    while (*text != '\0') {
        size_t plain = plain_len(text), len = plain > 0 ? plain : utf8_len(text);

        if (len == 0)
            line_text(line, "\\ufffd");
        else if (*text < 0x20)
            line_format(line, "\\u%04x", *text);
        else if (*text == '"' || *text == '\\')
            line_format(line, "\\%c", *text);
        else
            line_bytes(line, (const char *)text, len);
        text += len == 0 ? 1 : len;
    }
    line_text(line, "\"");
}

void
json_string(const char *string, FILE *out)
{
    struct line line;

    line_start(&line, out);
    json_add_string(string, &line);
    line_flush(&line);
}

/* The byte that \uXXXX stands for; json_string() has it for those below a blank, and for what is no character. */
static char
take_code(const char digits[static 4])
{
    static const char hex[] = "0123456789abcdef";
    unsigned code = 0;

    for (size_t i = 0; i < 4; i++) {
        const char *digit = digits[i] == '\0' ? NULL : strchr(hex, digits[i]);

        if (digit == NULL)
            return '\0';
        code = code << 4 | (unsigned)(digit - hex);
    }
    return (char)(code < 0x80 ? code : '?');
}

char *
json_take_string(char *text, char **string)
{
    char *to;

    if (*text != '"')
        return NULL;
    *string = to = ++text;
    while (*text != '"') {
        char byte = *text++;

        if (byte == '\\' && *text == 'u') {
            byte = take_code(text + 1);
            text += byte == '\0' ? 0 : 5;
        } else if (byte == '\\') {
            byte = *text++;
        }
        if (byte == '\0')
            return NULL;
        *to++ = byte;
    }
    *to = '\0';
    return text + 1;
}
