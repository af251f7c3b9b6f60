/* Inputs of the fuzzers played, for these and for programs without an engine.  What does not hold ends the program. */
#ifndef PONGD_FUZZ_PLAY_H
#define PONGD_FUZZ_PLAY_H

#include <stddef.h>
#include <stdint.h>

/* What was played so far. */
struct play_count {
    uint64_t frames;
    uint64_t answered; /* of these */
};

/* Both add to `count`. */
void play_respond(const uint8_t *data, size_t size, struct play_count *count);
void play_rules(const uint8_t *data, size_t size, struct play_count *count);

#endif
