/* Rules: the table of selectors, and whether a rule matches. */
#include "responder/rules.h"

#include "responder/packet.h"
#include "responder/siphash.h"

static bool
is_within(const struct address *address, const struct rule_value *prefix)
{
    const struct address *of = &prefix->as.prefix.address;
    struct key first, key = address_key(address);

    if (address->version != of->version)
        return false;
    first = key_first(address_key(of), prefix->as.prefix.len);
    key = key_first(key, prefix->as.prefix.len);
    return key.high == first.high && key.low == first.low;
}

static bool
is_in_range(uint64_t number, const struct rule_value *range)
{
    return number >= range->as.range.first && number <= range->as.range.last;
}

/* What the selectors that only look have in common. */
#define LOOK(function, expression) \
    static bool function(const struct rule_matter *matter, struct rule_term *term, struct random *random) \
    { \
        const struct packet *packet = matter->packet; \
        const struct rule_value *value = &term->values[0]; \
        (void)random; \
        return expression; \
    }

LOOK(match_to, is_within(&packet->dst, value))
LOOK(match_from, is_within(&packet->src, value))
LOOK(match_id, matter->is_request && is_in_range(packet->icmp.id, value))
LOOK(match_seq, matter->is_request && is_in_range(packet->icmp.seq, value))
LOOK(match_size, matter->is_request && is_in_range(packet->icmp.message.left - ICMP_HEADER_LEN, value))

/* A frame with two tags is in both VLANs, one without any in VLAN 0. */
static bool
match_vlan(const struct rule_matter *matter, struct rule_term *term, struct random *random)
{
    const struct link *link = &matter->packet->link;

    (void)random;
    for (unsigned i = 0; i < link->tag_count; i++)
        if (is_in_range(link_tag_vid(link->tags[i]), &term->values[0]))
            return true;
    return link->tag_count == 0 && is_in_range(0, &term->values[0]);
}

/* What the selectors that count the requests which come to them have in common. */
#define COUNT(function, expression) \
    static bool function(const struct rule_matter *matter, struct rule_term *term, struct random *random) \
    { \
        uint64_t count = ++term->memory.count, number = term->values[0].as.number; \
        (void)matter; \
        (void)random; \
        return expression; \
    }

COUNT(match_every, count % number == 0)
COUNT(match_first, count <= number)
COUNT(match_after, count > number)

bool
rules_chance(struct rule_term *term, struct random *random)
{
    const struct rule_value *chance = &term->values[0], *correlation = &term->values[1];
    struct rule_memory *memory = &term->memory;

    if (!correlation->is_given)
        return random_chance(random, chance->as.number);
    if (!memory->has_last || !random_chance(random, correlation->as.number))
        memory->last = random_chance(random, chance->as.number);
    memory->has_last = true;
    return memory->last != 0;
}

static bool
match_probability(const struct rule_matter *matter, struct rule_term *term, struct random *random)
{
    (void)matter;
    return rules_chance(term, random);
}

#define RANGE(highest) .params = {{.kind = RULE_RANGE, .most = (highest)}}
#define PREFIX .params = {{.kind = RULE_PREFIX}}
#define TIMES .params = {{.kind = RULE_NUMBER, .least = 1, .most = UINT64_MAX}}

const struct rule_row rules_selectors[] = {
    {"to", PREFIX, .match = match_to},
    {"from", PREFIX, .match = match_from},
    {"id", RANGE(UINT16_MAX), .match = match_id},
    {"seq", RANGE(UINT16_MAX), .match = match_seq},
    {"size", RANGE(UINT16_MAX), .match = match_size},
    {"vlan", RANGE(RESPONDER_VLANS - 2), .match = match_vlan}, /* 4095 is reserved */
    {"every", TIMES, .match = match_every},
    {"first", TIMES, .match = match_first},
    {"after", TIMES, .match = match_after},
    {"probability", .params = {{.kind = RULE_PERCENT}, {.kind = RULE_PERCENT, .is_optional = true}}, .match = match_probability},
};

const size_t rules_selector_count = sizeof rules_selectors / sizeof rules_selectors[0];

bool
rules_match(const struct rules *rules, struct rule *rule, const struct rule_matter *matter)
{
    for (size_t i = 0; i < rule->selectors; i++) {
        struct rule_term *term = &rules->terms[rule->first + i];

        if (!term->row->match(matter, term, &rule->random))
            return false;
    }
    rule->hits++;
    return true;
}

bool
rules_have_path(const struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].is_path)
            return true;
    return false;
}

/* How many rules before number `at` have the same text. */
static uint64_t
count_alike(const struct rules *rules, size_t at)
{
    uint64_t count = 0;

    for (size_t i = 0; i < at; i++)
        count += rules->rules[i].hash == rules->rules[at].hash;
    return count;
}

void
rules_seed(struct rules *rules, uint64_t seed)
{
    struct siphash_key key = siphash_key(seed);
    uint8_t name[16];

    for (size_t i = 0; i < rules->count; i++) {
        uint64_t hash = rules->rules[i].hash, nth = count_alike(rules, i);

        store_be32(name, (uint32_t)(hash >> 32));
        store_be32(name + 4, (uint32_t)hash);
        store_be32(name + 8, (uint32_t)(nth >> 32));
        store_be32(name + 12, (uint32_t)nth);
        random_init(&rules->rules[i].random, siphash(&key, name, sizeof name));
    }
}

/* The rule with the same text and as many alike before it; NULL when there is none. */
static const struct rule *
find_alike(const struct rules *rules, uint64_t hash, uint64_t nth)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->rules[i].hash == hash && nth-- == 0)
            return &rules->rules[i];
    return NULL;
}

void
rules_inherit(struct rules *rules, const struct rules *before)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->rules[i];
        const struct rule *old = find_alike(before, rule->hash, count_alike(rules, i));

        if (old == NULL || old->selectors != rule->selectors || old->actions != rule->actions)
            continue;
        rule->hits = old->hits;
        rule->random = old->random;
        for (size_t j = 0; j < rule->selectors + rule->actions; j++)
            rules->terms[rule->first + j].memory = before->terms[old->first + j].memory;
    }
}
