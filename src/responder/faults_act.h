/* The actions, each a small function; faults.c has the table of them. */
#ifndef PONGD_RESPONDER_FAULTS_ACT_H
#define PONGD_RESPONDER_FAULTS_ACT_H

#include "responder/faults.h"

/* On whether and when a reply leaves: faults_time.c. */
rule_act act_drop, act_loss, act_gemodel, act_delay, act_reorder, act_duplicate;

/* On what the message says: faults_message.c. */
rule_act act_truncate, act_extend, act_zero, act_byte, act_corrupt, act_warp, act_id, act_seq, act_code, act_type;
extern const char *const act_warp_layouts[]; /* names, NULL behind the last */

/* On the headers around it: faults.c. */
rule_act act_checksum, act_ip_checksum, act_ttl, act_tos, act_source, act_options, act_fragment;

/* On what is sent instead, by the host or by a router before it: faults_path.c. */
rule_act act_error, act_hops, act_pmtu;

/* Has the message be an error about the request; `rest` is what follows the checksum. */
void act_make_error(struct fault *fault, uint8_t type, uint8_t code, uint32_t rest);

#endif
