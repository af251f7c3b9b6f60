/* Frames changed: one thing in one layer, what follows from it made right but for some of the times. */
#ifndef PONGD_FUZZ_CHANGE_H
#define PONGD_FUZZ_CHANGE_H

#include "shapes.h"

/* Changes a frame of a link type, of SHAPES_ROOM bytes at most; where it cannot be taken apart, any byte of it. */
void change_frame(struct draw *draw, enum link_type link, struct shape *shape);

/* Cuts a datagram into fragments of equal size, at most `most`.  Returns how many; 0 when it cannot be cut. */
size_t change_cut(struct draw *draw, enum link_type link, const struct shape *shape, struct shape *pieces, size_t most);

/* Does to fragments what networks and attackers do: another order, one twice, one left out, one that overlaps another.
 * Returns how many there are, `count` or one less or one more. */
size_t change_order(struct draw *draw, enum link_type link, struct shape *pieces, size_t count);

#endif
