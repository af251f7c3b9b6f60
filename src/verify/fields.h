/* What a recorded reply and ours are compared by: a table of fields. */
#ifndef PONGD_VERIFY_FIELDS_H
#define PONGD_VERIFY_FIELDS_H

#include "verify/side.h"

enum { FIELDS_MOST = 26, FIELDS_VALUE_MAX = 40 };

/* Which fields must agree. */
enum field_weight {
    FIELD_MUST,   /* what makes a reply a right one */
    FIELD_STRICT, /* what hosts choose for themselves: only where that is asked for */
    FIELD_SHOWN   /* what the way through the network decides */
};

enum field_format { FIELD_NUMBER, FIELD_HEX, FIELD_ADDRESS, FIELD_MAC, FIELD_TAGS, FIELD_BYTES };

/* A number, or bytes as they are on the wire; of tags two bytes each. */
struct field_value {
    uint32_t number;
    uint8_t bytes[FIELDS_VALUE_MAX];
    uint8_t len;
};

struct difference {
    unsigned field; /* row of the table */
    size_t at;      /* of the payload, in bytes */
    struct field_value recorded;
    struct field_value ours;
};

/* Compares, as far as both go.  Returns how many fields differ. */
size_t fields_compare(const struct side *recorded, const struct side *ours,
                      struct difference differences[static FIELDS_MOST]);

const char *fields_name(unsigned field);
enum field_format fields_format(unsigned field);
enum field_weight fields_weight(unsigned field);

/* Whether the field has an offset besides its values. */
bool fields_has_offset(unsigned field);

#endif
