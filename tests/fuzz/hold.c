/* Replies that wait in a schedule. */
#include "hold.h"

#include <stdlib.h>

#include "require.h"
#include "responder/schedule.h"

enum { MOST = 48 /* that wait; more are refused */ };

static struct schedule schedule;
static size_t added, taken, added_len, taken_len;

void
hold_begin(void)
{
    schedule_init(&schedule, MOST);
    added = taken = added_len = taken_len = 0;
}

static void
let_go(uint64_t now_ns)
{
    struct schedule_reply reply;
    uint64_t last_ns = 0;

    while (schedule_take(&schedule, now_ns, &reply)) {
        require(reply.due_ns <= now_ns && reply.due_ns >= last_ns && reply.len > 0);
        last_ns = reply.due_ns;
        taken++;
        taken_len += reply.len;
    }
    require(schedule_due(&schedule) > now_ns || now_ns == UINT64_MAX);
}

static void
hold(const struct schedule_reply *reply, uint64_t flow, unsigned behind)
{
    enum schedule_result result = schedule_add_behind(&schedule, reply, flow, behind);

    if (result == SCHEDULE_NEEDS_MEMORY) {
        void *memory = malloc(SCHEDULE_PART_LEN);

        require(memory != NULL);
        schedule_supply(&schedule, memory);
        result = schedule_add_behind(&schedule, reply, flow, behind);
    }
    require(result == SCHEDULE_ADDED || (result == SCHEDULE_FULL && schedule.waiting == MOST));
    if (result == SCHEDULE_ADDED) {
        added++;
        added_len += reply->len;
    }
}

void
hold_outcome(const struct frame *frame, const struct outcome *outcome)
{
    uint64_t last_ns = frame->ts_ns;

    let_go(frame->ts_ns);
    for (size_t i = 0; i < outcome->reply_count; i++) {
        const struct reply *reply = &outcome->replies[i];
        struct schedule_reply waiting = {reply->data, reply->len, reply->ts_ns, (unsigned)i % 4096, 0};

        waiting.ready_ns = reply->ts_ns - outcome->within_ns;
        last_ns = reply->ts_ns;
        if (reply->ts_ns > frame->ts_ns || outcome->behind > 0)
            hold(&waiting, outcome->flow, outcome->behind);
    }
    if (outcome->reply_count > 0 && outcome->flow != 0 && outcome->behind == 0)
        schedule_follow(&schedule, outcome->flow, last_ns);
    require(schedule.waiting == added - taken && schedule.waiting <= MOST);
}

void
hold_end(void)
{
    void *memory;

    let_go(UINT64_MAX);
    require(schedule.waiting == 0 && added == taken && added_len == taken_len && schedule_due(&schedule) == UINT64_MAX);
    while ((memory = schedule_release(&schedule)) != NULL)
        free(memory);
    require(schedule.part_count == 0);
}
