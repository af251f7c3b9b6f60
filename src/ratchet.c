/* The ratchet: what pongd gives up for good once everything is open, one step after the other.
 *
 * Each capture has its filter, locked, as soon as it is open.  Then root goes, and with it whatever the kernel would let a
 * program do that a hostile frame has taken over.  No step can be taken back, and one that fails ends the program. */
#include "config.h"

#include "ratchet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "loop.h"
#include "pid_file.h"

enum { NAMES_ROOM = 256 };

enum when {
    WHEN_DUE,
    WHEN_ROOT,      /* there is root to be given up */
    WHEN_OTHER_USER /* and somebody to give it up for */
};

/* In their order: what opens a file comes before there are none, what takes root before there is none, and last what refuses
 * all the calls that the others take. */
static const struct step {
    const char *name; /* that is told at -v; "": none */
    const char *trouble;
    const char *remedy; /* NULL: platform_shut_in_remedy() has it */
    enum when when;
    bool is_blinding; /* a build that looks at itself (sanitizers, coverage) could not any more */
    platform_step *take;
} steps[] = {
    {"", "interfaces cannot be looked at", "see whether something forbids sockets", WHEN_DUE, false, platform_open_eyes},
    {"", "the capabilities of other programs could not be given up", "start pongd as another user", WHEN_ROOT, false,
     platform_bound},
    {"chroot", "the files could not be left behind", NULL, WHEN_ROOT, true, platform_shut_in},
    {"user ", "-Z: root could not be given up", "see whether something forbids setuid", WHEN_OTHER_USER, false,
     platform_become},
    {"no new privileges", "new privileges could not be given up", "see whether something forbids prctl", WHEN_DUE, false,
     platform_renounce},
    {"no capabilities", "capabilities could not be given up", "see whether something forbids capset", WHEN_DUE, false,
     platform_disarm},
    {"limits", "resources could not be limited", "see whether something forbids setrlimit", WHEN_DUE, true, platform_limit},
    {"sandbox", "system calls could not be given up", "see whether something forbids seccomp", WHEN_DUE, true,
     platform_confine},
};

enum { STEPS = sizeof steps / sizeof steps[0] };

static int
plan_user(struct ratchet *ratchet, const struct options *options, char errbuf[static PORT_ERRBUF])
{
    if (platform_user_find(options->user, &ratchet->plan.user) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "-Z: there is no user %s to give up root for: name another one", options->user);
        return -1;
    }
    ratchet->has_other_user = platform_user_is_mapped(&ratchet->plan.user);
    /* In a user namespace without that user, root is nobody outside anyway: it stays who it is. */
    if (ratchet->has_other_user || !options->is_user_given)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "-Z: the user %s does not exist in this user namespace: leave -Z out", options->user);
    return -1;
}

static bool
follows_interfaces(const struct options *options)
{
    for (unsigned i = 0; i < options->interface_count; i++)
        if (!policy_has_answers(options_policy(options, i)))
            return true;
    return false;
}

/* A capture file needs no root to be read, and is mostly the user's own: there only -Z asks for it. */
int
ratchet_plan(struct ratchet *ratchet, const struct options *options, char errbuf[static PORT_ERRBUF])
{
    bool has_control = options->control_path != NULL;

    *ratchet = (struct ratchet){
        .is_root = platform_is_root(),
        .plan = {
            .takes_clients = has_control,
            .descriptors = (has_control ? CONTROL_CLIENTS + 1U : 0U) + /* one more is turned away */
                           (options->write_size > 0 ? 2U : 0U), /* the next savefile, and the one before it is checked */
            .polled = 2 * LOOP_PORTS + 1 + CONTROL_FDS,
            .writes_files = options->write_path != NULL,
            .follows_interfaces = follows_interfaces(options),
            .starts_threads = options->workers > 1,
            .has_pid_file = options->pid_path != NULL,
            .file_bytes = options->pid_path != NULL ? PID_FILE_MOST : 0,
            .receives_files = options->write_size > 0,
        },
        .has_files = true,
    };
    ratchet->is_due = options->read_path == NULL || (ratchet->is_root && options->is_user_given);
    return ratchet->is_due && ratchet->is_root ? plan_user(ratchet, options, errbuf) : 0;
}

static bool
is_to_be_taken(const struct ratchet *ratchet, const struct step *step)
{
    return step->when == WHEN_DUE || (step->when == WHEN_ROOT && ratchet->is_root) ||
           (step->when == WHEN_OTHER_USER && ratchet->has_other_user);
}

static int
take(const struct ratchet *ratchet, const struct step *step, char errbuf[static PORT_ERRBUF])
{
    int rc = step->is_blinding && platform_is_instrumented() ? PLATFORM_ABSENT : step->take(&ratchet->plan);

    if (rc < 0)
        snprintf(errbuf, PORT_ERRBUF, "%s: %s: %s", step->trouble, strerror(errno),
                 step->remedy != NULL ? step->remedy : platform_shut_in_remedy());
    return rc;
}

/* Puts a step's name behind others. */
static void
list(char names[static NAMES_ROOM], const struct ratchet *ratchet, const struct step *step)
{
    const char *name = step->take == platform_confine ? platform_confine_name() : step->name;
    size_t len = strlen(names);

    if (*name == '\0')
        return;
    snprintf(names + len, NAMES_ROOM - len, "%s%s%.64s", len == 0 ? "" : ", ", name,
             step->take == platform_become ? ratchet->plan.user.name : "");
}

int
ratchet_turn(struct ratchet *ratchet, const struct log *log, char errbuf[static PORT_ERRBUF])
{
    char reached[NAMES_ROOM] = "", missing[NAMES_ROOM] = "";

    if (!ratchet->is_due)
        return 0;
    tzset(); /* which reads a file */
    for (size_t i = 0; i < STEPS; i++) {
        int rc;

        if (!is_to_be_taken(ratchet, &steps[i]))
            continue;
        rc = take(ratchet, &steps[i], errbuf);
        if (rc < 0)
            return -1;
        if (rc == 0 && (steps[i].take == platform_shut_in || steps[i].take == platform_confine))
            ratchet->has_files = false;
        if (rc == 0)
            list(reached, ratchet, &steps[i]);
        else if (steps[i].is_blinding) /* what no other system has is not missed */
            list(missing, ratchet, &steps[i]);
    }
    if (log->verbosity > 0)
        log_notice(log, "sandbox: %s%s%s", reached, *missing == '\0' ? "" : "; without ", missing);
    return 0;
}
