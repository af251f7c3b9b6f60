/* Lines in the making: the same as printf(3) and inet_ntop(3) would have it. */
#include "unit.h"

#include <sys/socket.h>
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

#include "line.h"

static const char *
text_of(struct line *line)
{
    line_bytes(line, "", 1);
    return line->bytes;
}

static void
test_numbers(void **state)
{
    static const uint64_t numbers[] = {0, 1, 9, 10, 99, 100, 65535, 999999999, UINT64_C(10000000000000000000), UINT64_MAX};
    struct line line;
    char expected[32];

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        line_start(&line, stdout);
        line_number(&line, numbers[i]);
        snprintf(expected, sizeof expected, "%" PRIu64, numbers[i]);
        assert_string_equal(text_of(&line), expected);
        for (unsigned digits = 1; digits <= 20; digits++) {
            line_start(&line, stdout);
            line_digits(&line, numbers[i], digits);
            snprintf(expected, sizeof expected, "%0*" PRIu64, (int)digits, numbers[i]);
            assert_string_equal(text_of(&line), expected);
        }
    }
}

static void
test_hex(void **state)
{
    static const uint32_t numbers[] = {0, 9, 10, 15, 16, 255, 0xabcdef, UINT32_MAX};
    struct line line;
    char expected[16];

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++)
        for (unsigned digits = 1; digits <= 8; digits++) {
            line_start(&line, stdout);
            line_hex(&line, numbers[i], digits);
            snprintf(expected, sizeof expected, "%0*" PRIx32, (int)digits, numbers[i]);
            assert_string_equal(text_of(&line), expected);
        }
}

static void
expect_address(uint8_t version, const uint8_t bytes[static 16], const char *expected)
{
    struct address address = {.version = version};
    struct line line;

    memcpy(address.bytes, bytes, 16);
    line_start(&line, stdout);
    line_address(&line, &address);
    assert_string_equal(text_of(&line), expected);
}

static void
test_addresses(void **state)
{
    static const char *const texts[] = {
        "::", "::1", "1::", "fe80::1", "2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1", "2001:0:0:1::1", "1:2:3:4:5:6:7:8",
        "0:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:0", "1:2:3:4:5:6::", "::ffff:192.0.2.1", "::192.0.2.1", "::ffff:0:1:2",
        "ff02::1:ff00:a", "a0:b00:c000:d::", "0:1::", "0:0:1::", "0:1:2:3:4:5:6:7",
    };
    uint8_t bytes[16];

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(inet_pton(AF_INET6, texts[i], bytes), 1);
        expect_address(6, bytes, texts[i]);
    }
    expect_address(4, (const uint8_t[16]){0}, "0.0.0.0");
    expect_address(4, (const uint8_t[16]){255, 99, 100, 9}, "255.99.100.9");
    expect_address(0, (const uint8_t[16]){1}, "?");
    for (unsigned i = 0; i <= 255; i++) {
        char text[INET_ADDRSTRLEN];

        snprintf(text, sizeof text, "%u.%u.%u.%u", i, 255 - i, i, i);
        expect_address(4, (const uint8_t[16]){(uint8_t)i, (uint8_t)(255 - i), (uint8_t)i, (uint8_t)i}, text);
    }
}

/* Each way in which groups can be zero or not, one digit long up to four.  What systems write of ::a.b.c.d is left out. */
static void
test_groups(void **state)
{
    char expected[INET6_ADDRSTRLEN];
    uint8_t bytes[16];

    (void)state;
    assert_int_equal(inet_pton(AF_INET6, "0:0:1:0:0:1:0:0", bytes), 1);
    expect_address(6, bytes, "::1:0:0:1:0:0");
    if (strcmp(inet_ntop(AF_INET6, bytes, expected, sizeof expected), "::1:0:0:1:0:0") != 0)
        skip(); /* musl's takes another one of equals */
    for (unsigned set = 4; set < 256; set++) /* a bit for each group, the first one's the lowest */
        for (unsigned shift = 0; shift < 16; shift += 4) {
            for (unsigned i = 0; i < 8; i++) {
                bytes[2 * i] = (uint8_t)((set >> i & 1) << shift >> 8);
                bytes[2 * i + 1] = (uint8_t)((set >> i & 1) << shift);
            }
            if ((set & 0x3f) == 0)
                continue;
            assert_non_null(inet_ntop(AF_INET6, bytes, expected, sizeof expected));
            expect_address(6, bytes, expected);
        }
}

/* What is longer than the room goes out in between. */
static void
test_long(void **state)
{
    char long_text[1500], got[sizeof long_text + 16];
    FILE *file = tmpfile();
    struct line line;

    (void)state;
    assert_non_null(file);
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    line_start(&line, file);
    line_text(&line, "a");
    line_text(&line, long_text);
    for (int i = 0; i < 10; i++)
        line_number(&line, (uint64_t)i);
    line_format(&line, "%s", "z");
    line_flush(&line);
    rewind(file);
    assert_int_equal(fread(got, 1, sizeof got, file), sizeof long_text + 11);
    assert_memory_equal(got, "a", 1);
    assert_memory_equal(got + 1, long_text, sizeof long_text - 1);
    assert_memory_equal(got + sizeof long_text, "0123456789z", 11);
    fclose(file);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
