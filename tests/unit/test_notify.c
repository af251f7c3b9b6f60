/* What the service manager is told: to which socket, when, and with which words. */
#include "unit.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify.h"
#include "status.h"
#include "workers.h"

static char folder[] = "/tmp/pongd-notify.XXXXXX", path[sizeof folder + 8], errbuf[PORT_ERRBUF];
static int manager = -1; /* its socket */

/* Listens where NOTIFY_SOCKET says then.  Returns whether it can. */
static bool
can_listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name) + (name[0] == '/'));

    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    manager = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_true(manager >= 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return bind(manager, (const struct sockaddr *)&address, len) == 0;
}

static void
listen_at(const char *name)
{
    assert_true(can_listen_at(name));
}

/* What was told last, "" if nothing was. */
static const char *
heard(void)
{
    static char text[4096];
    ssize_t len = recv(manager, text, sizeof text - 1, MSG_DONTWAIT);

    text[len < 0 ? 0 : len] = '\0';
    return text;
}

static int
set_up(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    if (manager >= 0)
        close(manager);
    manager = -1;
    (void)unlink(path);
    return 0;
}

static void
test_nobody_asks(void **state)
{
    struct notify notify;

    (void)state;
    setenv("WATCHDOG_USEC", "1000000", 1);
    assert_int_equal(notify_open(&notify, errbuf), 0);
    assert_int_equal(notify.fd, -1);
    assert_true(notify_due(&notify) == UINT64_MAX);
    assert_true(notify_due(NULL) == UINT64_MAX);
    assert_int_equal(notify_ready(&notify, false, 1), 0);
    notify_status(&notify, "idle");
    notify_live(&notify, true, UINT64_MAX - 1);
    notify_stopping(&notify);
    notify_stopping(NULL);
    notify_close(&notify);
    assert_null(getenv("WATCHDOG_USEC"));
}

static void
tell_all(void)
{
    struct notify notify;
    char words[64];

    assert_int_equal(notify_open(&notify, errbuf), 0);
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_true(notify_due(&notify) == UINT64_MAX);
    assert_int_equal(notify_ready(&notify, false, 1), 0);
    assert_string_equal(heard(), "READY=1\n");
    assert_int_equal(notify_ready(&notify, true, 1), 0);
    snprintf(words, sizeof words, "READY=1\nMAINPID=%ld\n", (long)getpid());
    assert_string_equal(heard(), words);
    notify_status(&notify, "answering on eth0");
    assert_string_equal(heard(), "STATUS=answering on eth0\n");
    notify_status(&notify, "answering on eth0");
    assert_string_equal(heard(), "");
    notify_stopping(&notify);
    assert_string_equal(heard(), "STOPPING=1\n");
    notify_close(&notify);
}

static void
test_words(void **state)
{
    (void)state;
    listen_at(path);
    tell_all();
}

/* A name that is in no folder, which there is on Linux. */
static void
test_abstract_name(void **state)
{
    char name[64];

    (void)state;
    snprintf(name, sizeof name, "@pongd-notify-%ld", (long)getpid());
    if (can_listen_at(name))
        tell_all();
    else
        skip();
}

static void
test_long_status(void **state)
{
    struct notify notify;
    char status[2 * NOTIFY_STATUS];

    (void)state;
    listen_at(path);
    assert_int_equal(notify_open(&notify, errbuf), 0);
    memset(status, 'x', sizeof status);
    status[sizeof status - 1] = '\0';
    notify_status(&notify, status);
    assert_int_equal(strlen(heard()), strlen("STATUS=\n") + NOTIFY_STATUS - 1);
    notify_status(&notify, status);
    assert_string_equal(heard(), "");
    notify_close(&notify);
}

static void
assert_refused(const char *name, const char *why)
{
    struct notify notify;

    setenv("NOTIFY_SOCKET", name, 1);
    setenv("WATCHDOG_USEC", "1000000", 1);
    assert_int_equal(notify_open(&notify, errbuf), -1);
    assert_non_null(strstr(errbuf, why));
    assert_int_equal(notify.fd, -1);
    assert_true(notify_due(&notify) == UINT64_MAX);
    assert_null(getenv("NOTIFY_SOCKET"));
}

static void
test_no_such_socket(void **state)
{
    char name[200];

    (void)state;
    assert_refused("", "neither a path nor a name");
    assert_refused("@", "neither a path nor a name");
    assert_refused("relative", "neither a path nor a name");
    assert_refused("vsock:2:1234", "neither a path nor a name");
    assert_refused(path, path);
    memset(name, 'x', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = '\0';
    assert_refused(name, "neither a path nor a name");
}

/* How often signs of life are wanted. */
static uint64_t
period(const char *us, const char *pid)
{
    struct notify notify;
    uint64_t each_ms;

    set_up(NULL);
    listen_at(path);
    setenv("WATCHDOG_USEC", us, 1);
    if (pid != NULL)
        setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(notify_open(&notify, errbuf), 0);
    each_ms = notify.each_ms;
    assert_int_equal(notify_due(&notify) == UINT64_MAX, each_ms == 0);
    notify_close(&notify);
    tear_down(NULL);
    return each_ms;
}

static void
test_period(void **state)
{
    char self[32], other[32];

    (void)state;
    snprintf(self, sizeof self, "%ld", (long)getpid());
    snprintf(other, sizeof other, "%ld", (long)getpid() + 1);
    assert_int_equal(period("20000000", NULL), 10000);
    assert_int_equal(period("20000000", self), 10000);
    assert_int_equal(period("20000000", other), 0);
    assert_int_equal(period("20000000", "nobody"), 0);
    assert_int_equal(period("1", NULL), 1);
    assert_int_equal(period("0", NULL), 0);
    assert_int_equal(period("", NULL), 0);
    assert_int_equal(period("-5", NULL), 0);
    assert_int_equal(period("10s", NULL), 0);
    assert_true(period("18446744073709551615", NULL) == UINT64_MAX / 2 / 1000);
}

static void
test_signs_of_life(void **state)
{
    struct notify notify;

    (void)state;
    listen_at(path);
    setenv("WATCHDOG_USEC", "2000000", 1);
    assert_int_equal(notify_open(&notify, errbuf), 0);
    assert_int_equal(notify_ready(&notify, false, 5000), 0);
    (void)heard();
    assert_int_equal(notify_due(&notify), 5000);
    notify_live(&notify, true, 5000);
    assert_string_equal(heard(), "WATCHDOG=1\n");
    assert_int_equal(notify_due(&notify), 6000);
    notify_live(&notify, true, 5999);
    assert_string_equal(heard(), "");
    notify_live(&notify, false, 6000);
    assert_string_equal(heard(), "");
    assert_true(notify_due(&notify) > 6000 && notify_due(&notify) < 6500); /* soon again, but not at once */
    notify_live(&notify, true, 6500);
    assert_string_equal(heard(), "WATCHDOG=1\n");
    notify_close(&notify);
}

/* A manager that is gone, or does not read, is no reason to wait for long, nor to end. */
static void
test_manager_that_does_not_hear(void **state)
{
    struct notify notify;

    (void)state;
    listen_at(path);
    setenv("WATCHDOG_USEC", "2000", 1);
    assert_int_equal(notify_open(&notify, errbuf), 0);
    for (uint64_t now = 1; now < 5000; now++)
        notify_live(&notify, true, now);
    assert_string_equal(heard(), "WATCHDOG=1\n");
    close(manager);
    manager = -1;
    notify_live(&notify, true, 10000);
    notify_status(&notify, "gone");
    assert_string_equal(notify.status, "");
    notify_stopping(&notify);
    assert_int_equal(notify_ready(&notify, false, 1), -1);
    notify_close(&notify);
}

/* --- how pongd does */

static void
test_status(void **state)
{
    static struct port ports[] = {{.name = "eth0"}, {.name = "eth1"}, {.name = "eth2"}, {.name = "eth3"}};
    static struct loop loop;
    char text[NOTIFY_STATUS], few[20];

    (void)state;
    for (size_t i = 0; i < 4; i++)
        loop.ports[loop.port_count++] = &ports[i];
    status_make(&loop, text, sizeof text);
    assert_string_equal(text, "answering on eth0, eth1, eth2, eth3");
    ports[1].iface.is_paused = true;
    ports[2].is_away = true;
    loop.ports[3] = NULL;
    status_make(&loop, text, sizeof text);
    assert_string_equal(text, "answering on eth0; paused on eth1; waiting for eth2");
    status_make(&loop, few, sizeof few);
    assert_string_equal(few, "answering on eth0; ");
    loop.ports[0] = NULL;
    status_make(&loop, text, sizeof text);
    assert_string_equal(text, "paused on eth1; waiting for eth2");
    status_tell(&loop); /* to nobody */
}

static void
test_workers_are_alive(void **state)
{
    struct loop loops[2] = {{.alive_ms = 1000}, {.alive_ms = 1200}};
    struct workers workers = {.count = 3, .started = 2, .running = 2, .loops = loops};

    (void)state;
    assert_true(workers_are_alive(NULL, 1000, 0));
    assert_true(workers_are_alive(&workers, 1200, 200));
    assert_false(workers_are_alive(&workers, 1201, 200)); /* the first one is stuck */
    workers.running = 1;
    assert_false(workers_are_alive(&workers, 1200, 200)); /* one has ended */
    workers.is_enough = true;
    assert_true(workers_are_alive(&workers, 1200, 200));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nobody_asks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_abstract_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_such_socket, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_period, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_signs_of_life, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_manager_that_does_not_hear, set_up, tear_down),
        cmocka_unit_test(test_status),
        cmocka_unit_test(test_workers_are_alive),
    };
    int rc;

    if (mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/socket", folder);
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(folder);
    return rc;
}
