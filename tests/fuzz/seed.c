/* Makes inputs for fuzz_respond out of captures: seed DIRECTORY CAPTURE...
 *
 * An input has some frames of a capture, and all fragments of a datagram where they follow each other. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "capture/capture.h"
#include "record.h"
#include "responder/packet.h"

enum {
    FRAMES = 12,       /* in an input, but for fragments */
    SIZE_MOST = 200000 /* bytes of an input, fragments or not */
};

/* The input that is being written. */
struct seed {
    const char *directory;
    unsigned capture; /* tells captures of the same name apart */
    const char *name;
    unsigned number;
    FILE *file;
    unsigned frames;
    long size;
    uint64_t ts_ns; /* of the last frame */
};

static struct responder responder;
static struct policy everything = {.ipv4 = true, .ipv6 = true};

static int
complain(const char *what, const char *why)
{
    fprintf(stderr, "seed: %s: %s\n", what, why);
    return -1;
}

static int
end_seed(struct seed *seed)
{
    FILE *file = seed->file;

    seed->file = NULL;
    if (file != NULL && fclose(file) != 0)
        return complain(seed->directory, strerror(errno));
    return 0;
}

static int
begin_seed(struct seed *seed, const struct frame *frame)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%03u-%s-%04u", seed->directory, seed->capture, seed->name, seed->number++);
    seed->file = fopen(path, "wb");
    if (seed->file == NULL)
        return complain(path, strerror(errno));
    seed->frames = 0;
    seed->size = RECORD_START_LEN;
    seed->ts_ns = frame->ts_ns;
    fputc((int)frame->iface->link, seed->file);
    fputc(frame->iface->is_loopback ? RECORD_LOOPBACK : seed->number % 2 == 0 ? RECORD_MAC | RECORD_NEIGHBORS : 0, seed->file);
    fputc(RECORD_TIMESTAMP | RECORD_BROADCAST | RECORD_ERRORS, seed->file);
    return 0;
}

static bool
is_fragment(const struct frame *frame)
{
    struct packet packet;

    packet_read(frame->iface->link, (struct bytes){frame->data, frame->caplen}, &packet);
    return packet.ipv6_walk == IPV6_FRAGMENT || packet.ipv4.more_fragments || packet.ipv4.fragment_offset > 0;
}

/* The longest step that is not longer than the time between two frames. */
static uint8_t
step(uint64_t before, uint64_t after)
{
    int64_t best = 0;
    uint8_t index = 0;

    for (uint8_t i = 0; i < sizeof record_steps_ns / sizeof record_steps_ns[0]; i++)
        if (after > before && record_steps_ns[i] > best && (uint64_t)record_steps_ns[i] <= after - before) {
            best = record_steps_ns[i];
            index = i;
        }
    return index;
}

/* What is wrong on purpose is not mended. */
static bool
has_right_sums(const struct frame *frame)
{
    struct outcome outcome;

    respond(&responder, frame, &outcome);
    return outcome.verdict != VERDICT_IP_BADSUM && outcome.verdict != VERDICT_ICMP_BADSUM &&
           outcome.verdict != VERDICT_ICMP6_BADSUM;
}

static void
put_record(struct seed *seed, const struct frame *frame)
{
    size_t len = frame->caplen < RECORD_FRAME_MAX ? frame->caplen : RECORD_FRAME_MAX;
    unsigned code = step(seed->ts_ns, frame->ts_ns);

    if (has_right_sums(frame))
        code |= RECORD_MEND;
    if (frame->caplen < frame->len)
        code |= RECORD_CUT;
    fputc((int)(len >> 8), seed->file);
    fputc((int)(len & 0xff), seed->file);
    fputc((int)code, seed->file);
    fwrite(frame->data, 1, len, seed->file);
    seed->ts_ns = frame->ts_ns;
    seed->size += RECORD_HEADER_LEN + (long)len;
    seed->frames++;
}

/* The frames before one that cannot be read are good. */
static int
use_capture(struct seed *seed, const char *path)
{
    struct savefile_options options = {.policy = &everything};
    char errbuf[PORT_ERRBUF];
    struct port *port = savefile_open(path, &options, errbuf);
    struct frame frame;
    int rc = 0;

    if (port == NULL) {
        fprintf(stderr, "seed: left out: %s\n", errbuf);
        return 0;
    }
    responder_init(&responder, 1);
    seed->name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    seed->number = 0;
    while (rc == 0 && port->ops->next(port, &frame) == PORT_DONE) {
        if (seed->file != NULL && (seed->size > SIZE_MOST || (seed->frames >= FRAMES && !is_fragment(&frame))))
            rc = end_seed(seed);
        if (rc == 0 && seed->file == NULL)
            rc = begin_seed(seed, &frame);
        if (rc == 0)
            put_record(seed, &frame);
    }
    port->ops->close(port);
    return end_seed(seed) != 0 ? -1 : rc;
}

int
main(int argc, char *argv[])
{
    struct seed seed = {.directory = argc > 1 ? argv[1] : NULL};

    if (argc < 3) {
        fputs("usage: seed DIRECTORY CAPTURE...\n", stderr);
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        seed.capture = (unsigned)i - 1;
        if (use_capture(&seed, argv[i]) != 0)
            return 1;
    }
    return 0;
}
