/* pongd: argv, options, ports, loop, exit status. */
#include "config.h"

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
#include "options.h"
#include "presence.h"
#include "ratchet.h"
#include "rule_text.h"
#include "service.h"
#include "signals.h"
#include "status.h"
#include "verify/report.h"
#include "workers.h"

enum { EXIT_DIFFERENT = 1, EXIT_TROUBLE = 2 }; /* as diff(1) has them */

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
        status = result == EXPECT_SAME ? EXIT_SUCCESS : result == EXPECT_DIFFERENT ? EXIT_DIFFERENT : EXIT_TROUBLE;
    return status;
}

static int
answer(const struct options *options)
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
        ends_close_ports(&loop);
        control_close(loop.control);
        metrics_close(loop.metrics);
        savefile_abandon(ends.writer);
        keeper_close(loop.keeper);
        expect_close(ends.expect);
        presence_free(&presence);
        signals_close();
        rulebook_close(&rulebook);
        service_end(&service);
        free(commands.folder);
        return EXIT_TROUBLE;
    }
    if (loop_run(&loop) != 0)
        status = EXIT_TROUBLE;
    workers_close(loop.workers);
    loop.workers = NULL;
    control_close(loop.control);
    metrics_finish(loop.metrics, &loop);
    metrics_close(loop.metrics);
    if (ends.writer != NULL && savefile_finish(ends.writer, errbuf) != 0) {
        log_error("%s", errbuf);
        status = EXIT_TROUBLE;
    }
    keeper_close(loop.keeper);
    if (options->verifies)
        report_counts(&log, &verify);
    status = finish_expect(ends.expect, status);
    log.rules = responder.rules;
    log_idle_rules(&log);
    log_counters(&log, &loop.counters, true);
    if (status != EXIT_TROUBLE && log_flush(&log) != 0) {
        log_error("standard output: %s", strerror(errno));
        status = EXIT_TROUBLE;
    }
    if (status == EXIT_SUCCESS && options->verifies && verify_has_failed(&verify))
        status = EXIT_DIFFERENT;
    presence_free(&presence);
    signals_close();
    rulebook_close(&rulebook);
    service_end(&service);
    free(commands.folder);
    return status;
}

/* The link type that a filter is compiled for: the file's, that of -y, else Ethernet. */
static int
filter_link(const struct options *options, enum link_type *link, char errbuf[static PORT_ERRBUF])
{
    struct loop loop = {.responder = NULL};
    int rc = 0;

    *link = LINK_EN10MB;
    if (options->read_path != NULL) {
        rc = ends_open_savefiles(options, &loop, errbuf);
        if (rc == 0)
            *link = loop.ports[0]->iface.link;
        ends_close_ports(&loop);
    } else if (options->link_type != NULL && !capture_link_by_name(options->link_type, link)) {
        snprintf(errbuf, PORT_ERRBUF, "-y: %s is no link type that can be answered", options->link_type);
        rc = -1;
    }
    return rc;
}

static int
print_filter(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    enum link_type link;

    if (filter_link(options, &link, errbuf) != 0)
        return -1;
    return list_filter(link, options->read_path == NULL ? &options->policy : NULL, options->filter, errbuf);
}

/* As they are understood, and so that they can be read again. */
static int
print_rules(const struct rules *understood, char errbuf[static PORT_ERRBUF])
{
    for (size_t i = 0; i < understood->count; i++) {
        char *text = rule_text_make(understood, i);

        if (text == NULL) {
            snprintf(errbuf, PORT_ERRBUF, "out of memory");
            return -1;
        }
        puts(text);
        free(text);
    }
    return 0;
}

static int
check_config(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    enum link_type link;

    if (filter_link(options, &link, errbuf) != 0)
        return -1;
    if (options->filter != NULL && filter_check(link, options->filter, errbuf) != 0)
        return -1;
    if (print_rules(&options->rules.rules, errbuf) != 0)
        return -1;
    if (!options->is_quiet)
        fprintf(stderr, "pongd: options%s and filter are right\n", options->rules.rules.count > 0 ? ", rules" : "");
    return 0;
}

static int
print_version(void)
{
    printf("pongd %s\n%s\n", PACKAGE_VERSION, capture_version());
    return 0;
}

/* Everything but answering. */
static int
inform(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    switch (options->action) {
    case OPTIONS_LIST_INTERFACES:
        return list_interfaces(errbuf);
    case OPTIONS_LIST_LINK_TYPES:
        return list_link_types(options->interfaces[0], errbuf);
    case OPTIONS_PRINT_FILTER:
        return print_filter(options, errbuf);
    case OPTIONS_CHECK:
        return check_config(options, errbuf);
    case OPTIONS_VERSION:
        return print_version();
    case OPTIONS_HELP:
    case OPTIONS_ANSWER:
        break;
    }
    options_help(stdout);
    return 0;
}

/* A standard descriptor that is closed would be given to the next file or socket, and lines would go there. */
static void
fill_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int
main(int argc, char *argv[])
{
    struct options options;
    char errbuf[PORT_ERRBUF];
    int status = EXIT_SUCCESS;

    fill_standard_descriptors();
    if (options_parse(&options, argc, argv, errbuf) != 0) {
        log_error("%s", errbuf);
        status = EXIT_TROUBLE;
    } else if (options.action == OPTIONS_ANSWER) {
        status = answer(&options);
    } else if (inform(&options, errbuf) != 0) {
        log_error("%s", errbuf);
        status = EXIT_TROUBLE;
    } else if (fflush(stdout) != 0) {
        log_error("standard output: %s", strerror(errno));
        status = EXIT_TROUBLE;
    }
    options_free(&options);
    exit(status);
}
