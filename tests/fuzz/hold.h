/* Replies that wait in a schedule, for the rules that delay and reorder them: each leaves once, in the order of time. */
#ifndef PONGD_FUZZ_HOLD_H
#define PONGD_FUZZ_HOLD_H

#include "responder/responder.h"

void hold_begin(void);

/* Lets go what is due before a frame, and holds the replies to it. */
void hold_outcome(const struct frame *frame, const struct outcome *outcome);

/* Lets all go that wait. */
void hold_end(void);

#endif
