/* pongctl: sends commands to a pongd that runs, and prints its answers. */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "parse.h"
#include "reload.h"
#include "session.h"

enum { EXIT_REFUSED = 1, EXIT_TROUBLE = 2, SECONDS = 5, SECONDS_MOST = 86400 };

/* One sentence of trouble, and its exit status. */
static int
complain(const char *sentence)
{
    fprintf(stderr, "pongctl: %s\n", sentence);
    return EXIT_TROUBLE;
}

/* The same of what errno says. */
static int
complain_of(const char *what)
{
    fprintf(stderr, "pongctl: %s: %s\n", what, strerror(errno));
    return EXIT_TROUBLE;
}

/* Rules that a command has from a file. */
struct rule_file {
    const char *name;
    char *text; /* NULL: there is none */
    size_t len;
    size_t skipped; /* bytes that pongd skips as well */
};

/* --- answers; all return an exit status */

static bool
begins(const char *bytes, size_t len, const char *with)
{
    return len >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

/* Puts where in a file a mistake is in the place of pongd's "column N: ", which is about all of it in one line.  Returns how
 * many bytes of the sentence that was. */
static size_t
print_place(const struct rule_file *file, const char *bytes, size_t len)
{
    static const char column[] = "column ";
    size_t line = 1, start = 0, offset = 0, at = sizeof column - 1;

    if (!begins(bytes, len, column))
        return 0;
    while (at < len && bytes[at] >= '0' && bytes[at] <= '9' && offset <= file->len)
        offset = 10 * offset + (size_t)(bytes[at++] - '0');
    if (!begins(bytes + at, len - at, ": ") || offset == 0)
        return 0;
    offset += file->skipped - 1;
    for (size_t i = 0; i < offset && i < file->len; i++)
        if (file->text[i] == '\n') {
            line++;
            start = i + 1;
        }
    fprintf(stderr, "%s:%zu:%zu", file->name, line, offset - start + 1);
    return at;
}

/* The sentence of an answer, as far as it is fit for a terminal. */
static int
print_sentence(const struct rule_file *file, const char *bytes, size_t len)
{
    size_t placed;

    fputs("pongctl: ", stderr);
    placed = file->text == NULL ? 0 : print_place(file, bytes, len);
    for (size_t i = placed; i < len && bytes[i] != '"'; i++) {
        if (bytes[i] != '\\') {
            fputc(bytes[i], stderr);
        } else if (++i < len && bytes[i] == 'u') {
            fputc('?', stderr);
            i += 4;
        } else if (i < len) {
            fputc(bytes[i], stderr);
        }
    }
    fputc('\n', stderr);
    return EXIT_REFUSED;
}

static int
show_answer(const struct rule_file *file, const char *answer, size_t len)
{
    static const char refused[] = "{\"ok\":false,\"error\":\"";

    if (fwrite(answer, 1, len, stdout) != len || fflush(stdout) != 0)
        return complain_of("standard output");
    if (begins(answer, len, "{\"ok\":true"))
        return EXIT_SUCCESS;
    if (!begins(answer, len, refused))
        return complain("this is no answer of a pongd: name its socket with -s");
    return print_sentence(file, answer + sizeof refused - 1, len - (sizeof refused - 1));
}

static int
ask(struct session *session, const struct rule_file *file, const char *command, size_t command_len)
{
    char errbuf[PORT_ERRBUF];
    const char *answer;
    size_t len;

    if (session_ask(session, command, command_len, &answer, &len, errbuf) != 0)
        return complain(errbuf);
    return show_answer(file, answer, len);
}

/* Whether a command is this word, and nothing but blanks around it. */
static bool
is_command(const char *command, size_t len, const char *word)
{
    while (len > 0 && strchr(" \t\n", command[len - 1]) != NULL)
        len--;
    for (; len > 0 && strchr(" \t", *command) != NULL; len--)
        command++;
    return len == strlen(word) && memcmp(command, word, len) == 0;
}

/* A command that is refused here is so in the same way as by pongd. */
static int
refuse(const char *sentence)
{
    control_refuse(stdout, sentence);
    if (putchar('\n') == EOF || fflush(stdout) != 0)
        return complain_of("standard output");
    (void)complain(sentence);
    return EXIT_REFUSED;
}

static int
reload(struct session *session)
{
    static const struct rule_file none;
    static const char question[] = "sources\n";
    char errbuf[PORT_ERRBUF], *command = NULL;
    const char *answer;
    size_t len;
    int status;

    if (session_ask(session, question, sizeof question - 1, &answer, &len, errbuf) != 0)
        return complain(errbuf);
    if (!begins(answer, len, "{\"ok\":true"))
        return show_answer(&none, answer, len);
    if (reload_make(answer, len, &command, &len, errbuf) != 0)
        return refuse(errbuf);
    status = ask(session, &none, command, len);
    free(command);
    return status;
}

/* Does a command, which mostly is to have pongd do it. */
static int
do_command(struct session *session, const struct rule_file *file, const char *command, size_t len)
{
    return is_command(command, len, "reload") ? reload(session) : ask(session, file, command, len);
}

/* --- where commands come from; all return an exit status */

static int
read_file(const char *path, struct rule_file *rules)
{
    bool is_standard = strcmp(path, "-") == 0;
    FILE *file = is_standard ? stdin : fopen(path, "r");
    FILE *copy = open_memstream(&rules->text, &rules->len);
    int byte, status = EXIT_SUCCESS;

    rules->name = is_standard ? "standard input" : path;
    while (file != NULL && copy != NULL && (byte = getc(file)) != EOF)
        fputc(byte, copy);
    if (file == NULL || copy == NULL || ferror(file))
        status = complain_of(rules->name);
    if (file != NULL && !is_standard)
        fclose(file);
    if (copy != NULL && fclose(copy) != 0 && status == EXIT_SUCCESS)
        status = complain_of(rules->name);
    return status;
}

/* Adds a file of rules in one line, where each byte keeps its place: a semicolon for a newline, and blanks for comments,
 * carriage returns, and the mark that some editors put before UTF-8. */
static int
add_file(const char *path, struct rule_file *rules, FILE *command)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t marked;
    bool in_comment = false;

    if (read_file(path, rules) != EXIT_SUCCESS)
        return EXIT_TROUBLE;
    marked = begins(rules->text, rules->len, mark) ? sizeof mark - 1 : 0;
    for (size_t i = 0; i < rules->len; i++) {
        char byte = rules->text[i];

        in_comment = byte != '\n' && (in_comment || byte == '#');
        if (in_comment || byte == '\r' || byte == '\t' || i < marked)
            byte = ' ';
        rules->skipped += byte == ' ' && rules->skipped == i;
        fputc(byte == '\n' ? ';' : byte, command);
    }
    fputc(';', command); /* so that an empty file is no command without rules */
    return EXIT_SUCCESS;
}

/* Whether a command's rules are in a file: rules add -f FILE. */
static bool
has_file(int count, char *const words[])
{
    return count > 2 && strcmp(words[0], "rules") == 0 &&
           (strcmp(words[1], "add") == 0 || strcmp(words[1], "replace") == 0) && strcmp(words[2], "-f") == 0;
}

/* Writes the command that the arguments are. */
static int
join_words(int count, char *const words[], struct rule_file *rules, FILE *command)
{
    bool reads_file = has_file(count, words);

    if (reads_file && count != 4)
        return complain("-f: name one file of rules, or - for standard input");
    for (int i = 0; i < (reads_file ? 2 : count); i++) {
        if (strchr(words[i], '\n') != NULL)
            return complain("a command is one line: rules on several lines go with: rules add -f FILE");
        fprintf(command, "%s%s", i == 0 ? "" : " ", words[i]);
    }
    if (!reads_file)
        return EXIT_SUCCESS;
    fputc(' ', command);
    return add_file(words[3], rules, command);
}

/* Makes the command of the arguments, to be freed by the caller. */
static int
make_command(int count, char *const words[], struct rule_file *rules, char **command, size_t *len)
{
    FILE *stream = open_memstream(command, len);
    int status;

    if (stream == NULL)
        return complain_of("memory");
    status = join_words(count, words, rules, stream);
    fputc('\n', stream);
    if (fclose(stream) != 0)
        status = complain_of("memory");
    return status;
}

static bool
says_nothing(const char *line)
{
    line += strspn(line, " \t\n");
    return *line == '\0' || *line == '#';
}

/* Asks all that standard input has.  The status is the worst that there was. */
static int
run_script(struct session *session)
{
    static const struct rule_file none;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int worst = EXIT_SUCCESS;

    if (isatty(STDIN_FILENO))
        fputs("pongctl: commands are read from here, one a line: help lists them\n", stderr);
    while (worst != EXIT_TROUBLE && (len = getline(&line, &room, stdin)) > 0) {
        bool is_whole = line[len - 1] == '\n';
        int status;

        if (is_whole && says_nothing(line))
            continue;
        if (!is_whole) /* the last one: its null byte makes room for the newline */
            line[len++] = '\n';
        status = do_command(session, &none, line, (size_t)len);
        if (status > worst)
            worst = status;
    }
    if (ferror(stdin))
        worst = complain_of("standard input");
    free(line);
    return worst;
}

/* --- options */

static void
print_help(void)
{
    puts("pongctl tells a pongd that runs what to do.\n\n"
         "    pongctl [-s PATH] [-t SECONDS] COMMAND [ARGUMENT]...\n"
         "    pongctl [-s PATH] [-t SECONDS] rules add|replace -f FILE\n"
         "    pongctl [-s PATH] [-t SECONDS] < COMMANDS\n"
         "    pongctl -V | -h\n\n"
         "  -s, --socket PATH           the socket of pongd --control ($PONGD_CONTROL, or\n"
         "                              " PONGD_CONTROL ")\n"
         "  -t, --timeout SECONDS       how long an answer may take (5)\n"
         "  -V, --version               print the version and exit\n"
         "  -h, --help                  print this and exit\n\n"
         "pongctl help has pongd list the commands.");
}

/* An option that getopt does not know, or one without its argument. */
static int
complain_of_option(int found, const char *word)
{
    char sentence[PORT_ERRBUF];

    snprintf(sentence, sizeof sentence, found == ':' ? "%.200s needs an argument: pongctl -h lists the options"
                                                     : "unknown option %.200s: pongctl -h lists them", word);
    return complain(sentence);
}

/* An exit status, or -1 to go on. */
static int
read_options(struct session *session, int argc, char *argv[])
{
    static const struct option names[] = {{"socket", 1, NULL, 's'}, {"timeout", 1, NULL, 't'}, {"version", 0, NULL, 'V'},
                                          {"help", 0, NULL, 'h'},   {NULL, 0, NULL, 0}};
    char errbuf[PORT_ERRBUF];
    int found;

    opterr = 0;
    while ((found = getopt_long(argc, argv, "+:s:t:Vh", names, NULL)) != -1) {
        if (found == 's') {
            session->path = optarg;
        } else if (found == 't') {
            if (parse_number(optarg, 1, SECONDS_MOST, &session->seconds, errbuf) != 0) {
                fprintf(stderr, "pongctl: -t: %s\n", errbuf);
                return EXIT_TROUBLE;
            }
        } else if (found == 'V' || found == 'h') {
            if (found == 'h')
                print_help();
            else
                puts("pongctl " PACKAGE_VERSION);
            return fflush(stdout) == 0 ? EXIT_SUCCESS : complain_of("standard output");
        } else {
            return complain_of_option(found, argv[optind - 1]);
        }
    }
    return -1;
}

int
main(int argc, char *argv[])
{
    struct session session = {.path = getenv("PONGD_CONTROL"), .seconds = SECONDS, .fd = -1};
    struct rule_file rules = {.text = NULL};
    char errbuf[PORT_ERRBUF], *command = NULL;
    size_t len = 0;
    int status = read_options(&session, argc, argv);

    if (status >= 0)
        return status;
    signal(SIGPIPE, SIG_IGN); /* a closed connection is an error like others, and said */
    if (session.path == NULL || *session.path == '\0')
        session.path = PONGD_CONTROL;
    status = optind < argc ? make_command(argc - optind, argv + optind, &rules, &command, &len) : EXIT_SUCCESS;
    if (status == EXIT_SUCCESS && session_open(&session, errbuf) != 0)
        status = complain(errbuf);
    if (status == EXIT_SUCCESS)
        status = command != NULL ? do_command(&session, &rules, command, len) : run_script(&session);
    free(command);
    free(rules.text);
    session_close(&session);
    return status;
}
