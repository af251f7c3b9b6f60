/* A stream of functions where it is funopen(3) that makes it, which here is glibc's fopencookie(3) in its clothes. */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct clothes {
    const void *cookie;
    int (*read)(void *cookie, char *buffer, int size);
    int (*close)(void *cookie);
};

static ssize_t
clothes_read(void *cookie, char *buffer, size_t size)
{
    struct clothes *clothes = cookie;

    return clothes->read((void *)(uintptr_t)clothes->cookie, buffer, (int)size);
}

static int
clothes_close(void *cookie)
{
    struct clothes *clothes = cookie;
    int rc = clothes->close((void *)(uintptr_t)clothes->cookie);

    free(clothes);
    return rc;
}

static FILE *
funopen(const void *cookie, int (*read)(void *cookie, char *buffer, int size),
        int (*write)(void *cookie, const char *buffer, int size), fpos_t (*seek)(void *cookie, fpos_t offset, int whence),
        int (*close)(void *cookie))
{
    struct clothes *clothes = malloc(sizeof *clothes);

    if (clothes == NULL || write != NULL || seek != NULL)
        abort();
    *clothes = (struct clothes){cookie, read, close};
    return fopencookie(clothes, "rb", (cookie_io_functions_t){.read = clothes_read, .close = clothes_close});
}

#define STREAM_BY_FUNOPEN
#include "platform/stream.c"

#include "unit.h"

struct source {
    size_t left;
    int error, closed;
};

static ssize_t
source_read(void *cookie, char *buffer, size_t size)
{
    struct source *source = cookie;
    size_t count = size < source->left ? size : source->left;

    if (source->error != 0) {
        errno = source->error;
        return -1;
    }
    for (size_t i = 0; i < count; i++)
        buffer[i] = (char)('a' + (source->left - i) % 26);
    source->left -= count;
    return (ssize_t)count;
}

static int
source_close(void *cookie)
{
    ((struct source *)cookie)->closed++;
    return 0;
}

static void
test_a_stream_is_read_and_closed(void **state)
{
    struct source source = {.left = 100000};
    FILE *file = platform_stream(&source, source_read, source_close);
    size_t count = 0;
    int byte;

    (void)state;
    assert_non_null(file);
    for (; (byte = getc(file)) != EOF; count++)
        assert_int_equal(byte, 'a' + (int)((100000 - count) % 26));
    assert_int_equal(count, 100000);
    assert_false(ferror(file));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(source.closed, 1);
}

static void
test_an_error_is_one(void **state)
{
    struct source source = {.left = 10, .error = EIO};
    FILE *file = platform_stream(&source, source_read, source_close);

    (void)state;
    assert_non_null(file);
    assert_int_equal(getc(file), EOF);
    assert_int_equal(errno, EIO);
    assert_true(ferror(file));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(source.closed, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stream_is_read_and_closed),
        cmocka_unit_test(test_an_error_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
