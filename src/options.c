/* The command line: a table with a row for each option, and a small function that takes its argument. */
#include "config.h"

#include "options.h"

#include <sys/types.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

enum {
    LONG_ONLY = 256, /* values for options without a letter */
    SNAPLEN_MOST = 262144,
    BUFFER_KIB_MOST = INT_MAX / 1024,
    DAY_S = 86400,
    VID_LAST = 4094
};

#ifndef PONGD_USER
#define PONGD_USER "nobody"
#endif

struct row {
    int letter; /* or LONG_ONLY and more */
    const char *name; /* NULL: there is only the letter */
    const char *argument; /* NULL: it takes none */
    const char *help;
    /* Takes the argument.  0, or -1 with what is wrong with it in errbuf. */
    int (*set)(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF]);
};

static int
set_interface(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
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

static int
add_prefix(struct options *options, const char *argument, enum addresses_role role, char errbuf[static PORT_ERRBUF])
{
    struct policy_prefix prefix = {.role = role};

    if (parse_prefix(argument, &prefix.address, &prefix.len, errbuf) != 0)
        return -1;
    if (policy_add(&options->policy, &prefix) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    return 0;
}

static int
set_answer(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return add_prefix(options, argument, ADDRESSES_ANSWER, errbuf);
}

static int
set_except(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return add_prefix(options, argument, ADDRESSES_EXCEPT, errbuf);
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

static int
set_read(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->read_path, argument, errbuf);
}

static int
set_write(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->write_path, argument, errbuf);
}

static int
set_link_type(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_once(&options->link_type, argument, errbuf);
}

static int
set_user(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    (void)errbuf;
    options->user = argument;
    options->is_user_given = true;
    return 0;
}

/* A number that fits an int or an unsigned. */
static int
set_small(unsigned *value, const char *argument, unsigned least, unsigned most, char errbuf[static PORT_ERRBUF])
{
    uint64_t number;

    if (parse_number(argument, least, most, &number, errbuf) != 0)
        return -1;
    *value = (unsigned)number;
    return 0;
}

static int
set_snaplen(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    unsigned value = 0;
    int rc = set_small(&value, argument, 0, SNAPLEN_MOST, errbuf);

    options->snaplen = (int)value;
    return rc;
}

static int
set_buffer(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    unsigned value = 0;
    int rc = set_small(&value, argument, 1, BUFFER_KIB_MOST, errbuf);

    options->buffer_kib = (int)value;
    return rc;
}

static int
set_ttl(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_small(&options->ttl, argument, 1, 255, errbuf);
}

static int
set_mtu(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_small(&options->mtu, argument, RESPONDER_MTU_MIN, RESPONDER_MESSAGE_MAX, errbuf);
}

static int
set_stats(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_small(&options->stats_seconds, argument, 1, DAY_S, errbuf);
}

static int
set_seed(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    options->is_seed_given = true;
    return parse_number(argument, 0, UINT64_MAX, &options->seed, errbuf);
}

static int
set_count(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return parse_number(argument, 1, UINT64_MAX, &options->answers, errbuf);
}

/* N or N/s */
static int
set_rate(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    char number[32];
    size_t len = strlen(argument);

    if (len > 2 && len < sizeof number && strcmp(argument + len - 2, "/s") == 0)
        len -= 2;
    snprintf(number, sizeof number, "%.*s", len < sizeof number ? (int)len : 0, argument);
    return parse_number(number, 1, RATELIMIT_MAX, &options->rate, errbuf);
}

static int
set_burst(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return parse_number(argument, 1, RATELIMIT_MAX, &options->burst, errbuf);
}

static int
set_bad_checksum(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    static const char *const words[] = {
        [BAD_CHECKSUM_DROP] = "drop", [BAD_CHECKSUM_ANSWER] = "answer", [BAD_CHECKSUM_PRESERVE] = "preserve"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(argument, words[i]) == 0) {
            options->bad_checksum = (enum bad_checksum)i;
            return 0;
        }
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not drop, answer or preserve", argument);
    return -1;
}

static void
set_vids(struct options *options, unsigned first, unsigned last)
{
    for (unsigned vid = first; vid <= last; vid++)
        options->vlans[vid / 8] |= (uint8_t)(1U << vid % 8);
}

/* all, none, or a list of VLAN IDs and ranges: 10,20-29 */
static int
set_vlan(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    uint64_t first, last;

    options->is_vlan_given = true;
    memset(options->vlans, 0, sizeof options->vlans);
    if (strcmp(argument, "none") == 0)
        return 0;
    if (strcmp(argument, "all") == 0) {
        set_vids(options, 1, VID_LAST);
        return 0;
    }
    for (bool more = true; more;) {
        if (parse_range(&argument, 0, VID_LAST, &first, &last, errbuf) != 0)
            return -1;
        set_vids(options, (unsigned)first, (unsigned)last);
        more = *argument++ == ',';
    }
    return 0;
}

/* A switch is a row of its own, so that none needs more than this. */
#define SWITCH(function, statement) \
    static int function(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF]) \
    { \
        (void)argument; \
        (void)errbuf; \
        statement; \
        return 0; \
    }

SWITCH(set_ipv4, options->policy.ipv4 = true)
SWITCH(set_ipv6, options->policy.ipv6 = true)
SWITCH(set_timestamp, options->answers_timestamp = true)
SWITCH(set_broadcast, options->answers_broadcast = true)
SWITCH(set_verbose, options->verbosity++)
SWITCH(set_quiet, options->is_quiet = true)
SWITCH(set_line_buffered, options->is_line_buffered = true)
SWITCH(set_json, options->is_json = true)
SWITCH(set_no_promiscuous, (void)options) /* nothing asks for that mode */
SWITCH(set_list_interfaces, options->action = OPTIONS_LIST_INTERFACES)
SWITCH(set_list_link_types, options->action = OPTIONS_LIST_LINK_TYPES)
SWITCH(set_print_filter, options->action = OPTIONS_PRINT_FILTER)
SWITCH(set_check, options->action = OPTIONS_CHECK)
SWITCH(set_version, options->action = OPTIONS_VERSION)
SWITCH(set_help, options->action = OPTIONS_HELP)

static const struct row rows[] = {
    {'i', "interface", "IF", "answer on this interface (may be repeated)", set_interface},
    {'a', "answer", "ADDR[/LEN]", "answer for this address or prefix (may be repeated)", set_answer},
    {'x', "except", "ADDR[/LEN]", "never answer for this address or prefix (may be repeated)", set_except},
    {'4', NULL, NULL, "only IPv4", set_ipv4},
    {'6', NULL, NULL, "only IPv6", set_ipv6},
    {'r', NULL, "FILE", "read requests from a savefile (- is standard input)", set_read},
    {'w', NULL, "FILE", "write replies to a savefile (- is standard output)", set_write},
    {'c', NULL, "N", "stop after N requests answered", set_count},
    {'v', NULL, NULL, "print a line for each request (twice: for each frame)", set_verbose},
    {'q', NULL, NULL, "print nothing but errors", set_quiet},
    {'l', NULL, NULL, "print each line at once", set_line_buffered},
    {LONG_ONLY, "json", NULL, "print lines as JSON objects", set_json},
    {LONG_ONLY + 1, "stats", "SECONDS", "print the counters every so many seconds", set_stats},
    {LONG_ONLY + 7, "rate", "N[/s]", "answer at most N requests a second", set_rate},
    {LONG_ONLY + 8, "burst", "N", "and at most N at once (as many as in a second)", set_burst},
    {LONG_ONLY + 9, "bad-checksum", "drop|answer|preserve", "what to do with a wrong ICMP checksum (drop)", set_bad_checksum},
    {LONG_ONLY + 10, "broadcast", NULL, "answer requests to broadcast and to all hosts", set_broadcast},
    {LONG_ONLY + 11, "timestamp", NULL, "answer ICMP timestamp requests too", set_timestamp},
    {LONG_ONLY + 2, "vlan", "all|none|LIST", "VLAN IDs to answer (none live, all offline)", set_vlan},
    {LONG_ONLY + 3, "ttl", "N", "TTL and hop limit of replies (64)", set_ttl},
    {LONG_ONLY + 6, "mtu", "BYTES", "send larger replies in fragments (the interface's MTU; offline 1500)", set_mtu},
    {LONG_ONLY + 4, "seed", "N", "seed of every random choice", set_seed},
    {'s', NULL, "SNAPLEN", "bytes to capture of each frame (what the MTU asks for)", set_snaplen},
    {'B', NULL, "KIB", "size of the capture buffer", set_buffer},
    {'y', NULL, "LINKTYPE", "link type to capture with", set_link_type},
    {'p', NULL, NULL, "never go into promiscuous mode", set_no_promiscuous},
    {'Z', NULL, "USER", "give up root for this user (" PONGD_USER ")", set_user},
    {'D', NULL, NULL, "list the interfaces and exit", set_list_interfaces},
    {'L', NULL, NULL, "list the link types of -i and exit", set_list_link_types},
    {'d', NULL, NULL, "print the compiled filter and exit", set_print_filter},
    {LONG_ONLY + 5, "check-config", NULL, "check options and filter and exit", set_check},
    {'V', "version", NULL, "print the version and exit", set_version},
    {'h', "help", NULL, "print this and exit", set_help},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* The table in getopt_long(3)'s terms. */
static void
make_getopt(char letters[static 2 * ROWS + 2], struct option names[static ROWS + 1])
{
    size_t count = 0;

    *letters++ = ':'; /* a missing argument is told from an unknown option */
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];

        if (row->letter < LONG_ONLY) {
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

static const struct row *
find_row(int letter)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].letter == letter)
            return &rows[i];
    return NULL;
}

/* The option as a user types it. */
static const char *
row_name(const struct row *row, char name[static 32])
{
    if (row->letter < LONG_ONLY)
        snprintf(name, 32, "-%c", row->letter);
    else
        snprintf(name, 32, "--%s", row->name);
    return name;
}

static int
take(struct options *options, const struct row *row, const char *argument, char errbuf[static PORT_ERRBUF])
{
    char why[PORT_ERRBUF] = "", name[32];

    if (row->set(options, argument, why) == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%s: %.400s", row_name(row, name), why);
    return -1;
}

/* What getopt found wrong: an unknown option, or one without its argument. */
static int
say_wrong(int found, char *const argv[], char errbuf[static PORT_ERRBUF])
{
    const struct row *row = find_row(optopt);
    char name[32];

    if (found == ':' && row != NULL)
        snprintf(errbuf, PORT_ERRBUF, "%s needs an argument: %s", row_name(row, name), row->argument);
    else if (row != NULL)
        snprintf(errbuf, PORT_ERRBUF, "%s takes no argument", row_name(row, name));
    else if (optopt != 0 && optopt < LONG_ONLY)
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
    if (is_standard(options->write_path) && (options->verbosity > 0 || options->is_json))
        return "-w -: standard output cannot take both replies and lines: write replies to a file, or leave out -v and --json";
    if (offline && options->link_type != NULL)
        return "-y is for -i: a savefile has the link type that it was captured with";
    if (options->burst > 0 && options->rate == 0)
        return "--burst goes with --rate";
    return NULL;
}

/* -4 with an IPv6 address and the like. */
static int
check_versions(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    for (size_t i = 0; i < options->policy.count; i++) {
        uint8_t version = options->policy.prefixes[i].address.version;

        if (version == 4 ? options->policy.ipv4 : options->policy.ipv6)
            continue;
        snprintf(errbuf, PORT_ERRBUF, "-%d: there is an IPv%d address among -a and -x", version == 4 ? 6 : 4, version);
        return -1;
    }
    return 0;
}

static int
finish(struct options *options, char errbuf[static PORT_ERRBUF])
{
    const char *conflict = find_conflict(options);

    if (!options->policy.ipv4 && !options->policy.ipv6)
        options->policy.ipv4 = options->policy.ipv6 = true;
    options->policy.timestamp = options->answers_timestamp;
    if (!options->is_vlan_given && options->read_path != NULL)
        set_vids(options, 1, VID_LAST);
    if (conflict != NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%s", conflict);
        return -1;
    }
    return check_versions(options, errbuf);
}

int
options_parse(struct options *options, int argc, char *argv[], char errbuf[static PORT_ERRBUF])
{
    char letters[2 * ROWS + 2];
    struct option names[ROWS + 1];
    const struct row *row;
    int found;

    *options = (struct options){.ttl = 64, .user = PONGD_USER};
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
    free(options->filter);
    options->filter = NULL;
}

void
options_help(FILE *out)
{
    fputs("pongd answers ping from user space.\n\n"
          "    pongd -i INTERFACE [-a ADDR[/LEN]]... [options] [filter expression]    answer live\n"
          "    pongd -r FILE [-w FILE] [options] [filter expression]                  answer a capture\n"
          "    pongd -D | -L -i INTERFACE | -d | -V | -h\n\n", out);
    for (size_t i = 0; i < ROWS; i++) {
        char left[64];
        int len = 0;

        if (rows[i].letter < LONG_ONLY)
            len = snprintf(left, sizeof left, "-%c%s", rows[i].letter, rows[i].name != NULL ? ", " : "");
        if (rows[i].name != NULL)
            len += snprintf(left + len, sizeof left - (size_t)len, "--%s", rows[i].name);
        if (rows[i].argument != NULL)
            snprintf(left + len, sizeof left - (size_t)len, " %s", rows[i].argument);
        fprintf(out, "  %-26s  %s\n", left, rows[i].help);
    }
    fputs("\nA filter expression (pcap-filter(7)) narrows what is answered.\n", out);
}
