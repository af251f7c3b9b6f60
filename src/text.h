/* Text in memory of fixed size, put together piece by piece. */
#ifndef PONGD_TEXT_H
#define PONGD_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *at;
    size_t left; /* with the byte that ends it: never 0 */
    bool is_cut; /* something did not fit, and was cut */
};

/* Begins with nothing, in so many bytes, at least one. */
struct text text_begin(char *memory, size_t size);

/* Adds to it, as printf(3). */
void text_put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
