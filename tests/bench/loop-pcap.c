/* The plain way to answer ping with libpcap, to be held against: pcap_next_ex() and pcap_inject(), in immediate mode.
 *
 * usage: loop-pcap INTERFACE ADDRESS */
#include "config.h"

#include <arpa/inet.h>
#include <err.h>
#include <pcap.h>
#include <stdio.h>
#include <string.h>

#include "loop.h"

enum { FRAME_ROOM = 1 << 17, TIMEOUT_MS = 100 };

static pcap_t *
open_capture(const char *interface, const char *address)
{
    char errbuf[PCAP_ERRBUF_SIZE], expression[80];
    struct bpf_program program;
    pcap_t *pcap = pcap_create(interface, errbuf);

    if (pcap == NULL)
        errx(2, "%s", errbuf);
    (void)pcap_set_immediate_mode(pcap, 1);
    (void)pcap_set_timeout(pcap, TIMEOUT_MS);
    (void)pcap_set_snaplen(pcap, FRAME_ROOM);
    if (pcap_activate(pcap) < 0)
        errx(2, "%s: %s", interface, pcap_geterr(pcap));
    (void)snprintf(expression, sizeof expression, "icmp[icmptype] == icmp-echo and dst host %s", address);
    if (pcap_compile(pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) < 0 || pcap_setfilter(pcap, &program) < 0)
        errx(2, "%s", pcap_geterr(pcap));
    (void)pcap_setdirection(pcap, PCAP_D_IN);
    return pcap;
}

int
main(int argc, char *argv[])
{
    static uint8_t frame[FRAME_ROOM];
    struct pcap_pkthdr *header;
    const unsigned char *data;
    uint8_t address[4];
    pcap_t *pcap;
    int rc;

    if (argc != 3 || inet_pton(AF_INET, argv[2], address) != 1)
        errx(2, "usage: loop-pcap INTERFACE ADDRESS");
    pcap = open_capture(argv[1], argv[2]);
    fprintf(stderr, "loop-pcap: answering on %s\n", argv[1]);
    while ((rc = pcap_next_ex(pcap, &header, &data)) >= 0) {
        size_t len = header->caplen;

        if (rc == 0 || len != header->len || len > sizeof frame)
            continue;
        memcpy(frame, data, len);
        if (loop_answer(frame, &len, address))
            (void)pcap_inject(pcap, frame, len);
    }
    errx(2, "%s", pcap_geterr(pcap));
}
