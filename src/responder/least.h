/* Where the least of a row of numbers is, between any two places (a segment tree). */
#ifndef PONGD_RESPONDER_LEAST_H
#define PONGD_RESPONDER_LEAST_H

#include <stddef.h>
#include <stdint.h>

struct least {
    size_t count;
    uint32_t *numbers;
    uint32_t *winners; /* winners[i]: the place of the least number below node i; its children are nodes 2 i and 2 i + 1 */
};

/* The bytes that `room` numbers need. */
size_t least_size(size_t room);

/* Begins on memory for `room` numbers; `count` of them are to be put into least->numbers before least_finish(). */
void least_init(struct least *least, size_t room, void *memory);
void least_finish(struct least *least, size_t count);

/* The place of the least number from place `from` to place `to`, both included; among equals any. */
size_t least_between(const struct least *least, size_t from, size_t to);

#endif
