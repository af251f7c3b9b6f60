/* The responder: one frame in, one verdict and the replies out. */
#ifndef PONGD_RESPONDER_RESPONDER_H
#define PONGD_RESPONDER_RESPONDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/link.h"
#include "responder/addresses.h"
#include "responder/claims.h"
#include "responder/groups.h"
#include "responder/ratelimit.h"
#include "responder/reassembly.h"
#include "responder/rules.h"
#include "responder/siphash.h"
#include "responder/sources.h"
#include "responder/verdict.h"

enum {
    RESPONDER_VLANS = 4096,
    RESPONDER_IFACES = 64,
    RESPONDER_ID_COUNTERS = 4096,
    RESPONDER_ERROR_SOURCES = 1024, /* buckets that sources share by chance */
    RESPONDER_DEFENCES = 256,        /* the same of addresses that others claim */
    RESPONDER_REPLY_MAX = LINK_HEADER_MAX + 40 + 65535, /* link header, IPv6 header, the most that it can carry */
    RESPONDER_MTU_MIN = 68,                              /* RFC 791 */
    RESPONDER_MTU_DEFAULT = 1500,
    RESPONDER_MESSAGE_MAX = 65536,
    RESPONDER_REPLIES = RESPONDER_MESSAGE_MAX / 8,       /* with as little data as a fragment can have */
    RESPONDER_BYTES = RESPONDER_REPLIES * (LINK_HEADER_MAX + 60 + 8)
};

/* What can be asked of us. */
enum request_kind { REQUEST_NONE, REQUEST_ECHO, REQUEST_TIMESTAMP, REQUEST_PROBE, REQUEST_KINDS };

/* What becomes of a request whose ICMP checksum is wrong. */
enum bad_checksum {
    BAD_CHECKSUM_DROP,
    BAD_CHECKSUM_ANSWER,  /* with a right checksum */
    BAD_CHECKSUM_PRESERVE /* with a checksum that is wrong by the same difference */
};

/* An interface, or a capture file in its place, as the responder knows it. */
struct iface {
    enum link_type link;
    bool is_loopback;
    bool is_up;
    bool is_paused;   /* requests are judged as ever, and not answered */
    uint32_t number;  /* ours, which tells interfaces apart, also when one goes and comes back; 0 for a capture file */
    uint32_t index;   /* the system's number; 0 for a capture file */
    const char *name; /* NULL for a capture file */
    size_t mtu;      /* the longest IP packet to send, in bytes */
    bool has_mac;
    uint8_t mac[LINK_MAC_LEN]; /* ours; without one, every destination MAC address is taken for ours */
    bool answers_neighbors; /* ARP and neighbour discovery are ours to answer; needs Ethernet and a MAC address */
    bool has_link_local;
    uint8_t link_local[16]; /* IPv6 address that the kernel has there */
    struct addresses addresses;
};

/* A frame as captured.  Lengths in bytes. */
struct frame {
    const uint8_t *data;
    size_t caplen; /* bytes that are there */
    size_t len;    /* bytes that it had on the wire */
    uint64_t ts_ns; /* since 1970 */
    const struct iface *iface;
};

struct reply {
    const uint8_t *data;
    size_t len;
    uint64_t ts_ns; /* when it is to be sent, on the clock of the frames: not before the frame that it answers */
};

/* What can be said of an echo request, or of any frame as far as it could be read. */
struct request {
    enum request_kind kind; /* REQUEST_NONE: no request, or one that is not answered here */
    struct address src; /* version 0 when there is neither an IP header nor ARP */
    struct address dst;
    bool has_ttl;      /* there is an IP header */
    uint8_t ttl;       /* or hop limit */
    uint8_t type;
    uint8_t code;
    uint16_t id;
    uint16_t seq;
    size_t size;       /* bytes of data behind the ICMP header */
    unsigned tag_count;
    struct link_tag tags[LINK_TAGS_MAX];
};

struct outcome {
    enum verdict verdict;
    struct request request;
    const struct reply *replies; /* valid until the next respond() */
    size_t reply_count;          /* not 0 when the verdict is VERDICT_ANSWERED or VERDICT_NEIGHBOR, or when an ICMP
                                * error or the defence of an address is due instead */
    size_t copy_count;           /* of these, the last ones, that are copies, which rules asked for */
    uint64_t rules;              /* a bit for each rule that applied, the 64th for all from there on */
    uint64_t flow;               /* with rules, a hash of whose replies these are */
    unsigned behind;             /* how many later replies of the flow are to leave before them, if they come in time; 0: none */
    uint64_t within_ns;          /* how long of their delay they wait for that */
    struct address claimed;      /* an address of ours that another host was told to leave to us; else version 0 */
    const uint8_t *claimant;     /* its MAC address, in the frame; NULL without a claim */
};

/* The responder's state.  It is large: keep it off the stack. */
struct responder {
    struct siphash_key key;
    uint8_t ttl; /* of replies, and their hop limit */
    bool answers_timestamp;
    bool answers_broadcast;
    bool answers_probe;
    enum bad_checksum bad_checksum;
    struct ratelimit rate;
    struct sources sources; /* and for each source */
    struct ratelimit probe_rate;
    struct rules *rules; /* NULL: none */
    size_t copies_left_out; /* that rules asked for, and that there was no room for */
    bool sends_errors;
    struct ratelimit error_rate;
    struct ratelimit error_sources[RESPONDER_ERROR_SOURCES];
    const struct iface *ifaces[RESPONDER_IFACES]; /* those that are answered on */
    size_t iface_count;
    struct claims claims;
    struct groups groups[RESPONDER_IFACES]; /* of those that listen to any */
    size_t group_count;
    struct ratelimit neighbor_rate;
    struct ratelimit defences[RESPONDER_DEFENCES];
    uint8_t vlans[RESPONDER_VLANS / 8]; /* a bit for each VLAN ID that is answered */
    uint16_t ip_ids[RESPONDER_ID_COUNTERS];
    uint64_t last_ends, last_hash; /* of the last IPv4 reply: source and destination, 0 for none, and their hash */
    uint32_t fragmented; /* IPv6 replies that were sent in fragments */
    size_t reply_count;
    struct reply replies[RESPONDER_REPLIES];
    uint8_t bytes[RESPONDER_BYTES];          /* of the replies' frames */
    uint8_t message[RESPONDER_MESSAGE_MAX];  /* of a reply that is sent in fragments */
    struct reassembly reassembly;
};

/* A responder with the default TTL of 64 that answers no VLAN but 0; all that it draws comes from `seed`. */
void responder_init(struct responder *responder, uint64_t seed);

/* Answers a VLAN ID, 1 to 4094; others are ignored. */
void responder_add_vlan(struct responder *responder, unsigned vid);

/* Has an interface that was gone, and may be on another link now, begin anew: addresses are claimed again, but for those that
 * others have, and groups reported. */
void responder_restart_iface(struct responder *responder, const struct iface *iface);

/* Adds an interface to those that are known of, at most RESPONDER_IFACES, or takes one away again, with its claims and
 * groups.  Frames may come from others. */
void responder_add_iface(struct responder *responder, const struct iface *iface);
void responder_remove_iface(struct responder *responder, const struct iface *iface);

/* Builds what time alone brings about on an interface: errors about fragments whose rest did not come, claims of addresses,
 * reports of multicast groups.  Returns how many
 * frames there are to send in responder->replies, valid until the next call.  To be called before respond(), with the frame's
 * time, and also from time to time while no frames come. */
size_t responder_tick(struct responder *responder, const struct iface *iface, uint64_t now_ns);

/* Whether time alone can bring anything about: as long as not, responder_tick() has nothing to do. */
static inline bool
responder_has_time(const struct responder *responder)
{
    return responder->claims.count > 0 || responder->group_count > 0 || responder->sends_errors;
}

/* When responder_tick() has something to do next, as far as is known; UINT64_MAX for never. */
uint64_t responder_due(const struct responder *responder);

/* Judges a frame and builds the replies to it.  Any bytes will do; none is read beyond frame->caplen. */
void respond(struct responder *responder, const struct frame *frame, struct outcome *outcome);

#endif
