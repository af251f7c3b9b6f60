/* Signals by the self-pipe trick, which is the same on every system. */
#include "config.h"

#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static int pipe_fds[2] = {-1, -1};
static bool is_background;
static atomic_int stop, hangup, report, wake; /* lock-free, as handlers need them, and seen by all threads */

static void
on_signal(int number)
{
    int saved = errno;

    if (number == SIGHUP && is_background)
        hangup = 1;
    else if (number == SIGINT || number == SIGTERM || number == SIGHUP)
        stop = 1;
    else
        report = 1;
    (void)!write(pipe_fds[1], "", 1); /* full: then somebody is awake already */
    errno = saved;
}

/* What ends the run must wake a system call that sleeps; a wish for a report must not break one that reads a file. */
static int
catch(int number, int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}

/* What ends the run is caught once: asked twice, the system ends it. */
static int
catch_end(int number)
{
    return catch(number, (int)SA_RESETHAND);
}

/* nohup(1) sets this one to be ignored, and it stays so. */
static int
catch_hangup(void)
{
    struct sigaction action;

    if (sigaction(SIGHUP, NULL, &action) != 0)
        return -1;
    if (action.sa_handler == SIG_IGN)
        return 0;
    return is_background ? catch(SIGHUP, SA_RESTART) : catch_end(SIGHUP);
}

int
signals_open(bool background)
{
    is_background = background;
    if (pipe(pipe_fds) != 0)
        return -1;
    for (int i = 0; i < 2; i++)
        if (fcntl(pipe_fds[i], F_SETFL, O_NONBLOCK) != 0 || fcntl(pipe_fds[i], F_SETFD, FD_CLOEXEC) != 0)
            return -1;
    if (catch_end(SIGTERM) != 0 || catch_end(SIGINT) != 0 || catch_hangup() != 0 || catch(SIGUSR1, SA_RESTART) != 0)
        return -1;
#ifdef SIGINFO
    if (catch(SIGINFO, SA_RESTART) != 0)
        return -1;
#endif
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error like others, and said */
    return pipe_fds[0];
}

bool
signals_ask_for_the_end(void)
{
    return stop != 0;
}

struct signals
signals_take(void)
{
    struct signals taken;
    char buffer[64];

    if (stop == 0 && hangup == 0 && report == 0 && wake == 0)
        return (struct signals){false, false, false};
    wake = 0;
    while (read(pipe_fds[0], buffer, sizeof buffer) > 0)
        ;
    taken = (struct signals){stop != 0, hangup != 0, report != 0};
    hangup = report = 0;
    return taken;
}

void
signals_stop(void)
{
    stop = 1;
}

void
signals_wake(void)
{
    wake = 1;
    (void)!write(pipe_fds[1], "", 1);
}

void
signals_close(void)
{
    for (int i = 0; i < 2; i++)
        if (pipe_fds[i] >= 0)
            close(pipe_fds[i]);
}
