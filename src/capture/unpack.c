/* What captures are read from, unpacked as it is read, in a bounded piece of memory. */
#include "config.h"

#include "capture/unpack.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/record.h"
#include "capture/unpack_format.h"
#include "platform/platform.h"

enum { BUFFER_LEN = 262144, STREAM_LEN = 65536, MAGIC_MAX = 4, HEADER_LEN = sizeof(struct record_file) };

struct unpack {
    int fd;
    uint64_t taken, size;
    uint8_t buffer[BUFFER_LEN];
    struct unpack_bytes bytes; /* its `in` is what of the buffer has not been used */
    const struct unpack_format *format; /* NULL: not packed */
    void *state;
    bool is_at_end; /* of the file */
    bool is_whole;  /* nothing of what is packed is missing so far */
    uint64_t given; /* bytes, to the stream, of what is not packed */
    uint8_t header[HEADER_LEN]; /* the first of these */
    int error; /* errno of a read that the stream has still to be told of; 0: none */
    char why[128];
};

static const struct unpack_format *const formats[] = {&unpack_gzip, &unpack_zstd};

/* Puts more into the buffer.  As read(2). */
static ssize_t
refill(struct unpack *unpack)
{
    struct unpack_bytes *bytes = &unpack->bytes;
    ssize_t got;

    if (bytes->in_left > 0)
        memmove(unpack->buffer, bytes->in, bytes->in_left);
    bytes->in = unpack->buffer;
    got = read(unpack->fd, unpack->buffer + bytes->in_left, sizeof unpack->buffer - bytes->in_left);
    if (got > 0) {
        bytes->in_left += (size_t)got;
        unpack->taken += (uint64_t)got;
    } else if (got == 0) {
        unpack->is_at_end = true;
    }
    return got;
}

static ssize_t
say_broken(struct unpack *unpack, const char *what)
{
    snprintf(unpack->why, sizeof unpack->why, "the %s data %s", unpack->format->name, what);
    errno = EIO;
    return -1;
}

/* Behind packed data there may be others, or something else that nobody misses. */
static bool
is_over(struct unpack *unpack)
{
    const struct unpack_bytes *bytes = &unpack->bytes;

    return unpack->is_whole && (bytes->in_left == 0 ? unpack->is_at_end : bytes->in[0] != (uint8_t)unpack->format->magic[0]);
}

/* Unpacks something.  As read(2). */
static ssize_t
read_packed(struct unpack *unpack, char *buffer, size_t size)
{
    struct unpack_bytes *bytes = &unpack->bytes;
    size_t in_left;

    bytes->out = (uint8_t *)buffer;
    bytes->out_left = size;
    while (bytes->out_left == size) {
        if (bytes->in_left == 0 && !unpack->is_at_end && refill(unpack) < 0)
            return -1;
        if (is_over(unpack))
            return 0;
        in_left = bytes->in_left;
        switch (unpack->format->step(unpack->state, bytes)) {
        case UNPACK_GOES_ON:
            unpack->is_whole = false;
            break;
        case UNPACK_IS_WHOLE:
            unpack->is_whole = true;
            break;
        case UNPACK_IS_BROKEN:
            return say_broken(unpack, "are broken");
        }
        if (bytes->out_left == size && bytes->in_left == in_left && !unpack->is_whole && (in_left > 0 || unpack->is_at_end))
            return say_broken(unpack, in_left > 0 ? "are broken" : "end too early");
    }
    return (ssize_t)(size - bytes->out_left);
}

/* The stream's buffer gets a pcap file's header first, and that alone: nothing is left in it when libpcap has read that. */
static ssize_t
read_plain(struct unpack *unpack, char *buffer, size_t size)
{
    struct unpack_bytes *bytes = &unpack->bytes;

    if (bytes->in_left == 0 && !unpack->is_at_end && refill(unpack) < 0)
        return -1;
    if (unpack->given < HEADER_LEN && size > HEADER_LEN - unpack->given)
        size = HEADER_LEN - (size_t)unpack->given;
    if (size > bytes->in_left)
        size = bytes->in_left;
    if (size > 0)
        memcpy(buffer, bytes->in, size);
    if (size > 0 && unpack->given < HEADER_LEN)
        memcpy(unpack->header + unpack->given, bytes->in, size);
    bytes->in += size;
    bytes->in_left -= size;
    unpack->given += size;
    return (ssize_t)size;
}

static ssize_t
unpack_read(void *cookie, char *buffer, size_t size)
{
    struct unpack *unpack = cookie;

    if (unpack->why[0] != '\0') {
        errno = EIO;
        return -1;
    }
    if (unpack->error != 0) {
        errno = unpack->error;
        unpack->error = 0;
        return -1;
    }
    return unpack->format == NULL ? read_plain(unpack, buffer, size) : read_packed(unpack, buffer, size);
}

static int
unpack_close(void *cookie)
{
    struct unpack *unpack = cookie;
    int rc = unpack->fd > STDIN_FILENO ? close(unpack->fd) : 0;

    unpack->fd = -1;
    return rc;
}

static int
open_file(struct unpack *unpack, const char *path, char errbuf[static PORT_ERRBUF])
{
    struct stat stat;

    unpack->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
    if (unpack->fd < 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", path, strerror(errno));
        return -1;
    }
    if (fstat(unpack->fd, &stat) == 0 && S_ISREG(stat.st_mode))
        unpack->size = (uint64_t)stat.st_size;
    return 0;
}

/* Looks at the first bytes. */
static int
find_format(struct unpack *unpack, const char *path, char errbuf[static PORT_ERRBUF])
{
    const struct unpack_bytes *bytes = &unpack->bytes;

    while (bytes->in_left < MAGIC_MAX && !unpack->is_at_end)
        if (refill(unpack) < 0) {
            snprintf(errbuf, PORT_ERRBUF, "%s: %s", path, strerror(errno));
            return -1;
        }
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (bytes->in_left >= formats[i]->magic_len && memcmp(bytes->in, formats[i]->magic, formats[i]->magic_len) == 0)
            unpack->format = formats[i];
    if (unpack->format == NULL)
        return 0;
    if (unpack->format->start == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%s: is packed with %s, which this pongd cannot read: %s -dc %s | pongd -r -", path,
                 unpack->format->name, unpack->format->name, strcmp(path, "-") == 0 ? "FILE" : path);
        return -1;
    }
    unpack->state = unpack->format->start();
    if (unpack->state != NULL)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "out of memory");
    return -1;
}

/* The stream; where the system has no such thing, a file that is not packed is read as it is. */
static FILE *
open_stream(struct unpack *unpack)
{
    FILE *stream = platform_stream(unpack, unpack_read, unpack_close);

    if (stream == NULL && errno == ENOTSUP && unpack->format == NULL && lseek(unpack->fd, 0, SEEK_SET) == 0) {
        stream = fdopen(unpack->fd, "rb");
        if (stream != NULL)
            unpack->fd = -1;
    }
    return stream;
}

struct unpack *
unpack_open(const char *path, FILE **stream, char errbuf[static PORT_ERRBUF])
{
    struct unpack *unpack = calloc(1, sizeof *unpack);

    if (unpack == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return NULL;
    }
    unpack->fd = -1;
    if (open_file(unpack, path, errbuf) == 0 && find_format(unpack, path, errbuf) == 0) {
        *stream = open_stream(unpack);
        if (*stream != NULL) {
            (void)setvbuf(*stream, NULL, _IOFBF, STREAM_LEN);
            return unpack;
        }
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", path, strerror(errno));
    }
    (void)unpack_close(unpack);
    unpack_free(unpack);
    return NULL;
}

void
unpack_free(struct unpack *unpack)
{
    if (unpack != NULL && unpack->state != NULL)
        unpack->format->end(unpack->state);
    free(unpack);
}

const uint8_t *
unpack_header(const struct unpack *unpack)
{
    return unpack->given == HEADER_LEN ? unpack->header : NULL;
}

bool
unpack_ahead(struct unpack *unpack, struct bytes *ahead, size_t least)
{
    struct unpack_bytes *bytes = &unpack->bytes;

    if (ahead->at != NULL) {
        bytes->in = ahead->at;
        bytes->in_left = ahead->left;
    }
    while (bytes->in_left < least && least <= BUFFER_LEN && !unpack->is_at_end && unpack->error == 0)
        if (refill(unpack) < 0)
            unpack->error = errno;
    *ahead = (struct bytes){bytes->in, bytes->in_left};
    return bytes->in_left >= least;
}

const char *
unpack_why(const struct unpack *unpack)
{
    return unpack->why[0] == '\0' ? NULL : unpack->why;
}

uint64_t
unpack_taken(const struct unpack *unpack)
{
    return unpack->taken;
}

uint64_t
unpack_size(const struct unpack *unpack)
{
    return unpack->size;
}
