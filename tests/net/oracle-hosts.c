/* The two hosts: cases are sent to both, and what each answers is collected. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* for the processor to run on */
#endif

#include "oracle-hosts.h"

#include <err.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "oracle-port.h"
#include "oracle-spec.h"

enum {
    FRAME_ROOM = 66000,
    ERROR_NS = 1000000,  /* of errors, pongd sends at most 1000 a second */
    PROBE_NS = 10000000, /* of these replies, 100 */
    ERRORS_BURST = 1500, /* at first; then those limits need time too that sources share by chance */
    PATIENCE_MS = 3000   /* for the next answer to anything */
};

/* An echo request that marks the end of a case: hosts answer in order, so that all before it has been dealt with. */
static const char sentinel_words[] = "4 iid=5e17 iseq=0 data=16";

enum {
    SENTINEL_DATA = ETHERNET_LEN + IP4_LEN + 8,
    SENTINEL_LEN = SENTINEL_DATA + 16
};

static void
send_sentinel(const struct host *host, uint32_t sentinel)
{
    static struct frames frames;
    uint8_t *frame;

    frames_clear(&frames);
    spec_frames(sentinel_words, sentinel, false, &frames);
    frame = frames_at(&frames, 0);
    memcpy(frame + SENTINEL_DATA, "ORACLESENTINEL", 12);
    put32(frame + SENTINEL_DATA + 12, sentinel);
    sums_repair(frame, SENTINEL_LEN, true);
    port_send(host->port, frame, SENTINEL_LEN);
}

/* A sentinel's reply, and whose. */
static bool
is_sentinel(const uint8_t *frame, size_t len, uint32_t *sentinel)
{
    if (len < SENTINEL_LEN || get16(frame + 12) != TYPE_IP4 || frame[ETHERNET_LEN + IP4_LEN] != 0 ||
        memcmp(frame + SENTINEL_DATA, "ORACLESENTINEL", 12) != 0)
        return false;
    *sentinel = get32(frame + SENTINEL_DATA + 12);
    return true;
}

/* Neighbour discovery, router solicitations and multicast listeners, and whatever is not ICMPv6. */
static bool
is_chatter6(const struct view *view)
{
    unsigned type;

    if (view->ip[6] == NEXT_FRAGMENT)
        return false;
    if (view->ip[6] != NEXT_ICMP6 || view->upper_len < 8)
        return true;
    type = view->upper[0];
    return (type >= 130 && type <= 137) || type == 143;
}

/* That a datagram's fragments did not all come in time is said when their time is over, in the middle of other cases. */
static bool
is_time_exceeded(const struct view *view)
{
    return view_is_error(view) && view->upper[0] == (view->version == 4 ? 11 : 3);
}

/* What hosts say besides: ARP and its kin, other protocols' refusals, and ICMP errors unless they are asked for. */
static bool
is_noise(const struct hosts *hosts, const uint8_t *frame, size_t len)
{
    struct view view = view_of(frame, len);

    if (view.type == TYPE_ARP || is_time_exceeded(&view) || (view_is_error(&view) && !hosts->with_errors))
        return true;
    return view.version == 6 ? is_chatter6(&view) : view.version == 4 && view.ip[9] != PROTOCOL_ICMP;
}

/* The job whose answers come in from a host now, NULL after the last. */
static struct job *
current_job(struct hosts *hosts, unsigned host)
{
    for (unsigned i = 0; i < hosts->job_count; i++)
        if (!hosts->jobs[i].is_done[host])
            return &hosts->jobs[i];
    return NULL;
}

/* A sentinel ends its job.  When one is missing, frames were lost, and its job stays open. */
static void
take_sentinel(struct hosts *hosts, unsigned host, uint32_t sentinel)
{
    uint32_t index = sentinel - hosts->host[host].first;
    struct job *job = current_job(hosts, host);

    if (index >= hosts->job_count || job == NULL)
        return;
    if (job != &hosts->jobs[index])
        errx(2, "frames of %s were lost", hosts->host[host].name);
    job->is_done[host] = true;
}

/* Takes all that has come in from a host; whether it was anything. */
static bool
collect(struct hosts *hosts, unsigned host)
{
    static uint8_t frame[FRAME_ROOM];
    struct job *job;
    uint32_t sentinel;
    bool is_any = false;

    for (size_t len; port_receive(hosts->host[host].port, frame, sizeof frame, &len); is_any = true) {
        job = current_job(hosts, host);
        if (is_sentinel(frame, len, &sentinel))
            take_sentinel(hosts, host, sentinel);
        else if (job != NULL && !is_noise(hosts, frame, len))
            frames_add(&job->answers[host], frame, len);
    }
    return is_any;
}

static void
send_job(struct hosts *hosts, unsigned index)
{
    struct job *job = &hosts->jobs[index];

    for (unsigned host = 0; host < HOSTS; host++) {
        frames_clear(&job->answers[host]);
        job->is_done[host] = false;
    }
    for (unsigned host = 0; host < HOSTS; host++) {
        for (size_t i = 0; i < job->requests.count; i++) {
            port_send(hosts->host[host].port, frames_at(&job->requests, i), job->requests.spans[i].len);
            (void)collect(hosts, host);
        }
        send_sentinel(&hosts->host[host], hosts->host[host].first + index);
        (void)collect(hosts, host);
    }
}

/* Waits for the sentinels of all jobs. */
static void
await(struct hosts *hosts, unsigned host)
{
    struct pollfd poller = {.fd = hosts->host[host].port, .events = POLLIN};
    struct timespec start, now;

    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    while (current_job(hosts, host) != NULL) {
        (void)poll(&poller, 1, 100);
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        if (collect(hosts, host))
            start = now;
        else if ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 > PATIENCE_MS)
            errx(2, "%s does not answer any more, after case %lu", hosts->host[host].name,
                 (unsigned long)current_job(hosts, host)->number);
    }
}

static bool
is_probe_reply(const struct view *view)
{
    return view->version != 0 && view->upper_len >= 8 && view->upper[0] == (view->version == 4 ? 43 : 161);
}

/* Gives pongd's limits on errors and on replies to probes the time to recover from those of these jobs. */
static void
let_recover(struct hosts *hosts)
{
    struct timespec pause = {0, 0};
    unsigned errors = 0, probes = 0;

    for (unsigned i = 0; i < hosts->job_count; i++)
        for (size_t j = 0; j < hosts->jobs[i].answers[PONGD].count; j++) {
            struct view view = frames_view(&hosts->jobs[i].answers[PONGD], j);

            errors += view_is_error(&view);
            probes += is_probe_reply(&view);
        }
    hosts->errors += errors;
    pause.tv_nsec = (long)(errors * ERROR_NS * (hosts->errors > ERRORS_BURST ? 4 : 1) + probes * PROBE_NS);
    if (pause.tv_nsec > 0)
        (void)nanosleep(&pause, NULL);
}

void
hosts_ask(struct hosts *hosts)
{
    for (unsigned i = 0; i < hosts->job_count; i++)
        for (unsigned host = 0; host < HOSTS; host++)
            hosts->jobs[i].is_done[host] = false;
    for (unsigned host = 0; host < HOSTS; host++)
        hosts->host[host].first = hosts->sentinel;
    hosts->sentinel += hosts->job_count;
    for (unsigned i = 0; i < hosts->job_count; i++)
        send_job(hosts, i);
    for (unsigned host = 0; host < HOSTS; host++)
        await(hosts, host);
    let_recover(hosts);
}

/* One processor for all: what is sent on a veth is then dealt with in order. */
static void
stay_on_one_processor(void)
{
    int now = sched_getcpu();
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(now < 0 ? 0 : (unsigned)now, &set);
    (void)sched_setaffinity(0, sizeof set, &set);
}

void
hosts_open(struct hosts *hosts, char *interfaces[HOSTS])
{
    static const char *const names[HOSTS] = {"the kernel", "pongd"};

    for (unsigned host = 0; host < HOSTS; host++) {
        hosts->host[host].name = names[host];
        hosts->host[host].port = port_open(interfaces[host]);
    }
    stay_on_one_processor();
}
