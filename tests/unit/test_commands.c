/* The commands of pongctl on a loop that does not run: what they do, and what they say of mistakes. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "signals.h"

static const struct log quiet = {.is_quiet = true};
static struct responder responder;
static struct port first, second;
static struct loop loop;
static struct rule_sources sources;
static struct rulebook rulebook;
static struct commands commands;
static char *answer;
static size_t answer_len;

static uint64_t
no_drops(struct port *port)
{
    (void)port;
    return 2;
}

static const struct port_ops ops = {.dropped = no_drops};

static int
set_up(void **state)
{
    static const struct rules none;
    char errbuf[PORT_ERRBUF];

    (void)state;
    first = (struct port){.ops = &ops, .name = "eth0"};
    second = (struct port){.ops = &ops, .name = "eth1"};
    loop = (struct loop){.ports = {&first, &second}, .port_count = 2, .responder = &responder, .log = &quiet};
    commands = (struct commands){.loop = &loop, .rulebook = &rulebook};
    sources.count = 0;
    return rulebook_open(&rulebook, &responder, 1, &none, &sources, errbuf);
}

static int
tear_down(void **state)
{
    (void)state;
    rulebook_close(&rulebook);
    free(answer);
    answer = NULL;
    return 0;
}

/* The answer to a command. */
static const char *
ask(const char *command)
{
    char line[512];
    FILE *out;

    free(answer);
    out = open_memstream(&answer, &answer_len);
    assert_non_null(out);
    snprintf(line, sizeof line, "%s", command);
    commands_answer(&commands, line, out);
    assert_int_equal(fclose(out), 0);
    return answer;
}

/* Whether a command is refused with a sentence that begins so. */
static bool
is_refused(const char *command, const char *why)
{
    char wanted[512];

    snprintf(wanted, sizeof wanted, "{\"ok\":false,\"error\":\"%s", why);
    return strncmp(ask(command), wanted, strlen(wanted)) == 0 && strcmp(answer + answer_len - 2, "\"}") == 0;
}

static void
test_pause_and_resume(void **state)
{
    (void)state;
    assert_string_equal(ask("pause"), "{\"ok\":true,\"paused\":[\"eth0\",\"eth1\"]}");
    assert_true(first.iface.is_paused && second.iface.is_paused);
    assert_string_equal(ask("resume eth0"), "{\"ok\":true,\"paused\":[\"eth1\"]}");
    assert_true(!first.iface.is_paused && second.iface.is_paused);
    assert_string_equal(ask("pause eth1"), "{\"ok\":true,\"paused\":[\"eth1\"]}");
    assert_string_equal(ask("resume"), "{\"ok\":true,\"paused\":[]}");
    assert_true(!first.iface.is_paused && !second.iface.is_paused);
}

static void
test_interfaces_that_are_not_there(void **state)
{
    (void)state;
    assert_true(is_refused("pause eth9", "\\\"eth9\\\" is not answered on: name one of eth0, eth1"));
    assert_true(is_refused("pause eth", "\\\"eth\\\" is not answered on"));
    assert_true(is_refused("pause eth0 eth1", "\\\"eth0 eth1\\\" is not answered on"));
    assert_true(!first.iface.is_paused && !second.iface.is_paused);
    loop.ports[0] = NULL; /* it has ended */
    assert_true(is_refused("pause eth0", "\\\"eth0\\\" is not answered on: name one of eth1"));
    assert_string_equal(ask("pause"), "{\"ok\":true,\"paused\":[\"eth1\"]}");
}

static void
test_stats(void **state)
{
    (void)state;
    counters_add(&loop.counters, VERDICT_ANSWERED, true);
    counters_add(&loop.counters, VERDICT_PAUSED, true);
    first.iface.is_paused = true;
    assert_string_equal(ask("stats"), "{\"ok\":true,\"stats\":{\"frames\":2,\"requests\":2,\"answered\":1,\"dropped\":4,"
                        "\"datagrams\":{\"complete\":0,\"timed-out\":0,\"evicted\":0},"
                        "\"pending\":{\"held\":0,\"sent\":0,\"refused\":0,\"abandoned\":0,\"most\":0,\"dropped\":0,"
                        "\"sent-early\":0,\"left-out\":0},\"verdicts\":{\"answered\":1,\"paused\":1},\"paused\":[\"eth0\"]}}");
}

static void
test_blanks(void **state)
{
    (void)state;
    assert_string_equal(ask(" \t pause \t eth0\t "), "{\"ok\":true,\"paused\":[\"eth0\"]}");
    assert_string_equal(ask("resume\t"), "{\"ok\":true,\"paused\":[]}");
}

static void
test_mistakes(void **state)
{
    (void)state;
    assert_true(is_refused("", "\\\"\\\" is no command: the commands are pause [IF], resume [IF]"));
    assert_true(is_refused("pauseeth0", "\\\"pauseeth0\\\" is no command: the commands are "));
    assert_true(is_refused("Pause", "\\\"Pause\\\" is no command: the commands are "));
    assert_true(is_refused("paus", "\\\"paus\\\" is no command: the commands are "));
    assert_true(is_refused("stats now", "\\\"stats now\\\" has too much behind it: the commands are "));
    assert_true(is_refused("\"\\\303\303\244", "\\\"\\\"\\\\\\ufffd\303\244\\\" is no command"));
    assert_true(is_refused("a line that is much longer than any that could be told of in a sentence of that length",
                           "\\\"a line that is much longer than any that could be told of in...\\\" is no command"));
}

static void
test_rules(void **state)
{
    (void)state;
    assert_null(responder.rules);
    assert_string_equal(ask("rules"), "{\"ok\":true,\"rules\":[]}");
    assert_string_equal(ask("rules add seq 3 drop; every 2 delay 20000us"), "{\"ok\":true,\"count\":2}");
    assert_ptr_equal(responder.rules, &rulebook.set.rules);
    assert_string_equal(ask("rules"), "{\"ok\":true,\"rules\":[{\"number\":1,\"rule\":\"seq 3 drop\",\"hits\":0},"
                        "{\"number\":2,\"rule\":\"every 2 delay 20ms\",\"hits\":0}]}");
    assert_string_equal(ask("rules \t add  seq 4 drop # the last"), "{\"ok\":true,\"count\":3}");
    assert_string_equal(ask("rules remove 2"), "{\"ok\":true,\"count\":2}");
    assert_string_equal(ask("rules"), "{\"ok\":true,\"rules\":[{\"number\":1,\"rule\":\"seq 3 drop\",\"hits\":0},"
                        "{\"number\":2,\"rule\":\"seq 4 drop\",\"hits\":0}]}");
    assert_string_equal(ask("rules replace zero"), "{\"ok\":true,\"count\":1}");
    assert_string_equal(ask("rules replace"), "{\"ok\":true,\"count\":0}");
    assert_null(responder.rules);
    assert_string_equal(ask("rules replace ;; # none"), "{\"ok\":true,\"count\":0}");
}

static void
test_wrong_rules(void **state)
{
    (void)state;
    assert_true(is_refused("rules remove 1", "there are no rules"));
    assert_string_equal(ask("rules add seq 3 drop"), "{\"ok\":true,\"count\":1}");
    assert_true(is_refused("rules add seq 4 drop; seq 5 dorp", "column 19: \\\"dorp\\\": expected "));
    assert_true(is_refused("rules replace seq 4 drop; seq 5 dorp", "column 19: \\\"dorp\\\": expected "));
    assert_true(is_refused("rules add", "\\\"rules add\\\" needs something behind it: the commands are "));
    assert_true(is_refused("rules remove 0", "\\\"0\\\" is not a number from 1 to 1"));
    assert_true(is_refused("rules remove 2", "\\\"2\\\" is not a number from 1 to 1"));
    assert_true(is_refused("rules remove all", "\\\"all\\\" is not a number from 1 to 1"));
    assert_true(is_refused("rules list", "\\\"rules list\\\" has too much behind it: the commands are "));
    assert_string_equal(ask("rules"), "{\"ok\":true,\"rules\":[{\"number\":1,\"rule\":\"seq 3 drop\",\"hits\":0}]}");
}

/* Rules that stay go on where they were, whatever comes and goes before them. */
static void
test_what_rules_remember(void **state)
{
    struct rules *rules = &rulebook.set.rules;
    uint64_t fresh, later;

    (void)state;
    ask("rules add every 3 drop");
    fresh = random_next(&rules->rules[0].random);
    later = random_next(&rules->rules[0].random);
    rules->rules[0].hits = 7;
    rules->terms[rules->rules[0].first].memory.count = 22;
    ask("rules replace seq 1 drop; every 3 drop; every 3 drop");
    assert_int_equal(rules->count, 3);
    assert_true(rules->rules[1].hits == 7 && rules->terms[rules->rules[1].first].memory.count == 22);
    assert_true(rules->rules[2].hits == 0 && rules->terms[rules->rules[2].first].memory.count == 0);
    assert_true(random_next(&rules->rules[1].random) != later && random_next(&rules->rules[2].random) != fresh);
    ask("rules remove 1");
    assert_true(rules->rules[0].hits == 7);
    ask("rules replace");
    ask("rules replace every 3 drop");
    assert_true(rules->rules[0].hits == 0 && random_next(&rules->rules[0].random) == fresh);
}

static void
test_rules_about_the_path(void **state)
{
    (void)state;
    assert_non_null(strstr(ask("rules add to 192.0.2.7 hops 2"), "\"count\":1,\"note\":\"rules about the path "));
    commands.looks_at_udp = true;
    assert_string_equal(ask("rules add seq 1 drop"), "{\"ok\":true,\"count\":2}");
}

static void
test_reload(void **state)
{
    char errbuf[PORT_ERRBUF];
    struct rule_set old = {.rules.count = 0};

    (void)state;
    assert_int_equal(rule_source_add(&sources, RULE_SOURCE_TEXT, "seq 1 drop", &old, errbuf), 0);
    assert_int_equal(rule_source_add(&sources, RULE_SOURCE_PRESET, "late", &old, errbuf), 0);
    rule_set_free(&old);
    assert_string_equal(ask("rules add seq 5 drop"), "{\"ok\":true,\"count\":1}");
    assert_string_equal(ask("reload"), "{\"ok\":true,\"count\":2}");
    assert_non_null(strstr(ask("rules"), "{\"number\":1,\"rule\":\"seq 1 drop\",\"hits\":0},"
                                         "{\"number\":2,\"rule\":\"delay 2s\""));
    sources.list[sources.count++] = (struct rule_source){RULE_SOURCE_FILE, "/dev/null"};
    assert_true(is_refused("reload", "/dev/null: no file is read here any more: pongctl reload reads it"));
    sources.list[sources.count++] = (struct rule_source){RULE_SOURCE_FILE, "-"};
    assert_true(is_refused("reload", "--rules -: standard input cannot be read again"));
    assert_non_null(strstr(ask("rules"), "\"number\":2,\"rule\":\"delay 2s\""));
}

static void
test_sources(void **state)
{
    static char folder[] = "/etc/lab";

    (void)state;
    assert_string_equal(ask("sources"), "{\"ok\":true,\"sources\":[]}");
    sources.list[0] = (struct rule_source){RULE_SOURCE_TEXT, "seq 1 drop\n# a \"comment\""};
    sources.list[1] = (struct rule_source){RULE_SOURCE_FILE, "lab.rules"};
    sources.list[2] = (struct rule_source){RULE_SOURCE_FILE, "/srv/lab/rules"};
    sources.list[3] = (struct rule_source){RULE_SOURCE_PRESET, "late"};
    sources.list[4] = (struct rule_source){RULE_SOURCE_FILE, "-"};
    sources.count = 5;
    commands.folder = folder;
    assert_string_equal(ask("sources"), "{\"ok\":true,\"sources\":[{\"rule\":\"seq 1 drop\\u000a# a \\\"comment\\\"\"},"
                        "{\"rules\":\"/etc/lab/lab.rules\"},{\"rules\":\"/srv/lab/rules\"},{\"fault\":\"late\"},{\"rules\":\"-\"}]}");
    commands.folder = NULL;
    assert_non_null(strstr(ask("sources"), "{\"rules\":\"lab.rules\"}"));
}

static void
test_no_rules_with_verify(void **state)
{
    static struct verify verify;

    (void)state;
    loop.verify = &verify;
    assert_true(is_refused("rules add seq 3 drop", "there are no rules with --verify"));
    assert_true(is_refused("rules replace", "there are no rules with --verify"));
    assert_null(responder.rules);
    assert_string_equal(ask("rules"), "{\"ok\":true,\"rules\":[]}");
}

/* What help lists is understood. */
static void
test_help(void **state)
{
    static const char begin[] = "{\"command\":\"";
    char list[8192], name[64];
    unsigned count = 0;

    (void)state;
    assert_true(strlen(ask("help")) < sizeof list);
    snprintf(list, sizeof list, "%s", ask("help"));
    for (const char *at = strstr(list, begin); at != NULL; at = strstr(at, begin)) {
        at += strlen(begin);
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "[\""), at);
        ask(name);
        assert_null(strstr(answer, "is no command"));
        count++;
    }
    assert_true(count >= 10);
}

static void
test_quit(void **state)
{
    (void)state;
    assert_false(signals_ask_for_the_end());
    assert_string_equal(ask("quit"), "{\"ok\":true}");
    assert_true(signals_ask_for_the_end());
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pause_and_resume), TEST(test_interfaces_that_are_not_there), TEST(test_stats), TEST(test_blanks),
        TEST(test_mistakes), TEST(test_rules), TEST(test_wrong_rules), TEST(test_what_rules_remember),
        TEST(test_rules_about_the_path), TEST(test_reload), TEST(test_sources), TEST(test_no_rules_with_verify),
        /* These end by asking for the end. */
        TEST(test_quit), TEST(test_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
