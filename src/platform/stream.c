/* A stdio stream that reads from a function of ours: fopencookie(3) on Linux, funopen(3) on the BSDs and macOS. */
#include "config.h"

#include "platform/platform.h"

#include <errno.h>
#include <stdlib.h>

#if defined HAVE_FOPENCOOKIE && !defined STREAM_BY_FUNOPEN /* by a test of what other systems get */

FILE *
platform_stream(void *cookie, ssize_t (*read)(void *cookie, char *buffer, size_t size), int (*close)(void *cookie))
{
    return fopencookie(cookie, "rb", (cookie_io_functions_t){.read = read, .close = close});
}

#elif defined HAVE_FUNOPEN || defined STREAM_BY_FUNOPEN

/* funopen(3) counts in int, and its reader has no room for more than a cookie. */
struct pair {
    void *cookie;
    ssize_t (*read)(void *cookie, char *buffer, size_t size);
    int (*close)(void *cookie);
};

static int
pair_read(void *cookie, char *buffer, int size)
{
    struct pair *pair = cookie;

    return (int)pair->read(pair->cookie, buffer, (size_t)size);
}

static int
pair_close(void *cookie)
{
    struct pair *pair = cookie;
    int rc = pair->close(pair->cookie);

    free(pair);
    return rc;
}

FILE *
platform_stream(void *cookie, ssize_t (*read)(void *cookie, char *buffer, size_t size), int (*close)(void *cookie))
{
    struct pair *pair = malloc(sizeof *pair);
    FILE *file;

    if (pair == NULL)
        return NULL;
    *pair = (struct pair){cookie, read, close};
    file = funopen(pair, pair_read, NULL, NULL, pair_close);
    if (file == NULL)
        free(pair);
    return file;
}

#else

FILE *
platform_stream(void *cookie, ssize_t (*read)(void *cookie, char *buffer, size_t size), int (*close)(void *cookie))
{
    (void)cookie;
    (void)read;
    (void)close;
    errno = ENOTSUP;
    return NULL;
}

#endif
