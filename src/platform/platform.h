/* What differs from system to system, each thing behind one function. */
#ifndef PONGD_PLATFORM_PLATFORM_H
#define PONGD_PLATFORM_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "responder/addresses.h"

struct ifaddrs;
struct sockaddr;
struct pollfd;
struct reply;

enum { PLATFORM_MAC_LEN = 6 };

struct platform_address {
    struct address address;
    unsigned prefix_len; /* bits of the network that the address is in */
};

/* An interface as the system shows it. */
struct platform_interface {
    unsigned index; /* 0: there is none of that name */
    bool is_up;
    bool is_loopback;
    bool has_mac;
    uint8_t mac[PLATFORM_MAC_LEN];
    size_t mtu; /* bytes of IP; 0 if unknown */
    struct platform_address *addresses;
    size_t address_count;
};

/* Looks at an interface.  0, or -1 with errno set.  What it fills in is to be given back with platform_interface_free(). */
int platform_interface_read(const char *name, struct platform_interface *interface);
void platform_interface_free(struct platform_interface *interface);

/* Adds an address.  0, or -1 with errno set. */
int platform_interface_add(struct platform_interface *interface, const struct platform_address *address);

/* Whether the interface of that index still has its name; true also where that can no longer be seen. */
bool platform_interface_is_there(const char *name, unsigned index);

/* The IPv6 link-local address of an interface; false when it has none. */
bool platform_link_local(const struct platform_interface *interface, uint8_t address[static 16]);

/* The gateways that this host has on an interface, at most `room` of them.  Returns how many; 0 also where the system does not
 * tell. */
size_t platform_gateways(const char *name, struct address *gateways, size_t room);

/* The MAC address in a link-layer sockaddr; false if this is none, or not six bytes. */
bool platform_link_address(const struct sockaddr *sockaddr, uint8_t mac[static PLATFORM_MAC_LEN]);

/* The same by the interface's name, where no sockaddr has it. */
bool platform_link_address_of(const char *name, uint8_t mac[static PLATFORM_MAC_LEN]);

/* The MTU that an entry of getifaddrs(3) tells, or 0. */
size_t platform_link_mtu(const struct ifaddrs *entry);

/* Whether an IPv6 address of an interface may not be used yet, or no more: duplicate address detection (RFC 4862). */
bool platform_is_tentative(const char *name, const uint8_t address[static 16]);

/* A descriptor that becomes readable when addresses or links change, or -1 where there is none. */
int platform_watch_open(void);

/* Reads away what a readable watch descriptor holds. */
void platform_watch_drain(int fd);

/* Whether so much memory is to be had, for libraries that do not survive without. */
bool platform_has_memory(size_t len);

/* As poll(2), but with nanoseconds, as far as the system has them. */
int platform_wait(struct pollfd *fds, size_t count, uint64_t timeout_ns);

/* Asks the system to end what platform_wait() waits for when it said so, and not somewhat later to spare power. */
void platform_sleep_exactly(void);

/* Connects to the system's log, for lines of that facility (syslog(3)).  0, or -1 with errno set.  What the log is called, the second
 * one tells. */
int platform_log_open(int facility);
const char *platform_log_name(void);

/* Sends a line of that priority.  A log that is full is given a moment, if `is_patient`.  0, or -1 if the line is lost; not every
 * system tells, nor waits for so short. */
int platform_log_send(int priority, const char *text, bool is_patient);

/* What a user who may not capture needs, in words that say what to do. */
const char *platform_need_to_capture(void);

/* Whether the kernel answers ping itself, as far as its settings tell; a firewall may keep it from that. */
enum platform_echo { PLATFORM_ECHO_UNKNOWN, PLATFORM_ECHO_ON, PLATFORM_ECHO_OFF };

/* That of an IP version, 4 or 6. */
enum platform_echo platform_echo(uint8_t version);

/* How to turn it off, in words that follow a colon. */
const char *platform_quiet_echo(uint8_t version);

/* Has a capture's descriptor get no frames that go out, or get them again, where the system can do that at all: it spares
 * the system a copy of each. */
void platform_ignore_outgoing(int fd, bool ignore);

/* Has captures of one interface share its frames, each of which only one of them gets from then on, those of the same two hosts
 * all the same one.  `*group` is -1 for the first capture, which makes it theirs.  0, or -1 with errno set, ENOSYS where the system
 * has no such thing. */
int platform_share(int fd, int *group);

/* Whether a capture outlives its interface, and can be bound to one that comes in its place. */
bool platform_can_rebind(void);

/* Binds a capture to the interface with that index instead of its own, promiscuous or not.  0, or -1 with errno set. */
int platform_rebind(int fd, unsigned index, bool is_promiscuous);

/* The kind of interface that a capture is bound to, a number of the system's; 0 where it does not tell. */
unsigned platform_hardware(int fd);

/* Whether the system has a call that sends many frames. */
bool platform_sends_many(void);

/* Sends frames over a capture's descriptor, one after the other.  Returns how many were taken; the next one, if any, was not,
 * for a reason that holds for this one, or for all. */
size_t platform_send_frames(int fd, const struct reply *frames, size_t count);

/* Makes a BPF descriptor send source MAC addresses as they are given. */
void platform_keep_source(int fd);

/* A stream that is read by calling `read`, which returns as read(2) does, and `close` in the end.  NULL with errno set. */
FILE *platform_stream(void *cookie, ssize_t (*read)(void *cookie, char *buffer, size_t size), int (*close)(void *cookie));

#endif
