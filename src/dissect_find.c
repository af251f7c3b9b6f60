/* Fields looked up and compared, once a frame is dissected. */
#include "dissect.h"

#include <string.h>

const struct dissect_field *
dissect_find(const struct dissect *dissect, const char *name)
{
    for (size_t i = 0; i < dissect->count; i++) {
        const char *a = dissect->fields[i].name, *b = name;

        while (*a != '\0' && *a == *b)
            a++, b++;
        if (*a == *b)
            return &dissect->fields[i];
    }
    return NULL;
}

uint32_t
dissect_number(const struct dissect_field *field, const uint8_t *data)
{
    uint32_t value = 0, mask = field->mask;

    for (size_t i = 0; i < field->len; i++)
        value = value << 8 | data[field->at + i];
    if (mask == 0)
        return value;
    value &= mask;
    for (; (mask & 1) == 0; mask >>= 1)
        value >>= 1;
    return value;
}

bool
dissect_is_same(const struct dissect_field *field, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    size_t end = field->at + field->len;

    if (a_len < end || b_len < end)
        return false;
    if (dissect_is_number(field))
        return dissect_number(field, a) == dissect_number(field, b);
    return memcmp(a + field->at, b + field->at, field->len) == 0;
}

size_t
dissect_first_difference(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    size_t len = a_len < b_len ? a_len : b_len, at = 0;

    while (at < len && a[at] == b[at])
        at++;
    return at;
}

const struct dissect_field *
dissect_field_at(const struct dissect *dissect, size_t at, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    for (size_t i = 0; i < dissect->count; i++) {
        const struct dissect_field *field = &dissect->fields[i];

        if (at >= field->at && at < field->at + field->len && !dissect_is_same(field, a, a_len, b, b_len))
            return field;
    }
    return NULL;
}
