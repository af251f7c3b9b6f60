/* The keeper: what it does for a pongd, and that it does nothing else, whatever comes over its socket. */
#include "unit.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"
#include "keeper_serve.h"
#include "keeper_wire.h"
#include "rotation.h"

enum { NAMES_ROOM = 512, TRIES = 500 };

static char folder[] = "/tmp/test_keeper.XXXXXX";
static char errbuf[PORT_ERRBUF];
static struct keeper_files files;
static int pair[2]; /* ours, and the keeper's */

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
    return chdir("/") != 0 || rmdir(folder) != 0 ? -1 : 0; /* which has to be empty */
}

/* --- names */

static void
check_name(uint64_t number, unsigned ring, const char *wanted)
{
    char name[32];

    assert_int_equal(rotation_name(name, sizeof name, "x", number, ring), 0);
    assert_string_equal(name, wanted);
}

static void
test_names(void **state)
{
    char name[4];

    (void)state;
    check_name(0, 0, "x");
    check_name(1, 0, "x1");
    check_name(12, 0, "x12");
    check_name(UINT64_MAX, 0, "x18446744073709551615");
    check_name(0, 1, "x");
    check_name(0, 2, "x0");
    check_name(9, 10, "x9");
    check_name(0, 11, "x00");
    check_name(99, 100, "x99");
    check_name(7, 101, "x007");
    assert_int_equal(rotation_name(name, sizeof name, "abcd", 0, 0), -1);
    assert_int_equal(errno, ENAMETOOLONG);
}

static void
test_numbers(void **state)
{
    (void)state;
    assert_int_equal(rotation_next(0, 0), 1);
    assert_int_equal(rotation_next(0, 1), 0);
    assert_int_equal(rotation_next(1, 2), 0);
    assert_int_equal(rotation_next(98, 100), 99);
    assert_int_equal(rotation_next(99, 100), 0);
}

/* --- the files */

static void
allow_all(void)
{
    keeper_files_init(&files);
    assert_int_equal(keeper_files_allow_savefiles(&files, "save", 3, errbuf), 0);
    assert_int_equal(keeper_files_allow_metrics(&files, "metrics.prom", errbuf), 0);
    assert_int_equal(keeper_files_allow_removal(&files, "pid", errbuf), 0);
}

static void
put_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void
check_file(const char *name, const char *wanted)
{
    char text[128] = "";
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    (void)!fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_string_equal(text, wanted);
}

static void
check_absent(const char *name)
{
    assert_int_equal(access(name, F_OK), -1);
}

static struct keeper_file
file_at(const char *name)
{
    struct stat found;

    assert_int_equal(lstat(name, &found), 0);
    return (struct keeper_file){(uint64_t)found.st_dev, (uint64_t)found.st_ino};
}

static void
test_paths(void **state)
{
    static const char *const wrong[] = {"", "/", "x/", ".", "..", "/tmp/..", "nowhere/x"};
    char name[KEEPER_NAME];

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++) {
        keeper_files_init(&files);
        assert_int_equal(keeper_files_allow_metrics(&files, wrong[i], errbuf), -1);
        assert_true(strlen(errbuf) > 10);
        keeper_files_close(&files);
    }
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    keeper_files_init(&files);
    assert_int_equal(keeper_files_allow_savefiles(&files, name, 0, errbuf), -1);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(keeper_files_allow_metrics(&files, "folder", errbuf), -1);
    keeper_files_close(&files);
    assert_int_equal(rmdir("folder"), 0);
}

static void
test_savefiles(void **state)
{
    int fd;

    (void)state;
    allow_all();
    put_file("save1", "of yesterday");
    assert_int_equal(keeper_files_next(&files, 0, "head", 4), -1);
    assert_int_equal(keeper_files_next(&files, 2, "head", 4), -1);
    fd = keeper_files_next(&files, 1, "head", 4);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
    check_file("save1", "headx");
    assert_int_equal(keeper_files_next(&files, 1, "head", 4), -1);
    for (unsigned i = 0; i < 4; i++) {
        fd = keeper_files_next(&files, (2 + i) % 3, "head", 4);
        assert_true(fd >= 0);
        close(fd);
    }
    check_file("save1", "head");
    for (unsigned i = 0; i < 3; i++) {
        char name[] = {'s', 'a', 'v', 'e', (char)('0' + i), '\0'};

        assert_int_equal(unlink(name), 0);
    }
    keeper_files_close(&files);
}

/* What others put in its way is neither followed nor emptied. */
static void
test_traps(void **state)
{
    struct keeper_file file;

    (void)state;
    put_file("victim", "dear");
    allow_all();
    assert_int_equal(symlink("victim", "save1"), 0);
    assert_int_equal(keeper_files_next(&files, 1, "head", 4), -1);
    assert_int_equal(unlink("save1"), 0);
    assert_int_equal(mkfifo("save1", 0600), 0);
    assert_int_equal(keeper_files_next(&files, 1, "head", 4), -1);
    assert_int_equal(unlink("save1"), 0);
    keeper_files_spare(&files, "victim");
    assert_int_equal(link("victim", "save1"), 0);
    assert_int_equal(keeper_files_next(&files, 1, "head", 4), -1);
    assert_int_equal(unlink("save1"), 0);
    assert_int_equal(symlink("victim", "metrics.prom.new"), 0);
    assert_int_equal(symlink("victim", "metrics.prom"), 0);
    assert_int_equal(keeper_files_write(&files, "x\n", 2), 0);
    check_file("metrics.prom", "x\n");
    check_file("victim", "dear");
    check_absent("metrics.prom.new");
    file = file_at("victim");
    assert_int_equal(keeper_files_know(&files, 0, &file), 0);
    put_file("pid", "another one's");
    keeper_files_remove(&files);
    check_file("pid", "another one's");
    keeper_files_close(&files);
    assert_int_equal(unlink("pid") | unlink("victim") | unlink("metrics.prom"), 0);
}

static void
test_removal(void **state)
{
    struct keeper_file file;

    (void)state;
    allow_all();
    put_file("pid", "1");
    keeper_files_remove(&files);
    check_file("pid", "1"); /* nobody has said that this is it */
    file = file_at("pid");
    assert_int_equal(keeper_files_know(&files, 1, &file), -1);
    assert_int_equal(keeper_files_know(&files, 0, &file), 0);
    assert_int_equal(keeper_files_know(&files, 0, &file), -1);
    keeper_files_remove(&files);
    check_absent("pid");
    keeper_files_close(&files);
}

/* --- the keeper's side */

static void
begin(void)
{
    allow_all();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
}

static void
say(uint32_t what, uint64_t first, const char *text, size_t len)
{
    const struct keeper_message message = {KEEPER_MAGIC, what, {first, 0, 0}};

    assert_int_equal(keeper_wire_send(pair[0], &message, text, len, -1), 0);
}

/* Serves what was said, to the end. */
static void
serve(void)
{
    assert_int_equal(shutdown(pair[0], SHUT_WR), 0);
    keeper_serve(&files, pair[1]);
    close(pair[1]);
}

/* Returns the errno of the answer, or -1 if there is none. */
static int
heard(uint32_t what, int *passed)
{
    struct keeper_message message;

    if (keeper_wire_receive(pair[0], &message, passed) != 1)
        return -1;
    assert_int_equal(message.what, what);
    return (int)message.values[0];
}

static void
end(void)
{
    close(pair[0]);
    keeper_files_close(&files);
}

static void
test_serves(void **state)
{
    int fd;

    (void)state;
    begin();
    say(KEEPER_METRICS, 4, "a 1\n", 4);
    say(KEEPER_FILE, 1, NULL, 0);
    say(KEEPER_METRICS, 4, "a 2\n", 4);
    serve();
    assert_int_equal(heard(KEEPER_METRICS, &fd), 0);
    assert_int_equal(heard(KEEPER_FILE, &fd), 0);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "frames", 6), 6);
    close(fd);
    assert_int_equal(heard(KEEPER_METRICS, &fd), 0);
    assert_int_equal(fd, -1);
    assert_int_equal(heard(KEEPER_METRICS, &fd), -1);
    check_file("metrics.prom", "a 2\n");
    check_file("save1", "frames");
    assert_int_equal(unlink("metrics.prom") | unlink("save1"), 0);
    end();
}

/* Each is the end of it: what comes behind is not done. */
static void
test_hostile(void **state)
{
    static const struct {
        uint32_t magic, what;
        uint64_t values[KEEPER_VALUES];
    } cases[] = {
        {0, KEEPER_FILE, {1, 0, 0}},
        {KEEPER_MAGIC + 1, KEEPER_METRICS, {4, 0, 0}},
        {KEEPER_MAGIC, KEEPER_READY, {0, 0, 0}},
        {KEEPER_MAGIC, KEEPER_WHATS, {0, 0, 0}},
        {KEEPER_MAGIC, UINT32_MAX, {0, 0, 0}},
        {KEEPER_MAGIC, KEEPER_FILE, {0, 0, 0}},
        {KEEPER_MAGIC, KEEPER_FILE, {2, 0, 0}},
        {KEEPER_MAGIC, KEEPER_FILE, {UINT64_MAX, 0, 0}},
        {KEEPER_MAGIC, KEEPER_FILE, {1, ROTATION_HEADER + 1, 0}},
        {KEEPER_MAGIC, KEEPER_FILE, {1, UINT64_MAX, 0}},
        {KEEPER_MAGIC, KEEPER_METRICS, {KEEPER_TEXT + 1, 0, 0}},
        {KEEPER_MAGIC, KEEPER_METRICS, {UINT64_MAX, 0, 0}},
        {KEEPER_MAGIC, KEEPER_METRICS, {1 << 20, 0, 0}},
        {KEEPER_MAGIC, KEEPER_REMOVAL, {1, 0, 0}},
        {KEEPER_MAGIC, KEEPER_REMOVAL, {UINT64_MAX, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int fd;

        begin();
        assert_int_equal(write(pair[0], &cases[i], sizeof cases[i]), sizeof cases[i]);
        say(KEEPER_FILE, 1, NULL, 0);
        say(KEEPER_METRICS, 4, "a 1\n", 4);
        serve();
        assert_int_equal(heard(KEEPER_FILE, &fd), -1);
        check_absent("save1");
        check_absent("save2");
        check_absent("metrics.prom");
        end();
    }
}

/* A message that is cut off anywhere, and a text that is none. */
static void
test_torn(void **state)
{
    static const char texts[][4] = {{'a', '\0', '1', '\n'}, {'\r', ' ', '1', '\n'}, {'a', 0x1b, '1', '\n'}, {'a', 0x7f, '1', '\n'}};
    const struct keeper_message message = {KEEPER_MAGIC, KEEPER_METRICS, {4, 0, 0}};
    char bytes[sizeof message + 4];

    (void)state;
    memcpy(bytes, &message, sizeof message);
    memcpy(bytes + sizeof message, "a 1\n", 4);
    for (size_t len = 0; len < sizeof bytes; len++) {
        begin();
        assert_int_equal(write(pair[0], bytes, len), len);
        serve();
        check_absent("metrics.prom");
        end();
    }
    for (size_t i = 0; i < COUNT(texts); i++) {
        begin();
        say(KEEPER_METRICS, 4, texts[i], 4);
        serve();
        check_absent("metrics.prom");
        end();
    }
}

/* A descriptor that is sent along is not taken. */
static void
test_gift(void **state)
{
    const struct keeper_message message = {KEEPER_MAGIC, KEEPER_METRICS, {4, 0, 0}};
    int before = dup(0), after;

    (void)state;
    assert_true(before >= 0);
    close(before);
    begin();
    assert_int_equal(keeper_wire_send(pair[0], &message, "a 1\n", 4, STDERR_FILENO), 0);
    serve();
    end();
    after = dup(0);
    assert_int_equal(before, after);
    close(after);
    assert_int_equal(unlink("metrics.prom"), 0);
}

/* --- pongd's side */

static int
take_file(struct keeper *keeper, uint64_t number)
{
    int fd = -1;

    for (int i = 0; i < TRIES && (fd = keeper_open_file(keeper, number, "head", 4)) < 0 && errno == EAGAIN; i++)
        (void)poll(NULL, 0, 10);
    return fd;
}

/* Direct and by a process of its own, it is the same. */
static void
test_both_ways(void **state)
{
    struct keeper_wish wish = {.savefile = "save", .metrics = "metrics.prom", .removals = {NULL, "pid"}};
    struct keeper *keeper;

    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        int fd;

        wish.is_apart = apart;
        assert_int_equal(keeper_open(&keeper, &wish, errbuf), 0);
        put_file("pid", "1");
        assert_int_equal(keeper_register(keeper, "no pid", errbuf), -1);
        assert_int_equal(keeper_register(keeper, "pid", errbuf), 0);
        keeper_write_metrics(keeper, "a 1\n", 4);
        keeper_wait(keeper);
        check_file("metrics.prom", "a 1\n");
        for (unsigned i = 1; i < 4; i++) {
            fd = take_file(keeper, i);
            assert_true(fd >= 0);
            assert_int_equal(write(fd, "x", 1), 1);
            close(fd);
        }
        check_file("save3", "headx");
        assert_int_equal(unlink("save1") | unlink("save2"), 0);
        assert_int_equal(symlink("save3", "save4"), 0);
        assert_int_equal(take_file(keeper, 4), -1);
        assert_int_not_equal(errno, EPIPE);
        assert_int_equal(unlink("save3") | unlink("save4"), 0);
        fd = take_file(keeper, 4); /* it is asked again, and all is well */
        assert_true(fd >= 0);
        close(fd);
        assert_false(keeper_is_writing(keeper));
        keeper_write_metrics(keeper, "a 2\n", 4);
        keeper_close(keeper);
        check_file("metrics.prom", "a 2\n");
        check_absent("pid");
        assert_int_equal(unlink("save4") | unlink("metrics.prom"), 0);
    }
}

static void
test_nothing_to_keep(void **state)
{
    const struct keeper_wish none = {.is_apart = true}, wrong = {.metrics = "nowhere/x", .is_apart = true};
    struct keeper *keeper;

    (void)state;
    assert_int_equal(keeper_open(&keeper, &none, errbuf), 0);
    assert_null(keeper);
    keeper_check(keeper);
    keeper_wait(keeper);
    keeper_close(keeper);
    assert_int_equal(keeper_open(&keeper, &wrong, errbuf), -1);
    assert_null(keeper);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_savefiles),
        cmocka_unit_test(test_traps),
        cmocka_unit_test(test_removal),
        cmocka_unit_test(test_serves),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_torn),
        cmocka_unit_test(test_gift),
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_nothing_to_keep),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
