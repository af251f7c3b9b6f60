/* bpf(4): the requests that pongd makes itself, and those that it guards. */
#ifndef PONGD_TESTS_NET_BPF_H
#define PONGD_TESTS_NET_BPF_H

#include <stdint.h>
#include <sys/ioctl.h>

#include "system.h"

struct bpf_insn;

struct bpf_program {
    unsigned bf_len;
    struct bpf_insn *bf_insns;
};

struct bpf_stat {
    unsigned bs_recv, bs_drop;
};

#define BIOCGSTATS _IOR('B', 111, struct bpf_stat)
#define BIOCSHDRCMPLT _IOW('B', 117, unsigned)
#ifdef SYSTEM_BIOCLOCK
#define BIOCLOCK _IO('B', SYSTEM_BIOCLOCK)
#define BIOCSETWF _IOW('B', SYSTEM_BIOCSETWF, struct bpf_program)
#endif
#ifdef SYSTEM_BIOCROTZBUF
#define BIOCROTZBUF _IOR('B', SYSTEM_BIOCROTZBUF, uint64_t[3])
#endif

#endif
