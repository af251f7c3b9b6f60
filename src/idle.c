/* What the loop does by the clock, and its sleep until there is something to do. */
#include "config.h"

#include "idle.h"

#include <poll.h>
#include <stdbool.h>

#include "clock.h"
#include "keeper.h"
#include "notify.h"
#include "platform/platform.h"
#include "status.h"
#include "workers.h"

enum { CHECK_MS = 1000, LOOK_MS = 10, NS_PER_MS = 1000000 };

void
idle_start(struct run *run)
{
    run->now_ms = clock_steady_ms();
    run->next_check_ms = run->now_ms + CHECK_MS;
    run->next_stats_ms = run->now_ms + (uint64_t)run->loop->stats_seconds * 1000;
    run->next_metrics_ms = UINT64_MAX;
    if (run->loop->metrics != NULL && run->loop->lead == NULL)
        run_write_metrics(run);
}

/* Looks after a port.  Live, time passes while no frames come; in a savefile it stands still. */
static void
check_port(struct run *run, size_t i, bool changed)
{
    struct port *port = run->loop->ports[i];
    enum port_result result = port->ops->check(port, changed);

    if (result == PORT_DONE && port->fd >= 0 && !port->is_away)
        result = run_tick(run, i, clock_day_ns());
    run_heed(run, i, result);
    run_watch_port(run, i);
    if (run->loop->ports[i] != NULL && !run->loop->ports[i]->is_away)
        doctor_check(run->loop->doctors[i], run->now_ms);
}

/* Lets each port send what is due by itself. */
static void
keep_appointments(struct run *run)
{
    const struct loop *loop = run->loop;
    uint64_t now_ns = clock_day_ns();

    if (responder_due(loop->responder) > now_ns)
        return;
    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i] != NULL && loop->ports[i]->fd >= 0 && !loop->ports[i]->is_away)
            run_heed(run, i, run_tick(run, i, now_ns));
    run_tell_news(run);
}

/* How long a worker may sleep, so that the lead sees in time that it is alive. */
static uint64_t
longest_sleep(const struct loop *lead)
{
    uint64_t each_ms = lead->notify == NULL || lead->notify->each_ms == 0 ? UINT64_MAX : lead->notify->each_ms;

    return each_ms / 2 < CHECK_MS ? each_ms / 2 + 1 : CHECK_MS;
}

/* How many milliseconds there are until the responder has something due, at most CHECK_MS. */
static uint64_t
until_appointment(const struct run *run)
{
    uint64_t due_ns = responder_due(run->loop->responder), now_ns = clock_day_ns();

    if (due_ns <= now_ns)
        return 0;
    return (due_ns - now_ns) / NS_PER_MS < CHECK_MS ? (due_ns - now_ns) / NS_PER_MS + 1 : CHECK_MS;
}

void
idle_keep_time(struct run *run)
{
    const struct loop *loop = run->loop;
    uint64_t now = clock_steady_ms();

    run->now_ms = run->loop->alive_ms = now;
    if (loop->lead != NULL)
        return;
    keep_appointments(run);
    if (now >= notify_due(loop->notify))
        notify_live(loop->notify, workers_are_alive(loop->workers, now, loop->notify->each_ms), now);
    if (now >= run->next_check_ms) {
        run->next_check_ms = now + CHECK_MS;
        status_tell(loop);
        keeper_check(loop->keeper);
        for (size_t i = 0; i < loop->port_count; i++)
            if (loop->ports[i] != NULL)
                check_port(run, i, false);
    }
    for (size_t i = 0; i < loop->port_count; i++)
        doctor_tick(loop->doctors[i], now);
    if (progress_is_due(&run->progress, now))
        progress_show(&run->progress, loop, now);
    if (now >= run->next_metrics_ms)
        run_write_metrics(run);
    if (loop->stats_seconds > 0 && now >= run->next_stats_ms) {
        run->next_stats_ms += (uint64_t)loop->stats_seconds * 1000;
        run_report(run);
    }
}

/* When something is due next, on the steady clock, and whether that is a reply, which is to leave at its very time. */
static uint64_t
next_due(const struct run *run, bool *is_reply)
{
    uint64_t reply_ns = run->pending.is_live ? pending_due(&run->pending) : UINT64_MAX;
    uint64_t due_ms = clock_steady_ms() + until_appointment(run);

    if (run->loop->lead != NULL)
        due_ms = clock_steady_ms() + longest_sleep(run->loop->lead);
    else if (run->next_check_ms < due_ms)
        due_ms = run->next_check_ms;
    if (notify_due(run->loop->notify) < due_ms)
        due_ms = notify_due(run->loop->notify);
    if (run->loop->stats_seconds > 0 && run->next_stats_ms < due_ms)
        due_ms = run->next_stats_ms;
    if (run->next_metrics_ms < due_ms)
        due_ms = run->next_metrics_ms;
    *is_reply = reply_ns < due_ms * NS_PER_MS;
    return *is_reply ? reply_ns : due_ms * NS_PER_MS;
}

/* Waits for all that there is to wait for.  With `is_awake` it only looks. */
static void
wait_or_look(struct run *run, bool is_awake)
{
    struct loop *loop = run->loop;
    struct pollfd fds[2 * LOOP_PORTS + 1 + CONTROL_FDS];
    size_t count = 0;
    bool is_reply = false;
    int ready;
    uint64_t due_ns = is_awake ? 0 : next_due(run, &is_reply);

    for (size_t i = 0; i < loop->port_count; i++) {
        const struct port *port = loop->ports[i];

        fds[count++] = (struct pollfd){.fd = port == NULL || port->is_away || run->is_enough ? -1 : port->fd, .events = POLLIN};
        fds[count++] = (struct pollfd){.fd = port == NULL ? -1 : port->watch_fd, .events = POLLIN};
    }
    fds[count++] = (struct pollfd){.fd = loop->signal_fd, .events = loop->lead != NULL && run->is_enough ? 0 : POLLIN};
    count += control_fds(loop->control, fds + count);
    turn_leave(workers_turn(loop));
    ready = nap_until(&run->nap, fds, count, due_ns, is_reply);
    turn_take(workers_turn(loop));
    if (ready <= 0)
        return;
    for (size_t i = 0; i < loop->port_count; i++) {
        if (loop->ports[i] == NULL || fds[2 * i + 1].revents == 0)
            continue;
        platform_watch_drain(loop->ports[i]->watch_fd);
        check_port(run, i, true);
    }
}

/* While there is no sleep, what is no frame has to be looked for now and then. */
void
idle_wait(struct run *run, bool more)
{
    bool is_awake = more || (!run->is_enough && spin_rest(&run->spin, clock_steady_ns()));

    if (is_awake && run->now_ms < run->next_look_ms) {
        turn_leave(workers_turn(run->loop));
        turn_take(workers_turn(run->loop));
        return;
    }
    run->next_look_ms = run->now_ms + LOOK_MS;
    wait_or_look(run, is_awake);
}
