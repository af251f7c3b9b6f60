/* A segment tree, laid out like a heap: node 1 is the root, and the numbers are nodes `count` to 2 `count` - 1, in order. */
#include "responder/least.h"

size_t
least_size(size_t room)
{
    return 2 * room * sizeof(uint32_t);
}

void
least_init(struct least *least, size_t room, void *memory)
{
    *least = (struct least){.numbers = memory};
    least->winners = least->numbers + room;
}

/* The place of the least number below a node. */
static size_t
winner(const struct least *least, size_t node)
{
    return node >= least->count ? node - least->count : least->winners[node];
}

static size_t
lesser(const struct least *least, size_t a, size_t b)
{
    return least->numbers[b] < least->numbers[a] ? b : a;
}

void
least_finish(struct least *least, size_t count)
{
    least->count = count;
    for (size_t node = count; node-- > 1;)
        least->winners[node] = (uint32_t)lesser(least, winner(least, 2 * node), winner(least, 2 * node + 1));
}

/* Goes up from both ends: a node that is a right child on the left end, or a left one on the right, stands for itself. */
size_t
least_between(const struct least *least, size_t from, size_t to)
{
    size_t left = from + least->count, right = to + least->count + 1, best = from;

    for (; left < right; left /= 2, right /= 2) {
        if (left % 2 == 1)
            best = lesser(least, best, winner(least, left++));
        if (right % 2 == 1)
            best = lesser(least, best, winner(least, --right));
    }
    return best;
}
