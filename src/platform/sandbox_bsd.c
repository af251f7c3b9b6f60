/* The BSDs and macOS: locked captures with a filter on what is sent (bpf(4)), pledge(2) and unveil(2) of OpenBSD, and
 * FreeBSD's capsicum(4).  What a system has, its headers tell. */
#include "config.h"

#include "platform/sandbox.h"

#include <sys/types.h>
#include <sys/time.h>
#include <sys/ioctl.h>
#include <net/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>
#ifdef HAVE_CAPSICUM
#include <sys/capsicum.h>
#include <capsicum_helpers.h>
#endif

#ifdef HAVE_CAPSICUM

/* A capture is read, written and waited for, and asked how many frames it lost.  A kernel without capsicum(4) says ENOSYS. */
static int
limit_rights(int fd)
{
    static const unsigned long questions[] = {
        BIOCGSTATS,
#ifdef BIOCROTZBUF
        BIOCROTZBUF, /* where libpcap shares its buffers with the kernel */
#endif
    };
    cap_rights_t rights;

    cap_rights_init(&rights, CAP_READ, CAP_WRITE, CAP_EVENT, CAP_FCNTL, CAP_IOCTL);
    if (cap_rights_limit(fd, &rights) == 0 && cap_ioctls_limit(fd, questions, sizeof questions / sizeof questions[0]) == 0)
        return 0;
    return errno == ENOSYS ? 0 : -1;
}

#else

static int
limit_rights(int fd)
{
    (void)fd;
    return 0;
}

#endif

int
platform_lock_capture(int fd, const struct bpf_program *sent)
{
#ifdef BIOCSETWF
    struct bpf_program copy = *sent; /* the ioctl takes what is not const */

    if (ioctl(fd, BIOCSETWF, &copy) != 0)
        return -1;
#else
    (void)sent;
#endif
#ifdef BIOCLOCK
    if (ioctl(fd, BIOCLOCK, NULL) != 0)
        return -1;
#endif
    return limit_rights(fd);
}

#if defined HAVE_PLEDGE && defined HAVE_UNVEIL

/* "bpf" is for the count of frames that were lost, "route" for a look at interfaces, "unix" for clients, "recvfd" for files that a
 * keeper opens.  With "error" what is not allowed fails, as on other systems, and does not end the program: whether an address is
 * tentative (SIOCGIFAFLAG_IN6) may not be asked with "route" before some release, and the socket of clients is looked for at the
 * end, in vain. */
int
platform_confine(const struct platform_plan *plan)
{
    char promises[64];

    snprintf(promises, sizeof promises, "stdio bpf route%s%s error", plan->takes_clients ? " unix" : "",
             plan->receives_files ? " recvfd" : "");
    if (unveil("/", "") != 0 || unveil(NULL, NULL) != 0)
        return -1;
    return pledge(promises, NULL);
}

int
platform_keeper_confine(const struct platform_plan *plan)
{
    (void)plan;
    return pledge("stdio rpath wpath cpath sendfd", NULL);
}

const char *
platform_confine_name(void)
{
    return "pledge, unveil";
}

#elif defined HAVE_CAPSICUM

/* A stream that is closed needs no limit. */
static bool
limit_stdio(void)
{
    return (caph_limit_stdin() == 0 || errno == EBADF) && (caph_limit_stdout() == 0 || errno == EBADF) &&
           (caph_limit_stderr() == 0 || errno == EBADF);
}

/* A kernel may have been built without it. */
static int
enter(void)
{
    if (cap_enter() == 0)
        return 0;
    return errno == ENOSYS ? PLATFORM_ABSENT : -1;
}

/* In capability mode no interface can be looked at, and so none whose addresses are followed. */
int
platform_confine(const struct platform_plan *plan)
{
    if (!limit_stdio())
        return -1;
    return plan->follows_interfaces ? PLATFORM_ABSENT : enter();
}

/* What is in a folder that is open can be reached as before. */
int
platform_keeper_confine(const struct platform_plan *plan)
{
    (void)plan;
    return enter();
}

const char *
platform_confine_name(void)
{
    return "capability mode";
}

#else

int
platform_confine(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

int
platform_keeper_confine(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

const char *
platform_confine_name(void)
{
    return "a sandbox";
}

#endif
