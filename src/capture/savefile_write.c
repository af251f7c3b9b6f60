/* Savefiles: a writer, with a large buffer of its own, so that a frame is a copy and no call. */
#include "config.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "capture/cause.h"
#include "capture/datalink.h"
#include "capture/record.h"

enum { NS_PER_S = 1000000000, WRITE_SNAPLEN = 262144, BUFFER_LEN = 262144 };

struct savefile_writer {
    pcap_t *dead;
    pcap_dumper_t *dumper; /* wrote the file's header, and knows how to close it */
    int fd;
    const char *path;
    unsigned unit_ns;
    bool is_unbuffered;
    int error; /* errno of the first write that failed, 0 if none did; all later ones are but its echo */
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

struct savefile_writer *
savefile_create(const char *path, enum link_type link, const char *input, bool is_unbuffered,
                char errbuf[static PORT_ERRBUF])
{
    struct savefile_writer *writer = NULL;

    if (input != NULL && savefile_is_same(path, input, errbuf))
        return NULL;
    writer = calloc(1, sizeof *writer);
    if (writer == NULL || (writer->dead = open_dead(link, &writer->unit_ns)) == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        free(writer);
        return NULL;
    }
    writer->path = path;
    writer->is_unbuffered = is_unbuffered;
    writer->dumper = pcap_dump_open(writer->dead, path);
    if (writer->dumper == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", path, cause_find(path, pcap_geterr(writer->dead)));
        pcap_close(writer->dead);
        free(writer);
        return NULL;
    }
    writer->fd = fileno(pcap_dump_file(writer->dumper));
    if (pcap_dump_flush(writer->dumper) != 0)
        writer->error = errno != 0 ? errno : EIO;
    return writer;
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

int
savefile_write(struct savefile_writer *writer, uint64_t ts_ns, const uint8_t *data, size_t caplen, size_t len)
{
    const struct record_header header = {
        .seconds = (uint32_t)(ts_ns / NS_PER_S),
        .fraction = (uint32_t)(ts_ns % NS_PER_S / writer->unit_ns),
        .caplen = (uint32_t)caplen,
        .len = (uint32_t)len,
    };

    put(writer, &header, sizeof header);
    put(writer, data, caplen);
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

int
savefile_finish(struct savefile_writer *writer, char errbuf[static PORT_ERRBUF])
{
    int rc = savefile_flush(writer);

    if (rc == 0)
        rc = check_closed(writer);
    if (rc != 0)
        snprintf(errbuf, PORT_ERRBUF, "%s: write failed: %s",
                 strcmp(writer->path, "-") == 0 ? "standard output" : writer->path, strerror(writer->error));
    pcap_dump_close(writer->dumper);
    pcap_close(writer->dead);
    free(writer);
    return rc;
}
