/* The outbox: a turn's replies, kept until its end, and the counters put right when one is not taken then. */
#include "config.h"

#include "outbox.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "loop.h"
#include "workers.h"

enum { COMPLAIN_MS = 1000 };

struct outbox_room {
    struct reply replies[OUTBOX_REPLIES];
    struct outbox_mark marks[OUTBOX_REPLIES];
    uint8_t bytes[OUTBOX_BYTES];
};

/* A line for each frame says what became of it, so there a reply cannot wait for others. */
static bool
has_use(const struct loop *loop)
{
    if (loop->verify != NULL || log_has_lines(loop->log))
        return false;
    for (size_t i = 0; i < loop->port_count; i++)
        if (loop->ports[i]->takes_many)
            return true;
    return false;
}

void
outbox_init(struct outbox *outbox, struct loop *loop)
{
    *outbox = (struct outbox){.loop = loop};
    if (has_use(loop))
        outbox->room = malloc(sizeof *outbox->room);
    if (loop->metrics != NULL && loop->port_count > 0 && loop->ports[0]->fd >= 0)
        outbox->latency = &loop->latency;
    outbox->heeds_direct = outbox->room != NULL || outbox->latency != NULL;
}

void
outbox_end(struct outbox *outbox)
{
    free(outbox->room);
    outbox->room = NULL;
}

void
outbox_begin(struct outbox *outbox, size_t i)
{
    outbox->port = i;
    outbox->is_prompt = outbox->loop->workers == NULL;
}

bool
outbox_is_full(const struct outbox *outbox)
{
    return outbox->count == OUTBOX_REPLIES || outbox->len > OUTBOX_BYTES - OUTBOX_REPLY_MOST;
}

static bool
has_room_for(const struct outbox *outbox, const struct reply *replies, size_t count)
{
    size_t len = outbox->len;

    if (count > OUTBOX_REPLIES - outbox->count)
        return false;
    for (size_t i = 0; i < count; i++)
        len += replies[i].len;
    return len <= OUTBOX_BYTES;
}

enum port_result
outbox_make_room(struct outbox *outbox, const struct reply *replies, size_t count)
{
    enum port_result result = PORT_DONE;

    if (outbox->room == NULL || has_room_for(outbox, replies, count))
        return PORT_DONE;
    result = outbox_flush(outbox);
    if (!has_room_for(outbox, replies, count))
        outbox->is_direct = true;
    return result;
}

/* Says why a reply was refused, but not of each. */
static void
complain(const struct outbox *outbox, struct port *port)
{
    if (clock_steady_ms() < port->complain_ms)
        return;
    log_warning(outbox->loop->log, "%s: a reply was not sent: %s", port->name, port->errbuf);
    port->complain_ms = clock_steady_ms() + COMPLAIN_MS;
}

static bool
is_kept(const struct outbox *outbox, size_t i, enum outbox_owner owner)
{
    return outbox->room != NULL && outbox->loop->ports[i]->takes_many && i == outbox->port && owner != OUTBOX_OWN &&
           !outbox->is_prompt && !outbox->is_direct;
}

static void
keep(struct outbox *outbox, const struct reply *reply, enum outbox_owner owner)
{
    struct outbox_room *room = outbox->room;

    memcpy(room->bytes + outbox->len, reply->data, reply->len);
    room->replies[outbox->count] = (struct reply){room->bytes + outbox->len, reply->len, reply->ts_ns};
    room->marks[outbox->count++] = (struct outbox_mark){.owner = owner};
    outbox->len += reply->len;
}

/* The clock may have been set since. */
static void
add_latency(struct histogram *latency, uint64_t frame_ns, uint64_t sent_ns)
{
    histogram_add(latency, sent_ns > frame_ns ? sent_ns - frame_ns : 0);
}

static void
heed_direct(struct outbox *outbox, const struct reply *reply, enum outbox_owner owner, enum port_result result)
{
    if (owner != OUTBOX_OWN)
        outbox->is_prompt = false;
    if (outbox->latency != NULL && owner == OUTBOX_FRAME && result == PORT_DONE)
        add_latency(outbox->latency, reply->ts_ns, clock_day_ns());
}

enum port_result
outbox_send(struct outbox *outbox, size_t i, const struct frame *frame, const struct reply *reply, enum outbox_owner owner)
{
    struct port *port = outbox->loop->ports[i];
    enum port_result result;

    if (is_kept(outbox, i, owner)) {
        keep(outbox, reply, owner);
        return PORT_DONE;
    }
    result = port->ops->send(port, frame, reply);
    if (outbox->heeds_direct)
        heed_direct(outbox, reply, owner, result);
    if (result == PORT_REFUSED)
        complain(outbox, port);
    return result;
}

void
outbox_add_mark(struct outbox *outbox, enum verdict verdict, bool is_request)
{
    for (size_t i = outbox->unmarked; i < outbox->count; i++) {
        outbox->room->marks[i].frame = outbox->frame;
        outbox->room->marks[i].verdict = verdict;
        outbox->room->marks[i].is_request = is_request;
    }
    outbox->unmarked = outbox->count;
    outbox->is_direct = false;
    outbox->frame++;
}

/* Counts anew what belongs to a reply that was not taken: a frame once, however many of its replies there were. */
static void
recount(struct outbox *outbox, const struct outbox_mark *mark, uint64_t *last)
{
    struct counters *counters = &outbox->loop->counters;

    if (mark->owner == OUTBOX_LATE) {
        counters->pending.sent--;
        counters->pending.refused++;
    } else if (mark->frame != *last && (mark->verdict == VERDICT_ANSWERED || mark->verdict == VERDICT_NEIGHBOR)) {
        counters_move(counters, mark->verdict, VERDICT_TX_FAIL, mark->is_request);
        *last = mark->frame;
    }
}

/* Sends those from number `at` on, out of turn if there is one.  Returns how many were taken. */
static size_t
send_some(const struct outbox *outbox, struct turn *turn, size_t at, enum port_result *result)
{
    struct port *port = outbox->loop->ports[outbox->port];
    size_t count;

    turn_leave(turn);
    count = port->ops->send_many(port, outbox->room->replies + at, outbox->count - at, result);
    turn_take(turn);
    return count;
}

/* The same, with a look at the clock for all of them. */
static size_t
send_and_time(const struct outbox *outbox, struct turn *turn, size_t at, enum port_result *result)
{
    struct port *port = outbox->loop->ports[outbox->port];
    uint64_t sent_ns;
    size_t count;

    turn_leave(turn);
    count = port->ops->send_many(port, outbox->room->replies + at, outbox->count - at, result);
    sent_ns = clock_day_ns();
    turn_take(turn);
    for (size_t i = at; i < at + count; i++)
        if (outbox->room->marks[i].owner == OUTBOX_FRAME)
            add_latency(outbox->latency, outbox->room->replies[i].ts_ns, sent_ns);
    return count;
}

/* Leaves a turn, if there is one, while it sends. */
static enum port_result
flush(struct outbox *outbox, struct turn *turn)
{
    struct port *port = outbox->loop->ports[outbox->port];
    enum port_result result = PORT_DONE;
    uint64_t last = UINT64_MAX;
    size_t at = 0;

    while (at < outbox->count) {
        /* A port that has to end takes nothing more. */
        if (result >= PORT_REFUSED)
            at += outbox->latency == NULL ? send_some(outbox, turn, at, &result) : send_and_time(outbox, turn, at, &result);
        if (at == outbox->count)
            break;
        if (result == PORT_REFUSED)
            complain(outbox, port);
        recount(outbox, &outbox->room->marks[at++], &last);
    }
    outbox->count = outbox->len = outbox->unmarked = 0;
    return result < PORT_REFUSED ? result : PORT_DONE;
}

enum port_result
outbox_flush(struct outbox *outbox)
{
    return flush(outbox, NULL);
}

enum port_result
outbox_flush_aside(struct outbox *outbox)
{
    return flush(outbox, workers_turn(outbox->loop));
}
