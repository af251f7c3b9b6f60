/* What pongctl reload sends, and what it does not. */
#include "config.h"

#include "unit.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* pongctl's own, which no library has. */
#include "reload.c"

static char path[] = "/tmp/test_reload.XXXXXX", errbuf[PORT_ERRBUF];

static int
set_up(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int
tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static void
write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* Copies a text with the file's name for each @ in it. */
static void
name_file(char *to, size_t room, const char *text)
{
    size_t len = 0;

    for (; *text != '\0'; text++)
        len += (size_t)snprintf(to + len, room - len, "%.*s", *text == '@' ? (int)sizeof path : 1,
                                *text == '@' ? path : text);
    assert_true(len < room);
}

/* The command for an answer that has `sources`, in which @ is the file; NULL if there is none.  To be freed. */
static char *
make(const char *sources)
{
    char list[1024], answer[2048], *command = NULL;
    size_t len = 0;

    list[0] = '\0';
    name_file(list, sizeof list, sources);
    snprintf(answer, sizeof answer, "{\"ok\":true,\"sources\":[%s]}\n", list);
    if (reload_make(answer, strlen(answer), &command, &len, errbuf) != 0)
        return NULL;
    assert_int_equal(len, strlen(command));
    return command;
}

static bool
makes(const char *sources, const char *wanted)
{
    char *command = make(sources);
    bool is_same = command != NULL && strcmp(command, wanted) == 0;

    free(command);
    return is_same;
}

/* Whether nothing is sent, for a reason that has @ for the file. */
static bool
refuses(const char *sources, const char *wanted)
{
    char *command = make(sources), why[PORT_ERRBUF];
    bool is_refused = command == NULL;

    free(command);
    name_file(why, sizeof why, wanted);
    return is_refused && strncmp(errbuf, why, strlen(why)) == 0;
}

static void
test_sources_in_their_order(void **state)
{
    (void)state;
    assert_true(makes("", "rules replace \n"));
    write_file("# two\nseq 5 drop # a comment\n\n\tseq   6 drop; zero\n");
    assert_true(makes("{\"fault\":\"late\"},{\"rules\":\"@\"},{\"rule\":\"seq 1 drop\\u000a# no\\u000aseq 2 drop\"}",
                      "rules replace delay 2s; seq 5 drop; seq 6 drop; zero; seq 1 drop; seq 2 drop\n"));
    write_file("");
    assert_true(makes("{\"rules\":\"@\"}", "rules replace \n"));
}

static void
test_what_is_wrong_in_a_file(void **state)
{
    (void)state;
    write_file("zero\n  seq 2 dorp\n");
    assert_true(refuses("{\"rules\":\"@\"}", "@:2:9: \"dorp\": expected "));
    write_file("root:$6$salt$hash:19000:0:99999:7:::\n");
    assert_true(refuses("{\"rules\":\"@\"}", "@:1:1: "));
}

static void
test_what_is_not_opened(void **state)
{
    (void)state;
    assert_true(refuses("{\"rules\":\"@.not\"}", "@.not: No such file"));
    assert_true(refuses("{\"rules\":\"/\"}", "/: is no regular file"));
    assert_true(refuses("{\"rules\":\"/dev/null\"}", "/dev/null: is no regular file"));
    assert_true(refuses("{\"rule\":\"zero\"},{\"rules\":\"-\"}", "--rules -: standard input cannot be read again"));
}

static void
test_other_answers(void **state)
{
    static const char *const wrong[] = {
        "{\"rule\":\"zero\"", "{\"rule\":\"zero}", "{\"rule\":\"zero\\", "{\"rule\":\"zero\\u00", "{\"rule\":zero}",
        "{\"rulez\":\"zero\"}", "{\"rule\" \"zero\"}", "{rule:\"zero\"}", "zero", "{\"rule\":\"zero\\u000", "{", "\"",
    };
    char *command = NULL;
    size_t len;

    (void)state;
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_true(refuses(wrong[i], "this pongd does not say where its rules come from: "));
    assert_int_equal(reload_make("", 0, &command, &len, errbuf), -1);
    assert_int_equal(reload_make("{\"ok\":true}", 11, &command, &len, errbuf), -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sources_in_their_order), cmocka_unit_test(test_what_is_wrong_in_a_file),
        cmocka_unit_test(test_what_is_not_opened), cmocka_unit_test(test_other_answers),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
