/* Replies on their way out, with the schedule's memory and its clock. */
#include "config.h"

#include "pending.h"

#include <stdlib.h>

#include "clock.h"
#include "loop.h"
#include "platform/platform.h"
#include "workers.h"

enum {
    TURN_REPLIES = 256,  /* that are sent before frames are read again: much less than a capture buffer has room for */
    AGE_MOST = 1000000000 /* ns that a frame can have waited for us */
};

void
pending_init(struct pending *pending, struct loop *loop)
{
    *pending = (struct pending){.loop = loop, .is_live = loop->port_count > 0 && loop->ports[0]->fd >= 0};
    outbox_init(&pending->outbox, loop);
}

uint64_t
pending_due(const struct pending *pending)
{
    return pending->schedule == NULL ? UINT64_MAX : schedule_due(pending->schedule);
}

/* Gives memory back if nothing waits, but for so many parts. */
static void
shrink(struct schedule *schedule, size_t parts)
{
    while (schedule->waiting == 0 && schedule->part_count > parts)
        free(schedule_release(schedule));
}

void
pending_end(struct pending *pending)
{
    struct schedule_reply reply;

    outbox_end(&pending->outbox);
    if (pending->schedule == NULL)
        return;
    while (schedule_take(pending->schedule, UINT64_MAX, &reply))
        pending->loop->counters.pending.abandoned++;
    pending->loop->waiting = 0;
    shrink(pending->schedule, 0);
    free(pending->schedule);
    pending->schedule = NULL;
}

/* The first reply that has to wait brings the schedule about, and with it the wish to be woken in time. */
static bool
has_schedule(struct pending *pending)
{
    if (pending->schedule != NULL)
        return true;
    pending->schedule = malloc(sizeof *pending->schedule);
    if (pending->schedule == NULL)
        return false;
    schedule_init(pending->schedule, pending->loop->pending_most);
    if (pending->is_live)
        platform_sleep_exactly();
    return true;
}

/* Counts one more that waits. */
static void
count_held(struct loop *loop, const struct schedule *schedule)
{
    size_t waiting;

    loop->waiting = schedule->waiting;
    loop->counters.pending.held++;
    waiting = loop_waiting(loop);
    if (waiting > loop->counters.pending.most)
        loop->counters.pending.most = waiting;
}

/* Without memory it is as full as with too many replies. */
static bool
hold(struct pending *pending, const struct schedule_reply *reply, uint64_t flow, unsigned behind)
{
    enum schedule_result result = SCHEDULE_FULL;
    void *memory;

    if (loop_waiting(pending->loop) < pending->loop->pending_most && has_schedule(pending))
        result = schedule_add_behind(pending->schedule, reply, flow, behind);
    while (result == SCHEDULE_NEEDS_MEMORY && (memory = malloc(SCHEDULE_PART_LEN)) != NULL) {
        schedule_supply(pending->schedule, memory);
        result = schedule_add_behind(pending->schedule, reply, flow, behind);
    }
    if (result != SCHEDULE_ADDED)
        return false;
    count_held(pending->loop, pending->schedule);
    return true;
}

/* The schedule's time at which a frame came.  A clock that was set meanwhile must not make replies wait for it, so only the
 * frame's age is told by that, and taken for what it can be.  Nor must the time that it takes to read two clocks have a frame
 * come before the one before it. */
static uint64_t
arrival(struct pending *pending, const struct frame *frame)
{
    uint64_t day_ns, now_ns, age_ns, arrival_ns;

    if (!pending->is_live)
        return frame->ts_ns;
    day_ns = clock_day_ns();
    now_ns = clock_steady_ns();
    age_ns = day_ns < frame->ts_ns ? 0 : day_ns - frame->ts_ns < AGE_MOST ? day_ns - frame->ts_ns : AGE_MOST;
    arrival_ns = age_ns < now_ns ? now_ns - age_ns : 0;
    if (frame->ts_ns < pending->frame_ns || arrival_ns > pending->arrival_ns)
        pending->arrival_ns = arrival_ns;
    pending->frame_ns = frame->ts_ns;
    return pending->arrival_ns;
}

/* Holds a reply to a frame until `due_ns`, or does what is to be done when there is no room. */
static enum port_result
hold_or_not(struct pending *pending, size_t i, const struct frame *frame, const struct outcome *outcome,
            const struct reply *reply, uint64_t due_ns, bool *is_full)
{
    bool is_copy = reply >= outcome->replies + (outcome->reply_count - outcome->copy_count);
    struct schedule_reply waiting = {reply->data, reply->len, due_ns, (unsigned)i, due_ns - outcome->within_ns};
    struct reply early = {reply->data, reply->len, frame->ts_ns};

    if (hold(pending, &waiting, outcome->flow, outcome->behind))
        return pending->loop->ports[i]->ops->keep(pending->loop->ports[i], frame);
    if (pending->loop->pending_policy == PENDING_SEND) {
        pending->loop->counters.pending.sent_early++;
        return outbox_send(&pending->outbox, i, frame, &early, OUTBOX_FRAME);
    }
    pending->loop->counters.pending.dropped++;
    if (!is_copy)
        *is_full = true;
    return PORT_DONE;
}

/* Sends the replies to a frame, or holds those that have to wait. */
static enum port_result
send_all(struct pending *pending, size_t i, const struct frame *frame, const struct outcome *outcome, bool *is_full)
{
    enum port_result worst = outbox_make_room(&pending->outbox, outcome->replies, outcome->reply_count);
    uint64_t arrival_ns = 0, delay_ns = 0; /* of the reply; the first is not asked for before it is needed */
    bool has_arrival = false;

    if (worst != PORT_DONE)
        return worst;
    for (size_t j = 0; j < outcome->reply_count; j++) {
        const struct reply *reply = &outcome->replies[j];
        enum port_result result;

        delay_ns = reply->ts_ns - frame->ts_ns;
        if (!has_arrival && (delay_ns > 0 || outcome->behind > 0 || !pending_is_empty(pending))) {
            arrival_ns = arrival(pending, frame);
            has_arrival = true;
        }
        if (delay_ns > 0 || outcome->behind > 0)
            result = hold_or_not(pending, i, frame, outcome, reply, arrival_ns + delay_ns, is_full);
        else
            result = outbox_send(&pending->outbox, i, frame, reply, OUTBOX_FRAME);
        if (result != PORT_DONE)
            worst = result;
        if (result != PORT_DONE && result != PORT_REFUSED)
            return result;
    }
    if (has_arrival && !pending_is_empty(pending) && outcome->reply_count > 0 && outcome->flow != 0 &&
        outcome->behind == 0 && worst == PORT_DONE && !*is_full)
        schedule_follow(pending->schedule, outcome->flow, arrival_ns + delay_ns);
    return worst;
}

/* Most frames have one reply, which leaves at once and one by one, while nothing waits. */
enum port_result
pending_send(struct pending *pending, size_t i, const struct frame *frame, const struct outcome *outcome, bool *is_full)
{
    const struct reply *reply = outcome->replies;

    *is_full = false;
    if (outcome->reply_count == 0)
        return PORT_DONE;
    if (outcome->reply_count == 1 && reply->ts_ns == frame->ts_ns && outcome->behind == 0 && pending_is_empty(pending) &&
        pending->outbox.room == NULL)
        return outbox_send(&pending->outbox, i, frame, reply, OUTBOX_FRAME);
    return send_all(pending, i, frame, outcome, is_full);
}

enum port_result
pending_send_own(struct pending *pending, size_t i, const struct reply *replies, size_t count)
{
    enum port_result worst = PORT_DONE;

    for (size_t j = 0; j < count; j++) {
        struct schedule_reply waiting = {replies[j].data, replies[j].len, replies[j].ts_ns, (unsigned)i, 0};
        enum port_result result;

        if (!pending->is_live && !pending_is_empty(pending) && hold(pending, &waiting, 0, 0))
            continue;
        result = outbox_send(&pending->outbox, i, NULL, &replies[j], OUTBOX_OWN);
        if (result == PORT_DONE)
            continue;
        worst = result;
        if (result != PORT_REFUSED)
            break;
    }
    return worst;
}

/* Lets what was sent go, over each of these ports. */
static enum port_result
flush(struct pending *pending, uint64_t ports, enum port_result result, size_t *i)
{
    enum port_result sent = outbox_flush_aside(&pending->outbox);

    *i = pending->outbox.port;
    if (sent != PORT_DONE)
        return sent;
    for (*i = 0; ports != 0; ports >>= 1, (*i)++) {
        struct port *port = pending->loop->ports[*i];
        enum port_result flushed = (ports & 1) != 0 && port != NULL ? port->ops->flush(port) : PORT_DONE;

        if (flushed < PORT_NOTHING)
            return flushed; /* the others are flushed when there is nothing more to read from them */
    }
    return result;
}

/* Sends a reply whose time has come. */
static enum port_result
send_late(struct pending *pending, const struct schedule_reply *due)
{
    struct reply reply = {due->data, due->len, pending->is_live ? clock_day_ns() : due->due_ns};
    enum port_result result;

    if (pending->loop->ports[due->port] == NULL) {
        pending->loop->counters.pending.abandoned++;
        return PORT_DONE;
    }
    result = outbox_send(&pending->outbox, due->port, NULL, &reply, OUTBOX_LATE);
    if (result == PORT_DONE)
        pending->loop->counters.pending.sent++;
    else
        pending->loop->counters.pending.refused++;
    return result;
}

enum port_result
pending_send_due(struct pending *pending, uint64_t by_ns, size_t *i)
{
    struct schedule_reply due = {.port = 0};
    uint64_t ports = 0; /* that something was sent over */
    enum port_result result;

    if (pending->schedule == NULL)
        return PORT_NOTHING;
    for (int count = 0; count < TURN_REPLIES; count++) {
        if (!schedule_take(pending->schedule, by_ns, &due)) {
            shrink(pending->schedule, 1);
            return flush(pending, ports, PORT_NOTHING, i);
        }
        pending->loop->waiting = pending->schedule->waiting;
        if (count == 0)
            outbox_begin(&pending->outbox, due.port);
        ports |= UINT64_C(1) << due.port;
        result = send_late(pending, &due);
        if (result < PORT_REFUSED) {
            (void)outbox_flush(&pending->outbox); /* of another port; should that have to end too, it will say so again */
            *i = due.port;
            return result;
        }
        if (outbox_is_full(&pending->outbox) && (result = outbox_flush(&pending->outbox)) != PORT_DONE) {
            *i = pending->outbox.port;
            return result;
        }
    }
    return flush(pending, ports, PORT_DONE, i);
}
