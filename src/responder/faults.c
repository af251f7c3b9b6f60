/* Faults: the table of actions, and the rules applied. */
#include "responder/faults_act.h"

#include "responder/distribution.h"
#include "responder/reply.h"

void
act_checksum(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)term;
    (void)random;
    fault->is_sum_bad = true;
}

void
act_ip_checksum(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)term;
    (void)random;
    fault->is_ip_sum_bad = true;
}

void
act_ttl(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    fault->ttl = (int)term->values[0].as.number;
}

void
act_tos(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    fault->tos = (int)term->values[0].as.number;
}

/* An address of the other version of IP is for other requests. */
void
act_source(struct fault *fault, struct rule_term *term, struct random *random)
{
    const struct address *source = &term->values[0].as.prefix.address;

    (void)random;
    if (source->version == fault->packet->version)
        fault->source = *source;
}

void
act_options(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    fault->options = (struct bytes){fault->rules->bytes + term->values[0].as.slice.at, term->values[0].as.slice.count};
    fault->has_options = true;
}

void
act_fragment(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    fault->mtu = (size_t)term->values[0].as.number;
}

#define NUMBER(lowest, highest) {.kind = RULE_NUMBER, .least = (lowest), .most = (highest)}
#define TIME(lowest) {.kind = RULE_TIME, .least = (lowest), .most = FAULTS_TIME_MOST * FAULTS_SECOND}
#define PERCENT {.kind = RULE_PERCENT}
#define PERCENT_OR_NOT {.kind = RULE_PERCENT, .is_optional = true}
#define NUMBER_AFTER(word, lowest, highest) \
    {.keyword = word, .kind = RULE_NUMBER, .is_optional = true, .least = (lowest), .most = (highest)}
#define TIME_AFTER(word) {.keyword = word, .kind = RULE_TIME, .is_optional = true, .most = FAULTS_TIME_MOST * FAULTS_SECOND}
#define WORD_AFTER(word, list) {.keyword = word, .kind = RULE_WORD, .is_optional = true, .words = list}

static const char *const distributions[DISTRIBUTIONS + 1] = {
    [DISTRIBUTION_UNIFORM] = "uniform",
    [DISTRIBUTION_NORMAL] = "normal",
    [DISTRIBUTION_PARETO] = "pareto",
    [DISTRIBUTION_PARETONORMAL] = "paretonormal",
};

enum {
    BYTES_MOST = 65507,   /* of data in one datagram */
    COPIES_MOST = 100,
    GAP_MOST = 1000,
    FRAGMENT_LEAST = 68,  /* RFC 791 */
    OPTIONS_MOST = 40,
    HOPS_MOST = 255
};

const struct rule_row faults_actions[] = {
    {"drop", .act = act_drop},
    {"loss gemodel", .params = {PERCENT, PERCENT_OR_NOT, PERCENT_OR_NOT, PERCENT_OR_NOT}, .act = act_gemodel},
    {"loss", .params = {PERCENT, PERCENT_OR_NOT}, .act = act_loss},
    {"delay",
     .params = {TIME(0), TIME_AFTER("jitter"), {.kind = RULE_PERCENT, .is_optional = true, .needs = "jitter"},
                {.keyword = "distribution", .kind = RULE_WORD, .is_optional = true, .words = distributions, .needs = "jitter"}},
     .act = act_delay},
    {"reorder", .params = {NUMBER_AFTER("gap", 1, GAP_MOST), TIME_AFTER("within")}, .act = act_reorder},
    {"duplicate", .params = {NUMBER(1, COPIES_MOST), TIME_AFTER("gap")}, .act = act_duplicate},
    {"truncate", .params = {NUMBER(0, BYTES_MOST)}, .act = act_truncate},
    {"extend", .params = {NUMBER(1, BYTES_MOST)}, .act = act_extend},
    {"zero", .act = act_zero},
    {"byte", .params = {NUMBER(0, BYTES_MOST), NUMBER(0, UINT8_MAX)}, .act = act_byte},
    {"corrupt", .params = {NUMBER(1, FAULTS_CORRUPT_MOST)}, .act = act_corrupt},
    {"warp", .params = {{.kind = RULE_SHIFT, .most = FAULTS_WARP_MOST * FAULTS_SECOND}, WORD_AFTER("layout", act_warp_layouts)},
     .act = act_warp},
    {"checksum bad", .act = act_checksum},
    {"ip-checksum bad", .act = act_ip_checksum},
    {"ttl", .params = {NUMBER(0, UINT8_MAX)}, .act = act_ttl},
    {"tos", .params = {NUMBER(0, UINT8_MAX)}, .act = act_tos},
    {"id", .params = {NUMBER(0, UINT16_MAX)}, .act = act_id},
    {"seq", .params = {NUMBER(0, UINT16_MAX)}, .act = act_seq},
    {"code", .params = {NUMBER(0, UINT8_MAX)}, .act = act_code},
    {"type", .params = {NUMBER(0, UINT8_MAX)}, .act = act_type},
    {"source", .params = {{.kind = RULE_ADDRESS}}, .act = act_source},
    {"options", .params = {{.kind = RULE_HEX, .least = 1, .most = OPTIONS_MOST}}, .act = act_options},
    {"fragment", .params = {NUMBER(FRAGMENT_LEAST, UINT16_MAX)}, .act = act_fragment},
    {"error",
     .params = {{.kind = RULE_ERROR}, NUMBER_AFTER("mtu", 0, UINT16_MAX), NUMBER_AFTER("quote", 0, UINT16_MAX)},
     .act = act_error},
    {"hops",
     .params = {NUMBER(1, HOPS_MOST), TIME_AFTER("delay"),
                {.keyword = "via", .kind = RULE_ADDRESSES, .is_optional = true, .least = 1, .most = HOPS_MOST}},
     .act = act_hops,
     .is_path = true},
    {"pmtu",
     .params = {NUMBER(FRAGMENT_LEAST, UINT16_MAX), {.keyword = "via", .kind = RULE_ADDRESS, .is_optional = true},
                {.keyword = "silent", .kind = RULE_FLAG, .is_optional = true}},
     .act = act_pmtu,
     .is_path = true},
};

const size_t faults_action_count = sizeof faults_actions / sizeof faults_actions[0];

static void
begin(struct responder *responder, const struct frame *frame, const struct packet *packet, struct fault *fault)
{
    *fault = (struct fault){
        .responder = responder,
        .frame = frame,
        .packet = packet,
        .rules = responder->rules,
        .verdict = VERDICT_ANSWERED,
        .ttl = -1,
        .tos = -1,
    };
}

static void
act(struct fault *fault, struct rule *rule, bool only_path)
{
    for (size_t i = 0; i < rule->actions; i++) {
        struct rule_term *term = &fault->rules->terms[rule->first + rule->selectors + i];

        if (!only_path || term->row->is_path)
            term->row->act(fault, term, &rule->random);
    }
}

static void
apply(struct fault *fault, bool only_path)
{
    const struct rules *rules = fault->rules;
    struct rule_matter matter = {fault->frame, fault->packet, !only_path};

    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->rules[i];

        if ((only_path && !rule->is_path) || !rules_match(rules, rule, &matter))
            continue;
        fault->is_any = true;
        fault->matched |= UINT64_C(1) << (i < FAULTS_MATCHED ? i : FAULTS_MATCHED - 1);
        act(fault, rule, only_path);
    }
}

void
faults_apply(struct responder *responder, const struct frame *frame, const struct packet *packet, struct fault *fault)
{
    begin(responder, frame, packet, fault);
    apply(fault, false);
}

/* A host owes an error to UDP that nobody wants: traceroute and tracepath know by it that they have arrived. */
static void
end_path(struct fault *fault)
{
    enum { PROTOCOL_UDP = 17, UNREACHABLE4 = 3, PORT4 = 3, UNREACHABLE6 = 1, PORT6 = 4 };
    const struct packet *packet = fault->packet;

    if (packet_protocol(packet) != PROTOCOL_UDP)
        return;
    fault->verdict = VERDICT_RULE_ERROR;
    if (packet->version == 6)
        act_make_error(fault, UNREACHABLE6, PORT6, 0);
    else
        act_make_error(fault, UNREACHABLE4, PORT4, 0);
}

void
faults_apply_path(struct responder *responder, const struct frame *frame, const struct packet *packet, struct fault *fault)
{
    begin(responder, frame, packet, fault);
    apply(fault, true);
    if (fault->is_any && fault->verdict == VERDICT_ANSWERED && !packet_is_fragment(packet))
        end_path(fault);
}
