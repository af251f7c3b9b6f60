/* What the bytes of a frame are: its fields in their order, by name, so that a difference can be told in words. */
#ifndef PONGD_DISSECT_H
#define PONGD_DISSECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/link.h"

enum { DISSECT_FIELDS = 96 };

enum dissect_format {
    DISSECT_DECIMAL,
    DISSECT_HEX,
    DISSECT_EIGHTS, /* a number of units of 8 bytes */
    DISSECT_MAC,
    DISSECT_IPV4,
    DISSECT_IPV6,
    DISSECT_BYTES   /* told byte by byte */
};

struct dissect_field {
    const char *name;  /* as in "ICMP checksum" */
    size_t at;         /* in bytes from the beginning of the frame */
    size_t len;        /* in bytes; a number has at most 4 */
    uint32_t mask;     /* of a number, the bits of those bytes that are the field's; 0: all */
    enum dissect_format format;
};

/* Every byte of the frame is in at least one field.  What goes beyond DISSECT_FIELDS is in the last one. */
struct dissect {
    size_t count;
    struct dissect_field fields[DISSECT_FIELDS];
};

/* Names the fields of a frame of `len` bytes, whatever they are: what cannot be made out is called data. */
void dissect_frame(enum link_type link, const uint8_t *data, size_t len, struct dissect *dissect);

/* The field of that name, or NULL. */
const struct dissect_field *dissect_find(const struct dissect *dissect, const char *name);

static inline bool
dissect_is_number(const struct dissect_field *field)
{
    return field->format <= DISSECT_EIGHTS;
}

/* The value of a number that is all there. */
uint32_t dissect_number(const struct dissect_field *field, const uint8_t *data);

/* Whether two frames have the same in a field.  What is not there equals nothing. */
bool dissect_is_same(const struct dissect_field *field, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/* The first byte in which two frames differ, or the length of the shorter one. */
size_t dissect_first_difference(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/* The field that a byte belongs to and in which `a`, which was dissected, and `b` differ; NULL if there is none. */
const struct dissect_field *dissect_field_at(const struct dissect *dissect, size_t at, const uint8_t *a, size_t a_len,
                                             const uint8_t *b, size_t b_len);

#endif
