/* Requests of ioctl(2): a direction, the size of what is passed, a group and a number. */
#ifndef PONGD_TESTS_SYS_IOCTL_H
#define PONGD_TESTS_SYS_IOCTL_H

#include "kernel.h"

#define SYSTEM_REQUEST(way, group, number, size) \
    ((unsigned long)(way) << 28 | (unsigned long)(size) << 16 | (unsigned long)(group) << 8 | (unsigned long)(number))
#define _IO(group, number) SYSTEM_REQUEST(2, group, number, 0)
#define _IOR(group, number, type) SYSTEM_REQUEST(4, group, number, sizeof(type))
#define _IOW(group, number, type) SYSTEM_REQUEST(8, group, number, sizeof(type))
#define _IOWR(group, number, type) SYSTEM_REQUEST(12, group, number, sizeof(type))

#define ioctl kernel_ioctl

#endif
