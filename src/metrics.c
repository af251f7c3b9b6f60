/* Metrics: the counters in a file that others collect, kept up to date while the loop runs. */
#include "config.h"

#include "metrics.h"

#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "keeper.h"
#include "metrics_text.h"
#include "pending.h"
#include "workers.h"

struct metrics {
    struct keeper *keeper;
    const uint64_t *left_out; /* NULL: nobody writes frames */
    struct metrics_values values;
    char text[KEEPER_TEXT];
};

struct metrics *
metrics_open(const struct loop *loop, struct keeper *keeper, char errbuf[static PORT_ERRBUF])
{
    struct metrics *metrics = calloc(1, sizeof *metrics);

    if (metrics == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "out of memory");
        return NULL;
    }
    metrics->keeper = keeper;
    metrics->values.start_ns = clock_day_ns();
    for (size_t i = 0; i < loop->port_count && loop->ports[i]->fd >= 0; i++)
        metrics->values.interfaces[metrics->values.interface_count++].name = loop->ports[i]->name;
    return metrics;
}

void
metrics_watch(struct metrics *metrics, const uint64_t *left_out)
{
    metrics->left_out = left_out;
}

/* What one loop knows of interface number `i`: frames that were lost, also before its port had ended. */
static uint64_t
count_dropped(const struct loop *loop, size_t i)
{
    struct port *port = loop->ports[i];

    return loop->dropped[i] + (port == NULL ? 0 : port->ops->dropped(port));
}

static void
look_at_interface(struct metrics_values *values, const struct loop *loop, size_t i)
{
    const struct workers *workers = loop->workers;
    const struct port *port = loop->ports[i];

    values->interfaces[i].is_up = port != NULL && port->iface.is_up && !port->is_away;
    values->interfaces[i].dropped = count_dropped(loop, i);
    for (size_t j = 0; workers != NULL && j + 1 < workers->count; j++)
        values->interfaces[i].dropped += count_dropped(&workers->loops[j], i);
}

static void
look(struct metrics *metrics, const struct loop *loop)
{
    struct metrics_values *values = &metrics->values;

    loop_count(loop, &values->counters);
    values->latency = loop->latency;
    for (size_t i = 0; loop->workers != NULL && i + 1 < loop->workers->count; i++)
        histogram_join(&values->latency, &loop->workers->loops[i].latency);
    values->waiting = loop_waiting(loop);
    values->left_out = metrics->left_out == NULL ? 0 : *metrics->left_out;
    for (size_t i = 0; i < values->interface_count; i++)
        look_at_interface(values, loop, i);
}

/* There is room for as much as there can be. */
static void
hand_over(struct metrics *metrics, const struct loop *loop)
{
    look(metrics, loop);
    keeper_write_metrics(metrics->keeper, metrics->text,
                         metrics_text_make(metrics->text, sizeof metrics->text, &metrics->values));
}

bool
metrics_write(struct metrics *metrics, const struct loop *loop)
{
    if (keeper_is_writing(metrics->keeper))
        return false;
    metrics->values.is_up = true;
    hand_over(metrics, loop);
    return true;
}

void
metrics_finish(struct metrics *metrics, const struct loop *loop)
{
    if (metrics == NULL)
        return;
    metrics->values.is_up = false;
    keeper_wait(metrics->keeper);
    hand_over(metrics, loop);
}

void
metrics_close(struct metrics *metrics)
{
    free(metrics);
}
