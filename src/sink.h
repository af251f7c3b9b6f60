/* Where messages go: to standard error, or to the system's log, and what keeps pongd from starting to both. */
#ifndef PONGD_SINK_H
#define PONGD_SINK_H

#include <stdarg.h>
#include <stdio.h>

#include "port.h"

enum sink_priority { SINK_ERROR, SINK_WARNING, SINK_NOTICE, SINK_INFO };

/* The number that syslog(3) has for a facility, or -1 if it is none that is known.  All names, for people. */
int sink_facility(const char *name);
extern const char sink_facilities[];

/* Connects to the system's log.  0, or -1 with errbuf filled: what is told to it is then lost. */
int sink_connect(int facility, char errbuf[static PORT_ERRBUF]);

/* Has messages go there from now on, and until sink_end_start() errors also to what is standard error now.  0, or -1 with errbuf
 * filled. */
int sink_open(char errbuf[static PORT_ERRBUF]);

/* Has errors go to the system's log alone: pongd has started. */
void sink_end_start(void);

/* A message. */
void sink_tell(enum sink_priority priority, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* Where to print a line that is to go to `plain` where there is no log; the second one ends the line, which may have its newline
 * or not.  Who makes lines has the turn. */
FILE *sink_line(FILE *plain);
void sink_end_line(FILE *line, enum sink_priority priority);

/* How many messages the system's log has not taken. */
unsigned long sink_lost(void);

#endif
