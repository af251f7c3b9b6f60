/* pongd as a service: in the background, with a file of its process, the system's log, and a service manager that is told. */
#ifndef PONGD_SERVICE_H
#define PONGD_SERVICE_H

#include "background.h"
#include "notify.h"
#include "options.h"
#include "pid_file.h"

struct service {
    const struct options *options;
    struct background background;
    struct pid_file pid_file;
    struct notify notify;
    bool has_files; /* they have not been given up */
};

/* Begins a service, which with -b is a process of its own.  Returns whether there is nothing to be done any more but to exit with
 * `*status`: this is the process that was started, and the other one is ready, or has failed. */
bool service_begin(struct service *service, const struct options *options, int *status);

/* Opens what a service needs, before captures are opened.  0, or -1 with errbuf filled. */
int service_open(struct service *service, char errbuf[static PORT_ERRBUF]);

/* Leaves the place where pongd was started: all that is named by that is open now.  0, or -1 with errbuf filled. */
int service_leave(const struct service *service, char errbuf[static PORT_ERRBUF]);

/* Tells everybody that pongd answers.  0, or -1 with errbuf filled. */
int service_tell_ready(struct service *service, char errbuf[static PORT_ERRBUF]);

void service_end(struct service *service);

#endif
