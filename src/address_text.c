/* Addresses as text.  A large capture has millions of them, so there is no printf(3) here, and no division. */
#include "address_text.h"

#include <stdbool.h>

#include "codec/bytes.h"

enum { GROUPS = 8 };

/* Each returns the end of what it wrote. */

static char *
put_ipv4(char *to, const uint8_t bytes[static 4])
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned number = bytes[i], hundreds = number >= 200 ? 2 : number >= 100;
        unsigned rest = number - 100 * hundreds, tens = rest * 205 >> 11; /* right below 1024 */

        if (i > 0)
            *to++ = '.';
        *to = (char)('0' + hundreds);
        to += hundreds > 0;
        *to = (char)('0' + tens);
        to += number >= 10;
        *to++ = (char)('0' + rest - 10 * tens);
    }
    return to;
}

/* Without zeros before it. */
static char *
put_group(char *to, unsigned group)
{
    unsigned digits = group >= 0x1000 ? 4 : group >= 0x100 ? 3 : group >= 0x10 ? 2 : 1;

    while (digits-- > 0)
        *to++ = "0123456789abcdef"[group >> 4 * digits & 15];
    return to;
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

static char *
put_ipv6(char *to, const uint8_t bytes[static 16])
{
    unsigned count, zeros = find_zeros(bytes, &count);
    unsigned groups = has_ipv4(bytes, zeros, count) ? GROUPS - 2 : GROUPS;

    for (unsigned i = 0; i < groups; i++) {
        if (i == zeros) {
            *to++ = ':';
            *to++ = ':';
            i += count - 1;
            continue;
        }
        if (i > 0 && i != zeros + count)
            *to++ = ':';
        to = put_group(to, load_be16(bytes + 2 * i));
    }
    if (groups == GROUPS)
        return to;
    if (zeros + count < groups)
        *to++ = ':';
    return put_ipv4(to, bytes + 12);
}

size_t
address_text_write(char text[static ADDRESS_TEXT], uint8_t version, const uint8_t *bytes)
{
    char *end = text;

    if (version == 4)
        end = put_ipv4(end, bytes);
    else if (version == 6)
        end = put_ipv6(end, bytes);
    else
        *end++ = '?';
    *end = '\0';
    return (size_t)(end - text);
}

const char *
address_text(char text[static ADDRESS_TEXT], uint8_t version, const uint8_t *bytes)
{
    (void)address_text_write(text, version, bytes);
    return text;
}
