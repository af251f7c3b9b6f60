/* Reload: the rules that a pongd was started with, read again by pongctl, since pongd itself reads no file any more.
 *
 * It is pongd that says which files, and whoever is in control of a pongd may name others than it was given, which pongctl,
 * mostly root, can read and pongd cannot.  So only a regular file is opened, all of it has to be rules, and what is sent is
 * not the file but the rules as they were understood, without comments. */
#include "config.h"

#include "reload.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "rule_source.h"
#include "rule_text.h"

/* Takes a text that has to come next. */
static bool
take(char **at, const char *text)
{
    size_t len = strlen(text);

    if (strncmp(*at, text, len) != 0)
        return false;
    *at += len;
    return true;
}

/* Takes {"NAME":"ARGUMENT"}. */
static bool
take_source(char **at, struct rule_source *source)
{
    char *name, *argument;

    if (!take(at, "{") || (*at = json_take_string(*at, &name)) == NULL || !take(at, ":") ||
        (*at = json_take_string(*at, &argument)) == NULL || !take(at, "}"))
        return false;
    source->argument = argument;
    return rule_source_kind_by_name(name, &source->kind);
}

static bool
take_sources(char *at, struct rule_sources *sources)
{
    if (!take(&at, "{\"ok\":true,\"sources\":["))
        return false;
    while (sources->count < RULE_SOURCES && at != NULL && *at == '{') {
        if (!take_source(&at, &sources->list[sources->count++]))
            return false;
        (void)take(&at, ",");
    }
    return take(&at, "]}");
}

/* To open anything else may do more than to read it. */
static int
check_files(const struct rule_sources *sources, char errbuf[static PORT_ERRBUF])
{
    struct stat status;

    if (rule_source_is_input(sources))
        return rule_source_refuse_input(errbuf);
    for (unsigned i = 0; i < sources->count; i++) {
        const char *path = sources->list[i].argument;

        if (sources->list[i].kind != RULE_SOURCE_FILE)
            continue;
        if (stat(path, &status) != 0) {
            snprintf(errbuf, PORT_ERRBUF, "%.200s: %s", path, strerror(errno));
            return -1;
        }
        if (!S_ISREG(status.st_mode)) {
            snprintf(errbuf, PORT_ERRBUF, "%.200s: is no regular file, and cannot be read again: send rules replace", path);
            return -1;
        }
    }
    return 0;
}

/* Prints all rules in one line. */
static int
print(const struct rules *rules, FILE *out, char errbuf[static PORT_ERRBUF])
{
    bool is_whole = out != NULL;

    if (is_whole)
        fputs("rules replace ", out);
    for (size_t i = 0; i < rules->count && is_whole; i++) {
        char *text = rule_text_make(rules, i);

        is_whole = text != NULL;
        if (is_whole)
            fprintf(out, "%s%s", i == 0 ? "" : "; ", text);
        free(text);
    }
    if (is_whole)
        fputc('\n', out);
    if (out != NULL && fclose(out) != 0)
        is_whole = false;
    if (!is_whole)
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
    return is_whole ? 0 : -1;
}

int
reload_make(const char *answer, size_t answer_len, char **command, size_t *len, char errbuf[static PORT_ERRBUF])
{
    static struct rule_sources sources;
    struct rule_set set = {.rules.count = 0};
    char *copy = strndup(answer, answer_len);
    int rc = -1;

    sources.count = 0;
    if (copy == NULL)
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
    else if (!take_sources(copy, &sources))
        snprintf(errbuf, PORT_ERRBUF, "this pongd does not say where its rules come from: send rules replace");
    else if (check_files(&sources, errbuf) == 0 && rule_source_read(&sources, &set, errbuf) == 0)
        rc = print(&set.rules, open_memstream(command, len), errbuf);
    rule_set_free(&set);
    free(copy);
    return rc;
}
