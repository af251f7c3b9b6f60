/* What a fuzzer is to libFuzzer, or to replay.c in its place. */
#ifndef PONGD_FUZZ_FUZZ_H
#define PONGD_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_PLAIN = 3 /* one in so many changes is one of bytes, which knows nothing of what they mean */ };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Changes an input of `size` bytes where it is, into one of `most` bytes at most.  Returns its new size. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* The engine's own changes of bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

#endif
