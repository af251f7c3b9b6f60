/* Linux: the system's log, by a socket that is connected while it can be found.  syslog(3) would wait when the log is full, would
 * close its socket when the log was away for a moment, and would tell of neither. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { LINE_ROOM = 4096, PATIENCE_MS = 100 };

static int log_fd = -1, log_facility;

const char *
platform_log_name(void)
{
    return _PATH_LOG;
}

int
platform_log_open(int facility)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = _PATH_LOG};
    int error;

    log_facility = facility;
    log_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (log_fd < 0)
        return -1;
    if (connect(log_fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return 0;
    error = errno;
    close(log_fd);
    log_fd = -1;
    errno = error;
    return -1;
}

static int
send_line(const char *line, size_t len, bool is_patient)
{
    struct pollfd fd = {.fd = log_fd, .events = POLLOUT};

    if (send(log_fd, line, len, MSG_NOSIGNAL) >= 0)
        return 0;
    if (errno != EAGAIN || !is_patient || poll(&fd, 1, PATIENCE_MS) != 1)
        return -1;
    return send(log_fd, line, len, MSG_NOSIGNAL) >= 0 ? 0 : -1;
}

/* "<30>Nov 28 06:45:32 pongd[123]: …", as RFC 3164 has it, and daemons expect it of who is on this host. */
int
platform_log_send(int priority, const char *text, bool is_patient)
{
    char line[LINE_ROOM], stamp[32] = "";
    time_t now = time(NULL);
    struct tm broken_down;
    int len;

    if (log_fd < 0)
        return -1;
    if (localtime_r(&now, &broken_down) == NULL || strftime(stamp, sizeof stamp, "%b %e %H:%M:%S ", &broken_down) == 0)
        stamp[0] = '\0';
    len = snprintf(line, sizeof line, "<%d>%spongd[%ld]: %s", log_facility | priority, stamp, (long)getpid(), text);
    if (len < 0)
        return -1;
    return send_line(line, (size_t)len < sizeof line ? (size_t)len : sizeof line - 1, is_patient);
}
