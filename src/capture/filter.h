/* The BPF filter: echo requests and what neighbours ask, tagged or not, narrowed by the user's expression. */
#ifndef PONGD_CAPTURE_FILTER_H
#define PONGD_CAPTURE_FILTER_H

#include <sys/types.h>
#include <pcap.h>

#include "policy.h"
#include "port.h"

/* Puts a filter on a handle that is open.  Live (`policy` given) it lets through what may be an echo request, ARP or
 * neighbour discovery of the policy's IP versions, offline (`policy` NULL) everything; both only where the user's expression
 * (NULL: none) holds.  0, or -1 with errbuf filled. */
int filter_set(pcap_t *pcap, const struct policy *policy, const char *expression, char errbuf[static PORT_ERRBUF]);

/* The same, compiled only.  The program is to be freed with pcap_freecode(). */
int filter_compile(pcap_t *pcap, const struct policy *policy, const char *expression, struct bpf_program *program,
                   char errbuf[static PORT_ERRBUF]);

/* A program for what pongd sends with a link type, whatever the policy and the rules: ARP, ICMP and ICMPv6, and fragments of
 * them.  To be freed with pcap_freecode(). */
int filter_compile_sent(enum link_type link, struct bpf_program *program, char errbuf[static PORT_ERRBUF]);

#endif
