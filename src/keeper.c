/* The keeper, as the rest of pongd sees it: it is asked without waiting, and what it cannot do is told. */
#include "config.h"

#include "keeper_parts.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "keeper_wire.h"
#include "log.h"

bool
keeper_is_heard(const struct keeper *keeper, uint64_t deadline_ms)
{
    struct pollfd fd = {.fd = keeper->fd, .events = POLLIN};
    uint64_t now_ms = clock_steady_ms();

    while (now_ms < deadline_ms) {
        int rc = poll(&fd, 1, (int)(deadline_ms - now_ms));

        if (rc != 0 && !(rc < 0 && errno == EINTR))
            return rc > 0;
        now_ms = clock_steady_ms();
    }
    return false;
}

/* What pongd has to do without. */
static const char *
loss(const struct keeper_wish *wish)
{
    if (wish->metrics != NULL && wish->savefile != NULL)
        return "writes neither metrics nor further savefiles";
    if (wish->metrics != NULL)
        return "writes no metrics any more";
    return wish->savefile != NULL ? "writes no further savefiles" : "leaves its files behind in the end";
}

static void
lose(struct keeper *keeper)
{
    close(keeper->fd);
    keeper->fd = -1;
    keeper->is_gone = true;
    log_error("the process that keeps files has ended: pongd goes on, but %s: start it anew", loss(&keeper->wish));
}

static void
heed_metrics(struct keeper *keeper, int error)
{
    keeper->is_writing = false;
    if (error != 0 && !keeper->has_told)
        log_error("%s: the metrics could not be written: %s: make room, or see who may write there", keeper->wish.metrics,
                  strerror(error));
    keeper->has_told = error != 0;
}

/* Takes what it says, without waiting. */
static void
hear(struct keeper *keeper)
{
    struct keeper_message message = {.magic = 0};
    int passed, rc;

    while (keeper->fd >= 0 && (rc = keeper_wire_receive(keeper->fd, &message, &passed)) != 0) {
        if (rc > 0 && message.what == KEEPER_METRICS) {
            heed_metrics(keeper, (int)message.values[0]);
        } else if (rc > 0 && message.what == KEEPER_FILE && keeper->is_asked && keeper->file < 0) {
            keeper->file_error = passed >= 0 ? 0 : message.values[0] != 0 ? (int)message.values[0] : EBADF;
            keeper->file = passed;
            passed = -1;
        } else {
            lose(keeper);
        }
        if (passed >= 0)
            close(passed);
    }
}

/* Returns whether it was sent. */
static bool
ask(struct keeper *keeper, const struct keeper_message *message, const char *text, size_t len)
{
    if (keeper->fd >= 0 && keeper_wire_send(keeper->fd, message, text, len, -1) != 0)
        lose(keeper);
    return keeper->fd >= 0;
}

/* Its number among those that there are; of one that is none, as many as there are. */
static size_t
find_removal(const struct keeper_wish *wish, const char *path)
{
    size_t number = 0;

    for (size_t i = 0; i < KEEPER_REMOVALS; i++) {
        if (wish->removals[i] != NULL && strcmp(wish->removals[i], path) == 0)
            break;
        number += wish->removals[i] != NULL;
    }
    return number;
}

int
keeper_register(struct keeper *keeper, const char *path, char errbuf[static PORT_ERRBUF])
{
    struct keeper_message message = {KEEPER_MAGIC, KEEPER_REMOVAL, {0, 0, 0}};
    struct keeper_file file;
    struct stat found;
    if (lstat(path, &found) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "%.300s: %s", path, strerror(errno));
        return -1;
    }
    file = (struct keeper_file){(uint64_t)found.st_dev, (uint64_t)found.st_ino};
    message.values[0] = find_removal(&keeper->wish, path);
    message.values[1] = file.device;
    message.values[2] = file.inode;
    if (keeper->wish.is_apart ? ask(keeper, &message, NULL, 0) : keeper_files_know(&keeper->files, message.values[0], &file) == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%.300s: nobody is there to remove it in the end: start pongd anew", path);
    return -1;
}

int
keeper_open_file(void *who, uint64_t number, const char *header, size_t len)
{
    const struct keeper_message message = {KEEPER_MAGIC, KEEPER_FILE, {number, len, 0}};
    struct keeper *keeper = who;
    int file;

    if (!keeper->wish.is_apart)
        return keeper_files_next(&keeper->files, number, header, len);
    if (!keeper->is_asked)
        keeper->is_asked = ask(keeper, &message, header, len);
    hear(keeper);
    file = keeper->file;
    errno = keeper->file_error != 0 ? keeper->file_error : keeper->is_gone ? EPIPE : EAGAIN;
    if (file >= 0 || keeper->file_error != 0)
        keeper->is_asked = false;
    keeper->file = -1;
    keeper->file_error = 0;
    return file;
}

bool
keeper_is_writing(struct keeper *keeper)
{
    if (keeper->is_writing)
        hear(keeper);
    return keeper->is_writing && keeper->fd >= 0;
}

void
keeper_write_metrics(struct keeper *keeper, const char *text, size_t len)
{
    const struct keeper_message message = {KEEPER_MAGIC, KEEPER_METRICS, {len, 0, 0}};

    if (!keeper->wish.is_apart)
        heed_metrics(keeper, keeper_files_write(&keeper->files, text, len) == 0 ? 0 : errno);
    else if (!keeper_is_writing(keeper))
        keeper->is_writing = ask(keeper, &message, text, len);
}

void
keeper_wait(struct keeper *keeper)
{
    uint64_t deadline_ms = clock_steady_ms() + KEEPER_PATIENCE_MS;

    while (keeper != NULL && keeper->is_writing && keeper->fd >= 0 && keeper_is_heard(keeper, deadline_ms))
        hear(keeper);
}

void
keeper_check(struct keeper *keeper)
{
    if (keeper != NULL)
        hear(keeper);
}

/* The end of the socket is the end of the keeper, and the other way round. */
static void
dismiss(struct keeper *keeper)
{
    uint64_t deadline_ms = clock_steady_ms() + KEEPER_PATIENCE_MS;
    struct keeper_message message = {.magic = 0};
    int passed, rc = 0;

    keeper_wait(keeper);
    if (keeper->fd < 0)
        return;
    if (shutdown(keeper->fd, SHUT_WR) != 0)
        rc = -1;
    while (rc >= 0 && keeper_is_heard(keeper, deadline_ms)) {
        rc = keeper_wire_receive(keeper->fd, &message, &passed);
        if (passed >= 0)
            close(passed);
    }
    close(keeper->fd);
}

void
keeper_close(struct keeper *keeper)
{
    if (keeper == NULL)
        return;
    dismiss(keeper);
    if (keeper->file >= 0)
        close(keeper->file);
    if (!keeper->wish.is_apart)
        keeper_files_remove(&keeper->files);
    keeper_files_close(&keeper->files);
    free(keeper);
}
