/* Linux: changes by rtnetlink, settings and gateways by /proc, many frames in one call. */
#include "config.h"

#include "platform/platform.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/prctl.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <net/route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "responder/responder.h"

enum { SEND_MOST = 64 }; /* frames in one call */

int
platform_watch_open(void)
{
    struct sockaddr_nl address = {
        .nl_family = AF_NETLINK,
        .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* By default timers are late by 50 us, so that several can go off at once. */
void
platform_sleep_exactly(void)
{
    (void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}

void
platform_keep_source(int fd)
{
    (void)fd; /* packet sockets send what they are given */
}

/* A number that no other group in this network namespace has; before Linux 4.11 one that others will hardly have. */
static int
make_group(int fd, int *group)
{
    int value = (PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
    socklen_t len = sizeof value;

    if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &value, sizeof value) == 0) {
        if (getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &value, &len) != 0)
            return -1;
    } else {
        value = (getpid() & 0xffff) | PACKET_FANOUT_HASH << 16;
        if (errno != EINVAL || setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &value, sizeof value) != 0)
            return -1;
    }
    *group = value & 0xffff;
    return 0;
}

/* The hash is of the two addresses and the protocol (flow_keys_dissector_symmetric in the kernel), of the ports too where there
 * are any: all fragments of a datagram have the same, as have a request and its reply. */
int
platform_share(int fd, int *group)
{
    int value;

    if (*group < 0)
        return make_group(fd, group);
    value = *group | PACKET_FANOUT_HASH << 16;
    return setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &value, sizeof value);
}

bool
platform_can_rebind(void)
{
    return true;
}

int
platform_rebind(int fd, unsigned index, bool is_promiscuous)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)index}; /* and the protocols that it has */
    struct packet_mreq promiscuous = {.mr_ifindex = (int)index, .mr_type = PACKET_MR_PROMISC};
    int error;
    socklen_t len = sizeof error;

    (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len); /* that the old one is gone is known */
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return -1;
    if (is_promiscuous)
        return setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous);
    return 0;
}

unsigned
platform_hardware(int fd)
{
    struct sockaddr_ll address;
    socklen_t len = sizeof address;

    return getsockname(fd, (struct sockaddr *)&address, &len) == 0 ? address.sll_hatype : 0;
}

bool
platform_sends_many(void)
{
    return true;
}

/* What wins on a veth pair: a call for each of 64 frames takes 1.25 times as long.  A ring of frames to be sent (PACKET_TX_RING)
 * is hardly faster than that, as the kernel then makes each of them of pages, and going around the queueing discipline
 * (PACKET_QDISC_BYPASS) gains nothing where there is none, but takes traffic shaping away where there is. */
size_t
platform_send_frames(int fd, const struct reply *frames, size_t count)
{
    struct mmsghdr messages[SEND_MOST];
    struct iovec pieces[SEND_MOST];
    size_t sent = 0;

    memset(messages, 0, sizeof messages);
    while (sent < count) {
        unsigned some = count - sent < SEND_MOST ? (unsigned)(count - sent) : SEND_MOST;
        int taken;

        for (unsigned i = 0; i < some; i++) {
            /* A cast that takes const away, which the kernel gives. */
            pieces[i] = (struct iovec){(void *)(uintptr_t)frames[sent + i].data, frames[sent + i].len};
            messages[i].msg_hdr.msg_iov = &pieces[i];
            messages[i].msg_hdr.msg_iovlen = 1;
        }
        taken = sendmmsg(fd, messages, some, 0);
        if (taken < 0 && errno == EINTR)
            continue;
        if (taken <= 0)
            break;
        sent += (size_t)taken;
    }
    return sent;
}

/* Each file is opened once, as none can be in the sandbox, and read from its beginning each time. */
enum platform_echo
platform_echo(uint8_t version)
{
    static int fds[] = {-1, -1};
    int *fd = &fds[version == 6];
    char text[16];
    ssize_t got;

    if (*fd < 0)
        *fd = open(version == 4 ? "/proc/sys/net/ipv4/icmp_echo_ignore_all" : "/proc/sys/net/ipv6/icmp/echo_ignore_all",
                   O_RDONLY | O_CLOEXEC);
    got = *fd < 0 ? -1 : pread(*fd, text, sizeof text - 1, 0);
    if (got <= 0) /* Linux before 5.0 has none for IPv6 */
        return PLATFORM_ECHO_UNKNOWN;
    text[got] = '\0';
    return atoi(text) != 0 ? PLATFORM_ECHO_OFF : PLATFORM_ECHO_ON;
}

const char *
platform_quiet_echo(uint8_t version)
{
    return version == 4 ? "sysctl -w net.ipv4.icmp_echo_ignore_all=1" : "sysctl -w net.ipv6.icmp.echo_ignore_all=1";
}

void
platform_ignore_outgoing(int fd, bool ignore)
{
#ifdef PACKET_IGNORE_OUTGOING
    int value = ignore;

    (void)setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &value, sizeof value);
#else
    (void)fd;
    (void)ignore;
#endif
}

/* A line of /proc/net/route: interface, destination and gateway as they are in memory, flags. */
static size_t
read_gateways4(const char *name, struct address *gateways, size_t room)
{
    char line[256], line_name[IF_NAMESIZE];
    size_t count = 0;
    uint32_t gateway;
    unsigned flags;
    FILE *file = fopen("/proc/net/route", "re");

    while (file != NULL && count < room && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%15s %*x %" SCNx32 " %x", line_name, &gateway, &flags) != 3 || strcmp(name, line_name) != 0 ||
            (flags & RTF_GATEWAY) == 0)
            continue;
        gateways[count] = (struct address){.version = 4};
        memcpy(gateways[count++].bytes, &gateway, 4);
    }
    if (file != NULL)
        fclose(file);
    return count;
}

/* A line of /proc/net/ipv6_route: destination, length, source, length, next hop of 32 digits, three numbers, flags, interface. */
static size_t
read_gateways6(const char *name, struct address *gateways, size_t room)
{
    char line[256], line_name[IF_NAMESIZE], hex[33];
    size_t count = 0;
    unsigned flags, byte;
    FILE *file = fopen("/proc/net/ipv6_route", "re");

    while (file != NULL && count < room && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%*s %*x %*s %*x %32s %*x %*x %*x %x %15s", hex, &flags, line_name) != 3 ||
            strcmp(name, line_name) != 0 || (flags & RTF_GATEWAY) == 0)
            continue;
        gateways[count] = (struct address){.version = 6};
        for (size_t i = 0; i < 16 && sscanf(hex + 2 * i, "%2x", &byte) == 1; i++)
            gateways[count].bytes[i] = (uint8_t)byte;
        count++;
    }
    if (file != NULL)
        fclose(file);
    return count;
}

size_t
platform_gateways(const char *name, struct address *gateways, size_t room)
{
    size_t count = read_gateways4(name, gateways, room);

    return count + read_gateways6(name, gateways + count, room - count);
}

const char *
platform_need_to_capture(void)
{
    return "you need CAP_NET_RAW: run as root, or: setcap cap_net_raw+ep pongd";
}
