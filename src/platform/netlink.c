/* Linux: interfaces and their addresses, by rtnetlink (rtnetlink(7)).
 *
 * getifaddrs(3), if_nametoindex(3) and the ioctls each open a socket of their own, which is not to be had any more in the
 * sandbox.  Here all is asked for over one socket, which stays open. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "platform/sandbox.h"

enum {
    ANSWER_MAX = 65536, /* of one call; the kernel fills 32768 at most, and has more for one interface only with SR-IOV */
    PATIENCE_S = 1,     /* it answers at once, or not at all */
    TRIES = 10          /* while addresses change */
};

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

static int fd = -1;
static uint32_t sequence;

/* What comes: a piece of a message, as far as it is not taken yet. */
struct piece {
    const uint8_t *at;
    size_t len;
};

/* Takes over what a message says.  0, or -1 with errno set. */
typedef int hear(uint16_t type, struct piece payload, struct platform_interface *interface);

/* What is asked, as far as it is answered. */
struct question {
    hear *hear;
    struct platform_interface *interface;
    int error; /* errno, 0: none so far */
};

/* Takes a header of `size` bytes. */
static bool
take(struct piece *piece, void *header, size_t size)
{
    if (piece->len < size)
        return false;
    memcpy(header, piece->at, size);
    piece->at += size;
    piece->len -= size;
    return true;
}

/* Takes what a header of `size` bytes says is `len` bytes long with it, and the padding behind that. */
static bool
take_rest(struct piece *piece, size_t size, size_t len, struct piece *rest)
{
    size_t padded = NLMSG_ALIGN(len) - size;

    if (len < size || len - size > piece->len)
        return false;
    *rest = (struct piece){piece->at, len - size};
    piece->at += padded < piece->len ? padded : piece->len;
    piece->len -= padded < piece->len ? padded : piece->len;
    return true;
}

static bool
take_attribute(struct piece *piece, unsigned *type, struct piece *value)
{
    struct rtattr header;

    if (!take(piece, &header, sizeof header) || !take_rest(piece, sizeof header, header.rta_len, value))
        return false;
    *type = header.rta_type & (unsigned)NLA_TYPE_MASK;
    return true;
}

/* Answers of kernels that can, are only about the interface that was asked for (Linux 4.20). */
static void
be_strict(void)
{
#ifdef NETLINK_GET_STRICT_CHK
    int on = 1;

    (void)setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
#endif
}

static int
open_socket(void)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};

    if (fd < 0)
        fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
        return -1;
    be_strict();
    return 0;
}

int
platform_open_eyes(const struct platform_plan *plan)
{
    (void)plan;
    (void)platform_echo(4); /* opens what it reads */
    (void)platform_echo(6);
    return open_socket();
}

/* Hears a message.  0 when more are to come, else 1. */
static int
hear_message(const struct nlmsghdr *header, struct piece payload, struct question *question)
{
    int32_t error;

    if ((header->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
        question->error = EAGAIN;
    if (header->nlmsg_type == NLMSG_DONE)
        return 1;
    if (header->nlmsg_type == NLMSG_ERROR) {
        question->error = take(&payload, &error, sizeof error) && error < 0 ? -error : EPROTO;
        return 1;
    }
    if (question->error == 0 && question->hear(header->nlmsg_type, payload, question->interface) != 0)
        question->error = errno; /* and yet it goes on: until the end nothing else can be asked */
    return (header->nlmsg_flags & NLM_F_MULTI) == 0;
}

/* Hears what one call brought.  0 when more is to come, else 1. */
static int
hear_some(struct piece answer, struct question *question)
{
    struct nlmsghdr header;
    struct piece payload;

    while (take(&answer, &header, sizeof header) && take_rest(&answer, sizeof header, header.nlmsg_len, &payload))
        if (header.nlmsg_seq == sequence && hear_message(&header, payload, question) != 0) /* others are late */
            return 1;
    return 0;
}

/* Asks the kernel, and has each message of the answer heard.  0, or -1 with errno set. */
static int
ask(struct nlmsghdr *request, hear *tell, struct platform_interface *interface)
{
    static uint8_t buffer[ANSWER_MAX];
    struct question question = {tell, interface, 0};
    struct sockaddr_nl from = {.nl_family = AF_UNSPEC};
    bool is_over = false;

    if (fd < 0 && open_socket() != 0)
        return -1;
    request->nlmsg_seq = ++sequence;
    if (send(fd, request, request->nlmsg_len, 0) < 0)
        return -1;
    while (!is_over) {
        socklen_t from_len = sizeof from;
        ssize_t got = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &from_len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (from_len == sizeof from && from.nl_pid == 0) /* the kernel */
            is_over = hear_some((struct piece){buffer, (size_t)got}, &question) != 0;
    }
    errno = question.error;
    return question.error == 0 ? 0 : -1;
}

static int
hear_link(uint16_t type, struct piece payload, struct platform_interface *interface)
{
    struct ifinfomsg link;
    struct piece value;
    unsigned attribute;
    uint32_t mtu;

    if (type != RTM_NEWLINK || !take(&payload, &link, sizeof link))
        return 0;
    interface->index = (unsigned)link.ifi_index;
    interface->is_up = (link.ifi_flags & IFF_UP) != 0;
    interface->is_loopback = (link.ifi_flags & IFF_LOOPBACK) != 0;
    while (take_attribute(&payload, &attribute, &value)) {
        if (attribute == IFLA_MTU && take(&value, &mtu, sizeof mtu))
            interface->mtu = mtu;
        if (attribute == IFLA_ADDRESS && value.len == PLATFORM_MAC_LEN)
            interface->has_mac = take(&value, interface->mac, PLATFORM_MAC_LEN);
    }
    return 0;
}

/* Asks for an interface by name.  There being none is no error. */
static int
read_link(const char *name, struct platform_interface *interface)
{
    struct {
        struct nlmsghdr header;
        struct ifinfomsg link;
        struct rtattr attribute;
        char name[IF_NAMESIZE];
    } request = {
        .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST},
        .attribute = {.rta_len = sizeof request.attribute + sizeof request.name, .rta_type = IFLA_IFNAME},
    };

    memset(interface, 0, sizeof *interface);
    if (strlen(name) >= sizeof request.name)
        return 0;
    memcpy(request.name, name, strlen(name));
    if (ask(&request.header, hear_link, interface) == 0 || errno == ENODEV)
        return 0;
    return -1;
}

/* Whether an IPv6 address may not be used yet, or no more (RFC 4862). */
static bool
is_tentative(uint32_t flags)
{
    return (flags & IFA_F_DADFAILED) != 0 || (flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) == IFA_F_TENTATIVE;
}

/* Where an address has one at the other end, IFA_ADDRESS is that, and IFA_LOCAL ours. */
static int
hear_address(uint16_t type, struct piece payload, struct platform_interface *interface)
{
    struct platform_address address = {.prefix_len = 0};
    struct ifaddrmsg message;
    struct piece value;
    unsigned attribute;
    bool is_local = false;
    size_t len;
    uint32_t flags;

    if (type != RTM_NEWADDR || !take(&payload, &message, sizeof message) || message.ifa_index != interface->index ||
        (message.ifa_family != AF_INET && message.ifa_family != AF_INET6))
        return 0;
    flags = message.ifa_flags;
    len = message.ifa_family == AF_INET ? 4 : 16;
    address.prefix_len = message.ifa_prefixlen;
    while (take_attribute(&payload, &attribute, &value)) {
        if (attribute == IFA_FLAGS)
            (void)take(&value, &flags, sizeof flags);
        if (value.len != len || !(attribute == IFA_LOCAL || (attribute == IFA_ADDRESS && !is_local)))
            continue;
        is_local = attribute == IFA_LOCAL;
        address.address.version = message.ifa_family == AF_INET ? 4 : 6;
        (void)take(&value, address.address.bytes, len);
    }
    if (address.address.version == 0 || (message.ifa_family == AF_INET6 && is_tentative(flags)))
        return 0;
    return platform_interface_add(interface, &address);
}

static int
read_addresses(struct platform_interface *interface)
{
    struct {
        struct nlmsghdr header;
        struct ifaddrmsg address;
    } request = {
        .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETADDR, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .address = {.ifa_index = interface->index},
    };
    int rc = -1;

    errno = EAGAIN;
    for (int i = 0; i < TRIES && rc != 0 && errno == EAGAIN; i++) {
        platform_interface_free(interface);
        rc = ask(&request.header, hear_address, interface);
    }
    return rc;
}

int
platform_interface_read(const char *name, struct platform_interface *interface)
{
    int saved;

    if (read_link(name, interface) != 0)
        return -1;
    if (interface->index == 0 || read_addresses(interface) == 0)
        return 0;
    saved = errno;
    platform_interface_free(interface);
    errno = saved;
    return -1;
}

bool
platform_interface_is_there(const char *name, unsigned index)
{
    struct platform_interface interface;

    return read_link(name, &interface) != 0 || interface.index == index;
}
