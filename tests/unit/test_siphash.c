/* SipHash-2-4 against vectors of its authors, and keys from seeds. */
#include "unit.h"

#include "responder/siphash.h"

/* Key 00 01 … 0f, messages of 0, 1, 2 … bytes 00 01 …; from the appendix of the paper and its reference tests. */
static void
test_vectors(void **state)
{
    static const struct siphash_key key = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};
    uint8_t message[15];

    (void)state;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    assert_true(siphash(&key, message, 15) == UINT64_C(0xa129ca6149be45e5));
    assert_true(siphash(&key, message, 0) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(siphash(&key, message, 8) == UINT64_C(0x93f5f5799a932462));
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
