/* The verdicts' names and meanings. */
#include "responder/verdict.h"

static const struct {
    const char *name;
    const char *meaning;
} verdicts[VERDICTS] = {
#define VERDICT_WORDS(constant, name, meaning) {name, meaning},
    VERDICT_TABLE(VERDICT_WORDS)
#undef VERDICT_WORDS
};

const char *
verdict_name(enum verdict verdict)
{
    return verdicts[verdict].name;
}

const char *
verdict_meaning(enum verdict verdict)
{
    return verdicts[verdict].meaning;
}
