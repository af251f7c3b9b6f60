/* Live capture: a port on an interface. */
#include "config.h"

#include <sys/types.h>
#include <errno.h>
#include <net/if.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture.h"
#include "capture/datalink.h"
#include "capture/filter.h"
#include "capture/transmit.h"

enum {
    NS_PER_S = 1000000000,
    SNAPLEN_MAX = 65535 + 64,
    SNAPLEN_OVERHEAD = 14 + 3 * 4,      /* Ethernet and tags, one more than is answered so that it can be counted */
    RING_SLOTS = 4096,                  /* a burst that is to fit */
    RING_SLOT_OVERHEAD = 128,           /* of the kernel, for each frame */
    RING_MIN = 2 << 20,
    RING_MAX = 32 << 20,
    DRAIN_FRAMES = 1 << 20,             /* more than any buffer has */
    READ_TIMEOUT_MS = 100               /* of no matter in immediate mode, but 0 means for ever on some systems */
};

/* Absent from OpenBSD's pcap.h, which never returns it. */
#ifndef PCAP_ERROR_PROMISC_PERM_DENIED
#define PCAP_ERROR_PROMISC_PERM_DENIED PCAP_ERROR_PERM_DENIED
#endif

struct live {
    struct port port;
    pcap_t *pcap;
    struct transmit transmit;
    unsigned unit_ns;
    unsigned index; /* of the interface that was opened */
    int group;      /* of the ports that share its frames, or -1 */
    const struct iface *iface; /* of this port, or of the one that it is beside */
    size_t mtu; /* that was asked for, or 0 */
    const struct policy *policy;
    struct savefile_writer *writer;
    const uint8_t *written; /* the request that the writer got last */
};

static enum port_result
live_next(struct port *port, struct frame *frame)
{
    struct live *live = (struct live *)port;
    struct pcap_pkthdr *header;
    const unsigned char *data;
    int rc = pcap_next_ex(live->pcap, &header, &data);

    if (rc == 0)
        return PORT_NOTHING;
    if (rc != 1) {
        snprintf(port->errbuf, sizeof port->errbuf, "%s", pcap_geterr(live->pcap));
        return PORT_FAILED;
    }
    live->written = NULL;
    *frame = (struct frame){
        .data = data,
        .caplen = header->caplen,
        .len = header->len,
        .ts_ns = (uint64_t)header->ts.tv_sec * NS_PER_S + (uint64_t)header->ts.tv_usec * live->unit_ns,
        .iface = live->iface,
    };
    return PORT_DONE;
}

/* Writes a request once.  What goes wrong here is told by savefile_finish(). */
static enum port_result
live_keep(struct port *port, const struct frame *request)
{
    struct live *live = (struct live *)port;

    if (live->writer == NULL || live->written == request->data)
        return PORT_DONE;
    live->written = request->data;
    return savefile_write(live->writer, request->ts_ns, request->data, request->caplen, request->len) == 0 ? PORT_DONE : PORT_END;
}

/* Writes a reply, behind its request if there is one. */
static enum port_result
record(struct live *live, const struct frame *request, const struct reply *reply)
{
    enum port_result result = request == NULL ? PORT_DONE : live_keep(&live->port, request);

    if (result == PORT_DONE && savefile_write(live->writer, reply->ts_ns, reply->data, reply->len, reply->len) != 0)
        result = PORT_END;
    return result;
}

static enum port_result
live_send(struct port *port, const struct frame *request, const struct reply *reply)
{
    struct live *live = (struct live *)port;
    enum port_result result = transmit_one(&live->transmit, reply, port->errbuf);

    return result == PORT_DONE && live->writer != NULL ? record(live, request, reply) : result;
}

static size_t
live_send_many(struct port *port, const struct reply *replies, size_t count, enum port_result *result)
{
    return transmit_many(&((struct live *)port)->transmit, replies, count, result, port->errbuf);
}

static enum port_result
live_flush(struct port *port)
{
    struct live *live = (struct live *)port;

    if (live->writer != NULL && savefile_flush(live->writer) != 0)
        return PORT_END;
    return PORT_DONE;
}

/* Takes over what the system says of the interface now. */
static int
refresh(struct live *live, const struct platform_interface *interface)
{
    struct iface *iface = &live->port.iface;
    const uint8_t *mac = live->policy->mac;

    iface->index = interface->index;
    iface->name = live->port.name;
    iface->is_up = interface->is_up;
    iface->mtu = live->mtu > 0 ? live->mtu : interface->mtu >= RESPONDER_MTU_MIN ? interface->mtu : RESPONDER_MTU_DEFAULT;
    iface->is_loopback = interface->is_loopback;
    iface->has_mac = (interface->has_mac || mac != NULL) && iface->link == LINK_EN10MB;
    memcpy(iface->mac, mac != NULL ? mac : interface->mac, sizeof iface->mac);
    iface->answers_neighbors = iface->has_mac && !iface->is_loopback && live->policy->neighbors;
    iface->has_link_local = live->policy->mac == NULL && platform_link_local(interface, iface->link_local);
    return policy_fill(live->policy, interface, &iface->addresses);
}

/* NetBSD never tells a capture that its interface is gone, so the name is asked for its number. */
static enum port_result
live_check(struct port *port, bool changed)
{
    struct live *live = (struct live *)port;
    struct platform_interface interface;
    int rc;

    if (live->iface != &port->iface) /* the other port looks after it */
        return PORT_DONE;
    if (if_nametoindex(port->name) != live->index) {
        snprintf(port->errbuf, sizeof port->errbuf, "the interface is gone");
        return PORT_FAILED;
    }
    if (!changed && port->watch_fd >= 0)
        return PORT_DONE;
    if (platform_interface_read(port->name, &interface) != 0)
        return PORT_DONE; /* the next look may see more; what was known stays */
    rc = refresh(live, &interface);
    platform_interface_free(&interface);
    if (rc != 0)
        snprintf(port->errbuf, sizeof port->errbuf, "out of memory");
    return rc == 0 ? PORT_DONE : PORT_FAILED;
}

static uint64_t
live_dropped(struct port *port)
{
    struct live *live = (struct live *)port;
    struct pcap_stat stat;

    memset(&stat, 0, sizeof stat); /* not every libpcap fills in every member */
    return pcap_stats(live->pcap, &stat) == 0 ? stat.ps_drop : 0;
}

static void
live_close(struct port *port)
{
    struct live *live = (struct live *)port;

    if (live->pcap != NULL)
        pcap_close(live->pcap);
    if (port->watch_fd >= 0)
        close(port->watch_fd);
    policy_release(&port->iface.addresses);
    free(live);
}

static const struct port_ops live_ops = {live_next,  live_send,  live_send_many, live_keep,
                                         live_flush, live_check, live_dropped,   live_close};

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
activate(struct live *live, int snaplen, int buffer, bool is_promiscuous, char why[static PCAP_ERRBUF_SIZE])
{
    pcap_t *pcap = pcap_create(live->port.name, why);
    int rc;

    if (pcap == NULL)
        return PCAP_ERROR_NO_SUCH_DEVICE;
    pcap_set_snaplen(pcap, snaplen);
    pcap_set_promisc(pcap, is_promiscuous);
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
    bool is_promiscuous = needs_promiscuous(options, interface);
    char why[PCAP_ERRBUF_SIZE] = "";
    int rc = activate(live, snaplen, buffer, is_promiscuous, why);

    while (rc == PCAP_ERROR && buffer > 0 && options->buffer_kib == 0) {
        buffer = buffer > RING_MIN / 4 ? buffer / 2 : 0;
        rc = activate(live, snaplen, buffer, is_promiscuous, why);
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

/* On a loopback interface every MAC address is zero, if there are any. */
static int
check_mac(const struct live *live, const struct platform_interface *interface, char errbuf[static PORT_ERRBUF])
{
    if (live->policy->mac == NULL || (live->port.iface.link == LINK_EN10MB && !interface->is_loopback))
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "-e: %s is no Ethernet, and has no MAC address to answer with", live->port.name);
    return -1;
}

/* All that is set on an open handle, in the order that every system accepts. */
static int
set_up(struct live *live, const struct live_options *options, char errbuf[static PORT_ERRBUF])
{
    char why[PCAP_ERRBUF_SIZE] = "";

    if (choose_link(live, options, errbuf) != 0)
        return -1;
    if (filter_set(live->pcap, options->policy, options->filter, errbuf) != 0)
        return -1;
    (void)pcap_setdirection(live->pcap, options->hears_replies ? PCAP_D_INOUT : PCAP_D_IN); /* where that is not to be had, our own MAC address tells */
    platform_keep_source(pcap_fileno(live->pcap));
    if (pcap_setnonblock(live->pcap, 1, why) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", live->port.name, why);
        return -1;
    }
    live->port.fd = pcap_get_selectable_fd(live->pcap);
    if (live->port.fd < 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: its capture cannot be waited for with poll(2)", live->port.name);
        return -1;
    }
    return 0;
}

/* Lets go of the frames that both have got before they shared them.  A few that came since then may be among them. */
static void
drain(struct live *live)
{
    struct frame frame;

    for (int i = 0; i < DRAIN_FRAMES && live_next(&live->port, &frame) == PORT_DONE; i++)
        ;
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
    drain(live);
    live->iface = &beside->iface;
    live->port.iface.index = beside->iface.index;
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
    rc = open_handle(live, options, &interface, errbuf);
    if (rc == 0)
        rc = set_up(live, options, errbuf);
    if (rc == 0)
        rc = check_mac(live, &interface, errbuf);
    if (rc == 0 && options->beside != NULL) {
        rc = share(live, options->beside, errbuf);
    } else if (rc == 0 && refresh(live, &interface) != 0) {
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
        live_close(&live->port);
        return NULL;
    }
    return &live->port;
}

void
live_set_writer(struct port *port, struct savefile_writer *writer)
{
    ((struct live *)port)->writer = writer;
    port->takes_many = false; /* a reply is written behind its request, while that is there */
}
