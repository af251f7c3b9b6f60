/* JSON: what is shared by all who print it. */
#include "config.h"

#include "json.h"

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

void
json_string(const char *string, FILE *out)
{
    const unsigned char *text = (const unsigned char *)string;

    fputc('"', out);
    while (*text != '\0') {
        size_t len = utf8_len(text);

        if (len == 0)
            fputs("\\ufffd", out);
        else if (*text < 0x20)
            fprintf(out, "\\u%04x", *text);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fwrite(text, 1, len, out);
        text += len == 0 ? 1 : len;
    }
    fputc('"', out);
}
