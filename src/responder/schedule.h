/* The schedule: replies that wait for their time, a million of them if need be.
 *
 * A heap tells which is next.  The frames lie in blocks of fixed size, several in a chain for a long one, so that memory neither
 * scatters nor has to be asked for while there is some: whoever has memory to give supplies it, a part at a time. */
#ifndef PONGD_RESPONDER_SCHEDULE_H
#define PONGD_RESPONDER_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCHEDULE_DEFAULT = 1048576,    /* replies */
    SCHEDULE_PART_LEN = 1 << 20,   /* bytes of memory that are supplied at a time */
    SCHEDULE_PARTS = 1024,         /* 1 GiB in all */
    SCHEDULE_FLOWS = 1024,         /* whose replies can be held back for others to overtake, at a time */
    SCHEDULE_REPLY_MAX = 1 << 17   /* bytes of a reply */
};

/* A reply that waits, or whose time has come. */
struct schedule_reply {
    const uint8_t *data;
    size_t len;
    uint64_t due_ns;
    unsigned port; /* of the caller's, where it is to be sent; at most 4095 */
    uint64_t ready_ns; /* schedule_add_behind(): not to leave before then, overtaken or not */
};

enum schedule_result {
    SCHEDULE_ADDED,
    SCHEDULE_FULL,        /* as many wait as may, or all memory that there may be is in use */
    SCHEDULE_NEEDS_MEMORY /* to be supplied, then try again */
};

/* Replies of a flow that wait for others of it to overtake them, in the order in which they came. */
struct schedule_wait {
    uint64_t flow;
    uint64_t due_ns;     /* when the first leaves, overtaken or not; UINT64_MAX: nobody waits here */
    uint64_t last_ns;    /* the same of the last */
    uint64_t overtaken;  /* how many replies have followed since somebody waits here */
    uint64_t follow_ns;  /* when the last of those leaves */
    uint32_t first, last; /* blocks with what is to be known of each */
};

/* It is large: keep it off the stack. */
struct schedule {
    size_t most;    /* replies */
    size_t waiting; /* replies that are in it */
    void *parts[SCHEDULE_PARTS];
    size_t part_count;
    size_t count;      /* elements of the heap: all that wait, but for those in `waits` */
    uint64_t serial;   /* of the next element: among those of the same time the lowest is first */
    uint64_t now_ns;   /* that schedule_take() was told last */
    uint32_t used;     /* blocks that were ever in use, from the first on */
    uint32_t free;     /* the first of those that are no more */
    uint32_t free_count;
    struct schedule_wait waits[SCHEDULE_FLOWS];
    uint16_t winners[SCHEDULE_FLOWS]; /* winners[i]: which of those below node i is due first; see least.h */
    uint8_t reply[SCHEDULE_REPLY_MAX]; /* that was taken out last */
};

/* An empty schedule for at most `most` replies, without memory. */
void schedule_init(struct schedule *schedule, size_t most);

/* Gives it SCHEDULE_PART_LEN bytes, aligned as malloc(3) does, at most SCHEDULE_PARTS times.  They stay in use until
 * schedule_release(). */
void schedule_supply(struct schedule *schedule, void *memory);

/* Takes a part back that is no longer needed, which can be only while nothing waits; NULL when there is none. */
void *schedule_release(struct schedule *schedule);

/* Adds a copy of a reply, behind those of the same time. */
enum schedule_result schedule_add(struct schedule *schedule, const struct schedule_reply *reply);

/* The same, and unless `behind` replies of its flow follow before its time (schedule_follow()), it waits for that.
 *
 * Replies of a flow that wait so are let go in the order in which they were added, each counting those that followed it; the
 * frames of one reply, added one after the other, thus leave together.  One that may wait less long than those before it
 * takes them along at its time.  When another flow takes the place of this one in the table, all its replies leave at once,
 * by the time that schedule_take() was told last. */
enum schedule_result schedule_add_behind(struct schedule *schedule, const struct schedule_reply *reply, uint64_t flow,
                                         unsigned behind);

/* Tells that a reply of a flow leaves at `due_ns`: whoever waited for it to be overtaken often enough follows at once,
 * or as soon as it is ready. */
void schedule_follow(struct schedule *schedule, uint64_t flow, uint64_t due_ns);

/* When the next reply is due; UINT64_MAX when none waits. */
uint64_t schedule_due(const struct schedule *schedule);

/* Takes out the next reply if it is due by `now_ns`; its data are good until the next call.  False when none is. */
bool schedule_take(struct schedule *schedule, uint64_t now_ns, struct schedule_reply *reply);

#endif
