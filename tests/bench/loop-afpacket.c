/* The plain way to answer ping from user space, to be held against: recvfrom(2) and sendto(2) on a packet socket.
 *
 * usage: loop-afpacket INTERFACE ADDRESS */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>

#include "loop.h"

enum { FRAME_ROOM = 1 << 17 };

static int
open_socket(const char *interface, struct sockaddr_ll *address)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

    *address = (struct sockaddr_ll){.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
                                    .sll_ifindex = (int)if_nametoindex(interface)};
    if (address->sll_ifindex == 0)
        err(2, "%s", interface);
    if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) < 0)
        err(2, "%s: packet socket", interface);
    return fd;
}

int
main(int argc, char *argv[])
{
    static uint8_t frame[FRAME_ROOM];
    struct sockaddr_ll ours, from;
    uint8_t address[4];
    int fd;

    if (argc != 3 || inet_pton(AF_INET, argv[2], address) != 1)
        errx(2, "usage: loop-afpacket INTERFACE ADDRESS");
    fd = open_socket(argv[1], &ours);
    fprintf(stderr, "loop-afpacket: answering on %s\n", argv[1]);
    for (;;) {
        socklen_t from_len = sizeof from;
        ssize_t got = recvfrom(fd, frame, sizeof frame, 0, (struct sockaddr *)&from, &from_len);
        size_t len = (size_t)got;

        if (got < 0 && errno != EINTR)
            err(2, "receiving");
        if (got < 0 || from.sll_pkttype != PACKET_HOST || !loop_answer(frame, &len, address))
            continue;
        if (sendto(fd, frame, len, 0, (const struct sockaddr *)&ours, sizeof ours) < 0 && errno != ENOBUFS)
            err(2, "sending");
    }
}
