/* The host's own, and FreeBSD's word for what is forbidden in capability mode. */
#ifndef PONGD_TESTS_ERRNO_H
#define PONGD_TESTS_ERRNO_H

#include_next <errno.h>

#include "system.h"

#ifdef SYSTEM_ECAPMODE
#define ECAPMODE SYSTEM_ECAPMODE
#endif

#endif
