/* Prints, for each capture named, each frame's verdict and the length and a hash of the reply that offline answers give. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "capture/capture.h"

static struct responder responder;
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
    for (unsigned vid = 1; vid < 4095; vid++)
        responder_add_vlan(&responder, vid);
    for (unsigned number = 1; port->ops->next(port, &frame) == PORT_DONE; number++) {
        struct outcome outcome;

        respond(&responder, &frame, &outcome);
        printf("%s %u %" PRIu64 " %s", name, number, frame.ts_ns, verdict_name(outcome.verdict));
        for (size_t i = 0; i < outcome.reply_count; i++)
            printf(" %zu %016" PRIx64, outcome.replies[i].len,
                   siphash(&key, outcome.replies[i].data, outcome.replies[i].len));
        putchar('\n');
    }
    port->ops->close(port);
    return 0;
}

int
main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++)
        if (print_capture(argv[i]) != 0)
            return 1;
    return 0;
}
