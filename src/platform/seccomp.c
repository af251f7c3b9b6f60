/* Linux: the system calls that are left, by seccomp(2) and libseccomp.
 *
 * A call that is not in the lists is refused with EPERM, so that a C library or libpcap that comes to ask for something new,
 * such as a file of statistics, does without it, and pongd goes on.  Those that nobody but an intruder would make end the
 * process, and leave a line in the system's log. */
#include "config.h"

#include "platform/platform.h"
#include "platform/sandbox.h"

#include <errno.h>
#include <stdio.h>

static char name[32] = "seccomp";

#ifdef HAVE_SECCOMP

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

enum { FILTER_MOST = 4 << 20 }; /* bytes that putting a filter together takes at the most */

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

/* Calls that are allowed whatever is asked of them.  Some have several names, by machine and C library; those that a machine
 * has not are passed over. */
static const char *const calls[] = {
    /* Frames, lines, clients: descriptors that are open. */
    "read", "readv", "pread64", "recv", "recvfrom", "recvmsg", "write", "writev", "send", "sendto", "sendmsg", "sendmmsg",
    "lseek", "_llseek", "dup", "close", "fstat", "fstat64",
    /* The wait for them, and the time. */
    "poll", "ppoll", "ppoll_time64", "restart_syscall", "clock_gettime", "clock_gettime64", "gettimeofday", "time",
    "clock_nanosleep", "clock_nanosleep_time64", "nanosleep",
    /* What libpcap asks its socket, and the socket of an interface that comes back. */
    "getsockopt", "getsockname", "bind",
    /* The end of a keeper. */
    "shutdown",
    /* Memory; without any that can be executed, below. */
    "brk", "munmap", "mremap", "madvise",
    /* Locks of the C library, signals, the end. */
    "futex", "futex_time64", "rt_sigreturn", "sigreturn", "rt_sigprocmask", "rt_sigaction", "getpid", "gettid", "exit",
    "exit_group", "getrandom",
};

/* All that a keeper needs: files in folders that are open, its socket, its rests and its end. */
static const char *const keeper_calls[] = {
    "read", "recvmsg", "write", "sendmsg", "openat", "fstat", "fstat64", "fstatat64", "newfstatat", "statx", "renameat", "renameat2", "unlinkat", "close", "poll", "ppoll", "ppoll_time64", "restart_syscall",
    "clock_gettime", "clock_gettime64", "rt_sigreturn", "sigreturn", "rt_sigprocmask", "getpid", "gettid", "exit", "exit_group",
};

/* For connections that come in. */
static const char *const client_calls[] = {"accept", "accept4"};

/* To empty a file that is open. */
static const char *const pid_file_calls[] = {"pwrite64", "ftruncate", "ftruncate64"};

/* For threads; to make them, below. */
static const char *const thread_calls[] = {"set_robust_list", "rseq", "sched_yield", "sched_getaffinity", "membarrier"};

/* Nobody but an intruder: other programs, other processes, the kernel. */
static const char *const hostile_calls[] = {
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev", "bpf", "io_uring_setup",
    "userfaultfd", "init_module", "finit_module", "kexec_load", "mount", "setns", "unshare",
};

/* Calls that are allowed with some values of an argument: those where it is `value` in the bits of `mask`. */
static const struct restricted {
    const char *call;
    unsigned argument;
    uint64_t mask, value;
    bool is_packet; /* and where the argument before it is SOL_PACKET */
} restricted[] = {
    {"mmap", 2, PROT_EXEC, 0, false},
    {"mmap2", 2, PROT_EXEC, 0, false},
    {"mprotect", 2, PROT_EXEC, 0, false},
    /* fstat(3) of newer C libraries: of a descriptor, not of a path. */
    {"newfstatat", 3, AT_EMPTY_PATH, AT_EMPTY_PATH, false},
    {"statx", 2, AT_EMPTY_PATH, AT_EMPTY_PATH, false},
    {"fcntl", 1, UINT32_MAX, F_GETFL, false},
    {"fcntl", 1, UINT32_MAX, F_SETFL, false},
    {"fcntl", 1, UINT32_MAX, F_GETFD, false},
    {"fcntl", 1, UINT32_MAX, F_SETFD, false},
    {"fcntl64", 1, UINT32_MAX, F_GETFL, false},
    {"fcntl64", 1, UINT32_MAX, F_SETFL, false},
    {"fcntl64", 1, UINT32_MAX, F_GETFD, false},
    {"fcntl64", 1, UINT32_MAX, F_SETFD, false},
    /* Whether a descriptor is a terminal, as stdio wants to know, and whether an interface is up, as libpcap does. */
    {"ioctl", 1, UINT32_MAX, TCGETS, false},
    {"ioctl", 1, UINT32_MAX, TIOCGWINSZ, false},
    {"ioctl", 1, UINT32_MAX, SIOCGIFFLAGS, false},
    /* The groups of an interface that comes back, the look at the wire, and the end of libpcap's ring. */
    {"setsockopt", 2, UINT32_MAX, PACKET_ADD_MEMBERSHIP, true},
#ifdef PACKET_IGNORE_OUTGOING
    {"setsockopt", 2, UINT32_MAX, PACKET_IGNORE_OUTGOING, true},
#endif
    {"setsockopt", 2, UINT32_MAX, PACKET_RX_RING, true},
    /* How late a timer may be. */
    {"prctl", 0, UINT32_MAX, PR_SET_TIMERSLACK, false},
};

/* What is being put together. */
struct filter {
    scmp_filter_ctx context;
    int last;       /* call that there was a rule about */
    unsigned count; /* of calls that are allowed */
    int error;      /* negative errno, 0: none so far */
};

/* Rules about what a machine has not are no error. */
static void
add(struct filter *filter, uint32_t action, const char *call, unsigned argument_count, const struct scmp_arg_cmp *arguments)
{
    int number = seccomp_syscall_resolve_name(call), rc;

    if (number == __NR_SCMP_ERROR || filter->error != 0)
        return;
    rc = seccomp_rule_add_array(filter->context, action, number, argument_count, arguments);
    if (rc == 0 && action == SCMP_ACT_ALLOW && number >= 0 && number != filter->last)
        filter->count++;
    filter->last = number;
    if (rc != 0 && rc != -EDOM && rc != -EOPNOTSUPP)
        filter->error = rc;
}

static void
add_list(struct filter *filter, uint32_t action, const char *const list[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(filter, action, list[i], 0, NULL);
}

static void
add_restricted(struct filter *filter, const struct restricted *rule)
{
    const struct scmp_arg_cmp arguments[] = {
        {rule->argument, SCMP_CMP_MASKED_EQ, rule->mask, rule->value},
        {rule->argument - 1, SCMP_CMP_MASKED_EQ, UINT32_MAX, SOL_PACKET},
    };

    add(filter, SCMP_ACT_ALLOW, rule->call, rule->is_packet ? 2 : 1, arguments);
}

/* abort(3) sends a signal, and only to this process. */
static void
add_abort(struct filter *filter)
{
    const struct scmp_arg_cmp self = {0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0};

    add(filter, SCMP_ACT_ALLOW, "tgkill", 1, &self);
}

/* clone(2) has its flags in an argument, clone3(2) in memory, which nobody can look at here: told that there is no such call,
 * C libraries take clone(2). */
static void
add_threads(struct filter *filter)
{
#ifdef __s390x__
    const unsigned flags = 1;
#else
    const unsigned flags = 0;
#endif
    const uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    const struct scmp_arg_cmp is_thread = {flags, SCMP_CMP_MASKED_EQ, thread, thread};

    add(filter, SCMP_ACT_ALLOW, "clone", 1, &is_thread);
    add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL);
    add_list(filter, SCMP_ACT_ALLOW, thread_calls, sizeof thread_calls / sizeof thread_calls[0]);
}

/* Nothing that runs here is a stranger's, so that the kernel need not slow memory down for its sake. */
static void
set_attributes(scmp_filter_ctx context)
{
#if SCMP_VER_MAJOR > 2 || (SCMP_VER_MAJOR == 2 && SCMP_VER_MINOR >= 5)
    (void)seccomp_attr_set(context, SCMP_FLTATR_CTL_SSB, 1);
    (void)seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
#else
    (void)context;
#endif
}

static uint32_t
deadly_action(void)
{
#ifdef SCMP_ACT_KILL_PROCESS
    if (seccomp_api_get() >= 3)
        return SCMP_ACT_KILL_PROCESS;
#endif
    return SCMP_ACT_KILL;
}

/* Whether the kernel has filters.  One that has complains of the address, one that has not of the question. */
static bool
has_filters(void)
{
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, 0, 0, 0) == 0 || (errno != EINVAL && errno != ENOSYS);
}

/* A filter that lets these calls through.  0, or -1 with errno set. */
static int
begin(struct filter *filter, const char *const list[], size_t count)
{
    *filter = (struct filter){.context = NULL, .last = -1};
    if (platform_has_memory(FILTER_MOST)) /* without it libseccomp 2.5 crashes */
        filter->context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter->context == NULL) {
        errno = ENOMEM;
        return -1;
    }
    set_attributes(filter->context);
    add_list(filter, SCMP_ACT_ALLOW, list, count);
    add_list(filter, deadly_action(), hostile_calls, sizeof hostile_calls / sizeof hostile_calls[0]);
    return 0;
}

/* Has it be in force.  0, or -1 with errno set. */
static int
finish(struct filter *filter)
{
    if (filter->error == 0)
        filter->error = seccomp_load(filter->context);
    seccomp_release(filter->context);
    errno = -filter->error;
    return filter->error == 0 ? 0 : -1;
}

int
platform_keeper_confine(const struct platform_plan *plan)
{
    struct filter filter;

    (void)plan;
    if (!has_filters())
        return PLATFORM_ABSENT;
    if (begin(&filter, keeper_calls, sizeof keeper_calls / sizeof keeper_calls[0]) != 0)
        return -1;
    add_abort(&filter);
    return finish(&filter);
}

int
platform_confine(const struct platform_plan *plan)
{
    struct filter filter;

    if (!has_filters())
        return PLATFORM_ABSENT;
    if (begin(&filter, calls, sizeof calls / sizeof calls[0]) != 0)
        return -1;
    for (size_t i = 0; i < sizeof restricted / sizeof restricted[0]; i++)
        add_restricted(&filter, &restricted[i]);
    add_abort(&filter);
    if (plan->takes_clients)
        add_list(&filter, SCMP_ACT_ALLOW, client_calls, sizeof client_calls / sizeof client_calls[0]);
    if (plan->has_pid_file)
        add_list(&filter, SCMP_ACT_ALLOW, pid_file_calls, sizeof pid_file_calls / sizeof pid_file_calls[0]);
    if (plan->starts_threads)
        add_threads(&filter);
    snprintf(name, sizeof name, "seccomp (%u calls)", filter.count);
    return finish(&filter);
}

#else

int
platform_keeper_confine(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

int
platform_confine(const struct platform_plan *plan)
{
    (void)plan;
    return PLATFORM_ABSENT;
}

#endif

const char *
platform_confine_name(void)
{
    return name;
}
