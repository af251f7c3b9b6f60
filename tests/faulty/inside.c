/* What fails inside a pongd for tests, where no system call shows it: memory, and a clock that is set (glibc).
 *
 * FAULTY_MEMORY=N       allocation number N fails (not with a sanitizer, which has its own)
 * FAULTY_BLOCKS=FILE    gets how many allocations there were, and how many blocks were left in the end
 * FAULTY_CLOCK=FILE     32 bytes that begin with a number of seconds, by which the day's clock is ahead from then on */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pcap.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define HAS_SANITIZER
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define HAS_SANITIZER
#endif
#endif

enum { CLOCK_TEXT = 32, BLOCKS_TEXT = 64 };

static atomic_ulong allocations, fatal;
static atomic_long blocks;
static const char *clock_text;
static char *blocks_text;
static int (*next_clock)(clockid_t, struct timespec *);
static int (*next_packet)(pcap_t *, struct pcap_pkthdr **, const u_char **);

/* --- the clock */

static long
ahead(void)
{
    return clock_text == NULL ? 0 : strtol(clock_text, NULL, 10);
}

int
clock_gettime(clockid_t id, struct timespec *now)
{
    int rc;

    if (next_clock == NULL) /* POSIX has dlsym() return functions as objects */
        *(void **)&next_clock = dlsym(RTLD_NEXT, "clock_gettime");
    rc = next_clock(id, now);
    if (rc == 0 && id == CLOCK_REALTIME)
        now->tv_sec += ahead();
    return rc;
}

/* The kernel's stamps are of the same clock. */
int
pcap_next_ex(pcap_t *pcap, struct pcap_pkthdr **header, const u_char **data)
{
    int rc;

    if (next_packet == NULL)
        *(void **)&next_packet = dlsym(RTLD_NEXT, "pcap_next_ex");
    rc = next_packet(pcap, header, data);
    if (rc == 1)
        (*header)->ts.tv_sec += ahead();
    return rc;
}

/* --- memory */

static atomic_int aside; /* within what cannot do without */

/* libpcap's scanner ends the program then, or has it crash; pongd looks for memory before. */
int
pcap_compile(pcap_t *pcap, struct bpf_program *program, const char *text, int optimize, bpf_u_int32 netmask)
{
    int (*next)(pcap_t *, struct bpf_program *, const char *, int, bpf_u_int32);
    int rc;

    *(void **)&next = dlsym(RTLD_NEXT, "pcap_compile");
    aside++;
    rc = next(pcap, program, text, optimize, netmask);
    aside--;
    return rc;
}

/* glibc's asserts that what it needs is there. */
struct passwd *
getpwnam(const char *name)
{
    struct passwd *(*next)(const char *);
    struct passwd *found;

    *(void **)&next = dlsym(RTLD_NEXT, "getpwnam");
    aside++;
    found = next(name);
    aside--;
    return found;
}

/* libseccomp crashes where memory for its tree is lacking; again pongd looks before.  They are as <seccomp.h> has them, which
 * need not be there. */
void *seccomp_init(uint32_t action);
void seccomp_release(void *context);

void *
seccomp_init(uint32_t action)
{
    void *(*next)(uint32_t);

    *(void **)&next = dlsym(RTLD_NEXT, "seccomp_init");
    aside++;
    return next(action);
}

void
seccomp_release(void *context)
{
    void (*next)(void *);

    *(void **)&next = dlsym(RTLD_NEXT, "seccomp_release");
    next(context);
    aside--;
}

#if defined __GLIBC__ && !defined HAS_SANITIZER
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static bool
is_out_of_memory(void)
{
    if (aside > 0 || ++allocations != fatal)
        return false;
    errno = ENOMEM;
    return true;
}

static void *
note(void *block)
{
    if (block != NULL)
        blocks++;
    return block;
}

void *
malloc(size_t size)
{
    return is_out_of_memory() ? NULL : note(__libc_malloc(size));
}

void *
calloc(size_t count, size_t size)
{
    return is_out_of_memory() ? NULL : note(__libc_calloc(count, size));
}

void *
realloc(void *block, size_t size)
{
    void *got;

    if (is_out_of_memory())
        return NULL;
    got = __libc_realloc(block, size);
    if (block == NULL)
        note(got);
    else if (got == NULL && size == 0)
        blocks--;
    return got;
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    return is_out_of_memory() ? NULL : note(__libc_memalign(alignment, size));
}

int
posix_memalign(void **block, size_t alignment, size_t size)
{
    void *got = aligned_alloc(alignment, size);

    if (got == NULL)
        return ENOMEM;
    *block = got;
    return 0;
}

void
free(void *block)
{
    if (block != NULL)
        blocks--;
    __libc_free(block);
}
#endif

/* --- the beginning and the end */

/* Opens a file that the environment names, and has it in memory; NULL if that is not to be had. */
static char *
share(const char *name, int flags, int protection, size_t len)
{
    const char *path = getenv(name);
    int fd = path == NULL ? -1 : open(path, flags | O_CLOEXEC, 0600);
    void *mapped = MAP_FAILED;

    if (fd >= 0 && ((flags & O_CREAT) == 0 || ftruncate(fd, (off_t)len) == 0))
        mapped = mmap(NULL, len, protection, MAP_SHARED, fd, 0);
    if (fd >= 0)
        close(fd);
    return mapped == MAP_FAILED ? NULL : mapped;
}

/* Whatever is opened is opened now: in the sandbox there are no files. */
__attribute__((constructor)) static void
begin(void)
{
    const char *number = getenv("FAULTY_MEMORY");

    clock_text = share("FAULTY_CLOCK", O_RDONLY, PROT_READ, CLOCK_TEXT);
    blocks_text = share("FAULTY_BLOCKS", O_RDWR | O_CREAT | O_TRUNC, PROT_READ | PROT_WRITE, BLOCKS_TEXT);
    allocations = 0;
    blocks = 0;
    fatal = number == NULL ? 0 : strtoul(number, NULL, 10);
}

__attribute__((destructor)) static void
end(void)
{
    if (blocks_text != NULL)
        snprintf(blocks_text, BLOCKS_TEXT, "%lu %ld\n", (unsigned long)allocations, (long)blocks);
}
