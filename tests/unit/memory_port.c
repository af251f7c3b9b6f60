/* A port in memory: its frames are all the same request, and its calls are counted and can fail. */
#include "unit.h"

#include "memory_port.h"

#include <stdio.h>

#include "served.h"

static struct served list;

static bool
is_failing(struct memory_port *memory)
{
    if (++memory->calls != memory->fail_at)
        return false;
    snprintf(memory->port.errbuf, sizeof memory->port.errbuf, "call %u fails, as asked", memory->calls);
    return true;
}

static enum port_result
memory_next(struct port *port, struct frame *frame)
{
    struct memory_port *memory = (struct memory_port *)port;

    if (is_failing(memory))
        return memory->failure == PORT_REFUSED ? PORT_FAILED : memory->failure;
    if (memory->frames == 0)
        return PORT_END;
    memory->frames--;
    *frame = (struct frame){
        .data = memory->craft.data, .caplen = memory->craft.len, .len = memory->craft.len, .iface = &port->iface};
    return PORT_DONE;
}

static enum port_result
memory_send(struct port *port, const struct frame *request, const struct reply *reply)
{
    struct memory_port *memory = (struct memory_port *)port;

    assert_non_null(request->data);
    assert_true(reply->len >= 60);
    if (is_failing(memory)) {
        memory->refused++;
        return memory->failure;
    }
    memory->sent++;
    return PORT_DONE;
}

static size_t
memory_send_many(struct port *port, const struct reply *replies, size_t count, enum port_result *result)
{
    static const struct frame none = {.data = (const uint8_t *)""};

    for (size_t i = 0; i < count; i++)
        if ((*result = memory_send(port, &none, &replies[i])) != PORT_DONE)
            return i;
    return count;
}

static enum port_result
memory_keep(struct port *port, const struct frame *request)
{
    (void)port;
    (void)request;
    fail(); /* there is nothing to wait for */
    return PORT_DONE;
}

static enum port_result
memory_flush(struct port *port)
{
    ((struct memory_port *)port)->flushed++;
    return PORT_DONE;
}

static enum port_result
memory_check(struct port *port, bool changed)
{
    (void)port;
    (void)changed;
    return PORT_DONE;
}

static uint64_t
memory_dropped(struct port *port)
{
    (void)port;
    return 3;
}

static void
memory_close(struct port *port)
{
    ((struct memory_port *)port)->closed++;
}

static const struct port_ops memory_ops = {memory_next,  memory_send,  memory_send_many, memory_keep,
                                           memory_flush, memory_check, memory_dropped,   memory_close};

struct memory_port
memory_port_make(unsigned frames)
{
    static const struct address any = {.version = 4};
    struct memory_port memory = {.port = {.ops = &memory_ops, .name = "memory", .fd = -1, .watch_fd = -1}, .frames = frames};

    served_init(&list, &memory.port.iface.addresses);
    assert_true(served_add(&list, &memory.port.iface.addresses, &any, 0, ADDRESSES_ANSWER));
    memory.port.iface.mtu = 1500;
    craft4(&memory.craft, LINK_EN10MB, NULL, 0, 8);
    return memory;
}
