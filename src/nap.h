/* Sleep that ends in time: as late as the system wakes us, we get up earlier. */
#ifndef PONGD_NAP_H
#define PONGD_NAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pollfd;

struct nap {
    uint64_t late_ns; /* how late we were woken lately */
};

/* As poll(2), until the steady clock says `due_ns`.  If that is to be kept exactly, it returns somewhat before then: the caller
 * calls again until it is time, and need not know how soon that is. */
int nap_until(struct nap *nap, struct pollfd *fds, size_t count, uint64_t due_ns, bool is_exact);

#endif
