/* Sources of rules, and the presets of --fault. */
#include "config.h"

#include "rule_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* The three oddities that people meet when they write a responder, and what networks do. */
static const struct {
    const char *name, *rule;
} presets[] = {
    {"truncated", "truncate 0"},         /* a reply that lacks the data */
    {"wrong-data", "byte 16 0"},         /* the first byte behind ping's time stamp */
    {"duplicate", "duplicate 1"},        /* the kernel answers too */
    {"late", "delay 2s"},
    {"lossy", "loss 10%"},
    {"foreign-clock", "warp -48784ms"},  /* the time stamp in the data is the responder's own */
};

/* The options, which are the names of the kinds. */
static const char *const kind_names[] = {[RULE_SOURCE_TEXT] = "rule", [RULE_SOURCE_FILE] = "rules",
                                         [RULE_SOURCE_PRESET] = "fault"};

static int
add_preset(struct rule_set *set, const char *name, char errbuf[static PORT_ERRBUF])
{
    size_t len = 0;

    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++)
        if (strcmp(presets[i].name, name) == 0)
            return rule_set_add_text(set, presets[i].rule, strlen(presets[i].rule), NULL, errbuf);
    len = (size_t)snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is none of", name);
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++)
        len += (size_t)snprintf(errbuf + len, PORT_ERRBUF - len, "%s %s", i == 0 ? "" : ",", presets[i].name);
    return -1;
}

static int
add_text(struct rule_set *set, const char *text, char errbuf[static PORT_ERRBUF])
{
    size_t count = set->rules.count;

    if (rule_set_add_text(set, text, strlen(text), NULL, errbuf) != 0)
        return -1;
    if (set->rules.count > count)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "there is no rule in it: give one such as \"seq 3 drop\"");
    return -1;
}

static int
read_source(const struct rule_source *source, struct rule_set *set, char errbuf[static PORT_ERRBUF])
{
    switch (source->kind) {
    case RULE_SOURCE_TEXT:
        return add_text(set, source->argument, errbuf);
    case RULE_SOURCE_FILE:
        return rule_set_read_file(set, source->argument, errbuf);
    case RULE_SOURCE_PRESET:
        break;
    }
    return add_preset(set, source->argument, errbuf);
}

int
rule_source_add(struct rule_sources *sources, enum rule_source_kind kind, const char *argument, struct rule_set *set,
                char errbuf[static PORT_ERRBUF])
{
    struct rule_source source = {kind, argument};

    if (kind == RULE_SOURCE_FILE && strcmp(argument, "-") == 0 && rule_source_is_input(sources)) {
        snprintf(errbuf, PORT_ERRBUF, "standard input can be read once only");
        return -1;
    }
    if (sources->count == RULE_SOURCES) {
        snprintf(errbuf, PORT_ERRBUF, "given more than %d times: put the rules into a file", RULE_SOURCES);
        return -1;
    }
    sources->list[sources->count++] = source;
    return read_source(&source, set, errbuf);
}

int
rule_source_read(const struct rule_sources *sources, struct rule_set *set, char errbuf[static PORT_ERRBUF])
{
    for (unsigned i = 0; i < sources->count; i++)
        if (read_source(&sources->list[i], set, errbuf) != 0)
            return -1;
    return 0;
}

static bool
is_file(const struct rule_source *source)
{
    return source->kind == RULE_SOURCE_FILE && strcmp(source->argument, "-") != 0;
}

bool
rule_source_is_input(const struct rule_sources *sources)
{
    for (unsigned i = 0; i < sources->count; i++)
        if (sources->list[i].kind == RULE_SOURCE_FILE && !is_file(&sources->list[i]))
            return true;
    return false;
}

int
rule_source_refuse_input(char errbuf[static PORT_ERRBUF])
{
    snprintf(errbuf, PORT_ERRBUF, "--rules -: standard input cannot be read again: name a file, or send rules replace");
    return -1;
}

const char *
rule_source_file(const struct rule_sources *sources)
{
    for (unsigned i = 0; i < sources->count; i++)
        if (is_file(&sources->list[i]))
            return sources->list[i].argument;
    return NULL;
}

/* A path is told as one that is right from any folder. */
static void
print_argument(const struct rule_source *source, const char *folder, FILE *out)
{
    char *path = NULL;

    if (is_file(source) && source->argument[0] != '/' && folder != NULL) {
        size_t room = strlen(folder) + strlen(source->argument) + 2;

        path = malloc(room);
        if (path != NULL)
            snprintf(path, room, "%s/%s", folder, source->argument);
    }
    json_string(path != NULL ? path : source->argument, out);
    free(path);
}

void
rule_source_json(const struct rule_sources *sources, const char *folder, FILE *out)
{
    fputc('[', out);
    for (unsigned i = 0; i < sources->count; i++) {
        fprintf(out, "%s{\"%s\":", i == 0 ? "" : ",", kind_names[sources->list[i].kind]);
        print_argument(&sources->list[i], folder, out);
        fputc('}', out);
    }
    fputc(']', out);
}

bool
rule_source_kind_by_name(const char *name, enum rule_source_kind *kind)
{
    for (unsigned i = 0; i < sizeof kind_names / sizeof kind_names[0]; i++)
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (enum rule_source_kind)i;
            return true;
        }
    return false;
}
