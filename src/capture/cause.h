/* Why a capture file cannot be read, in words that help. */
#ifndef PONGD_CAPTURE_CAUSE_H
#define PONGD_CAPTURE_CAUSE_H

/* What is to be said of a file instead of libpcap's sentence `why`; without the file's name, which may be in that. */
const char *cause_find(const char *path, const char *why);

#endif
