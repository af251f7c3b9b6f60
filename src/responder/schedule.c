/* The schedule: a heap whose nodes have four children each, and frames in chains of blocks.
 *
 * A part of memory has room for as many elements of the heap as for blocks, and some more, since each reply has at least one
 * block: so only blocks can run out. */
#include "responder/schedule.h"

#include <string.h>

enum {
    CHILDREN = 4, /* beside each other in memory: fewer levels than with two, and a miss of the cache or two on each */
    ELEMENT_BITS = 13,
    PART_ELEMENTS = 1 << ELEMENT_BITS,
    BLOCK_LEN = 128,
    BLOCK_DATA = BLOCK_LEN - 4 /* a ping of the usual size fits, in IPv6 on Ethernet too */
};

#define NONE UINT32_MAX

struct element {
    uint64_t due_ns;
    uint64_t serial;
    uint32_t block; /* the first of the frame */
    unsigned len : 20, port : 12;
};

union block {
    uint32_t next; /* of the chain; NONE behind the last */
    struct {
        uint32_t next;
        uint8_t data[BLOCK_DATA];
    } piece;
    struct {
        uint32_t next;
        uint64_t enough; /* of `overtaken`, for it to leave */
        uint64_t ready_ns;
        struct element element;
    } held; /* one that waits to be overtaken, and is not in the heap meanwhile */
};

enum { PART_BLOCKS = (SCHEDULE_PART_LEN - PART_ELEMENTS * (int)sizeof(struct element)) / BLOCK_LEN };

struct part {
    struct element elements[PART_ELEMENTS];
    union block blocks[PART_BLOCKS];
};

_Static_assert(sizeof(union block) == BLOCK_LEN, "a block has its length");
_Static_assert(sizeof(struct part) <= SCHEDULE_PART_LEN, "a part fits its memory");
_Static_assert((int)PART_ELEMENTS >= (int)PART_BLOCKS, "elements do not run out before blocks");
_Static_assert(SCHEDULE_REPLY_MAX < 1 << 20, "a length fits its bits");

void
schedule_init(struct schedule *schedule, size_t most)
{
    schedule->most = most;
    schedule->waiting = 0;
    schedule->part_count = schedule->count = 0;
    schedule->serial = schedule->now_ns = 0;
    schedule->used = schedule->free_count = 0;
    schedule->free = NONE;
    for (size_t i = 0; i < SCHEDULE_FLOWS; i++)
        schedule->waits[i] = (struct schedule_wait){.due_ns = UINT64_MAX, .first = NONE, .last = NONE};
    for (size_t node = SCHEDULE_FLOWS; node-- > 1;)
        schedule->winners[node] =
            (uint16_t)(2 * node < SCHEDULE_FLOWS ? schedule->winners[2 * node] : 2 * node - SCHEDULE_FLOWS);
}

void
schedule_supply(struct schedule *schedule, void *memory)
{
    schedule->parts[schedule->part_count++] = memory;
}

void *
schedule_release(struct schedule *schedule)
{
    return schedule->waiting > 0 || schedule->part_count == 0 ? NULL : schedule->parts[--schedule->part_count];
}

static struct element *
element_at(const struct schedule *schedule, size_t i)
{
    return &((struct part *)schedule->parts[i >> ELEMENT_BITS])->elements[i & (PART_ELEMENTS - 1)];
}

static union block *
block_at(const struct schedule *schedule, uint32_t i)
{
    return &((struct part *)schedule->parts[i / PART_BLOCKS])->blocks[i % PART_BLOCKS];
}

static bool
is_before(const struct element *a, const struct element *b)
{
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->serial < b->serial;
}

/* Moves parents down until the element fits in where `hole` has come to. */
static void
sift_up(struct schedule *schedule, size_t hole, const struct element *element)
{
    while (hole > 0) {
        const struct element *parent = element_at(schedule, (hole - 1) / CHILDREN);

        if (!is_before(element, parent))
            break;
        *element_at(schedule, hole) = *parent;
        hole = (hole - 1) / CHILDREN;
    }
    *element_at(schedule, hole) = *element;
}

/* The first of a node's children, of which there is at least one. */
static size_t
first_child(const struct schedule *schedule, size_t node)
{
    size_t best = CHILDREN * node + 1, end = best + CHILDREN;

    if (end > schedule->count)
        end = schedule->count;
    for (size_t child = best + 1; child < end; child++)
        if (is_before(element_at(schedule, child), element_at(schedule, best)))
            best = child;
    return best;
}

static void
push(struct schedule *schedule, const struct element *element)
{
    sift_up(schedule, schedule->count++, element);
}

/* Takes the first out.  The hole goes down to the end of the heap before the last element is put there: that one is late, and
 * seldom has to go up again. */
static struct element
pop(struct schedule *schedule)
{
    struct element first = *element_at(schedule, 0), last = *element_at(schedule, schedule->count - 1);
    size_t hole = 0;

    schedule->count--;
    while (CHILDREN * hole + 1 < schedule->count) {
        size_t child = first_child(schedule, hole);

        *element_at(schedule, hole) = *element_at(schedule, child);
        hole = child;
    }
    if (schedule->count > 0)
        sift_up(schedule, hole, &last);
    return first;
}

/* Whether that many blocks are to be had. */
static enum schedule_result
look_for_blocks(const struct schedule *schedule, size_t count)
{
    if (schedule->part_count * PART_BLOCKS - schedule->used + schedule->free_count >= count)
        return SCHEDULE_ADDED;
    return schedule->part_count < SCHEDULE_PARTS ? SCHEDULE_NEEDS_MEMORY : SCHEDULE_FULL;
}

static uint32_t
take_block(struct schedule *schedule)
{
    uint32_t block = schedule->free;

    if (block == NONE)
        return schedule->used++;
    schedule->free = block_at(schedule, block)->next;
    schedule->free_count--;
    return block;
}

static void
give_block(struct schedule *schedule, uint32_t block)
{
    block_at(schedule, block)->next = schedule->free;
    schedule->free = block;
    schedule->free_count++;
}

static size_t
blocks_for(size_t len)
{
    return len == 0 ? 1 : (len + BLOCK_DATA - 1) / BLOCK_DATA;
}

/* Puts a frame into blocks, the last one first, as each has to know the next. */
static uint32_t
store(struct schedule *schedule, const uint8_t *data, size_t len)
{
    uint32_t next = NONE;

    for (size_t count = blocks_for(len); count-- > 0;) {
        uint32_t block = take_block(schedule);
        size_t at = count * BLOCK_DATA, piece = len - at < BLOCK_DATA ? len - at : BLOCK_DATA;

        if (piece > 0)
            memcpy(block_at(schedule, block)->piece.data, data + at, piece);
        block_at(schedule, block)->piece.next = next;
        next = block;
    }
    return next;
}

static void
fetch(struct schedule *schedule, const struct element *element)
{
    uint32_t block = element->block, next;

    for (size_t at = 0; block != NONE; at += BLOCK_DATA, block = next) {
        size_t left = element->len - at;

        memcpy(schedule->reply + at, block_at(schedule, block)->piece.data, left < BLOCK_DATA ? left : BLOCK_DATA);
        next = block_at(schedule, block)->piece.next;
        give_block(schedule, block);
    }
}

/* Finds room for a reply and `more` blocks, and puts it there. */
static enum schedule_result
take_in(struct schedule *schedule, const struct schedule_reply *reply, size_t more, struct element *element)
{
    enum schedule_result result;

    if (schedule->waiting >= schedule->most || reply->len > SCHEDULE_REPLY_MAX)
        return SCHEDULE_FULL;
    result = look_for_blocks(schedule, blocks_for(reply->len) + more);
    if (result != SCHEDULE_ADDED)
        return result;
    *element = (struct element){
        .due_ns = reply->due_ns < UINT64_MAX ? reply->due_ns : UINT64_MAX - 1,
        .serial = schedule->serial++,
        .block = store(schedule, reply->data, reply->len),
        .len = (unsigned)reply->len & 0xfffff,
        .port = reply->port & 0xfff,
    };
    schedule->waiting++;
    return SCHEDULE_ADDED;
}

enum schedule_result
schedule_add(struct schedule *schedule, const struct schedule_reply *reply)
{
    struct element element;
    enum schedule_result result = take_in(schedule, reply, 0, &element);

    if (result == SCHEDULE_ADDED)
        push(schedule, &element);
    return result;
}

static size_t
winner(const struct schedule *schedule, size_t node)
{
    return node >= SCHEDULE_FLOWS ? node - SCHEDULE_FLOWS : schedule->winners[node];
}

/* Has all nodes above a flow look again who of theirs is due first. */
static void
compete(struct schedule *schedule, const struct schedule_wait *wait)
{
    size_t leaf = (size_t)(wait - schedule->waits);

    for (size_t node = (leaf + SCHEDULE_FLOWS) / 2; node > 0; node /= 2) {
        size_t left = winner(schedule, 2 * node), right = winner(schedule, 2 * node + 1);

        schedule->winners[node] = (uint16_t)(schedule->waits[left].due_ns <= schedule->waits[right].due_ns ? left : right);
    }
}

/* The first of those that wait here is overtaken no more: it leaves at `due_ns`, or at its own time if that is earlier. */
static void
let_go(struct schedule *schedule, struct schedule_wait *wait, uint64_t due_ns, bool is_overtaken)
{
    uint32_t block = wait->first;
    const union block *held = block_at(schedule, block);
    struct element element = held->held.element;

    if (due_ns < held->held.ready_ns)
        due_ns = held->held.ready_ns;
    wait->first = held->held.next;
    wait->due_ns = wait->first == NONE ? UINT64_MAX : block_at(schedule, wait->first)->held.element.due_ns;
    give_block(schedule, block);
    if (is_overtaken && due_ns <= element.due_ns)
        element.serial = schedule->serial++; /* behind the other one, even at the same time */
    if (due_ns < element.due_ns)
        element.due_ns = due_ns;
    push(schedule, &element);
}

static void
let_all_go(struct schedule *schedule, struct schedule_wait *wait, uint64_t due_ns)
{
    while (wait->first != NONE)
        let_go(schedule, wait, due_ns, false);
}

enum schedule_result
schedule_add_behind(struct schedule *schedule, const struct schedule_reply *reply, uint64_t flow, unsigned behind)
{
    struct schedule_wait *wait = &schedule->waits[flow % SCHEDULE_FLOWS];
    struct element element;
    enum schedule_result result = behind == 0 ? schedule_add(schedule, reply) : take_in(schedule, reply, 1, &element);
    uint32_t block;

    if (result != SCHEDULE_ADDED || behind == 0)
        return result;
    if (wait->flow != flow)
        let_all_go(schedule, wait, schedule->now_ns);
    else if (element.due_ns < wait->last_ns)
        let_all_go(schedule, wait, element.due_ns);
    if (wait->first == NONE)
        *wait = (struct schedule_wait){flow, element.due_ns, 0, 0, 0, NONE, NONE};
    block = take_block(schedule);
    block_at(schedule, block)->held.next = NONE;
    block_at(schedule, block)->held.enough = wait->overtaken + behind;
    block_at(schedule, block)->held.ready_ns = reply->ready_ns;
    block_at(schedule, block)->held.element = element;
    if (wait->first == NONE)
        wait->first = block;
    else
        block_at(schedule, wait->last)->held.next = block;
    wait->last = block;
    wait->last_ns = element.due_ns;
    compete(schedule, wait);
    return SCHEDULE_ADDED;
}

void
schedule_follow(struct schedule *schedule, uint64_t flow, uint64_t due_ns)
{
    struct schedule_wait *wait = &schedule->waits[flow % SCHEDULE_FLOWS];

    if (wait->first == NONE || wait->flow != flow)
        return;
    wait->overtaken++;
    if (due_ns > wait->follow_ns)
        wait->follow_ns = due_ns;
    while (wait->first != NONE && block_at(schedule, wait->first)->held.enough <= wait->overtaken)
        let_go(schedule, wait, wait->follow_ns, true);
    compete(schedule, wait);
}

uint64_t
schedule_due(const struct schedule *schedule)
{
    uint64_t held_ns = schedule->waits[schedule->winners[1]].due_ns;

    return schedule->count > 0 && element_at(schedule, 0)->due_ns < held_ns ? element_at(schedule, 0)->due_ns : held_ns;
}

bool
schedule_take(struct schedule *schedule, uint64_t now_ns, struct schedule_reply *reply)
{
    struct schedule_wait *wait = &schedule->waits[schedule->winners[1]];
    struct element element;

    schedule->now_ns = now_ns;
    for (; wait->first != NONE && wait->due_ns <= now_ns; wait = &schedule->waits[schedule->winners[1]]) {
        let_go(schedule, wait, UINT64_MAX, false);
        compete(schedule, wait);
    }
    if (schedule->count == 0 || element_at(schedule, 0)->due_ns > now_ns)
        return false;
    element = pop(schedule);
    fetch(schedule, &element);
    if (--schedule->waiting == 0) { /* begin anew, in the order of memory */
        schedule->used = schedule->free_count = 0;
        schedule->free = NONE;
    }
    *reply = (struct schedule_reply){schedule->reply, element.len, element.due_ns, element.port, element.due_ns};
    return true;
}
