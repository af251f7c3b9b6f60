/* What POSIX systems share: users, giving up root, and emptying a watch descriptor. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

void
platform_watch_drain(int fd)
{
    char buffer[4096];
    ssize_t got;

    do
        got = read(fd, buffer, sizeof buffer);
    while (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS)));
}

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
