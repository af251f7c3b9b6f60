/* Whether to look for frames again and again instead of sleeping, which costs less time and more of the processor. */
#ifndef PONGD_SPIN_H
#define PONGD_SPIN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SPIN_ADAPT = -1,   /* by how frames come */
    SPIN_MOST = 1000000 /* us */
};

struct spin {
    int32_t spin_us;   /* for how long to look, or SPIN_ADAPT */
    bool has_heard;    /* a frame, ever */
    bool is_resting;   /* there was nothing to read when it was last looked */
    uint64_t since_ns; /* since then */
    uint64_t rest_ns;  /* how long rests were of late */
};

/* `spin_us` as in the struct. */
void spin_init(struct spin *spin, int32_t spin_us);

/* Is told that a frame has come. */
void spin_hear(struct spin *spin, uint64_t now_ns);

/* Is told that there is nothing to read.  Returns whether to look again at once, rather than to sleep. */
bool spin_rest(struct spin *spin, uint64_t now_ns);

#endif
