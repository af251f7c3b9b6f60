/* What must fail from inside the sandbox, and what must not: each thing is tried by a process that has gone through the same
 * steps as pongd, and first by one that has not, where it has to succeed.
 *
 * usage: confined          - lists what can be tried
 *        confined -i IF    - whether there is a sandbox at all; if not, it says why, and ends with status 77
 *        confined -i IF TRIAL */
#include "config.h"

#include <sys/types.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "capture/capture.h"
#include "keeper_serve.h"
#include "platform/platform.h"
#include "ratchet.h"

enum { PATIENCE_S = 10, SKIPPED = 77, STACK = 65536, SOME_BYTES = 1 << 20 };

static struct options options;
static struct port *port;
static int listener, pipe_fds[2], log_fd, file_fd, folder;
static struct sockaddr_un log_address;
static socklen_t log_address_len = sizeof log_address;

/* --- what is tried; all return 0, or -1 with errno set */

static int
try_fd(int fd)
{
    return fd < 0 ? -1 : 0;
}

static int
open_to_read(void)
{
    return try_fd(open("/etc/passwd", O_RDONLY));
}

static int
open_the_root(void)
{
    return try_fd(open("/", O_RDONLY | O_DIRECTORY));
}

static int
open_to_write(void)
{
    return try_fd(open("/tmp", O_TMPFILE | O_RDWR, 0600));
}

static int
open_unix_socket(void)
{
    return try_fd(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
open_internet_socket(void)
{
    return try_fd(socket(AF_INET, SOCK_STREAM, 0));
}

static int
open_netlink_socket(void)
{
    return try_fd(socket(AF_NETLINK, SOCK_RAW, 0));
}

static int
open_packet_socket(void)
{
    return try_fd(socket(AF_PACKET, SOCK_RAW, 0));
}

/* As a log daemon's socket would have to be found anew. */
static int
connect_again(void)
{
    return connect(log_fd, (const struct sockaddr *)&log_address, log_address_len);
}

static int
tell_log(void)
{
    return send(log_fd, "x", 1, 0) == 1 ? 0 : -1;
}

static int
cut_file_short(void)
{
    return ftruncate(file_fd, 0);
}

static int
execute(void)
{
    execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
    return -1;
}

static int
fork_once(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child < 0 || waitpid(child, NULL, 0) != child ? -1 : 0;
}

static int
trace(void)
{
    return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static int
signal_others(void)
{
    return kill(getppid(), 0);
}

static int
map_code(void)
{
    return mmap(NULL, STACK, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0;
}

static int
make_code(void)
{
    void *page = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return page == MAP_FAILED ? -1 : mprotect(page, STACK, PROT_READ | PROT_EXEC);
}

static int
become_root(void)
{
    return setuid(0);
}

static int
change_root(void)
{
    return chroot(".");
}

static int
be_traced_by_all(void)
{
    return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static volatile int is_run;

static int
run_thread(void *unused)
{
    (void)unused;
    is_run = 1;
    return 0;
}

static int
start_thread(void)
{
    const int thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
    char *stack = malloc(STACK);

    if (stack == NULL || clone(run_thread, stack + STACK, thread, NULL) < 0)
        return -1;
    while (!is_run)
        sched_yield();
    return 0;
}

static int
take_filter_away(void)
{
    int unused = 0;

    return setsockopt(port->fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
}

static int
capture(void)
{
    struct frame frame;

    return port->ops->next(port, &frame) >= PORT_NOTHING && port->ops->dropped(port) == 0 &&
                   port->ops->check(port, true) == PORT_DONE ? 0 : -1;
}

static int
send_frame(void)
{
    static const uint8_t data[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6};
    struct reply reply = {.data = (uint8_t *)(uintptr_t)data, .len = sizeof data};
    enum port_result result;

    if (port->ops->send(port, NULL, &reply) != PORT_DONE)
        return -1;
    return port->ops->send_many(port, &reply, 1, &result) == 1 ? 0 : -1;
}

static int
look_at_interface(void)
{
    struct platform_interface interface;
    int rc = platform_interface_read(port->name, &interface);

    if (rc == 0 && (interface.index == 0 || interface.address_count == 0 || interface.mtu == 0 || !interface.has_mac))
        rc = -1;
    platform_interface_free(&interface);
    return rc;
}

static int
look_at_settings(void)
{
    return platform_echo(4) == PLATFORM_ECHO_UNKNOWN ? -1 : 0;
}

static int
take_client_in(void)
{
    return try_fd(accept(listener, NULL, NULL));
}

static int
write_and_read(void)
{
    struct pollfd fd = {.fd = pipe_fds[0], .events = POLLIN};
    char byte;

    return write(pipe_fds[1], "x", 1) != 1 || poll(&fd, 1, 1000) != 1 || read(pipe_fds[0], &byte, 1) != 1 ? -1 : 0;
}

static int
take_memory(void)
{
    char *bytes = malloc(SOME_BYTES);

    if (bytes != NULL)
        memset(bytes, 1, SOME_BYTES);
    free(bytes);
    return bytes == NULL ? -1 : 0;
}

static int
tell_time(void)
{
    time_t now = time(NULL);
    struct tm broken_down;

    return localtime_r(&now, &broken_down) == NULL || platform_wait(NULL, 0, 1000) != 0 ? -1 : 0;
}

/* In a folder that is open, as a keeper's are. */
static int
write_in_a_folder(void)
{
    int fd = openat(folder, "confined.new", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);

    if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0)
        return -1;
    return renameat(folder, "confined.new", folder, "confined") != 0 ? -1 : unlinkat(folder, "confined", 0);
}

static int
write_too_much(void)
{
    static const char much[2 * KEEPER_TEXT];
    int fd = openat(folder, "confined.much", O_WRONLY | O_CREAT | O_EXCL, 0600);

    if (fd < 0 || unlinkat(folder, "confined.much", 0) != 0)
        return -1;
    return write(fd, much, sizeof much) == sizeof much ? 0 : -1;
}

enum ending { DONE, REFUSED, DEADLY };

static const char *const ending_names[] = {[DONE] = "done", [REFUSED] = "refused", [DEADLY] = "deadly"};

static const struct trial {
    const char *name;
    int (*try)(void);
    enum ending outside, inside;
    bool has_threads;
} trials[] = {
    {"open-to-read", open_to_read, DONE, REFUSED, false},
    {"open-the-root", open_the_root, DONE, REFUSED, false},
    {"open-to-write", open_to_write, DONE, REFUSED, false},
    {"unix-socket", open_unix_socket, DONE, REFUSED, false},
    {"internet-socket", open_internet_socket, DONE, REFUSED, false},
    {"netlink-socket", open_netlink_socket, DONE, REFUSED, false},
    {"packet-socket", open_packet_socket, DONE, REFUSED, false},
    {"connect", connect_again, DONE, REFUSED, false},
    {"cut-file-short", cut_file_short, DONE, REFUSED, false},
    {"exec", execute, DONE, DEADLY, false},
    {"fork", fork_once, DONE, REFUSED, false},
    {"ptrace", trace, DONE, DEADLY, false},
    {"kill", signal_others, DONE, REFUSED, false},
    {"mmap-code", map_code, DONE, REFUSED, false},
    {"mprotect-code", make_code, DONE, REFUSED, false},
    {"setuid", become_root, DONE, REFUSED, false},
    {"chroot", change_root, DONE, REFUSED, false},
    {"dumpable", be_traced_by_all, DONE, REFUSED, false},
    {"thread", start_thread, DONE, REFUSED, false},
    {"thread-where-planned", start_thread, DONE, DONE, true},
    {"fork-where-threads-are-planned", fork_once, DONE, REFUSED, true},
    {"detach-filter", take_filter_away, REFUSED, REFUSED, false}, /* it is locked from its beginning on */
    {"capture", capture, DONE, DONE, false},
    {"send", send_frame, DONE, DONE, false},
    {"interface", look_at_interface, DONE, DONE, false},
    {"settings", look_at_settings, DONE, DONE, false},
    {"accept", take_client_in, DONE, DONE, false},
    {"log", tell_log, DONE, DONE, false},
    {"pipe", write_and_read, DONE, DONE, false},
    {"memory", take_memory, DONE, DONE, false},
    {"time", tell_time, DONE, DONE, false},
};

enum { TRIALS = sizeof trials / sizeof trials[0] };

/* The same of a keeper, which may open files, but has only an empty directory to do so. */
static const struct trial keeper_trials[] = {
    {"keeper-open-to-read", open_to_read, DONE, REFUSED, false},
    {"keeper-open-to-write", open_to_write, DONE, REFUSED, false},
    {"keeper-write-in-a-folder", write_in_a_folder, DONE, DONE, false},
    {"keeper-write-too-much", write_too_much, DONE, REFUSED, false},
    {"keeper-unix-socket", open_unix_socket, DONE, REFUSED, false},
    {"keeper-internet-socket", open_internet_socket, DONE, REFUSED, false},
    {"keeper-packet-socket", open_packet_socket, DONE, REFUSED, false},
    {"keeper-exec", execute, DONE, DEADLY, false},
    {"keeper-fork", fork_once, DONE, REFUSED, false},
    {"keeper-ptrace", trace, DONE, DEADLY, false},
    {"keeper-kill", signal_others, DONE, REFUSED, false},
    {"keeper-mmap-code", map_code, DONE, REFUSED, false},
    {"keeper-mprotect-code", make_code, DONE, REFUSED, false},
    {"keeper-setuid", become_root, DONE, REFUSED, false},
    {"keeper-chroot", change_root, DONE, REFUSED, false},
    {"keeper-dumpable", be_traced_by_all, DONE, REFUSED, false},
    {"keeper-pipe", write_and_read, DONE, DONE, false},
};

enum { KEEPER_TRIALS = sizeof keeper_trials / sizeof keeper_trials[0] };

/* --- both ways */

static void
die(const char *sentence)
{
    fprintf(stderr, "confined: %s\n", sentence);
    exit(EXIT_FAILURE);
}

/* A socket that somebody waits at, once for each of two accept(2), without a file. */
static void
open_clients(void)
{
    int clients[] = {socket(AF_UNIX, SOCK_STREAM, 0), socket(AF_UNIX, SOCK_STREAM, 0)};
    const struct sockaddr_un any = {.sun_family = AF_UNIX};
    struct sockaddr_un address;
    socklen_t len = sizeof address;

    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(listener, (const struct sockaddr *)&any, sizeof any.sun_family) != 0 || listen(listener, 2) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0 ||
        connect(clients[0], (const struct sockaddr *)&address, len) != 0 ||
        connect(clients[1], (const struct sockaddr *)&address, len) != 0)
        die("no client could be made");
}

/* A datagram socket that a stand-in for the log listens at, connected, and a file. */
static void
open_log(void)
{
    const struct sockaddr_un any = {.sun_family = AF_UNIX};
    int log = socket(AF_UNIX, SOCK_DGRAM, 0);

    log_fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (bind(log, (const struct sockaddr *)&any, sizeof any.sun_family) != 0 ||
        getsockname(log, (struct sockaddr *)&log_address, &log_address_len) != 0 || connect_again() != 0)
        die("no log could be made");
    file_fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    if (file_fd < 0)
        die("no file could be made");
}

/* Whether the trial is one of a keeper. */
static bool
is_keepers(const struct trial *trial)
{
    return trial >= keeper_trials && trial < keeper_trials + KEEPER_TRIALS;
}

static void
go_inside(const struct trial *trial, struct ratchet *ratchet)
{
    static const struct log log = {.verbosity = 1, .is_quiet = true};
    char errbuf[PORT_ERRBUF] = "a keeper cannot give up all";
    size_t step;

    if (is_keepers(trial) ? keeper_serve_give_up(&step) != 0 : ratchet_turn(ratchet, &log, errbuf) != 0)
        die(errbuf);
}

/* In a process of its own, inside or outside of the sandbox. */
static enum ending
try(const struct trial *trial, struct ratchet *ratchet)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        alarm(PATIENCE_S);
        if (ratchet != NULL)
            go_inside(trial, ratchet);
        _exit(trial->try() == 0 ? DONE : REFUSED);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        die("no process could be made");
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? DEADLY : TRIALS; /* none of the endings */
    return (enum ending)WEXITSTATUS(status);
}

static int
judge(const struct trial *trial, struct ratchet *ratchet)
{
    enum ending outside = try(trial, NULL), inside;

    ratchet->plan.starts_threads = trial->has_threads;
    inside = try(trial, ratchet);
    if (outside == trial->outside && inside == trial->inside)
        return EXIT_SUCCESS;
    printf("%s: outside %s (%u), inside %s (%u)\n", trial->name, outside <= DEADLY ? ending_names[outside] : "another end",
           outside, inside <= DEADLY ? ending_names[inside] : "another end", inside);
    return EXIT_FAILURE;
}

/* Whether this build, on this kernel, refuses anything at all. */
static int
has_sandbox(const struct ratchet *ratchet)
{
    pid_t child;
    int status = 0;

    if (platform_is_instrumented()) {
        puts("this build looks at itself");
        return SKIPPED;
    }
    fflush(stdout);
    child = fork();
    if (child == 0)
        _exit(platform_renounce(&ratchet->plan) < 0 ? EXIT_FAILURE : platform_confine(&ratchet->plan));
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) > PLATFORM_ABSENT)
        die("the sandbox cannot be tried");
    if (WEXITSTATUS(status) == 0)
        return EXIT_SUCCESS;
    puts("there is no seccomp in this build, or on this kernel");
    return SKIPPED;
}

int
main(int argc, char *argv[])
{
    struct live_options live = {.sends_many = true};
    struct ratchet ratchet;
    char errbuf[PORT_ERRBUF], *words[] = {argv[0], (char[]){"-i"}, NULL, (char[]){"--control"}, (char[]){"unused"}, NULL};

    for (size_t i = 0; i < TRIALS && argc == 1; i++)
        puts(trials[i].name);
    for (size_t i = 0; i < KEEPER_TRIALS && argc == 1; i++)
        puts(keeper_trials[i].name);
    if (argc < 3)
        return argc == 1 ? EXIT_SUCCESS : EXIT_FAILURE;
    words[2] = argv[2];
    if (options_parse(&options, 5, words, errbuf) != 0 || ratchet_plan(&ratchet, &options, errbuf) != 0)
        die(errbuf);
    if (argc == 3)
        return has_sandbox(&ratchet);
    live.policy = options_policy(&options, 0);
    port = live_open(argv[2], &live, errbuf);
    if (port == NULL)
        die(errbuf);
    open_clients();
    open_log();
    if (pipe(pipe_fds) != 0)
        die("there is no pipe");
    folder = open("/tmp", O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < TRIALS; i++)
        if (strcmp(trials[i].name, argv[3]) == 0)
            return judge(&trials[i], &ratchet);
    for (size_t i = 0; i < KEEPER_TRIALS; i++)
        if (strcmp(keeper_trials[i].name, argv[3]) == 0)
            return judge(&keeper_trials[i], &ratchet);
    die("there is no such trial");
}
