/* Fuzzing the command line: the input is words, each of which ends in a null byte or a newline. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "parse.h"
#include "require.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS = 256, VID_LAST = 4094 };

/* What was wrong is one line. */
static void
check_errbuf(const char errbuf[static PORT_ERRBUF])
{
    const char *end = memchr(errbuf, '\0', PORT_ERRBUF);

    require(end != NULL && end > errbuf);
    require(memchr(errbuf, '\n', (size_t)(end - errbuf)) == NULL);
}

static void
try_number(const char *word)
{
    char errbuf[PORT_ERRBUF];
    uint64_t value;

    memset(errbuf, 'x', sizeof errbuf);
    if (parse_number(word, 1, 255, &value, errbuf) == 0)
        require(value >= 1 && value <= 255);
    else
        check_errbuf(errbuf);
    memset(errbuf, 'x', sizeof errbuf);
    if (parse_number(word, 0, UINT64_MAX, &value, errbuf) != 0)
        check_errbuf(errbuf);
}

static void
try_range(const char *word)
{
    const char *at = word;
    char errbuf[PORT_ERRBUF];
    uint64_t first, last;

    memset(errbuf, 'x', sizeof errbuf);
    if (parse_range(&at, 0, VID_LAST, &first, &last, errbuf) == 0) {
        require(first <= last && last <= VID_LAST);
        require(at > word && at <= word + strlen(word) && (*at == '\0' || *at == ','));
    } else {
        require(at == word);
        check_errbuf(errbuf);
    }
}

static void
try_prefix(const char *word)
{
    static const uint8_t zero[12];
    struct address address;
    char errbuf[PORT_ERRBUF];
    unsigned len;

    memset(errbuf, 'x', sizeof errbuf);
    if (parse_prefix(word, &address, &len, errbuf) == 0) {
        require(address.version == 4 || address.version == 6);
        require(len <= address_bits(address.version));
        require(address.version == 6 || memcmp(address.bytes + 4, zero, sizeof zero) == 0);
    } else {
        check_errbuf(errbuf);
    }
}

static void
check_policy(const struct policy *policy)
{
    require(policy->ipv4 || policy->ipv6);
    require(policy->prefixes == NULL && policy->count == 0);
}

static void
check_options(const struct options *options)
{
    require(options->interface_count <= OPTIONS_INTERFACES);
    require(options->action != OPTIONS_ANSWER || (options->interface_count > 0) == (options->read_path == NULL));
    require(options->ttl >= 1 && options->ttl <= 255);
    require(options->mtu == 0 || (options->mtu >= RESPONDER_MTU_MIN && options->mtu <= RESPONDER_MESSAGE_MAX));
    require(options->filter == NULL || options->filter[0] != '\0');
    check_policy(&options->policy);
    for (unsigned i = 0; i < options->interface_count; i++)
        check_policy(options_policy(options, i));
}

/* Leaves nothing for the next run to stumble over: an error may have stopped getopt(3) in the middle of a word that is gone
 * by then.  So it goes on to the end, and is told to begin anew, for which 0 will do on systems with and without optreset. */
static void
reset_getopt(int argc, char *argv[])
{
    static const struct option none[] = {{NULL, 0, NULL, 0}};

    while (getopt_long(argc, argv, ":", none, NULL) != -1)
        ;
    optind = 0;
}

static void
try_options(int argc, char *argv[])
{
    struct options options;
    char errbuf[PORT_ERRBUF];

    memset(errbuf, 'x', sizeof errbuf);
    if (options_parse(&options, argc, argv, errbuf) == 0)
        check_options(&options);
    else
        check_errbuf(errbuf);
    options_free(&options);
    reset_getopt(argc, argv);
}

/* Cuts text into words.  Returns how many, with NULL behind them. */
static int
split(char *text, size_t len, char *words[static WORDS + 1])
{
    static char program[] = "pongd";
    int count = 1;

    words[0] = program;
    for (char *at = text, *end = text + len; at < end && count < WORDS; at += strlen(at) + 1) {
        at[strcspn(at, "\n")] = '\0';
        words[count++] = at;
    }
    words[count] = NULL;
    return count;
}

/* -f - is not to wait for somebody to type. */
int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    require(freopen("/dev/null", "r", stdin) != NULL);
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *words[WORDS + 1];
    int count;

    require(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    count = split(text, size, words);
    for (int i = 1; i < count; i++) {
        try_number(words[i]);
        try_range(words[i]);
        try_prefix(words[i]);
    }
    try_options(count, words);
    free(text);
    return 0;
}
