/* Which captures there are. */
#include "config.h"

#include "replay/captures.h"

#include <sys/types.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool
is_capture(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot != NULL && (strcmp(dot, ".pcap") == 0 || strcmp(dot, ".pcapng") == 0);
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

size_t
captures_list(const char *folder, char *names[static CAPTURES_MAX])
{
    size_t count = 0;
    const struct dirent *entry;
    DIR *directory = opendir(folder);

    while (directory != NULL && (entry = readdir(directory)) != NULL)
        if (is_capture(entry->d_name) && count < CAPTURES_MAX)
            names[count++] = strdup(entry->d_name);
    if (directory != NULL)
        closedir(directory);
    qsort(names, count, sizeof names[0], by_name);
    return count;
}
