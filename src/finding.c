/* The findings' sentences, and how their blanks are filled. */
#include "config.h"

#include "finding.h"

#include <sys/types.h>
#include <stdio.h>
#include <string.h>

#include "address_text.h"
#include "platform/platform.h"
#include "text.h"

/* What is wrong, and its remedy.  The manual has each of them under DIAGNOSTICS. */
static const struct {
    const char *words;
    const char *remedy;
} sentences[FINDINGS] = {
    [FINDING_ECHO_IS_ON] = {"the kernel owns {host} and its own echo is on",
                            "if ping shows DUP!, turn it off: {quiet}"},
    [FINDING_KERNEL_ANSWERS] = {"the kernel answers {client}'s pings of {host} too "
                                "(two replies with id {id}, seq {seq} went out)",
                                "turn its echo off: {quiet}"},
    [FINDING_PROGRAM_ANSWERS] = {"something else on this system answers {client}'s pings of {host} too "
                                 "(two replies with id {id}, seq {seq} went out)",
                                 "stop it, or leave the address out with -x {host}"},
    [FINDING_HOST_ANSWERS] = {"another host (MAC {mac}) answers for {host} too", "leave it out with -x {host}"},
    [FINDING_OTHER_MAC] = {"echo requests for {host} are sent to {mac}, which is another MAC address",
                           "answer there with -e {mac}, or mend the neighbour entry of {client}"},
    [FINDING_LINK_DOWN] = {"the interface is down", "bring it up, nothing is answered until then"},
    [FINDING_LINK_UP] = {"the interface is up again", NULL},
    [FINDING_EXPRESSION] = {"echo requests for {host} come in from {client}, and none has passed the filter expression",
                            "change it, or leave it out"},
    [FINDING_VERSION] = {"echo requests for {host} come in from {client}, and only IPv{version} is answered",
                         "leave -{version} out"},
    [FINDING_SNAPLEN] = {"echo requests for {host} are captured short, {caplen} bytes of {len}, and not answered",
                         "give -s {len} or more"},
    [FINDING_VLAN] = {"echo requests for {host} come in VLAN {vlan}, which is not answered",
                      "give --vlan {vlan}{child}"},
};

static void
put_address(struct text *text, const struct address *address)
{
    char words[ADDRESS_TEXT];

    text_put(text, "%s", address_text(words, address->version, address->bytes));
}

static void
put_client(struct text *text, const struct finding_facts *facts)
{
    put_address(text, facts->client);
}

static void
put_host(struct text *text, const struct finding_facts *facts)
{
    put_address(text, facts->host);
}

static void
put_mac(struct text *text, const struct finding_facts *facts)
{
    for (size_t i = 0; i < LINK_MAC_LEN; i++)
        text_put(text, "%s%02x", i == 0 ? "" : ":", facts->mac[i]);
}

static void
put_id(struct text *text, const struct finding_facts *facts)
{
    text_put(text, "%u", facts->id);
}

static void
put_seq(struct text *text, const struct finding_facts *facts)
{
    text_put(text, "%u", facts->seq);
}

static void
put_caplen(struct text *text, const struct finding_facts *facts)
{
    text_put(text, "%zu", facts->caplen);
}

static void
put_len(struct text *text, const struct finding_facts *facts)
{
    text_put(text, "%zu", facts->len);
}

/* The version that is answered: not the host's. */
static void
put_version(struct text *text, const struct finding_facts *facts)
{
    text_put(text, "%d", facts->host->version == 4 ? 6 : 4);
}

/* VID 0 is only a priority, which is answered anyhow. */
static void
put_vlan(struct text *text, const struct finding_facts *facts)
{
    const char *separator = "";

    for (unsigned i = 0; i < facts->tag_count; i++)
        if (link_tag_vid(facts->tags[i]) != 0) {
            text_put(text, "%s%u", separator, link_tag_vid(facts->tags[i]));
            separator = ",";
        }
}

/* Many systems name the interface of a VLAN so; of two tags they make one interface upon another. */
static void
put_child(struct text *text, const struct finding_facts *facts)
{
    if (facts->tag_count == 1)
        text_put(text, ", or -i %s.%u", facts->interface, link_tag_vid(facts->tags[0]));
}

static void
put_quiet(struct text *text, const struct finding_facts *facts)
{
    text_put(text, "%s", platform_quiet_echo(facts->host->version));
}

static const struct {
    const char *name;
    void (*put)(struct text *text, const struct finding_facts *facts);
} blanks[] = {
    {"client", put_client}, {"host", put_host},       {"mac", put_mac},   {"id", put_id},
    {"seq", put_seq},       {"caplen", put_caplen},   {"len", put_len},   {"version", put_version},
    {"vlan", put_vlan},     {"child", put_child}, {"quiet", put_quiet},
};

/* Fills in the blank that `words` begin with, and returns what follows it. */
static const char *
fill_blank(struct text *text, const char *words, const struct finding_facts *facts)
{
    size_t len = strcspn(words, "}");

    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++)
        if (strlen(blanks[i].name) == len - 1 && memcmp(blanks[i].name, words + 1, len - 1) == 0)
            blanks[i].put(text, facts);
    return words + len + 1;
}

static void
fill(struct text *text, const char *words, const struct finding_facts *facts)
{
    while (*words != '\0') {
        size_t len = strcspn(words, "{");

        text_put(text, "%.*s", (int)len, words);
        words += len;
        if (*words == '{')
            words = fill_blank(text, words, facts);
    }
}

void
finding_print(enum finding finding, const struct finding_facts *facts, char line[static FINDING_LINE])
{
    struct text text = text_begin(line, FINDING_LINE);

    text_put(&text, "%s: ", facts->interface);
    fill(&text, sentences[finding].words, facts);
    if (sentences[finding].remedy == NULL)
        return;
    text_put(&text, ": ");
    fill(&text, sentences[finding].remedy, facts);
}
