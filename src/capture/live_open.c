/* Opening an interface to answer on: each setting in the order that every system accepts, each failure in a sentence. */
#include "config.h"

#include "capture/live.h"

#include <sys/types.h>
#include <errno.h>
#include <fcntl.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/datalink.h"
#include "capture/filter.h"
#include "platform/sandbox.h"

enum {
    SNAPLEN_MAX = 65535 + 64,
    SNAPLEN_OVERHEAD = 14 + 3 * 4,      /* Ethernet and tags, one more than is answered so that it can be counted */
    RING_SLOTS = 4096,                  /* a burst that is to fit */
    RING_SLOT_OVERHEAD = 128,           /* of the kernel, for each frame */
    RING_MIN = 2 << 20,
    RING_MAX = 32 << 20,
    READ_TIMEOUT_MS = 100               /* of no matter in immediate mode, but 0 means for ever on some systems */
};

/* Absent from OpenBSD's pcap.h, which never returns it. */
#ifndef PCAP_ERROR_PROMISC_PERM_DENIED
#define PCAP_ERROR_PROMISC_PERM_DENIED PCAP_ERROR_PERM_DENIED
#endif

static int
snaplen_for(const struct live_options *options, size_t mtu)
{
    if (options->snaplen > 0)
        return options->snaplen;
    return mtu == 0 || mtu + SNAPLEN_OVERHEAD > SNAPLEN_MAX ? SNAPLEN_MAX : (int)mtu + SNAPLEN_OVERHEAD;
}

static int
ring_for(const struct live_options *options, int snaplen)
{
    int64_t size = (int64_t)(snaplen + RING_SLOT_OVERHEAD) * RING_SLOTS;

    if (options->buffer_kib > 0)
        return options->buffer_kib * 1024;
    return size > RING_MAX ? RING_MAX : size < RING_MIN ? RING_MIN : (int)size;
}

/* One attempt to open the interface, with a buffer of `buffer` bytes or, for 0, the system's own choice.  Returns what
 * pcap_activate() did, with *pcap open only if that is not negative, and libpcap's words in `why`. */
static int
activate(struct live *live, int snaplen, int buffer, char why[static PCAP_ERRBUF_SIZE])
{
    pcap_t *pcap = pcap_create(live->port.name, why);
    int rc;

    if (pcap == NULL)
        return PCAP_ERROR_NO_SUCH_DEVICE;
    pcap_set_snaplen(pcap, snaplen);
    pcap_set_promisc(pcap, live->is_promiscuous);
    pcap_set_timeout(pcap, READ_TIMEOUT_MS);
    pcap_set_immediate_mode(pcap, 1);
    if (buffer > 0)
        pcap_set_buffer_size(pcap, buffer);
    live->unit_ns = 1000;
#ifdef HAVE_PCAP_SET_TSTAMP_PRECISION
    if (pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) == 0)
        live->unit_ns = 1;
#endif
    rc = pcap_activate(pcap);
    if (rc >= 0) {
        live->pcap = live->transmit.pcap = pcap;
        return rc;
    }
    snprintf(why, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(pcap));
    if (*why == '\0')
        snprintf(why, PCAP_ERRBUF_SIZE, "%s", pcap_statustostr(rc));
    pcap_close(pcap);
    return rc;
}

/* Each failure in a sentence that says what to do. */
static void
say_inactive(const char *name, int rc, const char *why, char errbuf[static PORT_ERRBUF])
{
    if (rc == PCAP_ERROR_PERM_DENIED || rc == PCAP_ERROR_PROMISC_PERM_DENIED)
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", name, platform_need_to_capture());
    else if (rc == PCAP_ERROR_NO_SUCH_DEVICE)
        snprintf(errbuf, PORT_ERRBUF, "%s: there is no such interface: pongd -D lists them", name);
    else if (rc == PCAP_ERROR_IFACE_NOT_UP)
        snprintf(errbuf, PORT_ERRBUF, "%s: the interface is down: bring it up first", name);
    else
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", name, why);
}

/* Whether frames are wanted that the network card has no reason to let in: to another MAC address than its own, or to the
 * groups of IPv6 addresses that the kernel does not have. */
static bool
needs_promiscuous(const struct live_options *options, const struct platform_interface *interface)
{
    return options->policy->mac != NULL || (!options->is_promiscuous_off && policy_needs_groups(options->policy, interface));
}

/* Opens the interface, with a smaller buffer where the system does not grant what a burst needs. */
static int
open_handle(struct live *live, const struct live_options *options, const struct platform_interface *interface,
            char errbuf[static PORT_ERRBUF])
{
    int snaplen = snaplen_for(options, interface->mtu), buffer = ring_for(options, snaplen);
    char why[PCAP_ERRBUF_SIZE] = "";
    int rc = activate(live, snaplen, buffer, why);

    while (rc == PCAP_ERROR && buffer > 0 && options->buffer_kib == 0) {
        buffer = buffer > RING_MIN / 4 ? buffer / 2 : 0;
        rc = activate(live, snaplen, buffer, why);
    }
    if (rc >= 0)
        return 0;
    say_inactive(live->port.name, rc, why, errbuf);
    return -1;
}

static int
choose_link(struct live *live, const struct live_options *options, char errbuf[static PORT_ERRBUF])
{
    const char *name = live->port.name, *type;
    int datalink;

    if (options->link_type != NULL) {
        datalink = pcap_datalink_name_to_val(options->link_type);
        if (datalink < 0 || pcap_set_datalink(live->pcap, datalink) != 0) {
            snprintf(errbuf, PORT_ERRBUF, "%s: has no link type %s: pongd -L -i %s lists those it has", name,
                     options->link_type, name);
            return -1;
        }
    }
    datalink = pcap_datalink(live->pcap);
    if (datalink_to_link(datalink, &live->port.iface.link) && !link_is_for_captures(live->port.iface.link))
        return 0;
    type = pcap_datalink_val_to_name(datalink);
    snprintf(errbuf, PORT_ERRBUF, "%s: nothing can be sent there (link type %s): name an interface with -i, pongd -D lists them",
             name, type != NULL ? type : "unknown");
    return -1;
}

/* Where libpcap is out of memory or descriptors while it asks what an interface is, it goes on as if nothing were, with
 * link type NULL (1.10.3, map_arphrd_to_dlt() on Linux). */
static int
check_link(const struct live *live, const struct platform_interface *interface, char errbuf[static PORT_ERRBUF])
{
    if (live->port.iface.link != LINK_NULL || !interface->has_mac || interface->is_loopback)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%s: its link type could not be found out, for want of memory or descriptors: try again",
             live->port.name);
    return -1;
}

/* On a loopback interface every MAC address is zero, if there are any. */
static int
check_mac(const struct live *live, const struct platform_interface *interface, char errbuf[static PORT_ERRBUF])
{
    if (live->policy->mac == NULL || (live->port.iface.link == LINK_EN10MB && !interface->is_loopback))
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "-e: %s is no Ethernet, and has no MAC address to answer with", live->port.name);
    return -1;
}

/* Where a bpf(4) device may be read but not written, libpcap opens it to be read, and only the first reply would fail. */
static int
check_writable(const struct live *live, char errbuf[static PORT_ERRBUF])
{
    int flags = fcntl(pcap_fileno(live->pcap), F_GETFL);

    if (flags == -1 || (flags & O_ACCMODE) != O_RDONLY)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%s: replies could not be sent: %s", live->port.name, platform_need_to_capture());
    return -1;
}

/* All that is set on an open handle, in the order that every system accepts. */
static int
set_up(struct live *live, const struct live_options *options, char errbuf[static PORT_ERRBUF])
{
    char why[PCAP_ERRBUF_SIZE] = "";

    if (check_writable(live, errbuf) != 0 || choose_link(live, options, errbuf) != 0)
        return -1;
    if (filter_set(live->pcap, options->policy, options->filter, errbuf) != 0)
        return -1;
    (void)pcap_setdirection(live->pcap, options->hears_replies ? PCAP_D_INOUT : PCAP_D_IN); /* where that is not to be had, our own MAC address tells */
    platform_keep_source(pcap_fileno(live->pcap));
    if (pcap_setnonblock(live->pcap, 1, why) != 0) {
        /* OpenBSD's libpcap says why in the handle's buffer. */
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", live->port.name, *why != '\0' ? why : pcap_geterr(live->pcap));
        return -1;
    }
    live->port.fd = pcap_get_selectable_fd(live->pcap);
    if (live->port.fd < 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: its capture cannot be waited for with poll(2)", live->port.name);
        return -1;
    }
    return 0;
}

/* What the handle may read and write is settled with this, whoever else may come to have a say here. */
static int
lock(const struct live *live, char errbuf[static PORT_ERRBUF])
{
    struct bpf_program sent;
    int rc;

    if (filter_compile_sent(live->port.iface.link, &sent, errbuf) != 0)
        return -1;
    rc = platform_lock_capture(pcap_fileno(live->pcap), &sent);
    if (rc < 0)
        snprintf(errbuf, PORT_ERRBUF, "%s: its filter could not be locked: %s", live->port.name, strerror(errno));
    pcap_freecode(&sent);
    return rc < 0 ? -1 : 0;
}

static int
share(struct live *live, struct port *beside, char errbuf[static PORT_ERRBUF])
{
    struct live *first = (struct live *)beside;

    if ((first->group < 0 && platform_share(pcap_fileno(first->pcap), &first->group) != 0) ||
        platform_share(pcap_fileno(live->pcap), &first->group) != 0) {
        if (errno == ENOSYS)
            snprintf(errbuf, PORT_ERRBUF, "--workers: this system does not share an interface's frames out: leave it out");
        else
            snprintf(errbuf, PORT_ERRBUF, "--workers: %s: its frames cannot be shared out: %s", live->port.name, strerror(errno));
        return -1;
    }
    live_drain(live); /* both have got what came before they shared it; a few that came since may be among it */
    live->iface = &beside->iface;
    live->port.iface.number = beside->iface.number;
    return 0;
}

static int
open_all(struct live *live, const struct live_options *options, char errbuf[static PORT_ERRBUF])
{
    struct platform_interface interface;
    int rc;

    if (platform_interface_read(live->port.name, &interface) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", live->port.name, strerror(errno));
        return -1;
    }
    live->index = interface.index;
    live->is_promiscuous = needs_promiscuous(options, &interface);
    rc = open_handle(live, options, &interface, errbuf);
    if (rc == 0)
        rc = set_up(live, options, errbuf);
    if (rc == 0)
        live->hardware = platform_hardware(pcap_fileno(live->pcap));
    if (rc == 0)
        rc = check_link(live, &interface, errbuf);
    if (rc == 0)
        rc = check_mac(live, &interface, errbuf);
    if (rc == 0)
        rc = lock(live, errbuf);
    if (rc == 0 && options->beside != NULL) {
        rc = share(live, options->beside, errbuf);
    } else if (rc == 0 && live_refresh(live, &interface) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        rc = -1;
    }
    platform_interface_free(&interface);
    return rc;
}

struct port *
live_open(const char *name, const struct live_options *options, char errbuf[static PORT_ERRBUF])
{
    struct live *live = calloc(1, sizeof *live);

    if (live == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return NULL;
    }
    live->port = (struct port){.ops = &live_ops, .name = name, .fd = -1, .watch_fd = -1};
    if (options->beside == NULL)
        live->port.watch_fd = platform_watch_open();
    live->iface = &live->port.iface;
    live->group = -1;
    live->port.takes_many = options->sends_many && platform_sends_many() && options->writer == NULL;
    live->policy = options->policy;
    live->mtu = options->mtu;
    live->writer = options->writer;
    if (open_all(live, options, errbuf) != 0) {
        live_ops.close(&live->port);
        return NULL;
    }
    return &live->port;
}
