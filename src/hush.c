/* Lines that others can bring about: a bucket of HUSH_LINES, into which one comes each HUSH_EACH_MS. */
#include "config.h"

#include "hush.h"

bool
hush_allows(struct hush *hush, uint64_t now_ms)
{
    if (hush->spent_ms < now_ms)
        hush->spent_ms = now_ms;
    if (hush->spent_ms - now_ms > (HUSH_LINES - 1) * HUSH_EACH_MS)
        return false;
    hush->spent_ms += HUSH_EACH_MS;
    return true;
}
