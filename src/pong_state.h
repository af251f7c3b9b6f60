/* What is behind struct pong, for its rooms only. */
#ifndef PONGD_PONG_STATE_H
#define PONGD_PONG_STATE_H

/* The library has its other names hidden. */
#pragma GCC visibility push(default)
#include "pong.h"
#pragma GCC visibility pop

#include "platform/platform.h"
#include "policy.h"
#include "port.h"
#include "responder/responder.h"
#include "rulebook.h"

/* An interface, with what was said of its addresses. */
struct pong_port {
    struct iface iface;
    struct policy policy;
    struct platform_interface system; /* of which only the addresses count */
};

struct pong {
    struct responder responder;
    struct rulebook book;
    struct pong_port ports[RESPONDER_IFACES];
    int port_count;
    size_t mtu;
    bool answers_neighbors;
    uint64_t rate, burst;
    struct pong_reply replies[RESPONDER_REPLIES];
    char errbuf[PORT_ERRBUF];
};

/* Says what is wrong, as printf(3) has it.  Returns -1. */
int pong_state_fail(struct pong *pong, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The interface of that number; NULL, with that said, when there is none. */
struct pong_port *pong_state_port(struct pong *pong, int iface);

#endif
