/* What must hold for any input. */
#ifndef PONGD_FUZZ_REQUIRE_H
#define PONGD_FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Says what does not hold, and has the fuzzer keep the input. */
#define require(condition) require_that(condition, #condition, __func__)

static inline void
require_that(bool holds, const char *condition, const char *function)
{
    if (holds)
        return;
    fprintf(stderr, "%s: does not hold: %s\n", function, condition);
    abort();
}

#endif
