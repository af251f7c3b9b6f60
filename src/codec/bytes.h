/* Checked reading and writing of byte strings: the only way in which wire fields are touched. */
#ifndef PONGD_CODEC_BYTES_H
#define PONGD_CODEC_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What is left to read of a byte string.  Nothing is ever read beyond `left`. */
struct bytes {
    const uint8_t *at;
    size_t left;
};

/* What is left to write into.  Once something did not fit, `overflow` stays set and nothing more is written. */
struct writer {
    uint8_t *at;
    size_t left;
    bool overflow;
};

static inline uint16_t
load_be16(const uint8_t p[static 2])
{
    return (uint16_t)((uint16_t)(p[0] << 8) | p[1]);
}

static inline uint32_t
load_be32(const uint8_t p[static 4])
{
    return (uint32_t)load_be16(p) << 16 | load_be16(p + 2);
}

static inline uint16_t
load_le16(const uint8_t p[static 2])
{
    return (uint16_t)((uint16_t)(p[1] << 8) | p[0]);
}

static inline uint32_t
load_le32(const uint8_t p[static 4])
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t
load_le64(const uint8_t p[static 8])
{
    return (uint64_t)load_le32(p + 4) << 32 | load_le32(p);
}

static inline void
store_be16(uint8_t p[static 2], uint16_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static inline void
store_be32(uint8_t p[static 4], uint32_t value)
{
    store_be16(p, (uint16_t)(value >> 16));
    store_be16(p + 2, (uint16_t)value);
}

/* The next `count` bytes, or NULL (and nothing taken) when fewer are left. */
static inline const uint8_t *
bytes_take(struct bytes *bytes, size_t count)
{
    const uint8_t *at = bytes->at;

    if (bytes->left < count)
        return NULL;
    bytes->at += count;
    bytes->left -= count;
    return at;
}

/* Cuts what is left to at most `count` bytes. */
static inline void
bytes_trim(struct bytes *bytes, size_t count)
{
    if (bytes->left > count)
        bytes->left = count;
}

/* Reserves `count` bytes to write to, or NULL when they do not fit. */
static inline uint8_t *
writer_take(struct writer *writer, size_t count)
{
    uint8_t *at = writer->at;

    if (writer->overflow || writer->left < count) {
        writer->overflow = true;
        return NULL;
    }
    writer->at += count;
    writer->left -= count;
    return at;
}

static inline void
writer_put(struct writer *writer, const uint8_t *data, size_t count)
{
    uint8_t *at = writer_take(writer, count);

    if (at != NULL && count > 0)
        memcpy(at, data, count);
}

static inline void
writer_zero(struct writer *writer, size_t count)
{
    uint8_t *at = writer_take(writer, count);

    if (at != NULL && count > 0)
        memset(at, 0, count);
}

static inline void
writer_u8(struct writer *writer, uint8_t value)
{
    uint8_t *at = writer_take(writer, 1);

    if (at != NULL)
        *at = value;
}

static inline void
writer_be16(struct writer *writer, uint16_t value)
{
    uint8_t *at = writer_take(writer, 2);

    if (at != NULL)
        store_be16(at, value);
}

static inline void
writer_be32(struct writer *writer, uint32_t value)
{
    writer_be16(writer, (uint16_t)(value >> 16));
    writer_be16(writer, (uint16_t)value);
}

#endif
