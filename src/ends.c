/* The ends of the loop: interfaces or captures that the options name, and files that replies go to or are held against. */
#include "config.h"

#include "ends.h"

#include <stdio.h>

#include "capture/capture.h"
#include "capture/scout.h"
#include "doctor.h"
#include "keeper.h"
#include "workers.h"

/* Whole datagrams are compared, in however many fragments they are sent. */
static size_t
mtu_of(const struct options *options)
{
    return options->verifies ? RESPONDER_MESSAGE_MAX : options->mtu;
}

/* What is written to one file has one link type. */
static int
check_link(const struct options *options, const struct loop *loop, const char *const names[], unsigned i,
           char errbuf[static PORT_ERRBUF])
{
    if ((options->write_path == NULL && options->expect_path == NULL) ||
        loop->ports[i]->iface.link == loop->ports[0]->iface.link)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%s: %s and %s have different link types, which one file cannot hold",
             options->write_path != NULL ? "-w" : "--expect", names[0], names[i]);
    return -1;
}

int
ends_open_savefiles(const struct options *options, struct loop *loop, char errbuf[static PORT_ERRBUF])
{
    struct savefile_options savefile = {
        .filter = options->filter,
        .policy = &options->policy,
        .mtu = mtu_of(options),
    };

    loop->is_one_by_one = true;
    for (unsigned i = 0; i < options->read_count; i++) {
        loop->ports[i] = savefile_open(options->read_paths[i], &savefile, errbuf);
        if (loop->ports[i] == NULL)
            return -1;
        loop->port_count = i + 1;
        if (check_link(options, loop, options->read_paths, i, errbuf) != 0)
            return -1;
    }
    return 0;
}

/* Opens the interface of port number `i` for each of the other workers. */
static int
open_others(struct loop *loop, unsigned i, struct live_options *live, char errbuf[static PORT_ERRBUF])
{
    struct workers *workers = loop->workers;

    live->beside = loop->ports[i];
    for (size_t j = 0; workers != NULL && j + 1 < workers->count; j++) {
        workers->loops[j].ports[i] = live_open(loop->ports[i]->name, live, errbuf);
        if (workers->loops[j].ports[i] == NULL)
            return -1;
        workers->loops[j].port_count = i + 1;
    }
    live->beside = NULL;
    return 0;
}

static int
open_interfaces(const struct options *options, struct loop *loop, char errbuf[static PORT_ERRBUF])
{
    struct live_options live = {
        .snaplen = options->snaplen,
        .buffer_kib = options->buffer_kib,
        .link_type = options->link_type,
        .filter = options->filter,
        .mtu = mtu_of(options),
        .sends_many = options->is_tx_batch,
        .hears_replies = options->verifies,
        .is_promiscuous_off = options->is_promiscuous_off,
    };

    for (unsigned i = 0; i < options->interface_count; i++) {
        live.policy = options_policy(options, i);
        loop->ports[i] = live_open(options->interfaces[i], &live, errbuf);
        if (loop->ports[i] == NULL)
            return -1;
        loop->ports[i]->iface.number = i + 1;
        loop->port_count = i + 1;
        if (check_link(options, loop, options->interfaces, i, errbuf) != 0 || open_others(loop, i, &live, errbuf) != 0)
            return -1;
    }
    return 0;
}

int
ends_open_ports(const struct options *options, struct loop *loop, char errbuf[static PORT_ERRBUF])
{
    return options->read_path != NULL ? ends_open_savefiles(options, loop, errbuf) : open_interfaces(options, loop, errbuf);
}

void
ends_close_ports(struct loop *loop)
{
    workers_close(loop->workers);
    loop->workers = NULL;
    for (size_t i = 0; i < loop->port_count; i++) {
        doctor_close(loop->doctors[i], 0);
        if (loop->ports[i] != NULL)
            loop->ports[i]->ops->close(loop->ports[i]);
    }
}

/* One that cannot be had is done without. */
void
ends_open_doctors(const struct options *options, struct loop *loop)
{
    char errbuf[PORT_ERRBUF];

    for (size_t i = 0; i < loop->port_count && options->read_path == NULL && !options->is_quiet && !options->verifies; i++) {
        struct scout *scout = scout_open(loop->ports[i], errbuf);

        if (scout == NULL && options->verbosity > 0)
            log_notice(loop->log, "%s", errbuf);
        loop->doctors[i] = doctor_open(loop->ports[i], options_policy(options, (unsigned)i), options->filter, scout, loop->log);
    }
}

static int
open_expect(const struct options *options, const struct loop *loop, struct expect **expect, char errbuf[static PORT_ERRBUF])
{
    if (options->expect_path == NULL)
        return 0;
    *expect = expect_open(options->expect_path, loop->ports[0]->iface.link, options->write_path, loop->log, errbuf);
    if (*expect == NULL)
        return -1;
    for (size_t i = 0; i < loop->port_count; i++)
        savefile_set_taker(loop->ports[i], expect_take, *expect);
    return 0;
}

static void
set_live_writer(struct loop *loop, size_t i, struct savefile_writer *writer)
{
    live_set_writer(loop->ports[i], writer);
    for (size_t j = 0; loop->workers != NULL && j + 1 < loop->workers->count; j++)
        live_set_writer(loop->workers->loops[j].ports[i], writer);
}

/* The file is begun last, so that a mistake elsewhere leaves none behind.  Those that follow are the keeper's. */
static int
open_writer(const struct options *options, struct loop *loop, struct ends *ends, char errbuf[static PORT_ERRBUF])
{
    const struct rotation rotation = {options->write_size, options->write_ring, keeper_open_file, loop->keeper};

    if (options->write_path == NULL)
        return 0;
    if (rotation_name(ends->write_path, sizeof ends->write_path, options->write_path, 0, options->write_ring) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "%.100s: the path is too long: take a shorter one", options->write_path);
        return -1;
    }
    for (unsigned i = 0; i < options->read_count; i++)
        if (savefile_is_same(ends->write_path, options->read_paths[i], errbuf))
            return -1;
    ends->writer = savefile_create(ends->write_path, loop->ports[0]->iface.link, &rotation, options->is_line_buffered, errbuf);
    if (ends->writer == NULL)
        return -1;
    for (size_t i = 0; i < loop->port_count; i++)
        if (options->read_path != NULL)
            savefile_set_writer(loop->ports[i], ends->writer);
        else
            set_live_writer(loop, i, ends->writer);
    return 0;
}

int
ends_open_sinks(const struct options *options, struct loop *loop, struct ends *ends, char errbuf[static PORT_ERRBUF])
{
    if (open_expect(options, loop, &ends->expect, errbuf) != 0)
        return -1;
    return open_writer(options, loop, ends, errbuf);
}
