/* The keeper's own side: what becomes of its process, and what it does for whoever asks.
 *
 * A pongd that a frame has taken over may send anything here.  So nothing is in a message but numbers, the text of metrics, and
 * what file a name at the start stood for; what does not belong is the end.  How fast files come into being is limited, too. */
#include "config.h"

#include "keeper_serve.h"

#include <sys/types.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "keeper_wire.h"
#include "platform/sandbox.h"
#include "responder/ratelimit.h"
#include "rotation.h"

enum {
    FDS_MOST = 4096,
    RATE = 20,   /* files and texts a second */
    BURST = 100, /* and at once */
    REST_MS = 10
};

/* --- what is given up */

/* In their order, as in ratchet.c. */
static const struct step {
    const char *trouble;
    const char *remedy; /* NULL: platform_shut_in_remedy() has it */
    bool is_for_root;
    bool is_blinding;
    platform_step *take;
} steps[] = {
    {"the capabilities of other programs", "see whether something forbids prctl", true, false, platform_bound},
    {"all other files", NULL, true, true, platform_shut_in},
    {"new privileges", "see whether something forbids prctl", false, false, platform_renounce},
    {"capabilities", "see whether something forbids capset", false, false, platform_keeper_disarm},
    {"resources", "see whether something forbids setrlimit", false, true, platform_keeper_limit},
    {"system calls", "see whether something forbids seccomp", false, true, platform_keeper_confine},
};

enum { STEPS = sizeof steps / sizeof steps[0] };

int
keeper_serve_explain(size_t step, int error, char errbuf[static PORT_ERRBUF])
{
    const struct step *failed = &steps[step < STEPS ? step : STEPS - 1];

    snprintf(errbuf, PORT_ERRBUF, "the process that keeps files could not give up %s: %s: %s", failed->trouble, strerror(error),
             failed->remedy != NULL ? failed->remedy : platform_shut_in_remedy());
    return -1;
}

/* Ends with pongd and not before it, whoever else is told to. */
static void
ignore_signals(void)
{
    static const int ignored[] = {
        SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE,
#ifdef SIGINFO
        SIGINFO,
#endif
    };

    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        signal(ignored[i], SIG_IGN);
}

static bool
is_kept(const struct keeper_files *files, int socket, int fd)
{
    if (fd == socket || fd == files->savefile.folder || fd == files->metrics.folder || fd == files->held)
        return true;
    for (size_t i = 0; i < files->removal_count; i++)
        if (fd == files->removals[i].place.folder)
            return true;
    return false;
}

/* Whoever reads what pongd says is not to wait for us.  Which descriptors are open, poll(2) tells in one call. */
static void
close_others(const struct keeper_files *files, int socket)
{
    static struct pollfd fds[FDS_MOST];
    long most = sysconf(_SC_OPEN_MAX);
    nfds_t count = most > 0 && most < FDS_MOST ? (nfds_t)most : FDS_MOST;
    int null = open("/dev/null", O_RDWR);
    bool is_known;

    for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
        (void)dup2(null, fd);
    for (nfds_t i = 0; i < count; i++)
        fds[i].fd = (int)i;
    is_known = poll(fds, count, 0) >= 0;
    for (nfds_t i = STDERR_FILENO + 1; i < count; i++)
        if ((!is_known || (fds[i].revents & POLLNVAL) == 0) && !is_kept(files, socket, (int)i))
            close((int)i);
}

int
keeper_serve_give_up(size_t *step)
{
    const struct platform_plan plan = {.descriptors = 2, .file_bytes = KEEPER_TEXT};
    bool is_root = platform_is_root();

    for (*step = 0; *step < STEPS; ++*step) {
        const struct step *next = &steps[*step];

        if ((next->is_for_root && !is_root) || (next->is_blinding && platform_is_instrumented()))
            continue;
        if (next->take(&plan) < 0)
            return -1;
    }
    return 0;
}

/* --- what is asked for */

static int
answer(int fd, uint32_t what, int error, int passed)
{
    const struct keeper_message message = {KEEPER_MAGIC, what, {(uint64_t)error, 0, 0}};

    return keeper_wire_send(fd, &message, NULL, 0, passed);
}

/* 0, or -1 at the end. */
static int
read_all(int fd, void *to, size_t len)
{
    char *at = to;

    while (len > 0) {
        ssize_t got = read(fd, at, len);

        if (got == 0 || (got < 0 && errno != EINTR))
            return -1;
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
    return 0;
}

/* Whether it is text: whoever reads it later is no part of this. */
static bool
is_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if ((byte < ' ' && byte != '\n') || byte == 0x7f)
            return false;
    }
    return true;
}

static int
serve_file(struct keeper_files *files, int fd, const struct keeper_message *message)
{
    char header[ROTATION_HEADER];
    size_t len = (size_t)message->values[1];
    int opened, error, rc;

    if (message->values[1] > sizeof header || read_all(fd, header, len) != 0)
        return -1;
    opened = keeper_files_next(files, message->values[0], header, len);
    error = opened < 0 ? errno : 0;
    if (error == EINVAL)
        return -1;
    rc = answer(fd, KEEPER_FILE, error, opened);
    if (opened >= 0)
        close(opened);
    return rc;
}

static int
serve_metrics(struct keeper_files *files, int fd, const struct keeper_message *message)
{
    static char text[KEEPER_TEXT];
    size_t len = (size_t)message->values[0];

    if (message->values[0] > KEEPER_TEXT || read_all(fd, text, len) != 0 || !is_text(text, len) ||
        files->metrics.folder < 0)
        return -1;
    return answer(fd, KEEPER_METRICS, keeper_files_write(files, text, len) == 0 ? 0 : errno, -1);
}

static int
serve_removal(struct keeper_files *files, int fd, const struct keeper_message *message)
{
    const struct keeper_file file = {message->values[1], message->values[2]};

    (void)fd;
    return keeper_files_know(files, message->values[0], &file);
}

/* 0, or -1 for who may not ask for that. */
static int (*const servants[KEEPER_WHATS])(struct keeper_files *files, int fd, const struct keeper_message *message) = {
    [KEEPER_FILE] = serve_file, [KEEPER_METRICS] = serve_metrics, [KEEPER_REMOVAL] = serve_removal};

/* Descriptors that somebody sends along are not taken: read(2) leaves them to the system. */
void
keeper_serve(struct keeper_files *files, int fd)
{
    struct keeper_message message;
    struct ratelimit rate;

    ratelimit_init(&rate, RATE, BURST);
    while (read_all(fd, &message, sizeof message) == 0) {
        if (message.magic != KEEPER_MAGIC || message.what >= KEEPER_WHATS || servants[message.what] == NULL)
            break;
        while (!ratelimit_take(&rate, clock_steady_ns()))
            (void)poll(NULL, 0, REST_MS);
        if (servants[message.what](files, fd, &message) != 0)
            break;
    }
}

void
keeper_serve_process(struct keeper_files *files, int fd)
{
    struct keeper_message ready = {KEEPER_MAGIC, KEEPER_READY, {0, 0, 0}};
    size_t step;

    ignore_signals();
    close_others(files, fd);
    if (keeper_serve_give_up(&step) != 0) {
        ready.values[0] = (uint64_t)errno;
        ready.values[1] = step;
    }
    if (keeper_wire_send(fd, &ready, NULL, 0, -1) != 0 || ready.values[0] != 0)
        _exit(1);
    keeper_serve(files, fd);
    keeper_files_remove(files);
    _exit(0);
}
