/* Answering: a responder, ports, a loop, and what is said in the end. */
#include "config.h"

#include "answer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "commands.h"
#include "ends.h"
#include "keeper.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "presence.h"
#include "ratchet.h"
#include "service.h"
#include "signals.h"
#include "status.h"
#include "verify/report.h"
#include "workers.h"

/* Too large for the stack. */
static struct responder responder;
static struct verify verify;

static struct service service;

/* What pongctl may change. */
static struct rulebook rulebook;
static struct commands commands = {.rulebook = &rulebook};

/* The seed of live runs: nobody may guess IP IDs and flow labels. */
static int
draw_seed(uint64_t *seed, char errbuf[static PORT_ERRBUF])
{
    int fd = open("/dev/urandom", O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, seed, sizeof *seed);

    if (fd >= 0)
        close(fd);
    if (got == (ssize_t)sizeof *seed)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "/dev/urandom: %s: give a seed with --seed", strerror(errno));
    return -1;
}

/* All that the options say of how to answer. */
static void
set_answers(const struct options *options, struct responder *to)
{
    to->ttl = (uint8_t)options->ttl;
    to->answers_timestamp = options->answers_timestamp;
    to->answers_broadcast = options->answers_broadcast;
    to->answers_probe = options->answers_probe;
    to->bad_checksum = options->bad_checksum;
    memcpy(to->vlans, options->vlans, sizeof to->vlans);
}

static int
prepare_responder(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    uint64_t seed = options->is_seed_given ? options->seed : 1;

    if (!options->is_seed_given && options->interface_count > 0 && draw_seed(&seed, errbuf) != 0)
        return -1;
    responder_init(&responder, seed);
    set_answers(options, &responder);
    responder.sends_errors = options->sends_errors;
    if (rulebook_open(&rulebook, &responder, seed, &options->rules.rules, &options->rule_sources, errbuf) != 0)
        return -1;
    sources_init(&responder.sources, options->source_rate);
    ratelimit_init(&responder.rate, options->rate, options->burst > 0 ? options->burst : options->rate);
    if (options->verifies) {
        verify_init(&verify, seed);
        set_answers(options, &verify.keeper);
        verify.is_strict = options->is_strict;
        verify.is_live = options->read_path == NULL;
    }
    return 0;
}

static void
say_ready(const struct log *log, const struct loop *loop)
{
    const char *doing = loop->verify == NULL ? "answering" : "comparing";
    char with[32] = "";

    if (loop->workers != NULL)
        snprintf(with, sizeof with, " with %zu workers", loop->workers->count);
    for (size_t i = 0; i < loop->port_count; i++) {
        const struct iface *iface = &loop->ports[i]->iface;
        const uint8_t *mac = iface->mac;

        if (iface->has_mac)
            log_notice(log, "%s on %s%s, link type %s, MAC address %02x:%02x:%02x:%02x:%02x:%02x", doing,
                       loop->ports[i]->name, with, link_name(iface->link), mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
        else
            log_notice(log, "%s on %s%s, link type %s", doing, loop->ports[i]->name, with, link_name(iface->link));
    }
}

/* What is written or removed when files are out of reach, a process keeps for us.  It has no part in what is opened later. */
static int
open_keeper(const struct options *options, const struct ratchet *ratchet, struct loop *loop, char errbuf[static PORT_ERRBUF])
{
    const struct keeper_wish wish = {
        .savefile = options->write_size > 0 ? options->write_path : NULL,
        .ring = options->write_ring,
        .spared = options->read_paths,
        .spared_count = options->read_count,
        .metrics = options->metrics_path,
        .removals = {options->control_path, service.pid_file.path},
        .held = service.pid_file.fd,
        .is_apart = ratchet->is_due,
    };

    if (keeper_open(&loop->keeper, &wish, errbuf) != 0)
        return -1;
    return service.pid_file.path == NULL ? 0 : keeper_register(loop->keeper, service.pid_file.path, errbuf);
}

/* The socket is root's, where root starts pongd. */
static int
open_control(const struct options *options, struct loop *loop, char errbuf[static PORT_ERRBUF])
{
    commands.loop = loop;
    commands.folder = getcwd(NULL, 0);
    commands.looks_at_udp = options->policy.path;
    if (options->control_path != NULL)
        loop->control = control_open(options->control_path, commands_answer, &commands, errbuf);
    if (options->control_path == NULL)
        return 0;
    return loop->control == NULL ? -1 : keeper_register(loop->keeper, options->control_path, errbuf);
}

static int
open_metrics(const struct options *options, struct loop *loop, const struct ends *ends, char errbuf[static PORT_ERRBUF])
{
    if (options->metrics_path == NULL)
        return 0;
    loop->metrics = metrics_open(loop, loop->keeper, errbuf);
    if (loop->metrics == NULL)
        return -1;
    if (ends->writer != NULL)
        metrics_watch(loop->metrics, savefile_left_out(ends->writer));
    for (size_t i = 0; loop->workers != NULL && i + 1 < loop->workers->count; i++)
        loop->workers->loops[i].metrics = loop->metrics;
    return 0;
}

/* All ports are answered on: who wants to know is told. */
static int
begin(void *who)
{
    const struct loop *loop = who;
    char errbuf[PORT_ERRBUF];

    if (signals_ask_for_the_end()) /* before there was an answer */
        return 0;
    say_ready(loop->log, loop);
    if (service_tell_ready(&service, errbuf) == 0) {
        status_tell(loop);
        return 0;
    }
    log_error("%s", errbuf);
    return -1;
}

/* Opens everything, and gives up whatever is not needed any more as soon as that is possible. */
static int
start(const struct options *options, struct loop *loop, struct ends *ends, struct presence *presence,
      char errbuf[static PORT_ERRBUF])
{
    struct ratchet ratchet;

    if (service_open(&service, errbuf) != 0 || prepare_responder(options, errbuf) != 0 ||
        ratchet_plan(&ratchet, options, errbuf) != 0 || open_keeper(options, &ratchet, loop, errbuf) != 0)
        return -1;
    loop->signal_fd = signals_open(options->is_background);
    if (loop->signal_fd < 0) {
        snprintf(errbuf, PORT_ERRBUF, "signals: %s", strerror(errno));
        return -1;
    }
    if (options->workers > 1 && (loop->workers = workers_open(loop, options->workers, errbuf)) == NULL)
        return -1;
    if (ends_open_ports(options, loop, errbuf) != 0 || presence_set_up(presence, options, loop, errbuf) != 0 ||
        ends_open_sinks(options, loop, ends, errbuf) != 0 || open_control(options, loop, errbuf) != 0 ||
        open_metrics(options, loop, ends, errbuf) != 0)
        return -1;
    ends_open_doctors(options, loop);
    if (service_leave(&service, errbuf) != 0 || ratchet_turn(&ratchet, loop->log, errbuf) != 0)
        return -1;
    service.has_files = ratchet.has_files;
    return 0;
}

/* The exit status, once our replies are compared to the last; `status` is what it is without that. */
static int
finish_expect(struct expect *expect, int status)
{
    char errbuf[PORT_ERRBUF];
    enum expect_result result = expect == NULL ? EXPECT_SAME : expect_finish(expect, errbuf);

    if (result == EXPECT_TROUBLE)
        log_error("%s", errbuf);
    if (status == EXIT_SUCCESS)
        status = result == EXPECT_SAME ? EXIT_SUCCESS : result == EXPECT_DIFFERENT ? ANSWER_DIFFERENT : ANSWER_TROUBLE;
    return status;
}

/* What is left when all ports and files are closed. */
static void
release(struct presence *presence)
{
    presence_free(presence);
    signals_close();
    rulebook_close(&rulebook);
    service_end(&service);
    free(commands.folder);
}

/* Gives back what there is already of what start() was to open. */
static void
abandon(struct loop *loop, struct ends *ends, struct presence *presence)
{
    ends_close_ports(loop);
    control_close(loop->control);
    metrics_close(loop->metrics);
    savefile_abandon(ends->writer);
    keeper_close(loop->keeper);
    expect_close(ends->expect);
    release(presence);
}

/* Closes what was written while the loop ran.  Returns the exit status, which is `status` if nothing goes wrong. */
static int
finish_files(struct loop *loop, struct ends *ends, int status)
{
    char errbuf[PORT_ERRBUF];

    workers_close(loop->workers);
    loop->workers = NULL;
    control_close(loop->control);
    metrics_finish(loop->metrics, loop);
    metrics_close(loop->metrics);
    if (ends->writer != NULL && savefile_finish(ends->writer, errbuf) != 0) {
        log_error("%s", errbuf);
        status = ANSWER_TROUBLE;
    }
    keeper_close(loop->keeper);
    return status;
}

/* Says what came of it all.  Returns the exit status. */
static int
tell_end(struct log *log, const struct loop *loop, struct expect *expect, int status)
{
    if (loop->verify != NULL)
        report_counts(log, loop->verify);
    status = finish_expect(expect, status);
    log->rules = responder.rules;
    log_idle_rules(log);
    log_counters(log, &loop->counters, true);
    if (status != ANSWER_TROUBLE && log_flush(log) != 0) {
        log_error("standard output: %s", strerror(errno));
        status = ANSWER_TROUBLE;
    }
    return status == EXIT_SUCCESS && loop->verify != NULL && verify_has_failed(loop->verify) ? ANSWER_DIFFERENT : status;
}

int
answer_run(const struct options *options)
{
    struct log log = {options->verbosity, options->is_quiet, options->is_line_buffered, options->is_json,
                      options->verifies ? &verify : NULL, NULL};
    struct loop loop = {
        .responder = &responder,
        .log = &log,
        .verify = options->verifies ? &verify : NULL,
        .answers = options->answers,
        .pending_most = (size_t)options->pending,
        .pending_policy = options->pending_policy,
        .spin_us = options->spin_us,
        .wait_ms = options->wait_ms,
        .stats_seconds = options->stats_seconds,
        .has_other_lines = options->expect_path != NULL,
        .notify = &service.notify,
        .begun = options->interface_count > 0 ? begin : NULL,
        .who = &loop,
    };
    struct presence presence = {NULL, NULL};
    struct ends ends = {"", NULL, NULL};
    char errbuf[PORT_ERRBUF];
    int status = EXIT_SUCCESS;

    if (service_begin(&service, options, &status))
        return status;
    log_prepare();
    if (start(options, &loop, &ends, &presence, errbuf) != 0) {
        log_error("%s", errbuf);
        abandon(&loop, &ends, &presence);
        return ANSWER_TROUBLE;
    }
    if (loop_run(&loop) != 0)
        status = ANSWER_TROUBLE;
    status = tell_end(&log, &loop, ends.expect, finish_files(&loop, &ends, status));
    release(&presence);
    return status;
}
