/* Savefiles: a port that reads one. */
#include "config.h"

#include <sys/types.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/capture.h"
#include "capture/cause.h"
#include "capture/datalink.h"
#include "capture/filter.h"
#include "capture/records.h"
#include "capture/unpack.h"

enum { NS_PER_S = 1000000000 };

struct savefile {
    struct port port;
    pcap_t *pcap;
    struct unpack *unpack; /* what libpcap reads from */
    struct records records;
    unsigned unit_ns;  /* of a time stamp's fraction: 1 or 1000 */
    unsigned fcs_len;  /* bytes of frame check sequence at the end of each frame */
    bool has_frames; /* at least one */
    const char *purpose;
    struct savefile_writer *writer;
    void (*take)(void *taker, const struct reply *reply); /* NULL: nobody */
    void *taker;
};

static pcap_t *
open_offline(FILE *stream, unsigned *unit_ns, char *why)
{
#ifdef HAVE_PCAP_FOPEN_OFFLINE_WITH_TSTAMP_PRECISION
    *unit_ns = 1;
    return pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
#else
    *unit_ns = 1000;
    return pcap_fopen_offline(stream, why);
#endif
}

/* Whether frames end in a frame check sequence, which some link types' files tell (pcap_datalink_ext). */
static unsigned
fcs_len(pcap_t *pcap)
{
#if defined HAVE_PCAP_DATALINK_EXT && defined LT_FCS_LENGTH_PRESENT
    unsigned ext = (unsigned)pcap_datalink_ext(pcap);

    if (LT_FCS_LENGTH_PRESENT(ext))
        return LT_FCS_LENGTH(ext) * 2; /* it is in words of 16 bits */
#else
    (void)pcap;
#endif
    return 0;
}

static enum port_result
fail(struct savefile *savefile)
{
    struct port *port = &savefile->port;
    const char *why = unpack_why(savefile->unpack);

    if (why == NULL)
        why = cause_find(port->name, pcap_geterr(savefile->pcap));
    snprintf(port->errbuf, sizeof port->errbuf, "%s%s%s", why, savefile->has_frames ? ": what came before it has been " : "",
             savefile->has_frames ? savefile->purpose : "");
    return PORT_FAILED;
}

/* A pcap file has seconds in 32 bits, which do until 2106 without a sign.  libpcap gives them one, so that they seem to be
 * before 1970 from 2038 on, but only where the file has the host's byte order. */
static uint64_t
time_ns(const struct pcap_pkthdr *header, unsigned unit_ns)
{
    time_t seconds = (time_t)header->ts.tv_sec;

    return (seconds < 0 ? (uint32_t)seconds : (uint64_t)seconds) * NS_PER_S + (uint64_t)header->ts.tv_usec * unit_ns;
}

/* The next record by libpcap. */
static enum port_result
ask_libpcap(struct savefile *savefile, struct record *record)
{
    struct pcap_pkthdr *header;
    const unsigned char *data;
    int rc = pcap_next_ex(savefile->pcap, &header, &data);

    if (rc == PCAP_ERROR_BREAK && unpack_why(savefile->unpack) == NULL)
        return PORT_END;
    if (rc != 1)
        return fail(savefile);
    *record = (struct record){data, header->caplen, header->len, time_ns(header, savefile->unit_ns)};
    return PORT_DONE;
}

static enum port_result
savefile_next(struct port *port, struct frame *frame)
{
    struct savefile *savefile = (struct savefile *)port;
    enum port_result result = PORT_DONE;
    struct record record;
    size_t fcs;

    if (!records_next(&savefile->records, &record))
        result = ask_libpcap(savefile, &record);
    port->taken = unpack_taken(savefile->unpack);
    if (result != PORT_DONE)
        return result;
    savefile->has_frames = true;
    fcs = savefile->fcs_len < record.len ? savefile->fcs_len : 0;
    *frame = (struct frame){
        .data = record.data,
        .len = record.len - fcs,
        .caplen = record.caplen < record.len - fcs ? record.caplen : record.len - fcs,
        .ts_ns = record.ts_ns,
        .iface = &port->iface,
    };
    return PORT_DONE;
}

static enum port_result
savefile_send(struct port *port, const struct frame *request, const struct reply *reply)
{
    struct savefile *savefile = (struct savefile *)port;

    (void)request;
    if (savefile->take != NULL)
        savefile->take(savefile->taker, reply);
    if (savefile->writer != NULL &&
        savefile_write_anew(savefile->writer, reply->ts_ns, reply->data, reply->len, reply->len) != 0)
        return PORT_END; /* savefile_finish() tells why */
    return PORT_DONE;
}

static enum port_result
savefile_keep(struct port *port, const struct frame *request)
{
    (void)port;
    (void)request;
    return PORT_DONE;
}

static enum port_result
savefile_nothing(struct port *port)
{
    (void)port;
    return PORT_DONE;
}

static enum port_result
savefile_check(struct port *port, bool changed)
{
    (void)changed;
    return savefile_nothing(port);
}

static uint64_t
savefile_dropped(struct port *port)
{
    (void)port;
    return 0;
}

static void
savefile_close(struct port *port)
{
    struct savefile *savefile = (struct savefile *)port;

    pcap_close(savefile->pcap);
    unpack_free(savefile->unpack);
    policy_release(&port->iface.addresses);
    free(savefile);
}

static const struct port_ops savefile_ops = {
    savefile_next, savefile_send, NULL, savefile_keep, savefile_nothing, savefile_check, savefile_dropped, savefile_close,
};

static int
prepare(struct savefile *savefile, const struct savefile_options *options, char errbuf[static PORT_ERRBUF])
{
    struct iface *iface = &savefile->port.iface;
    const uint8_t *mac = options->policy->mac;
    int datalink = pcap_datalink(savefile->pcap);
    const char *name = pcap_datalink_val_to_name(datalink);

    if (!datalink_to_link(datalink, &iface->link)) {
        snprintf(errbuf, PORT_ERRBUF, "%s: link type %s (%d) %s: use a capture of %s", savefile->port.name,
                 name != NULL ? name : "unknown", datalink, datalink_lacks_ip(name) ? "carries no IP" : "is none that pongd reads",
                 datalink_known());
        return -1;
    }
    iface->mtu = options->mtu > 0 ? options->mtu : RESPONDER_MTU_DEFAULT;
    iface->is_loopback = iface->link == LINK_NULL || iface->link == LINK_LOOP;
    if (mac != NULL && iface->link != LINK_EN10MB) {
        snprintf(errbuf, PORT_ERRBUF, "-e: %s has link type %s, which has no MAC address to answer with",
                 savefile->port.name, link_name(iface->link));
        return -1;
    }
    iface->has_mac = mac != NULL;
    if (iface->has_mac)
        memcpy(iface->mac, mac, sizeof iface->mac);
    iface->answers_neighbors = iface->has_mac && options->policy->neighbors;
    savefile->fcs_len = fcs_len(savefile->pcap);
    if (policy_fill(options->policy, NULL, &iface->addresses) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return -1;
    }
    if (options->filter != NULL)
        return filter_set(savefile->pcap, NULL, options->filter, errbuf);
    records_begin(&savefile->records, savefile->unpack, savefile->pcap);
    return 0;
}

/* Opens the file and has libpcap read its header. */
static int
open_input(struct savefile *savefile, char errbuf[static PORT_ERRBUF])
{
    const char *path = savefile->port.name;
    char why[PCAP_ERRBUF_SIZE] = "";
    FILE *stream;

    savefile->unpack = unpack_open(path, &stream, errbuf);
    if (savefile->unpack == NULL)
        return -1;
    savefile->port.size = unpack_size(savefile->unpack);
    savefile->pcap = open_offline(stream, &savefile->unit_ns, why);
    if (savefile->pcap != NULL)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "%s: %s", path,
             unpack_why(savefile->unpack) != NULL ? unpack_why(savefile->unpack) : cause_find(path, why));
    fclose(stream);
    unpack_free(savefile->unpack);
    return -1;
}

struct port *
savefile_open(const char *path, const struct savefile_options *options, char errbuf[static PORT_ERRBUF])
{
    struct savefile *savefile = calloc(1, sizeof *savefile);

    if (savefile == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return NULL;
    }
    savefile->port = (struct port){.ops = &savefile_ops, .name = path, .fd = -1, .watch_fd = -1};
    savefile->writer = options->writer;
    savefile->purpose = options->purpose != NULL ? options->purpose : "answered";
    if (open_input(savefile, errbuf) != 0) {
        free(savefile);
        return NULL;
    }
    if (prepare(savefile, options, errbuf) != 0) {
        savefile_close(&savefile->port);
        return NULL;
    }
    return &savefile->port;
}

void
savefile_set_writer(struct port *port, struct savefile_writer *writer)
{
    ((struct savefile *)port)->writer = writer;
}

void
savefile_set_taker(struct port *port, void (*take)(void *taker, const struct reply *reply), void *taker)
{
    struct savefile *savefile = (struct savefile *)port;

    savefile->take = take;
    savefile->taker = taker;
}
