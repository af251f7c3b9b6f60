/* Opening what captures are read from: files and standard input, packed with gzip or zstd or not. */
#ifndef PONGD_CAPTURE_UNPACK_H
#define PONGD_CAPTURE_UNPACK_H

#include <stdint.h>
#include <stdio.h>

#include "codec/bytes.h"
#include "port.h"

struct unpack;

/* Opens a file, "-" for standard input, and a stream of what it holds, unpacked as it is read; how it is packed its first
 * bytes tell.  The stream is closed by whoever reads it, before unpack_free().  NULL, with one sentence in errbuf. */
struct unpack *unpack_open(const char *path, FILE **stream, char errbuf[static PORT_ERRBUF]);
void unpack_free(struct unpack *unpack);

/* The first bytes of a file that is not packed, as many as a pcap file's header has, if the stream has given these and no
 * more; else NULL. */
const uint8_t *unpack_header(const struct unpack *unpack);

/* Reads past the stream, which goes on behind what was taken so.  `ahead` is what the last call left there, but for what has
 * been taken from it since; at first it is empty.  Whether there are `least` bytes in it now.  They may be missing at the end,
 * when they are very many, or when reading fails, which the stream is told of next. */
bool unpack_ahead(struct unpack *unpack, struct bytes *ahead, size_t least);

/* Why no more can be unpacked, or NULL if that is not the reason for an end. */
const char *unpack_why(const struct unpack *unpack);

/* Bytes of the file that have been read, and its length, 0 where that is not known. */
uint64_t unpack_taken(const struct unpack *unpack);
uint64_t unpack_size(const struct unpack *unpack);

#endif
