/* Lines of output in the making.  A large capture has millions, for which printf(3) takes longer than all the rest. */
#ifndef PONGD_LINE_H
#define PONGD_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "responder/address.h"

/* What goes to a stream next; nothing else may be written there meanwhile. */
struct line {
    FILE *out;
    size_t len;
    char bytes[512];
};

/* Begins with nothing, and gives the stream what there is. */
void line_start(struct line *line, FILE *out);
void line_flush(struct line *line);

/* For bytes that there is no more room for. */
void line_overflow(struct line *line, const char *bytes, size_t len);

/* Adds something. */
static inline void
line_bytes(struct line *line, const char *bytes, size_t len)
{
    if (len > sizeof line->bytes - line->len) {
        line_overflow(line, bytes, len);
        return;
    }
    memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
}

static inline void
line_text(struct line *line, const char *text)
{
    line_bytes(line, text, strlen(text));
}

void line_number(struct line *line, uint64_t number);

/* With zeros before it, in so many digits, at most 20. */
void line_digits(struct line *line, uint64_t number, unsigned digits);

/* In hexadecimal, with so many digits at least, at most 8. */
void line_hex(struct line *line, uint32_t number, unsigned digits);

/* "?" for none. */
void line_address(struct line *line, const struct address *address);

/* The same for whatever is rare: as printf(3), but at most 511 bytes. */
void line_format(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
