/* What pongd and its keeper send each other: messages of one size, behind some of which there is a text or a descriptor. */
#include "config.h"

#include "keeper_wire.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { ANCILLARY_ROOM = 64 }; /* more than CMSG_SPACE(sizeof(int)), which is no constant on NetBSD */

/* Room for one descriptor, aligned as the system wants it. */
union ancillary {
    struct cmsghdr header;
    char room[ANCILLARY_ROOM];
};

static void
attach(struct msghdr *header, union ancillary *ancillary, int passed)
{
    struct cmsghdr *part;

    memset(ancillary, 0, sizeof *ancillary);
    header->msg_control = ancillary->room;
    header->msg_controllen = (socklen_t)CMSG_SPACE(sizeof passed);
    part = CMSG_FIRSTHDR(header);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(sizeof passed);
    memcpy(CMSG_DATA(part), &passed, sizeof passed);
}

/* The system does not say that it leaves alone what it sends. */
static struct iovec
part_of(const void *bytes, size_t len)
{
    const union {
        const void *kept;
        void *taken;
    } at = {bytes};

    return (struct iovec){at.taken, len};
}

int
keeper_wire_send(int fd, const struct keeper_message *message, const char *text, size_t len, int passed)
{
    struct iovec parts[] = {part_of(message, sizeof *message), part_of(text, len)};
    struct msghdr header = {.msg_iov = parts, .msg_iovlen = len > 0 ? 2 : 1};
    union ancillary ancillary;
    ssize_t sent;

    if (passed >= 0)
        attach(&header, &ancillary, passed);
    do
        sent = sendmsg(fd, &header, 0);
    while (sent < 0 && errno == EINTR);
    if (sent == (ssize_t)(sizeof *message + len))
        return 0;
    if (sent >= 0)
        errno = EMSGSIZE; /* what follows would not be understood any more */
    return -1;
}

/* One, or -1. */
static int
detach(struct msghdr *header)
{
    struct cmsghdr *part = header->msg_controllen > 0 ? CMSG_FIRSTHDR(header) : NULL;
    int passed = -1;

    if (part != NULL && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS &&
        part->cmsg_len == CMSG_LEN(sizeof passed))
        memcpy(&passed, CMSG_DATA(part), sizeof passed);
    return passed;
}

int
keeper_wire_receive(int fd, struct keeper_message *message, int *passed)
{
    struct iovec part = {message, sizeof *message};
    union ancillary ancillary;
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = ancillary.room,
                            .msg_controllen = (socklen_t)CMSG_SPACE(sizeof *passed)};
    ssize_t got;

    *passed = -1;
    do
        got = recvmsg(fd, &header, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    if (got > 0)
        *passed = detach(&header);
    if (got == (ssize_t)sizeof *message && message->magic == KEEPER_MAGIC && message->what < KEEPER_WHATS)
        return 1;
    if (*passed >= 0)
        close(*passed);
    *passed = -1;
    return -1;
}
