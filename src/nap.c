/* Sleep that ends in time.  A processor that rests takes some 20 to 100 us to be back at work, more so the longer it rested. */
#include "config.h"

#include "nap.h"

#include "clock.h"
#include "platform/platform.h"

enum {
    LATE_MOST = 200000, /* ns: what is beyond is no rule, and being awake costs something too */
    WEIGHT = 8          /* of what was before, to the last time */
};

int
nap_until(struct nap *nap, struct pollfd *fds, size_t count, uint64_t due_ns, bool is_exact)
{
    uint64_t now_ns = clock_steady_ns(), early_ns = is_exact ? nap->late_ns : 0;
    uint64_t wake_ns = due_ns > early_ns ? due_ns - early_ns : 0, late_ns;
    int rc = platform_wait(fds, count, wake_ns > now_ns ? wake_ns - now_ns : 0);

    if (rc != 0 || !is_exact || wake_ns <= now_ns)
        return rc;
    now_ns = clock_steady_ns();
    late_ns = now_ns > wake_ns ? now_ns - wake_ns : 0;
    if (late_ns > LATE_MOST)
        late_ns = LATE_MOST;
    nap->late_ns = (nap->late_ns * (WEIGHT - 1) + late_ns) / WEIGHT;
    return rc;
}
