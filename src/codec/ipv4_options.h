/* IPv4 options (RFC 791 section 3.1): read and checked, and carried on in a reply (RFC 1122 section 3.2.2.6). */
#ifndef PONGD_CODEC_IPV4_OPTIONS_H
#define PONGD_CODEC_IPV4_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/bytes.h"

enum { IPV4_OPTIONS_MAX = 40 };

enum ipv4_options_status {
    IPV4_OPTIONS_OK,
    IPV4_OPTIONS_ROUTED, /* a source route, which only a router may take further */
    IPV4_OPTIONS_BAD     /* malformed; `bad_at` says where */
};

struct ipv4_options {
    enum ipv4_options_status status;
    size_t bad_at; /* offset of the byte at fault from the beginning of the options */
    struct bytes record_route; /* the whole option; empty when there is none */
    struct bytes timestamp;
};

/* What a reply's options are filled in with. */
struct ipv4_options_host {
    const uint8_t *address; /* ours, 4 bytes */
    uint32_t time_ms;       /* since midnight UT */
    bool (*is_stamped)(const void *context, const uint8_t address[static 4]); /* whether its turn in a Timestamp is ours */
    const void *context; /* for is_stamped */
};

/* Walks the options of a header. */
void ipv4_options_read(struct bytes options, struct ipv4_options *found);

/* Writes the options of a reply: Record Route, then Timestamp, each with what the request's arrival and the reply's departure
 * add, then padding.  Returns their length, a multiple of 4, or -1 when an option has room for a part of an entry only. */
int ipv4_options_answer(const struct ipv4_options *found, const struct ipv4_options_host *host,
                        uint8_t out[static IPV4_OPTIONS_MAX]);

#endif
