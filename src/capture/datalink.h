/* libpcap's numbers for link types, and ours. */
#ifndef PONGD_CAPTURE_DATALINK_H
#define PONGD_CAPTURE_DATALINK_H

#include <stdbool.h>

#include "codec/link.h"

/* Our link type for a DLT_ value; false if it cannot be answered. */
bool datalink_to_link(int datalink, enum link_type *link);

/* The DLT_ value of a link type, and what libpcap is to be given for a file to be written that every system can read. */
int datalink_from_link(enum link_type link);
int datalink_in_file(enum link_type link);

/* Whether libpcap's name, which may be NULL, is that of a link type that never carries IP. */
bool datalink_lacks_ip(const char *name);

/* "a link type that can be answered" in a sentence. */
const char *datalink_known(void);

#endif
