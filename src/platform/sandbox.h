/* What a process gives up for good, each step behind one function: ratchet.c has their order. */
#ifndef PONGD_PLATFORM_SANDBOX_H
#define PONGD_PLATFORM_SANDBOX_H

#include <stdbool.h>

struct bpf_program;

/* Who to become, looked up while that is still possible. */
struct platform_user {
    const char *name;
    unsigned uid;
    unsigned gid;
};

/* What is given up, and what is still to be done then. */
struct platform_plan {
    struct platform_user user; /* to become */
    bool takes_clients;        /* at a socket that listens already */
    bool writes_files;         /* regular ones, which are open already */
    bool follows_interfaces;   /* their own addresses are answered for, whichever these come to be */
    bool starts_threads;
    bool has_pid_file;         /* which is open already; a number is written to it, and taken away in the end */
    bool receives_files;       /* that a keeper opens */
    unsigned file_bytes;       /* of a file that is written, but for those of -w: of a keeper's, or the number */
    unsigned descriptors;      /* that may come to be open, besides those that are */
    unsigned polled;           /* descriptors that are waited for at once */
};

/* Has a capture's descriptor keep its filter, and where the system has write filters send nothing but what `sent` lets
 * through. */
int platform_lock_capture(int fd, const struct bpf_program *sent);

/* Finds a user.  0, or -1 when there is none. */
int platform_user_find(const char *name, struct platform_user *user);

/* Whether this process is root and so has something to give up. */
bool platform_is_root(void);

/* Whether that user exists for the kernel too: in a user namespace most do not, and its root is none outside. */
bool platform_user_is_mapped(const struct platform_user *user);

/* Whether this build is one that looks at itself (sanitizers, coverage), which takes files, processes and system calls that
 * pongd has no need of. */
bool platform_is_instrumented(void);

/* A step.  0, PLATFORM_ABSENT where the system, or this build, has no such thing, or -1 with errno set: then the process
 * must not go on. */
typedef int platform_step(const struct platform_plan *plan);

enum { PLATFORM_ABSENT = 1 };

/* Opens what the functions of platform.h need to look at interfaces and settings when nothing can be opened any more. */
platform_step platform_open_eyes;

/* Sees to it that no program that is started could have capabilities, nor get them from its file or its user. */
platform_step platform_bound;

/* Leaves all files behind: the root is an empty directory (chroot).  What that takes, the second one tells. */
platform_step platform_shut_in;
const char *platform_shut_in_remedy(void);

/* Gives up root for good, its groups first. */
platform_step platform_become;

/* Has programs that are started gain no privileges by set-user-ID bits and the like. */
platform_step platform_renounce;

/* Gives up all capabilities. */
platform_step platform_disarm;

/* Sets resource limits to what is needed. */
platform_step platform_limit;

/* Has the system refuse what is not needed.  What that is called, the second one tells. */
platform_step platform_confine;
const char *platform_confine_name(void);

/* The last three for a keeper, which writes and removes files in folders that are open, as the user who started it. */
platform_step platform_keeper_disarm;
platform_step platform_keeper_limit;
platform_step platform_keeper_confine;

#endif
