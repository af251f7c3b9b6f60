/* Live capture: a port on an interface. */
#include "config.h"

#include "capture/live.h"

#include <sys/types.h>
#include <errno.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NS_PER_S = 1000000000,
    DRAIN_FRAMES = 1 << 20 /* more than any buffer has */
};

static bool
is_there(const struct live *live)
{
    return platform_interface_is_there(live->port.name, live->index);
}

/* Begins to wait for an interface that is gone, if that is what made the port fail, and if its capture outlives it.  Ports that
 * share frames cannot be bound anew (PACKET_FANOUT).  Returns whether it does. */
static bool
wait_for_interface(struct live *live)
{
    if (!platform_can_rebind() || live->group >= 0 || live->iface != &live->port.iface || is_there(live))
        return false;
    live->port.is_away = true;
    live->port.iface.is_up = false;
    snprintf(live->port.errbuf, sizeof live->port.errbuf, "the interface is gone");
    return true;
}

static enum port_result
read_frame(struct live *live, struct frame *frame)
{
    struct port *port = &live->port;
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

static enum port_result
live_next(struct port *port, struct frame *frame)
{
    struct live *live = (struct live *)port;
    enum port_result result = port->is_away ? PORT_NOTHING : read_frame(live, frame);

    return result == PORT_FAILED && wait_for_interface(live) ? PORT_NOTHING : result;
}

/* Writes a request once.  What goes wrong here is told by savefile_finish(). */
static enum port_result
live_keep(struct port *port, const struct frame *request)
{
    struct live *live = (struct live *)port;

    if (live->writer == NULL || live->written == request->data)
        return PORT_DONE;
    live->written = request->data;
    return savefile_write_anew(live->writer, request->ts_ns, request->data, request->caplen, request->len) == 0 ? PORT_DONE : PORT_END;
}

/* Writes a reply, behind its request and in the same file if there is one. */
static enum port_result
record(struct live *live, const struct frame *request, const struct reply *reply)
{
    int (*write_it)(struct savefile_writer *, uint64_t, const uint8_t *, size_t, size_t) =
        request == NULL ? savefile_write_anew : savefile_write;
    enum port_result result = request == NULL ? PORT_DONE : live_keep(&live->port, request);

    if (result == PORT_DONE && write_it(live->writer, reply->ts_ns, reply->data, reply->len, reply->len) != 0)
        result = PORT_END;
    return result;
}

static enum port_result
live_send(struct port *port, const struct frame *request, const struct reply *reply)
{
    struct live *live = (struct live *)port;
    enum port_result result = port->is_away ? PORT_REFUSED : transmit_one(&live->transmit, reply, port->errbuf);

    if (result == PORT_FAILED && wait_for_interface(live))
        return PORT_REFUSED;
    return result == PORT_DONE && live->writer != NULL ? record(live, request, reply) : result;
}

static size_t
live_send_many(struct port *port, const struct reply *replies, size_t count, enum port_result *result)
{
    struct live *live = (struct live *)port;
    size_t sent = 0;

    *result = PORT_REFUSED;
    if (!port->is_away)
        sent = transmit_many(&live->transmit, replies, count, result, port->errbuf);
    if (sent < count && *result == PORT_FAILED && wait_for_interface(live))
        *result = PORT_REFUSED;
    return sent;
}

static enum port_result
live_flush(struct port *port)
{
    struct live *live = (struct live *)port;

    if (live->writer != NULL && savefile_flush(live->writer) != 0)
        return PORT_END;
    return PORT_DONE;
}

int
live_refresh(struct live *live, const struct platform_interface *interface)
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

void
live_drain(struct live *live)
{
    struct frame frame;

    for (int i = 0; i < DRAIN_FRAMES && read_frame(live, &frame) == PORT_DONE; i++)
        ;
}

/* Takes over an interface that has come in the place of the one that is gone, if it is of the same kind. */
static enum port_result
come_back(struct live *live, const struct platform_interface *interface)
{
    struct port *port = &live->port;

    live_drain(live); /* what came before it went */
    if (platform_rebind(pcap_fileno(live->pcap), interface->index, live->is_promiscuous) != 0) {
        if (errno == ENODEV || errno == ENXIO)
            return PORT_DONE; /* it is gone again */
        snprintf(port->errbuf, sizeof port->errbuf, "the interface is there again, but cannot be answered on: %s", strerror(errno));
        return PORT_FAILED;
    }
    if (platform_hardware(pcap_fileno(live->pcap)) != live->hardware) {
        snprintf(port->errbuf, sizeof port->errbuf, "the interface is there again, but is of another kind: start pongd anew");
        return PORT_FAILED;
    }
    live->index = interface->index;
    port->is_away = false;
    return PORT_DONE;
}

/* Looks at the interface as it is now. */
static enum port_result
look(struct live *live)
{
    struct platform_interface interface;
    enum port_result result = PORT_DONE;

    live->is_unsure = platform_interface_read(live->port.name, &interface) != 0;
    if (live->is_unsure)
        return PORT_DONE; /* the next look may see more; what was known stays */
    if (live->port.is_away && interface.index != 0)
        result = come_back(live, &interface);
    if (result == PORT_DONE && !live->port.is_away && live_refresh(live, &interface) != 0) {
        snprintf(live->port.errbuf, sizeof live->port.errbuf, "out of memory");
        result = PORT_FAILED;
    }
    platform_interface_free(&interface);
    return result;
}

/* NetBSD never tells a capture that its interface is gone, so the name is asked for its number. */
static enum port_result
live_check(struct port *port, bool changed)
{
    struct live *live = (struct live *)port;

    if (live->iface != &port->iface) /* the other port looks after it */
        return PORT_DONE;
    if (port->is_away)
        return look(live);
    if (!is_there(live)) {
        snprintf(port->errbuf, sizeof port->errbuf, "the interface is gone");
        return wait_for_interface(live) ? PORT_DONE : PORT_FAILED;
    }
    return changed || live->is_unsure || port->watch_fd < 0 ? look(live) : PORT_DONE;
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

const struct port_ops live_ops = {live_next,  live_send,  live_send_many, live_keep,
                                         live_flush, live_check, live_dropped,   live_close};

void
live_set_writer(struct port *port, struct savefile_writer *writer)
{
    ((struct live *)port)->writer = writer;
    port->takes_many = false; /* a reply is written behind its request, while that is there */
}
