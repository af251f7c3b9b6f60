/* Unpacking gzip (RFC 1952), with zlib. */
#include "config.h"

#include "capture/unpack_format.h"

#include <limits.h>
#include <stdlib.h>

#define GZIP "gzip", "\x1f\x8b", 2

#ifdef HAVE_ZLIB

#define ZLIB_CONST
#include <zlib.h>

enum { GZIP_ONLY = 16 }; /* added to the size of the window */

static void *
start(void)
{
    z_stream *stream = calloc(1, sizeof *stream);

    if (stream != NULL && inflateInit2(stream, MAX_WBITS + GZIP_ONLY) == Z_OK)
        return stream;
    free(stream);
    return NULL;
}

static unsigned
at_most(size_t size)
{
    return size < UINT_MAX ? (unsigned)size : UINT_MAX;
}

static enum unpack_step
step(void *state, struct unpack_bytes *bytes)
{
    z_stream *stream = state;
    unsigned in = at_most(bytes->in_left), out = at_most(bytes->out_left);
    int rc;

    stream->next_in = bytes->in;
    stream->avail_in = in;
    stream->next_out = bytes->out;
    stream->avail_out = out;
    rc = inflate(stream, Z_NO_FLUSH);
    bytes->in += in - stream->avail_in;
    bytes->in_left -= in - stream->avail_in;
    bytes->out += out - stream->avail_out;
    bytes->out_left -= out - stream->avail_out;
    if (rc == Z_STREAM_END)
        return inflateReset(stream) == Z_OK ? UNPACK_IS_WHOLE : UNPACK_IS_BROKEN;
    return rc == Z_OK || rc == Z_BUF_ERROR ? UNPACK_GOES_ON : UNPACK_IS_BROKEN;
}

static void
end(void *state)
{
    (void)inflateEnd(state);
    free(state);
}

const struct unpack_format unpack_gzip = {GZIP, start, step, end};

#else

const struct unpack_format unpack_gzip = {GZIP, NULL, NULL, NULL};

#endif
