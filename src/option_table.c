/* The options, each with a row in the table and a small function that takes its argument. */
#include "config.h"

#include "option_table.h"

#include <limits.h>
#include <string.h>

#include "option_set.h"
#include "parse.h"
#include "rotation.h"
#include "workers.h"

enum {
    SNAPLEN_MOST = 262144,
    BUFFER_KIB_MOST = INT_MAX / 1024,
    DAY_S = 86400
};

#define WRITE_SIZE_MOST (UINT64_C(1) << 50) /* bytes: what no file system has room for in one file */

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

/* N, in millions of bytes, or with a unit behind it as tcpdump has them, in powers of two. */
static int
set_write_size(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    static const struct {
        const char *letters;
        uint64_t bytes;
    } units[] = {{"kK", UINT64_C(1) << 10}, {"mM", UINT64_C(1) << 20}, {"gG", UINT64_C(1) << 30}};
    size_t len = strlen(argument);
    uint64_t unit = 1000000, number;
    char digits[32];

    for (size_t i = 0; len > 1 && i < sizeof units / sizeof units[0]; i++)
        if (strchr(units[i].letters, argument[len - 1]) != NULL) {
            unit = units[i].bytes;
            len--;
            break;
        }
    snprintf(digits, sizeof digits, "%.*s", len < sizeof digits ? (int)len : 0, argument);
    if (parse_number(digits, 1, WRITE_SIZE_MOST / unit, &number, errbuf) != 0)
        return -1;
    options->write_size = number * unit;
    return 0;
}

static int
set_write_ring(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_small(&options->write_ring, argument, 1, ROTATION_RING_MOST, errbuf);
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
set_pending(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return parse_number(argument, 1, PENDING_MOST, &options->pending, errbuf);
}

static int
set_pending_policy(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    if (strcmp(argument, "drop") == 0)
        options->pending_policy = PENDING_DROP;
    else if (strcmp(argument, "send") == 0)
        options->pending_policy = PENDING_SEND;
    else {
        snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not drop or send", argument);
        return -1;
    }
    return 0;
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
parse_rate(uint64_t *rate, const char *argument, char errbuf[static PORT_ERRBUF])
{
    char number[32];
    size_t len = strlen(argument);

    if (len > 2 && len < sizeof number && strcmp(argument + len - 2, "/s") == 0)
        len -= 2;
    snprintf(number, sizeof number, "%.*s", len < sizeof number ? (int)len : 0, argument);
    return parse_number(number, 1, RATELIMIT_MAX, rate, errbuf);
}

static int
set_rate(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return parse_rate(&options->rate, argument, errbuf);
}

static int
set_source_rate(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return parse_rate(&options->source_rate, argument, errbuf);
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

static int
set_spin(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    unsigned value = 0;
    int rc = set_small(&value, argument, 0, SPIN_MOST, errbuf);

    options->spin_us = (int32_t)value;
    return rc;
}

static int
set_tx(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    options->is_tx_batch = strcmp(argument, "batch") == 0;
    if (options->is_tx_batch || strcmp(argument, "inject") == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not inject or batch", argument);
    return -1;
}

static int
set_wait(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    unsigned value = 0;
    int rc = set_small(&value, argument, 0, DAY_S, errbuf);

    options->wait_ms = value * UINT64_C(1000);
    return rc;
}

static int
set_workers(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    return set_small(&options->workers, argument, 1, WORKERS_MOST, errbuf);
}

static int
set_vlan(struct options *options, const char *argument, char errbuf[static PORT_ERRBUF])
{
    options->is_vlan_given = true;
    return parse_vlans(argument, options->vlans, errbuf);
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
SWITCH(set_claim, options->claims = true)
SWITCH(set_yield, options->yields = true)
SWITCH(set_probe, options->answers_probe = true)
SWITCH(set_errors, options->sends_errors = true)
SWITCH(set_verify, options->verifies = true)
SWITCH(set_strict, options->is_strict = true)
SWITCH(set_broadcast, options->answers_broadcast = true)
SWITCH(set_verbose, options->verbosity++)
SWITCH(set_quiet, options->is_quiet = true)
SWITCH(set_line_buffered, options->is_line_buffered = true)
SWITCH(set_json, options->is_json = true)
SWITCH(set_background, options->is_background = true)
SWITCH(set_syslog, options->is_syslog = true)
SWITCH(set_no_neighbor, options->is_neighbor_off = true)
SWITCH(set_no_promiscuous, options->is_promiscuous_off = true)
SWITCH(set_list_interfaces, options->action = OPTIONS_LIST_INTERFACES)
SWITCH(set_list_link_types, options->action = OPTIONS_LIST_LINK_TYPES)
SWITCH(set_print_filter, options->action = OPTIONS_PRINT_FILTER)
SWITCH(set_check, options->action = OPTIONS_CHECK)
SWITCH(set_version, options->action = OPTIONS_VERSION)
SWITCH(set_help, options->action = OPTIONS_HELP)

const struct option_row option_rows[OPTION_ROWS] = {
    {'i', "interface", "IF", "answer on this interface (may be repeated)", option_set_interface},
    {'a', "answer", "ADDR[/LEN]", "answer for this address or prefix (may be repeated)", option_set_answer},
    {'x', "except", "ADDR[/LEN]", "never answer for this address or prefix (may be repeated)", option_set_except},
    {'f', NULL, "FILE", "a file with one ADDR[/LEN] a line, or ! ADDR[/LEN] (may be repeated)", option_set_list},
    {'4', NULL, NULL, "only IPv4", set_ipv4},
    {'6', NULL, NULL, "only IPv6", set_ipv6},
    {'e', "ether", "MAC", "answer with this MAC address, in promiscuous mode", option_set_mac},
    {OPTION_LONG_ONLY + 14, "no-neighbor", NULL, "do not answer ARP and NDP for the addresses of -a", set_no_neighbor},
    {OPTION_LONG_ONLY + 15, "claim", NULL, "ask whether anybody has a single address before answering for it", set_claim},
    {OPTION_LONG_ONLY + 16, "yield", NULL, "leave an address for good to a host that is seen to have it", set_yield},
    {'r', NULL, "FILE", "read requests from a savefile (- is standard input; may be repeated)", option_set_read},
    {'w', NULL, "FILE", "write replies to a savefile (- is standard output)", option_set_write},
    {'C', NULL, "SIZE[k|m|g]", "go on in another file after so many millions of bytes (or KiB, MiB, GiB)", set_write_size},
    {'W', NULL, "COUNT", "and after so many files write over the first", set_write_ring},
    {OPTION_LONG_ONLY + 20, "expect", "FILE", "compare replies with this savefile, record by record", option_set_expect},
    {OPTION_LONG_ONLY + 17, "verify", NULL, "compare our replies with those recorded, or seen; send nothing", set_verify},
    {OPTION_LONG_ONLY + 18, "strict", NULL, "and let what hosts choose for themselves count too", set_strict},
    {'c', NULL, "N", "stop after N requests answered", set_count},
    {'v', NULL, NULL, "print a line for each request (twice: for each frame)", set_verbose},
    {'q', NULL, NULL, "print nothing but errors", set_quiet},
    {'l', NULL, NULL, "print each line at once", set_line_buffered},
    {OPTION_LONG_ONLY, "json", NULL, "print lines as JSON objects", set_json},
    {OPTION_LONG_ONLY + 1, "stats", "SECONDS", "print the counters every so many seconds", set_stats},
    {OPTION_LONG_ONLY + 40, "metrics", "FILE", "keep the counters in this file, for Prometheus", option_set_metrics},
    {OPTION_LONG_ONLY + 21, "rule", "RULE", "misbehave as this rule says (may be repeated)", option_set_rule},
    {OPTION_LONG_ONLY + 22, "rules", "FILE", "a file with one rule a line (may be repeated)", option_set_rules},
    {OPTION_LONG_ONLY + 23, "fault", "NAME", "truncated, wrong-data, duplicate, late, lossy or foreign-clock", option_set_fault},
    {OPTION_LONG_ONLY + 25, "control", "PATH", "take the commands of pongctl over this socket", option_set_control},
    {'b', NULL, NULL, "answer in the background, with messages in the system's log", set_background},
    {OPTION_LONG_ONLY + 50, "syslog", NULL, "have messages and lines go to the system's log", set_syslog},
    {OPTION_LONG_ONLY + 51, "facility", "NAME", "of messages in the system's log (daemon)", option_set_facility},
    {OPTION_LONG_ONLY + 52, "pid-file", "FILE", "write the number of the process to this file, and hold it", option_set_pid_file},
    {OPTION_LONG_ONLY + 7, "rate", "N[/s]", "answer at most N requests a second", set_rate},
    {OPTION_LONG_ONLY + 8, "burst", "N", "and at most N at once (as many as in a second)", set_burst},
    {OPTION_LONG_ONLY + 36, "source-rate", "N[/s]", "answer each source at most N requests a second", set_source_rate},
    {OPTION_LONG_ONLY + 9, "bad-checksum", "drop|answer|preserve", "what to do with a wrong ICMP checksum (drop)", set_bad_checksum},
    {OPTION_LONG_ONLY + 10, "broadcast", NULL, "answer requests to broadcast and to all hosts", set_broadcast},
    {OPTION_LONG_ONLY + 11, "timestamp", NULL, "answer ICMP timestamp requests too", set_timestamp},
    {OPTION_LONG_ONLY + 13, "probe", NULL, "answer extended echo requests (RFC 8335) too", set_probe},
    {OPTION_LONG_ONLY + 12, "errors", NULL, "send the ICMP errors that a bad request is owed", set_errors},
    {OPTION_LONG_ONLY + 2, "vlan", "all|none|LIST", "VLAN IDs to answer (none live, all offline)", set_vlan},
    {OPTION_LONG_ONLY + 3, "ttl", "N", "TTL and hop limit of replies (64)", set_ttl},
    {OPTION_LONG_ONLY + 6, "mtu", "BYTES", "send larger replies in fragments (the interface's MTU; offline 1500)", set_mtu},
    {OPTION_LONG_ONLY + 30, "pending", "N", "replies that may wait for their time (1048576)", set_pending},
    {OPTION_LONG_ONLY + 31, "pending-policy", "drop|send", "what to do with one more (drop)", set_pending_policy},
    {OPTION_LONG_ONLY + 32, "tx", "inject|batch", "send each reply by itself, or those of one turn together (batch)", set_tx},
    {OPTION_LONG_ONLY + 33, "spin", "USEC", "look for frames so long before sleeping (30 while they come fast)", set_spin},
    {OPTION_LONG_ONLY + 34, "workers", "N", "answer by so many threads that share each interface's frames (1)", set_workers},
    {OPTION_LONG_ONLY + 35, "wait", "SECONDS", "end when an interface is gone for so long (never)", set_wait},
    {OPTION_LONG_ONLY + 4, "seed", "N", "seed of every random choice", set_seed},
    {'s', NULL, "SNAPLEN", "bytes to capture of each frame (what the MTU asks for)", set_snaplen},
    {'B', NULL, "KIB", "size of the capture buffer", set_buffer},
    {'y', NULL, "LINKTYPE", "link type to capture with", option_set_link_type},
    {'p', NULL, NULL, "never go into promiscuous mode", set_no_promiscuous},
    {'Z', NULL, "USER", "give up root for this user (" PONGD_USER ")", option_set_user},
    {'D', NULL, NULL, "list the interfaces and exit", set_list_interfaces},
    {'L', NULL, NULL, "list the link types of -i and exit", set_list_link_types},
    {'d', NULL, NULL, "print the compiled filter and exit", set_print_filter},
    {OPTION_LONG_ONLY + 5, "check-config", NULL, "check options and filter and exit", set_check},
    {'V', "version", NULL, "print the version and exit", set_version},
    {'h', "help", NULL, "print this and exit", set_help},
};
