/* Prints, for each capture named, each frame's verdict and the length and a hash of the reply that offline answers give; with
 * rules (-r RULES before the names) also how many nanoseconds later it is sent, and behind how many others. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "capture/capture.h"
#include "rule_set.h"

static struct responder responder;
static struct rule_set rules;
static struct policy everything = {.ipv4 = true, .ipv6 = true};

static int
print_capture(const char *path)
{
    static const struct siphash_key key;
    struct savefile_options options = {.policy = &everything};
    const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    char errbuf[PORT_ERRBUF];
    struct port *port = savefile_open(path, &options, errbuf);
    struct frame frame;

    if (port == NULL) {
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
        for (size_t i = 0; i < outcome.reply_count; i++) {
            if (outcome.replies[i].ts_ns > frame.ts_ns)
                printf(" +%" PRIu64, outcome.replies[i].ts_ns - frame.ts_ns);
            printf(" %zu %016" PRIx64, outcome.replies[i].len,
                   siphash(&key, outcome.replies[i].data, outcome.replies[i].len));
        }
        if (outcome.behind > 0)
            printf(" behind %u", outcome.behind);
        putchar('\n');
    }
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
