/* The captures in a folder. */
#ifndef PONGD_TESTS_CAPTURES_H
#define PONGD_TESTS_CAPTURES_H

#include <stddef.h>

enum { CAPTURES_MAX = 128 };

/* Lists those in a folder by their names, which are to be freed.  Returns how many there are. */
size_t captures_list(const char *folder, char *names[static CAPTURES_MAX]);

#endif
