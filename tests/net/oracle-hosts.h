/* The two hosts: cases are sent to both, and what each answers is collected. */
#ifndef PONGD_TESTS_NET_ORACLE_HOSTS_H
#define PONGD_TESTS_NET_ORACLE_HOSTS_H

#include "oracle-wire.h"

enum {
    HOSTS = 2,
    KERNEL = 0,
    PONGD = 1,
    JOBS_MAX = 24
};

/* A case under way. */
struct job {
    uint32_t number; /* says which random case it is */
    struct frames requests;
    struct frames answers[HOSTS];
    bool is_done[HOSTS];
};

struct host {
    const char *name;
    int port;
    uint32_t first; /* the sentinel of the first job */
};

struct hosts {
    struct host host[HOSTS];
    struct job jobs[JOBS_MAX];
    unsigned job_count;
    uint32_t sentinel; /* the next */
    bool with_errors;  /* ICMP errors are answers too */
    unsigned errors;   /* of pongd so far */
};

/* Opens the wires to the kernel's host and to pongd's; ends the program if it cannot. */
void hosts_open(struct hosts *hosts, char *interfaces[HOSTS]);

/* Sends the jobs' requests to both hosts and waits for the answers; ends the program when a host answers no more. */
void hosts_ask(struct hosts *hosts);

#endif
