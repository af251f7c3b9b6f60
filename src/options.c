/* The command line: getopt_long(3) over the table of options, and what contradicts what. */
#include "config.h"

#include "options.h"

#include <sys/types.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "option_table.h"
#include "parse.h"
#include "responder/faults.h"
#include "responder/rules.h"

/* The table in getopt_long(3)'s terms. */
static void
make_getopt(char letters[static 2 * OPTION_ROWS + 2], struct option names[static OPTION_ROWS + 1])
{
    size_t count = 0;

    *letters++ = ':'; /* a missing argument is told from an unknown option */
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_rows[i];

        if (row->letter < OPTION_LONG_ONLY) {
            *letters++ = (char)row->letter;
            if (row->argument != NULL)
                *letters++ = ':';
        }
        if (row->name != NULL)
            names[count++] = (struct option){row->name, row->argument != NULL, NULL, row->letter};
    }
    *letters = '\0';
    names[count] = (struct option){NULL, 0, NULL, 0};
}

static const struct option_row *
find_row(int letter)
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        if (option_rows[i].letter == letter)
            return &option_rows[i];
    return NULL;
}

/* The option as a user types it. */
static const char *
row_name(const struct option_row *row, char name[static 32])
{
    if (row->letter < OPTION_LONG_ONLY)
        snprintf(name, 32, "-%c", row->letter);
    else
        snprintf(name, 32, "--%s", row->name);
    return name;
}

static int
take(struct options *options, const struct option_row *row, const char *argument, char errbuf[static PORT_ERRBUF])
{
    char why[PORT_ERRBUF] = "", name[32];

    if (row->set(options, argument, why) == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%s: %.478s", row_name(row, name), why);
    return -1;
}

/* What getopt found wrong: an unknown option, or one without its argument. */
static int
say_wrong(int found, char *const argv[], char errbuf[static PORT_ERRBUF])
{
    const struct option_row *row = find_row(optopt);
    char name[32];

    if (found == ':' && row != NULL)
        snprintf(errbuf, PORT_ERRBUF, "%s needs an argument: %s", row_name(row, name), row->argument);
    else if (row != NULL)
        snprintf(errbuf, PORT_ERRBUF, "%s takes no argument", row_name(row, name));
    else if (optopt != 0 && optopt < OPTION_LONG_ONLY)
        snprintf(errbuf, PORT_ERRBUF, "unknown option -%c: pongd -h lists them",
                 optopt > ' ' && optopt <= '~' ? optopt : '?');
    else
        snprintf(errbuf, PORT_ERRBUF, "unknown option %.200s: pongd -h lists them", argv[optind - 1]);
    return -1;
}

/* The words behind the options, joined by blanks, as tcpdump does. */
static int
join_filter(struct options *options, int count, char *words[], char errbuf[static PORT_ERRBUF])
{
    size_t len = 1;

    if (count == 0)
        return 0;
    for (int i = 0; i < count; i++)
        len += strlen(words[i]) + 1;
    options->filter = calloc(len, 1);
    if (options->filter == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    for (int i = 0; i < count; i++) {
        if (i > 0)
            strcat(options->filter, " ");
        strcat(options->filter, words[i]);
    }
    if (options->filter[strspn(options->filter, " \t\n")] == '\0') { /* no words: no filter */
        free(options->filter);
        options->filter = NULL;
    }
    return 0;
}

static bool
is_standard(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

static bool
reads_standard_input(const struct options *options)
{
    for (unsigned i = 0; i < options->read_count; i++)
        if (is_standard(options->read_paths[i]))
            return true;
    return false;
}

/* The same, of a service. */
static const char *
find_service_conflict(const struct options *options)
{
    bool is_unseen = options->is_background || options->is_syslog;

    if (options->read_path != NULL && (is_unseen || options->pid_path != NULL))
        return "-b, --syslog and --pid-file are for -i: a capture is answered at once, and told of where that was asked for";
    if (options->facility >= 0 && !is_unseen)
        return "--facility goes with --syslog or -b";
    if (is_unseen && options->verifies)
        return "--verify does not go with -b and --syslog: what it finds is for standard output";
    if (options->is_background && options->is_json)
        return "-b and --json: there is no standard output in the background: leave --json out, or -b";
    if (options->is_background && is_standard(options->write_path))
        return "-b and -w -: there is no standard output in the background: write replies to a file";
    return NULL;
}

/* What contradicts what. */
static const char *
find_conflict(const struct options *options)
{
    bool live = options->interface_count > 0, offline = options->read_path != NULL;

    if (live && offline)
        return "-i and -r: it is one or the other, live or offline";
    if (!live && !offline && options->action == OPTIONS_ANSWER)
        return "say -i INTERFACE to answer live, or -r FILE to answer a capture: pongd -h lists the options";
    if (!live && options->action == OPTIONS_LIST_LINK_TYPES)
        return "-L needs an interface: -i INTERFACE";
    if (options->is_quiet && options->verbosity > 0)
        return "-q and -v: it is one or the other";
    if (reads_standard_input(options) && options->is_list_on_input)
        return "-r - and -f -: standard input cannot be both a capture and a list";
    if (rule_source_is_input(&options->rule_sources) && (reads_standard_input(options) || options->is_list_on_input))
        return "--rules -: standard input is read by -r - or -f - already: name a file";
    if (is_standard(options->write_path) && (options->verbosity > 0 || options->is_json))
        return "-w -: standard output cannot take both replies and lines: write replies to a file, or leave out -v and --json";
    if (is_standard(options->write_path) && options->expect_path != NULL)
        return "-w - and --expect: standard output cannot take both replies and differences: write replies to a file";
    if (options->write_size > 0 && options->write_path == NULL)
        return "-C goes with -w: it says when another file is to follow";
    if (options->write_ring > 0 && options->write_size == 0)
        return "-W goes with -C: without it there is one file";
    if (is_standard(options->write_path) && options->write_size > 0)
        return "-w - and -C: standard output cannot be followed by another file: name one with -w";
    if (options->metrics_path != NULL && options->write_path != NULL && strcmp(options->metrics_path, options->write_path) == 0)
        return "--metrics and -w: one file cannot be both: name another one";
    if (live && options->expect_path != NULL)
        return "--expect is for -r: what is answered live is never the same twice";
    if (is_standard(options->expect_path) &&
        (reads_standard_input(options) || options->is_list_on_input || rule_source_is_input(&options->rule_sources)))
        return "--expect -: standard input is read by -r -, -f - or --rules - already: name a file";
    if (offline && options->link_type != NULL)
        return "-y is for -i: a savefile has the link type that it was captured with";
    if (options->is_mac_given && options->is_promiscuous_off)
        return "-p and -e: another MAC address than the interface's is only heard in promiscuous mode";
    if (offline && (options->claims || options->yields))
        return "--claim and --yield are for -i: a capture cannot be asked whose an address is";
    if (options->claims && options->is_neighbor_off)
        return "--claim and --no-neighbor: what is claimed has to be answered for";
    if (options->verifies && (options->write_path != NULL || options->expect_path != NULL))
        return "--verify does not go with -w and --expect: replies are held against recorded ones only";
    if (options->verifies && options->rules.rules.count > 0)
        return "--verify does not go with --rule, --rules and --fault: what is held against recorded replies has to be right";
    if (options->verifies && (options->claims || options->yields))
        return "--claim and --yield do not go with --verify, which sends nothing";
    if (options->verifies && live && options->is_mac_given)
        return "--verify and -e: the kernel's own replies are not sent from another MAC address";
    if (options->is_strict && !options->verifies)
        return "--strict goes with --verify";
    if (offline && options->control_path != NULL)
        return "--control is for -i: a capture is answered at once, and needs no commands";
    if (offline && options->workers > 1)
        return "--workers is for -i: a capture is answered in its own order";
    if (options->burst > 0 && options->rate == 0)
        return "--burst goes with --rate";
    return find_service_conflict(options);
}

/* -4 with an IPv6 address and the like. */
static int
check_versions(const struct options *options, const struct policy *policy, char errbuf[static PORT_ERRBUF])
{
    for (size_t i = 0; i < policy->count; i++) {
        uint8_t version = policy->prefixes[i].address.version;

        if (version == 4 ? options->policy.ipv4 : options->policy.ipv6)
            continue;
        snprintf(errbuf, PORT_ERRBUF, "-%d: there is an IPv%d address among -a, -x and -f", version == 4 ? 6 : 4,
                 version);
        return -1;
    }
    return 0;
}

/* Neighbors are answered for what -a names; the interface's own addresses are the kernel's. */
static void
settle_neighbors(const struct options *options, struct policy *policy)
{
    policy->neighbors = !options->is_neighbor_off && !options->verifies && (options->read_path != NULL || policy_has_answers(policy));
}

/* Settles the policies: an interface with prefixes of its own gets those of all interfaces besides, others share one. */
static int
settle_policies(struct options *options, char errbuf[static PORT_ERRBUF])
{
    int rc = 0;

    for (unsigned i = 0; i < options->interface_count && rc == 0; i++) {
        struct policy *policy = &options->interface_policies[i];

        if (policy->count == 0)
            continue;
        rc = policy_inherit(policy, &options->policy);
        settle_neighbors(options, policy);
        if (rc == 0)
            rc = policy_settle(policy);
    }
    settle_neighbors(options, &options->policy);
    if (rc == 0)
        rc = policy_settle(&options->policy);
    if (rc != 0)
        snprintf(errbuf, PORT_ERRBUF, "there is no memory for so many addresses, or more than %d", ADDRESSES_MOST);
    return rc;
}

const struct policy *
options_policy(const struct options *options, unsigned i)
{
    const struct policy *own = &options->interface_policies[i];

    return own->table.memory != NULL ? own : &options->policy;
}

static int
finish(struct options *options, char errbuf[static PORT_ERRBUF])
{
    const char *conflict = find_conflict(options);

    if (!options->policy.ipv4 && !options->policy.ipv6)
        options->policy.ipv4 = options->policy.ipv6 = true;
    options->policy.timestamp = options->answers_timestamp;
    options->policy.probe = options->answers_probe;
    options->policy.yields = options->yields || options->verifies; /* the kernel's replies are looked at */
    options->policy.errors = options->sends_errors;
    options->policy.path = rules_have_path(&options->rules.rules);
    options->policy.mac = options->is_mac_given ? options->mac : NULL;
    if (!options->is_vlan_given && options->read_path != NULL)
        (void)parse_vlans("all", options->vlans, errbuf);
    if (conflict != NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%s", conflict);
        return -1;
    }
    if (check_versions(options, &options->policy, errbuf) != 0)
        return -1;
    for (unsigned i = 0; i < options->interface_count; i++)
        if (check_versions(options, &options->interface_policies[i], errbuf) != 0)
            return -1;
    return settle_policies(options, errbuf);
}

int
options_parse(struct options *options, int argc, char *argv[], char errbuf[static PORT_ERRBUF])
{
    char letters[2 * OPTION_ROWS + 2];
    struct option names[OPTION_ROWS + 1];
    const struct option_row *row;
    int found;

    *options = (struct options){.ttl = 64, .is_tx_batch = true, .workers = 1, .wait_ms = UINT64_MAX, .spin_us = SPIN_ADAPT, .pending = SCHEDULE_DEFAULT, .facility = -1, .user = PONGD_USER};
    make_getopt(letters, names);
    opterr = 0;
    while ((found = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        row = found == '?' || found == ':' ? NULL : find_row(found);
        if (row == NULL)
            return say_wrong(found, argv, errbuf);
        if (take(options, row, optarg, errbuf) != 0)
            return -1;
    }
    if (join_filter(options, argc - optind, argv + optind, errbuf) != 0)
        return -1;
    return finish(options, errbuf);
}

void
options_free(struct options *options)
{
    policy_free(&options->policy);
    for (unsigned i = 0; i < options->interface_count; i++)
        policy_free(&options->interface_policies[i]);
    rule_set_free(&options->rules);
    free(options->filter);
    options->filter = NULL;
}

/* The words of a table of rules, which a shell can complete. */
static void
print_words(const char *title, const struct rule_row *rows, size_t count, FILE *out)
{
    fprintf(out, "  %s:", title);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%s %s", i == 0 ? "" : ",", rows[i].name);
    fputc('\n', out);
}

void
options_help(FILE *out)
{
    fputs("pongd answers ping from user space.\n\n"
          "    pongd -i INTERFACE [-a ADDR[/LEN]]... [options] [filter expression]    answer live\n"
          "    pongd -r FILE [-w FILE] [options] [filter expression]                  answer a capture\n"
          "    pongd -r FILE --verify [options] [filter expression]                   compare with recorded replies\n"
          "    pongd -r FILE --expect REPLIES [options] [filter expression]           golden test\n"
          "    pongd -D | -L -i INTERFACE | -d | -V | -h\n\n", out);
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        char left[64];
        int len = 0;

        if (option_rows[i].letter < OPTION_LONG_ONLY)
            len = snprintf(left, sizeof left, "-%c%s", option_rows[i].letter, option_rows[i].name != NULL ? ", " : "");
        if (option_rows[i].name != NULL)
            len += snprintf(left + len, sizeof left - (size_t)len, "--%s", option_rows[i].name);
        if (option_rows[i].argument != NULL)
            snprintf(left + len, sizeof left - (size_t)len, " %s", option_rows[i].argument);
        fprintf(out, "  %-26s  %s\n", left, option_rows[i].help);
    }
    fputs("\nRules are made of these words, and what pongd(8) says of them:\n", out);
    print_words("selectors", rules_selectors, rules_selector_count, out);
    print_words("actions", faults_actions, faults_action_count, out);
    fputs("\nA filter expression (pcap-filter(7)) narrows what is answered.\n", out);
}
