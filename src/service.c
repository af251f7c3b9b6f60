/* pongd as a service: what it does besides when it is started, when it answers and when it ends. */
#include "config.h"

#include "service.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "sink.h"

bool
service_begin(struct service *service, const struct options *options, int *status)
{
    *service = (struct service){
        .options = options, .background = {-1}, .pid_file = {-1, NULL}, .notify = {.fd = -1}, .has_files = true};
    return options->is_background && background_start(&service->background, status);
}

static void
warn(const struct service *service, const char *sentence)
{
    const struct log log = {.is_quiet = service->options->is_quiet};

    log_warning(&log, "%s", sentence);
}

/* Who asks for the log is to have it; who asks for the background has it where there is one. */
static int
open_log(const struct service *service, char errbuf[static PORT_ERRBUF])
{
    const struct options *options = service->options;
    char why[PORT_ERRBUF];
    bool has_log;

    if (!options->is_syslog && !options->is_background)
        return 0;
    has_log = sink_connect(options->facility >= 0 ? options->facility : sink_facility("daemon"), why) == 0;
    if (!has_log && options->is_syslog) {
        snprintf(errbuf, PORT_ERRBUF, "--syslog: %.400s: start the system's log, or leave --syslog out", why);
        return -1;
    }
    if (!has_log) {
        snprintf(errbuf, PORT_ERRBUF, "-b: %.400s: messages are lost from here on: start the system's log first to have them", why);
        warn(service, errbuf);
    }
    return sink_open(errbuf);
}

int
service_open(struct service *service, char errbuf[static PORT_ERRBUF])
{
    const char *path = service->options->pid_path;

    if (open_log(service, errbuf) != 0)
        return -1;
    if (service->options->interface_count > 0 && notify_open(&service->notify, errbuf) != 0)
        warn(service, errbuf);
    return path == NULL ? 0 : pid_file_open(&service->pid_file, path, errbuf);
}

int
service_leave(const struct service *service, char errbuf[static PORT_ERRBUF])
{
    return background_leave(&service->background, errbuf);
}

int
service_tell_ready(struct service *service, char errbuf[static PORT_ERRBUF])
{
    bool is_background = service->background.ready_fd >= 0;

    if (pid_file_write(&service->pid_file, errbuf) != 0)
        return -1;
    if (notify_ready(&service->notify, is_background, clock_steady_ms()) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "NOTIFY_SOCKET: %s: the service manager is not told that pongd is ready", strerror(errno));
        warn(service, errbuf);
    }
    if (background_tell_ready(&service->background) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "-b: who started pongd was ended before it was ready: it ends too");
        return -1;
    }
    sink_end_start();
    return 0;
}

void
service_end(struct service *service)
{
    char errbuf[PORT_ERRBUF];

    if (pid_file_close(&service->pid_file, service->has_files, errbuf) != 0)
        log_error("%s: the number of this process is still in it", errbuf);
    notify_close(&service->notify);
}
