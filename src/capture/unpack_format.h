/* Ways of packing, each a row with functions; NULL where this pongd was built without the library. */
#ifndef PONGD_CAPTURE_UNPACK_FORMAT_H
#define PONGD_CAPTURE_UNPACK_FORMAT_H

#include <stddef.h>
#include <stdint.h>

enum unpack_step {
    UNPACK_GOES_ON,
    UNPACK_IS_WHOLE, /* the packed data end here; others may follow */
    UNPACK_IS_BROKEN
};

/* What is there to unpack, and room for what it becomes. */
struct unpack_bytes {
    const uint8_t *in;
    size_t in_left;
    uint8_t *out;
    size_t out_left;
};

struct unpack_format {
    const char *name; /* also of the program that unpacks it to standard output with -dc */
    const char *magic;
    size_t magic_len;
    void *(*start)(void); /* NULL without memory */
    enum unpack_step (*step)(void *state, struct unpack_bytes *bytes);
    void (*end)(void *state);
};

extern const struct unpack_format unpack_gzip, unpack_zstd;

#endif
