/* Makes two answers that differ by a rule alike, so that whatever else is in them is still compared. */
#ifndef PONGD_TESTS_NET_ORACLE_LEVEL_H
#define PONGD_TESTS_NET_ORACLE_LEVEL_H

#include "oracle-wire.h"

/* A normalised answer, which may become shorter. */
struct answer {
    uint8_t *frame;
    size_t *len;
};

/* Whether there was anything to make alike. */
typedef bool level(const struct frames *requests, const struct answer *kernel, const struct answer *pongd);

level level_error_tos;       /* ER-02 */
level level_error_options;   /* ER-03 */
level level_probe_header;    /* PR-04 */
level level_probe_mac;       /* PR-06 */
level level_probe_structure; /* PR-09, PR-10 */
level level_probe_code;      /* PR-13 */
level level_probe_name;      /* PR-14 */

#endif
