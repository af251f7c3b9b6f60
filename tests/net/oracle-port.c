/* The wires to the two hosts, and the capture file that a difference can be written to. */
#include "oracle-port.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum {
    ETHERNET_ALL = 3, /* ETH_P_ALL */
    RECEIVE_BUFFER = 4 << 20,
    SNAPLEN = 65535
};

static void
set_option(int port, int level, int option, int value)
{
    (void)setsockopt(port, level, option, &value, sizeof value);
}

int
port_open(const char *interface)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETHERNET_ALL)};
    int port = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    address.sll_ifindex = (int)if_nametoindex(interface);
    if (address.sll_ifindex == 0)
        err(2, "%s", interface);
    if (port < 0 || bind(port, (const struct sockaddr *)&address, sizeof address) < 0)
        err(2, "%s: packet socket", interface);
    set_option(port, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
    set_option(port, SOL_PACKET, PACKET_AUXDATA, 1);
    return port;
}

void
port_send(int port, const uint8_t *frame, size_t len)
{
    struct pollfd poller = {.fd = port, .events = POLLOUT};

    while (send(port, frame, len, 0) < 0) {
        if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
            err(2, "sending a frame of %zu bytes", len);
        (void)poll(&poller, 1, 10);
    }
}

/* The kernel takes a tag out of the frame and tells it beside. */
static size_t
put_tag_back(struct msghdr *message, uint8_t *frame, size_t len)
{
    struct tpacket_auxdata aux;

    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_PACKET || part->cmsg_type != PACKET_AUXDATA)
            continue;
        memcpy(&aux, CMSG_DATA(part), sizeof aux);
        if ((aux.tp_status & TP_STATUS_VLAN_VALID) == 0)
            continue;
        memmove(frame + 12 + TAG_LEN, frame + 12, len - 12);
        put16(frame + 12, (aux.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? aux.tp_vlan_tpid : TYPE_VLAN);
        put16(frame + 14, aux.tp_vlan_tci);
        return len + TAG_LEN;
    }
    return len;
}

bool
port_receive(int port, uint8_t *frame, size_t room, size_t *len)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    } control;
    struct sockaddr_ll from;
    struct iovec vector = {frame, room - TAG_LEN};
    struct msghdr message;
    ssize_t got;

    do {
        message = (struct msghdr){.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &vector, .msg_iovlen = 1,
                                  .msg_control = &control, .msg_controllen = sizeof control};
        got = recvmsg(port, &message, 0);
        if (got < 0 && errno != EINTR)
            return false;
    } while (got < ETHERNET_LEN || from.sll_pkttype == PACKET_OUTGOING);
    *len = put_tag_back(&message, frame, (size_t)got);
    return true;
}

/* The file header of pcap with nanoseconds, in the host's byte order. */
FILE *
capture_open(const char *path)
{
    struct {
        uint32_t magic;
        uint16_t major, minor;
        uint32_t zone, accuracy, snaplen, link_type;
    } header = {0xa1b23c4d, 2, 4, 0, 0, SNAPLEN, 1};
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(&header, sizeof header, 1, file) != 1)
        err(2, "%s", path);
    return file;
}

void
capture_add(FILE *file, const uint8_t *frame, size_t len)
{
    struct timespec now;
    uint32_t record[4];

    (void)clock_gettime(CLOCK_REALTIME, &now);
    record[0] = (uint32_t)now.tv_sec;
    record[1] = (uint32_t)now.tv_nsec;
    record[2] = record[3] = (uint32_t)len;
    if (fwrite(record, sizeof record, 1, file) != 1 || fwrite(frame, 1, len, file) != len)
        err(2, "the capture file");
}
