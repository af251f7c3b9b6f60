/* Frames made from nothing: requests of all kinds and what looks like them, of any link type. */
#ifndef PONGD_FUZZ_SHAPES_H
#define PONGD_FUZZ_SHAPES_H

#include "codec/link.h"
#include "draw.h"

enum { SHAPES_ROOM = 4096 /* bytes, for any frame that is made or changed */ };

struct shape {
    uint8_t data[SHAPES_ROOM];
    size_t len;
};

/* Makes a frame whose lengths are right; its checksums are for others to make (RECORD_MEND). */
void shapes_make(struct draw *draw, enum link_type link, struct shape *shape);

#endif
