/* Files of rules. */
#include "config.h"

#include <sys/types.h>
#include <sys/stat.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule_set.h"

enum { FILE_MOST = 64 << 20, ROOM_FIRST = 1 << 16 };

/* Reads all of a file into memory that is to be freed.  NULL with errno set. */
static char *
read_all(FILE *file, size_t *len)
{
    char *text = NULL, *grown;
    size_t room = 0;

    for (*len = 0; !feof(file) && !ferror(file); *len += fread(text + *len, 1, room - *len, file)) {
        if (*len < room)
            continue;
        room = room == 0 ? ROOM_FIRST : room * 2;
        grown = room > FILE_MOST ? NULL : realloc(text, room);
        if (grown == NULL) {
            free(text);
            errno = room > FILE_MOST ? EFBIG : ENOMEM;
            return NULL;
        }
        text = grown;
    }
    if (!ferror(file))
        return text;
    free(text);
    return NULL;
}

/* Adds what an open file has. */
static int
add_file(struct rule_set *set, FILE *file, const char *name, char errbuf[static PORT_ERRBUF])
{
    static const char mark[] = "\xef\xbb\xbf"; /* a byte order mark, which some editors put before UTF-8 */
    struct stat status;
    size_t len, skipped;
    char *text;
    int rc;

    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: is a directory: name a file in it", name);
        return -1;
    }
    text = read_all(file, &len);
    if (text == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: %s", name, strerror(errno));
        return -1;
    }
    skipped = len >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
    rc = rule_set_add_text(set, text + skipped, len - skipped, name, errbuf);
    free(text);
    return rc;
}

int
rule_set_read_file(struct rule_set *set, const char *path, char errbuf[static PORT_ERRBUF])
{
    bool is_standard = strcmp(path, "-") == 0;
    FILE *file = is_standard ? stdin : fopen(path, "r");
    int rc;

    if (file == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%.200s: %s", path, strerror(errno));
        return -1;
    }
    rc = add_file(set, file, is_standard ? "standard input" : path, errbuf);
    if (!is_standard)
        fclose(file);
    return rc;
}
