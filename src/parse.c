/* Numbers, ranges and addresses from text. */
#include "config.h"

#include "parse.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VID_LAST = 4094 }; /* IEEE 802.1Q: 4095 is reserved */

/* The digits at *text.  False if there are none or too many. */
static bool
read_digits(const char **text, uint64_t *value)
{
    const char *at = *text;

    for (*value = 0; *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');

        if (*value > (UINT64_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    if (at == *text)
        return false;
    *text = at;
    return true;
}

int
parse_number(const char *text, uint64_t least, uint64_t most, uint64_t *value, char errbuf[static PORT_ERRBUF])
{
    const char *at = text;

    if (read_digits(&at, value) && *at == '\0' && *value >= least && *value <= most)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not a number from %" PRIu64 " to %" PRIu64, text, least, most);
    return -1;
}

int
parse_range(const char **text, uint64_t least, uint64_t most, uint64_t *first, uint64_t *last,
            char errbuf[static PORT_ERRBUF])
{
    const char *at = *text;
    bool is_right = read_digits(&at, first);

    *last = *first;
    if (is_right && *at == '-') {
        at++;
        is_right = read_digits(&at, last);
    }
    if (is_right && (*at == '\0' || *at == ',') && *first >= least && *last <= most && *first <= *last) {
        *text = at;
        return 0;
    }
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not a list of numbers and ranges (10,20-29) from %" PRIu64 " to %" PRIu64,
             *text, least, most);
    return -1;
}

static void
add_vlans(uint8_t vlans[static RESPONDER_VLANS / 8], uint64_t first, uint64_t last)
{
    for (uint64_t vid = first; vid <= last; vid++)
        vlans[vid / 8] |= (uint8_t)(1U << vid % 8);
}

int
parse_vlans(const char *text, uint8_t vlans[static RESPONDER_VLANS / 8], char errbuf[static PORT_ERRBUF])
{
    uint64_t first, last;

    memset(vlans, 0, RESPONDER_VLANS / 8);
    if (strcmp(text, "none") == 0)
        return 0;
    if (strcmp(text, "all") == 0) {
        add_vlans(vlans, 1, VID_LAST);
        return 0;
    }
    for (bool more = true; more;) {
        if (parse_range(&text, 0, VID_LAST, &first, &last, errbuf) != 0)
            return -1;
        add_vlans(vlans, first, last);
        more = *text++ == ',';
    }
    return 0;
}

enum { DECIMALS = 9, DECIMAL_ONE = 1000000000 };

/* A number with up to nine decimals at *text: what is before the point, and what is behind it in parts of DECIMAL_ONE. */
static bool
read_decimal(const char **text, uint64_t *whole, uint64_t *parts)
{
    unsigned digits = 0;

    *parts = 0;
    if (!read_digits(text, whole))
        return false;
    if (**text != '.')
        return true;
    for (++*text; **text >= '0' && **text <= '9' && digits <= DECIMALS; ++*text, digits++)
        *parts = *parts * 10 + (uint64_t)(**text - '0');
    if (digits == 0 || digits > DECIMALS)
        return false;
    for (; digits < DECIMALS; digits++)
        *parts *= 10;
    return true;
}

static const struct {
    const char *name;
    uint64_t ns;
} units[] = {
    {"ns", 1},           {"us", 1000},         {"ms", 1000000},
    {"s", DECIMAL_ONE},  {"min", UINT64_C(60) * DECIMAL_ONE}, {"h", UINT64_C(3600) * DECIMAL_ONE},
};

/* The unit of that name; 0 if there is none. */
static uint64_t
find_unit(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].name, name) == 0)
            return units[i].ns;
    return 0;
}

int
parse_time(const char *text, uint64_t least_ns, uint64_t most_ns, uint64_t *ns, char errbuf[static PORT_ERRBUF])
{
    const char *at = text;
    uint64_t whole, parts, unit = 0;
    bool is_right = read_decimal(&at, &whole, &parts);

    if (is_right && *at == '\0' && whole + parts > 0) {
        snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" has no unit: say ns, us, ms, s, min or h, as in 20ms", text);
        return -1;
    }
    if (is_right)
        unit = *at == '\0' ? 1 : find_unit(at);
    if (unit > 0 && whole <= most_ns / unit) {
        *ns = whole * unit + (unit >= DECIMAL_ONE ? parts * (unit / DECIMAL_ONE) : parts * unit / DECIMAL_ONE);
        if (*ns >= least_ns && *ns <= most_ns)
            return 0;
    }
    if (unit > 0)
        snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is no time from %" PRIu64 "ns to %" PRIu64 "s", text, least_ns,
                 most_ns / DECIMAL_ONE);
    else
        snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is no time such as 250us, 20ms or 1.5s", text);
    return -1;
}

int
parse_percent(const char *text, uint64_t *parts, char errbuf[static PORT_ERRBUF])
{
    const char *at = text;
    uint64_t whole, behind;

    if (read_decimal(&at, &whole, &behind) && strcmp(at, "%") == 0 && (whole < 100 || (whole == 100 && behind == 0))) {
        *parts = whole * DECIMAL_ONE + behind;
        return 0;
    }
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is no percentage from 0%% to 100%%, such as 5%% or 0.1%%", text);
    return -1;
}

/* The value of a hexadecimal digit, or -1. */
static int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *found = c == '\0' ? NULL : strchr(digits, c);

    if (found == NULL)
        return -1;
    return found - digits < 16 ? (int)(found - digits) : (int)(found - digits) - 6;
}

/* One or two hexadecimal digits at *text. */
static bool
read_hex_byte(const char **text, uint8_t *value)
{
    int digit = hex_digit(**text);

    if (digit < 0)
        return false;
    *value = (uint8_t)digit;
    digit = hex_digit(*++*text);
    if (digit >= 0) {
        *value = (uint8_t)(*value << 4 | digit);
        ++*text;
    }
    return true;
}

int
parse_integer(const char *text, uint64_t least, uint64_t most, uint64_t *value, char errbuf[static PORT_ERRBUF])
{
    const char *at = text + 2;

    if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
        return parse_number(text, least, most, value, errbuf);
    for (*value = 0; hex_digit(*at) >= 0 && *value <= UINT64_MAX >> 4; at++)
        *value = *value << 4 | (uint64_t)hex_digit(*at);
    if (at > text + 2 && *at == '\0' && *value >= least && *value <= most)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not a number from %" PRIu64 " to %" PRIu64, text, least, most);
    return -1;
}

int
parse_bytes(const char *text, size_t least, size_t most, uint8_t *bytes, size_t *count, char errbuf[static PORT_ERRBUF])
{
    const char *at = text;

    for (*count = 0; *at != '\0' && *count < most; ++*count) {
        const char *digits = at + (*count > 0 && *at == ':');

        if (hex_digit(digits[0]) < 0 || hex_digit(digits[1]) < 0)
            break;
        at = digits;
        bytes[*count] = (uint8_t)(hex_digit(at[0]) << 4 | hex_digit(at[1]));
        at += 2;
    }
    if (*at == '\0' && *count >= least)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not %zu to %zu bytes in hexadecimal digits, such as 0101ff00", text, least,
             most);
    return -1;
}

static bool
read_mac(const char *text, uint8_t mac[static LINK_MAC_LEN])
{
    for (size_t i = 0; i < LINK_MAC_LEN; i++) {
        if (i > 0 && *text != ':' && *text != '-')
            return false;
        text += i > 0;
        if (!read_hex_byte(&text, &mac[i]))
            return false;
    }
    return *text == '\0';
}

int
parse_mac(const char *text, uint8_t mac[static LINK_MAC_LEN], char errbuf[static PORT_ERRBUF])
{
    static const uint8_t zero[LINK_MAC_LEN];

    if (!read_mac(text, mac)) {
        snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not a MAC address such as 02:00:00:00:00:01", text);
        return -1;
    }
    if ((mac[0] & 1) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "%.100s is a multicast address, which no host has for its own", text);
        return -1;
    }
    if (memcmp(mac, zero, LINK_MAC_LEN) == 0) {
        snprintf(errbuf, PORT_ERRBUF, "%.100s is no host's address: 02:00:00:00:00:01 and the like are free to use", text);
        return -1;
    }
    return 0;
}

static bool
is_multicast(const struct address *address)
{
    return address->version == 4 ? address->bytes[0] >> 4 == 14 : address->bytes[0] == 0xff;
}

static bool
read_address(const char *text, struct address *address)
{
    struct in_addr ipv4;
    struct in6_addr ipv6;

    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &ipv4) == 1) {
        address->version = 4;
        memcpy(address->bytes, &ipv4, 4);
        return true;
    }
    if (inet_pton(AF_INET6, text, &ipv6) == 1) {
        address->version = 6;
        memcpy(address->bytes, &ipv6, 16);
        return true;
    }
    return false;
}

int
parse_address(const char *text, struct address *address, char errbuf[static PORT_ERRBUF])
{
    if (read_address(text, address))
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not an IPv4 or IPv6 address", text);
    return -1;
}

int
parse_any_prefix(const char *text, struct address *address, unsigned *len, char errbuf[static PORT_ERRBUF])
{
    const char *slash = strchr(text, '/');
    size_t head = slash == NULL ? strlen(text) : (size_t)(slash - text);
    char buffer[INET6_ADDRSTRLEN];
    uint64_t bits;

    if (head >= sizeof buffer)
        head = 0; /* too long for any address: fails below */
    memcpy(buffer, text, head);
    buffer[head] = '\0';
    if (!read_address(buffer, address)) {
        snprintf(errbuf, PORT_ERRBUF, "\"%.100s\" is not an IPv4 or IPv6 address", text);
        return -1;
    }
    *len = address_bits(address->version);
    if (slash != NULL) {
        if (parse_number(slash + 1, 0, *len, &bits, errbuf) != 0)
            return -1;
        *len = (unsigned)bits;
    }
    return 0;
}

int
parse_prefix(const char *text, struct address *address, unsigned *len, char errbuf[static PORT_ERRBUF])
{
    if (parse_any_prefix(text, address, len, errbuf) != 0)
        return -1;
    if (is_multicast(address)) {
        snprintf(errbuf, PORT_ERRBUF, "%.100s is a multicast address, which no host has for its own", text);
        return -1;
    }
    return 0;
}
