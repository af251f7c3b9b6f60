/* The file with the number of the process: who holds it, what it may be, and what is left of it. */
#include "unit.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pid_file.h"

static char folder[] = "/tmp/pongd-pid.XXXXXX", errbuf[PORT_ERRBUF];
static const char path[] = "pongd.pid", other[] = "other";

static void
write_text(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static const char *
text_of(const char *name)
{
    static char text[64];
    FILE *file = fopen(name, "r");

    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static const char *
self(void)
{
    static char text[32];

    snprintf(text, sizeof text, "%ld\n", (long)getpid());
    return text;
}

static int
clean(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(other);
    return 0;
}

static void
test_comes_and_goes(void **state)
{
    struct pid_file file;
    struct stat status;

    (void)state;
    umask(077);
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    assert_string_equal(text_of(path), "");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(pid_file_write(&file, errbuf), 0);
    assert_string_equal(text_of(path), self());
    assert_int_equal(chdir("/"), 0); /* as a service does */
    assert_int_equal(pid_file_close(&file, true, errbuf), 0);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(pid_file_close(&file, true, errbuf), 0); /* once is enough */
}

static void
test_stays_empty_where_it_cannot_go(void **state)
{
    struct pid_file file;

    (void)state;
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    assert_int_equal(pid_file_write(&file, errbuf), 0);
    assert_int_equal(pid_file_close(&file, false, errbuf), 0);
    assert_string_equal(text_of(path), "");
    assert_int_equal(pid_file_open(&file, path, errbuf), 0); /* and is nobody's then */
    assert_int_equal(pid_file_close(&file, true, errbuf), 0);
}

static void
test_one_at_a_time(void **state)
{
    struct pid_file file, second;
    char words[64];

    (void)state;
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    assert_int_equal(pid_file_open(&second, path, errbuf), -1);
    assert_non_null(strstr(errbuf, "about to start or to end"));
    assert_int_equal(pid_file_write(&file, errbuf), 0);
    assert_int_equal(pid_file_open(&second, path, errbuf), -1);
    snprintf(words, sizeof words, "another pongd holds it, process %ld: ", (long)getpid());
    assert_non_null(strstr(errbuf, words));
    assert_string_equal(text_of(path), self());
    assert_int_equal(pid_file_close(&file, true, errbuf), 0);
}

/* Of a pongd that was killed. */
static void
test_stale(void **state)
{
    struct pid_file file;

    (void)state;
    write_text(path, "1\n"); /* which is alive, but no pongd */
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    assert_string_equal(text_of(path), "");
    assert_int_equal(pid_file_close(&file, true, errbuf), 0);
    write_text(path, "4194304"); /* without a newline, as others write it */
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    assert_int_equal(pid_file_close(&file, true, errbuf), 0);
}

static void
assert_left_alone(const char *text)
{
    struct pid_file file;

    write_text(path, text);
    assert_int_equal(pid_file_open(&file, path, errbuf), -1);
    assert_non_null(strstr(errbuf, "holds more than the number of a process"));
    assert_string_equal(text_of(path), text);
}

static void
test_what_is_something_else(void **state)
{
    struct pid_file file;

    (void)state;
    assert_left_alone("root:x:0:0\n");
    assert_left_alone("12\n13\n");
    assert_left_alone("-1\n");
    assert_left_alone("123456789012345678901234567890\n");
    clean(NULL);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pid_file_open(&file, path, errbuf), -1);
    assert_non_null(strstr(errbuf, "is no file"));
    clean(NULL);
    write_text(other, "");
    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(pid_file_open(&file, path, errbuf), -1);
    assert_non_null(strstr(errbuf, "symbolic link"));
    assert_int_equal(pid_file_open(&file, "no/such/folder", errbuf), -1);
    assert_string_equal(errbuf, "--pid-file: no/such/folder: No such file or directory");
}

/* What has come to stand there meanwhile is not ours. */
static void
test_taken_away(void **state)
{
    struct pid_file file;

    (void)state;
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    assert_int_equal(unlink(path), 0);
    write_text(path, "7\n");
    assert_int_equal(pid_file_close(&file, true, errbuf), 0);
    assert_string_equal(text_of(path), "7\n");
}

/* A process that ends without a word leaves the lock to nobody, but to one that has a copy of the descriptor. */
static void
test_lock_goes_with_the_last_holder(void **state)
{
    struct pid_file file;
    int ready[2], end[2];
    char byte;
    pid_t child;

    (void)state;
    assert_int_equal(pipe(ready) | pipe(end), 0);
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    child = fork();
    if (child == 0) {
        close(end[1]);
        (void)!write(ready[1], "", 1);
        (void)!read(end[0], &byte, 1);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(file.fd);
    free(file.path);
    assert_int_equal(pid_file_open(&file, path, errbuf), -1);
    close(end[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(pid_file_open(&file, path, errbuf), 0);
    assert_int_equal(pid_file_close(&file, true, errbuf), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_comes_and_goes, clean),
        cmocka_unit_test_teardown(test_stays_empty_where_it_cannot_go, clean),
        cmocka_unit_test_teardown(test_one_at_a_time, clean),
        cmocka_unit_test_teardown(test_stale, clean),
        cmocka_unit_test_teardown(test_what_is_something_else, clean),
        cmocka_unit_test_teardown(test_taken_away, clean),
        cmocka_unit_test_teardown(test_lock_goes_with_the_last_holder, clean),
    };
    int rc;

    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 1;
    rc = cmocka_run_group_tests(tests, NULL, NULL);
    (void)rmdir(folder);
    return rc;
}
