/* Waiting for descriptors where there is no ppoll(2), so that select(2) has to do. */
#define WAIT_BY_SELECT
#include "platform/posix.c"

#include "unit.h"

#include <sys/socket.h>

enum { SHORT_NS = 1000000 };

static void
test_select(void **state)
{
    struct pollfd fds[3];
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    fds[0] = (struct pollfd){.fd = -1, .events = POLLIN, .revents = POLLIN};
    fds[1] = (struct pollfd){.fd = pair[0], .events = POLLIN};
    fds[2] = (struct pollfd){.fd = pair[1], .events = POLLIN};
    assert_int_equal(platform_wait(fds, 3, SHORT_NS), 0);
    assert_int_equal(fds[0].revents, 0);
    assert_int_equal(write(pair[0], "", 1), 1);
    assert_int_equal(platform_wait(fds, 3, SHORT_NS), 1);
    assert_int_equal(fds[1].revents, 0);
    assert_int_equal(fds[2].revents, POLLIN);
    close(pair[0]);
    close(pair[1]);
}

/* Somebody who sends no more, and has yet to read what we say, is waited for to read alone: the end of what was sent can be read
 * again and again. */
static void
test_only_what_is_asked_for(void **state)
{
    char bytes[4096] = "";
    struct pollfd fd;
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(shutdown(pair[1], SHUT_WR), 0);
    fd = (struct pollfd){.fd = pair[0], .events = POLLIN | POLLOUT};
    assert_int_equal(platform_wait(&fd, 1, SHORT_NS) > 0, 1);
    assert_int_equal(fd.revents, POLLIN | POLLOUT);
    while (send(pair[0], bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        ;
    fd.events = POLLOUT;
    assert_int_equal(platform_wait(&fd, 1, SHORT_NS), 0);
    fd.events = 0;
    assert_int_equal(platform_wait(&fd, 1, SHORT_NS), 0);
    close(pair[0]);
    close(pair[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_only_what_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
