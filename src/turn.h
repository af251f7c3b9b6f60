/* The turn: of threads that share a state, one at a time has it, in the order in which they asked. */
#ifndef PONGD_TURN_H
#define PONGD_TURN_H

#include <pthread.h>
#include <stdatomic.h>

struct turn {
    atomic_ulong next;    /* number of who asks next */
    atomic_ulong serving; /* number of who has the turn */
    atomic_uint asleep;   /* how many sleep until it is theirs */
    pthread_mutex_t mutex;
    pthread_cond_t passed;
};

/* 0, or what pthread_cond_init(3) says. */
int turn_init(struct turn *turn);
void turn_destroy(struct turn *turn);

/* Waits until the turn is the caller's.  NULL, for who is alone, does nothing, here and below. */
void turn_take(struct turn *turn);

/* Leaves it to the next one. */
void turn_leave(struct turn *turn);

#endif
