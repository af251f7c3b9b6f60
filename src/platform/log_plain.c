/* Other systems: the log by syslog(3), connected while it can be found.  What it loses, it does not tell. */
#include "config.h"

#include "platform/platform.h"

#include <syslog.h>

const char *
platform_log_name(void)
{
    return "syslog";
}

int
platform_log_open(int facility)
{
    openlog("pongd", LOG_PID | LOG_NDELAY, facility);
    return 0;
}

int
platform_log_send(int priority, const char *text, bool is_patient)
{
    (void)is_patient;
    syslog(priority, "%s", text);
    return 0;
}
