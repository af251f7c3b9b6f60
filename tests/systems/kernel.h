/* A kernel that is none: it tells what it is told to, and keeps what it was asked. */
#ifndef PONGD_TESTS_KERNEL_H
#define PONGD_TESTS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

struct kernel {
    unsigned index;      /* of the interface test0; 0: it is gone, which nobody is told of */
    bool is_deaf;        /* to looks for an index, which find none */
    int index_error;     /* errno of a look for an index that finds none */
    int list_error;      /* errno of getifaddrs(3); 0: none */
    bool is_up;
    unsigned mtu;
    int flags6;          /* of fd00:db8::7 */
    int flags6_error;    /* errno of the question for them */
    int capsicum_error;  /* errno of all that is about capsicum(4) */
    int bpf_error;       /* errno of requests to bpf(4) */
    size_t open_lists;   /* that were not freed */
    char calls[512];     /* what was asked for, in its order */
};

extern struct kernel kernel;

/* An interface that is up, with everything allowed. */
void kernel_boot(void);

/* What takes the place of system calls and functions of libraries. */
int kernel_socket(int domain, int type, int protocol);
int kernel_ioctl(int fd, unsigned long request, void *argument);
unsigned kernel_index(const char *name);
int kernel_pledge(const char *promises, const char *execpromises);
int kernel_unveil(const char *path, const char *permissions);
void *kernel_rights(unsigned long long rights[2], const unsigned long long *wanted);
int kernel_limit(int fd, const unsigned long long rights[2]);
int kernel_limit_questions(int fd, const unsigned long *questions, size_t count);
int kernel_capsicum(const char *what);

#endif
