/* What --verify finds, told: a line or a JSON object for each request, and the counts. */
#ifndef PONGD_VERIFY_REPORT_H
#define PONGD_VERIFY_REPORT_H

#include "log.h"
#include "verify/verify.h"

/* Tells of each request of which all is known at `now_ns`, or, at the end, of all. */
void report_pairs(const struct log *log, struct verify *verify, uint64_t now_ns, bool is_end);

/* "12 requests: 9 same, 1 differs, 1 unanswered, 1 silent", and what else there was; nothing when lines are JSON. */
void report_counts(const struct log *log, const struct verify *verify);

/* ,"verify":{…}, as a member of the last object. */
void report_counts_json(const struct verify *verify);

#endif
