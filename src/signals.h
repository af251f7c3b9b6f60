/* Signals, turned into bytes of a pipe that poll(2) can wait for. */
#ifndef PONGD_SIGNALS_H
#define PONGD_SIGNALS_H

#include <stdbool.h>

struct signals {
    bool stop;   /* SIGINT or SIGTERM came, or SIGHUP where there is a terminal to lose */
    bool hangup; /* SIGHUP came, where there is none */
    bool report; /* SIGUSR1, or SIGINFO where there is one */
};

/* Catches them; in the background, SIGHUP is no reason to end.  Returns the descriptor to wait for, or -1 with errno set. */
int signals_open(bool is_background);

/* What came since the last call. */
struct signals signals_take(void);

/* Whether the end was asked for, at no cost. */
bool signals_ask_for_the_end(void);

/* Asks for the end, as SIGTERM does. */
void signals_stop(void);

/* Has the descriptor become readable, for nothing but that somebody wakes. */
void signals_wake(void);

void signals_close(void);

#endif
