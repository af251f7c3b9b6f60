/* Rules from text, and back: what is understood, in which form it is printed, and what is said of what is wrong. */
#include "unit.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "responder/faults.h"
#include "rule_set.h"
#include "rule_text.h"

static char errbuf[PORT_ERRBUF];

/* What is printed of a rule. */
static const char *
printed(const struct rule_set *set, size_t i)
{
    static char text[65536];
    size_t len = rule_text_print(&set->rules, i, text, sizeof text);

    assert_true(len < sizeof text && strlen(text) == len);
    return text;
}

static void
add(struct rule_set *set, const char *text)
{
    errbuf[0] = '\0';
    if (rule_set_add_text(set, text, strlen(text), "lab", errbuf) != 0)
        fail_msg("%s: %s", text, errbuf);
}

/* Reads a rule, and what is printed of it. */
static void
check_canonical(const char *text, const char *canonical)
{
    struct rule_set set = {.rules = {.count = 0}};

    add(&set, text);
    assert_int_equal(set.rules.count, 1);
    assert_string_equal(printed(&set, 0), canonical);
    add(&set, canonical);
    assert_int_equal(set.rules.count, 2);
    assert_string_equal(printed(&set, 1), canonical);
    assert_true(set.rules.rules[0].hash == set.rules.rules[1].hash);
    assert_true(set.rules.rules[0].is_path == set.rules.rules[1].is_path);
    rule_set_free(&set);
}

/* Rules that are printed as they are read. */
static void
test_canonical_rules(void **state)
{
    static const char *const rules[] = {
        "drop",
        "to 192.0.2.0/25 delay 20ms jitter 5ms distribution normal",
        "seq 3 drop",
        "every 10 duplicate 2 gap 1ms",
        "probability 1% corrupt 1",
        "to 192.0.2.77 error host-unreachable",
        "from fd00::/8 id 7 seq 1-3 size 56 vlan 0-4094 every 2 first 3 after 4 probability 0.001% 99.999999999% zero",
        "to 224.0.0.1 drop",
        "to 0.0.0.0/0 drop",
        "to ::/0 drop",
        "loss 10%",
        "loss 10% 25%",
        "loss gemodel 1%",
        "loss gemodel 1% 10% 70% 0.1%",
        "loss gemodel 1% loss 1% 2%",
        "delay 0s",
        "delay 1ns delay 999ns delay 250us delay 1500ms delay 3600s",
        "delay 20ms jitter 5ms 25% distribution paretonormal drop",
        "delay 20ms jitter 5ms 25%",
        "reorder",
        "reorder gap 3 within 1s",
        "truncate 0 extend 1 byte 16 0 corrupt 3",
        "warp 1500ms",
        "warp -48784ms layout timeval64le",
        "checksum bad ip-checksum bad",
        "ttl 0 tos 255 code 1 type 3",
        "set id 7 seq 9",
        "set seq 9 id 7",
        "seq 9 set id 7",
        "id 7 set id 7 id 8",
        "source 192.0.2.9",
        "source fd00::9",
        "options 07040400",
        "fragment 68",
        "error 3/13 mtu 1000 quote 8",
        "error packet-too-big mtu 1280",
        "hops 5 delay 10ms via 10.0.0.1,*,fd00::1",
        "hops 5 delay 0s delay 5ms",
        "pmtu 1400 via 10.0.0.1 silent",
        "pmtu 1400 silent",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++)
        check_canonical(rules[i], rules[i]);
}

/* Others, and the form that they are printed in. */
static void
test_other_forms(void **state)
{
    static const struct {
        const char *text, *canonical;
    } rules[] = {
        {" \t drop \r", "drop"},
        {";; drop ; ", "drop"},
        {"drop # seldom", "drop"},
        {"drop#;drop", "drop"},
        {"# not this\n\ndrop\n\n", "drop"},
        {"set drop", "drop"},
        {"to 192.0.2.77/24 drop", "to 192.0.2.0/24 drop"},
        {"to 192.0.2.77/32 drop", "to 192.0.2.77 drop"},
        {"to FD00:0::1/127 drop", "to fd00::/127 drop"},
        {"to fd00::1/128 drop", "to fd00::1 drop"},
        {"to ::ffff:1.2.3.4 drop", "to ::ffff:1.2.3.4 drop"},
        {"id 0x10-0XfF drop", "id 16-255 drop"},
        {"id 5-5 drop", "id 5 drop"},
        {"seq 007 drop", "seq 7 drop"},
        {"seq 3", "set seq 3"},
        {"id 3", "set id 3"},
        {"id 1-3 id 7", "id 1-3 set id 7"},
        {"id 1 id 7", "id 1 set id 7"},
        {"id 1 seq 7", "id 1 set seq 7"},
        {"id 1 seq 7 drop", "id 1 seq 7 drop"},
        {"id 1 seq 7 seq 8 drop", "id 1 seq 7 set seq 8 drop"},
        {"id 1 set seq 7 drop", "id 1 set seq 7 drop"},
        {"drop id 1 seq 7", "drop id 1 seq 7"},
        {"delay 0", "delay 0s"},
        {"delay 0.000h", "delay 0s"},
        {"delay 0.1s", "delay 100ms"},
        {"delay 1000ms", "delay 1s"},
        {"delay 1.5s", "delay 1500ms"},
        {"delay 2min", "delay 120s"},
        {"delay 1.5h", "delay 5400s"},
        {"delay 1.000000001s", "delay 1000000001ns"},
        {"delay 0.000000001h", "delay 3600ns"},
        {"delay 0.000001ms", "delay 1ns"},
        {"warp -0", "warp 0s"},
        {"warp +2s", "warp 2s"},
        {"warp -48.784s", "warp -48784ms"},
        {"warp -2000000000s", "warp -2000000000s"},
        {"loss 100.000%", "loss 100%"},
        {"loss 0.500%", "loss 0.5%"},
        {"loss 00.000000001%", "loss 0.000000001%"},
        {"delay 20ms distribution normal jitter 5ms 10%", "delay 20ms jitter 5ms 10% distribution normal"},
        {"delay 20ms 10% distribution normal jitter 5ms", "delay 20ms jitter 5ms 10% distribution normal"},
        {"options 07:04:fF", "options 0704ff"},
        {"options 07:04ff:00", "options 0704ff00"},
        {"error 0x3/0x0d", "error 3/13"},
        {"error fragmentation-needed quote 8 mtu 0x500", "error fragmentation-needed mtu 1280 quote 8"},
        {"hops 3 via 10.0.0.1 delay 1ms", "hops 3 delay 1ms via 10.0.0.1"},
        {"pmtu 1400 silent via fd00::0:1", "pmtu 1400 via fd00::1 silent"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++)
        check_canonical(rules[i].text, rules[i].canonical);
}

#define ACTIONS \
    "drop, loss gemodel, loss, delay, reorder, duplicate, truncate, extend, zero, byte, corrupt, warp, checksum bad, " \
    "ip-checksum bad, ttl, tos, id, seq, code, type, source, options, fragment, error, hops or pmtu"

static void
test_wrong_rules(void **state)
{
    static const struct {
        const char *text, *sentence;
    } rules[] = {
        /* names */
        {"dealy 20ms", "1:1: \"dealy\": expected a selector or an action: did you mean delay?"},
        {"to 192.0.2.0/25 set dealy 20ms", "1:21: \"dealy\": expected an action: did you mean delay?"},
        {"drop DROP", "1:6: \"DROP\": expected an action: did you mean drop?"},
        {"form 192.0.2.1 drop", "1:1: \"form\": expected a selector or an action: did you mean from?"},
        {"misbehave", "1:1: \"misbehave\": expected a selector or an action: " ACTIONS},
        {"drop\n  seq 3 drop misbehave", "2:14: \"misbehave\": expected an action: " ACTIONS},
        {"drop;\xc3\xa4\xc3\xb6", "1:6: \"????\": expected a selector or an action: " ACTIONS},
        {"delay 20ms jiter 5ms", "1:12: \"jiter\": expected jitter, distribution, an action: " ACTIONS},
        {"delay 100ms 20ms", "1:13: \"20ms\": expected jitter, distribution, an action: " ACTIONS},
        {"delay 1s jitter 2s jitter 3s", "1:20: \"jitter\": expected distribution, an action: " ACTIONS},
        {"drop abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
         "1:6: \"abcdefghijklmnopqrstuvwxyzabcdefghijklmn...\": expected an action: " ACTIONS},
        /* the order of terms */
        {"drop to 192.0.2.1", "1:6: \"to\": expected an action: selectors stand before all actions"},
        {"set to 192.0.2.1 drop", "1:5: \"to\": expected an action: selectors stand before all actions"},
        {"drop set seq 3", "1:6: \"set\" stands before the first action only"},
        {"set set drop", "1:5: \"set\" stands before the first action only"},
        {"to 192.0.2.1 to 192.0.2.2 drop", "1:14: this is given twice: make it two rules"},
        {"to 192.0.2.1", "1:13: expected an action: " ACTIONS},
        {"to 192.0.2.1 ;drop", "1:14: expected an action: " ACTIONS},
        {"to 192.0.2.1 # drop", "1:14: expected an action: " ACTIONS},
        {"to 192.0.2.1\ndrop", "1:13: expected an action: " ACTIONS},
        {"set", "1:4: expected an action: " ACTIONS},
        {"seq 3-5", "1:8: expected an action: " ACTIONS},
        {"seq 3 set", "1:10: expected an action: " ACTIONS},
        /* names of two words */
        {"checksum", "1:1: \"checksum\": expected a selector or an action: did you mean checksum bad?"},
        {"drop ip-checksum good", "1:6: \"ip-checksum\": expected an action: did you mean ip-checksum bad?"},
        {"loss gemodel", "1:13: expected a percentage such as 5%"},
        /* values that are not there */
        {"delay", "1:6: expected a time such as 20ms"},
        {"delay 20ms jitter", "1:18: expected a time such as 20ms"},
        {"delay 20ms distribution ;drop", "1:25: expected uniform, normal, pareto or paretonormal"},
        {"seq", "1:4: expected a number or a range from 0 to 65535"},
        {"duplicate", "1:10: expected a number from 1 to 100"},
        {"to", "1:3: expected an address or a prefix such as 192.0.2.0/24"},
        {"every", "1:6: expected a number from 1"},
        {"warp", "1:5: expected a time such as 20ms or -5s"},
        {"source", "1:7: expected an address"},
        {"options", "1:8: expected bytes in hexadecimal digits, such as 0101ff00"},
        {"error", "1:6: expected an ICMP error such as host-unreachable, or TYPE/CODE"},
        {"hops 3 via", "1:11: expected addresses with commas between them, * for a silent one"},
        /* values that need others */
        {"delay 1ms 20% drop", "1:15: the percentage before this goes with jitter only"},
        {"delay 1ms distribution normal", "1:30: distribution before this goes with jitter only"},
        /* numbers and ranges */
        {"ttl 256", "1:5: \"256\" is not a number from 0 to 255"},
        {"ttl -1", "1:5: \"-1\" is not a number from 0 to 255"},
        {"ttl 0x", "1:5: \"0x\" is not a number from 0 to 255"},
        {"ttl 18446744073709551616", "1:5: \"18446744073709551616\" is not a number from 0 to 255"},
        {"ttl 0x10000000000000000", "1:5: \"0x10000000000000000\" is not a number from 0 to 255"},
        {"ttl 0000000000000000000000000000000000000000000000000000000000000001",
         "1:5: \"0000000000000000000000000000000000000000...\": expected a number from 0 to 255"},
        {"every 0 drop", "1:7: \"0\" is not a number from 1 to 18446744073709551615"},
        {"id 7- drop", "1:4: \"\" is not a number from 0 to 65535"},
        {"id 9-7 drop", "1:4: \"9-7\" goes backwards: give the smaller number first"},
        {"vlan 1-4095 drop", "1:6: \"4095\" is not a number from 0 to 4094"},
        {"loss 10% 5", "1:10: \"5\": expected an action: " ACTIONS},
        /* times and percentages */
        {"delay 20", "1:7: \"20\" has no unit: say ns, us, ms, s, min or h, as in 20ms"},
        {"delay 20 ms", "1:7: \"20\" has no unit: say ns, us, ms, s, min or h, as in 20ms"},
        {"delay 20msec", "1:7: \"20msec\" is no time such as 250us, 20ms or 1.5s"},
        {"delay -1s", "1:7: \"-1s\" is no time such as 250us, 20ms or 1.5s"},
        {"delay .5s", "1:7: \".5s\" is no time such as 250us, 20ms or 1.5s"},
        {"delay 1.s", "1:7: \"1.s\" is no time such as 250us, 20ms or 1.5s"},
        {"delay 1.0000000000s", "1:7: \"1.0000000000s\" is no time such as 250us, 20ms or 1.5s"},
        {"delay 25h", "1:7: \"25h\" is no time from 0ns to 86400s"},
        {"delay 18446744073709551615h", "1:7: \"18446744073709551615h\" is no time from 0ns to 86400s"},
        {"warp --1s", "1:6: \"-1s\" is no time such as 250us, 20ms or 1.5s"},
        {"loss 10", "1:6: \"10\" is no percentage from 0% to 100%, such as 5% or 0.1%"},
        {"loss 100.000000001%", "1:6: \"100.000000001%\" is no percentage from 0% to 100%, such as 5% or 0.1%"},
        {"loss 0.0000000001%", "1:6: \"0.0000000001%\" is no percentage from 0% to 100%, such as 5% or 0.1%"},
        {"probability 5% 101% drop", "1:16: \"101%\" is no percentage from 0% to 100%, such as 5% or 0.1%"},
        /* addresses */
        {"to 192.0.2.300 drop", "1:4: \"192.0.2.300\" is not an IPv4 or IPv6 address"},
        {"to 192.0.2.0/33 drop", "1:4: \"33\" is not a number from 0 to 32"},
        {"to eth0 drop", "1:4: \"eth0\" is not an IPv4 or IPv6 address"},
        {"to 192.0.2.1 from fd00::1 drop",
         "1:14: the rule can never match: one prefix in it is of IPv4, the other of IPv6"},
        {"from fd00::1 seq 3 to 192.0.2.1 drop",
         "1:20: the rule can never match: one prefix in it is of IPv4, the other of IPv6"},
        {"source 192.0.2.0/24", "1:8: \"192.0.2.0/24\" is not an IPv4 or IPv6 address"},
        {"hops 3 via 192.0.2.1,", "1:12: \"\" is not an IPv4 or IPv6 address"},
        {"hops 3 via *,,*", "1:12: \"\" is not an IPv4 or IPv6 address"},
        {"pmtu 1400 via *", "1:15: \"*\" is not an IPv4 or IPv6 address"},
        {"hops 9 via 10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4,10.0.0.5,10.0.0.6,10.0.0.7x",
         "1:12: \"10.0.0.7x\" is not an IPv4 or IPv6 address"},
        /* the rest */
        {"options 0", "1:9: \"0\" is not 1 to 40 bytes in hexadecimal digits, such as 0101ff00"},
        {"options 07:", "1:9: \"07:\" is not 1 to 40 bytes in hexadecimal digits, such as 0101ff00"},
        {"options 07::08", "1:9: \"07::08\" is not 1 to 40 bytes in hexadecimal digits, such as 0101ff00"},
        {"options 0x07", "1:9: \"0x07\" is not 1 to 40 bytes in hexadecimal digits, such as 0101ff00"},
        {"options 0000000000000000000000000000000000000000000000000000000000000000000000000000000000",
         "1:9: \"0000000000000000000000000000000000000000000000000000000000000000000000000000000000\" is not 1 to 40 bytes in "
         "hexadecimal digits, such as 0101ff00"},
        {"delay 1s jitter 1s distribution gauss", "1:33: \"gauss\": expected uniform, normal, pareto or paretonormal"},
        {"error 3/256", "1:7: \"3/256\": expected an ICMP error such as host-unreachable, or TYPE/CODE"},
        {"error 3/+5", "1:7: \"3/+5\": expected an ICMP error such as host-unreachable, or TYPE/CODE"},
        {"error /", "1:7: \"/\": expected an ICMP error such as host-unreachable, or TYPE/CODE"},
        {"error host-unreachble", "1:7: \"host-unreachble\" is no ICMP error: did you mean host-unreachable?"},
        {"drop\n\ndr\001op", "3:3: a byte that is no text: give a file with one rule a line"},
        {"drop # \177", "1:8: a byte that is no text: give a file with one rule a line"},
    };
    struct rule_set set = {.rules = {.count = 0}};

    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        char sentence[2 * PORT_ERRBUF];

        snprintf(sentence, sizeof sentence, "lab:%s", rules[i].sentence);
        if (rule_set_add_text(&set, rules[i].text, strlen(rules[i].text), "lab", errbuf) == 0)
            fail_msg("no error: %s", rules[i].text);
        assert_string_equal(errbuf, sentence);
        assert_int_equal(set.rules.count + set.rules.term_count + set.rules.address_count + set.rules.byte_count, 0);
    }
    rule_set_free(&set);
}

/* Whatever the name of the file, the place and the word are there. */
static void
test_long_names(void **state)
{
    struct rule_set set = {.rules = {.count = 0}};
    char name[PORT_ERRBUF + 1];

    (void)state;
    for (size_t len = 1; len < sizeof name; len++) {
        memset(name, 'x', len);
        name[len] = '\0';
        assert_int_equal(rule_set_add_text(&set, "drop misbehave", 14, name, errbuf), -1);
        assert_true(strlen(errbuf) < PORT_ERRBUF);
        assert_non_null(strstr(errbuf, "x:1:6: \"misbehave\": expected an action: " ACTIONS));
    }
    rule_set_free(&set);
}

/* Of what is typed the source is known. */
static void
test_no_name(void **state)
{
    struct rule_set set = {.rules = {.count = 0}};

    (void)state;
    assert_int_equal(rule_set_add_text(&set, "seq 3 drip", 10, NULL, errbuf), -1);
    assert_string_equal(errbuf, "column 7: \"drip\": expected a selector or an action: did you mean drop?");
    assert_int_equal(rule_set_add_text(&set, "drop\nttl x", 10, NULL, errbuf), -1);
    assert_string_equal(errbuf, "line 2, column 5: \"x\" is not a number from 0 to 255");
    rule_set_free(&set);
}

/* A null byte is no end of the text, and text needs none. */
static void
test_bytes(void **state)
{
    struct rule_set set = {.rules = {.count = 0}};

    (void)state;
    assert_int_equal(rule_set_add_text(&set, "drop\0drop", 9, "lab", errbuf), -1);
    assert_string_equal(errbuf, "lab:1:5: a byte that is no text: give a file with one rule a line");
    assert_int_equal(rule_set_add_text(&set, "dropdelay", 4, "lab", errbuf), 0);
    assert_int_equal(rule_set_add_text(&set, "", 0, "lab", errbuf), 0);
    assert_int_equal(set.rules.count, 1);
    rule_set_free(&set);
}

static void
test_values(void **state)
{
    struct rule_set set = {.rules = {.count = 0}};
    const struct rule_term *terms;

    (void)state;
    add(&set, "to 192.0.2.77/24 seq 3-5 probability 0.000000001% delay 1.5s jitter 1s 100% warp -1ns hops 2 via 10.0.0.1,*\n"
              "options 0704 error 3/13");
    terms = set.rules.terms;
    assert_int_equal(set.rules.rules[0].selectors, 3);
    assert_int_equal(set.rules.rules[0].actions, 3);
    assert_true(set.rules.rules[0].is_path);
    assert_memory_equal(terms[0].values[0].as.prefix.address.bytes, "\xc0\0\x02\0", 4);
    assert_int_equal(terms[0].values[0].as.prefix.len, 24);
    assert_int_equal(terms[1].values[0].as.range.first, 3);
    assert_int_equal(terms[1].values[0].as.range.last, 5);
    assert_true(terms[2].values[0].as.number == 1);
    assert_false(terms[2].values[1].is_given);
    assert_true(terms[3].values[0].as.number == UINT64_C(1500000000));
    assert_true(terms[3].values[2].is_given && terms[3].values[2].as.number == RANDOM_WHOLE);
    assert_true((int64_t)terms[4].values[0].as.number == -1);
    assert_int_equal(terms[5].values[2].as.slice.count, 2);
    assert_int_equal(set.rules.addresses[0].version, 4);
    assert_int_equal(set.rules.addresses[1].version, 0);
    assert_int_equal(set.rules.rules[1].first, 6);
    assert_false(set.rules.rules[1].is_path);
    assert_memory_equal(set.rules.bytes + terms[6].values[0].as.slice.at, "\x07\x04", 2);
    assert_int_equal(terms[7].values[0].as.error.name, -1);
    assert_int_equal(terms[7].values[0].as.error.code, 13);
    rule_set_free(&set);
}

/* A set is as it was when what is added is wrong; what is taken out leaves the others alone, with what they remember. */
static void
test_changes(void **state)
{
    static const char wrong[] = "hops 1 via fd00::1; options 03\ndrop; bogus";
    struct rule_set set = {.rules = {.count = 0}}, copy = {.rules = {.count = 0}}, rest = {.rules = {.count = 0}};

    (void)state;
    add(&set, "hops 2 via 10.0.0.1,10.0.0.2; options 0102; seq 3 drop");
    assert_int_equal(rule_set_add_text(&set, wrong, strlen(wrong), "more", errbuf), -1);
    assert_memory_equal(errbuf, "more:2:7: ", 10);
    assert_int_equal(set.rules.count, 3);
    assert_int_equal(set.rules.address_count, 2);
    assert_int_equal(set.rules.byte_count, 2);
    assert_int_equal(set.rules.term_count, 4);
    add(&set, "hops 1 via fd00::1");
    assert_string_equal(printed(&set, 3), "hops 1 via fd00::1");

    set.rules.rules[2].hits = 7;
    set.rules.terms[2].memory.count = 9;
    assert_int_equal(rule_set_add_rules(&rest, &set.rules, 1, errbuf), 0);
    assert_int_equal(rule_set_add_rules(&copy, &set.rules, 0, errbuf), 0);
    rule_set_free(&set);
    assert_int_equal(rest.rules.count, 3);
    assert_int_equal(rest.rules.address_count, 1);
    assert_string_equal(printed(&rest, 0), "options 0102");
    assert_string_equal(printed(&rest, 1), "seq 3 drop");
    assert_string_equal(printed(&rest, 2), "hops 1 via fd00::1");
    assert_int_equal(rest.rules.rules[1].hits, 7);
    assert_int_equal(rest.rules.terms[rest.rules.rules[1].first].memory.count, 9);
    rule_set_free(&rest);
    assert_int_equal(copy.rules.count, 4);
    assert_string_equal(printed(&copy, 0), "hops 2 via 10.0.0.1,10.0.0.2");
    rule_set_free(&copy);
    assert_int_equal(copy.rules.count + copy.rules.term_count + copy.rules.address_count, 0);
}

/* Cut as snprintf(3) does. */
static void
test_room(void **state)
{
    struct rule_set set = {.rules = {.count = 0}};
    char text[8] = "xxxxxxx";

    (void)state;
    add(&set, "seq 3 drop");
    assert_int_equal(rule_text_print(&set.rules, 0, NULL, 0), 10);
    assert_int_equal(rule_text_print(&set.rules, 0, text, 1), 10);
    assert_string_equal(text, "");
    assert_int_equal(rule_text_print(&set.rules, 0, text, 6), 10);
    assert_string_equal(text, "seq 3");
    assert_int_equal(text[6], 'x');
    rule_set_free(&set);
}

static void
test_limits(void **state)
{
    enum { LINE = sizeof "drop\n" - 1, WORD = sizeof "zero " - 1 };
    size_t len = (size_t)RULE_SET_MOST * LINE;
    struct rule_set set = {.rules = {.count = 0}}, more = {.rules = {.count = 0}};
    char *text = malloc(len);

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < RULE_SET_MOST; i++)
        memcpy(text + i * LINE, "drop\n", LINE);
    assert_int_equal(rule_set_add_text(&set, text, len, "many", errbuf), 0);
    assert_int_equal(set.rules.count, RULE_SET_MOST);
    assert_int_equal(rule_set_add_text(&set, " drop", 5, "more", errbuf), -1);
    assert_string_equal(errbuf, "more:1:2: there are too many rules before this one");
    assert_int_equal(rule_set_add_text(&more, "drop", 4, "more", errbuf), 0);
    assert_int_equal(rule_set_add_rules(&more, &set.rules, 0, errbuf), -1);
    assert_int_equal(more.rules.count, 1);
    assert_int_equal(rule_set_add_rules(&more, &set.rules, RULE_SET_MOST, errbuf), 0);
    rule_set_free(&more);
    rule_set_free(&set);

    for (size_t i = 0; i <= RULE_SET_TERMS; i++)
        memcpy(text + i * WORD, "zero ", WORD);
    assert_int_equal(rule_set_add_text(&set, text, RULE_SET_TERMS * WORD, "long", errbuf), 0);
    assert_int_equal(rule_set_add_text(&set, text, (RULE_SET_TERMS + 1) * WORD, "long", errbuf), -1);
    assert_string_equal(errbuf, "long:1:321: the rule is too long: make it two");
    rule_set_free(&set);
    free(text);
}

/* --- files */

static char path[] = "test_rules_text.XXXXXX";

static void
write_file(const char *text, size_t len)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void
test_files(void **state)
{
    static const char right[] = "\xef\xbb\xbf# ours\r\nseq 3 drop\r\n\r\nzero # \xc3\xa4\r\ndrop", wrong[] = "\xef\xbb\xbf""drop\r\n dro";
    struct rule_set set = {.rules = {.count = 0}};
    char where[PORT_ERRBUF];

    (void)state;
    write_file(right, sizeof right - 1);
    assert_int_equal(rule_set_read_file(&set, path, errbuf), 0);
    assert_int_equal(set.rules.count, 3);
    assert_string_equal(printed(&set, 0), "seq 3 drop");
    assert_string_equal(printed(&set, 2), "drop");
    write_file(wrong, sizeof wrong - 1);
    assert_int_equal(rule_set_read_file(&set, path, errbuf), -1);
    snprintf(where, sizeof where, "%s:2:2: \"dro\": expected", path);
    assert_memory_equal(errbuf, where, strlen(where));
    assert_int_equal(set.rules.count, 3);
    write_file("", 0);
    assert_int_equal(rule_set_read_file(&set, path, errbuf), 0);
    write_file("\xef\xbb", 2);
    assert_int_equal(rule_set_read_file(&set, path, errbuf), -1);
    write_file("drop\n\0", 6);
    assert_int_equal(rule_set_read_file(&set, path, errbuf), -1);
    snprintf(where, sizeof where, "%s:2:1: a byte that is no text: give a file with one rule a line", path);
    assert_string_equal(errbuf, where);
    assert_int_equal(rule_set_read_file(&set, "/", errbuf), -1);
    assert_string_equal(errbuf, "/: is a directory: name a file in it");
    assert_int_equal(rule_set_read_file(&set, "none/none", errbuf), -1);
    assert_string_equal(errbuf, "none/none: No such file or directory");
    assert_int_equal(set.rules.count, 3);
    rule_set_free(&set);
}

static int
make_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical_rules),
        cmocka_unit_test(test_other_forms),
        cmocka_unit_test(test_wrong_rules),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_no_name),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
