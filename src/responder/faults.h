/* Faults: what the rules do to a reply.  All that no rule speaks of stays right: lengths, checksums, addresses. */
#ifndef PONGD_RESPONDER_FAULTS_H
#define PONGD_RESPONDER_FAULTS_H

#include "responder/packet.h"
#include "responder/responder.h"
#include "responder/rules.h"

enum {
    FAULTS_TIME_MOST = 86400,       /* seconds of a delay */
    FAULTS_WARP_MOST = 2000000000,  /* seconds that a time stamp is shifted by */
    FAULTS_CORRUPT_MOST = 1024,     /* bits */
    FAULTS_MATCHED = 64             /* rules that are told apart */
};

#define FAULTS_SECOND UINT64_C(1000000000)

/* A reply in the making.  Actions change it one after the other. */
struct fault {
    struct responder *responder;
    const struct frame *frame;
    const struct packet *packet;
    const struct rules *rules;
    uint64_t matched;  /* a bit for each rule that applied, the last one for all from there on */
    bool is_any;       /* at least one did */
    enum verdict verdict; /* VERDICT_ANSWERED, unless an action keeps it from that */
    bool is_dropped;
    bool is_error;     /* the message is an ICMP error instead of a reply */
    struct address source; /* version 0: as without rules */
    struct address router; /* the last on the path; version 0: there is none yet */
    uint64_t delay_ns;
    unsigned copies;   /* besides the reply itself */
    uint64_t gap_ns;   /* between copies */
    unsigned behind;   /* replies of the same flow that are to overtake it; 0: none */
    uint64_t within_ns; /* how long it waits for them */
    int ttl, tos;      /* -1: as without rules */
    bool has_options;
    struct bytes options;
    size_t mtu;        /* 0: the interface's */
    bool is_sum_bad, is_ip_sum_bad;
    bool has_message;  /* the ICMP message is in responder->message already, all but its checksum */
    size_t message_len;
};

/* An ICMP error by name, as type and code of either version; type 0 where a version has none. */
struct fault_error {
    const char *name;
    uint8_t type4, code4, type6, code6;
};

extern const struct fault_error faults_errors[];
extern const size_t faults_error_count;
extern const struct rule_row faults_actions[];
extern const size_t faults_action_count;

/* Has the rules do what they say about a request that is to be answered. */
void faults_apply(struct responder *responder, const struct frame *frame, const struct packet *packet, struct fault *fault);

/* Builds what is left to be sent, in responder->replies, which is empty before.  Returns how many of the frames, the last ones,
 * are copies. */
size_t faults_build(const struct fault *fault);

/* The same as faults_apply() of rules about the path, for a packet that no whole request is in: a fragment, or UDP. */
void faults_apply_path(struct responder *responder, const struct frame *frame, const struct packet *packet, struct fault *fault);

#endif
