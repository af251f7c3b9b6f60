/* Feeds the captures in pcaps/ to the library as a program would, and holds its replies against those of pongd -r, byte for
 * byte, with several settings of both. */
#include "config.h"

#include "unit.h"

#include <sys/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "pong.h"
#include "replay/captures.h"

enum { REPLIES_MAX = 2048, SETTINGS_MAX = 5 };

/* The same wishes, as pongd has them and as the library does. */
static const struct wishes {
    const char *title, *options;
    uint64_t seed;
    const char *mac, *addresses, *vlans, *rules;
    struct {
        enum pong_setting setting;
        uint64_t value;
    } settings[SETTINGS_MAX]; /* up to the first value of 0 */
} wishes[] = {
    {.title = "as it is", .options = "", .seed = 1},
    {.title = "all that is off at first", .options = "--errors --timestamp --probe --broadcast", .seed = 1,
     .settings = {{PONG_ERRORS, 1}, {PONG_TIMESTAMP, 1}, {PONG_PROBE, 1}, {PONG_BROADCAST, 1}}},
    {.title = "a host", .options = "-e 02:00:00:00:00:02 -a 192.0.2.2 -a fd00:db8::/64 -x fd00:db8::9 -a fe80::2 --vlan 10,11",
     .seed = 1, .mac = "02:00:00:00:00:02", .addresses = "192.0.2.2, fd00:db8::/64, !fd00:db8::9\nfe80::2", .vlans = "10,11"},
    {.title = "small", .options = "--mtu 576 --ttl 9 --bad-checksum preserve --seed 12345678901234567", .seed = 12345678901234567,
     .settings = {{PONG_MTU, 576}, {PONG_TTL, 9}, {PONG_BAD_CHECKSUM, PONG_BAD_CHECKSUM_PRESERVE}}},
    {.title = "few", .options = "--rate 10 --burst 2 --source-rate 1", .seed = 1,
     .settings = {{PONG_RATE, 10}, {PONG_BURST, 2}, {PONG_SOURCE_RATE, 1}}},
    {.title = "wrong", .options = "--seed 5 --rule 'delay 20ms jitter 15ms distribution normal' --rule 'every 3 duplicate 2 gap 1ms' "
                                  "--rule 'probability 40% corrupt 2; every 5 error host-unreachable; every 7 drop'",
     .seed = 5, .rules = "delay 20ms jitter 15ms distribution normal\nevery 3 duplicate 2 gap 1ms\n"
                         "probability 40% corrupt 2\nevery 5 error host-unreachable\nevery 7 drop"},
};

struct written {
    uint8_t *data;
    size_t len;
    uint64_t ts_ns;
};

struct replies {
    struct written list[REPLIES_MAX];
    size_t count;
};

static char folder[4096], scratch[] = "/tmp/library.XXXXXX";
static const char *program;
static struct replies ours, theirs;
static size_t compared; /* replies, with the same wishes */

static void
keep(struct replies *replies, const uint8_t *data, size_t len, uint64_t ts_ns)
{
    struct written *written = &replies->list[replies->count++];

    assert_true(replies->count < REPLIES_MAX);
    written->data = malloc(len);
    assert_non_null(written->data);
    memcpy(written->data, data, len);
    written->len = len;
    written->ts_ns = ts_ns;
}

static void
forget(struct replies *replies)
{
    while (replies->count > 0)
        free(replies->list[--replies->count].data);
}

/* In the order of their times, as they are sent, and among the same in that of their requests. */
static void
sort(struct replies *replies)
{
    for (size_t i = 1; i < replies->count; i++)
        for (size_t j = i; j > 0 && replies->list[j - 1].ts_ns > replies->list[j].ts_ns; j--) {
            struct written later = replies->list[j - 1];

            replies->list[j - 1] = replies->list[j];
            replies->list[j] = later;
        }
}

static struct port *
open_capture(const char *path)
{
    static struct policy everything = {.ipv4 = true, .ipv6 = true};
    struct savefile_options options = {.policy = &everything};
    char errbuf[PORT_ERRBUF];
    struct port *port = savefile_open(path, &options, errbuf);

    if (port == NULL)
        fail_msg("%s", errbuf);
    return port;
}

/* A responder with these wishes; NULL where the link type does not go with them. */
static struct pong *
prepare(const struct wishes *wish, enum link_type link)
{
    struct pong *pong = pong_open(wish->seed);

    if (pong_add_interface(pong, link_name(link), wish->mac) != 0) {
        assert_true(wish->mac != NULL && link != LINK_EN10MB);
        pong_close(pong);
        return NULL;
    }
    for (size_t i = 0; i < SETTINGS_MAX && wish->settings[i].value != 0; i++)
        assert_int_equal(pong_set(pong, wish->settings[i].setting, wish->settings[i].value), 0);
    assert_int_equal(pong_set_addresses(pong, 0, wish->addresses), 0);
    assert_int_equal(pong_set_rules(pong, wish->rules), 0);
    if (wish->vlans != NULL)
        assert_int_equal(pong_set_vlans(pong, wish->vlans), 0);
    return pong;
}

static void
keep_all(const struct pong_answer *answer)
{
    for (size_t i = 0; i < answer->reply_count; i++)
        keep(&ours, answer->replies[i].data, answer->replies[i].len, answer->replies[i].ts_ns);
}

/* Feeds each frame in memory of its exact size. */
static void
answer_all(struct pong *pong, struct port *port)
{
    struct frame frame;

    while (port->ops->next(port, &frame) == PORT_DONE) {
        uint8_t *data = malloc(frame.caplen);
        struct pong_frame given = {data, frame.caplen, frame.len, frame.ts_ns, 0};
        struct pong_answer answer;

        assert_non_null(data);
        memcpy(data, frame.data, frame.caplen);
        assert_int_equal(pong_tick(pong, 0, frame.ts_ns, &answer), 0);
        keep_all(&answer);
        assert_int_equal(pong_answer(pong, &given, &answer), 0);
        keep_all(&answer);
        free(data);
    }
}

/* What pongd writes. */
static void
ask_program(const char *path, const struct wishes *wish)
{
    char command[9000];
    struct port *port;
    struct frame frame;

    snprintf(command, sizeof command, "'%s' -q -r '%s' -w %s %s", program, path, scratch, wish->options);
    assert_int_equal(system(command), 0);
    port = open_capture(scratch);
    while (port->ops->next(port, &frame) == PORT_DONE)
        keep(&theirs, frame.data, frame.len, frame.ts_ns);
    port->ops->close(port);
}

static void
compare(const char *path)
{
    size_t count = ours.count < theirs.count ? ours.count : theirs.count;

    for (size_t i = 0; i < count; i++) {
        const struct written *a = &ours.list[i], *b = &theirs.list[i];

        if (a->len != b->len || a->ts_ns != b->ts_ns || memcmp(a->data, b->data, a->len) != 0)
            fail_msg("%s: reply %zu is another one than pongd's", path, i + 1);
    }
    compared += count;
    if (ours.count != theirs.count)
        fail_msg("%s: %zu replies, pongd has %zu", path, ours.count, theirs.count);
}

static void
test_capture(const struct wishes *wish, const char *name)
{
    char path[sizeof folder + 256];
    struct port *port;
    struct pong *pong;

    forget(&ours); /* what a test before it may have left */
    forget(&theirs);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    port = open_capture(path);
    pong = prepare(wish, port->iface.link);
    if (pong != NULL) {
        answer_all(pong, port);
        sort(&ours);
        ask_program(path, wish);
        compare(path);
    }
    pong_close(pong);
    port->ops->close(port);
}

static void
test_same_as_the_program(void **state)
{
    char *names[CAPTURES_MAX];
    size_t count = captures_list(folder, names);

    compared = 0;
    for (size_t i = 0; i < count; i++) {
        test_capture(*state, names[i]);
        free(names[i]);
    }
    assert_true(compared > 20);
}

int
main(void)
{
    static struct CMUnitTest tests[COUNT(wishes)];
    const char *srcdir = getenv("srcdir");
    int fd = mkstemp(scratch), failed;

    program = getenv("PONGD");
    if (program == NULL || fd < 0) {
        fprintf(stderr, "%s\n", fd < 0 ? "no temporary file can be made" : "PONGD does not name the program");
        return 1;
    }
    close(fd);
    snprintf(folder, sizeof folder, "%s/pcaps", srcdir != NULL ? srcdir : ".");
    for (size_t i = 0; i < COUNT(wishes); i++)
        tests[i] = (struct CMUnitTest){
            .name = wishes[i].title, .test_func = test_same_as_the_program, .initial_state = (void *)(uintptr_t)&wishes[i]};
    failed = _cmocka_run_group_tests("library", tests, COUNT(wishes), NULL, NULL);
    forget(&ours);
    forget(&theirs);
    unlink(scratch);
    return failed;
}
