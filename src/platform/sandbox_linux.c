/* Linux: what is given up, but for system calls: a locked filter, the file system, capabilities. */
#include "config.h"

#include "platform/sandbox.h"

#include <sys/types.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_CAPNG
#include <cap-ng.h>
#else
#include <linux/capability.h>
#include <sys/syscall.h>
#endif

/* What is sent, a packet socket has no filter for. */
int
platform_lock_capture(int fd, const struct bpf_program *sent)
{
    int on = 1;

    (void)sent;
    return setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof on);
}

/* A line of uid_map: first ID inside, first ID outside, how many. */
static bool
is_mapped(const char *map, unsigned id)
{
    unsigned inside, outside, count;
    bool mapped = false;
    FILE *file = fopen(map, "re");

    if (file == NULL)
        return true;
    while (fscanf(file, "%u %u %u", &inside, &outside, &count) == 3)
        if (id >= inside && id - inside < count)
            mapped = true;
    fclose(file);
    return mapped;
}

bool
platform_user_is_mapped(const struct platform_user *user)
{
    return is_mapped("/proc/self/uid_map", user->uid) && is_mapped("/proc/self/gid_map", user->gid);
}

static const char *const places[] = {"/tmp", "/run", "/dev/shm", "/var/tmp"};

/* No directory is on every system empty, and closed to each user; but one that was removed is, even to root.  It is made
 * where something can be written, which on a system that is read-only is the memory of /dev/shm.  It takes CAP_SYS_CHROOT,
 * which root of a container has; to mount something takes more. */
int
platform_shut_in(const struct platform_plan *plan)
{
    char path[] = "/dev/shm/pongd.XXXXXX";
    bool is_made = false;

    (void)plan;
    for (size_t i = 0; i < sizeof places / sizeof places[0] && !is_made; i++) {
        snprintf(path, sizeof path, "%s/pongd.XXXXXX", places[i]);
        is_made = mkdtemp(path) != NULL;
    }
    if (!is_made)
        return -1;
    if (chdir(path) != 0) {
        (void)rmdir(path);
        return -1;
    }
    return rmdir(path) != 0 || chroot(".") != 0 || chdir("/") != 0 ? -1 : 0;
}

const char *
platform_shut_in_remedy(void)
{
    return "chroot takes CAP_SYS_CHROOT, and a folder to be made in /tmp, /run, /dev/shm or /var/tmp";
}

int
platform_renounce(const struct platform_plan *plan)
{
    (void)plan;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

#ifdef HAVE_CAPNG

/* With no new privileges, what the bounding set keeps from programs they do not get anyway: who may not change it is well
 * off too. */
int
platform_bound(const struct platform_plan *plan)
{
    (void)plan;
    if (capng_get_caps_process() != 0 || !capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
        return PLATFORM_ABSENT;
    capng_clear(CAPNG_SELECT_BOUNDS);
    return capng_apply(CAPNG_SELECT_BOUNDS) == 0 ? 0 : -1;
}

/* The ambient set goes with the permitted one. */
int
platform_disarm(const struct platform_plan *plan)
{
    (void)plan;
    capng_clear(CAPNG_SELECT_CAPS);
    return capng_apply(CAPNG_SELECT_CAPS) == 0 ? 0 : -1;
}

/* Root writes in the folders of other users, too, and nobody but root has this one to keep. */
int
platform_keeper_disarm(const struct platform_plan *plan)
{
    bool has_it;

    (void)plan;
    if (capng_get_caps_process() != 0)
        return -1;
    has_it = capng_have_capability(CAPNG_PERMITTED, CAP_DAC_OVERRIDE) != 0;
    capng_clear(CAPNG_SELECT_CAPS);
    if (has_it && capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_OVERRIDE) != 0)
        return -1;
    return capng_apply(CAPNG_SELECT_CAPS) == 0 ? 0 : -1;
}

#else

/* As above.  Where the kernel knows no more capabilities, it says so. */
int
platform_bound(const struct platform_plan *plan)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3];
    int capability = 0;

    (void)plan;
    if (syscall(SYS_capget, &header, has) != 0 || (has[0].effective & 1u << CAP_SETPCAP) == 0)
        return PLATFORM_ABSENT;
    while (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0)
        capability++;
    return errno == EINVAL ? 0 : -1;
}

int
platform_disarm(const struct platform_plan *plan)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

    (void)plan;
    memset(none, 0, sizeof none);
    return (int)syscall(SYS_capset, &header, none);
}

/* As above. */
int
platform_keeper_disarm(const struct platform_plan *plan)
{
    const uint32_t kept = UINT32_C(1) << CAP_DAC_OVERRIDE; /* of the first word */
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3], left[_LINUX_CAPABILITY_U32S_3];

    (void)plan;
    if (syscall(SYS_capget, &header, has) != 0)
        return -1;
    memset(left, 0, sizeof left);
    left[0].effective = left[0].permitted = has[0].permitted & kept;
    return (int)syscall(SYS_capset, &header, left);
}

#endif
