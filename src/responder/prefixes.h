/* Prefixes in order. */
#ifndef PONGD_RESPONDER_PREFIXES_H
#define PONGD_RESPONDER_PREFIXES_H

#include <stddef.h>

#include "responder/addresses.h"

/* Sorts prefixes without host bits: IPv4 first, then by their first address, and shorter ones first. */
void prefixes_sort(struct addresses_prefix *prefixes, size_t count);

#endif
