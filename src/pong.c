/* pongd as a library: a responder behind the names of pong.h, from its beginning to its end. */
#include "config.h"

#include "pong_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert((int)VERDICT_ANSWERED == PONG_ANSWERED, "the verdict that pong.h names has the number that it says");

const char *
pong_version(void)
{
    return PONG_VERSION;
}

struct pong *
pong_open(uint64_t seed)
{
    static const struct rules none;
    struct pong *pong = calloc(1, sizeof *pong);

    if (pong == NULL)
        return NULL;
    responder_init(&pong->responder, seed);
    pong->mtu = RESPONDER_MTU_DEFAULT;
    pong->answers_neighbors = true;
    if (rulebook_open(&pong->book, &pong->responder, seed, &none, NULL, pong->errbuf) == 0 && pong_set_vlans(pong, "all") == 0)
        return pong;
    pong_close(pong);
    return NULL;
}

void
pong_close(struct pong *pong)
{
    if (pong == NULL)
        return;
    rulebook_close(&pong->book);
    for (int i = 0; i < pong->port_count; i++) {
        policy_release(&pong->ports[i].iface.addresses);
        policy_free(&pong->ports[i].policy);
        platform_interface_free(&pong->ports[i].system);
    }
    free(pong);
}

const char *
pong_error(const struct pong *pong)
{
    return pong != NULL ? pong->errbuf : "there is no responder: pong_open() had no memory for it";
}

int
pong_state_fail(struct pong *pong, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(pong->errbuf, sizeof pong->errbuf, format, arguments);
    va_end(arguments);
    return -1;
}

struct pong_port *
pong_state_port(struct pong *pong, int iface)
{
    if (iface >= 0 && iface < pong->port_count)
        return &pong->ports[iface];
    (void)pong_state_fail(pong, "there is no interface %d: give the number that pong_add_interface() returned", iface);
    return NULL;
}

/* Hands replies over, in the caller's terms. */
static void
hand_over(struct pong *pong, const struct reply *replies, size_t count, struct pong_answer *answer)
{
    for (size_t i = 0; i < count; i++)
        pong->replies[i] = (struct pong_reply){replies[i].data, replies[i].len, replies[i].ts_ns};
    answer->replies = pong->replies;
    answer->reply_count = count;
}

/* The frame as the responder takes it: what is beyond its end on the wire is none of it. */
static struct frame
take_frame(const struct pong_frame *given, const struct iface *iface)
{
    size_t len = given->wire_len > 0 ? given->wire_len : given->len;

    return (struct frame){
        .data = given->data,
        .caplen = given->len < len ? given->len : len,
        .len = len,
        .ts_ns = given->ts_ns,
        .iface = iface,
    };
}

int
pong_answer(struct pong *pong, const struct pong_frame *frame, struct pong_answer *answer)
{
    static const uint8_t nothing[1];
    const struct pong_port *port;
    struct outcome outcome;
    struct frame taken;

    *answer = (struct pong_answer){.verdict = PONG_NONE};
    if (pong == NULL)
        return -1;
    pong->errbuf[0] = '\0';
    port = pong_state_port(pong, frame->iface);
    if (port == NULL)
        return -1;
    if (frame->data == NULL && frame->len > 0)
        return pong_state_fail(pong, "the frame has %zu bytes and no data: say where they are", frame->len);
    taken = take_frame(frame, &port->iface);
    if (taken.data == NULL)
        taken.data = nothing;
    respond(&pong->responder, &taken, &outcome);
    answer->verdict = (int)outcome.verdict;
    answer->is_request = outcome.request.kind != REQUEST_NONE;
    answer->behind = outcome.behind;
    answer->within_ns = outcome.within_ns;
    answer->flow = outcome.flow;
    hand_over(pong, outcome.replies, outcome.reply_count, answer);
    return 0;
}

int
pong_tick(struct pong *pong, int iface, uint64_t now_ns, struct pong_answer *answer)
{
    const struct pong_port *port;

    *answer = (struct pong_answer){.verdict = PONG_NONE};
    if (pong == NULL)
        return -1;
    pong->errbuf[0] = '\0';
    port = pong_state_port(pong, iface);
    if (port == NULL)
        return -1;
    hand_over(pong, pong->responder.replies, responder_tick(&pong->responder, &port->iface, now_ns), answer);
    return 0;
}

uint64_t
pong_due(const struct pong *pong)
{
    return pong != NULL ? responder_due(&pong->responder) : UINT64_MAX;
}

const char *
pong_verdict_name(int verdict)
{
    return verdict >= 0 && verdict < (int)VERDICTS ? verdict_name((enum verdict)verdict) : NULL;
}

const char *
pong_verdict_meaning(int verdict)
{
    return verdict >= 0 && verdict < (int)VERDICTS ? verdict_meaning((enum verdict)verdict) : NULL;
}
