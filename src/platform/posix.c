/* What POSIX systems share: waiting for descriptors, and emptying one. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_S = 1000000000, NS_PER_MS = 1000000 };

void
platform_watch_drain(int fd)
{
    char buffer[4096];
    ssize_t got;

    do
        got = read(fd, buffer, sizeof buffer);
    while (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS)));
}

#if defined HAVE_PPOLL && !defined WAIT_BY_SELECT /* by a test of what other systems get */
int
platform_wait(struct pollfd *fds, size_t count, uint64_t timeout_ns)
{
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / NS_PER_S), .tv_nsec = (long)(timeout_ns % NS_PER_S)};

    return ppoll(fds, (nfds_t)count, &timeout, NULL);
}
#else
#if defined __GNUC__
#pragma GCC diagnostic ignored "-Wsign-conversion" /* in the macros of some systems (musl) */
#endif

/* select(2) has finer times than poll(2), and takes descriptors of some size only: there are few here, and so all low. */
int
platform_wait(struct pollfd *fds, size_t count, uint64_t timeout_ns)
{
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / NS_PER_S), .tv_nsec = (long)(timeout_ns % NS_PER_S)};
    int most = -1, rc;
    fd_set in, out;

    FD_ZERO(&in);
    FD_ZERO(&out);
    for (size_t i = 0; i < count; i++) {
        fds[i].revents = 0;
        if (fds[i].fd < 0 || (fds[i].events & (POLLIN | POLLOUT)) == 0)
            continue;
        if (fds[i].fd >= FD_SETSIZE)
            return poll(fds, (nfds_t)count, (int)(timeout_ns / NS_PER_MS) + 1);
        if ((fds[i].events & POLLIN) != 0)
            FD_SET(fds[i].fd, &in);
        if ((fds[i].events & POLLOUT) != 0)
            FD_SET(fds[i].fd, &out);
        if (fds[i].fd > most)
            most = fds[i].fd;
    }
    rc = pselect(most + 1, &in, &out, NULL, &timeout, NULL);
    for (size_t i = 0; i < count && rc > 0; i++)
        if (fds[i].fd >= 0)
            fds[i].revents = (short)((FD_ISSET(fds[i].fd, &in) ? POLLIN : 0) | (FD_ISSET(fds[i].fd, &out) ? POLLOUT : 0));
    return rc;
}
#endif

bool
platform_has_memory(size_t len)
{
    void *volatile piece = malloc(len); /* or a compiler takes it for granted */
    bool has = piece != NULL;

    free(piece);
    return has;
}
