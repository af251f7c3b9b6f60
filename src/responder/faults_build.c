/* Faults: the frames of a reply that rules have changed. */
#include "responder/faults.h"

#include "codec/checksum.h"
#include "responder/reply.h"

enum { CHECKSUM_AT = 2, IPV4_MOST = 65535 };

/* What the sum over the request with its checksum comes to: 0xffff if that is right. */
static uint16_t
sum_of_request(const struct fault *fault)
{
    const struct packet *packet = fault->packet;
    struct bytes message = packet->icmp.message;
    uint64_t pseudo = packet->version == 6 ? checksum_pseudo6(packet->src.bytes, packet->dst.bytes, (uint32_t)message.left,
                                                              IPV6_NEXT_ICMPV6)
                                           : 0;

    return checksum_fold(checksum_add(pseudo, message.at, message.left));
}

/* What was wrong in a request is to be as wrong in its reply (--bad-checksum preserve). */
static bool
keeps_wrong_sum(const struct fault *fault)
{
    return fault->responder->bad_checksum == BAD_CHECKSUM_PRESERVE && fault->packet->kind == REQUEST_ECHO && !fault->is_error;
}

static void
sum_up(const struct fault *fault, const struct reply_plan *plan)
{
    uint8_t *message = fault->responder->message;
    uint64_t sum = 0;
    uint16_t check;

    if (fault->packet->version == 6)
        sum = checksum_pseudo6(plan->src.bytes, fault->packet->src.bytes, (uint32_t)plan->len, IPV6_NEXT_ICMPV6);
    store_be16(message + CHECKSUM_AT, 0);
    check = (uint16_t)~checksum_fold(checksum_add(sum, message, plan->len));
    if (keeps_wrong_sum(fault))
        check = checksum_fold((uint64_t)check + sum_of_request(fault));
    if (fault->is_sum_bad)
        check ^= 1;
    store_be16(message + CHECKSUM_AT, check);
}

/* An error has neither options nor TOS of the packet that it is about. */
static void
plan_error(struct reply_plan *plan, const struct responder *responder)
{
    plan->ttl = responder->ttl;
    plan->tos = 0;
    plan->dont_fragment = false;
    plan->options_len = 0;
}

static void
plan_options(const struct fault *fault, struct reply_plan *plan)
{
    size_t len = fault->options.left;

    plan->options_len = (len + 3) & ~(size_t)3;
    memset(plan->options, 0, sizeof plan->options);
    memcpy(plan->options, fault->options.at, len);
}

static void
plan_fault(const struct fault *fault, struct build *build, struct reply_plan *plan)
{
    reply_plan_make(build, plan);
    reply_plan_options(build, plan);
    if (fault->is_error)
        plan_error(plan, fault->responder);
    if (fault->source.version != 0)
        plan->src = fault->source;
    if (fault->ttl >= 0)
        plan->ttl = (uint8_t)fault->ttl;
    if (fault->tos >= 0)
        plan->tos = (uint8_t)fault->tos;
    if (fault->has_options && fault->packet->version == 4)
        plan_options(fault, plan);
    if (fault->mtu > 0 && fault->mtu < plan->mtu)
        plan->mtu = fault->mtu;
    plan->is_ip_sum_bad = fault->is_ip_sum_bad;
    plan->len = fault->has_message ? fault->message_len : reply_write_message(fault->responder, fault->frame, fault->packet);
    if (fault->packet->version == 4 && plan->len > IPV4_MOST - IPV4_HEADER_LEN - plan->options_len)
        plan->len = IPV4_MOST - IPV4_HEADER_LEN - plan->options_len; /* longer options leave less room */
    sum_up(fault, plan);
    plan->is_written = true;
}

/* A time that is so much later; a damaged capture can be near the end of all times, which is not to come round. */
static uint64_t
later(uint64_t ts_ns, uint64_t by_ns)
{
    return by_ns < UINT64_MAX - ts_ns ? ts_ns + by_ns : UINT64_MAX;
}

/* Copies are the same frames again, later.  Returns how many. */
static size_t
add_copies(const struct fault *fault)
{
    struct responder *responder = fault->responder;
    size_t count = responder->reply_count;

    for (unsigned i = 1; i <= fault->copies; i++) {
        if (count > RESPONDER_REPLIES - responder->reply_count) {
            responder->copies_left_out += fault->copies - i + 1;
            break;
        }
        memcpy(responder->replies + responder->reply_count, responder->replies, count * sizeof *responder->replies);
        for (size_t j = 0; j < count; j++)
            responder->replies[responder->reply_count + j].ts_ns = later(responder->replies[j].ts_ns, i * fault->gap_ns);
        responder->reply_count += count;
    }
    return responder->reply_count - count;
}

size_t
faults_build(const struct fault *fault)
{
    struct responder *responder = fault->responder;
    struct build build;
    struct reply_plan plan;

    build_init(&build, responder, fault->frame, fault->packet);
    plan_fault(fault, &build, &plan);
    reply_plan_build(&build, &plan);
    for (size_t i = 0; i < responder->reply_count; i++)
        responder->replies[i].ts_ns = later(responder->replies[i].ts_ns, fault->delay_ns + fault->within_ns);
    return add_copies(fault);
}
