/* What is told of records that were compared: lines for people with a small dissection, or JSON. */
#ifndef PONGD_EXPECT_REPORT_H
#define PONGD_EXPECT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/link.h"

struct expect_record {
    uint8_t *data;
    size_t room;   /* that data has */
    size_t caplen; /* bytes that are there */
    size_t len;    /* bytes that there were */
    uint64_t ts_ns;
    uint64_t number; /* from 1, on its side */
};

struct expect_counts {
    uint64_t equal, differs, missing, more;
};

struct expect_report {
    bool is_json;
    enum link_type link;
    unsigned unit_ns; /* that time stamps are compared in: 1 or 1000 */
};

/* On standard output: two records that are not the same, one that only one side has ("missing" or "more"), and the counts,
 * with how many differences were not told. */
void expect_report_differs(const struct expect_report *report, const struct expect_record *expected,
                           const struct expect_record *ours);
void expect_report_lone(const struct expect_report *report, const char *word, const struct expect_record *record);
void expect_report_counts(const struct expect_report *report, const struct expect_counts *counts, uint64_t untold);

#endif
