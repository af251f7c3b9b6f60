/* The load generator's wire: frames in by a ring that is looked at without a system call, out many at a time. */
#include "config.h"

#include "load-port.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    RING_LEN = 16 << 20,
    SLOTS_MIN = 512,
    SLOT_MIN = 2048,
    HEADROOM = 128, /* for TPACKET2_HDRLEN and what comes before the frame */
    BLOCK_LEN = 1 << 18,
    SEND_MAX = 256 /* frames in one system call */
};

/* A protocol of 0 is for a socket that receives nothing. */
static int
open_socket(const char *interface, unsigned type)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons((uint16_t)type)};
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    address.sll_ifindex = (int)if_nametoindex(interface);
    if (address.sll_ifindex == 0)
        err(2, "%s", interface);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        err(2, "%s: packet socket", interface);
    return fd;
}

static void
set_option(int fd, int option, int value)
{
    if (setsockopt(fd, SOL_PACKET, option, &value, sizeof value) < 0)
        err(2, "packet socket option %d", option);
}

/* The ring has to be there before the socket is bound, so that no frame goes to the socket's own queue. */
static void
map_ring(struct load_port *port, size_t frame_max)
{
    struct tpacket_req request;

    set_option(port->receiver, PACKET_VERSION, TPACKET_V2);
    port->slot_len = SLOT_MIN;
    while (port->slot_len < frame_max + HEADROOM)
        port->slot_len *= 2;
    port->slot_count = RING_LEN / port->slot_len > SLOTS_MIN ? RING_LEN / port->slot_len : SLOTS_MIN;
    request = (struct tpacket_req){
        .tp_block_size = BLOCK_LEN,
        .tp_block_nr = (unsigned)(port->slot_count * port->slot_len / BLOCK_LEN),
        .tp_frame_size = (unsigned)port->slot_len,
        .tp_frame_nr = (unsigned)port->slot_count,
    };
    if (setsockopt(port->receiver, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0)
        err(2, "the ring");
    port->ring = mmap(NULL, port->slot_count * port->slot_len, PROT_READ | PROT_WRITE, MAP_SHARED, port->receiver, 0);
    if (port->ring == MAP_FAILED)
        err(2, "the ring");
}

void
load_port_open(struct load_port *port, const char *interface, unsigned type, size_t frame_max)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons((uint16_t)type)};

    *port = (struct load_port){.sender = open_socket(interface, 0),
                               .receiver = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)};
    address.sll_ifindex = (int)if_nametoindex(interface);
    if (port->receiver < 0)
        err(2, "packet socket");
    map_ring(port, frame_max);
    if (bind(port->receiver, (const struct sockaddr *)&address, sizeof address) < 0)
        err(2, "%s", interface);
    set_option(port->sender, PACKET_QDISC_BYPASS, 1);
}

void
load_port_close(struct load_port *port)
{
    (void)munmap(port->ring, port->slot_count * port->slot_len);
    (void)close(port->receiver);
    (void)close(port->sender);
}

static struct tpacket2_hdr *
slot(const struct load_port *port)
{
    return (struct tpacket2_hdr *)(void *)(port->ring + port->slot * port->slot_len);
}

const uint8_t *
load_port_next(struct load_port *port, size_t *len)
{
    struct tpacket2_hdr *header = slot(port);

    while ((*(volatile uint32_t *)&header->tp_status & TP_STATUS_USER) != 0) {
        atomic_thread_fence(memory_order_acquire);
        if (header->tp_snaplen == header->tp_len) {
            *len = header->tp_snaplen;
            return (const uint8_t *)header + header->tp_mac;
        }
        load_port_release(port); /* longer than any reply of ours */
        header = slot(port);
    }
    return NULL;
}

void
load_port_release(struct load_port *port)
{
    atomic_thread_fence(memory_order_release);
    *(volatile uint32_t *)&slot(port)->tp_status = TP_STATUS_KERNEL;
    port->slot = port->slot + 1 < port->slot_count ? port->slot + 1 : 0;
}

void
load_port_send(const struct load_port *port, struct iovec *frames, size_t count)
{
    struct mmsghdr messages[SEND_MAX];

    while (count > 0) {
        unsigned part = count < SEND_MAX ? (unsigned)count : SEND_MAX;
        int sent;

        for (unsigned i = 0; i < part; i++)
            messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &frames[i], .msg_iovlen = 1}};
        sent = sendmmsg(port->sender, messages, part, 0);
        if (sent < 0 && errno != EINTR && errno != ENOBUFS && errno != EAGAIN)
            err(2, "sending");
        if (sent > 0) {
            frames += sent;
            count -= (size_t)sent;
        }
    }
}

unsigned
load_port_missed(const struct load_port *port)
{
    struct tpacket_stats stats = {0};
    socklen_t len = sizeof stats;

    (void)getsockopt(port->receiver, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
    return stats.tp_drops;
}
