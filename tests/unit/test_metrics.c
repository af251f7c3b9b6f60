/* The text of metrics: each number is where it belongs, names of interfaces are harmless, and what has no room is not half there. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "keeper_files.h"
#include "metrics_text.h"

static struct metrics_values values;
static char text[KEEPER_TEXT];

static int
set_up(void **state)
{
    (void)state;
    memset(&values, 0, sizeof values);
    return 0;
}

static void
check_line(const char *line)
{
    char wanted[256];

    assert_int_not_equal(metrics_text_make(text, sizeof text, &values), 0);
    snprintf(wanted, sizeof wanted, "\n%s\n", line);
    if (strstr(text, wanted) == NULL)
        fail_msg("%s is not in:\n%s", line, text);
}

/* Each has a number of its own, so that none can stand for another. */
static void
test_numbers(void **state)
{
    (void)state;
    values.is_up = true;
    values.start_ns = UINT64_C(1700000000000000001);
    values.counters.frames = 1;
    values.counters.requests = 2;
    values.counters.requests_by[VERDICT_ANSWERED] = 3;
    values.counters.others_by[VERDICT_ANSWERED] = 4;
    values.counters.dropped = 5;
    values.counters.datagrams.complete = 6;
    values.counters.datagrams.timed_out = 7;
    values.counters.datagrams.evicted = 8;
    values.counters.pending.held = 9;
    values.counters.pending.sent = 10;
    values.counters.pending.refused = 11;
    values.counters.pending.abandoned = 12;
    values.counters.pending.most = 13;
    values.counters.pending.dropped = 14;
    values.counters.pending.sent_early = 15;
    values.counters.pending.left_out = UINT64_MAX;
    values.waiting = 17;
    values.left_out = 18;
    check_line("pongd_up 1");
    check_line("pongd_start_time_seconds 1700000000.000000001");
    check_line("pongd_frames_total 1");
    check_line("pongd_requests_total 2");
    check_line("pongd_answered_total 3");
    check_line("pongd_verdicts_total{verdict=\"answered\",kind=\"request\"} 3");
    check_line("pongd_verdicts_total{verdict=\"answered\",kind=\"other\"} 4");
    check_line("pongd_dropped_total 5");
    check_line("pongd_datagrams_total{outcome=\"complete\"} 6");
    check_line("pongd_datagrams_total{outcome=\"timed-out\"} 7");
    check_line("pongd_datagrams_total{outcome=\"evicted\"} 8");
    check_line("pongd_pending_held_total 9");
    check_line("pongd_pending_ended_total{outcome=\"sent\"} 10");
    check_line("pongd_pending_ended_total{outcome=\"refused\"} 11");
    check_line("pongd_pending_ended_total{outcome=\"abandoned\"} 12");
    check_line("pongd_pending_most_replies 13");
    check_line("pongd_pending_full_total{outcome=\"dropped\"} 14");
    check_line("pongd_pending_full_total{outcome=\"sent-early\"} 15");
    check_line("pongd_copies_left_out_total 18446744073709551615");
    check_line("pongd_pending_replies 17");
    check_line("pongd_savefile_left_out_total 18");
}

static void
test_latency(void **state)
{
    (void)state;
    histogram_add(&values.latency, 1000);
    histogram_add(&values.latency, 1001);
    histogram_add(&values.latency, 300000);
    histogram_add(&values.latency, 2000000000);
    check_line("pongd_reply_seconds_bucket{le=\"1e-06\"} 1");
    check_line("pongd_reply_seconds_bucket{le=\"2e-06\"} 2");
    check_line("pongd_reply_seconds_bucket{le=\"0.0002\"} 2");
    check_line("pongd_reply_seconds_bucket{le=\"0.0005\"} 3");
    check_line("pongd_reply_seconds_bucket{le=\"1\"} 3");
    check_line("pongd_reply_seconds_bucket{le=\"+Inf\"} 4");
    check_line("pongd_reply_seconds_sum 2.000302001");
    check_line("pongd_reply_seconds_count 4");
}

static void
test_interfaces(void **state)
{
    (void)state;
    assert_int_not_equal(metrics_text_make(text, sizeof text, &values), 0);
    assert_null(strstr(text, "interface"));
    values.interface_count = 3;
    values.interfaces[0].name = "eth0";
    values.interfaces[0].is_up = true;
    values.interfaces[0].dropped = 7;
    values.interfaces[1].name = "a\"b\\c";
    values.interfaces[2].name = "a\nb\xff";
    check_line("pongd_interface_up{interface=\"eth0\"} 1");
    check_line("pongd_interface_dropped_total{interface=\"eth0\"} 7");
    check_line("pongd_interface_up{interface=\"a\\\"b\\\\c\"} 0");
    check_line("pongd_interface_up{interface=\"a?b?\"} 0");
}

/* As much as there can be has room in what a keeper takes, and in any less room there is nothing. */
static void
test_room(void **state)
{
    size_t len;

    (void)state;
    memset(&values, 0xff, sizeof values);
    values.interface_count = LOOP_PORTS;
    for (size_t i = 0; i < LOOP_PORTS; i++) {
        values.interfaces[i].name = "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"";
        values.interfaces[i].is_up = true;
    }
    values.is_up = true;
    len = metrics_text_make(text, sizeof text, &values);
    assert_in_range(len, 1000, KEEPER_TEXT - 1);
    assert_int_equal(text[len - 1], '\n');
    for (size_t room = 1; room <= len; room += 97)
        assert_int_equal(metrics_text_make(text, room, &values), 0);
    assert_int_equal(metrics_text_make(text, len, &values), 0);
    assert_int_equal(metrics_text_make(text, len + 1, &values), len);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_numbers, set_up),
        cmocka_unit_test_setup(test_latency, set_up),
        cmocka_unit_test_setup(test_interfaces, set_up),
        cmocka_unit_test_setup(test_room, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
