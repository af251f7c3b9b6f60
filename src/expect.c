/* The comparison: two queues of records, ours and the expected, which are taken from as their heads are matched. */
#include "config.h"

#include "expect.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "align.h"
#include "capture/capture.h"
#include "codec/bytes.h"
#include "expect_report.h"

enum {
    SHOWN = 10 /* differences that are told in text; JSON has all */
};

struct queue {
    struct expect_record records[ALIGN_AHEAD];
    size_t first;
    size_t count;
    uint64_t taken; /* so far */
};

struct expect {
    struct port *port; /* that the expected are read from; NULL once there are no more */
    const char *path;
    const struct log *log;
    struct expect_report report;
    struct expect_counts counts;
    bool is_unit_known; /* the file says what its time stamps are in */
    bool has_failed; /* what was read before is compared all the same */
    char errbuf[PORT_ERRBUF];
    struct queue expected, ours;
};

static struct expect_record *
queue_at(struct queue *queue, size_t i)
{
    return &queue->records[(queue->first + i) % ALIGN_AHEAD];
}

static int
queue_push(struct queue *queue, const uint8_t *data, size_t caplen, size_t len, uint64_t ts_ns)
{
    struct expect_record *record = queue_at(queue, queue->count);

    if (record->room < caplen) {
        uint8_t *room = realloc(record->data, caplen);

        if (room == NULL)
            return -1;
        record->data = room;
        record->room = caplen;
    }
    if (caplen > 0)
        memcpy(record->data, data, caplen);
    record->caplen = caplen;
    record->len = len;
    record->ts_ns = ts_ns;
    record->number = ++queue->taken;
    queue->count++;
    return 0;
}

static void
queue_pop(struct queue *queue)
{
    queue->first = (queue->first + 1) % ALIGN_AHEAD;
    queue->count--;
}

static void
queue_free(struct queue *queue)
{
    for (size_t i = 0; i < ALIGN_AHEAD; i++)
        free(queue->records[i].data);
}

/* A file that cannot say whether it has nanoseconds has none as long as it shows none. */
static void
note_unit(struct expect *expect, uint64_t ts_ns)
{
    if (!expect->is_unit_known && ts_ns % 1000 != 0) {
        expect->is_unit_known = true;
        expect->report.unit_ns = 1;
    }
}

static void
fail(struct expect *expect, const char *why)
{
    snprintf(expect->errbuf, sizeof expect->errbuf, "%.200s: %.280s", expect->path, why);
    expect->has_failed = true;
}

/* Reads the expected up to `most` ahead. */
static void
read_ahead(struct expect *expect, size_t most)
{
    struct frame frame;

    while (expect->port != NULL && expect->expected.count < most) {
        enum port_result result = expect->port->ops->next(expect->port, &frame);

        if (result == PORT_DONE) {
            note_unit(expect, frame.ts_ns);
            if (queue_push(&expect->expected, frame.data, frame.caplen, frame.len, frame.ts_ns) == 0)
                continue;
            fail(expect, "out of memory");
        } else if (result == PORT_FAILED) {
            fail(expect, expect->port->errbuf);
        }
        expect->port->ops->close(expect->port);
        expect->port = NULL;
    }
}

static size_t
view(struct expect *expect, struct queue *queue, struct align_record records[static ALIGN_AHEAD], size_t most)
{
    size_t count = queue->count < most ? queue->count : most;

    for (size_t i = 0; i < count; i++) {
        const struct expect_record *record = queue_at(queue, i);

        records[i] = (struct align_record){record->data, record->caplen, record->len,
                                           record->ts_ns / expect->report.unit_ns};
    }
    return count;
}

/* Text is for people, who read the first few. */
static bool
is_told(const struct expect *expect)
{
    const struct expect_counts *counts = &expect->counts;

    return expect->report.is_json || counts->differs + counts->missing + counts->more <= SHOWN;
}

static void
settle(struct expect *expect, enum align_step step)
{
    const struct expect_record *expected = queue_at(&expect->expected, 0), *ours = queue_at(&expect->ours, 0);

    switch (step) {
    case ALIGN_EQUAL:
        expect->counts.equal++;
        break;
    case ALIGN_DIFFERS:
        expect->counts.differs++;
        if (is_told(expect))
            expect_report_differs(&expect->report, expected, ours);
        break;
    case ALIGN_MISSING:
        expect->counts.missing++;
        if (is_told(expect))
            expect_report_lone(&expect->report, "missing", expected);
        break;
    case ALIGN_MORE:
        expect->counts.more++;
        if (is_told(expect))
            expect_report_lone(&expect->report, "more", ours);
        break;
    }
    if (step != ALIGN_MORE)
        queue_pop(&expect->expected);
    if (step != ALIGN_MISSING)
        queue_pop(&expect->ours);
    if (expect->log->is_line_buffered)
        fflush(stdout);
}

/* Settles heads that are equal, which needs no look ahead. */
static void
settle_equals(struct expect *expect)
{
    struct align_record expected[ALIGN_AHEAD], ours[ALIGN_AHEAD];

    while (expect->ours.count > 0) {
        read_ahead(expect, 1);
        if (view(expect, &expect->expected, expected, 1) == 0 || view(expect, &expect->ours, ours, 1) == 0 ||
            !align_is_equal(&expected[0], &ours[0]))
            return;
        settle(expect, ALIGN_EQUAL);
    }
}

/* Nothing is left to compare.  What ours had to be compared with may be what could not be read. */
static bool
is_over(const struct expect *expect)
{
    return expect->expected.count == 0 && (expect->ours.count == 0 || expect->has_failed);
}

static void
settle_next(struct expect *expect)
{
    struct align_record expected[ALIGN_AHEAD], ours[ALIGN_AHEAD];
    size_t expected_count, our_count;

    read_ahead(expect, ALIGN_AHEAD);
    expected_count = view(expect, &expect->expected, expected, ALIGN_AHEAD);
    our_count = view(expect, &expect->ours, ours, ALIGN_AHEAD);
    if (!is_over(expect))
        settle(expect, align_next(expected, expected_count, ours, our_count));
}

void
expect_take(void *context, const struct reply *reply)
{
    struct expect *expect = context;

    while (expect->ours.count == ALIGN_AHEAD && !is_over(expect))
        settle_next(expect);
    if (expect->has_failed && is_over(expect))
        return;
    if (queue_push(&expect->ours, reply->data, reply->len, reply->len, reply->ts_ns) != 0)
        fail(expect, "out of memory");
    else
        settle_equals(expect);
}

/* What a pcap file says of its time stamps.  Of others, and of what can be read but once, nothing is known. */
static int
learn_unit(struct expect *expect, char errbuf[static PORT_ERRBUF])
{
    static const uint32_t micro = 0xa1b2c3d4, nano = 0xa1b23c4d; /* in either byte order */
    struct stat status;
    uint8_t magic[4];
    FILE *file;
    int rc = 0;

    expect->report.unit_ns = 1000;
    if (strcmp(expect->path, "-") == 0 || (stat(expect->path, &status) == 0 && !S_ISREG(status.st_mode)))
        return 0;
    file = fopen(expect->path, "rb");
    if (file == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", expect->path, strerror(errno));
        return -1;
    }
    if (fread(magic, 1, sizeof magic, file) == sizeof magic) {
        uint32_t be = load_be32(magic), le = load_le32(magic);

        expect->is_unit_known = be == micro || le == micro || be == nano || le == nano;
        if (be == nano || le == nano)
            expect->report.unit_ns = 1;
    }
    if (ferror(file)) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", expect->path, strerror(errno));
        rc = -1;
    }
    fclose(file);
    return rc;
}

static bool
is_same_file(const char *a, const char *b)
{
    struct stat stat_a, stat_b;

    return stat(a, &stat_a) == 0 && stat(b, &stat_b) == 0 && S_ISREG(stat_a.st_mode) && stat_a.st_dev == stat_b.st_dev &&
           stat_a.st_ino == stat_b.st_ino;
}

struct expect *
expect_open(const char *path, enum link_type link, const char *write_path, const struct log *log,
            char errbuf[static PORT_ERRBUF])
{
    static const struct policy nobody;
    static const struct savefile_options options = {.policy = &nobody, .purpose = "compared"};
    struct expect *expect;

    if (write_path != NULL && is_same_file(write_path, path)) {
        snprintf(errbuf, PORT_ERRBUF, "%s: is the file that --expect reads: name another one for -w", write_path);
        return NULL;
    }
    expect = calloc(1, sizeof *expect);
    if (expect == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return NULL;
    }
    expect->path = path;
    expect->log = log;
    expect->report = (struct expect_report){.is_json = log->is_json, .link = link};
    expect->port = savefile_open(path, &options, errbuf);
    if (expect->port != NULL && expect->port->iface.link == link) {
        if (learn_unit(expect, errbuf) == 0)
            return expect;
    } else if (expect->port != NULL) {
        snprintf(errbuf, PORT_ERRBUF, "--expect: %s has link type %s, and our replies have %s: they cannot be compared",
                 path, link_name(expect->port->iface.link), link_name(link));
    }
    expect_close(expect);
    return NULL;
}

void
expect_close(struct expect *expect)
{
    if (expect == NULL)
        return;
    if (expect->port != NULL)
        expect->port->ops->close(expect->port);
    queue_free(&expect->expected);
    queue_free(&expect->ours);
    free(expect);
}

/* The counts, which -q leaves out where all is equal. */
static enum expect_result
tell_counts(const struct expect *expect)
{
    const struct expect_counts *counts = &expect->counts;
    uint64_t unequal = counts->differs + counts->missing + counts->more;

    if (unequal > 0 || expect->report.is_json || !expect->log->is_quiet)
        expect_report_counts(&expect->report, counts, expect->report.is_json || unequal <= SHOWN ? 0 : unequal - SHOWN);
    return unequal == 0 ? EXPECT_SAME : EXPECT_DIFFERENT;
}

enum expect_result
expect_finish(struct expect *expect, char errbuf[static PORT_ERRBUF])
{
    enum expect_result result;

    do
        settle_next(expect);
    while (!is_over(expect));
    result = tell_counts(expect);
    if (expect->has_failed) {
        snprintf(errbuf, PORT_ERRBUF, "%s", expect->errbuf);
        result = EXPECT_TROUBLE;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        snprintf(errbuf, PORT_ERRBUF, "standard output: %s", strerror(errno != 0 ? errno : EIO));
        result = EXPECT_TROUBLE;
    }
    expect_close(expect);
    return result;
}
