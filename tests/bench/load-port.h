/* The load generator's wire: frames in by a ring that is looked at without a system call, out many at a time. */
#ifndef PONGD_TESTS_BENCH_LOAD_PORT_H
#define PONGD_TESTS_BENCH_LOAD_PORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct load_port {
    int receiver, sender;
    uint8_t *ring;
    size_t slot_len, slot_count, slot;
};

/* Opens both sockets for an EtherType; ends the program if it cannot. */
void load_port_open(struct load_port *port, const char *interface, unsigned type, size_t frame_max);
void load_port_close(struct load_port *port);

/* The next frame that came in, or NULL; it stays where it is until load_port_release(). */
const uint8_t *load_port_next(struct load_port *port, size_t *len);
void load_port_release(struct load_port *port);

/* Sends all of the frames, in order. */
void load_port_send(const struct load_port *port, struct iovec *frames, size_t count);

/* How many frames found no room in the ring. */
unsigned load_port_missed(const struct load_port *port);

#endif
