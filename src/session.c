/* A session of pongctl: the connection to a pongd, which sends commands and gets answers. */
#include "config.h"

#include "session.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "socket_file.h"

enum { CHUNK = 65536, RETRY_MS = 20 };

static void
start_clock(struct session *session)
{
    session->deadline_ms = clock_steady_ms() + session->seconds * 1000;
}

/* "PATH: …".  Returns -1. */
static int say(const struct session *session, char errbuf[static PORT_ERRBUF], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int
say(const struct session *session, char errbuf[static PORT_ERRBUF], const char *format, ...)
{
    int len = snprintf(errbuf, PORT_ERRBUF, "%.200s: ", session->path);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(errbuf + len, PORT_ERRBUF - (size_t)len, format, arguments);
    va_end(arguments);
    return -1;
}

static int
say_late(const struct session *session, char errbuf[static PORT_ERRBUF])
{
    return say(session, errbuf, "no answer within %u s: is that pongd stopped? -t gives it more time",
               (unsigned)session->seconds);
}

/* Waits until the socket can be read or written. */
static int
wait_until(const struct session *session, short events, char errbuf[static PORT_ERRBUF])
{
    struct pollfd fd = {.fd = session->fd, .events = events};

    for (;;) {
        uint64_t now = clock_steady_ms();
        int rc;

        if (now >= session->deadline_ms)
            return say_late(session, errbuf);
        rc = poll(&fd, 1, (int)(session->deadline_ms - now));
        if (rc > 0)
            return 0;
        if (rc < 0 && errno != EINTR)
            return say(session, errbuf, "%s", strerror(errno));
    }
}

static int
explain_connect(const struct session *session, int error, char errbuf[static PORT_ERRBUF])
{
    const char *path = session->path;

    if (error == ENOENT || error == ENOTDIR)
        return say(session, errbuf, "there is no such socket: start pongd with --control %s, or name its socket with -s", path);
    if (error == ECONNREFUSED || error == ENOTSOCK)
        return say(session, errbuf, "no pongd listens there: start one with --control %s, or name its socket with -s", path);
    if (error == EACCES || error == EPERM)
        return say(session, errbuf, "it is another user's: run pongctl as the user who started pongd, mostly root");
    return say(session, errbuf, "%s: name the socket of a pongd with -s", strerror(error));
}

int
session_open(struct session *session, char errbuf[static PORT_ERRBUF])
{
    struct sockaddr_un address;

    if (socket_file_address(session->path, &address, errbuf) != 0)
        return -1;
    session->fd = socket_file_socket();
    if (session->fd < 0)
        return say(session, errbuf, "%s", strerror(errno));
    start_clock(session);
    while (connect(session->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        if (errno != EAGAIN && errno != EINTR)
            return explain_connect(session, errno, errbuf);
        if (clock_steady_ms() >= session->deadline_ms) /* others wait too, and pongd takes none in */
            return say_late(session, errbuf);
        (void)poll(NULL, 0, RETRY_MS);
    }
    return 0;
}

/* A command that pongd does not want to its end may have been answered nevertheless. */
static int
send_all(const struct session *session, const char *bytes, size_t len, char errbuf[static PORT_ERRBUF])
{
    while (len > 0) {
        ssize_t taken = write(session->fd, bytes, len);

        if (taken >= 0) {
            bytes += taken;
            len -= (size_t)taken;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (wait_until(session, POLLOUT, errbuf) != 0)
                return -1;
        } else if (errno == EPIPE || errno == ECONNRESET) {
            return 0;
        } else if (errno != EINTR) {
            return say(session, errbuf, "%s", strerror(errno));
        }
    }
    return 0;
}

static bool
has_room(struct session *session)
{
    char *bigger;

    if (session->room - session->len >= CHUNK)
        return true;
    bigger = realloc(session->input, 2 * session->len + CHUNK);
    if (bigger == NULL)
        return false;
    session->input = bigger;
    session->room = 2 * session->len + CHUNK;
    return true;
}

/* Waits for more of an answer. */
static int
receive(struct session *session, char errbuf[static PORT_ERRBUF])
{
    ssize_t got;

    if (!has_room(session))
        return say(session, errbuf, "out of memory");
    if (wait_until(session, POLLIN, errbuf) != 0)
        return -1;
    got = read(session->fd, session->input + session->len, CHUNK);
    if (got > 0)
        session->len += (size_t)got;
    else if (got == 0 || errno == ECONNRESET)
        return say(session, errbuf, "pongd closed the connection without an answer: look whether it runs, and what it said");
    else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        return say(session, errbuf, "%s", strerror(errno));
    return 0;
}

int
session_ask(struct session *session, const char *command, size_t command_len, const char **answer, size_t *len,
            char errbuf[static PORT_ERRBUF])
{
    const char *end = NULL;
    size_t from = 0;

    session->len -= session->answered;
    if (session->len > 0)
        memmove(session->input, session->input + session->answered, session->len);
    session->answered = 0;
    start_clock(session);
    if (send_all(session, command, command_len, errbuf) != 0)
        return -1;
    for (;;) {
        if (session->len > from)
            end = memchr(session->input + from, '\n', session->len - from);
        if (end != NULL)
            break;
        from = session->len;
        if (receive(session, errbuf) != 0)
            return -1;
    }
    *answer = session->input;
    *len = session->answered = (size_t)(end + 1 - session->input);
    return 0;
}

void
session_close(struct session *session)
{
    if (session->fd >= 0)
        close(session->fd);
    free(session->input);
    *session = (struct session){.fd = -1};
}
