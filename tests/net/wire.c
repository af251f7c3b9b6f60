/* A client at the other end of a wire, without an IP stack: asks whose an address is (ARP), and pings it.
 *
 * usage: wire INTERFACE|/dev/TAP OWN-ADDRESS ADDRESS [SIZE [MILLISECONDS]]
 * The end of the wire is an interface, captured and injected into by libpcap, or the device of a tap(4).
 * Prints one line for a reply; the exit status is 0 if it is as it has to be, 1 if there is none, 2 in trouble. */
#include "config.h"

#include <sys/types.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <pcap.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "codec/bytes.h"
#include "codec/checksum.h"

enum {
    ETHER = 14, ARP = 28, IP = 20, ICMP = 8,
    SIZE_MOST = 1472,
    FRAME_MAX = ETHER + IP + ICMP + SIZE_MOST,
    SNAPLEN = 2048,
    PATIENCE_MS = 1000,
    ID = 0x7069, SEQ = 0x6e67
};

static const uint8_t own_mac[6] = {2, 0, 0, 0, 0, 0x77}, everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

struct wire {
    pcap_t *pcap; /* or NULL, for a tap */
    int fd;
    uint8_t buffer[SNAPLEN];
    uint8_t own[4], target[4];
    size_t size;
    int64_t until_ms;
};

static void
fail(const char *what, const char *why)
{
    fprintf(stderr, "wire: %s: %s\n", what, why);
    exit(2);
}

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
open_wire(struct wire *wire, const char *name)
{
    char why[PCAP_ERRBUF_SIZE] = "";

    if (strncmp(name, "/dev/", 5) == 0) {
        wire->fd = open(name, O_RDWR | O_NONBLOCK);
        if (wire->fd < 0)
            fail(name, "cannot be opened");
        return;
    }
    wire->pcap = pcap_create(name, why);
    if (wire->pcap == NULL)
        fail(name, why);
    pcap_set_snaplen(wire->pcap, SNAPLEN);
    pcap_set_promisc(wire->pcap, 1);
    pcap_set_timeout(wire->pcap, 100);
    pcap_set_immediate_mode(wire->pcap, 1);
    if (pcap_activate(wire->pcap) < 0)
        fail(name, pcap_geterr(wire->pcap));
    if (pcap_setnonblock(wire->pcap, 1, why) != 0)
        fail(name, why);
    wire->fd = pcap_get_selectable_fd(wire->pcap);
}

static void
send_frame(struct wire *wire, const uint8_t *frame, size_t len)
{
    bool is_sent = wire->pcap != NULL ? pcap_inject(wire->pcap, frame, len) == (int)len
                                      : write(wire->fd, frame, len) == (ssize_t)len;

    if (!is_sent)
        fail("a frame was not sent", wire->pcap != NULL ? pcap_geterr(wire->pcap) : "the tap does not take it");
}

/* The next frame, or NULL when the time is over. */
static const uint8_t *
next_frame(struct wire *wire, size_t *len)
{
    struct pollfd fds = {.fd = wire->fd, .events = POLLIN};
    struct pcap_pkthdr *header;
    const unsigned char *data;
    ssize_t got;

    while (now_ms() < wire->until_ms) {
        if (wire->pcap != NULL && pcap_next_ex(wire->pcap, &header, &data) == 1) {
            *len = header->caplen;
            return data;
        }
        got = wire->pcap != NULL ? -1 : read(wire->fd, wire->buffer, sizeof wire->buffer);
        if (got > 0) {
            *len = (size_t)got;
            return wire->buffer;
        }
        (void)poll(&fds, 1, 10);
    }
    return NULL;
}

static void
put_ether(uint8_t *frame, const uint8_t to[static 6], uint16_t type)
{
    memcpy(frame, to, 6);
    memcpy(frame + 6, own_mac, 6);
    store_be16(frame + 12, type);
}

/* RFC 826. */
static bool
ask(struct wire *wire, uint8_t mac[static 6])
{
    static const uint8_t request[8] = {0, 1, 8, 0, 6, 4, 0, 1}, reply[8] = {0, 1, 8, 0, 6, 4, 0, 2};
    uint8_t frame[ETHER + ARP + 18] = {0};
    const uint8_t *got;
    size_t len;

    put_ether(frame, everybody, 0x0806);
    memcpy(frame + ETHER, request, 8);
    memcpy(frame + ETHER + 8, own_mac, 6);
    memcpy(frame + ETHER + 14, wire->own, 4);
    memcpy(frame + ETHER + 24, wire->target, 4);
    send_frame(wire, frame, sizeof frame);
    while ((got = next_frame(wire, &len)) != NULL)
        if (len >= ETHER + ARP && load_be16(got + 12) == 0x0806 && memcmp(got + ETHER, reply, 8) == 0 &&
            memcmp(got + ETHER + 14, wire->target, 4) == 0 && memcmp(got, own_mac, 6) == 0) {
            memcpy(mac, got + ETHER + 8, 6);
            return true;
        }
    return false;
}

static size_t
build_request(const struct wire *wire, const uint8_t mac[static 6], uint8_t frame[static FRAME_MAX])
{
    uint8_t *ip = frame + ETHER, *icmp = ip + IP;
    size_t len = IP + ICMP + wire->size;

    memset(frame, 0, FRAME_MAX);
    put_ether(frame, mac, 0x0800);
    ip[0] = 0x45;
    store_be16(ip + 2, (uint16_t)len);
    ip[8] = 64;
    ip[9] = 1;
    memcpy(ip + 12, wire->own, 4);
    memcpy(ip + 16, wire->target, 4);
    store_be16(ip + 10, checksum(ip, IP));
    icmp[0] = 8;
    store_be16(icmp + 4, ID);
    store_be16(icmp + 6, SEQ);
    for (size_t i = 0; i < wire->size; i++)
        icmp[ICMP + i] = (uint8_t)(i * 7);
    store_be16(icmp + 2, checksum(icmp, ICMP + wire->size));
    return ETHER + len;
}

/* The request with its ends turned around, type 0, right checksums, and from whom ARP said. */
static bool
is_reply(const struct wire *wire, const uint8_t *got, size_t len, const uint8_t *frame, size_t frame_len)
{
    const uint8_t *ip = got + ETHER, *icmp = ip + IP;

    return len >= frame_len && memcmp(got, own_mac, 6) == 0 && memcmp(got + 6, frame, 6) == 0 &&
           load_be16(got + 12) == 0x0800 && ip[0] == 0x45 && load_be16(ip + 2) == frame_len - ETHER && ip[9] == 1 &&
           checksum(ip, IP) == 0 && memcmp(ip + 12, wire->target, 4) == 0 && memcmp(ip + 16, wire->own, 4) == 0 &&
           icmp[0] == 0 && icmp[1] == 0 && checksum(icmp, ICMP + wire->size) == 0 &&
           memcmp(icmp + 4, frame + ETHER + IP + 4, 4 + wire->size) == 0;
}

static bool
ping(struct wire *wire, const uint8_t mac[static 6])
{
    uint8_t frame[FRAME_MAX];
    size_t len, frame_len = build_request(wire, mac, frame);
    const uint8_t *got;

    send_frame(wire, frame, frame_len);
    while ((got = next_frame(wire, &len)) != NULL)
        if (is_reply(wire, got, len, frame, frame_len))
            return true;
    return false;
}

int
main(int argc, char **argv)
{
    static struct wire wire;
    uint8_t mac[6];

    if (argc < 4 || argc > 6 || inet_pton(AF_INET, argv[2], wire.own) != 1 || inet_pton(AF_INET, argv[3], wire.target) != 1)
        fail("usage", "wire INTERFACE|/dev/TAP OWN-ADDRESS ADDRESS [SIZE [MILLISECONDS]]");
    wire.size = argc > 4 ? (size_t)atoi(argv[4]) : 56;
    if (wire.size > SIZE_MOST)
        fail(argv[4], "is too long");
    open_wire(&wire, argv[1]);
    wire.until_ms = now_ms() + (argc > 5 ? atoi(argv[5]) : PATIENCE_MS);
    if (!ask(&wire, mac)) {
        printf("%s: nobody has it\n", argv[3]);
        return 1;
    }
    if (!ping(&wire, mac)) {
        printf("%s: no reply\n", argv[3]);
        return 1;
    }
    printf("%s: %02x:%02x:%02x:%02x:%02x:%02x replies, size %zu\n", argv[3], mac[0], mac[1], mac[2], mac[3], mac[4], mac[5],
           wire.size);
    return 0;
}
