/* Opening captures: what the other rooms may know of libpcap. */
#ifndef PONGD_CAPTURE_CAPTURE_H
#define PONGD_CAPTURE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"
#include "port.h"
#include "rotation.h"

struct savefile_writer;

struct live_options {
    int snaplen;           /* bytes; 0: as much as the interface can carry */
    int buffer_kib;        /* 0: room for a burst of some thousand frames */
    const char *link_type; /* by name; NULL: the interface's own */
    const char *filter;    /* pcap-filter(7); NULL: none */
    size_t mtu;            /* of replies, in bytes; 0: the interface's */
    bool is_promiscuous_off;
    bool sends_many;    /* replies of one turn in one call, where the system has it; but not with a writer */
    bool hears_replies; /* frames that leave are captured too */
    const struct policy *policy;
    struct savefile_writer *writer; /* gets each request answered and its reply; NULL: nobody */
    struct port *beside; /* a port on the same interface, to share its frames with, and what is known of it; NULL: none */
};

/* Opens an interface to answer on.  NULL, with one sentence in errbuf, if it cannot be.  Needs the right to capture.  What is
 * opened beside another port is to be closed before that. */
struct port *live_open(const char *name, const struct live_options *options, char errbuf[static PORT_ERRBUF]);

struct savefile_options {
    size_t mtu;         /* of replies, in bytes; 0: 1500 */
    const char *filter; /* pcap-filter(7); NULL: none */
    const struct policy *policy;
    struct savefile_writer *writer; /* gets the replies; NULL: nobody */
    const char *purpose; /* what is done to frames, in a sentence on one that cannot be read; NULL: "answered" */
};

/* Opens a capture file to answer, "-" for standard input.  NULL, with one sentence in errbuf, if it cannot be. */
struct port *savefile_open(const char *path, const struct savefile_options *options, char errbuf[static PORT_ERRBUF]);

/* Says who gets the replies of a port that is already open. */
void savefile_set_writer(struct port *port, struct savefile_writer *writer);
void live_set_writer(struct port *port, struct savefile_writer *writer);

/* Says who, besides the writer, is told of each reply of a port that is already open. */
void savefile_set_taker(struct port *port, void (*take)(void *taker, const struct reply *reply), void *taker);

/* Starts a capture file, "-" for standard output, with time stamps in nanoseconds; unbuffered, each frame is let go at once.
 * `rotation` says when others follow it, and is NULL for never.  NULL, with one sentence in errbuf, if it cannot be. */
struct savefile_writer *savefile_create(const char *path, enum link_type link, const struct rotation *rotation,
                                        bool is_unbuffered, char errbuf[static PORT_ERRBUF]);

/* Whether what is to be written would be written over what is read; then errbuf says so. */
bool savefile_is_same(const char *output, const char *input, char errbuf[static PORT_ERRBUF]);

/* Writes a frame of `len` bytes, of which `caplen` are there.  0, or -1; savefile_finish() tells why. */
int savefile_write(struct savefile_writer *writer, uint64_t ts_ns, const uint8_t *data, size_t caplen, size_t len);
int savefile_flush(struct savefile_writer *writer);

/* The same for a frame that need not be in the file of the one before it, so that another file may be begun. */
int savefile_write_anew(struct savefile_writer *writer, uint64_t ts_ns, const uint8_t *data, size_t caplen, size_t len);

/* Where frames are counted that there was no file for. */
const uint64_t *savefile_left_out(const struct savefile_writer *writer);

/* Ends the file.  0, or -1 with errbuf filled when not all of it could be written. */
int savefile_finish(struct savefile_writer *writer, char errbuf[static PORT_ERRBUF]);

/* Ends a file that nothing was written to after all.  NULL does nothing. */
void savefile_abandon(struct savefile_writer *writer);

/* Prints the interfaces (-D), the link types of one (-L), the filter's program (-d).  0, or -1 with errbuf filled. */
int list_interfaces(char errbuf[static PORT_ERRBUF]);
int list_link_types(const char *name, char errbuf[static PORT_ERRBUF]);
int list_filter(enum link_type link, const struct policy *policy, const char *filter, char errbuf[static PORT_ERRBUF]);

/* Whether a filter expression can be compiled for a link type.  0, or -1 with errbuf filled. */
int filter_check(enum link_type link, const char *filter, char errbuf[static PORT_ERRBUF]);

/* The link type of that name, as -y has it.  False if it is not one that can be answered. */
bool capture_link_by_name(const char *name, enum link_type *link);

/* The version of libpcap, in words. */
const char *capture_version(void);

#endif
