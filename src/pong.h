/* pongd in a program of your own: a frame in, a verdict and the frames that answer it out.  See pong(3).
 *
 * Nothing is sent or received here, no file is opened, no clock is read and nothing is printed.  Memory is taken by what
 * prepares a responder, never by what answers frames.  A responder is for one thread at a time; there is nothing that two of
 * them share, so each thread may have its own. */
#ifndef PONG_H
#define PONG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PONG_VERSION "0.1.0"
#define PONG_VERSION_MAJOR 0
#define PONG_VERSION_MINOR 1
#define PONG_VERSION_PATCH 0

/* The version of the library, which is that of the header that it came with. */
const char *pong_version(void);

/* --- A responder, and what it answers */

struct pong;

/* A responder without interfaces.  All that it draws by chance comes from `seed`: the same seed, settings and frames have the
 * same answers, byte for byte.  NULL when there is no memory. */
struct pong *pong_open(uint64_t seed);

/* Gives all of its memory back; NULL is ignored. */
void pong_close(struct pong *pong);

/* What follows returns 0, or a number where that is said, or -1: then nothing has changed, and pong_error() has one sentence
 * on what is wrong, which is good until the responder is called again.  All of it may be called between two frames. */
const char *pong_error(const struct pong *pong);

/* Settings, with what each may be, and in brackets what it is at first. */
enum pong_setting {
    PONG_TTL,          /* of replies, and their hop limit: 1 to 255 [64] */
    PONG_MTU,          /* the longest IP packet to send, in bytes: 68 to 65536 [1500] */
    PONG_RATE,         /* requests a second that are answered, to 1000000000; 0: any number [0] */
    PONG_BURST,        /* of these, at once, to 1000000000; 0: as many as in a second [0] */
    PONG_SOURCE_RATE,  /* requests a second that each source is answered, to 1000000000; 0: any number [0] */
    PONG_BAD_CHECKSUM, /* requests with a wrong ICMP checksum: enum pong_bad_checksum [PONG_BAD_CHECKSUM_DROP] */
    PONG_BROADCAST,    /* 1: requests to broadcast and multicast addresses are answered [0] */
    PONG_TIMESTAMP,    /* 1: ICMP timestamp requests are answered [0] */
    PONG_PROBE,        /* 1: extended echo requests (RFC 8335) are answered [0] */
    PONG_ERRORS,       /* 1: the ICMP errors are sent that a host owes [0] */
    PONG_NEIGHBORS     /* 0: ARP and neighbour solicitations are not answered [1] */
};

enum pong_bad_checksum {
    PONG_BAD_CHECKSUM_DROP,
    PONG_BAD_CHECKSUM_ANSWER,  /* with a right checksum */
    PONG_BAD_CHECKSUM_PRESERVE /* with one that is as wrong */
};

int pong_set(struct pong *pong, enum pong_setting setting, uint64_t value);

/* Adds an interface, and returns its number: 0 for the first, at most 64 of them.  `link` is libpcap's name of the link type:
 * "EN10MB" for Ethernet, "RAW" for IP at once, or what pcap_datalink_val_to_name() says.  `mac` is the MAC address that it
 * has, such as "02:00:00:00:00:01", which only Ethernet may have; without one (NULL), frames to any MAC address are for it,
 * and neither ARP nor neighbour solicitations are answered. */
int pong_add_interface(struct pong *pong, const char *link, const char *mac);

/* Has an interface answer for these addresses instead of those before: ADDR or ADDR/LEN, IPv4 or IPv6, in lines or with commas
 * between them, "!" before one that is left out, and "#" before a comment up to the end of the line.  The longest prefix
 * decides.  "" or NULL is for none, and then it answers for its own addresses, or, where it has none of these either, for all
 * unicast addresses. */
int pong_set_addresses(struct pong *pong, int iface, const char *list);

/* Says which addresses an interface has itself, as ADDR/LEN with the length of its network, whose broadcast address is
 * known by that: ARP and neighbour solicitations for them are left to whoever has them. */
int pong_set_own(struct pong *pong, int iface, const char *list);

/* Has requests in these VLANs answered: "all", as it is at first, "none", or a list such as "10,20-29". */
int pong_set_vlans(struct pong *pong, const char *list);

/* Has the responder misbehave by these rules instead of those before: one a line or with ";" between them, as RULES in pongd(8)
 * has them.  A rule that was there before goes on with its counters.  "" or NULL is for none. */
int pong_set_rules(struct pong *pong, const char *rules);

/* --- Frames */

struct pong_frame {
    const uint8_t *data;
    size_t len;      /* bytes that are there */
    size_t wire_len; /* bytes that it had on the wire, where it was captured short; 0: the same */
    uint64_t ts_ns;  /* when it came, in nanoseconds since 1970 */
    int iface;       /* the number of its interface */
};

struct pong_reply {
    const uint8_t *data;
    size_t len;
    uint64_t ts_ns; /* when to send it: not before the frame that it answers, and later where a rule delays it */
};

enum {
    PONG_NONE = -1,   /* no verdict, as it is about no frame */
    PONG_ANSWERED = 0 /* the verdict on a request that is answered; others are told apart by their names */
};

struct pong_answer {
    int verdict;
    bool is_request; /* it is a request of a kind that is answered, whatever the verdict */
    const struct pong_reply *replies; /* to send, in this order among those of the same time; good until the next call */
    size_t reply_count;

    /* The action "reorder" of rules: the replies may leave `within_ns` before their time, as soon as `behind` later answers
     * of the same flow have left.  Who does not mind sends them at their time. */
    unsigned behind; /* 0: there is no such rule */
    uint64_t within_ns;
    uint64_t flow;
};

/* Judges a frame, whatever its bytes are, and builds the replies to it.  None is read beyond frame->len. */
int pong_answer(struct pong *pong, const struct pong_frame *frame, struct pong_answer *answer);

/* Builds what time alone brings about on an interface by `now_ns`: with PONG_ERRORS, errors about fragments whose rest did not
 * come.  To be called before pong_answer(), with the frame's time, and when pong_due() says so. */
int pong_tick(struct pong *pong, int iface, uint64_t now_ns, struct pong_answer *answer);

/* When pong_tick() has something to do next, in nanoseconds since 1970; UINT64_MAX for never. */
uint64_t pong_due(const struct pong *pong);

/* The fixed name of a verdict, such as "icmp-badsum", as VERDICTS in pongd(8) lists them, and some words on it.  Verdicts
 * have the numbers from 0 on without a gap; NULL for a number that none has. */
const char *pong_verdict_name(int verdict);
const char *pong_verdict_meaning(int verdict);

#ifdef __cplusplus
}
#endif

#endif
