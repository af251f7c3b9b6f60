/* What every unit test includes: cmocka, and what it wants before it. */
#ifndef PONGD_TESTS_UNIT_H
#define PONGD_TESTS_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#endif
