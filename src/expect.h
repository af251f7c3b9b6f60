/* --expect: our replies, as they are made, compared with the records of a savefile. */
#ifndef PONGD_EXPECT_H
#define PONGD_EXPECT_H

#include <stdint.h>

#include "log.h"
#include "port.h"

struct expect;

enum expect_result {
    EXPECT_SAME,
    EXPECT_DIFFERENT,
    EXPECT_TROUBLE /* errbuf says what */
};

/* Opens what to compare replies of a link type with, "-" for standard input.  `write_path`, which may be NULL, must not name
 * the same file.  NULL, with one sentence in errbuf, if it cannot be compared with. */
struct expect *expect_open(const char *path, enum link_type link, const char *write_path, const struct log *log,
                           char errbuf[static PORT_ERRBUF]);

/* Takes our next reply; `expect` is a struct expect. */
void expect_take(void *expect, const struct reply *reply);

/* Compares what is left, tells the counts, and closes. */
enum expect_result expect_finish(struct expect *expect, char errbuf[static PORT_ERRBUF]);

/* Closes without a word; NULL is allowed. */
void expect_close(struct expect *expect);

#endif
