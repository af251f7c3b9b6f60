/* A fuzzer without an engine: replay [-n COUNT] [-s SEED] [-d DIRECTORY] [FILE | DIRECTORY]...
 *
 * Plays inputs that are there, then COUNT that it makes, the same for the same SEED; the mutator makes each from nothing or
 * from the one before.  With -d it writes down those that it makes.  What does not hold ends it. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "draw.h"
#include "fuzz.h"

enum {
    MADE_MOST = 4096,      /* bytes of an input that is made */
    READ_MOST = 1 << 24,   /* bytes of one that is read */
    PATH_ROOM = 4096,
    AFRESH = 4             /* one in so many is made from nothing */
};

static struct draw own = {1};

/* One byte of an input changed, or the end of it. */
size_t
LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most)
{
    if (size > 0 && draw_one_in(&own, 8))
        return draw_below(&own, size + 1);
    if (size < most && draw_one_in(&own, 4))
        data[size++] = 0;
    if (size > 0)
        data[draw_below(&own, size)] = (uint8_t)draw_border(&own, UINT8_MAX);
    return size;
}

/* Memory of just the right size. */
static void
play(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);

    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static long
complain(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return -1;
}

static long
play_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = file == NULL ? NULL : malloc(READ_MOST);
    size_t size;

    if (data == NULL) {
        if (file != NULL)
            fclose(file);
        return complain(path);
    }
    size = fread(data, 1, READ_MOST, file);
    fclose(file);
    play(data, size);
    free(data);
    return 1;
}

/* In the order of the names, which is the same everywhere. */
static long
play_directory(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    long played = 0, rc = 0;

    if (count < 0)
        return complain(path);
    for (int i = 0; i < count; i++) {
        char name[PATH_ROOM];
        bool is_hidden = entries[i]->d_name[0] == '.';

        snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
        free(entries[i]);
        if (is_hidden || rc < 0)
            continue;
        rc = play_file(name);
        played += rc;
    }
    free(entries);
    return rc < 0 ? rc : played;
}

static long
play_path(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return complain(path);
    return S_ISDIR(status.st_mode) ? play_directory(path) : play_file(path);
}

static int
keep(const char *directory, unsigned long number, const uint8_t *data, size_t size)
{
    char path[PATH_ROOM];
    FILE *file;

    if (directory == NULL)
        return 0;
    snprintf(path, sizeof path, "%s/made-%06lu", directory, number);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0)
        return (int)complain(path);
    return 0;
}

static int
play_made(unsigned long count, uint64_t seed, const char *directory)
{
    static uint8_t data[MADE_MOST];
    struct draw draw = {seed};
    size_t size = 0;

    own = (struct draw){~seed};
    for (unsigned long i = 0; i < count; i++) {
        if (draw_one_in(&draw, AFRESH))
            size = 0;
        size = LLVMFuzzerCustomMutator(data, size, sizeof data, (unsigned)draw_next(&draw));
        if (keep(directory, i, data, size) != 0)
            return -1;
        play(data, size);
    }
    return 0;
}

int
main(int argc, char *argv[])
{
    const char *directory = NULL;
    unsigned long count = 0, played = 0, seed = 1;
    int option;

    while ((option = getopt(argc, argv, "n:s:d:")) != -1) {
        if (option == 'n')
            count = strtoul(optarg, NULL, 10);
        else if (option == 's')
            seed = strtoul(optarg, NULL, 10);
        else if (option == 'd')
            directory = optarg;
        else
            return 2;
    }
    for (int i = optind; i < argc; i++) {
        long rc = play_path(argv[i]);

        if (rc < 0)
            return 1;
        played += (unsigned long)rc;
    }
    if (play_made(count, seed, directory) != 0)
        return 1;
    printf("%lu inputs read, %lu made\n", played, count);
    return 0;
}
