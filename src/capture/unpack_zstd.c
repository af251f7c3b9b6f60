/* Unpacking Zstandard (RFC 8878), with libzstd. */
#include "config.h"

#include "capture/unpack_format.h"

#define ZSTD "zstd", "\x28\xb5\x2f\xfd", 4

#ifdef HAVE_ZSTD

#include <zstd.h>

static void *
start(void)
{
    return ZSTD_createDStream();
}

/* The library refuses windows above 128 MiB by itself. */
static enum unpack_step
step(void *state, struct unpack_bytes *bytes)
{
    ZSTD_inBuffer in = {bytes->in, bytes->in_left, 0};
    ZSTD_outBuffer out = {bytes->out, bytes->out_left, 0};
    size_t rc = ZSTD_decompressStream(state, &out, &in);

    bytes->in += in.pos;
    bytes->in_left -= in.pos;
    bytes->out += out.pos;
    bytes->out_left -= out.pos;
    if (ZSTD_isError(rc))
        return UNPACK_IS_BROKEN;
    return rc == 0 ? UNPACK_IS_WHOLE : UNPACK_GOES_ON;
}

static void
end(void *state)
{
    (void)ZSTD_freeDStream(state);
}

const struct unpack_format unpack_zstd = {ZSTD, start, step, end};

#else

const struct unpack_format unpack_zstd = {ZSTD, NULL, NULL, NULL};

#endif
