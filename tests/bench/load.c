/* Loads a host with echo requests, and says in one line how many replies came, how fast and how late.
 *
 * Closed loop: so many requests are in flight all the time, one leaves for each reply that comes (--window).  Open loop: so
 * many leave a second whatever comes back (--rate); a time is then that since the request was due, so that what holds up the
 * sender counts too.  It never sleeps: it has a processor of its own.  Every byte of each reply is checked.
 *
 * Its MAC address and its IP addresses are its own, none of the interface's: the client's kernel then throws each reply away
 * as early as it can, and has nothing to say. */
#include "config.h"

#include <arpa/inet.h>
#include <err.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load-port.h"
#include "load-times.h"
#include "load-wire.h"

enum {
    BATCH = 64,        /* requests, at most, that leave together */
    READ_BATCH = 32,   /* replies that have one time */
    FLIGHTS = 1 << 20, /* requests that are remembered */
    OPTIONS_MAX = 1000000000,
    NS_PER_MS = 1000000,
    NS_PER_S = 1000000000
};

enum flight_state { FLIGHT_FREE, FLIGHT_OUT, FLIGHT_LOST, FLIGHT_BACK };

struct flight {
    uint64_t due_ns;
    enum flight_state state;
};

struct options {
    const char *interface;
    struct wire_plan plan;
    uint64_t window, rate; /* one of them is 0 */
    uint64_t count;        /* requests, or 0 */
    uint64_t duration_ns, timeout_ns;
    bool prints_names;
};

struct load {
    struct options options;
    struct wire wire;
    struct load_port port;
    struct wire_message messages[BATCH];
    struct flight flights[FLIGHTS];
    struct times times;
    uint64_t start_ns, first_ns, last_ns; /* of the first and the last reply */
    uint64_t sent, received, lost, duplicates, wrong;
    uint64_t oldest; /* all before it are back or lost */
};

static uint64_t
now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static struct flight *
flight_of(struct load *load, uint64_t number)
{
    return &load->flights[number % FLIGHTS];
}

static uint64_t
in_flight(const struct load *load)
{
    return load->sent - load->received - load->lost;
}

/* The time at which a request is due in the open loop. */
static uint64_t
due_ns(const struct load *load, uint64_t number)
{
    uint64_t rate = load->options.rate;

    return load->start_ns + number / rate * NS_PER_S + number % rate * NS_PER_S / rate;
}

/* How many requests are to leave now. */
static uint64_t
wanted(const struct load *load, uint64_t now)
{
    uint64_t most = BATCH, room = FLIGHTS - (load->sent - load->oldest);

    if (load->options.count > 0 && load->options.count - load->sent < most)
        most = load->options.count - load->sent;
    if (now - load->start_ns >= load->options.duration_ns || room == 0)
        return 0;
    most = room < most ? room : most;
    if (load->options.rate == 0) {
        room = load->options.window - in_flight(load);
        return room < most ? room : most;
    }
    for (uint64_t due = 0; due < most; due++)
        if (due_ns(load, load->sent + due) > now)
            return due;
    return most;
}

static void
send_requests(struct load *load, uint64_t count, uint64_t now)
{
    static struct iovec frames[BATCH * WIRE_FRAMES_MAX];
    size_t used = 0;

    for (uint64_t i = 0; i < count; i++) {
        struct wire_message *message = &load->messages[i];

        wire_number(&load->wire, message, load->sent);
        for (size_t k = 0; k < message->count; k++)
            frames[used++] = (struct iovec){message->bytes + message->spans[k].at, message->spans[k].len};
        *flight_of(load, load->sent) = (struct flight){load->options.rate > 0 ? due_ns(load, load->sent) : now, FLIGHT_OUT};
        load->sent++;
    }
    load_port_send(&load->port, frames, used);
}

/* A reply that is later than the time allowed is lost, until it comes after all. */
static void
take_reply(struct load *load, uint64_t number, uint64_t now)
{
    struct flight *flight = flight_of(load, number);

    if (flight->state == FLIGHT_BACK || number + FLIGHTS < load->sent) {
        load->duplicates++;
        return;
    }
    load->lost -= flight->state == FLIGHT_LOST;
    flight->state = FLIGHT_BACK;
    load->received++;
    load->last_ns = now;
    if (load->received == 1)
        load->first_ns = now;
    times_add(&load->times, now > flight->due_ns ? now - flight->due_ns : 0);
}

static void
receive(struct load *load)
{
    uint64_t now = 0, number;
    const uint8_t *frame;
    size_t len;

    for (int i = 0; i < READ_BATCH && (frame = load_port_next(&load->port, &len)) != NULL; i++) {
        enum wire_result result = wire_read(&load->wire, frame, len, load->sent, &number);

        load_port_release(&load->port);
        if (now == 0)
            now = now_ns();
        if (result == WIRE_REPLY)
            take_reply(load, number, now);
        load->wrong += result == WIRE_WRONG;
    }
}

/* Gives up requests that have been out for too long. */
static void
expire(struct load *load, uint64_t now)
{
    while (load->oldest < load->sent) {
        struct flight *flight = flight_of(load, load->oldest);

        if (flight->state == FLIGHT_OUT) {
            if (now < flight->due_ns + load->options.timeout_ns)
                return;
            flight->state = FLIGHT_LOST;
            load->lost++;
        }
        load->oldest++;
    }
}

static bool
is_over(const struct load *load, uint64_t now)
{
    return now - load->start_ns >= load->options.duration_ns ||
           (load->options.count > 0 && load->sent == load->options.count);
}

static void
run(struct load *load)
{
    uint64_t now = load->start_ns = now_ns();

    while (!is_over(load, now) || load->oldest < load->sent) {
        uint64_t count = wanted(load, now);

        if (count > 0)
            send_requests(load, count, now);
        receive(load);
        now = now_ns();
        expire(load, now);
    }
}

static double
microseconds(const struct load *load, double part)
{
    return (double)times_percentile(&load->times, part) / 1e3;
}

static void
report(const struct load *load)
{
    double seconds = (double)(load->last_ns - load->first_ns) / 1e9;

    if (load->options.prints_names)
        puts("sent\treceived\tlost\tduplicates\twrong\treplies/s\tp50 us\tp90 us\tp99 us\tmax us\tmissed");
    printf("%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%u\n", load->sent,
           load->received, load->lost, load->duplicates, load->wrong,
           seconds > 0 ? (double)(load->received - 1) / seconds : 0, microseconds(load, 0.5), microseconds(load, 0.9),
           microseconds(load, 0.99), (double)load->times.most_ns / 1e3, load_port_missed(&load->port));
}

static void
usage(void)
{
    fputs("usage: load -i INTERFACE -m OUR-MAC -M HOST-MAC -s OUR-ADDRESS -d HOST-ADDRESS\n"
          "    [--window NUMBER | --rate NUMBER] [--size BYTES] [--count NUMBER] [--seconds NUMBER] [--timeout MS] [--mtu BYTES] [--names]\n"
          "The defaults are --window 1 --size 56 --seconds 1 --timeout 500 --mtu 1500.  The answer is a line of what was\n"
          "sent, received, lost, duplicates, wrong, replies a second, times in microseconds (p50, p90, p99, most), and how\n"
          "many frames the generator itself missed, between tabs; --names puts their names above.\n",
          stderr);
    exit(2);
}

static void
read_mac(const char *text, uint8_t mac[static MAC_LEN])
{
    unsigned part[MAC_LEN];
    char more;

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", part, part + 1, part + 2, part + 3, part + 4, part + 5, &more) != 6)
        errx(2, "%s is no MAC address", text);
    for (int i = 0; i < MAC_LEN; i++)
        mac[i] = (uint8_t)part[i];
}

static void
read_address(const char *text, uint8_t *version, uint8_t address[static 16])
{
    uint8_t found = inet_pton(AF_INET, text, address) == 1 ? 4 : inet_pton(AF_INET6, text, address) == 1 ? 6 : 0;

    if (found == 0 || (*version != 0 && *version != found))
        errx(2, "%s is no address, or of another version than the other", text);
    *version = found;
}

static uint64_t
read_number(const char *text, double unit)
{
    char *end;
    double number = strtod(text, &end);

    if (end == text || *end != '\0' || !(number >= 0) || number > OPTIONS_MAX)
        errx(2, "%s is not a number from 0 to %d", text, OPTIONS_MAX);
    return (uint64_t)(number * unit);
}

static void
read_option(struct options *options, int option, const char *text)
{
    switch (option) {
    case 'i': options->interface = text; break;
    case 'm': read_mac(text, options->plan.src_mac); break;
    case 'M': read_mac(text, options->plan.dst_mac); break;
    case 's': read_address(text, &options->plan.version, options->plan.src); break;
    case 'd': read_address(text, &options->plan.version, options->plan.dst); break;
    case 'w': options->window = read_number(text, 1); break;
    case 'r': options->rate = read_number(text, 1); break;
    case 'z': options->plan.size = (size_t)read_number(text, 1); break;
    case 'c': options->count = read_number(text, 1); break;
    case 'S': options->duration_ns = read_number(text, NS_PER_S); break;
    case 't': options->timeout_ns = read_number(text, NS_PER_MS); break;
    case 'u': options->plan.mtu = (size_t)read_number(text, 1); break;
    case 'n': options->prints_names = true; break;
    default: usage();
    }
}

static void
read_options(struct options *options, int argc, char *argv[])
{
    static const struct option names[] = {
        {"window", required_argument, NULL, 'w'}, {"rate", required_argument, NULL, 'r'},
        {"size", required_argument, NULL, 'z'}, {"count", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 'S'}, {"timeout", required_argument, NULL, 't'},
        {"mtu", required_argument, NULL, 'u'}, {"names", no_argument, NULL, 'n'}, {0}};
    int option;

    *options = (struct options){.plan = {.size = 56, .mtu = 1500, .id = (uint16_t)getpid()},
                                .duration_ns = NS_PER_S, .timeout_ns = (uint64_t)500 * NS_PER_MS};
    while ((option = getopt_long(argc, argv, "i:m:M:s:d:", names, NULL)) != -1)
        read_option(options, option, optarg);
    if (optind != argc || options->interface == NULL || options->plan.version == 0)
        usage();
    if (options->window > 0 && options->rate > 0)
        errx(2, "--window or --rate, not both");
    if (options->window == 0 && options->rate == 0)
        options->window = 1;
}

int
main(int argc, char *argv[])
{
    static struct load load;
    const struct wire_plan *plan = &load.options.plan;

    read_options(&load.options, argc, argv);
    wire_init(&load.wire, plan);
    for (int i = 0; i < BATCH; i++)
        wire_build(&load.wire, &load.messages[i]);
    load_port_open(&load.port, load.options.interface, plan->version == 4 ? TYPE_IP4 : TYPE_IP6, ETHERNET_LEN + plan->mtu);
    run(&load);
    report(&load);
    load_port_close(&load.port);
    for (int i = 0; i < BATCH; i++)
        free(load.messages[i].bytes);
    wire_free(&load.wire);
    return 0;
}
