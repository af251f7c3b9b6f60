/* The BPF filter's text, and compiling it.
 *
 * The keyword `vlan` moves every offset behind it by the length of a tag, for the rest of the expression.  So what is to hold
 * with no tag, one or two is written three times, each inside the last: (E) or (vlan and ((E) or (vlan and (E)))). */
#include "config.h"

#include "capture/filter.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "capture/datalink.h"

#ifndef PCAP_NETMASK_UNKNOWN
#define PCAP_NETMASK_UNKNOWN 0xffffffff
#endif

enum {
    ASKING_MAX = 256, /* bytes of the text for one IP version */
    ASKING_ALL_MAX = 3 * ASKING_MAX,
    COMPILE_MOST = 1 << 20 /* bytes that compiling takes at the most */
};

/* Where tags are in the frame, an expression is about what follows them. */
#define UNTAGGED "not (ether proto 0x8100 or ether proto 0x88a8)"

/* IPv4: requests, and all fragments, also first ones that begin with another type: the core has to see what its kernel would
 * see.  Other hosts' replies tell that an address is theirs.  For errors, also whatever has options; for rules about
 * the path, UDP. */
static void
say_asking4(const struct policy *policy, char *text, size_t room)
{
    snprintf(text, room, "((ip proto 1 and (ip[6:2] & 0x3fff != 0 or icmp[0] = 8%s%s%s%s))%s)",
             policy->timestamp ? " or icmp[0] = 13" : "", policy->probe ? " or icmp[0] = 42" : "",
             policy->yields ? " or icmp[0] = 0" : "", policy->errors ? " or ip[0] & 0xf != 5" : "",
             policy->path ? " or ip proto 17" : "");
}

/* IPv6: requests, and what has extension headers, behind which the core looks (0 hop-by-hop, 43 routing, 44 fragment,
 * 60 destination options).  For errors, whatever is not known to be of another protocol (6 TCP, 17 UDP). */
static void
say_asking6(const struct policy *policy, char *text, size_t room)
{
    char requests[64];

    snprintf(requests, sizeof requests, "(ip6[40] = 128%s%s)", policy->probe ? " or ip6[40] = 160" : "",
             policy->yields ? " or ip6[40] = 129" : "");
    if (policy->errors)
        snprintf(text, room, "(ip6 and not (ip6[6] = 6%s or (ip6[6] = 58 and not %s)))", policy->path ? "" : " or ip6[6] = 17",
                 requests);
    else
        snprintf(text, room, "(ip6 and ((ip6[6] = 58 and %s) or ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 60%s))",
                 requests, policy->path ? " or ip6[6] = 17" : "");
}

/* Neighbour solicitations and advertisements; behind extension headers say_asking6() has them. */
#define NEIGHBORS4 "arp"
#define NEIGHBORS6 "(ip6[6] = 58 and (ip6[40] = 135 or ip6[40] = 136))"

/* What asks something of us, and nothing else. */
static char *
asking_filter(const struct policy *policy, bool has_neighbors)
{
    char ipv4[ASKING_MAX], ipv6[ASKING_MAX];
    const struct {
        bool is_wanted;
        const char *text;
    } parts[] = {
        {policy->ipv4, ipv4}, {policy->ipv4 && has_neighbors, NEIGHBORS4},
        {policy->ipv6, ipv6}, {policy->ipv6 && has_neighbors, NEIGHBORS6},
    };
    char *text = calloc(ASKING_ALL_MAX, 1);
    size_t len = 0;

    say_asking4(policy, ipv4, sizeof ipv4);
    say_asking6(policy, ipv6, sizeof ipv6);
    for (size_t i = 0; text != NULL && i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].is_wanted)
            len += (size_t)snprintf(text + len, ASKING_ALL_MAX - len, "%s%s", len == 0 ? "(" : " or ", parts[i].text);
    if (text != NULL)
        snprintf(text + len, ASKING_ALL_MAX - len, ")");
    return text;
}

/* What is let through, and the user's expression if there is one. */
static char *
join(const char *narrow, const char *expression)
{
    size_t len = strlen(narrow) + (expression == NULL ? 0 : strlen(expression)) + sizeof " and ()";
    char *text = malloc(len);

    if (text == NULL)
        return NULL;
    if (expression == NULL)
        snprintf(text, len, "%s", narrow);
    else
        snprintf(text, len, "%s and (%s)", narrow, expression);
    return text;
}

static char *
with_tags(const char *text)
{
    static const char format[] = "(%s) or (vlan and ((%s) or (vlan and (%s))))";
    size_t len = 3 * strlen(text) + sizeof format;
    char *tagged = malloc(len);

    if (tagged != NULL)
        snprintf(tagged, len, format, text, text, text);
    return tagged;
}

/* Whether the user's words are about tags themselves; then they are for the frame as a whole. */
static bool
speaks_of_tags(const char *expression)
{
    const char *at = expression;

    while (at != NULL && (at = strstr(at, "vlan")) != NULL) {
        if ((at == expression || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[4]))
            return true;
        at += 4;
    }
    return false;
}

/* The text of the filter.  To be freed. */
static char *
filter_text(bool is_ethernet, const struct policy *policy, const char *expression)
{
    bool has_tags = is_ethernet && !speaks_of_tags(expression);
    char *text, *tagged, *narrow;

    if (policy == NULL && expression == NULL)
        return strdup("");
    if (policy == NULL && !has_tags)
        return strdup(expression);
    narrow = policy == NULL ? strdup(UNTAGGED) : asking_filter(policy, is_ethernet && policy->neighbors);
    if (narrow == NULL)
        return NULL;
    text = join(narrow, expression);
    free(narrow);
    if (text == NULL || !has_tags)
        return text;
    tagged = with_tags(text);
    free(text);
    return tagged;
}

/* In promiscuous mode frames to everybody come in: those to other MAC addresses than ours are left out again. */
static char *
without_others(char *text, const uint8_t mac[static LINK_MAC_LEN])
{
    static const char format[] = "(ether[0] & 1 != 0 or ether dst %02x:%02x:%02x:%02x:%02x:%02x) and (%s)";
    size_t len = strlen(text) + sizeof format;
    char *narrow = malloc(len);

    if (narrow != NULL)
        snprintf(narrow, len, format, mac[0], mac[1], mac[2], mac[3], mac[4], mac[5], text);
    free(text);
    return narrow;
}

/* Without memory libpcap's scanner ends the program, or has it crash. */
static int
compile(pcap_t *pcap, const char *text, struct bpf_program *program, char errbuf[static PORT_ERRBUF])
{
    if (!platform_has_memory(COMPILE_MOST)) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    if (pcap_compile(pcap, program, text, 1, PCAP_NETMASK_UNKNOWN) == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "filter expression: %s", pcap_geterr(pcap));
    return -1;
}

int
filter_compile(pcap_t *pcap, const struct policy *policy, const char *expression, struct bpf_program *program,
               char errbuf[static PORT_ERRBUF])
{
    bool is_ethernet = pcap_datalink(pcap) == DLT_EN10MB;
    char *text;
    int rc;

    /* First the user's words alone, so that a complaint is about them and unbalanced brackets stay theirs. */
    if (expression != NULL) {
        if (compile(pcap, expression, program, errbuf) != 0)
            return -1;
        pcap_freecode(program);
    }
    text = filter_text(is_ethernet, policy, expression);
    if (text != NULL && is_ethernet && policy != NULL && policy->mac != NULL)
        text = without_others(text, policy->mac);
    if (text == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    rc = compile(pcap, text, program, errbuf);
    free(text);
    return rc;
}

int
filter_set(pcap_t *pcap, const struct policy *policy, const char *expression, char errbuf[static PORT_ERRBUF])
{
    struct bpf_program program;
    int rc;

    if (filter_compile(pcap, policy, expression, &program, errbuf) != 0)
        return -1;
    rc = pcap_setfilter(pcap, &program);
    if (rc != 0)
        snprintf(errbuf, PORT_ERRBUF, "the filter was not taken: %s", pcap_geterr(pcap));
    pcap_freecode(&program);
    return rc == 0 ? 0 : -1;
}

static pcap_t *
open_dead(enum link_type link, char errbuf[static PORT_ERRBUF])
{
    pcap_t *pcap = pcap_open_dead(datalink_from_link(link), 65535);

    if (pcap == NULL)
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
    return pcap;
}

/* Fragments have their protocol in IPv4's header, in IPv6 behind their own (44); MLD reports stand behind hop-by-hop options
 * (0). */
#define SENT "(ip proto 1 or (ip6 and (ip6[6] = 58 or ip6[6] = 44 or ip6[6] = 0)))"

int
filter_compile_sent(enum link_type link, struct bpf_program *program, char errbuf[static PORT_ERRBUF])
{
    pcap_t *pcap = open_dead(link, errbuf);
    char *text;
    int rc = -1;

    if (pcap == NULL)
        return -1;
    text = link == LINK_EN10MB ? with_tags("arp or " SENT) : strdup(SENT);
    if (text == NULL)
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
    else
        rc = compile(pcap, text, program, errbuf);
    free(text);
    pcap_close(pcap);
    return rc;
}

int
filter_check(enum link_type link, const char *filter, char errbuf[static PORT_ERRBUF])
{
    pcap_t *pcap = open_dead(link, errbuf);
    struct bpf_program program;
    int rc;

    if (pcap == NULL)
        return -1;
    rc = filter_compile(pcap, NULL, filter, &program, errbuf);
    if (rc == 0)
        pcap_freecode(&program);
    pcap_close(pcap);
    return rc;
}

int
list_filter(enum link_type link, const struct policy *policy, const char *filter, char errbuf[static PORT_ERRBUF])
{
    pcap_t *pcap = open_dead(link, errbuf);
    struct bpf_program program;
    int rc;

    if (pcap == NULL)
        return -1;
    rc = filter_compile(pcap, policy, filter, &program, errbuf);
    if (rc == 0) {
        bpf_dump(&program, 1);
        pcap_freecode(&program);
    }
    pcap_close(pcap);
    return rc;
}
