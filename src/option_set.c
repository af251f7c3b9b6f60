/* Options that name something: interfaces, addresses, files, rules, users. */
#include "config.h"

#include "option_set.h"

#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "prefix_file.h"
#include "sink.h"

int
option_set_interface(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    if (options->interface_count == OPTIONS_INTERFACES) {
        snprintf(errbuf, PORT_ERRBUF, "more than %d interfaces", OPTIONS_INTERFACES);
        return -1;
    }
    for (unsigned i = 0; i < options->interface_count; i++)
        if (strcmp(options->interfaces[i], argument) == 0) {
            snprintf(errbuf, PORT_ERRBUF, "%.100s is given twice, and would answer twice", argument);
            return -1;
        }
    options->interfaces[options->interface_count++] = argument;
    return 0;
}

/* The policy of the interface that was named last; before any it is that of all. */
static struct policy *
current_policy(struct options *options)
{
    return options->interface_count == 0 ? &options->policy : &options->interface_policies[options->interface_count - 1];
}

static int
add_prefix(struct options *options, const char *argument, enum addresses_role role, char errbuf[static PORT_ERRBUF])
{
    struct addresses_prefix prefix = {.roles = (uint8_t)role};
    unsigned len;

    if (parse_prefix(argument, &prefix.address, &len, errbuf) != 0)
        return -1;
    prefix.len = (uint8_t)len;
    if (policy_add(current_policy(options), &prefix) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    return 0;
}

int
option_set_answer(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return add_prefix(options, argument, ADDRESSES_ANSWER, errbuf);
}

int
option_set_except(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return add_prefix(options, argument, ADDRESSES_EXCEPT, errbuf);
}

int
option_set_list(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    if (strcmp(argument, "-") == 0) {
        if (options->is_list_on_input) {
            snprintf(errbuf, PORT_ERRBUF, "standard input can be read once only");
            return -1;
        }
        options->is_list_on_input = true;
    }
    return prefix_file_read(argument, current_policy(options), errbuf);
}

static int
set_once(const char **value, const char *argument, char errbuf[static PORT_ERRBUF])
{
    if (*value != NULL) {
        snprintf(errbuf, PORT_ERRBUF, "given twice: %s and %s", *value, argument);
        return -1;
    }
    *value = argument;
    return 0;
}

int
option_set_read(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    for (unsigned i = 0; i < options->read_count; i++)
        if (strcmp(argument, "-") == 0 && strcmp(options->read_paths[i], "-") == 0) {
            snprintf(errbuf, PORT_ERRBUF, "standard input can be read once only");
            return -1;
        }
    if (options->read_count == OPTIONS_FILES) {
        snprintf(errbuf, PORT_ERRBUF, "more than %d files: merge some with mergecap", OPTIONS_FILES);
        return -1;
    }
    options->read_paths[options->read_count++] = argument;
    options->read_path = options->read_paths[0];
    return 0;
}

int
option_set_write(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->write_path, argument, errbuf);
}

int
option_set_metrics(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    if (strcmp(argument, "-") == 0) {
        snprintf(errbuf, PORT_ERRBUF, "\"-\" is no file that others can read in the end: name one, such as pongd.prom");
        return -1;
    }
    return set_once(&options->metrics_path, argument, errbuf);
}

int
option_set_expect(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->expect_path, argument, errbuf);
}

int
option_set_control(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->control_path, argument, errbuf);
}

int
option_set_pid_file(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->pid_path, argument, errbuf);
}

int
option_set_facility(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    options->facility = sink_facility(argument);
    if (options->facility >= 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not %s", argument, sink_facilities);
    return -1;
}

int
option_set_link_type(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->link_type, argument, errbuf);
}

int
option_set_rule(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return rule_source_add(&options->rule_sources, RULE_SOURCE_TEXT, argument, &options->rules, errbuf);
}

int
option_set_rules(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return rule_source_add(&options->rule_sources, RULE_SOURCE_FILE, argument, &options->rules, errbuf);
}

int
option_set_fault(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return rule_source_add(&options->rule_sources, RULE_SOURCE_PRESET, argument, &options->rules, errbuf);
}

int
option_set_user(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    (void)errbuf;
    options->user = argument;
    options->is_user_given = true;
    return 0;
}

int
option_set_mac(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    options->is_mac_given = true;
    return parse_mac(argument, options->mac, errbuf);
}
