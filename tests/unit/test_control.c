/* Control's protocol over a real socket, with commands that only echo: what becomes of lines, whole and otherwise. */
#include "unit.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "socket_file.h"

enum { ROUNDS = 10000 };

static char folder[] = "/tmp/test_control.XXXXXX";
static struct control *control;
static char errbuf[PORT_ERRBUF];
static char answer[CONTROL_LINE + 4096];
static size_t answer_len; /* bytes that came and are not looked at yet */
static unsigned commands; /* that were answered */
static size_t blow_up;    /* bytes that each answer is longer by */

static void
echo(void *who, char *command, FILE *out)
{
    assert_ptr_equal(who, folder);
    commands++;
    fprintf(out, "<%s>", command);
    for (size_t i = 0; i < blow_up; i++)
        fputc('x', out);
}

static int
set_up(void **state)
{
    (void)state;
    commands = 0;
    answer_len = blow_up = 0;
    control = control_open("socket", echo, folder, errbuf);
    return control == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
    (void)state;
    control_close(control);
    return 0;
}

static int
make_folder(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int
remove_folder(void **state)
{
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0 ? -1 : 0;
}

static int
join(void)
{
    struct sockaddr_un address;
    int fd = socket_file_socket();

    assert_int_equal(socket_file_address("socket", &address, errbuf), 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    control_serve(control);
    return fd;
}

/* Sends all of it, with control's help. */
static void
put(int fd, const char *bytes, size_t len)
{
    for (unsigned i = 0; len > 0 && i < ROUNDS; i++) {
        ssize_t taken = write(fd, bytes, len);

        if (taken > 0) {
            bytes += taken;
            len -= (size_t)taken;
        }
        control_serve(control);
    }
    assert_true(len == 0);
}

/* The next line, NULL when the connection is closed or none comes. */
static const char *
get(int fd)
{
    static char line[sizeof answer + 1];

    for (unsigned i = 0; i < ROUNDS; i++) {
        const char *end = memchr(answer, '\n', answer_len);
        ssize_t got;

        if (end != NULL) {
            size_t len = (size_t)(end - answer);

            memcpy(line, answer, len);
            line[len] = '\0';
            answer_len -= len + 1;
            memmove(answer, end + 1, answer_len);
            return line;
        }
        control_serve(control);
        got = read(fd, answer + answer_len, sizeof answer - answer_len);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            return NULL;
        answer_len += got > 0 ? (size_t)got : 0;
    }
    return NULL;
}

static bool
is_closed(int fd)
{
    char byte;

    for (unsigned i = 0; i < ROUNDS; i++) {
        ssize_t got = read(fd, &byte, 1);

        if (got == 0 || (got < 0 && errno == ECONNRESET))
            return true;
        control_serve(control);
    }
    return false;
}

static bool
is_silent(int fd)
{
    char byte;

    for (unsigned i = 0; i < 10; i++)
        control_serve(control);
    return read(fd, &byte, 1) < 0 && errno == EAGAIN;
}

static void
test_lines(void **state)
{
    int fd = join();

    (void)state;
    put(fd, "one\ntwo words\n\n\tthree\n", 22);
    assert_string_equal(get(fd), "<one>");
    assert_string_equal(get(fd), "<two words>");
    assert_string_equal(get(fd), "<>");
    assert_string_equal(get(fd), "<\tthree>");
    assert_true(is_silent(fd));
    close(fd);
}

static void
test_a_line_in_pieces(void **state)
{
    int fd = join();

    (void)state;
    put(fd, "o", 1);
    assert_true(is_silent(fd));
    put(fd, "n", 1);
    assert_true(is_silent(fd));
    put(fd, "e\nt", 3);
    assert_string_equal(get(fd), "<one>");
    assert_true(is_silent(fd));
    put(fd, "wo\n", 3);
    assert_string_equal(get(fd), "<two>");
    close(fd);
}

static void
test_several_clients(void **state)
{
    int first = join(), second = join();

    (void)state;
    put(first, "half", 4);
    put(second, "whole\n", 6);
    assert_string_equal(get(second), "<whole>");
    put(first, " a line\n", 8);
    assert_string_equal(get(first), "<half a line>");
    close(first);
    put(second, "still\n", 6);
    assert_string_equal(get(second), "<still>");
    close(second);
}

static void
test_control_characters(void **state)
{
    int fd = join();

    (void)state;
    put(fd, "sta\0ts\n", 7);
    assert_non_null(strstr(get(fd), "{\"ok\":false,\"error\":\"there is a control character in the line (0x00)"));
    put(fd, "\033[2J\n", 5);
    assert_non_null(strstr(get(fd), "(0x1b)"));
    put(fd, "stats\r\n", 7);
    assert_non_null(strstr(get(fd), "(0x0d)"));
    put(fd, "\177\n", 2);
    assert_non_null(strstr(get(fd), "(0x7f)"));
    assert_int_equal(commands, 0);
    put(fd, "\303\244\n", 3);
    assert_string_equal(get(fd), "<\303\244>");
    close(fd);
}

static void
test_the_longest_line(void **state)
{
    char *line = malloc(CONTROL_LINE + 2);
    int fd = join();

    (void)state;
    assert_non_null(line);
    memset(line, 'x', CONTROL_LINE + 1);
    line[CONTROL_LINE] = '\n';
    put(fd, line, CONTROL_LINE + 1);
    assert_int_equal(strlen(get(fd)), CONTROL_LINE + 2);
    line[CONTROL_LINE] = 'x';
    line[CONTROL_LINE + 1] = '\n';
    put(fd, line, CONTROL_LINE + 2);
    assert_non_null(strstr(get(fd), "{\"ok\":false,\"error\":\"the line is longer than 1048576 bytes"));
    assert_int_equal(commands, 1);
    for (unsigned i = 0; i < 3; i++) /* told once, and skipped to its end */
        put(fd, line, CONTROL_LINE);
    put(fd, "\nnext\n", 6);
    assert_non_null(strstr(get(fd), "the line is longer than"));
    assert_string_equal(get(fd), "<next>");
    assert_int_equal(commands, 2);
    close(fd);
    free(line);
}

static void
test_the_end(void **state)
{
    int fd = join();

    (void)state;
    put(fd, "one\nhalf", 8);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    assert_string_equal(get(fd), "<one>");
    assert_true(is_closed(fd));
    assert_int_equal(commands, 1);
    close(fd);
    fd = join();
    put(fd, "gone before the answer\n", 23);
    close(fd);
    control_serve(control);
}

/* However many come at once, one is answered at a time, so that frames are read in between; the others are not forgotten, not
 * even when the client has sent its last. */
static void
test_commands_have_their_turns(void **state)
{
    enum { LINES = 1000 };
    char lines[LINES * 2];
    unsigned before = commands;
    int fd = join();

    (void)state;
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 2 == 0 ? (char)('a' + i / 2 % 26) : '\n';
    assert_int_equal(write(fd, lines, sizeof lines), sizeof lines);
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
    for (unsigned i = 1; i <= LINES; i++) {
        assert_int_equal(control_serve(control), i < LINES); /* nobody sleeps over them */
        assert_int_equal(commands - before, i);
    }
    for (unsigned i = 0; i < LINES; i++) {
        const char wanted[] = {'<', (char)('a' + i % 26), '>', '\0'};

        assert_string_equal(get(fd), wanted);
    }
    assert_true(is_closed(fd));
    close(fd);
}

static void
test_a_client_that_does_not_read(void **state)
{
    int fd = join(), other = join();
    unsigned sent;

    (void)state;
    blow_up = 256 << 10;
    for (sent = 0; sent < 1000; sent++) {
        if (write(fd, "more\n", 5) < 0 && errno != EAGAIN)
            break;
        control_serve(control);
    }
    assert_true(sent < 100);
    assert_true(commands >= (CONTROL_WAITING >> 18) && commands < 100);
    close(fd);
    blow_up = 0;
    put(other, "here\n", 5);
    assert_string_equal(get(other), "<here>");
    close(other);
}

static void
test_a_long_answer(void **state)
{
    size_t left = blow_up = 3 * (size_t)CONTROL_WAITING;
    int fd = join();

    (void)state;
    put(fd, "\n", 1);
    for (unsigned i = 0; left + 3 > 0 && i < ROUNDS; i++) {
        ssize_t got = read(fd, answer, sizeof answer);

        if (got > 0)
            left -= (size_t)got;
        control_serve(control);
    }
    assert_true(left + 3 == 0); /* <> and the newline */
    close(fd);
}

static void
test_too_many_clients(void **state)
{
    int fds[CONTROL_CLIENTS], fd;

    (void)state;
    for (size_t i = 0; i < COUNT(fds); i++)
        fds[i] = join();
    fd = join();
    assert_non_null(strstr(get(fd), "{\"ok\":false,\"error\":\"as many clients"));
    assert_true(is_closed(fd));
    close(fd);
    close(fds[3]);
    control_serve(control);
    fd = join();
    put(fd, "room\n", 5);
    assert_string_equal(get(fd), "<room>");
    close(fd);
    for (size_t i = 0; i < COUNT(fds); i++)
        if (i != 3)
            close(fds[i]);
}

static void
test_the_file(void **state)
{
    mode_t before = umask(0);
    struct stat found;

    (void)state;
    assert_true(lstat("socket", &found) == 0 && S_ISSOCK(found.st_mode) && (found.st_mode & 0777) == 0600);
    assert_null(control_open("socket", echo, folder, errbuf));
    assert_string_equal(errbuf, "socket: another pongd listens there: end it, or name another path");
    assert_int_equal(rename("socket", "moved"), 0); /* as if that pongd had been killed */
    control_close(control);
    control = control_open("moved", echo, folder, errbuf);
    assert_non_null(control);
    assert_true(lstat("moved", &found) == 0 && S_ISSOCK(found.st_mode) && (found.st_mode & 0777) == 0600);
    assert_int_equal(umask(before), 0);
    assert_int_equal(unlink("moved"), 0);
    assert_int_equal(mkdir("moved", 0700), 0);
    assert_null(control_open("moved", echo, folder, errbuf));
    assert_string_equal(errbuf, "moved: is there already, and is no socket: name another path");
    control_close(control); /* what stands there now is not its own */
    control = NULL;
    assert_int_equal(rmdir("moved"), 0);
}

static void
test_paths(void **state)
{
    char path[300];

    (void)state;
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    assert_null(control_open(path, echo, folder, errbuf));
    assert_non_null(strstr(errbuf, ": is too long for the path of a socket: "));
    assert_null(control_open("", echo, folder, errbuf));
    assert_null(control_open("nosuch/socket", echo, folder, errbuf));
    assert_string_equal(errbuf, "nosuch/socket: No such file or directory");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lines),
        TEST(test_a_line_in_pieces),
        TEST(test_several_clients),
        TEST(test_control_characters),
        TEST(test_the_longest_line),
        TEST(test_the_end),
        TEST(test_commands_have_their_turns),
        TEST(test_a_client_that_does_not_read),
        TEST(test_a_long_answer),
        TEST(test_too_many_clients),
        TEST(test_the_file),
        cmocka_unit_test(test_paths),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
