/* The one loop of the program, the same for live ports and savefiles. */
#include "config.h"

#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "platform/platform.h"
#include "progress.h"
#include "signals.h"
#include "verify/report.h"

enum {
    TURN_FRAMES = 64, /* that a port may bring before others have their turn */
    CHECK_MS = 1000
};

/* What one run remembers between turns. */
struct run {
    struct loop *loop;
    bool is_over;   /* as it should be */
    bool has_failed;
    uint64_t now_ms; /* about when this turn began */
    uint64_t next_check_ms;
    uint64_t next_stats_ms;
    struct progress progress; /* of captures */
    uint64_t complain_ms[LOOP_PORTS]; /* when a refused reply may be told of again */
};

static uint64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void
end_port(struct run *run, size_t i)
{
    struct port *port = run->loop->ports[i];

    run->progress.taken += port->taken;
    run->loop->counters.dropped += port->ops->dropped(port);
    responder_remove_iface(run->loop->responder, &port->iface);
    doctor_close(run->loop->doctors[i], run->now_ms);
    run->loop->doctors[i] = NULL;
    port->ops->close(port);
    run->loop->ports[i] = NULL;
}

static void
fail_port(struct run *run, size_t i)
{
    progress_erase(&run->progress);
    log_error("%s: %s", run->loop->ports[i]->name, run->loop->ports[i]->errbuf);
    run->has_failed = true;
    end_port(run, i);
}

/* Sends `count` of the responder's replies.  PORT_REFUSED when not all were taken. */
static enum port_result
send_replies(struct run *run, size_t i, const struct frame *frame, size_t count)
{
    struct port *port = run->loop->ports[i];
    enum port_result worst = PORT_DONE;

    for (size_t j = 0; j < count; j++) {
        enum port_result result = port->ops->send(port, frame, &run->loop->responder->replies[j]);

        if (result == PORT_DONE)
            continue;
        worst = result;
        if (result != PORT_REFUSED)
            return result;
        if (now_ms() >= run->complain_ms[i]) {
            log_notice(run->loop->log, "%s: a reply was not sent: %s", port->name, port->errbuf);
            run->complain_ms[i] = now_ms() + CHECK_MS;
        }
    }
    return worst;
}

/* Lets time pass until `ts_ns` on the clock of the frames. */
static enum port_result
tick(struct run *run, size_t i, uint64_t ts_ns)
{
    size_t count = responder_tick(run->loop->responder, &run->loop->ports[i]->iface, ts_ns);

    if (run->loop->verify != NULL) {
        report_pairs(run->loop->log, run->loop->verify, ts_ns, false);
        return PORT_DONE;
    }
    return count == 0 ? PORT_DONE : send_replies(run, i, NULL, count);
}

/* Tells what became of addresses that were asked for, or that others have. */
static void
tell_news(struct run *run)
{
    struct claims_news news;

    while (claims_take_news(&run->loop->responder->claims, &news))
        for (size_t i = 0; i < run->loop->port_count; i++)
            if (run->loop->ports[i] != NULL && run->loop->ports[i]->iface.index == news.place.iface)
                log_news(run->loop->log, run->loop->ports[i]->name, &news);
}

/* Holds what is recorded against what we would send, and sends nothing. */
static enum port_result
compare_frame(struct run *run, size_t i, const struct frame *frame)
{
    struct loop *loop = run->loop;
    struct frame prepared = *frame;
    struct outcome outcome;

    verify_prepare(loop->verify, &prepared);
    (void)tick(run, i, frame->ts_ns);
    respond(loop->responder, &prepared, &outcome);
    verify_hear(loop->verify, loop->ports[i]->name, &prepared, &outcome);
    counters_add(&loop->counters, outcome.verdict, outcome.request.kind != REQUEST_NONE);
    if (loop->answers > 0 && loop->counters.requests_by[VERDICT_ANSWERED] >= loop->answers)
        run->is_over = true;
    return PORT_DONE;
}

static enum port_result
handle_frame(struct run *run, size_t i, const struct frame *frame)
{
    struct loop *loop = run->loop;
    struct outcome outcome;
    enum port_result result = tick(run, i, frame->ts_ns);

    respond(loop->responder, frame, &outcome);
    tell_news(run);
    if (result == PORT_DONE || result == PORT_REFUSED)
        result = send_replies(run, i, frame, outcome.reply_count);
    if (result != PORT_DONE && (outcome.verdict == VERDICT_ANSWERED || outcome.verdict == VERDICT_NEIGHBOR))
        outcome.verdict = VERDICT_TX_FAIL;
    counters_add(&loop->counters, outcome.verdict, outcome.request.kind != REQUEST_NONE);
    log_frame(loop->log, loop->ports[i]->name, frame, &outcome);
    log_claim(loop->log, loop->ports[i]->name, &outcome);
    doctor_hear(loop->doctors[i], frame, &outcome, run->now_ms);
    if (loop->answers > 0 && loop->counters.requests_by[VERDICT_ANSWERED] >= loop->answers)
        run->is_over = true;
    return result == PORT_REFUSED ? PORT_DONE : result;
}

/* What the responder counts by itself. */
static void
take_datagrams(struct loop *loop)
{
    const struct reassembly *reassembly = &loop->responder->reassembly;

    loop->counters.datagrams.complete = reassembly->complete;
    loop->counters.datagrams.timed_out = reassembly->timed_out;
    loop->counters.datagrams.evicted = reassembly->evicted;
}

static void
report(struct run *run)
{
    struct counters counters;

    progress_erase(&run->progress);
    take_datagrams(run->loop);
    counters = run->loop->counters;
    for (size_t i = 0; i < run->loop->port_count; i++)
        if (run->loop->ports[i] != NULL)
            counters.dropped += run->loop->ports[i]->ops->dropped(run->loop->ports[i]);
    log_counters(run->loop->log, &counters, false);
}

static void
heed_signals(struct run *run)
{
    struct signals signals = signals_take();

    if (signals.stop)
        run->is_over = true;
    if (signals.report)
        report(run);
}

/* A port's turn.  Returns whether there may be more to read at once. */
static bool
take_turn(struct run *run, size_t i)
{
    struct port *port = run->loop->ports[i];
    enum port_result result = PORT_DONE;
    struct frame frame;

    for (int taken = 0; taken < TURN_FRAMES && result == PORT_DONE && !run->is_over; taken++) {
        result = port->ops->next(port, &frame);
        if (result == PORT_DONE)
            result = run->loop->verify != NULL ? compare_frame(run, i, &frame) : handle_frame(run, i, &frame);
        if (signals_ask_for_the_end())
            run->is_over = true;
    }
    if (result == PORT_NOTHING && (result = port->ops->flush(port)) == PORT_DONE)
        result = PORT_NOTHING;
    if (result == PORT_FAILED)
        heed_signals(run); /* a read that Ctrl-C broke off is no trouble */
    if (result == PORT_FAILED && !run->is_over)
        fail_port(run, i);
    else if (result == PORT_FAILED || result == PORT_END)
        end_port(run, i);
    return result == PORT_DONE;
}

static bool
take_turns(struct run *run)
{
    bool more = false;

    for (size_t i = 0; i < run->loop->port_count && !run->is_over; i++) {
        if (run->loop->ports[i] == NULL)
            continue;
        if (take_turn(run, i))
            more = true;
        if (run->loop->is_one_by_one && run->loop->ports[i] != NULL)
            break;
    }
    return more;
}

static uint64_t
time_of_day_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* What a port says outside of its turn. */
static void
heed(struct run *run, size_t i, enum port_result result)
{
    if (result == PORT_END)
        end_port(run, i);
    else if (result == PORT_FAILED)
        fail_port(run, i);
}

/* Looks after a port.  Live, time passes while no frames come; in a savefile it stands still. */
static void
check_port(struct run *run, size_t i, bool changed)
{
    struct port *port = run->loop->ports[i];
    enum port_result result = port->ops->check(port, changed);

    if (result == PORT_DONE && port->fd >= 0)
        result = tick(run, i, time_of_day_ns());
    heed(run, i, result);
    if (run->loop->ports[i] != NULL)
        doctor_check(run->loop->doctors[i], run->now_ms);
}

/* Lets each port send what is due by itself. */
static void
keep_appointments(struct run *run)
{
    const struct loop *loop = run->loop;
    uint64_t now_ns = time_of_day_ns();

    if (responder_due(loop->responder) > now_ns)
        return;
    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i] != NULL && loop->ports[i]->fd >= 0)
            heed(run, i, tick(run, i, now_ns));
    tell_news(run);
}

/* How many milliseconds there are until something is due by itself, at most CHECK_MS. */
static uint64_t
until_appointment(const struct run *run)
{
    uint64_t due_ns = responder_due(run->loop->responder), now_ns = time_of_day_ns();

    if (due_ns <= now_ns)
        return 0;
    return (due_ns - now_ns) / 1000000 < CHECK_MS ? (due_ns - now_ns) / 1000000 + 1 : CHECK_MS;
}

/* What is due by the clock. */
static void
keep_time(struct run *run)
{
    const struct loop *loop = run->loop;
    uint64_t now = now_ms();

    run->now_ms = now;
    keep_appointments(run);
    if (now >= run->next_check_ms) {
        run->next_check_ms = now + CHECK_MS;
        for (size_t i = 0; i < loop->port_count; i++)
            if (loop->ports[i] != NULL)
                check_port(run, i, false);
    }
    for (size_t i = 0; i < loop->port_count; i++)
        doctor_tick(loop->doctors[i], now);
    if (progress_is_due(&run->progress, now))
        progress_show(&run->progress, loop, now);
    if (loop->stats_seconds > 0 && now >= run->next_stats_ms) {
        run->next_stats_ms += (uint64_t)loop->stats_seconds * 1000;
        report(run);
    }
}

/* Sleeps until a port or a signal has something, or something is due. */
static void
wait_for_more(struct run *run)
{
    struct loop *loop = run->loop;
    struct pollfd fds[2 * LOOP_PORTS + 1];
    uint64_t now = now_ms(), due = now + until_appointment(run);
    nfds_t count = 0;

    if (run->next_check_ms < due)
        due = run->next_check_ms;
    if (loop->stats_seconds > 0 && run->next_stats_ms < due)
        due = run->next_stats_ms;
    for (size_t i = 0; i < loop->port_count; i++) {
        const struct port *port = loop->ports[i];

        fds[count++] = (struct pollfd){.fd = port == NULL ? -1 : port->fd, .events = POLLIN};
        fds[count++] = (struct pollfd){.fd = port == NULL ? -1 : port->watch_fd, .events = POLLIN};
    }
    fds[count++] = (struct pollfd){.fd = loop->signal_fd, .events = POLLIN};
    if (poll(fds, count, due > now ? (int)(due - now) : 0) <= 0)
        return;
    for (size_t i = 0; i < loop->port_count; i++) {
        if (loop->ports[i] == NULL || fds[2 * i + 1].revents == 0)
            continue;
        platform_watch_drain(loop->ports[i]->watch_fd);
        check_port(run, i, true);
    }
}

static bool
has_ports(const struct loop *loop)
{
    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i] != NULL)
            return true;
    return false;
}

/* Lines must not lie around while nothing happens. */
static void
flush_lines(struct run *run)
{
    if (log_flush(run->loop->log) == 0)
        return;
    log_error("standard output: %s", strerror(errno));
    run->has_failed = run->is_over = true;
}

int
loop_run(struct loop *loop)
{
    struct run run = {.loop = loop};
    bool more;

    run.now_ms = now_ms();
    run.next_check_ms = run.now_ms + CHECK_MS;
    run.next_stats_ms = run.now_ms + (uint64_t)loop->stats_seconds * 1000;
    for (size_t i = 0; i < loop->port_count; i++) {
        responder_add_iface(loop->responder, &loop->ports[i]->iface);
        doctor_start(loop->doctors[i], run.now_ms);
    }
    progress_start(&run.progress, loop, run.now_ms);
    while (!run.is_over && has_ports(loop)) {
        more = take_turns(&run);
        if (!more || loop->log->is_line_buffered)
            flush_lines(&run);
        if (!more && !run.is_over && has_ports(loop))
            wait_for_more(&run);
        heed_signals(&run);
        keep_time(&run);
    }
    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i] != NULL)
            end_port(&run, i);
    if (loop->verify != NULL)
        report_pairs(loop->log, loop->verify, 0, true);
    take_datagrams(loop);
    progress_erase(&run.progress);
    return run.has_failed ? -1 : 0;
}
