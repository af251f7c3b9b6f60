/* A live port, as its two rooms share it: one opens it, the other runs it. */
#ifndef PONGD_CAPTURE_LIVE_H
#define PONGD_CAPTURE_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/capture.h"
#include "capture/transmit.h"
#include "platform/platform.h"

struct live {
    struct port port;
    pcap_t *pcap;
    struct transmit transmit;
    unsigned unit_ns;
    unsigned index; /* of the interface that was opened */
    unsigned hardware; /* and its kind */
    bool is_promiscuous;
    bool is_unsure; /* the last look at it told nothing, and has to be taken again */
    int group;      /* of the ports that share its frames, or -1 */
    const struct iface *iface; /* of this port, or of the one that it is beside */
    size_t mtu; /* that was asked for, or 0 */
    const struct policy *policy;
    struct savefile_writer *writer;
    const uint8_t *written; /* the request that the writer got last */
};

extern const struct port_ops live_ops;

/* Takes over what the system says of the interface now.  0, or -1 when there is no memory, with the addresses as they were. */
int live_refresh(struct live *live, const struct platform_interface *interface);

/* Lets go of all frames that wait. */
void live_drain(struct live *live);

#endif
