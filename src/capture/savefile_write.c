/* Savefiles: a writer, with a large buffer of its own, so that a frame is a copy and no call. */
#include "config.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "capture/datalink.h"
#include "capture/record.h"

enum { NS_PER_S = 1000000000, WRITE_SNAPLEN = 262144, BUFFER_LEN = 262144, FILE_MODE = 0666 };

struct savefile_writer {
    int fd;
    const char *path;
    unsigned unit_ns;
    bool is_unbuffered;
    int error; /* errno of the first write that failed, 0 if none did; all later ones are but its echo */
    struct rotation rotation;
    uint64_t number; /* of the file */
    uint64_t size;   /* bytes that the file has, with those in the buffer */
    bool is_over;    /* the file is full, and nobody opens another one */
    uint64_t left_out; /* frames since then */
    char *header;    /* of a file */
    size_t header_len;
    size_t filled; /* of the buffer */
    uint8_t buffer[BUFFER_LEN];
};

bool
savefile_is_same(const char *output, const char *input, char errbuf[static PORT_ERRBUF])
{
    struct stat stat_a, stat_b;
    int rc = strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &stat_b) : stat(input, &stat_b);

    if (rc != 0 || stat(output, &stat_a) != 0 || !S_ISREG(stat_a.st_mode) || stat_a.st_dev != stat_b.st_dev ||
        stat_a.st_ino != stat_b.st_ino)
        return false;
    snprintf(errbuf, PORT_ERRBUF, "%s: is the file that -r reads: name another one for -w", output);
    return true;
}

static pcap_t *
open_dead(enum link_type link, unsigned *unit_ns)
{
#ifdef HAVE_PCAP_OPEN_DEAD_WITH_TSTAMP_PRECISION
    *unit_ns = 1;
    return pcap_open_dead_with_tstamp_precision(datalink_in_file(link), WRITE_SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
#else
    *unit_ns = 1000;
    return pcap_open_dead(datalink_in_file(link), WRITE_SNAPLEN);
#endif
}

/* What a file begins with, which only libpcap knows: its number of a link type is not the one in files. */
static int
make_header(struct savefile_writer *writer, enum link_type link)
{
    pcap_t *dead = open_dead(link, &writer->unit_ns);
    FILE *out = dead == NULL ? NULL : open_memstream(&writer->header, &writer->header_len);
    pcap_dumper_t *dumper = out == NULL ? NULL : pcap_dump_fopen(dead, out);

    if (dumper != NULL)
        pcap_dump_close(dumper); /* one that could not write its header has closed the stream */
    if (dead != NULL)
        pcap_close(dead);
    return dumper != NULL && writer->header_len >= sizeof(struct record_file) ? 0 : -1;
}

static void
free_writer(struct savefile_writer *writer)
{
    if (writer != NULL)
        free(writer->header);
    free(writer);
}

/* Hands what is in the buffer to the system. */
static void
let_go(struct savefile_writer *writer)
{
    size_t at = 0;

    while (at < writer->filled && writer->error == 0) {
        ssize_t written = write(writer->fd, writer->buffer + at, writer->filled - at);

        if (written < 0)
            writer->error = errno;
        else
            at += (size_t)written;
    }
    writer->filled = 0;
}

/* Puts what is longer than the room that is left. */
static void
put_in_parts(struct savefile_writer *writer, const uint8_t *from, size_t len)
{
    while (len > BUFFER_LEN - writer->filled) {
        size_t room = BUFFER_LEN - writer->filled;

        memcpy(writer->buffer + writer->filled, from, room);
        writer->filled = BUFFER_LEN;
        let_go(writer);
        from += room;
        len -= room;
    }
    memcpy(writer->buffer + writer->filled, from, len);
    writer->filled += len;
}

static void
put(struct savefile_writer *writer, const void *data, size_t len)
{
    if (len > BUFFER_LEN - writer->filled) {
        put_in_parts(writer, data, len);
    } else if (len > 0) {
        memcpy(writer->buffer + writer->filled, data, len);
        writer->filled += len;
    }
}

struct savefile_writer *
savefile_create(const char *path, enum link_type link, const struct rotation *rotation, bool is_unbuffered,
                char errbuf[static PORT_ERRBUF])
{
    struct savefile_writer *writer = calloc(1, sizeof *writer);

    if (writer == NULL || make_header(writer, link) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        free_writer(writer);
        return NULL;
    }
    writer->path = path;
    writer->is_unbuffered = is_unbuffered;
    if (rotation != NULL)
        writer->rotation = *rotation;
    writer->fd = strcmp(path, "-") == 0 ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
    if (writer->fd < 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", path, strerror(errno));
        free_writer(writer);
        return NULL;
    }
    put(writer, writer->header, writer->header_len);
    writer->size = writer->header_len;
    let_go(writer); /* a file is whole from its first moment on */
    return writer;
}

int
savefile_write(struct savefile_writer *writer, uint64_t ts_ns, const uint8_t *data, size_t caplen, size_t len)
{
    const struct record_header header = {
        .seconds = (uint32_t)(ts_ns / NS_PER_S),
        .fraction = (uint32_t)(ts_ns % NS_PER_S / writer->unit_ns),
        .caplen = (uint32_t)caplen,
        .len = (uint32_t)len,
    };

    if (writer->is_over) {
        writer->left_out++;
        return 0;
    }
    put(writer, &header, sizeof header);
    put(writer, data, caplen);
    writer->size += sizeof header + caplen;
    if (writer->is_unbuffered)
        let_go(writer);
    return writer->error == 0 ? 0 : -1;
}

int
savefile_flush(struct savefile_writer *writer)
{
    let_go(writer);
    return writer->error == 0 ? 0 : -1;
}

/* A file system over a network may say only when a file is closed that there was no room, which libpcap does not tell.  Each
 * descriptor of it is told (close(2)), so that another one does. */
static int
check_closed(struct savefile_writer *writer)
{
    int fd = dup(writer->fd);

    if (fd >= 0 && close(fd) != 0)
        writer->error = errno;
    return writer->error == 0 ? 0 : -1;
}

/* Goes over to the next file, if it is there already: until then this one gets longer. */
static void
change_file(struct savefile_writer *writer)
{
    uint64_t number = rotation_next(writer->number, writer->rotation.ring);
    int fd;

    if (writer->is_over || writer->error != 0)
        return;
    fd = writer->rotation.open(writer->rotation.who, number, writer->header, writer->header_len);
    if (fd < 0 && errno == EPIPE)
        writer->is_over = true;
    else if (fd < 0 && errno != EAGAIN)
        writer->error = errno;
    if (fd < 0)
        return;
    let_go(writer);
    (void)check_closed(writer);
    close(writer->fd);
    writer->fd = fd;
    writer->number = number;
    writer->size = writer->header_len;
}

int
savefile_write_anew(struct savefile_writer *writer, uint64_t ts_ns, const uint8_t *data, size_t caplen, size_t len)
{
    if (writer->rotation.size > 0 && writer->size > writer->rotation.size)
        change_file(writer);
    return savefile_write(writer, ts_ns, data, caplen, len);
}

const uint64_t *
savefile_left_out(const struct savefile_writer *writer)
{
    return &writer->left_out;
}

void
savefile_abandon(struct savefile_writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->fd != STDOUT_FILENO)
        close(writer->fd);
    free_writer(writer);
}

int
savefile_finish(struct savefile_writer *writer, char errbuf[static PORT_ERRBUF])
{
    const char *name = strcmp(writer->path, "-") == 0 ? "standard output" : writer->path;
    int rc = savefile_flush(writer);

    if (rc == 0)
        rc = check_closed(writer);
    if (rc != 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: write failed: %s", name, strerror(writer->error));
    } else if (writer->left_out > 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %" PRIu64 " frames were not written, as there was nobody to open another file: start "
                 "pongd anew", name, writer->left_out);
        rc = -1;
    }
    savefile_abandon(writer);
    return rc;
}
