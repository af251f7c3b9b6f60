/* Runs a command, and adds a line with what it took to a file: seconds of the processor, seconds in all, KiB of memory at its
 * peak.
 *
 * usage: spend FILE COMMAND [ARGUMENT...] - exits as the command does */
#include <sys/types.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* macOS counts bytes. */
static long
kib(const struct rusage *usage)
{
#ifdef __APPLE__
    return usage->ru_maxrss / 1024;
#else
    return usage->ru_maxrss;
#endif
}

int
main(int argc, char *argv[])
{
    double start = now(), end;
    struct rusage usage;
    FILE *file;
    int status;
    pid_t pid;

    if (argc < 3)
        return 2;
    pid = fork();
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || getrusage(RUSAGE_CHILDREN, &usage) != 0)
        return 2;
    end = now();
    file = fopen(argv[1], "a");
    if (file == NULL)
        return 2;
    fprintf(file, "%.3f %.3f %ld\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), end - start, kib(&usage));
    if (fclose(file) != 0)
        return 2;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
