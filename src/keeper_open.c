/* The start of a keeper: what it may touch, and its process. */
#include "config.h"

#include "keeper_parts.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "keeper_serve.h"
#include "keeper_wire.h"
#include "socket_file.h"

static int
allow(struct keeper_files *files, const struct keeper_wish *wish, char errbuf[static PORT_ERRBUF])
{
    keeper_files_init(files);
    files->held = wish->held;
    if (wish->savefile != NULL && keeper_files_allow_savefiles(files, wish->savefile, wish->ring, errbuf) != 0)
        return -1;
    for (size_t i = 0; i < wish->spared_count; i++)
        keeper_files_spare(files, wish->spared[i]);
    if (wish->metrics != NULL && keeper_files_allow_metrics(files, wish->metrics, errbuf) != 0)
        return -1;
    for (size_t i = 0; i < KEEPER_REMOVALS; i++)
        if (wish->removals[i] != NULL && keeper_files_allow_removal(files, wish->removals[i], errbuf) != 0)
            return -1;
    return 0;
}

static int
wait_until_ready(const struct keeper *keeper, char errbuf[static PORT_ERRBUF])
{
    struct keeper_message message = {.magic = 0};
    int passed;

    if (!keeper_is_heard(keeper, clock_steady_ms() + KEEPER_PATIENCE_MS) ||
        keeper_wire_receive(keeper->fd, &message, &passed) <= 0 || message.what != KEEPER_READY) {
        snprintf(errbuf, PORT_ERRBUF, "the process that keeps files did not start: see whether something forbids it");
        return -1;
    }
    return message.values[0] == 0 ? 0 : keeper_serve_explain((size_t)message.values[1], (int)message.values[0], errbuf);
}

static int
start(struct keeper *keeper, char errbuf[static PORT_ERRBUF])
{
    int pair[2], room = 2 * KEEPER_TEXT;
    pid_t child;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "the process that keeps files has no socket: %s", strerror(errno));
        return -1;
    }
    (void)setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room); /* what the system grants of it */
    child = fork();
    if (child == 0)
        keeper_serve_process(&keeper->files, pair[1]);
    close(pair[1]);
    keeper->fd = pair[0];
    if (child < 0 || socket_file_settle(keeper->fd) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "the process that keeps files could not be started: %s", strerror(errno));
        return -1;
    }
    return wait_until_ready(keeper, errbuf);
}

static bool
has_removals(const struct keeper_wish *wish)
{
    for (size_t i = 0; i < KEEPER_REMOVALS; i++)
        if (wish->removals[i] != NULL)
            return true;
    return false;
}

int
keeper_open(struct keeper **keeper, const struct keeper_wish *wish, char errbuf[static PORT_ERRBUF])
{
    *keeper = NULL;
    if (wish->savefile == NULL && wish->metrics == NULL && !has_removals(wish))
        return 0;
    *keeper = calloc(1, sizeof **keeper);
    if (*keeper == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    (*keeper)->fd = (*keeper)->file = -1;
    (*keeper)->wish = *wish;
    if (allow(&(*keeper)->files, wish, errbuf) == 0 && (!wish->is_apart || start(*keeper, errbuf) == 0)) {
        if (wish->is_apart)
            keeper_files_close(&(*keeper)->files);
        return 0;
    }
    keeper_close(*keeper);
    *keeper = NULL;
    return -1;
}
