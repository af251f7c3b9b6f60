/* The doctor: when the scout looks at the wire, and the way from what is seen to the user's terminal. */
#include "config.h"

#include "doctor.h"

#include <stdlib.h>
#include <string.h>

#include "capture/scout.h"
#include "diagnosis.h"
#include "platform/platform.h"

enum {
    FIRST_LOOK_MS = 10 * 1000,
    LOOK_MS = 1000,
    LOOK_EVERY_MS = 60 * 1000,
    PAUSE_MS = 3000,        /* without requests, behind which the first ones are looked at */
    BEGINNING_MS = 3000,    /* how long they are */
    BEGINNINGS_MS = 10 * 1000, /* from one such look to the next, at the least */
    LOOK_FRAMES = 2048, /* of a busy wire, as many tell enough */
    TURN_FRAMES = 1024, /* about what a scout holds */
    LEFT_FRAMES = 65536 /* more than it can hold */
};

struct doctor {
    const struct port *port;
    const struct log *log;
    struct scout *scout;
    bool is_looking;
    uint64_t look_begin_ms, look_end_ms, next_look_ms;
    uint64_t heard_ms;       /* when the last request was */
    unsigned seen;           /* frames in this look */
    uint64_t heard;          /* requests of the port */
    uint64_t heard_before;   /* until the last tick */
    struct diagnosis_setting setting;
    struct diagnosis diagnosis;
};

static void
tell(const struct doctor *doctor, const char *line)
{
    if (line != NULL)
        log_warning(doctor->log, "%s", line);
}

struct doctor *
doctor_open(const struct port *port, const struct policy *policy, const char *expression, struct scout *scout,
            const struct log *log)
{
    struct doctor *doctor = calloc(1, sizeof *doctor);

    if (doctor == NULL) {
        if (scout != NULL)
            scout->ops->close(scout);
        return NULL;
    }
    doctor->port = port;
    doctor->log = log;
    doctor->scout = scout;
    if (scout != NULL) /* at once: requests may come as soon as the port is open */
        scout->ops->look(scout, true);
    doctor->setting = (struct diagnosis_setting){.interface = port->name, .policy = policy, .expression = expression};
    return doctor;
}

static void
dismiss_scout(struct doctor *doctor)
{
    if (doctor->scout != NULL)
        doctor->scout->ops->close(doctor->scout);
    doctor->scout = NULL;
    doctor->is_looking = false;
}

static void
set_times(struct doctor *doctor, uint64_t now_ms, uint64_t duration_ms)
{
    doctor->is_looking = true;
    doctor->seen = 0;
    doctor->look_begin_ms = now_ms;
    doctor->look_end_ms = now_ms + duration_ms;
    doctor->next_look_ms = now_ms + LOOK_EVERY_MS;
}

/* What is left from the look before is old, and must not be taken for what happens now. */
static void
look(struct doctor *doctor, uint64_t now_ms, uint64_t duration_ms)
{
    struct frame frame;

    for (int i = 0; i < LEFT_FRAMES && doctor->scout->ops->next(doctor->scout, &frame) == PORT_DONE; i++)
        ;
    diagnosis_look(&doctor->diagnosis, platform_echo(4), platform_echo(6));
    doctor->scout->ops->look(doctor->scout, true);
    set_times(doctor, now_ms, duration_ms);
}

static void
look_away(struct doctor *doctor)
{
    doctor->scout->ops->look(doctor->scout, false);
    doctor->is_looking = false;
}

/* What the kernel is at the start. */
static void
know_kernel(struct doctor *doctor, uint64_t now_ms)
{
    struct diagnosis_setting *setting = &doctor->setting;
    struct platform_interface interface;

    if (platform_interface_read(doctor->port->name, &interface) != 0)
        memset(&interface, 0, sizeof interface);
    setting->echo4 = platform_echo(4);
    setting->echo6 = platform_echo(6);
    setting->has_kernel_mac = interface.has_mac;
    memcpy(setting->kernel_mac, interface.mac, sizeof setting->kernel_mac);
    diagnosis_restart(&doctor->diagnosis, setting, now_ms);
    for (size_t i = 0; i < interface.address_count; i++)
        diagnosis_own(&doctor->diagnosis, &doctor->port->iface, &interface.addresses[i].address);
    platform_interface_free(&interface);
}

void
doctor_start(struct doctor *doctor, uint64_t now_ms)
{
    if (doctor == NULL)
        return;
    know_kernel(doctor, now_ms);
    doctor_check(doctor, now_ms);
    if (doctor->scout != NULL)
        set_times(doctor, now_ms, FIRST_LOOK_MS);
}

void
doctor_restart(struct doctor *doctor, uint64_t now_ms)
{
    if (doctor == NULL)
        return;
    if (doctor->scout != NULL && doctor->scout->ops->follow(doctor->scout, doctor->port) != 0)
        dismiss_scout(doctor);
    if (doctor->scout != NULL)
        doctor->scout->ops->look(doctor->scout, true);
    doctor_start(doctor, now_ms);
}

/* When somebody begins to ping, it is worth a look at once. */
static void
hear_request(struct doctor *doctor, uint64_t now_ms)
{
    bool has_paused = now_ms - doctor->heard_ms >= PAUSE_MS;

    doctor->heard++;
    doctor->heard_ms = now_ms;
    if (has_paused && doctor->scout != NULL && !doctor->is_looking && now_ms - doctor->look_begin_ms >= BEGINNINGS_MS)
        look(doctor, now_ms, BEGINNING_MS);
}

void
doctor_hear(struct doctor *doctor, const struct frame *frame, const struct outcome *outcome, uint64_t now_ms)
{
    if (doctor == NULL)
        return;
    if (outcome->request.kind != REQUEST_NONE) /* neighbours' questions are no sign that requests come through */
        hear_request(doctor, now_ms);
    if (outcome->rules != 0)
        diagnosis_mislead(&doctor->diagnosis);
    if (outcome->verdict != VERDICT_ANSWERED)
        tell(doctor, diagnosis_judge(&doctor->diagnosis, frame, outcome, now_ms));
}

void
doctor_check(struct doctor *doctor, uint64_t now_ms)
{
    if (doctor == NULL)
        return;
    diagnosis_note_mac(&doctor->diagnosis, &doctor->port->iface);
    tell(doctor, diagnosis_link(&doctor->diagnosis, doctor->port->iface.is_up, now_ms));
}

/* What the scout has seen since the last turn. */
static void
debrief(struct doctor *doctor, uint64_t now_ms)
{
    enum port_result result = PORT_DONE;
    struct frame frame;

    for (int taken = 0; taken < TURN_FRAMES && result == PORT_DONE; taken++) {
        result = doctor->scout->ops->next(doctor->scout, &frame);
        if (result != PORT_DONE)
            continue;
        doctor->seen++;
        frame.iface = &doctor->port->iface;
        tell(doctor, diagnosis_see(&doctor->diagnosis, &frame, doctor->heard_before, now_ms));
    }
    if (result == PORT_FAILED) /* perhaps its interface is gone, which the port will say */
        doctor->is_looking = false;
    else if (now_ms >= doctor->look_end_ms || doctor->seen >= LOOK_FRAMES)
        look_away(doctor);
}

void
doctor_tick(struct doctor *doctor, uint64_t now_ms)
{
    if (doctor == NULL || doctor->port->is_away)
        return;
    if (doctor->is_looking)
        debrief(doctor, now_ms);
    else if (doctor->scout != NULL && now_ms >= doctor->next_look_ms)
        look(doctor, now_ms, LOOK_MS);
    tell(doctor, diagnosis_wait(&doctor->diagnosis, doctor->heard, now_ms));
    doctor->heard_before = doctor->heard;
}

void
doctor_close(struct doctor *doctor, uint64_t now_ms)
{
    if (doctor == NULL)
        return;
    if (doctor->is_looking && !doctor->port->is_away)
        debrief(doctor, now_ms);
    dismiss_scout(doctor);
    free(doctor);
}
