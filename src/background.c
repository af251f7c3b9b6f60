/* -b: two processes, of which the first one waits until the second one answers, or says why it does not. */
#include "config.h"

#include "background.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

enum { EXIT_TROUBLE = 2 };

/* The exit status of a process that has ended before it was ready.  Why it did it has told, if it could. */
static int
take_status(pid_t child)
{
    int status;
    pid_t ended;

    do
        ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    if (ended == child && WIFEXITED(status) && WEXITSTATUS(status) != EXIT_SUCCESS)
        return WEXITSTATUS(status);
    if (ended == child && WIFSIGNALED(status))
        log_error("-b: pongd was ended by signal %d before it was ready: look whether the system's log says why",
                  WTERMSIG(status));
    else
        log_error("-b: pongd ended before it was ready: start it without -b to see more");
    return EXIT_TROUBLE;
}

/* The end of the pipe is the end of the process. */
static int
wait_until_ready(int fd, pid_t child)
{
    ssize_t got;
    char byte;

    do
        got = read(fd, &byte, 1);
    while (got < 0 && errno == EINTR);
    close(fd);
    return got == 1 ? EXIT_SUCCESS : take_status(child);
}

bool
background_start(struct background *background, int *status)
{
    int fds[2] = {-1, -1};
    pid_t child = pipe(fds) != 0 || fcntl(fds[1], F_SETFD, FD_CLOEXEC) != 0 ? -1 : fork();

    if (child == 0) {
        close(fds[0]);
        background->ready_fd = fds[1];
        return false;
    }
    *status = EXIT_TROUBLE;
    if (child < 0)
        log_error("-b: %s: there is no process for the background", strerror(errno));
    if (fds[1] >= 0)
        close(fds[1]);
    if (child > 0)
        *status = wait_until_ready(fds[0], child);
    else if (fds[0] >= 0)
        close(fds[0]);
    return true;
}

/* Until then Ctrl-C ends both processes. */
int
background_leave(const struct background *background, char errbuf[static PORT_ERRBUF])
{
    int fd, rc;

    if (background->ready_fd < 0)
        return 0;
    fd = open("/dev/null", O_RDWR);
    rc = fd < 0 || setsid() < 0 || chdir("/") != 0 ? -1 : 0;
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO && rc == 0; standard++)
        if (dup2(fd, standard) < 0)
            rc = -1;
    if (rc != 0)
        snprintf(errbuf, PORT_ERRBUF, "-b: the terminal could not be left: %s", strerror(errno));
    if (fd > STDERR_FILENO)
        close(fd);
    return rc;
}

int
background_tell_ready(struct background *background)
{
    ssize_t told;

    if (background->ready_fd < 0)
        return 0;
    do
        told = write(background->ready_fd, "", 1);
    while (told < 0 && errno == EINTR);
    close(background->ready_fd);
    background->ready_fd = -1;
    return told == 1 ? 0 : -1;
}
