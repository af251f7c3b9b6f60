/* The one loop of the program, the same for live ports and savefiles. */
#include "config.h"

#include "loop.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "clock.h"
#include "idle.h"
#include "notify.h"
#include "run.h"
#include "signals.h"
#include "verify/report.h"
#include "workers.h"

enum { TURN_FRAMES = 64 }; /* that a port may bring before others have their turn */

/* Whether as many are answered as -c asks for. */
static bool
has_enough(const struct loop *loop)
{
    const struct workers *workers = loop->workers;
    uint64_t answered = loop->counters.requests_by[VERDICT_ANSWERED];

    if (loop->answers == 0)
        return false;
    if (workers != NULL) {
        answered = workers->lead->counters.requests_by[VERDICT_ANSWERED];
        for (size_t i = 0; i + 1 < workers->count; i++)
            answered += workers->loops[i].counters.requests_by[VERDICT_ANSWERED];
    }
    return answered >= loop->answers;
}

/* The doctor of a port: workers have them in common. */
static struct doctor *
doctor_of(const struct loop *loop, size_t i)
{
    return (loop->lead != NULL ? loop->lead : loop)->doctors[i];
}

/* Holds what is recorded against what we would send, and sends nothing. */
static enum port_result
compare_frame(struct run *run, size_t i, const struct frame *frame)
{
    struct loop *loop = run->loop;
    struct frame answered = *frame;
    struct outcome outcome;

    (void)run_tick(run, i, frame->ts_ns);
    verify_respond(loop->verify, loop->responder, &answered, &outcome);
    verify_hear(loop->verify, loop->ports[i]->name, &answered, &outcome);
    counters_add(&loop->counters, outcome.verdict, outcome.request.kind != REQUEST_NONE);
    if (has_enough(loop))
        run->is_enough = true;
    return PORT_DONE;
}

/* In a capture time goes on from frame to frame: sends all that is due by then.  Returns what port number `i` says. */
static enum port_result
send_until(struct run *run, size_t i, uint64_t ts_ns)
{
    enum port_result result;
    size_t other;

    if (pending_is_empty(&run->pending))
        return PORT_DONE;
    while ((result = pending_send_due(&run->pending, ts_ns, &other)) != PORT_NOTHING && !signals_ask_for_the_end()) {
        if (result != PORT_DONE && other == i)
            return result;
        run_heed(run, other, result);
    }
    return PORT_DONE;
}

/* Whether a verdict says that something was sent, if there was something to be sent. */
static bool
says_sent(enum verdict verdict)
{
    return verdict == VERDICT_ANSWERED || verdict == VERDICT_NEIGHBOR || verdict == VERDICT_RULE_ERROR ||
           verdict == VERDICT_RULE_HOP || verdict == VERDICT_RULE_PMTU;
}

/* What the lead knows, the others learn from it. */
static void
heed_workers(struct run *run)
{
    struct workers *workers = run->loop->workers;

    if (workers == NULL)
        return;
    if (run->is_enough)
        workers_say_enough(workers);
    if (workers->is_enough)
        run->is_enough = true;
    if (workers->is_over)
        run->is_over = true;
}

/* What follows is done for each frame: what is seldom needed is asked for by what costs no call. */
static enum port_result
handle_frame(struct run *run, size_t i, const struct frame *frame)
{
    struct loop *loop = run->loop;
    struct doctor *doctor = doctor_of(loop, i);
    struct outcome outcome;
    enum port_result result = responder_has_time(loop->responder) ? run_tick(run, i, frame->ts_ns) : PORT_DONE;
    bool is_full = false;

    if ((result == PORT_DONE || result == PORT_REFUSED) && !run->pending.is_live)
        result = send_until(run, i, frame->ts_ns);
    respond(loop->responder, frame, &outcome);
    if (claims_have_news(&loop->responder->claims))
        run_tell_news(run);
    if (result == PORT_DONE || result == PORT_REFUSED)
        result = pending_send(&run->pending, i, frame, &outcome, &is_full);
    if (is_full && says_sent(outcome.verdict))
        outcome.verdict = VERDICT_PENDING_FULL;
    if (result != PORT_DONE && says_sent(outcome.verdict))
        outcome.verdict = VERDICT_TX_FAIL;
    counters_add(&loop->counters, outcome.verdict, outcome.request.kind != REQUEST_NONE);
    log_frame(loop->log, loop->ports[i]->name, frame, &outcome);
    if (outcome.claimant != NULL)
        run_tell_claim(run, i, &outcome);
    if (doctor != NULL)
        doctor_hear(doctor, frame, &outcome, run->now_ms);
    outbox_mark(&run->pending.outbox, outcome.verdict, outcome.request.kind != REQUEST_NONE);
    if (has_enough(loop) && (result == PORT_DONE || result == PORT_REFUSED)) {
        result = outbox_flush(&run->pending.outbox); /* which may take back that some were answered */
        run->is_enough = has_enough(loop);
        heed_workers(run);
    }
    return result == PORT_REFUSED ? PORT_DONE : result;
}

static void
heed_signals(struct run *run)
{
    struct signals signals;

    heed_workers(run);
    if (run->loop->lead != NULL)
        return;
    signals = signals_take();

    if (signals.stop)
        run->is_over = true;
    if (signals.hangup)
        log_notice(run->loop->log, "SIGHUP: nothing is read again: pongctl reload has rules read again, all else takes a restart");
    if (signals.report)
        run_report(run);
}

/* Sends what a port's turn brought.  Returns what the port says in the end, when `result` is what it said last. */
static enum port_result
flush_turn(struct run *run, size_t i, enum port_result result)
{
    struct port *port = run->loop->ports[i];
    char why[PORT_ERRBUF];
    enum port_result sent;

    if (result == PORT_FAILED)
        memcpy(why, port->errbuf, sizeof why);
    sent = outbox_flush_aside(&run->pending.outbox);
    if (result == PORT_FAILED)
        memcpy(port->errbuf, why, sizeof why); /* the first complaint is the one that is told */
    else if (sent != PORT_DONE)
        result = sent;
    if (result == PORT_NOTHING && (result = port->ops->flush(port)) == PORT_DONE)
        result = PORT_NOTHING;
    return result;
}

/* A port's turn.  Returns whether there may be more to read at once. */
static bool
take_turn(struct run *run, size_t i)
{
    struct port *port = run->loop->ports[i];
    enum port_result result = PORT_DONE;
    struct frame frame;

    heed_workers(run); /* others had their turn meanwhile */
    outbox_begin(&run->pending.outbox, i);
    for (int taken = 0; taken < TURN_FRAMES && result == PORT_DONE && !run->is_over && !run->is_enough; taken++) {
        result = port->ops->next(port, &frame);
        if (result == PORT_DONE && run->spin.is_resting)
            spin_hear(&run->spin, clock_steady_ns());
        if (result == PORT_DONE)
            result = run->loop->verify != NULL ? compare_frame(run, i, &frame) : handle_frame(run, i, &frame);
        if (signals_ask_for_the_end())
            run->is_over = true;
    }
    result = flush_turn(run, i, result);
    if (result == PORT_FAILED)
        heed_signals(run); /* a read that Ctrl-C broke off is no trouble */
    if (result <= PORT_END && !run->pending.is_live && !run->is_over && send_until(run, i, UINT64_MAX) == PORT_FAILED)
        result = PORT_FAILED;
    if (result == PORT_FAILED && !run->is_over)
        run_fail_port(run, i);
    else if (result == PORT_FAILED || result == PORT_END)
        run_end_port(run, i);
    return result == PORT_DONE;
}

/* Sends what is due, which in a capture is left at the end only.  Returns whether there is more. */
static bool
send_due(struct run *run)
{
    uint64_t by_ns = UINT64_MAX;
    enum port_result result;
    size_t i;

    if (pending_is_empty(&run->pending) || !(run->pending.is_live || run->is_enough))
        return false;
    if (run->pending.is_live)
        by_ns = clock_steady_ns();
    while ((result = pending_send_due(&run->pending, by_ns, &i)) < PORT_NOTHING)
        run_heed(run, i, result);
    return result == PORT_DONE;
}

static bool
take_turns(struct run *run)
{
    bool more = send_due(run);

    for (size_t i = 0; i < run->loop->port_count && !run->is_over && !run->is_enough; i++) {
        if (run->loop->ports[i] != NULL && run->loop->lead != NULL && run->loop->lead->ports[i] == NULL)
            run_end_port(run, i); /* the lead has seen that the interface is not what it was */
        if (run->loop->ports[i] == NULL)
            continue;
        if (take_turn(run, i))
            more = true;
        run_watch_port(run, i);
        if (send_due(run))
            more = true;
        if (run->loop->is_one_by_one && run->loop->ports[i] != NULL)
            break;
    }
    return more;
}

/* Whether other workers still have something to do, which the lead is to wait for. */
static bool
has_others(const struct loop *loop)
{
    return loop->workers != NULL && loop->lead == NULL && loop->workers->running > 0;
}

static bool
is_done(const struct run *run)
{
    if (run->is_over || (run->is_enough && pending_is_empty(&run->pending) && !has_others(run->loop)))
        return true;
    for (size_t i = 0; i < run->loop->port_count; i++)
        if (run->loop->ports[i] != NULL)
            return false;
    return true;
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

/* Has the other workers begin, if there are any.  0, or -1, which has been told. */
static int
start_others(struct loop *loop)
{
    char errbuf[PORT_ERRBUF];

    if (loop->workers == NULL || loop->lead != NULL || workers_start(loop->workers, errbuf) == 0)
        return 0;
    log_error("%s", errbuf);
    return -1;
}

/* Begins to answer on all ports: the first worker does so for the others. */
static void
begin_run(struct run *run)
{
    struct loop *loop = run->loop;

    idle_start(run);
    for (size_t i = 0; i < loop->port_count && loop->lead == NULL; i++) {
        responder_add_iface(loop->responder, &loop->ports[i]->iface);
        doctor_start(loop->doctors[i], run->now_ms);
    }
    progress_start(&run->progress, loop, run->now_ms);
    pending_init(&run->pending, loop);
    spin_init(&run->spin, loop->spin_us);
    if (start_others(loop) != 0 || (loop->begun != NULL && loop->begun(loop->who) != 0))
        run->has_failed = run->is_over = true;
}

/* Ends all ports, and lets the other workers do so. */
static void
end_run(struct run *run)
{
    struct loop *loop = run->loop;

    notify_stopping(loop->notify);
    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i] != NULL) {
            run->has_failed |= loop->ports[i]->is_away;
            run_end_port(run, i);
        }
    pending_end(&run->pending);
    if (loop->lead != NULL)
        return;
    if (loop->workers != NULL) {
        workers_stop(loop->workers);
        run->has_failed |= loop->workers->has_failed;
        workers_join_counts(loop->workers);
    }
    if (loop->verify != NULL)
        report_pairs(loop->log, loop->verify, 0, true);
    run_take_counts(run);
    progress_erase(&run->progress);
}

int
loop_run(struct loop *loop)
{
    struct run run = {.loop = loop};
    bool more, has_commands = false;

    begin_run(&run);
    while (!is_done(&run)) {
        more = take_turns(&run) || has_commands;
        if (!more || loop->log->is_line_buffered)
            flush_lines(&run);
        if (!is_done(&run))
            idle_wait(&run, more);
        has_commands = control_serve(loop->control);
        heed_signals(&run);
        idle_keep_time(&run);
    }
    end_run(&run);
    return run.has_failed ? -1 : 0;
}
