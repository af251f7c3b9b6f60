/* What POSIX systems share of the sandbox: users, giving up root, and resource limits. */
#include "config.h"

#include "platform/sandbox.h"

#include <sys/types.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

enum { DESCRIPTORS_MOST = 4096 };

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
#if defined HAVE_SETRESUID && defined HAVE_SETRESGID
    return setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0 ? -1 : 0;
#else
    return setgid(gid) != 0 || setuid(uid) != 0 ? -1 : 0;
#endif
}

int
platform_become(const struct platform_plan *plan)
{
    gid_t gid = (gid_t)plan->user.gid;
    uid_t uid = (uid_t)plan->user.uid;

    if (setgroups(1, &gid) != 0 || set_ids(gid, uid) != 0)
        return -1;
    if (uid != 0 && setuid(0) == 0) { /* it must be for good */
        errno = EPERM;
        return -1;
    }
    return 0;
}

bool
platform_is_instrumented(void)
{
#ifdef PONGD_INSTRUMENTED
    return true;
#else
    return false;
#endif
}

/* What a limit is to be, as far as it can be that: it cannot be raised. */
static const struct rlimit *
lower(struct rlimit *limit, rlim_t value)
{
    if (limit->rlim_max == RLIM_INFINITY || limit->rlim_max > value)
        limit->rlim_max = value;
    limit->rlim_cur = limit->rlim_max;
    return limit;
}

/* Whether a limit was set.  The type of what is limited differs from system to system. */
#define IS_SET(resource, value) (getrlimit(resource, &limit) == 0 && setrlimit(resource, lower(&limit, value)) == 0)

/* One more than the highest descriptor that is open. */
static unsigned
count_descriptors(void)
{
    unsigned count = 0;

    for (int fd = 0; fd < DESCRIPTORS_MOST; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            count = (unsigned)fd + 1;
    return count;
}

/* Whether lines go to a regular file. */
static bool
is_file(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

int
platform_keeper_limit(const struct platform_plan *plan)
{
    unsigned descriptors = count_descriptors() + plan->descriptors;
    struct rlimit limit;

    if (!IS_SET(RLIMIT_CORE, 0) || !IS_SET(RLIMIT_NOFILE, descriptors) || !IS_SET(RLIMIT_FSIZE, plan->file_bytes))
        return -1;
#ifdef RLIMIT_NPROC
    if (!IS_SET(RLIMIT_NPROC, 0))
        return -1;
#endif
    return 0;
}

/* poll(2) takes no more descriptors, open or not, than may be open. */
int
platform_limit(const struct platform_plan *plan)
{
    unsigned descriptors = count_descriptors() + plan->descriptors;
    struct rlimit limit;

    if (descriptors < plan->polled)
        descriptors = plan->polled;
    if (!IS_SET(RLIMIT_CORE, 0) || !IS_SET(RLIMIT_NOFILE, descriptors))
        return -1;
    if (!plan->writes_files && !is_file(STDOUT_FILENO) && !is_file(STDERR_FILENO) && !IS_SET(RLIMIT_FSIZE, plan->file_bytes))
        return -1;
#ifdef RLIMIT_NPROC
    if (!plan->starts_threads && !IS_SET(RLIMIT_NPROC, 0)) /* no new processes; on Linux, for any user but root */
        return -1;
#endif
    return 0;
}
