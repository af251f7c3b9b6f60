/* Rules: which requests are answered wrong on purpose, and how.
 *
 * A rule is a list of terms: selectors, all of which have to match, then actions, which are done in order.  Every rule that
 * matches applies.  What a term may be is a row of one of two tables: rules_selectors here, faults_actions in faults.h. */
#ifndef PONGD_RESPONDER_RULES_H
#define PONGD_RESPONDER_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "responder/address.h"
#include "responder/random.h"

enum { RULE_PARAMS = 5 };

/* What a parameter's value is, and which member of struct rule_value has it. */
enum rule_kind {
    RULE_NOTHING,   /* no parameter, or none any more */
    RULE_FLAG,      /* the keyword alone */
    RULE_NUMBER,    /* number */
    RULE_RANGE,     /* N or N-M: range */
    RULE_PERCENT,   /* number, in parts of RANDOM_WHOLE */
    RULE_TIME,      /* number, in nanoseconds */
    RULE_SHIFT,     /* number, a time in nanoseconds as int64_t, since it may have a sign */
    RULE_PREFIX,    /* prefix */
    RULE_ADDRESS,   /* prefix.address */
    RULE_ADDRESSES, /* slice of rules->addresses; version 0 is for "*", nobody */
    RULE_HEX,       /* slice of rules->bytes */
    RULE_WORD,      /* number, an index of the parameter's words */
    RULE_ERROR      /* error */
};

/* A parameter of a term.  One with a keyword may stand anywhere behind the term's name. */
struct rule_param {
    const char *keyword; /* before the value; NULL: none */
    enum rule_kind kind;
    bool is_optional;
    uint64_t least, most; /* of numbers, ranges and times; of RULE_HEX and RULE_ADDRESSES how many */
    const char *const *words; /* of RULE_WORD, NULL behind the last */
    const char *needs; /* the keyword of another one that it makes no sense without; NULL: none */
};

/* An ICMP error; `name` is an index of faults_errors, or -1 when type and code were given, for either version of IP. */
struct rule_error {
    int name;
    uint8_t type;
    uint8_t code;
};

struct rule_value {
    bool is_given;
    union {
        uint64_t number;
        struct {
            uint64_t first, last;
        } range;
        struct {
            struct address address;
            uint8_t len;
        } prefix;
        struct {
            uint32_t at, count;
        } slice;
        struct rule_error error;
    } as;
};

/* What a term remembers from one request to the next. */
struct rule_memory {
    uint64_t count; /* requests that came to it */
    bool has_last;
    int64_t last;   /* what was drawn last, where that is correlated with the next */
};

struct frame;
struct packet;
struct rule_matter;
struct rule_term;
struct fault;

/* Whether a selector matches.  It draws from `random` only what it needs. */
typedef bool rule_match(const struct rule_matter *matter, struct rule_term *term, struct random *random);

/* Does to a reply what an action says. */
typedef void rule_act(struct fault *fault, struct rule_term *term, struct random *random);

/* A row of a table.  Of `match` and `act` one is NULL. */
struct rule_row {
    const char *name; /* one word, or two with a blank between them; before another row whose name is its first word */
    struct rule_param params[RULE_PARAMS];
    rule_match *match;
    rule_act *act;
    bool is_path; /* what a router does to any packet, before the host has it */
};

struct rule_term {
    const struct rule_row *row;
    struct rule_value values[RULE_PARAMS];
    struct rule_memory memory;
};

struct rule {
    uint64_t hash;   /* of its canonical text, by which it is known again */
    uint64_t hits;   /* requests that it applied to */
    struct random random;
    size_t first;    /* of its terms */
    size_t selectors, actions;
    bool is_path;    /* one of its actions is */
};

/* A list of rules.  All memory is its owner's. */
struct rules {
    struct rule *rules;
    size_t count;
    struct rule_term *terms;
    size_t term_count;
    struct address *addresses;
    size_t address_count;
    uint8_t *bytes;
    size_t byte_count;
};

extern const struct rule_row rules_selectors[];
extern const size_t rules_selector_count;

/* Gives every rule a stream of random numbers of its own, by the seed, its text, and how many the same came before it: so
 * other rules change nothing about it. */
void rules_seed(struct rules *rules, uint64_t seed);

/* Has rules that were there before, by their text, go on where they were. */
void rules_inherit(struct rules *rules, const struct rules *before);

/* What a selector may look at. */
struct rule_matter {
    const struct frame *frame;
    const struct packet *packet;
    bool is_request; /* id, seq and size are those of a request, which is all there */
};

/* Whether all selectors of a rule match. */
bool rules_match(const struct rules *rules, struct rule *rule, const struct rule_matter *matter);

/* Whether a chance comes true that a term has: its first value, and as the second, if given, how often the last outcome is
 * repeated; that leaves the chance as it is, and gives outcomes this correlation. */
bool rules_chance(struct rule_term *term, struct random *random);

/* Whether any rule is about the path, for which other packets than requests are looked at too. */
bool rules_have_path(const struct rules *rules);

#endif
