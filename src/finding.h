/* Findings: the sentences of the diagnosis, each with what is wrong and what to do. */
#ifndef PONGD_FINDING_H
#define PONGD_FINDING_H

#include <stddef.h>
#include <stdint.h>

#include "codec/link.h"
#include "responder/addresses.h"

/* What is found, in the order of the manual. */
enum finding {
    FINDING_ECHO_IS_ON,     /* the kernel may answer too */
    FINDING_KERNEL_ANSWERS, /* and it does */
    FINDING_PROGRAM_ANSWERS, /* the kernel's echo is off, and still there are two replies */
    FINDING_HOST_ANSWERS,
    FINDING_OTHER_MAC,
    FINDING_LINK_DOWN,
    FINDING_LINK_UP, /* again */
    FINDING_EXPRESSION,
    FINDING_VERSION, /* -4 or -6 */
    FINDING_SNAPLEN,
    FINDING_VLAN,
    FINDINGS
};

enum { FINDING_LINE = 512 };

/* What fills the blanks of a sentence.  Only those that it has need to be set. */
struct finding_facts {
    const char *interface;
    const struct address *client;
    const struct address *host;
    const uint8_t *mac; /* LINK_MAC_LEN bytes */
    uint16_t id;
    uint16_t seq;
    size_t caplen;
    size_t len;
    const struct link_tag *tags;
    unsigned tag_count;
};

/* Writes a finding in one sentence, without a newline, cut where it does not fit. */
void finding_print(enum finding finding, const struct finding_facts *facts, char line[static FINDING_LINE]);

#endif
