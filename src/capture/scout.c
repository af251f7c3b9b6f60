/* The scout: a small capture of echo requests and replies, for the diagnosis only. */
#include "config.h"

#include "capture/scout.h"

#include <sys/types.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/datalink.h"
#include "platform/platform.h"
#include "platform/sandbox.h"

#ifndef PCAP_NETMASK_UNKNOWN
#define PCAP_NETMASK_UNKNOWN 0xffffffff
#endif

enum {
    SNAPLEN = 128, /* Ethernet, two tags, IP with options, ICMP's header */
    BUFFER = 256 << 10,
    LEFT_FRAMES = 65536, /* more than it can hold */
    READ_TIMEOUT_MS = 100 /* of no matter in immediate mode, but 0 means for ever on some systems */
};

/* Tags are dealt with as in the filter of a port: see filter.c. */
#define ECHO4 "(ip proto 1 and (icmp[0] = 8 or icmp[0] = 0))"
#define ECHO6 "(ip6 and ip6[6] = 58 and (ip6[40] = 128 or ip6[40] = 129))"
#define ECHO ECHO4 " or " ECHO6
#define ECHO_TAGGED ECHO " or (vlan and (" ECHO " or (vlan and (" ECHO "))))"
#define NOTHING "less 1" /* no frame is that short */

struct pcap_scout {
    struct scout scout;
    pcap_t *pcap;
    struct bpf_program echo, nothing; /* what it hears, and what it says */
};

static enum port_result
scout_next(struct scout *scout, struct frame *frame)
{
    struct pcap_scout *self = (struct pcap_scout *)scout;
    struct pcap_pkthdr *header;
    const unsigned char *data;
    int rc = pcap_next_ex(self->pcap, &header, &data);

    if (rc == 0)
        return PORT_NOTHING;
    if (rc != 1)
        return PORT_FAILED;
    *frame = (struct frame){.data = data, .caplen = header->caplen, .len = header->len};
    return PORT_DONE;
}

/* The filter is locked.  So what comes while nobody looks is kept until there is no more room, and read away before the next
 * look. */
static void
scout_look(struct scout *scout, bool on)
{
    struct pcap_scout *self = (struct pcap_scout *)scout;

    platform_ignore_outgoing(pcap_fileno(self->pcap), !on);
}

static int
scout_follow(struct scout *scout, const struct port *port)
{
    struct frame frame;

    for (int i = 0; i < LEFT_FRAMES && scout_next(scout, &frame) == PORT_DONE; i++)
        ; /* of the one that is gone */
    return platform_rebind(pcap_fileno(((struct pcap_scout *)scout)->pcap), port->iface.index, false);
}

static void
scout_close(struct scout *scout)
{
    struct pcap_scout *self = (struct pcap_scout *)scout;

    pcap_freecode(&self->echo);
    pcap_freecode(&self->nothing);
    if (self->pcap != NULL)
        pcap_close(self->pcap);
    free(self);
}

static const struct scout_ops ops = {scout_next, scout_follow, scout_look, scout_close};

/* Frames of both directions are asked for: whose a reply is, its source MAC address tells on every system. */
static int
activate(struct pcap_scout *self, const struct port *port)
{
    int datalink = datalink_from_link(port->iface.link);

    pcap_set_snaplen(self->pcap, SNAPLEN);
    pcap_set_timeout(self->pcap, READ_TIMEOUT_MS);
    pcap_set_immediate_mode(self->pcap, 1);
    pcap_set_buffer_size(self->pcap, BUFFER);
    if (pcap_activate(self->pcap) < 0)
        return -1;
    return pcap_datalink(self->pcap) == datalink ? 0 : pcap_set_datalink(self->pcap, datalink);
}

static int
set_up(struct pcap_scout *self, const struct port *port)
{
    const char *echo = port->iface.link == LINK_EN10MB ? ECHO_TAGGED : ECHO;
    char why[PCAP_ERRBUF_SIZE] = "";

    if (activate(self, port) != 0 || pcap_compile(self->pcap, &self->echo, echo, 1, PCAP_NETMASK_UNKNOWN) != 0 ||
        pcap_compile(self->pcap, &self->nothing, NOTHING, 1, PCAP_NETMASK_UNKNOWN) != 0 ||
        pcap_setfilter(self->pcap, &self->echo) != 0 || pcap_setnonblock(self->pcap, 1, why) != 0)
        return -1;
    platform_ignore_outgoing(pcap_fileno(self->pcap), true);
    return platform_lock_capture(pcap_fileno(self->pcap), &self->nothing) < 0 ? -1 : 0;
}

struct scout *
scout_open(const struct port *port, char errbuf[static PORT_ERRBUF])
{
    struct pcap_scout *self = calloc(1, sizeof *self);
    char why[PCAP_ERRBUF_SIZE] = "";

    if (self == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return NULL;
    }
    self->scout.ops = &ops;
    self->pcap = pcap_create(port->name, why);
    if (self->pcap != NULL && set_up(self, port) == 0)
        return &self->scout;
    snprintf(errbuf, PORT_ERRBUF, "%s: the wire cannot be watched for other replies: %s", port->name,
             self->pcap != NULL ? pcap_geterr(self->pcap) : why);
    scout_close(&self->scout);
    return NULL;
}
