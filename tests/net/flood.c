/* Pours fragments at a host that will never see the rest of their datagrams, and now and then a ping among them. */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "oracle-port.h"
#include "oracle-spec.h"

enum {
    BURST = 100,      /* fragments at once */
    PING_EACH = 1000, /* fragments of the flood */
    PIECE_EACH = 150, /* of a ping, among the flood's */
    PATIENCE_MS = 2000,
    FRAME_ROOM = 66000,
    PING_NUMBER = 0x700000, /* from which on pings are numbered */
    NS_PER_S = 1000000000
};

/* What is poured, in turns. */
static const char *const kinds[] = {
    "4 data=56 frag=0+32",   /* a first fragment */
    "4 data=56 frag=32+16m", /* a later one, that nothing comes before or behind */
    "6 data=56 frag=0+32",
    "6 data=1448 frag=0+1448",
};

/* Honest requests of three fragments. */
static const char *const pings[] = {"4 data=2992 slice=1480", "6 data=2992 slice=1448"};

enum {
    KINDS = sizeof kinds / sizeof kinds[0],
    PINGS = sizeof pings / sizeof pings[0],
    PIECES = 3
};

/* Waits for the time at which fragment `number` of `rate` a second is due. */
static void
keep_pace(const struct timespec *start, unsigned long number, unsigned long rate)
{
    uint64_t due = (uint64_t)start->tv_nsec + (uint64_t)number * NS_PER_S / rate;
    struct timespec when = {start->tv_sec + (time_t)(due / NS_PER_S), (long)(due % NS_PER_S)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) != 0)
        continue;
}

/* A fragment of what `words` say, from a source of its own and with an ID of its own. */
static void
send_piece(int port, const char *words, unsigned long number, unsigned long piece)
{
    static struct frames frames;

    frames_clear(&frames);
    spec_frames(words, (uint32_t)number, true, &frames);
    port_send(port, frames_at(&frames, piece), frames.spans[piece].len);
}

/* Sends a ping's next fragment when it is its turn; returns how many pings that has completed. */
static unsigned
send_ping(int port, unsigned long number)
{
    unsigned long ping = number / PING_EACH, piece = number % PING_EACH / PIECE_EACH;

    if (number % PING_EACH % PIECE_EACH != 0 || piece >= PIECES)
        return 0;
    send_piece(port, pings[ping % PINGS], PING_NUMBER + ping, piece);
    return piece == PIECES - 1;
}

/* Returns how many pings were sent in full. */
static unsigned
pour(int port, unsigned long count, unsigned long rate)
{
    struct timespec start;
    unsigned sent = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned long number = 0; number < count; number++) {
        if (number % BURST == 0)
            keep_pace(&start, number, rate);
        send_piece(port, kinds[number % KINDS], number, 0);
        sent += send_ping(port, number);
    }
    return sent;
}

/* The first fragment of a reply to a source of ours: others send pings too, but not from 10/8 and 2001::/16. */
static bool
is_reply(const uint8_t *frame, size_t len)
{
    struct view view = view_of(frame, len);

    if (view.version == 4)
        return view.ip[9] == PROTOCOL_ICMP && view.ip[16] == 10 && (get16(view.ip + 6) & OFFSET_MASK) == 0;
    return view.version == 6 && view.ip[6] == NEXT_FRAGMENT && get16(view.ip + 24) == 0x2001 && view.upper_len > 8 &&
           (get16(view.upper + 2) & 0xfff8) == 0;
}

/* Counts the replies, of which at most `most` are to be waited for. */
static unsigned
count_replies(int port, unsigned most)
{
    static uint8_t frame[FRAME_ROOM];
    struct pollfd poller = {.fd = port, .events = POLLIN};
    unsigned replies = 0;

    while (replies < most && poll(&poller, 1, PATIENCE_MS) > 0)
        for (size_t len; port_receive(port, frame, sizeof frame, &len);)
            replies += is_reply(frame, len);
    return replies;
}

int
main(int argc, char *argv[])
{
    unsigned long count, rate;
    unsigned sent;
    int port;

    if (argc != 4)
        errx(2, "usage: flood INTERFACE COUNT RATE");
    count = strtoul(argv[2], NULL, 10);
    rate = strtoul(argv[3], NULL, 10);
    if (count == 0 || rate == 0)
        errx(2, "a count and a rate, please");
    port = port_open(argv[1]);
    sent = pour(port, count, rate);
    printf("%u of %u\n", count_replies(port, sent), sent);
    return 0;
}
