/* The BSDs and macOS: locked captures with a filter on what is sent (bpf(4)), pledge(2) and unveil(2) of OpenBSD, and
 * FreeBSD's capsicum(4).  What a system has, its headers tell. */
#include "config.h"

#include "platform/sandbox.h"

#include <sys/types.h>
#include <sys/time.h>
#include <sys/ioctl.h>
#include <net/bpf.h>
#include <stddef.h>
#include <unistd.h>
#ifdef HAVE_CAP_ENTER
#include <sys/capsicum.h>
#include <capsicum_helpers.h>
#endif

#ifdef HAVE_CAP_ENTER

/* A capture is read, written and waited for, and asked how many frames it lost. */
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
    if (cap_rights_limit(fd, &rights) != 0)
        return -1;
    return cap_ioctls_limit(fd, questions, sizeof questions / sizeof questions[0]);
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

/* "bpf" is for the count of frames that were lost, "route" for a look at interfaces, "unix" for clients. */
int
platform_confine(const struct platform_plan *plan)
{
    const char *promises = plan->takes_clients ? "stdio bpf route unix" : "stdio bpf route";

    if (unveil("/", "") != 0 || unveil(NULL, NULL) != 0)
        return -1;
    return pledge(promises, NULL);
}

const char *
platform_confine_name(void)
{
    return "pledge, unveil";
}

#elif defined HAVE_CAP_ENTER

/* In capability mode no interface can be looked at, and so none whose addresses are followed. */
int
platform_confine(const struct platform_plan *plan)
{
    if (caph_limit_stdio() != 0)
        return -1;
    return plan->follows_interfaces ? PLATFORM_ABSENT : cap_enter();
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

const char *
platform_confine_name(void)
{
    return "a sandbox";
}

#endif
