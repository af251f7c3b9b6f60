/* Sending over an open capture: one frame by pcap_inject, many in one call where the system has one. */
#include "config.h"

#include <sys/types.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "capture/transmit.h"
#include "clock.h"
#include "platform/platform.h"

enum {
    TRIES = 3,            /* besides the first */
    TRY_AGAIN_NS = 50000, /* in which a queue lets some frames go */
    HURRY_NS = 20000000
};

/* Errors after which the interface is gone; after any other, later frames may go out again. */
static bool
is_final(int error)
{
    return error == ENXIO || error == ENODEV || error == EIO || error == EBADF;
}

/* A queue on the way out is full, which may be over soon. */
static bool
is_passing(int error)
{
    return error == ENOBUFS || error == EAGAIN || error == EWOULDBLOCK;
}

/* 0, or what went wrong, -1 for what only libpcap has words for. */
static int
inject(pcap_t *pcap, const struct reply *reply)
{
    errno = 0;
    if (pcap_inject(pcap, reply->data, reply->len) >= 0)
        return 0;
    return errno != 0 ? errno : -1;
}

/* Frames come in all the while, so that this must not go on for long. */
static int
try_again(struct transmit *transmit, const struct reply *reply)
{
    int error = ENOBUFS;

    for (int i = 0; i < TRIES && is_passing(error); i++) {
        (void)platform_wait(NULL, 0, TRY_AGAIN_NS);
        error = inject(transmit->pcap, reply);
    }
    if (is_passing(error))
        transmit->hurry_ns = clock_steady_ns() + HURRY_NS;
    return error;
}

enum port_result
transmit_one(struct transmit *transmit, const struct reply *reply, char errbuf[static PORT_ERRBUF])
{
    int error = inject(transmit->pcap, reply);

    if (is_passing(error) && clock_steady_ns() >= transmit->hurry_ns)
        error = try_again(transmit, reply);
    if (error == 0)
        return PORT_DONE;
    /* Some libpcaps leave their error buffer alone here (OpenBSD's, and all of them on netmap). */
    snprintf(errbuf, PORT_ERRBUF, "%s", error > 0 ? strerror(error) : pcap_geterr(transmit->pcap));
    return error > 0 && is_final(error) ? PORT_FAILED : PORT_REFUSED;
}

/* Whatever goes wrong with many, the frame that it goes wrong with is sent by libpcap, whose word is the last. */
size_t
transmit_many(struct transmit *transmit, const struct reply *replies, size_t count, enum port_result *result,
              char errbuf[static PORT_ERRBUF])
{
    size_t sent = 0;

    while (sent < count) {
        sent += platform_send_frames(pcap_fileno(transmit->pcap), replies + sent, count - sent);
        if (sent == count)
            break;
        *result = transmit_one(transmit, &replies[sent], errbuf);
        if (*result != PORT_DONE)
            return sent;
        sent++;
    }
    return sent;
}
