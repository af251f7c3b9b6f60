/* The file of a UNIX socket: how it is named, comes into being, and goes. */
#include "config.h"

#include "socket_file.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 16 };

int
socket_file_address(const char *path, struct sockaddr_un *address, char errbuf[static PORT_ERRBUF])
{
    size_t len = strlen(path);

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (len == 0) {
        snprintf(errbuf, PORT_ERRBUF, "the path of the socket is empty: name one");
        return -1;
    }
    if (len >= sizeof address->sun_path) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: is too long for the path of a socket: %zu bytes are the most", path,
                 sizeof address->sun_path - 1);
        return -1;
    }
    memcpy(address->sun_path, path, len);
    return 0;
}

int
socket_file_settle(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ? -1 : 0;
}

int
socket_file_socket(void)
{
    int saved, fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0 || socket_file_settle(fd) == 0)
        return fd;
    saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static int
say(const char *path, int error, char errbuf[static PORT_ERRBUF])
{
    snprintf(errbuf, PORT_ERRBUF, "%s: %s", path, strerror(error));
    return -1;
}

/* Whether nobody listens at a socket.  One whose queue is full, which is EAGAIN, is as alive as can be. */
static bool
is_dead(const struct sockaddr_un *address, int *error)
{
    int fd = socket_file_socket();

    *error = 0;
    if (fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) != 0)
        *error = errno;
    if (fd >= 0)
        close(fd);
    if (*error == EAGAIN || *error == EWOULDBLOCK || *error == EINPROGRESS)
        *error = 0;
    return *error == ECONNREFUSED;
}

/* Sees to it that nothing stands at the path, as a socket does whose pongd was killed. */
static int
clear_path(const struct sockaddr_un *address, char errbuf[static PORT_ERRBUF])
{
    const char *path = address->sun_path;
    struct stat found;
    int error;

    if (lstat(path, &found) != 0)
        return errno == ENOENT ? 0 : say(path, errno, errbuf);
    if (!S_ISSOCK(found.st_mode)) {
        snprintf(errbuf, PORT_ERRBUF, "%s: is there already, and is no socket: name another path", path);
        return -1;
    }
    if (is_dead(address, &error))
        return unlink(path) == 0 || errno == ENOENT ? 0 : say(path, errno, errbuf);
    if (error != 0)
        return say(path, error, errbuf);
    snprintf(errbuf, PORT_ERRBUF, "%s: another pongd listens there: end it, or name another path", path);
    return -1;
}

/* Binds with the mode that the file is to have from its first moment on. */
static int
bind_private(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(S_IXUSR | S_IRWXG | S_IRWXO);
    int rc = bind(fd, (const struct sockaddr *)address, sizeof *address);
    int saved = errno;

    umask(before);
    errno = saved;
    return rc;
}

int
socket_file_listen(const char *path, struct socket_file *file, char errbuf[static PORT_ERRBUF])
{
    struct sockaddr_un address;
    struct stat made;
    int fd, rc;

    if (socket_file_address(path, &address, errbuf) != 0 || clear_path(&address, errbuf) != 0)
        return -1;
    fd = socket_file_socket();
    if (fd < 0 || bind_private(fd, &address) != 0) {
        rc = say(path, errno, errbuf);
        if (fd >= 0)
            close(fd);
        return rc;
    }
    if (lstat(path, &made) != 0 || listen(fd, BACKLOG) != 0) {
        rc = say(path, errno, errbuf);
        unlink(path);
        close(fd);
        return rc;
    }
    *file = (struct socket_file){path, made.st_dev, made.st_ino};
    return fd;
}

void
socket_file_remove(const struct socket_file *file)
{
    struct stat found;

    if (lstat(file->path, &found) == 0 && S_ISSOCK(found.st_mode) && found.st_dev == file->device &&
        found.st_ino == file->inode)
        (void)unlink(file->path);
}
