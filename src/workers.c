/* Workers: the threads, and how they learn that it is enough. */
#include "config.h"

#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "signals.h"

/* A loop with the settings of the lead; signals, commands and statistics are the lead's alone. */
static void
set_up_loop(struct workers *workers, struct loop *loop)
{
    const struct loop *lead = workers->lead;

    *loop = (struct loop){
        .responder = lead->responder,
        .log = lead->log,
        .verify = lead->verify,
        .answers = lead->answers,
        .pending_most = lead->pending_most,
        .pending_policy = lead->pending_policy,
        .spin_us = lead->spin_us,
        .signal_fd = workers->wake_fds[0],
        .lead = workers->lead,
        .workers = workers,
    };
}

static int
open_pipe(struct workers *workers)
{
    if (pipe(workers->wake_fds) != 0)
        return -1;
    for (int i = 0; i < 2; i++)
        if (fcntl(workers->wake_fds[i], F_SETFD, FD_CLOEXEC) != 0)
            return -1;
    return 0;
}

struct workers *
workers_open(struct loop *lead, size_t count, char errbuf[static PORT_ERRBUF])
{
    struct workers *workers = calloc(1, sizeof *workers);
    int error = ENOMEM;

    if (workers == NULL || (error = turn_init(&workers->turn)) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "--workers: %s", strerror(error));
        free(workers);
        return NULL;
    }
    workers->count = count;
    workers->lead = lead;
    workers->wake_fds[0] = workers->wake_fds[1] = -1;
    workers->loops = calloc(count, sizeof *workers->loops);
    workers->threads = calloc(count, sizeof *workers->threads);
    if (workers->loops == NULL || workers->threads == NULL || open_pipe(workers) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "--workers: %s", strerror(errno));
        workers_close(workers);
        return NULL;
    }
    for (size_t i = 0; i + 1 < count; i++)
        set_up_loop(workers, &workers->loops[i]);
    return workers;
}

static void
close_ports(struct port *ports[static LOOP_PORTS])
{
    for (size_t i = 0; i < LOOP_PORTS; i++) {
        if (ports[i] != NULL)
            ports[i]->ops->close(ports[i]);
        ports[i] = NULL;
    }
}

void
workers_close(struct workers *workers)
{
    if (workers == NULL)
        return;
    for (size_t i = 0; workers->loops != NULL && i + 1 < workers->count; i++)
        close_ports(workers->loops[i].ports);
    close_ports(workers->leftover);
    for (int i = 0; i < 2; i++)
        if (workers->wake_fds[i] >= 0)
            close(workers->wake_fds[i]);
    turn_destroy(&workers->turn);
    free(workers->loops);
    free(workers->threads);
    free(workers);
}

static void *
work(void *loop)
{
    struct workers *workers = ((struct loop *)loop)->workers;
    bool has_failed;

    turn_take(&workers->turn);
    has_failed = loop_run(loop) != 0;
    workers->has_failed |= has_failed;
    workers->running--;
    signals_wake(); /* the lead may have nothing else to wait for */
    turn_leave(&workers->turn);
    return NULL;
}

/* Signals are for the first thread, which a blocked one does not keep from anything. */
static int
start_thread(struct workers *workers, size_t i)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    error = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (error != 0)
        return error;
    error = pthread_create(&workers->threads[i], NULL, work, &workers->loops[i]);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

int
workers_start(struct workers *workers, char errbuf[static PORT_ERRBUF])
{
    int error = 0;

    turn_take(&workers->turn);
    while (error == 0 && workers->started + 1 < workers->count) {
        error = start_thread(workers, workers->started);
        if (error == 0)
            workers->running = ++workers->started;
    }
    if (error == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "--workers: a thread could not be started: %s", strerror(error));
    return -1;
}

void
workers_stop(struct workers *workers)
{
    workers->is_over = true;
    close(workers->wake_fds[1]);
    workers->wake_fds[1] = -1;
    turn_leave(&workers->turn);
    for (size_t i = 0; i < workers->started; i++)
        pthread_join(workers->threads[i], NULL);
    workers->started = 0;
}

void
workers_say_enough(struct workers *workers)
{
    if (workers == NULL || workers->is_enough)
        return;
    workers->is_enough = true;
    (void)!write(workers->wake_fds[1], "", 1);
    signals_wake();
}

bool
workers_are_alive(const struct workers *workers, uint64_t now_ms, uint64_t within_ms)
{
    if (workers == NULL || workers->is_enough)
        return true;
    if (workers->running < workers->started)
        return false;
    for (size_t i = 0; i < workers->started; i++)
        if (workers->loops[i].alive_ms + within_ms < now_ms)
            return false;
    return true;
}

void
workers_join_counts(struct workers *workers)
{
    struct counters *counters = &workers->lead->counters;
    char text[WORKERS_MOST * sizeof ", 18446744073709551615"];
    size_t len = (size_t)snprintf(text, sizeof text, "%" PRIu64, counters->frames);

    for (size_t i = 0; i + 1 < workers->count; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, ", %" PRIu64, workers->loops[i].counters.frames);
        counters_join(counters, &workers->loops[i].counters);
        histogram_join(&workers->lead->latency, &workers->loops[i].latency);
        for (size_t j = 0; j < LOOP_PORTS; j++)
            workers->lead->dropped[j] += workers->loops[i].dropped[j];
    }
    log_notice(workers->lead->log, "frames by worker: %s", text);
}
