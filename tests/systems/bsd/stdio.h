/* The host's own, and a stream of functions as the BSDs and macOS have it. */
#ifndef PONGD_TESTS_STDIO_H
#define PONGD_TESTS_STDIO_H

#include_next <stdio.h>

FILE *funopen(const void *cookie, int (*read)(void *cookie, char *buffer, int size),
              int (*write)(void *cookie, const char *buffer, int size), fpos_t (*seek)(void *cookie, fpos_t offset, int whence),
              int (*close)(void *cookie));

#endif
