/* Lists of addresses in files (-f): one ADDR[/LEN] a line, "!" before an exception, "#" before a comment. */
#include "config.h"

#include "prefix_file.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "prefix_line.h"

enum { LINE_MOST = 1024 }; /* an address takes 43 bytes, the rest is for a comment */

struct reader {
    FILE *file;
    const char *name;
    unsigned long line;
    char text[LINE_MOST + 1];
};

/* Text has no control bytes; a list that has one is no list, and is not to be shown on a terminal. */
static bool
is_text(int byte)
{
    return (byte >= ' ' && byte != 0x7f) || byte == '\t' || byte == '\r';
}

static int
say_where(const struct reader *reader, const char *why, char errbuf[static PORT_ERRBUF])
{
    snprintf(errbuf, PORT_ERRBUF, "%.200s:%lu: %.180s", reader->name, reader->line, why);
    return -1;
}

/* Reads a line into reader->text, without its end.  1, 0 when there is none any more, or -1 with errbuf filled. */
static int
read_line(struct reader *reader, char errbuf[static PORT_ERRBUF])
{
    size_t len = 0;
    int byte;

    reader->line++;
    while ((byte = getc_unlocked(reader->file)) != EOF && byte != '\n') {
        if (!is_text(byte))
            return say_where(reader, "a byte that is no text: give a file with one ADDR[/LEN] a line", errbuf);
        if (len == LINE_MOST)
            return say_where(reader, "the line is longer than 1024 bytes: give a file with one ADDR[/LEN] a line", errbuf);
        reader->text[len++] = (char)byte;
    }
    reader->text[len] = '\0';
    if (byte == EOF && ferror(reader->file)) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: %s", reader->name, strerror(errno));
        return -1;
    }
    return byte != EOF || len > 0;
}

static int
take_line(struct reader *reader, struct policy *policy, char errbuf[static PORT_ERRBUF])
{
    char why[PORT_ERRBUF];

    if (prefix_line_take(reader->text, policy, why) == 0)
        return 0;
    return say_where(reader, why, errbuf);
}

static int
read_all(struct reader *reader, struct policy *policy, char errbuf[static PORT_ERRBUF])
{
    struct stat status;
    int rc;

    if (fstat(fileno(reader->file), &status) == 0 && S_ISDIR(status.st_mode)) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: is a directory: name a file in it", reader->name);
        return -1;
    }
    while ((rc = read_line(reader, errbuf)) > 0)
        if (take_line(reader, policy, errbuf) != 0)
            return -1;
    return rc;
}

int
prefix_file_read(const char *path, struct policy *policy, char errbuf[static PORT_ERRBUF])
{
    bool is_standard = strcmp(path, "-") == 0;
    struct reader reader = {.file = is_standard ? stdin : fopen(path, "r"), .name = is_standard ? "standard input" : path};
    int rc;

    if (reader.file == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: %s", path, strerror(errno));
        return -1;
    }
    rc = read_all(&reader, policy, errbuf);
    if (!is_standard)
        fclose(reader.file);
    return rc;
}
