/* libpcap's numbers for link types, and ours: a table. */
#include "config.h"

#include "capture/datalink.h"

#include <sys/types.h>
#include <pcap.h>
#include <string.h>

#include "capture/capture.h"

/* Absent from old headers; the numbers are the same on every system. */
enum {
    NUMBER_SLIP = 8,
    NUMBER_FDDI = 10,
    NUMBER_PPP_SERIAL = 50,
    NUMBER_RAW = 101,  /* in files, whatever DLT_RAW is */
    NUMBER_LOOP = 108, /* in files, whatever DLT_LOOP is */
    NUMBER_C_HDLC = 104,
    NUMBER_IEEE802_11 = 105,
    NUMBER_FRELAY = 107,
    NUMBER_LINUX_SLL = 113,
    NUMBER_IEEE802_11_RADIO = 127,
    NUMBER_ARCNET_LINUX = 129,
    NUMBER_PPI = 192,
    NUMBER_IPNET = 226,
    NUMBER_IPV4 = 228,
    NUMBER_IPV6 = 229,
    NUMBER_NFLOG = 239,
    NUMBER_IPOIB = 242,
    NUMBER_LINUX_SLL2 = 276,
    NUMBER_DSA_TAG_BRCM = 281,
    NUMBER_DSA_TAG_BRCM_PREPEND = 282,
    NUMBER_DSA_TAG_DSA = 284,
    NUMBER_DSA_TAG_EDSA = 285
};

static const int datalinks[LINK_TYPES] = {
    [LINK_EN10MB] = DLT_EN10MB,
    [LINK_NULL] = DLT_NULL,
    [LINK_LOOP] = DLT_LOOP,
    [LINK_RAW] = DLT_RAW,
    [LINK_IPV4] = NUMBER_IPV4,
    [LINK_IPV6] = NUMBER_IPV6,
    [LINK_LINUX_SLL] = NUMBER_LINUX_SLL,
    [LINK_LINUX_SLL2] = NUMBER_LINUX_SLL2,
    [LINK_PPP] = DLT_PPP,
    [LINK_PPP_SERIAL] = NUMBER_PPP_SERIAL,
    [LINK_C_HDLC] = NUMBER_C_HDLC,
    [LINK_FRELAY] = NUMBER_FRELAY,
    [LINK_ARCNET_LINUX] = NUMBER_ARCNET_LINUX,
    [LINK_IEEE802_11] = NUMBER_IEEE802_11,
    [LINK_IEEE802_11_RADIO] = NUMBER_IEEE802_11_RADIO,
    [LINK_PPI] = NUMBER_PPI,
    [LINK_IPNET] = NUMBER_IPNET,
    [LINK_NFLOG] = NUMBER_NFLOG,
    [LINK_DSA_TAG_BRCM] = NUMBER_DSA_TAG_BRCM,
    [LINK_DSA_TAG_BRCM_PREPEND] = NUMBER_DSA_TAG_BRCM_PREPEND,
    [LINK_DSA_TAG_DSA] = NUMBER_DSA_TAG_DSA,
    [LINK_DSA_TAG_EDSA] = NUMBER_DSA_TAG_EDSA,
    [LINK_FDDI] = NUMBER_FDDI,
    [LINK_IPOIB] = NUMBER_IPOIB,
    [LINK_SLIP] = NUMBER_SLIP,
};

/* DLT_RAW and DLT_LOOP differ from system to system, which is why files have numbers of their own for them.
 * Every libpcap knows these but OpenBSD's: older ones do not read them, and none writes them (lib/libpcap/savefile.c 1.18). */
static int
from_file(int datalink)
{
    return datalink == NUMBER_RAW ? DLT_RAW : datalink == NUMBER_LOOP ? DLT_LOOP : datalink;
}

bool
datalink_to_link(int datalink, enum link_type *link)
{
    datalink = from_file(datalink);
    for (int i = 0; i < LINK_TYPES; i++)
        if (datalinks[i] == datalink) {
            *link = (enum link_type)i;
            return true;
        }
    return false;
}

int
datalink_from_link(enum link_type link)
{
    return datalinks[link];
}

/* OpenBSD's libpcap is the one without time stamps in nanoseconds. */
int
datalink_in_file(enum link_type link)
{
#ifndef HAVE_PCAP_OPEN_DEAD_WITH_TSTAMP_PRECISION
    if (link == LINK_RAW)
        return NUMBER_RAW;
    if (link == LINK_LOOP)
        return NUMBER_LOOP;
#endif
    return datalink_from_link(link);
}

bool
datalink_lacks_ip(const char *name)
{
    static const char *const beginnings[] = {
        "USB", "BLUETOOTH", "NETLINK", "DBUS", "CAN_", "CAN20B", "MTP", "SCCP", "I2C", "MOST", "FLEXRAY",
        "NORDIC_BLE", "ZWAVE", "NFC", "ISO_14443", "SYSTEMD_JOURNAL", "IPMB", "GPF", "A429", "EBHSCR",
    };

    for (size_t i = 0; name != NULL && i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

const char *
datalink_known(void)
{
    return "Ethernet, raw IP, PPP, Linux cooked mode or another of those in pongd(8)";
}

bool
capture_link_by_name(const char *name, enum link_type *link)
{
    int datalink = pcap_datalink_name_to_val(name);

    return datalink >= 0 && datalink_to_link(datalink, link);
}

const char *
capture_version(void)
{
    return pcap_lib_version();
}
