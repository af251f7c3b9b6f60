/* The rulebook: the rules that apply, and how they change while pongd runs. */
#include "config.h"

#include "rulebook.h"

#include <string.h>

/* Has the responder go by other rules, once these have taken over what the old ones remember. */
static void
take(struct rulebook *book, const struct rule_set *next)
{
    struct rule_set before = book->set;

    book->set = *next;
    rules_seed(&book->set.rules, book->seed);
    rules_inherit(&book->set.rules, &before.rules);
    book->responder->rules = book->set.rules.count > 0 ? &book->set.rules : NULL;
    rule_set_free(&before);
}

int
rulebook_finish(struct rulebook *book, struct rule_set *next, int rc)
{
    if (rc == 0)
        take(book, next);
    else
        rule_set_free(next);
    return rc;
}

int
rulebook_open(struct rulebook *book, struct responder *responder, uint64_t seed, const struct rules *rules,
              const struct rule_sources *sources, char errbuf[static PORT_ERRBUF])
{
    struct rule_set first = {.rules.count = 0};

    *book = (struct rulebook){.responder = responder, .sources = sources, .seed = seed};
    return rulebook_finish(book, &first, rule_set_add_rules(&first, rules, 0, errbuf));
}

int
rulebook_add(struct rulebook *book, const char *text, char errbuf[static PORT_ERRBUF])
{
    struct rule_set next = {.rules.count = 0};
    int rc = rule_set_add_rules(&next, &book->set.rules, 0, errbuf);

    if (rc == 0)
        rc = rule_set_add_text(&next, text, strlen(text), NULL, errbuf);
    return rulebook_finish(book, &next, rc);
}

int
rulebook_replace(struct rulebook *book, const char *text, char errbuf[static PORT_ERRBUF])
{
    struct rule_set next = {.rules.count = 0};

    return rulebook_finish(book, &next, rule_set_add_text(&next, text, strlen(text), NULL, errbuf));
}

int
rulebook_remove(struct rulebook *book, size_t number, char errbuf[static PORT_ERRBUF])
{
    struct rule_set next = {.rules.count = 0};

    return rulebook_finish(book, &next, rule_set_add_rules(&next, &book->set.rules, number, errbuf));
}

void
rulebook_close(struct rulebook *book)
{
    rule_set_free(&book->set);
}
