/* The Internet checksum: known vectors, every value of an update, odd lengths, and carries. */
#include "unit.h"

#include <string.h>

#include "codec/checksum.h"
#include "responder/random.h"

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

/* The sum as RFC 1071 defines it: word by word, carries wrapped around. */
static uint16_t
plain_fold(uint64_t sum, const uint8_t *data, size_t len)
{
    size_t i;

    for (i = 0; i + 1 < len; i += 2)
        sum += (uint64_t)data[i] << 8 | data[i + 1];
    if (i < len)
        sum += (uint64_t)data[i] << 8;
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

enum { ALIGNMENTS = 64, LONGEST = 65535 };

/* Room for every length at every alignment, and bytes behind that must not count. */
static uint8_t room[2 * ALIGNMENTS + LONGEST + 1];

static uint8_t *
aligned_at(size_t alignment)
{
    return room + (ALIGNMENTS - (uintptr_t)room % ALIGNMENTS) % ALIGNMENTS + alignment;
}

static void
fill_random(void)
{
    struct random random;

    random_init(&random, 1);
    for (size_t i = 0; i < sizeof room; i++)
        room[i] = (uint8_t)random_next(&random);
}

static void
fill_ones(void)
{
    memset(room, 0xff, sizeof room);
}

static void
fill_zero(void)
{
    memset(room, 0, sizeof room);
}

/* Zeros but for one byte in the middle of it all, so that a sum of 0 and one of 0xffff are told apart. */
static void
fill_sparse(void)
{
    fill_zero();
    for (size_t i = 0; i < sizeof room; i += 257)
        room[i] = 0xff;
}

static void (*const fills[])(void) = {fill_random, fill_ones, fill_zero, fill_sparse};

static void
agree(const uint8_t *data, size_t len)
{
    static const uint64_t before[] = {0, 1, 0xffff, 0x10000, 0x12345678, UINT64_C(0xffffffffffff), UINT64_C(0xfedcba987654321)};

    for (size_t i = 0; i < COUNT(before); i++)
        assert_int_equal(checksum_fold(checksum_add(before[i], data, len)), plain_fold(before[i], data, len));
}

static void
test_every_length_at_every_alignment(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fills); i++) {
        fills[i]();
        for (size_t alignment = 0; alignment < ALIGNMENTS; alignment++)
            for (size_t len = 0; len <= 300; len++)
                agree(aligned_at(alignment), len);
    }
}

static void
test_long_ones(void **state)
{
    static const size_t lens[] = {1400, 1401, 8191, 8192, 9000, 65507, 65534, LONGEST};

    (void)state;
    for (size_t i = 0; i < COUNT(fills); i++) {
        fills[i]();
        for (size_t alignment = 0; alignment < ALIGNMENTS; alignment += 7)
            for (size_t j = 0; j < COUNT(lens); j++)
                agree(aligned_at(alignment), lens[j]);
    }
}

/* Every value of each 16 bits of a sum, with all bits of the others and with none. */
static void
test_fold_agrees_with_plain_fold(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 64; shift += 16)
        for (uint64_t word = 0; word <= 0xffff; word++) {
            uint64_t sum = word << shift, ones = ~(UINT64_C(0xffff) << shift);

            assert_int_equal(checksum_fold(sum), plain_fold(sum, NULL, 0));
            assert_int_equal(checksum_fold(sum | ones), plain_fold(sum | ones, NULL, 0));
        }
}

static void
test_sum_in_pieces(void **state)
{
    uint8_t data[101];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 31 + 7);
    for (size_t cut = 0; cut <= sizeof data; cut += 2) {
        assert_int_equal(checksum_fold(checksum_add(checksum_add(0, data, cut), data + cut, sizeof data - cut)),
                         checksum_fold(checksum_add(0, data, sizeof data)));
        assert_int_equal(checksum_fold(checksum_add(0, data + cut, sizeof data - cut) + checksum_add(0, data, cut)),
                         checksum_fold(checksum_add(0, data, sizeof data)));
    }
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
        cmocka_unit_test(test_every_length_at_every_alignment),
        cmocka_unit_test(test_long_ones),
        cmocka_unit_test(test_fold_agrees_with_plain_fold),
        cmocka_unit_test(test_sum_in_pieces),
        cmocka_unit_test(test_rfc1624_example),
        cmocka_unit_test(test_update_agrees_with_full_sum),
        cmocka_unit_test(test_pseudo_header_counts_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
