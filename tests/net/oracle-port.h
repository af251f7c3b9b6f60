/* The wires to the two hosts, and the capture file that a difference can be written to. */
#ifndef PONGD_TESTS_NET_ORACLE_PORT_H
#define PONGD_TESTS_NET_ORACLE_PORT_H

#include <stdio.h>

#include "oracle-wire.h"

/* Opens a socket that sees each frame that comes in on an interface; ends the program if it cannot. */
int port_open(const char *interface);

void port_send(int port, const uint8_t *frame, size_t len);

/* Takes a frame that has come in, its VLAN tag put back.  False when there is none now. */
bool port_receive(int port, uint8_t *frame, size_t room, size_t *len);

/* Begins a capture file of Ethernet frames; ends the program if it cannot. */
FILE *capture_open(const char *path);

void capture_add(FILE *file, const uint8_t *frame, size_t len);

#endif
