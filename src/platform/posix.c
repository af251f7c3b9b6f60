/* What POSIX systems share: users, giving up root, waiting for descriptors, and emptying one. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
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

int
platform_user_find(const char *name, struct platform_user *user)
{
    const struct passwd *entry = getpwnam(name);

    if (entry == NULL)
        return -1;
    *user = (struct platform_user){name, (unsigned)entry->pw_uid, (unsigned)entry->pw_gid};
    return 0;
}

bool
platform_is_root(void)
{
    return geteuid() == 0;
}

/* Real, effective and saved IDs; the order matters, since only root may change groups. */
static int
set_ids(gid_t gid, uid_t uid)
{
#ifdef HAVE_SETRESUID
    return setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0 ? -1 : 0;
#else
    return setgid(gid) != 0 || setuid(uid) != 0 ? -1 : 0;
#endif
}

int
platform_become(const struct platform_user *user)
{
    gid_t gid = (gid_t)user->gid;
    uid_t uid = (uid_t)user->uid;

    if (setgroups(1, &gid) != 0 || set_ids(gid, uid) != 0)
        return -1;
    if (uid != 0 && setuid(0) == 0) { /* it must be for good */
        errno = EPERM;
        return -1;
    }
    return 0;
}
