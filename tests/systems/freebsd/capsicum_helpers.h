/* capsicum_helpers(3), for standard input and output. */
#ifndef PONGD_TESTS_CAPSICUM_HELPERS_H
#define PONGD_TESTS_CAPSICUM_HELPERS_H

#include "kernel.h"

#define caph_limit_stdin() kernel_capsicum("stdin ")
#define caph_limit_stdout() kernel_capsicum("stdout ")
#define caph_limit_stderr() kernel_capsicum("stderr ")

#endif
