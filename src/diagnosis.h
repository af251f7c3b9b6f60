/* The diagnosis: why ping shows no answer, or two, told from what is seen on the wire.  No I/O: sentences come out. */
#ifndef PONGD_DIAGNOSIS_H
#define PONGD_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "finding.h"
#include "platform/platform.h"
#include "policy.h"
#include "responder/responder.h"

enum { DIAGNOSIS_SIGHTINGS = 128, DIAGNOSIS_MACS = 4 };

/* What it has to know beforehand. */
struct diagnosis_setting {
    const char *interface;
    const struct policy *policy;
    const char *expression;   /* the user's filter, or NULL */
    enum platform_echo echo4; /* the kernel's own */
    enum platform_echo echo6;
    bool has_kernel_mac;
    uint8_t kernel_mac[LINK_MAC_LEN]; /* which is not ours where -e gives another one */
};

/* When a finding was made and told. */
struct diagnosis_history {
    bool is_seen, is_told;
    bool is_due;      /* it is new, or came back, and has not been told since */
    uint64_t seen_ms; /* for the last time */
    uint64_t told_ms;
};

/* How often an echo request and its reply were seen. */
struct diagnosis_sighting {
    struct address client, host;
    uint16_t id, seq;
    uint8_t requests, replies;
};

struct diagnosis {
    struct diagnosis_setting setting;
    struct diagnosis_history histories[FINDINGS][2]; /* of IPv4 and whatever has no version, and of IPv6 */
    struct diagnosis_sighting sightings[DIAGNOSIS_SIGHTINGS];
    bool is_misled; /* replies are wrong on purpose */
    bool is_down, down_is_told;
    struct {
        struct address own;  /* version 0: none */
        unsigned answered;   /* requests that were seen to have one reply */
    } suspects[2];           /* of IPv4 and IPv6 */
    uint64_t start_ms;
    struct {
        unsigned requests; /* on the wire, for us, while nothing passed the filter and no reply went out */
        uint64_t since_ms; /* of the first */
        uint64_t heard;    /* requests that had passed the filter before it */
        struct address client, host; /* of the last */
    } unheard;
    uint8_t macs[DIAGNOSIS_MACS][LINK_MAC_LEN]; /* that the interface has had, the last ones */
    size_t mac_count;                           /* of all that it has had */
    char line[FINDING_LINE];
};

/* Notes the MAC address that is answered with: what was sent from another one is seen later. */
void diagnosis_note_mac(struct diagnosis *diagnosis, const struct iface *iface);

/* For an interface that is back, of which what was told is not told anew at once. */
void diagnosis_restart(struct diagnosis *diagnosis, const struct diagnosis_setting *setting, uint64_t now_ms);

void diagnosis_init(struct diagnosis *diagnosis, const struct diagnosis_setting *setting, uint64_t now_ms);

/* Notes that the interface has this address itself.  If the kernel may answer for it, diagnosis_wait() tells so after some
 * seconds, unless replies have been seen by then that came singly: so a firewall keeps the kernel silent. */
void diagnosis_own(struct diagnosis *diagnosis, const struct iface *iface, const struct address *own);

/* What returns a string returns a sentence to tell the user, good until the next call, or NULL.  `now_ms` is a clock that
 * never goes back.  Each finding is told once; again only if it was gone for some minutes and came back, at most once in ten
 * minutes. */

/* The interface is up, or is not; called at the start and about once a second. */
const char *diagnosis_link(struct diagnosis *diagnosis, bool is_up, uint64_t now_ms);

/* A rule has changed a reply: from now on, two replies to a request prove nothing. */
void diagnosis_mislead(struct diagnosis *diagnosis);

/* A frame was not answered. */
const char *diagnosis_judge(struct diagnosis *diagnosis, const struct frame *frame, const struct outcome *outcome,
                            uint64_t now_ms);

/* The wire is looked at again after a while in which frames went by unseen, and the kernel's settings may have changed. */
void diagnosis_look(struct diagnosis *diagnosis, enum platform_echo echo4, enum platform_echo echo6);

/* A frame was seen on the wire, of either direction; `heard` requests had passed the filter before it. */
const char *diagnosis_see(struct diagnosis *diagnosis, const struct frame *frame, uint64_t heard, uint64_t now_ms);

/* Time went by, and `heard` requests have passed the filter until now. */
const char *diagnosis_wait(struct diagnosis *diagnosis, uint64_t heard, uint64_t now_ms);

#endif
