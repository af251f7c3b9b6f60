/* Inputs of fuzz_respond made and changed, as record.h has them: frames and fragments, and what becomes of them. */
#ifndef PONGD_FUZZ_RECORDS_H
#define PONGD_FUZZ_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "draw.h"

enum { RECORDS_SIZE_MOST = 65536 /* bytes of an input */ };

/* Changes the input in `data`, of `size` bytes, once or some times; makes one from nothing where there is none.  Returns its
 * new size, at most `most`. */
size_t records_change(struct draw *draw, uint8_t *data, size_t size, size_t most);

/* Makes an input of about `count` frames and fragments.  `start` is what it begins with, RECORD_START_LEN bytes; NULL for
 * any.  Returns its size, at most `most`. */
size_t records_make(struct draw *draw, const uint8_t *start, size_t count, uint8_t *data, size_t most);

#endif
