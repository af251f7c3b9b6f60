/* Distributions of a delay around its mean, in netem's words, drawn with integers only: the same on every system. */
#ifndef PONGD_RESPONDER_DISTRIBUTION_H
#define PONGD_RESPONDER_DISTRIBUTION_H

#include <stdint.h>

#include "responder/random.h"

enum distribution {
    DISTRIBUTION_UNIFORM,     /* from -1 to 1, each as likely */
    DISTRIBUTION_NORMAL,      /* mean 0, deviation 1, as all that follow */
    DISTRIBUTION_PARETO,      /* shape 3, cut off at 4 deviations as netem does it */
    DISTRIBUTION_PARETONORMAL, /* one part normal, three parts pareto */
    DISTRIBUTIONS
};

enum { DISTRIBUTION_ONE = 1 << 24 }; /* what 1 is drawn as */

/* A number of that distribution, in parts of DISTRIBUTION_ONE; never beyond 8 to either side. */
int32_t distribution_draw(enum distribution distribution, struct random *random);

/* `width_ns`, at most 2^47, times such a number. */
int64_t distribution_scale(uint64_t width_ns, int32_t number);

#endif
