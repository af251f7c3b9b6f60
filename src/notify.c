/* What the service manager is told: lines of NAME=VALUE in a datagram, to the socket that NOTIFY_SOCKET names.  The socket is
 * connected before files and sockets are given up; what it cannot take at once is tried again, or left out. */
#include "config.h"

#include "notify.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parse.h"
#include "socket_file.h"

enum {
    US_PER_MS = 1000,
    PATIENCE_MS = 1000, /* for what is told once */
    AGAIN_MS = 50       /* when something was not alive, or the socket full */
};

static const char socket_name[] = "NOTIFY_SOCKET", time_name[] = "WATCHDOG_USEC", pid_name[] = "WATCHDOG_PID";

static int
say(const char *name, const char *what, char errbuf[static PORT_ERRBUF])
{
    snprintf(errbuf, PORT_ERRBUF, "NOTIFY_SOCKET: %.200s: %s: the service manager is told nothing", name, what);
    return -1;
}

/* A path, or behind a "@" a name that is in no folder (on Linux).  Returns how long the address is, 0 if it is neither. */
static socklen_t
make_address(const char *name, struct sockaddr_un *address)
{
    size_t len = strlen(name);

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof address->sun_path)
        return 0;
    memcpy(address->sun_path, name, len);
    if (name[0] == '/')
        return sizeof *address;
    address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int
connect_to(struct notify *notify, const char *name, char errbuf[static PORT_ERRBUF])
{
    struct sockaddr_un address;
    socklen_t len = make_address(name, &address);
    int fd, error;

    if (len == 0)
        return say(name, "is neither a path nor a name behind @", errbuf);
    fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd >= 0 && socket_file_settle(fd) == 0 && connect(fd, (const struct sockaddr *)&address, len) == 0) {
        notify->fd = fd;
        return 0;
    }
    error = errno;
    if (fd >= 0)
        close(fd);
    return say(name, strerror(error), errbuf);
}

/* Half of the time after which the service manager takes us for dead; 0 if it does not look, or at another process. */
static uint64_t
read_period(void)
{
    const char *time = getenv(time_name), *pid = getenv(pid_name);
    char why[PORT_ERRBUF];
    uint64_t us, number;

    if (time == NULL || parse_number(time, 1, UINT64_MAX, &us, why) != 0)
        return 0;
    if (pid != NULL && (parse_number(pid, 0, UINT64_MAX, &number, why) != 0 || number != (uint64_t)getpid()))
        return 0;
    return us / 2 < US_PER_MS ? 1 : us / 2 / US_PER_MS;
}

int
notify_open(struct notify *notify, char errbuf[static PORT_ERRBUF])
{
    const char *name = getenv(socket_name);
    int rc = 0;

    *notify = (struct notify){.fd = -1};
    if (name != NULL)
        rc = connect_to(notify, name, errbuf);
    if (notify->fd >= 0)
        notify->each_ms = read_period();
    (void)unsetenv(socket_name);
    (void)unsetenv(time_name);
    (void)unsetenv(pid_name);
    return rc;
}

static bool
tell(const struct notify *notify, const char *text)
{
    return notify->fd >= 0 && send(notify->fd, text, strlen(text), 0) >= 0;
}

static int
tell_patiently(const struct notify *notify, const char *text)
{
    struct pollfd fd = {.fd = notify->fd, .events = POLLOUT};

    if (notify->fd < 0 || tell(notify, text))
        return 0;
    if ((errno != EAGAIN && errno != EINTR) || poll(&fd, 1, PATIENCE_MS) != 1)
        return -1;
    return tell(notify, text) ? 0 : -1;
}

int
notify_ready(struct notify *notify, bool is_background, uint64_t now_ms)
{
    char text[64] = "READY=1\n";

    if (is_background)
        snprintf(text, sizeof text, "READY=1\nMAINPID=%ld\n", (long)getpid());
    notify->next_ms = now_ms; /* the first sign of life may come at once */
    return tell_patiently(notify, text);
}

void
notify_stopping(struct notify *notify)
{
    if (notify != NULL)
        (void)tell_patiently(notify, "STOPPING=1\n");
}

void
notify_status(struct notify *notify, const char *status)
{
    char text[sizeof "STATUS=\n" + NOTIFY_STATUS];

    if (strncmp(notify->status, status, sizeof notify->status - 1) == 0)
        return;
    snprintf(text, sizeof text, "STATUS=%.*s\n", NOTIFY_STATUS - 1, status);
    if (tell(notify, text))
        snprintf(notify->status, sizeof notify->status, "%s", status);
}

uint64_t
notify_due(const struct notify *notify)
{
    return notify == NULL || notify->fd < 0 || notify->each_ms == 0 ? UINT64_MAX : notify->next_ms;
}

void
notify_live(struct notify *notify, bool is_alive, uint64_t now_ms)
{
    if (now_ms < notify_due(notify))
        return;
    if (is_alive && tell(notify, "WATCHDOG=1\n"))
        notify->next_ms = now_ms + notify->each_ms;
    else
        notify->next_ms = now_ms + (notify->each_ms < AGAIN_MS ? notify->each_ms : AGAIN_MS);
}

void
notify_close(struct notify *notify)
{
    if (notify->fd >= 0)
        close(notify->fd);
    notify->fd = -1;
}
