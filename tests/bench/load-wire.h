/* The frames of the load generator: echo requests from a template, and what their replies have to be, byte for byte. */
#ifndef PONGD_TESTS_BENCH_LOAD_WIRE_H
#define PONGD_TESTS_BENCH_LOAD_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/oracle-wire.h"

enum {
    WIRE_ECHO_LEN = 8,     /* of the ICMP header */
    WIRE_NUMBER_LEN = 8,   /* of the request's number, which the payload begins with if it has room */
    WIRE_SIZE_MAX = 65507,
    WIRE_FRAMES_MAX = 256, /* that a message may be cut into */
    WIRE_MTU_MIN = 552
};

/* Who asks whom, and how. */
struct wire_plan {
    uint8_t version; /* 4 or 6 */
    uint8_t src_mac[MAC_LEN], dst_mac[MAC_LEN];
    uint8_t src[16], dst[16];
    size_t size; /* of the payload */
    size_t mtu;  /* requests that are longer leave in fragments */
    uint16_t id;
};

/* A request, as frames one behind the other. */
struct wire_message {
    uint8_t *bytes;
    size_t count;
    struct span spans[WIRE_FRAMES_MAX];
};

/* A reply in fragments, of which so much has come, in order. */
struct wire_assembly {
    uint32_t id;
    size_t have; /* 0: none */
    uint8_t *bytes;
};

enum { WIRE_ASSEMBLIES = 512 };

struct wire {
    struct wire_plan plan;
    size_t icmp_len;
    uint8_t *request;      /* the ICMP message, with sequence number, number and checksum 0 */
    uint32_t request_sum;  /* of that, and of the pseudo-header */
    uint32_t reply_sum;
    struct wire_assembly assemblies[WIRE_ASSEMBLIES];
};

enum wire_result {
    WIRE_OTHER, /* nothing of ours */
    WIRE_PART,  /* of a reply that has not come in whole */
    WIRE_REPLY,
    WIRE_WRONG  /* a reply to us that is not what it has to be */
};

/* Ends the program if there is no memory, or the plan's message does not fit. */
void wire_init(struct wire *wire, const struct wire_plan *plan);
void wire_free(struct wire *wire);

/* Makes the frames of a request, which wire_number() then makes request `number`, as often as wanted. */
void wire_build(const struct wire *wire, struct wire_message *message);
void wire_number(const struct wire *wire, struct wire_message *message, uint64_t number);

/* Reads a frame that came in.  For WIRE_REPLY, *number is the request's; `next` is the number of the next request, for
 * payloads that have no room for one. */
enum wire_result wire_read(struct wire *wire, const uint8_t *frame, size_t len, uint64_t next, uint64_t *number);

#endif
