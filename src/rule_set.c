/* A set of rules: its memory. */
#include "config.h"

#include "rule_set.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_text.h"

enum { ROOM_LEAST = 16 };

/* Memory for `count` things of `size` bytes, by half as much again as there was, so that many cost little more than one each.
 * NULL when there is none, with all as it was. */
static void *
grow(void *memory, size_t *room, size_t count, size_t size)
{
    size_t wanted = *room + *room / 2 + ROOM_LEAST;
    void *grown = memory;

    if (count <= *room)
        return memory;
    if (wanted < count)
        wanted = count;
    grown = wanted > SIZE_MAX / size ? NULL : realloc(memory, wanted * size);
    if (grown != NULL)
        *room = wanted;
    return grown;
}

struct rule *
rule_set_new_rule(struct rule_set *set)
{
    struct rules *rules = &set->rules;
    struct rule *grown = grow(rules->rules, &set->rule_room, rules->count + 1, sizeof *grown);

    if (grown == NULL)
        return NULL;
    rules->rules = grown;
    grown[rules->count] = (struct rule){.first = rules->term_count};
    return &grown[rules->count++];
}

struct rule_term *
rule_set_new_term(struct rule_set *set)
{
    struct rules *rules = &set->rules;
    struct rule_term *grown = grow(rules->terms, &set->term_room, rules->term_count + 1, sizeof *grown);

    if (grown == NULL)
        return NULL;
    rules->terms = grown;
    memset(&grown[rules->term_count], 0, sizeof *grown);
    return &grown[rules->term_count++];
}

int
rule_set_add_address(struct rule_set *set, const struct address *address)
{
    struct rules *rules = &set->rules;
    struct address *grown = grow(rules->addresses, &set->address_room, rules->address_count + 1, sizeof *grown);

    if (grown == NULL)
        return -1;
    rules->addresses = grown;
    grown[rules->address_count++] = *address;
    return 0;
}

int
rule_set_add_bytes(struct rule_set *set, const uint8_t *bytes, size_t count)
{
    struct rules *rules = &set->rules;
    uint8_t *grown = grow(rules->bytes, &set->byte_room, rules->byte_count + count, 1);

    if (grown == NULL)
        return -1;
    rules->bytes = grown;
    memcpy(grown + rules->byte_count, bytes, count);
    rules->byte_count += count;
    return 0;
}

/* Has slices of a term refer to the set's own copy of what they are about. */
static int
copy_slices(struct rule_set *set, const struct rules *from, struct rule_term *term)
{
    for (size_t i = 0; i < RULE_PARAMS; i++) {
        enum rule_kind kind = term->row->params[i].kind;
        struct rule_value *value = &term->values[i];
        uint32_t at = value->as.slice.at, count = value->as.slice.count;

        if (!value->is_given || (kind != RULE_ADDRESSES && kind != RULE_HEX))
            continue;
        value->as.slice.at = (uint32_t)(kind == RULE_HEX ? set->rules.byte_count : set->rules.address_count);
        if (kind == RULE_HEX && rule_set_add_bytes(set, from->bytes + at, count) != 0)
            return -1;
        for (uint32_t j = 0; kind == RULE_ADDRESSES && j < count; j++)
            if (rule_set_add_address(set, &from->addresses[at + j]) != 0)
                return -1;
    }
    return 0;
}

static int
copy_rule(struct rule_set *set, const struct rules *from, const struct rule *rule)
{
    struct rule *copy = rule_set_new_rule(set);
    size_t first = set->rules.term_count;

    if (copy == NULL)
        return -1;
    *copy = *rule;
    copy->first = first;
    for (size_t i = 0; i < rule->selectors + rule->actions; i++) {
        struct rule_term *term = rule_set_new_term(set);

        if (term == NULL)
            return -1;
        *term = from->terms[rule->first + i];
        if (copy_slices(set, from, term) != 0)
            return -1;
    }
    return 0;
}

int
rule_set_add_rules(struct rule_set *set, const struct rules *rules, size_t except, char errbuf[static PORT_ERRBUF])
{
    struct rules before = set->rules;
    int rc = rules->count + before.count > RULE_SET_MOST + (except > 0) ? -1 : 0;

    for (size_t i = 0; i < rules->count && rc == 0; i++)
        if (i + 1 != except)
            rc = copy_rule(set, rules, &rules->rules[i]);
    if (rc == 0)
        return 0;
    rule_set_cut(set, &before);
    snprintf(errbuf, PORT_ERRBUF, "there is no memory for so many rules, or more than %d", RULE_SET_MOST);
    return -1;
}

void
rule_set_cut(struct rule_set *set, const struct rules *before)
{
    set->rules.count = before->count;
    set->rules.term_count = before->term_count;
    set->rules.address_count = before->address_count;
    set->rules.byte_count = before->byte_count;
}

void
rule_set_free(struct rule_set *set)
{
    free(set->rules.rules);
    free(set->rules.terms);
    free(set->rules.addresses);
    free(set->rules.bytes);
    *set = (struct rule_set){.rules.count = 0};
}
