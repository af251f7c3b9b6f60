/* Has each request of the library for memory fail once, which has to be told; and looks that frames ask for none.
 *
 * It is linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc.  Exit status 0: all is well. */
#include <pong.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1000 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static unsigned requests, fail_at; /* 0: none fails */

void *
__wrap_malloc(size_t size)
{
    return ++requests == fail_at ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    return ++requests == fail_at ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
    return ++requests == fail_at ? NULL : __real_realloc(memory, size);
}

/* Whether all that asks for memory goes well. */
static bool
prepare(struct pong *pong)
{
    return pong_add_interface(pong, "EN10MB", "02:00:00:00:00:02") == 0 &&
           pong_set_addresses(pong, 0, "192.0.2.0/24, !192.0.2.3\n2001:db8::/32, 10.0.0.0/8") == 0 &&
           pong_set_own(pong, 0, "192.0.2.7/24, fe80::1/64") == 0 &&
           pong_set_rules(pong, "to 192.0.2.1 delay 3ms; options 0101\nhops 3 via 10.0.0.1") == 0 &&
           pong_set_rules(pong, "ttl 9; options 01010101; to 192.0.2.1 delay 3ms; duplicate 3") == 0;
}

/* Frames of each length, the beginning of a request.  Returns how many are answered. */
static unsigned
feed(struct pong *pong)
{
    static const uint8_t request[] = "\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0\x45\0\0\x1c\0\0\x40\0\x40\x01\xb6\xdd"
                                     "\xc0\0\x02\x01\xc0\0\x02\x02\x08\0\xf7\xff\0\0\0";
    struct pong_frame frame = {request, 0, 0, 1, 0};
    struct pong_answer answer;
    unsigned answered = 0;

    for (frame.len = 0; frame.len <= sizeof request; frame.len++) {
        (void)pong_tick(pong, 0, frame.ts_ns, &answer);
        (void)pong_answer(pong, &frame, &answer);
        answered += answer.verdict == PONG_ANSWERED;
    }
    return answered;
}

/* Has request number `number` fail.  1 when there were not so many, 0 when that was told, -1 if not. */
static int
try_one(unsigned number)
{
    struct pong *pong;
    bool is_well;
    const char *why;
    int rc;

    requests = 0;
    fail_at = number;
    pong = pong_open(1);
    is_well = prepare(pong);
    why = pong_error(pong);
    rc = is_well ? requests < number : strstr(why, "memory") != NULL ? 0 : -1;
    if (is_well != (requests < number) || rc < 0)
        rc = -1;
    if (rc < 0)
        printf("request %u: %s\n", number, *why != '\0' ? why : "nothing was said");
    pong_close(pong);
    return rc;
}

int
main(void)
{
    struct pong *pong = pong_open(1);
    bool is_frugal;
    int rc = 0;

    is_frugal = prepare(pong);
    requests = 0;
    is_frugal = feed(pong) > 0 && is_frugal;
    if (requests > 0)
        printf("frames have asked for memory %u times\n", requests);
    is_frugal = is_frugal && requests == 0;
    pong_close(pong);
    for (unsigned number = 1; rc == 0 && number < MOST; number++)
        rc = try_one(number);
    return rc == 1 && is_frugal ? 0 : 1;
}
