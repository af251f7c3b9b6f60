/* The host's own, and what OpenBSD has besides. */
#ifndef PONGD_TESTS_UNISTD_H
#define PONGD_TESTS_UNISTD_H

#include_next <unistd.h>

#include "kernel.h"
#include "system.h"

#ifdef SYSTEM_HAS_PLEDGE
#define pledge kernel_pledge
#define unveil kernel_unveil
#endif

#endif
