/* The file with the number of the process.  The lock tells whether who wrote it is alive; the number is for others to read. */
#include "config.h"

#include "pid_file.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 8 };

static int
say(const char *path, const char *what, char errbuf[static PORT_ERRBUF])
{
    snprintf(errbuf, PORT_ERRBUF, "--pid-file: %.300s: %s", path, what);
    return -1;
}

/* What the file holds, without the newline.  Returns false if that is more than a number. */
static bool
read_number(int fd, char number[static PID_FILE_MOST])
{
    char bytes[PID_FILE_MOST];
    ssize_t len = pread(fd, bytes, sizeof bytes, 0);

    number[0] = '\0';
    if (len > 0 && bytes[len - 1] == '\n')
        len--;
    if (len < 0 || len == PID_FILE_MOST)
        return false;
    memcpy(number, bytes, (size_t)len);
    number[len] = '\0';
    return strspn(number, "0123456789") == (size_t)len;
}

/* Who holds it has written its number, or is about to, or has just taken it away. */
static int
say_held(int fd, const char *path, char errbuf[static PORT_ERRBUF])
{
    char number[PID_FILE_MOST], what[128];

    if (!read_number(fd, number) || number[0] == '\0')
        return say(path, "another pongd holds it, which is about to start or to end: try again, or name another file", errbuf);
    snprintf(what, sizeof what, "another pongd holds it, process %s: end that one, or name another file", number);
    return say(path, what, errbuf);
}

/* Whether the path still leads to what is open: who ended meanwhile may have removed that. */
static bool
is_at(int fd, const char *path, struct stat *opened)
{
    struct stat found;

    return fstat(fd, opened) == 0 && lstat(path, &found) == 0 && found.st_dev == opened->st_dev &&
           found.st_ino == opened->st_ino;
}

/* Looks at what is open, and takes it if it is for us.  Returns 0, -1 with errbuf filled, or 1 if it is not at its path any more. */
static int
take(int fd, const char *path, char errbuf[static PORT_ERRBUF])
{
    char number[PID_FILE_MOST];
    struct stat opened;

    if (fstat(fd, &opened) == 0 && !S_ISREG(opened.st_mode))
        return say(path, "is there already, and is no file: name another path", errbuf);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? say_held(fd, path, errbuf) : say(path, strerror(errno), errbuf);
    if (!is_at(fd, path, &opened))
        return 1;
    if (!read_number(fd, number))
        return say(path, "is there already, and holds more than the number of a process: name another path", errbuf);
    if (ftruncate(fd, 0) != 0)
        return say(path, strerror(errno), errbuf);
    (void)fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH); /* whatever the umask is */
    return 0;
}

/* The folder that we are in may be another one in the end. */
static int
keep(struct pid_file *file, int fd, const char *path, char errbuf[static PORT_ERRBUF])
{
    char *whole = realpath(path, NULL);

    if (whole == NULL) {
        (void)say(path, strerror(errno), errbuf);
        close(fd);
        return -1;
    }
    *file = (struct pid_file){fd, whole};
    return 0;
}

int
pid_file_open(struct pid_file *file, const char *path, char errbuf[static PORT_ERRBUF])
{
    const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;

    for (int i = 0; i < TRIES; i++) {
        int fd = open(path, flags, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH), rc;

        if (fd < 0)
            return say(path, errno == ELOOP || errno == EMLINK ? "is a symbolic link: name the file itself" : strerror(errno),
                       errbuf);
        rc = take(fd, path, errbuf);
        if (rc == 0)
            return keep(file, fd, path, errbuf);
        close(fd);
        if (rc < 0)
            return -1;
    }
    return say(path, "it comes and goes: name another path", errbuf);
}

int
pid_file_write(const struct pid_file *file, char errbuf[static PORT_ERRBUF])
{
    char number[PID_FILE_MOST];
    int len = snprintf(number, sizeof number, "%ld\n", (long)getpid());
    ssize_t written;

    if (file->fd < 0)
        return 0;
    written = pwrite(file->fd, number, (size_t)len, 0);
    if (written == len)
        return 0;
    return say(file->path, written < 0 ? strerror(errno) : "there is no room for a number", errbuf);
}

/* Empty it is as good as gone: nobody is taken for us. */
int
pid_file_close(struct pid_file *file, bool has_files, char errbuf[static PORT_ERRBUF])
{
    struct stat opened;
    int rc;

    if (file->fd < 0)
        return 0;
    rc = ftruncate(file->fd, 0);
    if (rc != 0)
        (void)say(file->path, strerror(errno), errbuf);
    if (has_files && is_at(file->fd, file->path, &opened) && unlink(file->path) == 0)
        rc = 0;
    close(file->fd);
    free(file->path);
    *file = (struct pid_file){-1, NULL};
    return rc;
}
