/* Rotation: savefiles that follow one another, and their names, as tcpdump(8) has them with -C and -W. */
#include "config.h"

#include "rotation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

uint64_t
rotation_next(uint64_t number, unsigned ring)
{
    return ring > 0 && number + 1 >= ring ? 0 : number + 1;
}

/* As many digits as the last file of a ring has, so that names sort; one file alone needs none. */
static int
count_digits(unsigned ring)
{
    int digits = 0;

    for (unsigned last = ring > 0 ? ring - 1 : 0; last > 0; last /= 10)
        digits++;
    return digits;
}

int
rotation_name(char *name, size_t room, const char *base, uint64_t number, unsigned ring)
{
    int digits = count_digits(ring), len;

    if (digits == 0 && number == 0)
        len = snprintf(name, room, "%s", base);
    else
        len = snprintf(name, room, "%s%0*" PRIu64, base, digits, number);
    if (len >= 0 && (size_t)len < room)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}
