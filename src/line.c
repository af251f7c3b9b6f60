/* Lines of output in the making. */
#include "config.h"

#include "line.h"

#include <stdarg.h>
#include <string.h>

#include "address_text.h"

enum { DIGITS_MOST = 20, HEX_MOST = 8 };

void
line_start(struct line *line, FILE *out)
{
    line->out = out;
    line->len = 0;
}

void
line_flush(struct line *line)
{
    if (line->len > 0)
        fwrite(line->bytes, 1, line->len, line->out);
    line->len = 0;
}

void
line_overflow(struct line *line, const char *bytes, size_t len)
{
    line_flush(line);
    fwrite(bytes, 1, len, line->out);
}

void
line_digits(struct line *line, uint64_t number, unsigned digits)
{
    char text[DIGITS_MOST];
    size_t at = sizeof text;

    for (; at > 0 && (number > 0 || at > sizeof text - digits); number /= 10)
        text[--at] = (char)('0' + number % 10);
    line_bytes(line, text + at, sizeof text - at);
}

void
line_number(struct line *line, uint64_t number)
{
    line_digits(line, number, 1);
}

void
line_hex(struct line *line, uint32_t number, unsigned digits)
{
    char text[HEX_MOST];
    size_t at = sizeof text;

    for (; at > 0 && (number > 0 || at > sizeof text - digits); number >>= 4)
        text[--at] = "0123456789abcdef"[number & 15];
    line_bytes(line, text + at, sizeof text - at);
}

void
line_address(struct line *line, const struct address *address)
{
    char text[ADDRESS_TEXT];
    size_t len = address_text_write(text, address->version, address->bytes);

    line_bytes(line, text, len);
}

void
line_format(struct line *line, const char *format, ...)
{
    char text[sizeof line->bytes];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    line_text(line, text);
}
