/* The two clocks: one that tells the time of day, as frames have it, and one that nobody sets. */
#ifndef PONGD_CLOCK_H
#define PONGD_CLOCK_H

#include <stdint.h>

/* Since some time in the past, steadily. */
uint64_t clock_steady_ns(void);
uint64_t clock_steady_ms(void);

/* Since 1970, as far as the system knows; it may be set at any time. */
uint64_t clock_day_ns(void);

#endif
