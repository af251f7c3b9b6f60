/* Prints, for each capture named, each frame's verdict and the length and a hash of the reply that offline answers give;
 * with rules (-r RULES before the names) also how many nanoseconds later it is sent, and behind how many others.  It tells
 * of replies that a write filter would not let out. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "capture/capture.h"
#include "capture/filter.h"
#include "rule_set.h"

static struct responder responder;
static struct rule_set rules;
static struct policy everything = {.ipv4 = true, .ipv6 = true};

/* Whether a system with write filters lets a reply out, where anything can be sent at all. */
static bool
is_let_out(enum link_type link, const struct bpf_program *sent, const struct reply *reply)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)reply->len, .len = (bpf_u_int32)reply->len};

    return link_is_for_captures(link) || pcap_offline_filter(sent, &header, reply->data) != 0;
}

static void
print_replies(const struct frame *frame, const struct outcome *outcome, const struct bpf_program *sent)
{
    static const struct siphash_key key;

    for (size_t i = 0; i < outcome->reply_count; i++) {
        const struct reply *reply = &outcome->replies[i];

        if (reply->ts_ns > frame->ts_ns)
            printf(" +%" PRIu64, reply->ts_ns - frame->ts_ns);
        printf(" %zu %016" PRIx64, reply->len, siphash(&key, reply->data, reply->len));
        if (!is_let_out(frame->iface->link, sent, reply))
            printf(" not let out");
    }
}

static int
print_capture(const char *path)
{
    struct savefile_options options = {.policy = &everything};
    const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    char errbuf[PORT_ERRBUF];
    struct port *port = savefile_open(path, &options, errbuf);
    struct bpf_program sent;
    struct frame frame;

    if (port == NULL || filter_compile_sent(port->iface.link, &sent, errbuf) != 0) {
        fprintf(stderr, "golden: %s\n", errbuf);
        return -1;
    }
    responder_init(&responder, 1);
    rules_seed(&rules.rules, 1);
    responder.rules = rules.rules.count > 0 ? &rules.rules : NULL;
    for (unsigned vid = 1; vid < 4095; vid++)
        responder_add_vlan(&responder, vid);
    for (unsigned number = 1; port->ops->next(port, &frame) == PORT_DONE; number++) {
        struct outcome outcome;

        respond(&responder, &frame, &outcome);
        printf("%s %u %" PRIu64 " %s", name, number, frame.ts_ns, verdict_name(outcome.verdict));
        print_replies(&frame, &outcome, &sent);
        if (outcome.behind > 0)
            printf(" behind %u", outcome.behind);
        putchar('\n');
    }
    pcap_freecode(&sent);
    port->ops->close(port);
    return 0;
}

int
main(int argc, char *argv[])
{
    char errbuf[PORT_ERRBUF];
    int first = 1, rc = 0;

    if (argc > 2 && strcmp(argv[1], "-r") == 0) {
        first = 3;
        rc = rule_set_add_text(&rules, argv[2], strlen(argv[2]), NULL, errbuf);
        if (rc != 0)
            fprintf(stderr, "golden: %s: %s\n", argv[2], errbuf);
    }
    for (int i = first; i < argc && rc == 0; i++)
        rc = print_capture(argv[i]);
    rule_set_free(&rules);
    return rc == 0 ? 0 : 1;
}
