/* The commands of pongctl, each with a row in the table and a small function or two. */
#include "config.h"

#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "parse.h"
#include "rule_text.h"
#include "signals.h"
#include "sink.h"

struct command {
    const char *name;      /* one word or two */
    const char *arguments; /* for people; "": none, in brackets: none will do too */
    const char *help;
    /* Does it.  0, or -1 with errbuf filled.  NULL: there is nothing to be done. */
    int (*run)(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF]);
    /* Prints what the answer has besides "ok", from a comma on.  NULL: nothing. */
    void (*print)(const struct commands *commands, FILE *out);
};

static void
print_paused(const struct commands *commands, FILE *out)
{
    const struct loop *loop = commands->loop;
    const char *separator = "";

    fputs(",\"paused\":[", out);
    for (size_t i = 0; i < loop->port_count; i++) {
        if (loop->ports[i] == NULL || !loop->ports[i]->iface.is_paused)
            continue;
        fputs(separator, out);
        json_string(loop->ports[i]->name, out);
        separator = ",";
    }
    fputc(']', out);
}

static void
print_stats(const struct commands *commands, FILE *out)
{
    struct counters counters;

    loop_count(commands->loop, &counters);
    fputs(",\"stats\":{", out);
    counters_print_members(&counters, out);
    print_paused(commands, out);
    if (sink_lost() > 0)
        fprintf(out, ",\"messages-lost\":%lu", sink_lost());
    fputc('}', out);
}

/* Says which interfaces there are, as far as there is room. */
static int
refuse_interface(const struct loop *loop, const char *name, char errbuf[static PORT_ERRBUF])
{
    size_t len = (size_t)snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not answered on: name one of", name);
    const char *separator = " ";

    for (size_t i = 0; i < loop->port_count && len < PORT_ERRBUF; i++) {
        if (loop->ports[i] == NULL)
            continue;
        len += (size_t)snprintf(errbuf + len, PORT_ERRBUF - len, "%s%s", separator, loop->ports[i]->name);
        separator = ", ";
    }
    return -1;
}

/* Pauses or resumes an interface, or all if there is no name. */
static int
set_paused(struct loop *loop, const char *name, bool is_paused, char errbuf[static PORT_ERRBUF])
{
    bool is_found = *name == '\0';

    for (size_t i = 0; i < loop->port_count; i++) {
        struct port *port = loop->ports[i];

        if (port == NULL || (*name != '\0' && strcmp(port->name, name) != 0))
            continue;
        is_found = true;
        if (port->iface.is_paused != is_paused)
            log_notice(loop->log, "%s: %s", port->name, is_paused ? "paused" : "resumed");
        port->iface.is_paused = is_paused;
    }
    return is_found ? 0 : refuse_interface(loop, name, errbuf);
}

static int
run_pause(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF])
{
    return set_paused(commands->loop, arguments, true, errbuf);
}

static int
run_resume(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF])
{
    return set_paused(commands->loop, arguments, false, errbuf);
}

static void
print_rules(const struct commands *commands, FILE *out)
{
    fputs(",\"rules\":", out);
    if (!rule_text_json(&commands->rulebook->set.rules, out))
        log_error("out of memory: pongctl is told of a rule without its words");
}

/* What is said of a change of the rules. */
static void
print_change(const struct commands *commands, FILE *out)
{
    const struct rules *rules = &commands->rulebook->set.rules;

    fprintf(out, ",\"count\":%zu", rules->count);
    if (rules_have_path(rules) && !commands->looks_at_udp)
        fputs(",\"note\":\"rules about the path find pings only, since UDP is not captured: start pongd with one of them for "
              "UDP too\"", out);
}

static bool
may_change(const struct commands *commands, char errbuf[static PORT_ERRBUF])
{
    if (commands->loop->verify == NULL)
        return true;
    snprintf(errbuf, PORT_ERRBUF, "there are no rules with --verify: what is compared has to be right");
    return false;
}

/* What there is to be done about a change of the rules that was tried. */
static int
end_change(const struct commands *commands, int rc)
{
    if (rc == 0)
        log_notice(commands->loop->log, "rules: %zu now", commands->rulebook->set.rules.count);
    return rc;
}

static int
run_add(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF])
{
    return may_change(commands, errbuf) ? end_change(commands, rulebook_add(commands->rulebook, arguments, errbuf)) : -1;
}

static int
run_replace(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF])
{
    return may_change(commands, errbuf) ? end_change(commands, rulebook_replace(commands->rulebook, arguments, errbuf)) : -1;
}

static int
run_remove(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF])
{
    size_t count = commands->rulebook->set.rules.count;
    uint64_t number;

    if (count == 0) {
        snprintf(errbuf, PORT_ERRBUF, "there are no rules");
        return -1;
    }
    if (parse_number(arguments, 1, count, &number, errbuf) != 0)
        return -1;
    return end_change(commands, rulebook_remove(commands->rulebook, (size_t)number, errbuf));
}

static int
run_reload(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF])
{
    (void)arguments;
    return end_change(commands, rulebook_reload(commands->rulebook, errbuf));
}

static void
print_sources(const struct commands *commands, FILE *out)
{
    fputs(",\"sources\":", out);
    rule_source_json(commands->rulebook->sources, commands->folder, out);
}

static int
run_quit(struct commands *commands, const char *arguments, char errbuf[static PORT_ERRBUF])
{
    (void)arguments;
    (void)errbuf;
    log_notice(commands->loop->log, "ending, as pongctl asks");
    signals_stop();
    return 0;
}

static void print_help(const struct commands *commands, FILE *out);

static const struct command table[] = {
    {"pause", "[IF]", "judge and count requests on IF, or everywhere, but answer none", run_pause, print_paused},
    {"resume", "[IF]", "answer them again", run_resume, print_paused},
    {"rules", "", "list the rules, and how many requests each was for", NULL, print_rules},
    {"rules add", "RULE[; RULE]...", "add rules behind the others", run_add, print_change},
    {"rules replace", "[RULE[; RULE]...]", "have these rules instead of all others, or none", run_replace, print_change},
    {"rules remove", "N", "take rule number N away", run_remove, print_change},
    {"reload", "", "have the rules of the start, and those that the files have now", run_reload, print_change},
    {"sources", "", "tell what the rules of the start came from", NULL, print_sources},
    {"stats", "", "tell the counters", NULL, print_stats},
    {"quit", "", "end, as SIGTERM has it", run_quit, NULL},
    {"help", "", "list the commands", NULL, print_help},
};

enum { COMMANDS = sizeof table / sizeof table[0] };

static void
print_help(const struct commands *commands, FILE *out)
{
    (void)commands;
    fputs(",\"commands\":[", out);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "%s{\"command\":\"%s%s%s\",\"help\":\"%s\"}", i == 0 ? "" : ",", table[i].name,
                table[i].arguments[0] == '\0' ? "" : " ", table[i].arguments, table[i].help);
    fputc(']', out);
}

/* What follows a command's name in a line, NULL if the line is about something else. */
static char *
skip_name(char *line, const char *name)
{
    for (; *name != '\0'; name++) {
        if (*line++ != *name)
            return NULL;
        if (*name == ' ')
            line += strspn(line, " ");
    }
    return *line == '\0' || *line == ' ' ? line + strspn(line, " ") : NULL;
}

/* The command with the longest name that fits, or NULL. */
static const struct command *
find(char *line, char **arguments)
{
    const struct command *found = NULL;

    for (size_t i = 0; i < COMMANDS; i++) {
        char *rest = skip_name(line, table[i].name);

        if (rest == NULL || (found != NULL && strlen(found->name) > strlen(table[i].name)))
            continue;
        found = &table[i];
        *arguments = rest;
    }
    return found;
}

/* One blank is as good as another, and none is needed at the ends. */
static char *
trim(char *line)
{
    size_t len;

    for (char *tab = strchr(line, '\t'); tab != NULL; tab = strchr(tab, '\t'))
        *tab = ' ';
    line += strspn(line, " ");
    for (len = strlen(line); len > 0 && line[len - 1] == ' '; len--)
        line[len - 1] = '\0';
    return line;
}

/* Fills errbuf with what is wrong with a line, and the commands that there are. */
static void
list_commands(const char *line, const char *wrong, char errbuf[static PORT_ERRBUF])
{
    const char *dots = strlen(line) > 60 ? "..." : "";
    size_t len = (size_t)snprintf(errbuf, PORT_ERRBUF, "\"%.60s%s\" %s: the commands are", line, dots, wrong);

    for (size_t i = 0; i < COMMANDS && len < PORT_ERRBUF; i++)
        len += (size_t)snprintf(errbuf + len, PORT_ERRBUF - len, "%s%s%s%s", i == 0 ? " " : ", ", table[i].name,
                                table[i].arguments[0] == '\0' ? "" : " ", table[i].arguments);
}

void
commands_answer(void *who, char *line, FILE *out)
{
    struct commands *commands = who;
    const struct command *command;
    char errbuf[PORT_ERRBUF], *arguments = NULL;
    int rc = -1;

    line = trim(line);
    command = find(line, &arguments);
    if (command == NULL)
        list_commands(line, "is no command", errbuf);
    else if (command->arguments[0] == '\0' && *arguments != '\0')
        list_commands(line, "has too much behind it", errbuf);
    else if (command->arguments[0] != '\0' && command->arguments[0] != '[' && *arguments == '\0')
        list_commands(line, "needs something behind it", errbuf);
    else
        rc = command->run == NULL ? 0 : command->run(commands, arguments, errbuf);
    if (rc != 0) {
        control_refuse(out, errbuf);
        return;
    }
    fputs("{\"ok\":true", out);
    if (command->print != NULL)
        command->print(commands, out);
    fputc('}', out);
}
