/* The records of a pcap file, read where they lie.  libpcap reads all files; most of them are of one kind, of which this room
 * spares it the frames: no call for each, and no copy. */
#ifndef PONGD_CAPTURE_RECORDS_H
#define PONGD_CAPTURE_RECORDS_H

#include <sys/types.h>
#include <pcap.h>
#include <stdbool.h>

#include "capture/unpack.h"

struct record {
    const uint8_t *data; /* good until the next one */
    size_t caplen, len;
    uint64_t ts_ns;
};

struct records {
    struct unpack *unpack; /* NULL: the rest of the file is libpcap's */
    struct bytes ahead;    /* what is there of the file from the next record on */
    unsigned unit_ns;      /* of a time stamp's fraction */
    unsigned fraction_most;
    size_t caplen_most;
};

/* Begins behind the header of a file that libpcap has just opened. */
void records_begin(struct records *records, struct unpack *unpack, pcap_t *pcap);

/* The next record.  False if that is libpcap's to read, as all that follow are: the file's end, and whatever is odd. */
bool records_next(struct records *records, struct record *record);

#endif
