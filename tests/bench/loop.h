/* What a plain echo loop does with a frame, for those that pongd is held against. */
#ifndef PONGD_TESTS_BENCH_LOOP_H
#define PONGD_TESTS_BENCH_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes an IPv4 echo request to this address the reply to it, in place, and says how long that is; false for all else.
 * Packets with options and fragments are not answered. */
bool loop_answer(uint8_t *frame, size_t *len, const uint8_t address[static 4]);

#endif
