/* Sending, on a system in memory that takes some frames and not others: the frame behind the last one taken has its own try. */
#include "unit.h"

#include <errno.h>
#include <string.h>

/* What is sent, how often it was waited for, and the time come from here. */
#define pcap_inject fake_inject
#define pcap_fileno fake_fileno
#define pcap_geterr fake_geterr
#define platform_send_frames fake_send_frames
#define platform_wait fake_wait
#define clock_steady_ns fake_steady_ns
#include "capture/transmit.c"

enum { FRAMES = 20 };

struct script {
    int error;      /* what stands in its way; 0: nothing */
    unsigned tries; /* that it stands there; 0: for ever */
};

static struct script scripts[FRAMES];
static unsigned sent[FRAMES], tried[FRAMES];
static struct reply replies[FRAMES];
static struct transmit transmit;
static char errbuf[PORT_ERRBUF];
static size_t batch_most; /* frames in one call */
static uint64_t now_ns;
static unsigned waits;

/* A reply's data are the reply itself, so that a frame tells which one it is. */
static void
begin(void)
{
    memset(scripts, 0, sizeof scripts);
    memset(sent, 0, sizeof sent);
    memset(tried, 0, sizeof tried);
    for (size_t i = 0; i < FRAMES; i++)
        replies[i] = (struct reply){(const uint8_t *)&replies[i], 60 + i, 0};
    transmit = (struct transmit){NULL, 0};
    now_ns = 1000000000;
    waits = 0;
    batch_most = FRAMES;
    errbuf[0] = '\0';
}

static int
try_frame(const struct reply *reply)
{
    size_t i = (size_t)(reply - replies);

    assert_in_range(i, 0, FRAMES - 1);
    tried[i]++;
    if (scripts[i].error != 0 && (scripts[i].tries == 0 || tried[i] <= scripts[i].tries))
        return scripts[i].error;
    sent[i]++;
    return 0;
}

int
fake_inject(pcap_t *pcap, const void *data, size_t len)
{
    const struct reply *reply = data;
    int error = try_frame(reply);

    (void)pcap;
    assert_int_equal(len, reply->len);
    errno = error > 0 ? error : 0;
    return error == 0 ? (int)len : -1;
}

int
fake_fileno(pcap_t *pcap)
{
    (void)pcap;
    return 7;
}

char *
fake_geterr(pcap_t *pcap)
{
    static char why[] = "libpcap says why";

    (void)pcap;
    return why;
}

size_t
fake_send_frames(int fd, const struct reply *frames, size_t count)
{
    size_t done = 0;

    assert_int_equal(fd, 7);
    while (done < count && done < batch_most && try_frame(&frames[done]) == 0)
        done++;
    return done;
}

int
fake_wait(struct pollfd *fds, size_t count, uint64_t timeout_ns)
{
    (void)fds;
    assert_int_equal(count, 0);
    waits++;
    now_ns += timeout_ns;
    return 0;
}

uint64_t
fake_steady_ns(void)
{
    return now_ns;
}

/* Sends all, as the outbox does.  Returns how many were refused. */
static size_t
send_all(void)
{
    enum port_result result = PORT_DONE;
    size_t refused = 0, at = 0;

    while ((at += transmit_many(&transmit, replies + at, FRAMES - at, &result, errbuf)) < FRAMES) {
        assert_int_equal(result, PORT_REFUSED);
        refused++;
        at++;
    }
    return refused;
}

static void
check_sent_once_but(size_t none)
{
    for (size_t i = 0; i < FRAMES; i++)
        assert_int_equal(sent[i], i != none);
}

/* As many in a call as the system likes, down to none at all. */
static void
test_all_are_sent_once(void **state)
{
    (void)state;
    for (size_t most = 0; most <= FRAMES; most++) {
        begin();
        batch_most = most;
        assert_int_equal(send_all(), 0);
        check_sent_once_but(FRAMES);
    }
}

static void
test_one_is_too_long(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAMES; i++) {
        begin();
        scripts[i].error = EMSGSIZE;
        assert_int_equal(send_all(), 1);
        check_sent_once_but(i);
        assert_string_equal(errbuf, strerror(EMSGSIZE));
        assert_int_equal(waits, 0);
    }
}

static void
test_interface_is_gone(void **state)
{
    enum port_result result = PORT_DONE;

    (void)state;
    begin();
    scripts[3].error = ENXIO;
    assert_int_equal(transmit_many(&transmit, replies, FRAMES, &result, errbuf), 3);
    assert_int_equal(result, PORT_FAILED);
    assert_string_equal(errbuf, strerror(ENXIO));
    assert_int_equal(sent[4], 0);
}

/* A queue that is full for a moment loses nothing; one that stays full costs no more than one wait in a while. */
static void
test_queue_is_full(void **state)
{
    (void)state;
    begin();
    scripts[5] = (struct script){ENOBUFS, 3};
    assert_int_equal(send_all(), 0);
    check_sent_once_but(FRAMES);
    assert_in_range(waits, 1, 3);

    begin();
    for (size_t i = 0; i < FRAMES; i++)
        scripts[i].error = i % 2 == 0 ? ENOBUFS : EAGAIN;
    assert_int_equal(send_all(), FRAMES);
    assert_int_equal(waits, 3);
    now_ns += 1000000000;
    assert_int_equal(transmit_one(&transmit, &replies[0], errbuf), PORT_REFUSED);
    assert_int_equal(waits, 6);
    assert_string_equal(errbuf, strerror(ENOBUFS));
}

static void
test_only_libpcap_knows_why(void **state)
{
    (void)state;
    begin();
    scripts[0].error = -1;
    assert_int_equal(transmit_one(&transmit, &replies[0], errbuf), PORT_REFUSED);
    assert_string_equal(errbuf, "libpcap says why");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_are_sent_once),
        cmocka_unit_test(test_one_is_too_long),
        cmocka_unit_test(test_interface_is_gone),
        cmocka_unit_test(test_queue_is_full),
        cmocka_unit_test(test_only_libpcap_knows_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
