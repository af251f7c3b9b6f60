/* Fuzzing captures: the input is a savefile that the whole loop answers, its replies written to nowhere.
 *
 * What is wrong with a savefile is told on standard error: -close_fd_mask=2 keeps that still. */
#include <sys/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "loop.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct responder responder;
static char path[4096];
static int fd = -1;

static void
remove_file(void)
{
    (void)unlink(path);
}

/* One file does for all inputs. */
static void
make_file(void)
{
    const char *directory = getenv("TMPDIR");
    int len = snprintf(path, sizeof path, "%s/fuzz_savefile.XXXXXX", directory != NULL ? directory : "/tmp");

    require(len > 0 && (size_t)len < sizeof path);
    fd = mkstemp(path);
    require(fd >= 0 && atexit(remove_file) == 0);
}

static void
write_file(const uint8_t *data, size_t size)
{
    if (fd < 0)
        make_file();
    require(lseek(fd, 0, SEEK_SET) == 0);
    require(size == 0 || write(fd, data, size) == (ssize_t)size);
    require(ftruncate(fd, (off_t)size) == 0); /* at the end: file systems write out at once what is truncated to nothing */
}

static void
check_errbuf(const char errbuf[static PORT_ERRBUF])
{
    require(memchr(errbuf, '\0', PORT_ERRBUF) != NULL && errbuf[0] != '\0');
}

static void
check_counters(const struct counters *counters)
{
    uint64_t requests = 0, others = 0;

    for (int i = 0; i < VERDICTS; i++) {
        requests += counters->requests_by[i];
        others += counters->others_by[i];
    }
    require(requests == counters->requests && requests + others == counters->frames);
    require(counters->datagrams.complete + counters->datagrams.timed_out + counters->datagrams.evicted <= counters->frames);
    require(counters->dropped == 0);
}

static void
answer(struct port *port)
{
    static const struct log log = {.is_quiet = true};
    struct loop loop = {.ports = {port}, .port_count = 1, .responder = &responder, .log = &log, .signal_fd = -1};
    char errbuf[PORT_ERRBUF];
    struct savefile_writer *writer = savefile_create("/dev/null", port->iface.link, NULL, false, errbuf);
    int rc;

    require(writer != NULL);
    savefile_set_writer(port, writer);
    responder_init(&responder, 1);
    memset(responder.vlans, 0xff, sizeof responder.vlans);
    rc = loop_run(&loop);
    require(rc == 0 || rc == -1);
    require(loop.ports[0] == NULL);
    check_counters(&loop.counters);
    require(savefile_finish(writer, errbuf) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct policy everything = {.ipv4 = true, .ipv6 = true};
    struct savefile_options options = {.policy = &everything};
    char errbuf[PORT_ERRBUF];
    struct port *port;

    memset(errbuf, 'x', sizeof errbuf);
    write_file(data, size);
    port = savefile_open(path, &options, errbuf);
    if (port != NULL)
        answer(port);
    else
        check_errbuf(errbuf);
    return 0;
}
