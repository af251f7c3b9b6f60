/* The command line: what is to be done, or one clear sentence why not. */
#ifndef PONGD_OPTIONS_H
#define PONGD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "pending.h"
#include "policy.h"
#include "port.h"
#include "responder/responder.h"
#include "rule_source.h"
#include "spin.h"

enum { OPTIONS_INTERFACES = 64, OPTIONS_FILES = 64 };

enum options_action {
    OPTIONS_ANSWER,
    OPTIONS_LIST_INTERFACES,
    OPTIONS_LIST_LINK_TYPES,
    OPTIONS_PRINT_FILTER,
    OPTIONS_CHECK,
    OPTIONS_VERSION,
    OPTIONS_HELP
};

struct options {
    enum options_action action;
    const char *interfaces[OPTIONS_INTERFACES];
    unsigned interface_count;
    const char *read_path; /* the first of them, NULL if there are none */
    const char *read_paths[OPTIONS_FILES];
    unsigned read_count;
    const char *write_path;
    uint64_t write_size;  /* bytes after which another file follows; 0: there is one */
    unsigned write_ring;  /* files, after which the first is written over; 0: there is no end to them */
    const char *metrics_path; /* NULL: none */
    const char *expect_path; /* what our replies are compared with */
    bool verifies;  /* compare with recorded replies, and send nothing */
    bool is_strict; /* what hosts choose for themselves has to agree too */
    struct policy policy; /* of all interfaces, or of the file */
    struct policy interface_policies[OPTIONS_INTERFACES]; /* of those with prefixes of their own */
    bool is_list_on_input; /* a list of -f is read from standard input */
    bool is_mac_given;
    uint8_t mac[LINK_MAC_LEN]; /* that replies come from and frames are to be sent to */
    bool is_neighbor_off;
    bool claims; /* single addresses are asked for before they are served */
    bool yields; /* addresses are left to hosts that have them */
    bool is_promiscuous_off;
    bool answers_timestamp;
    bool answers_broadcast;
    bool answers_probe;
    bool sends_errors;
    enum bad_checksum bad_checksum;
    uint64_t rate;  /* replies a second; 0: no limit */
    uint64_t burst; /* replies at once; 0: as many as in a second */
    bool is_vlan_given;
    uint8_t vlans[RESPONDER_VLANS / 8]; /* a bit for each VLAN ID to be answered */
    unsigned ttl;
    int32_t spin_us;  /* how long to look for frames before sleeping, or SPIN_ADAPT */
    uint64_t source_rate; /* requests a second that each source is answered; 0: no limit */
    uint64_t wait_ms; /* for an interface that is gone; UINT64_MAX: for ever */
    unsigned workers; /* threads that answer, 1 or more */
    bool is_tx_batch; /* replies that came about together are sent in one call, where the system has it */
    unsigned mtu; /* 0: the interface's, offline 1500 */
    uint64_t pending; /* replies that may wait for their time */
    enum pending_policy pending_policy;
    bool is_seed_given;
    uint64_t seed;
    uint64_t answers;       /* stop after so many; 0: never */
    unsigned verbosity;     /* 1: a line for each request, 2: for each frame */
    bool is_quiet;
    bool is_line_buffered;
    bool is_json;
    unsigned stats_seconds; /* 0: only when asked by a signal */
    int snaplen;            /* 0: by the interface's MTU */
    int buffer_kib;         /* 0: by the snapshot length */
    bool is_background;     /* once all is open */
    bool is_syslog;         /* messages go to the system's log */
    int facility;           /* there; -1: none was given */
    const char *pid_path;   /* of the file with the number of the process; NULL: none */
    const char *control_path; /* of the socket that commands come over; NULL: none */
    const char *link_type;
    struct rule_set rules;  /* of --rule, --rules and --fault */
    struct rule_sources rule_sources;
    const char *user;       /* to give up root for */
    bool is_user_given;
    char *filter; /* NULL: none */
};

/* Reads argv.  0, or -1 with one sentence in errbuf.  options_free() is called in both cases. */
int options_parse(struct options *options, int argc, char *argv[], char errbuf[static PORT_ERRBUF]);
void options_free(struct options *options);

/* What holds for interface number `i`. */
const struct policy *options_policy(const struct options *options, unsigned i);

/* The usage and a line for each option. */
void options_help(FILE *out);

#endif
