/* Numbers, times and addresses as a user types them. */
#include "unit.h"

#include <string.h>

#include "parse.h"
#include "responder/random.h"

static char errbuf[PORT_ERRBUF];

static void
test_numbers(void **state)
{
    static const char *const wrong[] = {"", " 1", "1 ", "-1", "+1", "0x10", "1.5", "18446744073709551616", "99999999999999999999999"};
    uint64_t value;

    (void)state;
    assert_int_equal(parse_number("0", 0, 9, &value, errbuf), 0);
    assert_int_equal(parse_number("18446744073709551615", 0, UINT64_MAX, &value, errbuf), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(parse_number("10", 0, 9, &value, errbuf), -1);
    assert_int_equal(parse_number("1", 2, 9, &value, errbuf), -1);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(parse_number(wrong[i], 0, UINT64_MAX, &value, errbuf), -1);
    assert_non_null(strstr(errbuf, "from 0 to 18446744073709551615"));
}

static void
test_ranges(void **state)
{
    static const char *const wrong[] = {"", "-", "1-", "-1", "5-4", "1-99", "1;2", "a"};
    const char *text = "3,7-9";
    uint64_t first, last;

    (void)state;
    assert_int_equal(parse_range(&text, 0, 10, &first, &last, errbuf), 0);
    assert_true(first == 3 && last == 3 && *text == ',');
    text++;
    assert_int_equal(parse_range(&text, 0, 10, &first, &last, errbuf), 0);
    assert_true(first == 7 && last == 9 && *text == '\0');
    for (size_t i = 0; i < COUNT(wrong); i++) {
        text = wrong[i];
        assert_int_equal(parse_range(&text, 0, 10, &first, &last, errbuf), -1);
    }
}

static void
test_integers(void **state)
{
    static const char *const wrong[] = {"", "-", "0x", "0xg", "x10", "1-", "-1", "+1", " 1", "1 ", "0x-1", "0x10000000000000000",
                                        "0x1ffffffffffffffff"};
    uint64_t value;

    (void)state;
    assert_int_equal(parse_integer("0x1F", 0, 31, &value, errbuf), 0);
    assert_int_equal(value, 31);
    assert_int_equal(parse_integer("0XffffffffffffffFF", 0, UINT64_MAX, &value, errbuf), 0);
    assert_true(value == UINT64_MAX);
    assert_int_equal(parse_integer("007", 0, 9, &value, errbuf), 0);
    assert_int_equal(value, 7);
    assert_int_equal(parse_integer("0x20", 0, 31, &value, errbuf), -1);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(parse_integer(wrong[i], 0, UINT64_MAX, &value, errbuf), -1);
}

static void
test_times(void **state)
{
    static const struct {
        const char *text;
        uint64_t ns;
    } right[] = {
        {"0", 0}, {"0ns", 0}, {"0.0", 0}, {"1ns", 1}, {"1000ns", 1000}, {"250us", 250000}, {"20ms", 20000000},
        {"1500ms", 1500000000}, {"1.5s", 1500000000}, {"2min", 120000000000}, {"24h", 86400000000000}, {"0.000000001s", 1},
        {"0.000000001h", 3600}, {"1.9ns", 1}, {"18446744073s", 18446744073000000000U},
    };
    static const char *const wrong[] = {"", "s", "-1s", "1", "1.5", "1m", "1 s", "1s ", "1e3s", "1.s", ".1s", "1.2.3s", "0x1s",
                                        "1.0000000001s", "99999999999999999999s", "1S", "18446744074s"};
    uint64_t ns;

    (void)state;
    for (size_t i = 0; i < COUNT(right); i++) {
        assert_int_equal(parse_time(right[i].text, 0, UINT64_MAX, &ns, errbuf), 0);
        assert_true(ns == right[i].ns);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(parse_time(wrong[i], 0, UINT64_MAX, &ns, errbuf), -1);
    assert_int_equal(parse_time("1s", 1, 1000000000, &ns, errbuf), 0);
    assert_int_equal(parse_time("1.000000001s", 1, 1000000000, &ns, errbuf), -1);
    assert_string_equal(errbuf, "\"1.000000001s\" is no time from 1ns to 1s");
    assert_int_equal(parse_time("0", 1, 1000000000, &ns, errbuf), -1);
}

static void
test_percentages(void **state)
{
    static const struct {
        const char *text;
        uint64_t parts;
    } right[] = {
        {"0%", 0}, {"0.000000001%", 1}, {"0.001%", 1000000}, {"5%", 5000000000}, {"99.999999999%", RANDOM_WHOLE - 1},
        {"100%", RANDOM_WHOLE}, {"100.000%", RANDOM_WHOLE},
    };
    static const char *const wrong[] = {"", "%", "5", "-5%", "5%%", "5 %", "100.000000001%", "101%", "1.0000000000%", ".5%", "1e1%",
                                        "18446744073709551616%"};
    uint64_t parts;

    (void)state;
    for (size_t i = 0; i < COUNT(right); i++) {
        assert_int_equal(parse_percent(right[i].text, &parts, errbuf), 0);
        assert_true(parts == right[i].parts);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(parse_percent(wrong[i], &parts, errbuf), -1);
}

static void
test_bytes(void **state)
{
    static const char *const wrong[] = {"", "00", "0", "000", "000g", "0000:", ":0000", "00::00", "00 00", "0x00", "0000000000"};
    uint8_t bytes[4];
    size_t count;

    (void)state;
    assert_int_equal(parse_bytes("07:0aFF", 2, sizeof bytes, bytes, &count, errbuf), 0);
    assert_int_equal(count, 3);
    assert_memory_equal(bytes, "\x07\x0a\xff", 3);
    assert_int_equal(parse_bytes("00:00:00:00", 2, sizeof bytes, bytes, &count, errbuf), 0);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(parse_bytes(wrong[i], 2, sizeof bytes, bytes, &count, errbuf), -1);
}

/* Whatever an address is for: rules are about any. */
static void
test_any_addresses(void **state)
{
    struct address address;
    unsigned len;

    (void)state;
    assert_int_equal(parse_address("224.0.0.1", &address, errbuf), 0);
    assert_int_equal(address.version, 4);
    assert_int_equal(parse_address("2001:DB8:0::1", &address, errbuf), 0);
    assert_int_equal(address.version, 6);
    assert_int_equal(parse_address("10.0.0.0/8", &address, errbuf), -1);
    assert_int_equal(parse_any_prefix("ff02::/16", &address, &len, errbuf), 0);
    assert_int_equal(len, 16);
}

static void
test_prefixes(void **state)
{
    static const char *const wrong[] = {"",          "/",          "/8",        "1.2.3",       "1.2.3.4.5",    "256.1.1.1",
                                        "1.2.3.4/",  "1.2.3.4/33", "1.2.3.4/x", "1.2.3.4/8/8", "fd00::/129",   "fd00:::1",
                                        "eth0",      "fe80::1%lo", "224.0.0.1", "ff02::1",     "1.2.3.4/-1",   " 1.2.3.4",
                                        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
    struct address address;
    unsigned len;

    (void)state;
    assert_int_equal(parse_prefix("192.0.2.1", &address, &len, errbuf), 0);
    assert_int_equal(address.version, 4);
    assert_int_equal(len, 32);
    assert_memory_equal(address.bytes, "\xc0\0\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_int_equal(parse_prefix("192.0.2.1/24", &address, &len, errbuf), 0);
    assert_int_equal(len, 24);
    assert_int_equal(parse_prefix("2001:db8::/32", &address, &len, errbuf), 0);
    assert_int_equal(address.version, 6);
    assert_int_equal(len, 32);
    assert_int_equal(parse_prefix("::/0", &address, &len, errbuf), 0);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        errbuf[0] = '\0';
        assert_int_equal(parse_prefix(wrong[i], &address, &len, errbuf), -1);
        assert_true(strlen(errbuf) > 0);
    }
}

static void
test_mac_addresses(void **state)
{
    static const char *const right[] = {"02:0a:00:00:0B:ff", "2:a:0:0:b:FF", "02-0A-00-00-0b-ff"};
    static const char *const wrong[] = {
        "", ":", "02", "02:00:00:00:00", "02:00:00:00:00:", "02:00:00:00:00:01:", "02:00:00:00:00:01:02",
        "02:00:00:00:00:001", "02:00:00:00:00:0g", "02::00:00:00:01", "020000000001", " 02:00:00:00:00:01",
        "02:00:00:00:00:01 ", "02.00.00.00.00.01", "01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00",
        "-2:00:00:00:00:01",
    };
    uint8_t mac[LINK_MAC_LEN];

    (void)state;
    for (size_t i = 0; i < COUNT(right); i++) {
        assert_int_equal(parse_mac(right[i], mac, errbuf), 0);
        assert_memory_equal(mac, "\x02\x0a\0\0\x0b\xff", LINK_MAC_LEN);
    }
    for (size_t i = 0; i < COUNT(wrong); i++) {
        errbuf[0] = '\0';
        assert_int_equal(parse_mac(wrong[i], mac, errbuf), -1);
        assert_true(strlen(errbuf) > 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_percentages),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_any_addresses),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_mac_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
