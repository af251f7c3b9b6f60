/* What any room of the loop may do to a run. */
#include "config.h"

#include "run.h"

#include <inttypes.h>
#include <stdio.h>

#include "metrics.h"
#include "verify/report.h"
#include "workers.h"

/* Nobody answers on that interface any more. */
static void
give_up_interface(struct run *run, size_t i)
{
    responder_remove_iface(run->loop->responder, &run->loop->ports[i]->iface);
    doctor_close(run->loop->doctors[i], run->now_ms);
    run->loop->doctors[i] = NULL;
}

void
run_end_port(struct run *run, size_t i)
{
    struct loop *loop = run->loop;
    struct port *port = loop->ports[i];
    uint64_t dropped = port->ops->dropped(port);

    run->progress.taken += port->taken;
    loop->dropped[i] += dropped;
    loop->counters.dropped += dropped;
    if (loop->lead == NULL)
        give_up_interface(run, i);
    if (loop->workers != NULL && loop->lead == NULL)
        loop->workers->leftover[i] = port;
    else
        port->ops->close(port);
    loop->ports[i] = NULL;
}

/* Whether nobody has said so yet: each worker has a handle of the interface, which fails for the same reason. */
static bool
is_news(struct workers *workers, size_t i)
{
    if (workers == NULL)
        return true;
    if (workers->has_told[i])
        return false;
    workers->has_told[i] = true;
    return true;
}

void
run_fail_port(struct run *run, size_t i)
{
    progress_erase(&run->progress);
    if (is_news(run->loop->workers, i))
        log_error("%s: %s", run->loop->ports[i]->name, run->loop->ports[i]->errbuf);
    run->has_failed = true;
    run_end_port(run, i);
}

/* The interface may be on another link now, with another kernel's settings. */
static void
welcome_back(struct run *run, size_t i)
{
    struct loop *loop = run->loop;

    if (run->away[i].is_told)
        log_notice(loop->log, "%s: the interface is back: answering again", loop->ports[i]->name);
    else
        run->away[i].hush.left_out++;
    run->away[i].is_seen = run->away[i].is_told = false;
    responder_restart_iface(loop->responder, &loop->ports[i]->iface);
    doctor_restart(loop->doctors[i], run->now_ms);
}

/* Tells how many lines there would have been before the next one. */
static void
tell_left_out(const struct run *run, struct hush *hush, const char *name, const char *what)
{
    if (hush->left_out > 0)
        log_notice(run->loop->log, "%s: %s %" PRIu64 " more times, which was not told of", name, what, hush->left_out);
    hush->left_out = 0;
}

/* One that does not come to rest is told of a few times; one that stays away is told of as soon as it may be. */
static void
tell_away(struct run *run, size_t i)
{
    const char *name = run->loop->ports[i]->name;

    if (run->away[i].is_told || !hush_allows(&run->away[i].hush, run->now_ms))
        return;
    tell_left_out(run, &run->away[i].hush, name, "the interface was gone");
    if (run->loop->wait_ms > 0)
        log_error("%s: the interface is gone: waiting for it to come back", name);
    run->away[i].is_told = true;
}

static void
begin_to_wait(struct run *run, size_t i)
{
    run->away[i].is_seen = true;
    run->away[i].since_ms = run->now_ms;
    tell_away(run, i);
}

/* It may have come back before we saw that it was gone, so it is looked for at once. */
void
run_watch_port(struct run *run, size_t i)
{
    struct port *port = run->loop->ports[i];
    enum port_result result = PORT_DONE;

    if (port == NULL || (!port->is_away && !run->away[i].is_seen))
        return;
    progress_erase(&run->progress);
    if (!run->away[i].is_seen) {
        begin_to_wait(run, i);
        result = port->ops->check(port, true);
    } else if (port->is_away) {
        tell_away(run, i);
    }
    if (result != PORT_DONE) {
        run_heed(run, i, result);
    } else if (!port->is_away) {
        welcome_back(run, i);
    } else if (run->now_ms - run->away[i].since_ms >= run->loop->wait_ms) {
        snprintf(port->errbuf, sizeof port->errbuf, "the interface is gone");
        run_fail_port(run, i);
    }
}

void
run_heed(struct run *run, size_t i, enum port_result result)
{
    if (result == PORT_END)
        run_end_port(run, i);
    else if (result == PORT_FAILED)
        run_fail_port(run, i);
}

enum port_result
run_tick(struct run *run, size_t i, uint64_t ts_ns)
{
    size_t count;

    if (run->loop->lead != NULL) /* it has an eye on the time */
        return PORT_DONE;
    count = responder_tick(run->loop->responder, &run->loop->ports[i]->iface, ts_ns);
    if (run->loop->verify != NULL) {
        report_pairs(run->loop->log, run->loop->verify, ts_ns, false);
        return PORT_DONE;
    }
    return count == 0 ? PORT_DONE : pending_send_own(&run->pending, i, run->loop->responder->replies, count);
}

/* Whether a line about another host may be told.  A capture is told of whole, and the same each time. */
static bool
allows(const struct run *run, struct hush *hush)
{
    if (!run->pending.is_live || hush_allows(hush, run->now_ms))
        return true;
    hush->left_out++;
    return false;
}

/* Hosts that take addresses can do so for as many as there are; that no more can be left to them is told in any case. */
static void
tell_one(struct run *run, const char *name, const struct claims_news *news)
{
    if (news->event == CLAIMS_LOST) {
        if (!allows(run, &run->losses))
            return;
        tell_left_out(run, &run->losses, name, "an address was left to another host");
    }
    log_news(run->loop->log, name, news);
}

void
run_tell_news(struct run *run)
{
    struct claims_news news;

    while (claims_take_news(&run->loop->responder->claims, &news))
        for (size_t i = 0; i < run->loop->port_count; i++)
            if (run->loop->ports[i] != NULL && run->loop->ports[i]->iface.number == news.place.iface)
                tell_one(run, run->loop->ports[i]->name, &news);
}

void
run_tell_claim(struct run *run, size_t i, const struct outcome *outcome)
{
    const char *name = run->loop->ports[i]->name;

    if (!allows(run, &run->conflicts))
        return;
    tell_left_out(run, &run->conflicts, name, "an address of ours was another host's");
    log_claim(run->loop->log, name, outcome);
}

static void
take_counts(const struct loop *loop, struct counters *counters)
{
    const struct reassembly *reassembly = &loop->responder->reassembly;

    counters->datagrams.complete = reassembly->complete;
    counters->datagrams.timed_out = reassembly->timed_out;
    counters->datagrams.evicted = reassembly->evicted;
    counters->pending.left_out = loop->responder->copies_left_out;
}

void
run_take_counts(struct run *run)
{
    take_counts(run->loop, &run->loop->counters);
}

/* Adds what a loop has counted, and its captures. */
static void
join_counts(const struct loop *loop, struct counters *counters)
{
    counters_join(counters, &loop->counters);
    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i] != NULL)
            counters->dropped += loop->ports[i]->ops->dropped(loop->ports[i]);
}

void
loop_count(const struct loop *loop, struct counters *counters)
{
    const struct workers *workers = loop->workers;

    *counters = (struct counters){.frames = 0};
    join_counts(loop, counters);
    for (size_t i = 0; workers != NULL && i + 1 < workers->count; i++)
        join_counts(&workers->loops[i], counters);
    take_counts(loop, counters);
}

size_t
loop_waiting(const struct loop *loop)
{
    const struct workers *workers = loop->workers;
    size_t waiting;

    if (workers == NULL)
        return loop->waiting;
    waiting = workers->lead->waiting;
    for (size_t i = 0; i + 1 < workers->count; i++)
        waiting += workers->loops[i].waiting;
    return waiting;
}

void
run_write_metrics(struct run *run)
{
    bool is_begun = metrics_write(run->loop->metrics, run->loop);

    run->next_metrics_ms = run->now_ms + (is_begun ? METRICS_EVERY_MS : METRICS_AGAIN_MS);
}

void
run_report(struct run *run)
{
    struct counters counters;

    progress_erase(&run->progress);
    loop_count(run->loop, &counters);
    log_counters(run->loop->log, &counters, false);
    if (run->loop->metrics != NULL)
        run_write_metrics(run);
}
