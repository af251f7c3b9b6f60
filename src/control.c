/* Control: the socket and its clients, line by line.  What the commands mean is for another room. */
#include "config.h"

#include "control.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "socket_file.h"

enum {
    CHUNK = 16384, /* bytes that are read at a time, so that nobody keeps the loop for long */
    REST_MS = 1000
};

struct client {
    int fd;         /* -1: nobody */
    bool is_ending; /* it sends no more; what waits is still for it */
    bool is_lost;   /* to be closed at once */
    bool skips;     /* the rest of a line that was too long */
    char *line;     /* as far as it is there */
    size_t len, room;
    bool has_more;  /* lines are whole there, and have to wait for their turn */
    char *output;   /* waits to be sent */
    size_t sent, output_len, output_room;
};

struct control {
    int fd;
    struct socket_file file;
    control_answer *answer;
    void *who;
    uint64_t rests_until_ms; /* the system had no descriptor left for a client, and would say so again at once */
    struct client clients[CONTROL_CLIENTS];
};

struct control *
control_open(const char *path, control_answer *answer, void *who, char errbuf[static PORT_ERRBUF])
{
    struct control *control = calloc(1, sizeof *control);

    if (control == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return NULL;
    }
    control->answer = answer;
    control->who = who;
    for (size_t i = 0; i < CONTROL_CLIENTS; i++)
        control->clients[i].fd = -1;
    control->fd = socket_file_listen(path, &control->file, errbuf);
    if (control->fd >= 0)
        return control;
    free(control);
    return NULL;
}

static void
end_client(struct client *client)
{
    close(client->fd);
    free(client->line);
    free(client->output);
    *client = (struct client){.fd = -1};
}

void
control_close(struct control *control)
{
    if (control == NULL)
        return;
    socket_file_remove(&control->file);
    close(control->fd);
    for (size_t i = 0; i < CONTROL_CLIENTS; i++)
        if (control->clients[i].fd >= 0)
            end_client(&control->clients[i]);
    free(control);
}

static bool
has_output(const struct client *client)
{
    return client->sent < client->output_len;
}

size_t
control_fds(const struct control *control, struct pollfd fds[static CONTROL_FDS])
{
    if (control == NULL)
        return 0;
    fds[0] = (struct pollfd){.fd = control->rests_until_ms > clock_steady_ms() ? -1 : control->fd, .events = POLLIN};
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        const struct client *client = &control->clients[i];

        fds[1 + i] = (struct pollfd){.fd = client->fd};
        if (!client->is_ending && !client->has_more)
            fds[1 + i].events |= POLLIN;
        if (has_output(client))
            fds[1 + i].events |= POLLOUT;
    }
    return CONTROL_FDS;
}

void
control_refuse(FILE *out, const char *sentence)
{
    fputs("{\"ok\":false,\"error\":", out);
    json_string(sentence, out);
    fputc('}', out);
}

/* Makes a buffer hold `room` bytes at least. */
static bool
grow(char **buffer, size_t *room, size_t wanted)
{
    size_t size = *room;
    char *bigger;

    if (wanted <= size)
        return true;
    size = wanted > 2 * size ? wanted : 2 * size;
    bigger = realloc(*buffer, size);
    if (bigger == NULL)
        return false;
    *buffer = bigger;
    *room = size;
    return true;
}

/* Has an answer wait for being sent. */
static bool
append(struct client *client, const char *text, size_t len)
{
    if (client->output_len - client->sent > CONTROL_WAITING)
        return false;
    if (client->sent > CONTROL_WAITING) { /* it reads, but never all */
        client->output_len -= client->sent;
        memmove(client->output, client->output + client->sent, client->output_len);
        client->sent = 0;
    }
    if (!grow(&client->output, &client->output_room, client->output_len + len))
        return false;
    memcpy(client->output + client->output_len, text, len);
    client->output_len += len;
    return true;
}

/* The byte of a command that it cannot have, or -1. */
static int
find_control_character(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)line[i];

        if ((byte < ' ' && byte != '\t') || byte == 0x7f)
            return byte;
    }
    return -1;
}

static void
answer_line(const struct control *control, char *line, size_t len, FILE *out)
{
    int byte = find_control_character(line, len < CONTROL_LINE ? len : CONTROL_LINE);
    char sentence[PORT_ERRBUF];

    if (len > CONTROL_LINE) {
        snprintf(sentence, sizeof sentence, "the line is longer than %d bytes: send less at a time", CONTROL_LINE);
        control_refuse(out, sentence);
    } else if (byte >= 0) {
        snprintf(sentence, sizeof sentence, "there is a control character in the line (0x%02x): commands are text, one a line",
                 (unsigned)byte);
        control_refuse(out, sentence);
    } else {
        control->answer(control->who, line, out);
    }
    fputc('\n', out);
}

/* Answers a line.  The byte behind it is a null byte. */
static void
take_line(const struct control *control, struct client *client, char *line, size_t len)
{
    char *text = NULL;
    size_t text_len = 0;
    FILE *out = open_memstream(&text, &text_len);

    if (out != NULL)
        answer_line(control, line, len, out);
    if (out == NULL || fclose(out) != 0 || !append(client, text, text_len))
        client->is_lost = true;
    free(text);
}

/* Answers the first line if it is whole with the bytes from `from` on, and keeps the rest: one at a time, for frames have to be
 * read meanwhile. */
static void
take_first(const struct control *control, struct client *client, size_t from)
{
    char *end = memchr(client->line + from, '\n', client->len - from);

    client->has_more = false;
    if (end != NULL) {
        *end = '\0';
        if (!client->skips)
            take_line(control, client, client->line, (size_t)(end - client->line));
        client->skips = false;
        client->len -= (size_t)(end + 1 - client->line);
        memmove(client->line, end + 1, client->len);
        client->has_more = memchr(client->line, '\n', client->len) != NULL;
    }
    if (client->has_more)
        return;
    if (client->len > CONTROL_LINE && !client->skips && !client->is_lost) {
        take_line(control, client, client->line, client->len);
        client->skips = true;
    }
    if (client->skips)
        client->len = 0;
    if (client->len == 0) {
        free(client->line);
        client->line = NULL;
        client->room = 0;
    }
}

static bool
may_try_again(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void
receive(const struct control *control, struct client *client)
{
    size_t from = client->len;
    ssize_t got;

    if (!grow(&client->line, &client->room, client->len + CHUNK)) {
        client->is_lost = true;
        return;
    }
    got = read(client->fd, client->line + client->len, CHUNK);
    if (got > 0) {
        client->len += (size_t)got;
        take_first(control, client, from);
    } else if (got == 0) {
        client->is_ending = true;
    } else if (!may_try_again(errno)) {
        client->is_lost = true;
    }
}

static void
transmit(struct client *client)
{
    ssize_t taken = write(client->fd, client->output + client->sent, client->output_len - client->sent);

    if (taken < 0 && !may_try_again(errno))
        client->is_lost = true;
    if (taken > 0)
        client->sent += (size_t)taken;
    if (has_output(client))
        return;
    free(client->output);
    client->output = NULL;
    client->sent = client->output_len = client->output_room = 0;
}

static void
serve_client(const struct control *control, struct client *client, short revents)
{
    if ((revents & (POLLERR | POLLNVAL)) != 0)
        client->is_lost = true;
    if (client->has_more && !client->is_lost)
        take_first(control, client, 0);
    else if (!client->is_ending && !client->is_lost && (revents & (POLLIN | POLLHUP)) != 0)
        receive(control, client);
    if (!client->is_lost && has_output(client))
        transmit(client);
    if (client->is_lost || (client->is_ending && !client->has_more && !has_output(client)))
        end_client(client);
}

static void
turn_away(int fd)
{
    static const char answer[] = "{\"ok\":false,\"error\":\"as many clients are connected as there may be: try later\"}\n";

    (void)!write(fd, answer, sizeof answer - 1);
    close(fd);
}

static void
welcome(struct control *control)
{
    int fd = accept(control->fd, NULL, NULL);

    if (fd < 0) {
        if (!may_try_again(errno) && errno != ECONNABORTED)
            control->rests_until_ms = clock_steady_ms() + REST_MS;
        return;
    }
    if (socket_file_settle(fd) != 0) {
        close(fd);
        return;
    }
    for (size_t i = 0; i < CONTROL_CLIENTS; i++)
        if (control->clients[i].fd < 0) {
            control->clients[i].fd = fd;
            return;
        }
    turn_away(fd);
}

bool
control_serve(struct control *control)
{
    struct pollfd fds[CONTROL_FDS];
    bool more = false;

    if (control == NULL || poll(fds, control_fds(control, fds), 0) < 0)
        return false;
    for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
        struct client *client = &control->clients[i];

        if (client->fd >= 0 && (fds[1 + i].revents != 0 || client->has_more))
            serve_client(control, client, fds[1 + i].revents);
        more |= client->has_more;
    }
    if (fds[0].revents != 0)
        welcome(control);
    return more;
}
