/* The files of a keeper: what may be written and removed when everything else has been given up, and nothing beside it.
 *
 * Every name is one in a folder that was opened at the start, and none is followed where it is a symbolic link: who may write
 * in the folder can lead nobody elsewhere. */
#include "config.h"

#include "keeper_files.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rotation.h"

enum { FOLDER_PATH = 4096, MODE = 0666 }; /* without what umask(2) takes away */

void
keeper_files_init(struct keeper_files *files)
{
    memset(files, 0, sizeof *files);
    files->savefile.folder = files->metrics.folder = files->held = -1;
}

static void
leave(struct keeper_place *place)
{
    if (place->folder >= 0)
        close(place->folder);
    place->folder = -1;
}

void
keeper_files_close(struct keeper_files *files)
{
    leave(&files->savefile);
    leave(&files->metrics);
    for (size_t i = 0; i < files->removal_count; i++)
        leave(&files->removals[i].place);
}

/* Opens the folder of a path, whose name there has to leave `spare` bytes for what comes behind it. */
static int
enter(struct keeper_place *place, const char *path, size_t spare, char errbuf[static PORT_ERRBUF])
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    char folder[FOLDER_PATH];

    if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        snprintf(errbuf, PORT_ERRBUF, "%.300s: is a folder: name a file", *path == '\0' ? "\"\"" : path);
        return -1;
    }
    if (strlen(name) + spare >= sizeof place->name || len >= sizeof folder) {
        snprintf(errbuf, PORT_ERRBUF, "%.300s: the name is too long: take a shorter one", path);
        return -1;
    }
    snprintf(place->name, sizeof place->name, "%s", name);
    snprintf(folder, sizeof folder, "%.*s", len == 0 ? 1 : (int)len, len == 0 ? "." : path);
    place->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->folder >= 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%.300s: %s", path, strerror(errno));
    return -1;
}

int
keeper_files_allow_savefiles(struct keeper_files *files, const char *path, unsigned ring, char errbuf[static PORT_ERRBUF])
{
    files->ring = ring;
    return enter(&files->savefile, path, sizeof "18446744073709551615", errbuf);
}

static int
make_temporary_name(const struct keeper_files *files, char name[static KEEPER_NAME])
{
    return snprintf(name, KEEPER_NAME, "%s.new", files->metrics.name) < KEEPER_NAME ? 0 : -1;
}

/* The file beside it that is to take its place.  What stands there is what a pongd left that was killed. */
static int
open_temporary(const struct keeper_files *files, const char *name)
{
    (void)unlinkat(files->metrics.folder, name, 0);
    return openat(files->metrics.folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
}

/* Whether the file can be written is better told now than in the log, later. */
int
keeper_files_allow_metrics(struct keeper_files *files, const char *path, char errbuf[static PORT_ERRBUF])
{
    char name[KEEPER_NAME];
    struct stat found;
    int fd;

    if (enter(&files->metrics, path, sizeof ".new", errbuf) != 0 || make_temporary_name(files, name) != 0)
        return -1;
    if (fstatat(files->metrics.folder, files->metrics.name, &found, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(found.st_mode)) {
        snprintf(errbuf, PORT_ERRBUF, "%.300s: is there already, and is no file: name another one", path);
        return -1;
    }
    fd = open_temporary(files, name);
    if (fd < 0) {
        snprintf(errbuf, PORT_ERRBUF, "%.300s: cannot be written: %s", path, strerror(errno));
        return -1;
    }
    close(fd);
    (void)unlinkat(files->metrics.folder, name, 0);
    return 0;
}

int
keeper_files_allow_removal(struct keeper_files *files, const char *path, char errbuf[static PORT_ERRBUF])
{
    if (files->removal_count == KEEPER_REMOVALS) {
        snprintf(errbuf, PORT_ERRBUF, "%.300s: more than %d files to be removed in the end", path, KEEPER_REMOVALS);
        return -1;
    }
    return enter(&files->removals[files->removal_count++].place, path, 1, errbuf);
}

static bool
is_file(const struct stat *found, const struct keeper_file *file)
{
    return (uint64_t)found->st_dev == file->device && (uint64_t)found->st_ino == file->inode;
}

void
keeper_files_spare(struct keeper_files *files, const char *path)
{
    struct stat found;
    int rc = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &found) : stat(path, &found);

    if (rc == 0 && S_ISREG(found.st_mode) && files->spared_count < KEEPER_SPARED)
        files->spared[files->spared_count++] = (struct keeper_file){(uint64_t)found.st_dev, (uint64_t)found.st_ino};
}

static bool
is_spared(const struct keeper_files *files, const struct stat *found)
{
    for (size_t i = 0; i < files->spared_count; i++)
        if (is_file(found, &files->spared[i]))
            return true;
    return false;
}

/* Removes what stands where the file is to be, if it is one: whoever has that one open, as the writer of a ring of one file does,
 * keeps it. */
static int
clear(const struct keeper_files *files, const char *name)
{
    struct stat found;

    if (fstatat(files->savefile.folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : -1;
    if (S_ISREG(found.st_mode) && !is_spared(files, &found))
        return unlinkat(files->savefile.folder, name, 0);
    errno = EEXIST;
    return -1;
}

static int
write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, text, len);

        if (written < 0 && errno != EINTR)
            return -1;
        if (written > 0) {
            text += written;
            len -= (size_t)written;
        }
    }
    return 0;
}

/* A file that is not whole is none. */
static int
begin(const struct keeper_place *place, const char *name, const char *header, size_t len)
{
    int fd = openat(place->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE), saved;

    if (fd < 0 || write_all(fd, header, len) == 0)
        return fd;
    saved = errno;
    close(fd);
    (void)unlinkat(place->folder, name, 0);
    errno = saved;
    return -1;
}

int
keeper_files_next(struct keeper_files *files, uint64_t number, const char *header, size_t len)
{
    char name[KEEPER_NAME];
    int fd;

    if (files->savefile.folder < 0 || number != rotation_next(files->number, files->ring)) {
        errno = EINVAL;
        return -1;
    }
    if (rotation_name(name, sizeof name, files->savefile.name, number, files->ring) != 0 || clear(files, name) != 0)
        return -1;
    fd = begin(&files->savefile, name, header, len);
    if (fd >= 0)
        files->number = number;
    return fd;
}

/* Not synchronized with the disk: who reads it here sees the old text or the new one, and after a crash of the system there are
 * new ones soon. */
int
keeper_files_write(const struct keeper_files *files, const char *text, size_t len)
{
    int folder = files->metrics.folder, fd, rc, saved;
    char name[KEEPER_NAME];

    if (folder < 0 || len > KEEPER_TEXT || make_temporary_name(files, name) != 0) {
        errno = EINVAL;
        return -1;
    }
    fd = open_temporary(files, name);
    if (fd < 0)
        return -1;
    rc = write_all(fd, text, len);
    saved = errno;
    if (close(fd) != 0 && rc == 0) {
        rc = -1;
        saved = errno;
    }
    if (rc == 0 && (rc = renameat(folder, name, folder, files->metrics.name)) != 0)
        saved = errno;
    if (rc != 0)
        (void)unlinkat(folder, name, 0);
    errno = saved;
    return rc;
}

int
keeper_files_know(struct keeper_files *files, uint64_t removal, const struct keeper_file *file)
{
    if (removal >= files->removal_count || files->removals[removal].is_known) {
        errno = EINVAL;
        return -1;
    }
    files->removals[removal].is_known = true;
    files->removals[removal].file = *file;
    return 0;
}

void
keeper_files_remove(const struct keeper_files *files)
{
    for (size_t i = 0; i < files->removal_count; i++) {
        const struct keeper_removal *removal = &files->removals[i];
        const struct keeper_place *place = &removal->place;
        struct stat found;

        if (removal->is_known && fstatat(place->folder, place->name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
            is_file(&found, &removal->file))
            (void)unlinkat(place->folder, place->name, 0);
    }
}
