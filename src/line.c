/* Lines of output in the making. */
#include "config.h"

#include "line.h"

#include <stdarg.h>
#include <string.h>

enum { DIGITS_MOST = 20, HEX_MOST = 8, GROUPS = 8, IPV4_TEXT_MOST = 4 * 4 };

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

/* Digits without a division, and all four numbers at once: most lines have two addresses. */
static void
add_ipv4(struct line *line, const uint8_t bytes[static 4])
{
    char text[IPV4_TEXT_MOST];
    size_t len = 0;

    for (unsigned i = 0; i < 4; i++) {
        unsigned number = bytes[i], hundreds = number >= 200 ? 2 : number >= 100;
        unsigned rest = number - 100 * hundreds, tens = rest * 205 >> 11; /* right below 1024 */

        if (i > 0)
            text[len++] = '.';
        text[len] = (char)('0' + hundreds);
        len += hundreds > 0;
        text[len] = (char)('0' + tens);
        len += number >= 10;
        text[len++] = (char)('0' + rest - 10 * tens);
    }
    line_bytes(line, text, len);
}

/* The longest row of groups that are 0, at least two of them; the first of equals (RFC 5952 section 4.2). */
static unsigned
find_zeros(const uint8_t bytes[static 16], unsigned *count)
{
    unsigned found = GROUPS;

    *count = 1;
    for (unsigned i = 0, from = 0; i < GROUPS; i++) {
        if (load_be16(bytes + 2 * i) != 0)
            from = i + 1;
        else if (i + 1 - from > *count) {
            found = from;
            *count = i + 1 - from;
        }
    }
    return found;
}

/* Whether the last four bytes are an IPv4 address: ::a.b.c.d and ::ffff:a.b.c.d. */
static bool
has_ipv4(const uint8_t bytes[static 16], unsigned zeros, unsigned count)
{
    return zeros == 0 && (count == 6 || (count == 5 && load_be16(bytes + 10) == 0xffff));
}

static void
add_ipv6(struct line *line, const uint8_t bytes[static 16])
{
    unsigned count, zeros = find_zeros(bytes, &count);
    unsigned groups = has_ipv4(bytes, zeros, count) ? GROUPS - 2 : GROUPS;

    for (unsigned i = 0; i < groups; i++) {
        if (i == zeros) {
            line_bytes(line, "::", 2);
            i += count - 1;
            continue;
        }
        if (i > 0 && i != zeros + count)
            line_bytes(line, ":", 1);
        line_hex(line, load_be16(bytes + 2 * i), 1);
    }
    if (groups == GROUPS)
        return;
    if (zeros + count < groups)
        line_bytes(line, ":", 1);
    add_ipv4(line, bytes + 12);
}

void
line_address(struct line *line, const struct address *address)
{
    if (address->version == 4)
        add_ipv4(line, address->bytes);
    else if (address->version == 6)
        add_ipv6(line, address->bytes);
    else
        line_bytes(line, "?", 1);
}

const char *
line_address_text(uint8_t version, const uint8_t *bytes, char text[static LINE_ADDRESS])
{
    struct address address = {.version = version};
    struct line line = {.out = NULL};

    if (version != 0)
        memcpy(address.bytes, bytes, version == 4 ? 4 : 16);
    line_address(&line, &address);
    memcpy(text, line.bytes, line.len);
    text[line.len] = '\0';
    return text;
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
