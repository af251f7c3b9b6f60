/* SipHash-2-4 against vectors of its authors, and keys from seeds. */
#include "unit.h"

#include "responder/siphash.h"

/* Key 00 01 … 0f, messages of 0, 1, 2 … bytes 00 01 …; from the appendix of the paper and its reference tests. */
static void
test_vectors(void **state)
{
    static const struct siphash_key key = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};
    static const struct {
        size_t len;
        uint64_t hash;
    } vectors[] = {
        {0, UINT64_C(0x726fdb47dd0e0e31)},
        {1, UINT64_C(0x74f839c593dc67fd)},
        {7, UINT64_C(0xab0200f58b01d137)},
        {8, UINT64_C(0x93f5f5799a932462)},
        {9, UINT64_C(0x9e0082df0ba9e4b0)},
        {15, UINT64_C(0xa129ca6149be45e5)},
        {16, UINT64_C(0x3f2acc7f57c29bdb)},
        {33, UINT64_C(0xa7f32346f95978e3)},
        {63, UINT64_C(0x958a324ceb064572)},
    };
    uint8_t message[63];

    (void)state;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    for (size_t i = 0; i < COUNT(vectors); i++)
        assert_true(siphash(&key, message, vectors[i].len) == vectors[i].hash);
}

static void
test_keys_depend_on_the_seed(void **state)
{
    struct siphash_key one = siphash_key(1), again = siphash_key(1), two = siphash_key(2);

    (void)state;
    assert_memory_equal(&one, &again, sizeof one);
    assert_memory_not_equal(&one, &two, sizeof one);
    assert_true(siphash_key(0).half[0] == UINT64_C(0xe220a8397b1dcdaf)); /* SplitMix64 from 0 */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_keys_depend_on_the_seed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
