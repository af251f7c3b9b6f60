/* The doctor: brings what the loop and a scout see before the diagnosis, and tells the user what it finds. */
#ifndef PONGD_DOCTOR_H
#define PONGD_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "log.h"
#include "policy.h"
#include "port.h"

struct doctor;
struct scout;

/* A doctor for a live port.  `expression` is the user's filter, or NULL.  `scout`, which may be NULL, is the doctor's from
 * then on.  NULL when there is no memory. */
struct doctor *doctor_open(const struct port *port, const struct policy *policy, const char *expression,
                           struct scout *scout, const struct log *log);

/* All that follows does nothing where `doctor` is NULL.  `now_ms` is a clock that never goes back. */

/* Tells what can be told at the start, and begins to look at the wire. */
void doctor_start(struct doctor *doctor, uint64_t now_ms);

/* The port's interface was gone and is there again, perhaps on another wire. */
void doctor_restart(struct doctor *doctor, uint64_t now_ms);

/* A frame of the port was read, and what was made of it. */
void doctor_hear(struct doctor *doctor, const struct frame *frame, const struct outcome *outcome, uint64_t now_ms);

/* The port has looked at its interface. */
void doctor_check(struct doctor *doctor, uint64_t now_ms);

/* To be called every now and then, at least once a second.  Nothing wakes the loop for it: what was seen can wait. */
void doctor_tick(struct doctor *doctor, uint64_t now_ms);

/* Tells what it still has, and ends. */
void doctor_close(struct doctor *doctor, uint64_t now_ms);

#endif
