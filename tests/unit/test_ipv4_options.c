/* IPv4 options: what is malformed and where, and what a reply carries on; the identifiers are those of the conformance table. */
#include "unit.h"

#include <string.h>

#include "codec/ipv4_options.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

enum { FINE = -1, ROUTED = -2 };

static const struct {
    const char *rule;
    const uint8_t *options;
    size_t len;
    int bad_at; /* or FINE, ROUTED */
} checks[] = {
    {"OP-01", BYTES("\x01\x01\x01\0"), FINE},
    {"OP-02", BYTES("\0\x07\x27\x04"), FINE},
    {"OP-05", BYTES("\x07\x07\x08\x0a\0\0\x01\0"), FINE},
    {"OP-06", BYTES("\x07\x07\x03\0\0\0\0\0"), 2},
    {"OP-07", BYTES("\x01\x07\x06\x04\0\0\0\0"), 3},
    {"OP-08", BYTES("\x07\x02\0\0"), 1},
    {"OP-09 RR", BYTES("\x07\x07\x04\0\0\0\0\x07\x07\x04\0\0\0\0\0\0"), 7},
    {"OP-09 TS", BYTES("\x44\x08\x05\0\0\0\0\0\x44\x08\x05\0\0\0\0\0"), 8},
    {"OP-09 SRR", BYTES("\x83\x03\x04\x89\x03\x04\0\0"), 3},
    {"OP-13", BYTES("\x44\x08\x09\0\0\0\0\0"), FINE},
    {"OP-14", BYTES("\x44\x08\x09\xf0\0\0\0\0"), 3},
    {"OP-14 prespecified", BYTES("\x44\x08\x09\xf3\0\0\0\0"), FINE},
    {"OP-15 pointer", BYTES("\x44\x0c\x04\0\0\0\0\0\0\0\0\0"), 2},
    {"OP-15 length", BYTES("\x44\x03\0\0"), 1},
    {"OP-15 room", BYTES("\x44\x0a\x05\x01\0\0\0\0\0\0\0\0"), 2},
    {"OP-16", BYTES("\x44\x0c\x05\x02\0\0\0\0\0\0\0\0"), FINE},
    {"OP-17", BYTES("\x83\x07\x04\x0a\0\0\x01\0"), ROUTED},
    {"OP-17 pointer", BYTES("\x83\x07\x03\x0a\0\0\x01\0"), 2},
    {"OP-17 length", BYTES("\x83\x02\0\0"), 1},
    {"OP-21", BYTES("\x94\x04\0\x05"), FINE},
    {"OP-22", BYTES("\x94\x03\0\0"), 1},
    {"OP-23", BYTES("\x82\x04\0\0\x88\x04\0\0\x5e\x04\0\0"), FINE},
    {"OP-25 length 0", BYTES("\x01\x5e\0\0"), 1},
    {"OP-25 length 1", BYTES("\x5e\x01\0\0"), 0},
    {"OP-25 too long", BYTES("\x5e\x09\0\0"), 0},
    {"OP-26", BYTES("\x01\x01\x01\x07"), 3},
};

static void
test_checks(void **state)
{
    struct ipv4_options found;

    (void)state;
    for (size_t i = 0; i < COUNT(checks); i++) {
        enum ipv4_options_status expected = checks[i].bad_at == FINE     ? IPV4_OPTIONS_OK
                                            : checks[i].bad_at == ROUTED ? IPV4_OPTIONS_ROUTED
                                                                         : IPV4_OPTIONS_BAD;

        ipv4_options_read((struct bytes){checks[i].options, checks[i].len}, &found);
        if (found.status != expected || (checks[i].bad_at >= 0 && found.bad_at != (size_t)checks[i].bad_at))
            fail_msg("%s: status %d at %zu", checks[i].rule, (int)found.status, found.bad_at);
    }
}

static bool
is_stamped(const void *context, const uint8_t address[static 4])
{
    return memcmp(address, context, 4) == 0;
}

static const uint8_t ours[4] = {192, 0, 2, 2};
static const struct ipv4_options_host host = {ours, 0x01020304, is_stamped, ours};

static const struct {
    const char *rule;
    const uint8_t *options;
    size_t len;
    const uint8_t *reply; /* NULL: cannot be answered */
    size_t reply_len;
} answers[] = {
    {"OP-01", BYTES("\x01\x01\x01\0"), BYTES("")},
    {"OP-03", BYTES("\x01\x07\x0b\x04\0\0\0\0\0\0\0\0"), BYTES("\x07\x0b\x0c\xc0\0\x02\x02\xc0\0\x02\x02\0")},
    {"OP-03 more room", BYTES("\x07\x0f\x08\x0a\0\0\x01\0\0\0\0\0\0\0\0\0"),
     BYTES("\x07\x0f\x10\x0a\0\0\x01\xc0\0\x02\x02\xc0\0\x02\x02\0")},
    {"OP-04", BYTES("\x07\x07\x04\0\0\0\0\0"), BYTES("\x07\x07\x08\xc0\0\x02\x02\0")},
    {"OP-05", BYTES("\x07\x07\x08\x0a\0\0\x01\0"), BYTES("\x07\x07\x08\x0a\0\0\x01\0")},
    {"OP-07 departure", BYTES("\x07\x09\x04\0\0\0\0\0\0\0\0\0"), NULL, 0},
    {"OP-10", BYTES("\x44\x0c\x05\0\0\0\0\0\0\0\0\0"), BYTES("\x44\x0c\x0d\0\x01\x02\x03\x04\x01\x02\x03\x04")},
    {"OP-10 one", BYTES("\x44\x08\x05\0\0\0\0\0"), BYTES("\x44\x08\x09\0\x01\x02\x03\x04")},
    {"OP-11", BYTES("\x44\x14\x05\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
     BYTES("\x44\x14\x15\x01\xc0\0\x02\x02\x01\x02\x03\x04\xc0\0\x02\x02\x01\x02\x03\x04")},
    {"OP-12 ours", BYTES("\x44\x14\x05\x03\xc0\0\x02\x02\0\0\0\0\xc0\0\x02\x01\0\0\0\0"),
     BYTES("\x44\x14\x0d\x03\xc0\0\x02\x02\x01\x02\x03\x04\xc0\0\x02\x01\0\0\0\0")},
    {"OP-12 ours twice", BYTES("\x44\x14\x05\x03\xc0\0\x02\x02\0\0\0\0\xc0\0\x02\x02\0\0\0\0"),
     BYTES("\x44\x14\x15\x03\xc0\0\x02\x02\x01\x02\x03\x04\xc0\0\x02\x02\x01\x02\x03\x04")},
    {"OP-12 not ours", BYTES("\x44\x0c\x05\x03\xc0\0\x02\x01\0\0\0\0"), BYTES("\x44\x0c\x05\x03\xc0\0\x02\x01\0\0\0\0")},
    {"OP-13", BYTES("\x44\x08\x09\x20\0\0\0\0"), BYTES("\x44\x08\x09\x30\0\0\0\0")},
    {"OP-13 prespecified", BYTES("\x44\x08\x09\x23\0\0\0\0"), BYTES("\x44\x08\x09\x23\0\0\0\0")},
    {"OP-15 departure", BYTES("\x44\x0a\x05\0\0\0\0\0\0\0\0\0"), NULL, 0},
    {"OP-16", BYTES("\x44\x0c\x05\x02\0\0\0\0\0\0\0\0"), BYTES("\x44\x0c\x05\x02\0\0\0\0\0\0\0\0")},
    {"order", BYTES("\x44\x08\x09\0\0\0\0\0\x94\x04\0\0\x07\x07\x08\x0a\0\0\x01\0"),
     BYTES("\x07\x07\x08\x0a\0\0\x01\x44\x08\x09\x10\0\0\0\0\0")},
};

static void
test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        uint8_t out[IPV4_OPTIONS_MAX];
        struct ipv4_options found;
        int len;

        ipv4_options_read((struct bytes){answers[i].options, answers[i].len}, &found);
        assert_int_equal(found.status, IPV4_OPTIONS_OK);
        len = ipv4_options_answer(&found, &host, out);
        if (answers[i].reply == NULL ? len != -1
                                     : len != (int)answers[i].reply_len || memcmp(out, answers[i].reply, (size_t)len) != 0)
            fail_msg("%s: another answer of %d bytes", answers[i].rule, len);
    }
}

/* Each type, length and pointer: nothing is read or written beyond the options, and each is judged. */
static void
test_every_short_option(void **state)
{
    static const uint8_t types[] = {7, 68, 131, 137, 148, 30};

    (void)state;
    for (size_t t = 0; t < COUNT(types); t++)
        for (unsigned len = 0; len <= 41; len++)
            for (unsigned pointer = 0; pointer < 256; pointer++)
                for (uint8_t flags = 0; flags < 5; flags++) {
                    uint8_t options[40] = {types[t], (uint8_t)len, (uint8_t)pointer, flags}, out[IPV4_OPTIONS_MAX];
                    struct ipv4_options found;

                    ipv4_options_read((struct bytes){options, sizeof options}, &found);
                    if (found.status == IPV4_OPTIONS_OK)
                        assert_in_range(ipv4_options_answer(&found, &host, out) + 1, 0, IPV4_OPTIONS_MAX + 1);
                }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_every_short_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
