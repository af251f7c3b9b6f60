/* The cursor and the writer: never a byte too far. */
#include "unit.h"

#include "codec/bytes.h"

static void
test_take_stops_at_the_end(void **state)
{
    static const uint8_t data[4] = {1, 2, 3, 4};
    struct bytes bytes = {data, sizeof data};

    (void)state;
    assert_ptr_equal(bytes_take(&bytes, 3), data);
    assert_null(bytes_take(&bytes, 2));
    assert_int_equal(bytes.left, 1);
    assert_null(bytes_take(&bytes, SIZE_MAX));
    assert_ptr_equal(bytes_take(&bytes, 1), data + 3);
    assert_non_null(bytes_take(&bytes, 0));
    assert_null(bytes_take(&bytes, 1));
}

static void
test_trim_only_shortens(void **state)
{
    static const uint8_t data[4];
    struct bytes bytes = {data, sizeof data};

    (void)state;
    bytes_trim(&bytes, 9);
    assert_int_equal(bytes.left, 4);
    bytes_trim(&bytes, 2);
    assert_int_equal(bytes.left, 2);
}

static void
test_loads(void **state)
{
    static const uint8_t data[4] = {0x01, 0x02, 0x83, 0x84};

    (void)state;
    assert_int_equal(load_be16(data), 0x0102);
    assert_int_equal(load_be32(data), 0x01028384);
    assert_int_equal(load_le32(data), 0x84830201);
}

static void
test_writer_writes(void **state)
{
    uint8_t data[9];
    struct writer writer = {data, sizeof data, false};

    (void)state;
    writer_u8(&writer, 0x11);
    writer_be16(&writer, 0x2233);
    writer_be32(&writer, 0x44556677);
    writer_put(&writer, (const uint8_t *)"\x88", 1);
    writer_zero(&writer, 1);
    assert_false(writer.overflow);
    assert_int_equal(writer.left, 0);
    assert_memory_equal(data, "\x11\x22\x33\x44\x55\x66\x77\x88\x00", 9);
}

static void
test_writer_overflow_is_sticky(void **state)
{
    uint8_t data[3] = {9, 9, 9};
    struct writer writer = {data, 2, false};

    (void)state;
    assert_null(writer_take(&writer, 3));
    assert_true(writer.overflow);
    writer_u8(&writer, 1);
    writer_be16(&writer, 1);
    writer_zero(&writer, 1);
    writer_put(&writer, (const uint8_t *)"x", 1);
    assert_memory_equal(data, "\x09\x09\x09", 3);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take_stops_at_the_end), cmocka_unit_test(test_trim_only_shortens),
        cmocka_unit_test(test_loads),                 cmocka_unit_test(test_writer_writes),
        cmocka_unit_test(test_writer_overflow_is_sticky),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
