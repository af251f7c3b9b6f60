/* The Internet checksum: known vectors, every value of an update, odd lengths, and carries. */
#include "unit.h"

#include "codec/checksum.h"
#include "craft.h"

static void
test_rfc1071_example(void **state)
{
    static const uint8_t data[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

    (void)state;
    assert_int_equal(checksum_fold(checksum_add(0, data, sizeof data)), 0xddf2);
    assert_int_equal(checksum(data, sizeof data), 0x220d);
}

static void
test_empty_and_zero(void **state)
{
    static const uint8_t zero[8];

    (void)state;
    assert_int_equal(checksum(zero, 0), 0xffff);
    assert_int_equal(checksum(zero, sizeof zero), 0xffff);
}

static void
test_all_ones_carry(void **state)
{
    uint8_t data[4096];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = 0xff;
    assert_int_equal(checksum(data, sizeof data), 0);
}

static void
test_agrees_with_plain_sum(void **state)
{
    uint8_t data[300];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 167 + 13);
    for (size_t start = 0; start < 8; start++)
        for (size_t len = 0; start + len <= sizeof data; len++)
            assert_int_equal(checksum(data + start, len), craft_sum(0, data + start, len));
}

static void
test_sum_in_pieces(void **state)
{
    uint8_t data[101];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 31 + 7);
    for (size_t cut = 0; cut <= sizeof data; cut += 2)
        assert_int_equal(checksum_fold(checksum_add(checksum_add(0, data, cut), data + cut, sizeof data - cut)),
                         checksum_fold(checksum_add(0, data, sizeof data)));
}

/* RFC 1624 section 4: the example that equation 2 gets wrong. */
static void
test_rfc1624_example(void **state)
{
    (void)state;
    assert_int_equal(checksum_update(0xdd2f, 0x5555, 0x3285), 0x0000);
}

/* Each of the 65536 values that a word can have before, with something else in the datagram so that no sum is zero. */
static void
test_update_agrees_with_full_sum(void **state)
{
    uint8_t data[6] = {0x12, 0x34, 0, 0, 0x45, 0x01};

    (void)state;
    for (unsigned before = 0; before <= 0xffff; before++) {
        uint16_t after = (uint16_t)(before * 40503U + 17), old;

        data[2] = (uint8_t)(before >> 8);
        data[3] = (uint8_t)before;
        old = checksum(data, sizeof data);
        data[2] = (uint8_t)(after >> 8);
        data[3] = (uint8_t)after;
        assert_int_equal(checksum_update(old, (uint16_t)before, after), checksum(data, sizeof data));
    }
}

static void
test_pseudo_header_counts_all(void **state)
{
    uint8_t src[16] = {1}, dst[16] = {[15] = 2};

    (void)state;
    assert_int_equal(checksum_fold(checksum_pseudo6(src, dst, 0x10003, 58)), 0x0100 + 2 + 1 + 3 + 58);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc1071_example),
        cmocka_unit_test(test_empty_and_zero),
        cmocka_unit_test(test_all_ones_carry),
        cmocka_unit_test(test_agrees_with_plain_sum),
        cmocka_unit_test(test_sum_in_pieces),
        cmocka_unit_test(test_rfc1624_example),
        cmocka_unit_test(test_update_agrees_with_full_sum),
        cmocka_unit_test(test_pseudo_header_counts_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
