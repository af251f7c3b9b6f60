/* Where messages go: to standard error, or to the system's log, which is never waited for long: answers come first. */
#include "config.h"

#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "platform/platform.h"

enum { MESSAGE_ROOM = 2048 }; /* bytes; a log daemon takes some thousand, or cuts what is longer */

static struct {
    bool is_log;   /* messages go to the system's log */
    FILE *starter; /* what was standard error, as long as pongd starts; else NULL */
    FILE *line;    /* in the making */
    char *text;
    size_t len;
    atomic_ulong lost, untold; /* messages; the latter since it was last told */
} sink;

static const int priorities[] = {
    [SINK_ERROR] = LOG_ERR, [SINK_WARNING] = LOG_WARNING, [SINK_NOTICE] = LOG_NOTICE, [SINK_INFO] = LOG_INFO};

static const struct {
    const char *name;
    int number;
} facilities[] = {
    {"daemon", LOG_DAEMON}, {"user", LOG_USER},     {"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2},
    {"local3", LOG_LOCAL3}, {"local4", LOG_LOCAL4}, {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7},
};

const char sink_facilities[] = "daemon, user, or local0 to local7";

int
sink_facility(const char *name)
{
    for (size_t i = 0; i < sizeof facilities / sizeof facilities[0]; i++)
        if (strcmp(facilities[i].name, name) == 0)
            return facilities[i].number;
    return -1;
}

/* A stream of its own, which stays with who started pongd when standard error goes elsewhere. */
static FILE *
open_starter(void)
{
    int fd = dup(STDERR_FILENO);
    FILE *stream = fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ? NULL : fdopen(fd, "w");

    if (stream == NULL && fd >= 0)
        close(fd);
    else if (stream != NULL)
        (void)setvbuf(stream, NULL, _IOLBF, BUFSIZ);
    return stream;
}

int
sink_connect(int facility, char errbuf[static PORT_ERRBUF])
{
    if (platform_log_open(facility) == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%s: %s", platform_log_name(), strerror(errno));
    return -1;
}

int
sink_open(char errbuf[static PORT_ERRBUF])
{
    sink.starter = open_starter();
    sink.line = open_memstream(&sink.text, &sink.len);
    if (sink.starter == NULL || sink.line == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "the system's log: %s", strerror(errno));
        return -1;
    }
    sink.is_log = true;
    return 0;
}

void
sink_end_start(void)
{
    if (sink.starter != NULL)
        fclose(sink.starter);
    sink.starter = NULL;
}

static void
count_lost(void)
{
    sink.lost++;
    sink.untold++;
}

/* Gives the log a message, and tells it before how many it has not taken since.  What is told of a request need not get there; all
 * else is at least on standard error, for who still reads that. */
static void
send_message(enum sink_priority priority, const char *text)
{
    unsigned long untold = sink.untold;
    bool is_lost;
    char words[96];

    if (untold > 0) {
        snprintf(words, sizeof words, "%lu messages were lost: the log was full, or away", untold);
        if (platform_log_send(LOG_WARNING, words, false) == 0)
            sink.untold -= untold;
    }
    is_lost = platform_log_send(priorities[priority], text, priority != SINK_INFO) != 0;
    if (is_lost)
        count_lost();
    if (sink.starter != NULL && priority == SINK_ERROR)
        fprintf(sink.starter, "pongd: %s\n", text);
    else if (sink.starter == NULL && is_lost && priority != SINK_INFO)
        fprintf(stderr, "pongd: %s\n", text);
}

void
sink_tell(enum sink_priority priority, const char *format, va_list arguments)
{
    char text[MESSAGE_ROOM];

    if (!sink.is_log) {
        fputs("pongd: ", stderr);
        vfprintf(stderr, format, arguments);
        fputc('\n', stderr);
        return;
    }
    vsnprintf(text, sizeof text, format, arguments);
    send_message(priority, text);
}

FILE *
sink_line(FILE *plain)
{
    return sink.is_log ? sink.line : plain;
}

void
sink_end_line(FILE *line, enum sink_priority priority)
{
    if (line != sink.line || line == NULL)
        return;
    if (fflush(line) == 0) {
        size_t len = sink.len;

        while (len > 0 && sink.text[len - 1] == '\n')
            len--;
        sink.text[len] = '\0'; /* a memory stream has room for that behind what is written */
        send_message(priority, sink.text);
    } else {
        count_lost();
    }
    clearerr(line);
    rewind(line);
}

unsigned long
sink_lost(void)
{
    return sink.lost;
}
