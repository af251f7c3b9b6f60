/* What only Linux has of the sandbox, on systems that are not Linux. */
#include "config.h"

#include "platform/sandbox.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <unistd.h>

bool
platform_user_is_mapped(const struct platform_user *user)
{
    (void)user;
    return true;
}

int
platform_bound(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

int
platform_renounce(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

int
platform_disarm(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

int
platform_keeper_disarm(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

/* Most systems have this directory for others already, empty and root's. */
int
platform_shut_in(const struct platform_plan *plan)
{
    (void)plan;
    if (mkdir(PONGD_CHROOT, S_IRUSR | S_IXUSR | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH) != 0 && errno != EEXIST)
        return -1;
    return chroot(PONGD_CHROOT) != 0 || chdir("/") != 0 ? -1 : 0;
}

const char *
platform_shut_in_remedy(void)
{
    return "chroot takes the directory " PONGD_CHROOT ", empty and owned by root";
}
