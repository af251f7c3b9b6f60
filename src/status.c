/* One line on how pongd does: which interfaces are answered on, which are paused, and which are gone. */
#include "config.h"

#include "status.h"

#include <stdio.h>

#include "notify.h"
#include "sink.h"

enum doing { ANSWERING, PAUSED, WAITING, DOINGS };

static const char *const words[DOINGS] = {
    [ANSWERING] = "answering on", [PAUSED] = "paused on", [WAITING] = "waiting for"};

static enum doing
doing_of(const struct port *port)
{
    if (port->is_away)
        return WAITING;
    return port->iface.is_paused ? PAUSED : ANSWERING;
}

/* Puts the interfaces behind what is there that pongd does that with.  Returns how long it is then. */
static size_t
add(const struct loop *loop, enum doing doing, char *text, size_t size, size_t len)
{
    const char *before = len == 0 ? "" : "; ", *what = words[doing], *between = " ";

    if (doing == ANSWERING && loop->verify != NULL)
        what = "comparing on";
    for (size_t i = 0; i < loop->port_count && len < size; i++) {
        if (loop->ports[i] == NULL || doing_of(loop->ports[i]) != doing)
            continue;
        len += (size_t)snprintf(text + len, size - len, "%s%s%s%s", before, what, between, loop->ports[i]->name);
        before = what = "";
        between = ", ";
    }
    return len;
}

void
status_make(const struct loop *loop, char *text, size_t size)
{
    size_t len = 0;

    text[0] = '\0';
    for (int doing = 0; doing < DOINGS; doing++)
        len = add(loop, (enum doing)doing, text, size, len);
    if (sink_lost() > 0 && len < size)
        snprintf(text + len, size - len, "; %lu messages lost by the log", sink_lost());
}

void
status_tell(const struct loop *loop)
{
    char text[NOTIFY_STATUS];

    if (loop->notify == NULL || loop->notify->fd < 0)
        return;
    status_make(loop, text, sizeof text);
    notify_status(loop->notify, text);
}
