/* Text in memory of fixed size. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>

struct text
text_begin(char *memory, size_t size)
{
    memory[0] = '\0';
    return (struct text){memory, size, false};
}

void
text_put(struct text *text, const char *format, ...)
{
    va_list arguments;
    size_t len;
    int rc;

    va_start(arguments, format);
    rc = vsnprintf(text->at, text->left, format, arguments);
    va_end(arguments);
    len = rc < 0 ? 0 : (size_t)rc < text->left ? (size_t)rc : text->left - 1;
    if (rc < 0 || (size_t)rc > len)
        text->is_cut = true;
    text->at += len;
    text->left -= len;
}
