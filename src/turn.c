/* The turn: a ticket lock, fair so that nobody's capture overflows meanwhile, whose waiters look for a while and then sleep. */
#include "config.h"

#include "turn.h"

#include <stdbool.h>
#include <stddef.h>

enum { LOOKS = 4000 }; /* some microseconds, about what it takes to be woken */

int
turn_init(struct turn *turn)
{
    int error = pthread_mutex_init(&turn->mutex, NULL);

    atomic_init(&turn->next, 0);
    atomic_init(&turn->serving, 0);
    atomic_init(&turn->asleep, 0);
    if (error != 0)
        return error;
    error = pthread_cond_init(&turn->passed, NULL);
    if (error != 0)
        pthread_mutex_destroy(&turn->mutex);
    return error;
}

void
turn_destroy(struct turn *turn)
{
    pthread_cond_destroy(&turn->passed);
    pthread_mutex_destroy(&turn->mutex);
}

void
turn_take(struct turn *turn)
{
    unsigned long mine;

    if (turn == NULL)
        return;
    mine = atomic_fetch_add(&turn->next, 1);
    for (int i = 0; i < LOOKS; i++)
        if (atomic_load(&turn->serving) == mine)
            return;
    pthread_mutex_lock(&turn->mutex);
    atomic_fetch_add(&turn->asleep, 1);
    while (atomic_load(&turn->serving) != mine)
        pthread_cond_wait(&turn->passed, &turn->mutex);
    atomic_fetch_sub(&turn->asleep, 1);
    pthread_mutex_unlock(&turn->mutex);
}

/* Who falls asleep counts itself before it looks for the last time, and we pass the turn on before we look who sleeps: one of
 * the two sees the other. */
void
turn_leave(struct turn *turn)
{
    if (turn == NULL)
        return;
    atomic_fetch_add(&turn->serving, 1);
    if (atomic_load(&turn->asleep) == 0)
        return;
    pthread_mutex_lock(&turn->mutex);
    pthread_cond_broadcast(&turn->passed);
    pthread_mutex_unlock(&turn->mutex);
}
