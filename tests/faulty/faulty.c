/* faulty: runs a program in which one system call fails, which seccomp(2) lets a supervisor have a say in (Linux 5.6).
 *
 * usage: faulty [-t TRACE] [-n NUMBER] [-k CALL] [-m error|interrupt|short] PROGRAM [ARGUMENT]...
 *
 * Calls are counted from the program's first one on, which is its open of /dev/null, and only those that come out of libc:
 * neither the loader's nor a sanitizer's.  Number NUMBER of them, or of those named CALL, fails with an error that it knows
 * (see `calls`), as if a signal broke it off, or is done by half.  TRACE gets a line for each call:
 * whether it failed, its name, in which ways it can fail besides, its first argument and its path. */
#include "config.h"

#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/types.h>

/* Where the calls are as this knows them (elsewhere there would be others in the table), and the headers are new enough. */
#if !defined __GLIBC__ || !(defined __x86_64__ || defined __aarch64__) || !defined SECCOMP_USER_NOTIF_FLAG_CONTINUE || \
    !defined SYS_pidfd_getfd

int
main(void)
{
    fprintf(stderr, "faulty: is for glibc on x86-64 and arm64, and Linux 5.6\n");
    return 77;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

enum { EXIT_NO_WAY = 77, PATH_MOST = 256, SHORT_MOST = 1 << 20, STACK = 256 << 10 };

enum how { HOW_ERROR, HOW_INTERRUPT, HOW_SHORT };

static const char *const how_names[] = {"error", "interrupt", "short"};

/* What can fail, how, and in which argument there is a path. */
static const struct call {
    const char *name;
    int number;
    int error;
    bool can_be_interrupted, can_be_short;
    int path; /* -1: none */
} calls[] = {
    {"accept", SYS_accept, EMFILE, true, false, -1},
    {"accept4", SYS_accept4, EMFILE, true, false, -1},
    {"bind", SYS_bind, ENOMEM, false, false, -1},
    {"capset", SYS_capset, EPERM, false, false, -1},
    {"clone", SYS_clone, EAGAIN, false, false, -1},
    {"clone3", SYS_clone3, EAGAIN, false, false, -1},
    {"close", SYS_close, EIO, false, false, -1},
    {"connect", SYS_connect, ENOMEM, false, false, -1},
    {"dup", SYS_dup, EMFILE, false, false, -1},
    {"dup3", SYS_dup3, EMFILE, false, false, -1},
    {"eventfd2", SYS_eventfd2, EMFILE, false, false, -1},
    {"fcntl", SYS_fcntl, ENOMEM, false, false, -1},
    {"fchmod", SYS_fchmod, EPERM, false, false, -1},
    {"flock", SYS_flock, ENOLCK, false, false, -1},
    {"fstat", SYS_fstat, EIO, false, false, -1},
    {"ftruncate", SYS_ftruncate, EIO, false, false, -1},
    {"getdents64", SYS_getdents64, EIO, false, false, -1},
    {"getsockname", SYS_getsockname, ENOBUFS, false, false, -1},
    {"getsockopt", SYS_getsockopt, ENOMEM, false, false, -1},
    {"ioctl", SYS_ioctl, ENOMEM, false, false, -1},
    {"listen", SYS_listen, EADDRINUSE, false, false, -1},
    {"lseek", SYS_lseek, ESPIPE, false, false, -1},
    {"mmap", SYS_mmap, ENOMEM, false, false, -1},
    {"mprotect", SYS_mprotect, ENOMEM, false, false, -1},
    {"mremap", SYS_mremap, ENOMEM, false, false, -1},
    {"newfstatat", SYS_newfstatat, EACCES, false, false, 1},
    {"openat", SYS_openat, EMFILE, false, false, 1},
    {"pipe2", SYS_pipe2, EMFILE, false, false, -1},
    {"ppoll", SYS_ppoll, ENOMEM, true, false, -1},
    {"prctl", SYS_prctl, EINVAL, false, false, -1},
    {"pread64", SYS_pread64, EIO, true, true, -1},
    {"pwrite64", SYS_pwrite64, ENOSPC, true, false, -1},
    {"pselect6", SYS_pselect6, ENOMEM, true, false, -1},
    {"read", SYS_read, EIO, true, true, -1},
    {"readlinkat", SYS_readlinkat, EACCES, false, false, 1},
    {"recvfrom", SYS_recvfrom, ENOMEM, true, false, -1},
    {"recvmsg", SYS_recvmsg, ENOMEM, true, false, -1},
    {"renameat", SYS_renameat, EIO, false, false, 1},
    {"rt_sigaction", SYS_rt_sigaction, EINVAL, false, false, -1},
    {"rt_sigprocmask", SYS_rt_sigprocmask, EINVAL, false, false, -1},
    {"sendmmsg", SYS_sendmmsg, ENOBUFS, true, false, -1},
    {"sendmsg", SYS_sendmsg, ENOBUFS, true, false, -1},
    {"sendto", SYS_sendto, ENOBUFS, true, false, -1},
    {"setgroups", SYS_setgroups, ENOMEM, false, false, -1},
    {"setresgid", SYS_setresgid, EPERM, false, false, -1},
    {"setresuid", SYS_setresuid, EAGAIN, false, false, -1},
    {"setsockopt", SYS_setsockopt, ENOMEM, false, false, -1},
    {"shutdown", SYS_shutdown, ENOTCONN, false, false, -1},
    {"socket", SYS_socket, EMFILE, false, false, -1},
    {"socketpair", SYS_socketpair, EMFILE, false, false, -1},
    {"statx", SYS_statx, EACCES, false, false, 1},
    {"unlinkat", SYS_unlinkat, EROFS, false, false, 1},
    {"write", SYS_write, ENOSPC, true, true, -1},
    {"writev", SYS_writev, ENOSPC, true, false, -1},
#ifdef SYS_pipe /* what newer architectures have no more */
    {"dup2", SYS_dup2, EMFILE, false, false, -1},
    {"pipe", SYS_pipe, EMFILE, false, false, -1},
    {"poll", SYS_poll, ENOMEM, true, false, -1},
    {"unlink", SYS_unlink, EROFS, false, false, 0},
    {"readlink", SYS_readlink, EACCES, false, false, 0},
#endif
#ifdef SYS_landlock_create_ruleset
    {"landlock_create_ruleset", SYS_landlock_create_ruleset, ENOMEM, false, false, -1},
    {"landlock_restrict_self", SYS_landlock_restrict_self, EPERM, false, false, -1},
#endif
    {"seccomp", SYS_seccomp, ENOMEM, false, false, -1},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static struct {
    const char *trace_path, *kind;
    unsigned long number; /* 0: nothing fails */
    enum how how;
    char **argv;
} options;

/* Memory that is shared with the child: descriptors are, until it runs the program. */
static struct {
    atomic_int fd; /* of the listener; 0 until it is there, -1 if it cannot be had */
} *shared;

static struct {
    pid_t pid;
    pid_t caller; /* it, a thread of it, or another process that it made */
    bool has_begun;
    uint64_t code_begin, code_end; /* of libc */
    unsigned long seen;
    FILE *trace;
} child;

/* --- in the child */

static int
install(void)
{
    static struct sock_filter code[CALLS + 3];
    struct sock_fprog program = {.len = CALLS + 3, .filter = code};
    unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
    int fd;

    code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (unsigned i = 0; i < CALLS; i++)
        code[1 + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i].number,
                                                   (uint8_t)(CALLS - i), 0);
    code[CALLS + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[CALLS + 2] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (fd < 0 && errno == EINVAL)
        fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    return fd;
}

static int
run_child(void *argument)
{
    int fd;

    (void)argument;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return EXIT_NO_WAY;
    fd = install();
    shared->fd = fd > 0 ? fd : -1;
    if (fd <= 0)
        return EXIT_NO_WAY;
    execv(options.argv[0], options.argv);
    dprintf(STDERR_FILENO, "faulty: %s: %s\n", options.argv[0], strerror(errno));
    return EXIT_NO_WAY;
}

/* --- what a call is */

static bool
read_memory(uint64_t at, void *to, size_t len)
{
    struct iovec local = {to, len}, remote = {(void *)(uintptr_t)at, len};

    return process_vm_readv(child.caller, &local, 1, &remote, 1, 0) == (ssize_t)len;
}

/* A text up to its null byte.  Memory may end behind that. */
static void
read_text(uint64_t at, char text[static PATH_MOST])
{
    size_t len = 0;

    while (len < PATH_MOST - 1 && read_memory(at + len, text + len, 1) && text[len] != '\0')
        len++;
    text[len] = '\0';
}

static void
find_libc(void)
{
    char path[64], line[512];
    FILE *maps;

    snprintf(path, sizeof path, "/proc/%d/maps", child.pid);
    maps = fopen(path, "re");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        unsigned long begin, end;
        char rights[5];

        if (sscanf(line, "%lx-%lx %4s", &begin, &end, rights) == 3 && rights[2] == 'x' && strstr(line, "/libc.so") != NULL) {
            child.code_begin = begin;
            child.code_end = end;
        }
    }
    if (maps != NULL)
        fclose(maps);
}

static const struct call *
find_call(int number)
{
    for (size_t i = 0; i < CALLS; i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}

/* Whether a call is the program's own. */
static bool
is_counted(const struct seccomp_data *data)
{
    char path[PATH_MOST];

    if (!child.has_begun && data->nr == SYS_openat) {
        read_text(data->args[1], path);
        child.has_begun = strcmp(path, "/dev/null") == 0;
        if (child.has_begun)
            find_libc();
    }
    return child.has_begun && data->instruction_pointer >= child.code_begin && data->instruction_pointer < child.code_end;
}

static bool
is_chosen(const struct call *call)
{
    if (options.number == 0 || (options.kind != NULL && strcmp(options.kind, call->name) != 0))
        return false;
    return ++child.seen == options.number;
}

static void
trace(const struct call *call, const struct seccomp_data *data, bool fails)
{
    char path[PATH_MOST] = "";

    if (child.trace == NULL)
        return;
    if (call->path >= 0)
        read_text(data->args[call->path], path);
    fprintf(child.trace, "%d %s %d %d %d %s\n", fails, call->name, call->can_be_interrupted, call->can_be_short,
            (int)data->args[0], path);
    fflush(child.trace);
}

/* --- what becomes of it */

/* The process; one is named by its first thread only. */
static int
open_caller(void)
{
    int process = (int)syscall(SYS_pidfd_open, child.caller, 0);

    return process >= 0 ? process : (int)syscall(SYS_pidfd_open, child.pid, 0);
}

/* Does half of a read or write in the program's place.  Returns whether there was a half. */
static bool
do_half(const struct seccomp_data *data, struct seccomp_notif_resp *answer)
{
    static char buffer[SHORT_MOST];
    size_t len = data->args[2] / 2 < SHORT_MOST ? data->args[2] / 2 : SHORT_MOST;
    int process = open_caller();
    int fd = process < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, process, (int)data->args[0], 0);
    struct iovec local = {buffer, len}, remote = {(void *)(uintptr_t)data->args[1], 0};
    ssize_t got = -1;

    if (fd >= 0 && len > 0) {
        if (data->nr == SYS_write)
            got = read_memory(data->args[1], buffer, len) ? write(fd, buffer, len) : -1;
        else
            got = data->nr == SYS_read ? read(fd, buffer, len) : pread(fd, buffer, len, (off_t)data->args[3]);
        if (got >= 0)
            answer->val = got;
        else
            answer->error = -errno;
        remote.iov_len = local.iov_len = got > 0 ? (size_t)got : 0;
        if (got > 0 && data->nr != SYS_write)
            (void)process_vm_writev(child.caller, &local, 1, &remote, 1, 0);
    }
    if (fd >= 0)
        close(fd);
    if (process >= 0)
        close(process);
    return fd >= 0 && len > 0;
}

static bool
make_fail(const struct call *call, const struct seccomp_data *data, struct seccomp_notif_resp *answer)
{
    if (options.how == HOW_SHORT)
        return call->can_be_short && do_half(data, answer);
    if (options.how == HOW_INTERRUPT && !call->can_be_interrupted)
        return false;
    answer->error = options.how == HOW_INTERRUPT ? -EINTR : -call->error;
    return true;
}

static void
answer(int listener)
{
    static struct { /* the kernel may know of more members than we do */
        struct seccomp_notif notice;
        char more[256];
    } in;
    static struct {
        struct seccomp_notif_resp answer;
        char more[256];
    } out;
    const struct seccomp_data *data = &in.notice.data;
    const struct call *call;
    bool fails = false;

    memset(&in, 0, sizeof in);
    memset(&out, 0, sizeof out);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &in) != 0)
        return;
    out.answer.id = in.notice.id;
    child.caller = (pid_t)in.notice.pid;
    call = find_call(data->nr);
    if (call != NULL && is_counted(data)) {
        fails = is_chosen(call) && make_fail(call, data, &out.answer);
        trace(call, data, fails);
    }
    if (!fails)
        out.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &out);
}

static void
pass_on(int number)
{
    kill(child.pid, number);
}

static void
supervise(int listener)
{
    struct pollfd fd = {.fd = listener, .events = POLLIN};

    for (;;) {
        if (poll(&fd, 1, -1) < 0)
            continue;
        if ((fd.revents & POLLIN) != 0)
            answer(listener);
        else if (fd.revents != 0) /* nobody is left */
            return;
    }
}

static int
wait_for_child(void)
{
    int status;

    while (waitpid(child.pid, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_NO_WAY;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
start(void)
{
    static const int passed[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    static _Alignas(64) char stack[STACK];

    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return -1;
    child.pid = clone(run_child, stack + STACK, CLONE_FILES | SIGCHLD, NULL);
    if (child.pid < 0)
        return -1;
    for (size_t i = 0; i < sizeof passed / sizeof passed[0]; i++)
        signal(passed[i], pass_on);
    while (shared->fd == 0 && waitpid(child.pid, NULL, WNOHANG) == 0)
        (void)poll(NULL, 0, 1);
    return shared->fd > 0 ? shared->fd : -1;
}

static bool
parse(int argc, char *argv[])
{
    int option;

    while ((option = getopt(argc, argv, "+t:n:k:m:")) != -1) {
        if (option == 't')
            options.trace_path = optarg;
        else if (option == 'n')
            options.number = strtoul(optarg, NULL, 10);
        else if (option == 'k')
            options.kind = optarg;
        else if (option != 'm')
            return false;
        for (int i = HOW_ERROR; option == 'm' && i <= HOW_SHORT; i++)
            if (strcmp(optarg, how_names[i]) == 0)
                options.how = (enum how)i;
    }
    options.argv = argv + optind;
    return optind < argc;
}

int
main(int argc, char *argv[])
{
    int listener;

    if (!parse(argc, argv)) {
        fprintf(stderr, "usage: faulty [-t TRACE] [-n NUMBER] [-k CALL] [-m error|interrupt|short] PROGRAM [ARGUMENT]...\n");
        return EXIT_NO_WAY;
    }
    child.trace = options.trace_path == NULL ? NULL : fopen(options.trace_path, "we");
    listener = start();
    if (listener < 0) {
        fprintf(stderr, "faulty: no listener for system calls: %s\n", strerror(errno));
        return EXIT_NO_WAY;
    }
    supervise(listener);
    return wait_for_child();
}

#endif
