/* Answers the requests in a capture, and writes the replies to another one, as pongd -r and -w do, at the times that rules
 * give them, but in the order of their requests.
 *
 *     cc answer-capture.c $(pkg-config --cflags --libs pong libpcap) -o answer-capture
 *     ./answer-capture requests.pcap replies.pcap 192.0.2.0/24 'probability 5% drop' */
#include <sys/types.h>
#include <pcap.h>
#include <pong.h>
#include <stdio.h>

enum { SECOND = 1000000000 };

static void
write_replies(pcap_dumper_t *dumper, const struct pong_answer *answer)
{
    for (size_t i = 0; i < answer->reply_count; i++) {
        const struct pong_reply *reply = &answer->replies[i];
        struct pcap_pkthdr header;

        header.ts.tv_sec = (time_t)(reply->ts_ns / SECOND);
        header.ts.tv_usec = (long)(reply->ts_ns % SECOND); /* nanoseconds, as the file is one of these */
        header.caplen = header.len = (bpf_u_int32)reply->len;
        pcap_dump((u_char *)dumper, &header, reply->data);
    }
}

static void
answer_all(struct pong *pong, pcap_t *requests, pcap_dumper_t *dumper)
{
    struct pcap_pkthdr *header;
    struct pong_answer answer;
    const u_char *data;

    while (pcap_next_ex(requests, &header, &data) == 1) {
        struct pong_frame frame = {data, header->caplen, header->len, 0, 0};

        frame.ts_ns = (uint64_t)header->ts.tv_sec * SECOND + (uint64_t)header->ts.tv_usec;
        if (pong_tick(pong, frame.iface, frame.ts_ns, &answer) == 0)
            write_replies(dumper, &answer);
        if (pong_answer(pong, &frame, &answer) == 0)
            write_replies(dumper, &answer);
    }
}

static int
answer(pcap_t *requests, const char *path, const char *addresses, const char *rules)
{
    struct pong *pong = pong_open(1);
    pcap_dumper_t *dumper = NULL;

    if (pong_add_interface(pong, pcap_datalink_val_to_name(pcap_datalink(requests)), NULL) < 0 ||
        pong_set_addresses(pong, 0, addresses) < 0 || pong_set_rules(pong, rules) < 0)
        fprintf(stderr, "answer-capture: %s\n", pong_error(pong));
    else if ((dumper = pcap_dump_open(requests, path)) == NULL)
        fprintf(stderr, "answer-capture: %s\n", pcap_geterr(requests));
    else
        answer_all(pong, requests, dumper);
    if (dumper != NULL)
        pcap_dump_close(dumper);
    pong_close(pong);
    return dumper != NULL ? 0 : 2;
}

int
main(int argc, char *argv[])
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_t *requests;
    int status;

    if (argc < 3) {
        fprintf(stderr, "usage: answer-capture REQUESTS REPLIES [ADDRESSES [RULES]]\n");
        return 2;
    }
    requests = pcap_open_offline_with_tstamp_precision(argv[1], PCAP_TSTAMP_PRECISION_NANO, why);
    if (requests == NULL) {
        fprintf(stderr, "answer-capture: %s\n", why);
        return 2;
    }
    status = answer(requests, argv[2], argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
    pcap_close(requests);
    return status;
}
