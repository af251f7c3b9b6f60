/* capsicum(4): rights are a set that macros fill in, and each call may be asked to limit a descriptor. */
#ifndef PONGD_TESTS_SYS_CAPSICUM_H
#define PONGD_TESTS_SYS_CAPSICUM_H

#include <stddef.h>

#include "kernel.h"

typedef struct cap_rights {
    unsigned long long cr_rights[2];
} cap_rights_t;

typedef unsigned long cap_ioctl_t;

#define CAP_READ 0x0200000000000001ULL
#define CAP_WRITE 0x0200000000000002ULL
#define CAP_FCNTL 0x0200000000008000ULL
#define CAP_EVENT 0x0400000000000020ULL
#define CAP_IOCTL 0x0400000000000080ULL

#define cap_rights_init(rights, ...) kernel_rights((rights)->cr_rights, (const unsigned long long[]){__VA_ARGS__, 0})
#define cap_rights_limit(fd, rights) kernel_limit(fd, (rights)->cr_rights)
#define cap_ioctls_limit(fd, questions, count) kernel_limit_questions(fd, questions, count)
#define cap_enter() kernel_capsicum("enter ")

#endif
