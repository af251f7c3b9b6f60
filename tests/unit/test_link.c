/* Link headers byte by byte, and the ones that replies have. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "codec/link.h"

enum { PACKET_LEN = 28, HEADER_MOST = 200 };

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 9}; /* ours */

/* Bytes from hexadecimal digits and blanks.  Returns their number. */
static size_t
unhex(const char *text, uint8_t bytes[static HEADER_MOST])
{
    size_t len = 0;

    while (*text != '\0') {
        char digits[3] = {text[0], text[1], '\0'};

        bytes[len++] = (uint8_t)strtoul(digits, NULL, 16);
        text += text[2] == ' ' ? 3 : 2;
    }
    return len;
}

#define A "020000000001 " /* whose request it is */
#define B "020000000009 " /* we */
#define C "0200000000ff " /* an access point */
#define SNAP "aaaa03000000 "

static const struct row {
    const char *name;
    enum link_type link;
    const char *header, *reply; /* NULL: none is written */
    enum link_status status;
    uint16_t protocol;
} rows[] = {
    {"PPP in HDLC framing", LINK_PPP_SERIAL, "ff03 0021", "ff03 0021", LINK_OK, 0x0800},
    {"Cisco HDLC by PPP_SERIAL", LINK_PPP_SERIAL, "0f00 86dd", "0f00 86dd", LINK_OK, 0x86dd},
    {"Cisco HDLC", LINK_C_HDLC, "0f00 0800", "0f00 0800", LINK_OK, 0x0800},
    {"Cisco HDLC's keepalive", LINK_C_HDLC, "8f00 8035", NULL, LINK_ARP, 0x8035},
    {"Cisco HDLC's discovery", LINK_C_HDLC, "8f00 2000", NULL, LINK_UNKNOWN, 0x2000},
    {"frame relay, Cisco", LINK_FRELAY, "1861 0800", "1861 0800", LINK_OK, 0x0800},
    {"frame relay, RFC 2427", LINK_FRELAY, "1861 03 cc", "1861 03 cc", LINK_OK, 0x0800},
    {"frame relay, IPv6", LINK_FRELAY, "1861 03 8e", "1861 03 8e", LINK_OK, 0x86dd},
    {"frame relay, SNAP", LINK_FRELAY, "1861 03 00 80 000000 86dd", "1861 03 00 80 000000 86dd", LINK_OK, 0x86dd},
    {"frame relay, SNAP of another", LINK_FRELAY, "1861 03 00 80 00000c 0800", NULL, LINK_UNKNOWN, 0},
    {"frame relay, four bytes", LINK_FRELAY, "18606061 03 cc", "18606061 03 cc", LINK_OK, 0x0800},
    {"frame relay, no end", LINK_FRELAY, "18606060 60", NULL, LINK_UNKNOWN, 0},
    {"frame relay's signals", LINK_FRELAY, "0001 03 08", NULL, LINK_UNKNOWN, 0},
    {"ARCNET, RFC 1201", LINK_ARCNET_LINUX, "be50 a8e7 d4 00 0166", "50be a8e7 d4 00 0166", LINK_OK, 0x0800},
    {"ARCNET, RFC 1051", LINK_ARCNET_LINUX, "be50 ab08 f0", "50be ab08 f0", LINK_OK, 0x0800},
    {"ARCNET, IPv6", LINK_ARCNET_LINUX, "be50 a8e7 c4 00 0166", "50be a8e7 c4 00 0166", LINK_OK, 0x86dd},
    {"ARCNET, broadcast", LINK_ARCNET_LINUX, "be00 a8e7 d4 00 0166", "ffbe a8e7 d4 00 0166", LINK_OK, 0x0800},
    {"ARCNET, from nobody", LINK_ARCNET_LINUX, "0050 a8e7 d4 00 0166", NULL, LINK_UNKNOWN, 0},
    {"ARCNET, ARP", LINK_ARCNET_LINUX, "be00 ed08 f1", NULL, LINK_ARP, 0x0806},
    {"ARCNET, another", LINK_ARCNET_LINUX, "be00 ed08 80", NULL, LINK_UNKNOWN, 0},
    {"802.11 to the access point", LINK_IEEE802_11, "0801 2c00 " C A B "1000 " SNAP "0800",
     "0802 0000 " A C B "0000 " SNAP "0800", LINK_OK, 0x0800},
    {"802.11 from it", LINK_IEEE802_11, "0802 2c00 " B C A "1000 " SNAP "86dd", "0801 0000 " C B A "0000 " SNAP "86dd", LINK_OK,
     0x86dd},
    {"802.11 without one", LINK_IEEE802_11, "0800 2c00 " B A C "1000 " SNAP "0800", "0800 0000 " A B C "0000 " SNAP "0800",
     LINK_OK, 0x0800},
    {"802.11 between two of them", LINK_IEEE802_11, "0803 2c00 " C "0200000000fe " B "1000 " A SNAP "0800",
     "0803 0000 0200000000fe " C A "0000 " B SNAP "0800", LINK_OK, 0x0800},
    {"802.11 with QoS", LINK_IEEE802_11, "8801 2c00 " C A B "1000 0600 " SNAP "0800", "0802 0000 " A C B "0000 " SNAP "0800",
     LINK_OK, 0x0800},
    {"802.11 with HT control", LINK_IEEE802_11, "8881 2c00 " C A B "1000 0600 00000000 " SNAP "0800",
     "0802 0000 " A C B "0000 " SNAP "0800", LINK_OK, 0x0800},
    {"802.11 with a tag", LINK_IEEE802_11, "0801 2c00 " C A B "1000 " SNAP "8100 000a 0800",
     "0802 0000 " A C B "0000 " SNAP "8100 000a 0800", LINK_OK, 0x0800},
    {"802.11, several in one", LINK_IEEE802_11, "8801 2c00 " C A B "1000 8600 " SNAP "0800", NULL, LINK_UNKNOWN, 0},
    {"802.11, encrypted", LINK_IEEE802_11, "0841 2c00 " C A B "1000 " SNAP "0800", NULL, LINK_UNKNOWN, 0},
    {"802.11, a fragment", LINK_IEEE802_11, "0801 2c00 " C A B "1100 " SNAP "0800", NULL, LINK_UNKNOWN, 0},
    {"802.11, a first fragment", LINK_IEEE802_11, "0805 2c00 " C A B "1000 " SNAP "0800", NULL, LINK_UNKNOWN, 0},
    {"802.11, without data", LINK_IEEE802_11, "4801 2c00 " C A B "1000 " SNAP "0800", NULL, LINK_UNKNOWN, 0},
    {"802.11, a beacon", LINK_IEEE802_11, "8000 0000 " C A B "1000 " SNAP "0800", NULL, LINK_UNKNOWN, 0},
    {"802.11, other LLC", LINK_IEEE802_11, "0801 2c00 " C A B "1000 424203000000 0800", NULL, LINK_LLC, 0},
    {"802.11, a bridge's tunnel", LINK_IEEE802_11, "0801 2c00 " C A B "1000 aaaa030000f8 0806", NULL, LINK_LLC, 0},
    {"radiotap", LINK_IEEE802_11_RADIO, "00000900 00000000 ff 0801 2c00 " C A B "1000 " SNAP "0800",
     "00000800 00000000 0802 0000 " A C B "0000 " SNAP "0800", LINK_OK, 0x0800},
    {"radiotap with padding", LINK_IEEE802_11_RADIO, "00000900 02000000 20 8801 2c00 " C A B "1000 0600 0000 " SNAP "0800",
     "00000800 00000000 0802 0000 " A C B "0000 " SNAP "0800", LINK_OK, 0x0800},
    {"radiotap with a wrong FCS", LINK_IEEE802_11_RADIO, "00000900 02000000 40 0801 2c00 " C A B "1000 " SNAP "0800", NULL,
     LINK_UNKNOWN, 0},
    {"radiotap with time and two words", LINK_IEEE802_11_RADIO,
     "00001900 03000080 00000000 00000000 4040404040404040 20 8801 2c00 " C A B "1000 0600 0000 " SNAP "0800",
     "00000800 00000000 0802 0000 " A C B "0000 " SNAP "0800", LINK_OK, 0x0800},
    {"radiotap shorter than itself", LINK_IEEE802_11_RADIO, "00000700 00000000 0801", NULL, LINK_SHORT, 0},
    {"PPI", LINK_PPI, "00000900 69000000 ff 0801 2c00 " C A B "1000 " SNAP "0800",
     "00000800 69000000 0802 0000 " A C B "0000 " SNAP "0800", LINK_OK, 0x0800},
    {"PPI of another link type", LINK_PPI, "00000800 01000000 " B A "0800", NULL, LINK_UNKNOWN, 0},
    {"ipnet, in", LINK_IPNET, "0102 0000 00000054 00000002 00000000 ffffffff 00000000",
     "0102 0100 0000001c 00000002 00000000 00000000 ffffffff", LINK_OK, 0x0800},
    {"ipnet, out", LINK_IPNET, "011a 0100 00000054 00000002 00000000 00000000 ffffffff",
     "011a 0000 0000001c 00000002 00000000 ffffffff 00000000", LINK_OK, 0x86dd},
    {"ipnet of another version", LINK_IPNET, "0202 0000 00000054 00000002 00000000 ffffffff 00000000", NULL, LINK_UNKNOWN, 0},
    {"nflog", LINK_NFLOG, "02000014 08000100 08000127 05000a00 00000000 20000900", "02000014 20000900", LINK_OK, 0x0800},
    {"nflog, big-endian", LINK_NFLOG, "0a000014 00080001 08000127 0005000a 00000000 00200009", "0a000014 00200009", LINK_OK,
     0x86dd},
    {"nflog of a bridge", LINK_NFLOG, "07000014 20000900", NULL, LINK_UNKNOWN, 0},
    {"nflog, an item too short", LINK_NFLOG, "02000014 03000100 20000900", NULL, LINK_UNKNOWN, 0},
    {"nflog, an item too long", LINK_NFLOG, "02000014 ffff0100 20000900", NULL, LINK_SHORT, 0},
    {"Broadcom's tag", LINK_DSA_TAG_BRCM, B A "00002005 0800", A B "20000020 0800", LINK_OK, 0x0800},
    {"Broadcom's tag to the switch", LINK_DSA_TAG_BRCM, B A "20000020 0800", A B "00000000 0800", LINK_OK, 0x0800},
    {"Broadcom's tag first", LINK_DSA_TAG_BRCM_PREPEND, "00002005 " B A "86dd", "20000020 " A B "86dd", LINK_OK, 0x86dd},
    {"Marvell's tag", LINK_DSA_TAG_DSA, B A "e00a600a 0800", A B "6008600a 0800", LINK_OK, 0x0800},
    {"FDDI", LINK_FDDI, "50 " B A SNAP "0800", "50 " A B SNAP "0800", LINK_OK, 0x0800},
    {"FDDI's own frames", LINK_FDDI, "41 " B A SNAP "0800", NULL, LINK_UNKNOWN, 0},
    {"InfiniBand", LINK_IPOIB,
     "00000000 00000000 00000000 00000000 2fa3000a 80000550 fe800000 00000000 0010e000 664ab451 0800 0000",
     "80000550 fe800000 00000000 0010e000 664ab451 00000000 00000000 00000000 00000000 2fa3000a 0800 0000", LINK_OK, 0x0800},
    {"SLIP, in", LINK_SLIP, "00 45 0000000000000000000000000000", "01 45 0000000000000000000000000000", LINK_OK, 0},
    {"SLIP, out", LINK_SLIP, "01 45 0000000000000000000000000000", "00 45 0000000000000000000000000000", LINK_OK, 0},
    {"SLIP, which way", LINK_SLIP, "02 45 0000000000000000000000000000", NULL, LINK_UNKNOWN, 0},
    {"Marvell's longer tag", LINK_DSA_TAG_EDSA, B A "dada0000 c0000000 8100 000a 0800", A B "dada0000 40000000 8100 000a 0800",
     LINK_OK, 0x0800},
};

static void
check_reply(const struct row *row, const struct link *link)
{
    uint8_t reply[HEADER_MOST], expected[HEADER_MOST];
    struct writer writer = {reply, sizeof reply, false};
    size_t len = unhex(row->reply, expected);

    link_write_reply(row->link, link, link->dst != NULL ? mac : NULL, &writer);
    assert_int_equal(writer.at - reply, len);
    assert_true(len <= LINK_HEADER_MAX);
    link_end_reply(row->link, reply, len + PACKET_LEN);
    assert_memory_equal(reply, expected, len);
}

static void
test_headers(void **state)
{
    uint8_t frame[HEADER_MOST + PACKET_LEN];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes bytes = {frame, unhex(rows[i].header, frame) + PACKET_LEN};
        size_t len = bytes.left - PACKET_LEN;
        struct link link;

        print_message("# %s\n", rows[i].name);
        memset(frame + len, 0, PACKET_LEN);
        assert_int_equal(link_read(rows[i].link, &bytes, &link), rows[i].status);
        assert_int_equal(link.protocol, rows[i].protocol);
        if (rows[i].reply == NULL)
            continue;
        assert_int_equal(bytes.left, PACKET_LEN);
        assert_int_equal(link.header_len, len);
        check_reply(&rows[i], &link);
    }
}

/* A header that is cut anywhere is none, in memory of its exact size. */
static void
test_cut_headers(void **state)
{
    uint8_t whole[HEADER_MOST];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t len = 0; rows[i].reply != NULL && len < unhex(rows[i].header, whole); len++) {
            uint8_t *cut = malloc(len + 1);
            struct bytes bytes = {cut + 1, len};
            struct link link;

            assert_non_null(cut);
            memcpy(cut + 1, whole, len);
            assert_int_not_equal(link_read(rows[i].link, &bytes, &link), LINK_OK);
            free(cut);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_cut_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
