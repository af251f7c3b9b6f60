/* libpcap's numbers for link types, and ours: a table. */
#include "config.h"

#include "capture/datalink.h"

#include <sys/types.h>
#include <pcap.h>

#include "capture/capture.h"

/* Absent from old headers; the numbers are the same on every system. */
#ifndef DLT_IPV4
#define DLT_IPV4 228
#endif
#ifndef DLT_IPV6
#define DLT_IPV6 229
#endif
#ifndef DLT_LINUX_SLL
#define DLT_LINUX_SLL 113
#endif
#ifndef DLT_LINUX_SLL2
#define DLT_LINUX_SLL2 276
#endif

static const int datalinks[LINK_TYPES] = {
    [LINK_EN10MB] = DLT_EN10MB,       [LINK_NULL] = DLT_NULL,
    [LINK_LOOP] = DLT_LOOP,           [LINK_RAW] = DLT_RAW,
    [LINK_IPV4] = DLT_IPV4,           [LINK_IPV6] = DLT_IPV6,
    [LINK_LINUX_SLL] = DLT_LINUX_SLL, [LINK_LINUX_SLL2] = DLT_LINUX_SLL2,
    [LINK_PPP] = DLT_PPP,
};

bool
datalink_to_link(int datalink, enum link_type *link)
{
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

const char *
datalink_known(void)
{
    return "EN10MB, NULL, LOOP, RAW, IPV4, IPV6, LINUX_SLL, LINUX_SLL2 and PPP";
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
