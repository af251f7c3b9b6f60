/* pongd: argv, options, and what is asked for: to answer, or to say something. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "capture/capture.h"
#include "ends.h"
#include "log.h"
#include "loop.h"
#include "options.h"
#include "rule_text.h"

/* The link type that a filter is compiled for: the file's, that of -y, else Ethernet. */
static int
filter_link(const struct options *options, enum link_type *link, char errbuf[static PORT_ERRBUF])
{
    struct loop loop = {.responder = NULL};
    int rc = 0;

    *link = LINK_EN10MB;
    if (options->read_path != NULL) {
        rc = ends_open_savefiles(options, &loop, errbuf);
        if (rc == 0)
            *link = loop.ports[0]->iface.link;
        ends_close_ports(&loop);
    } else if (options->link_type != NULL && !capture_link_by_name(options->link_type, link)) {
        snprintf(errbuf, PORT_ERRBUF, "-y: %s is no link type that can be answered", options->link_type);
        rc = -1;
    }
    return rc;
}

static int
print_filter(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    enum link_type link;

    if (filter_link(options, &link, errbuf) != 0)
        return -1;
    return list_filter(link, options->read_path == NULL ? &options->policy : NULL, options->filter, errbuf);
}

/* As they are understood, and so that they can be read again. */
static int
print_rules(const struct rules *understood, char errbuf[static PORT_ERRBUF])
{
    for (size_t i = 0; i < understood->count; i++) {
        char *text = rule_text_make(understood, i);

        if (text == NULL) {
            snprintf(errbuf, PORT_ERRBUF, "out of memory");
            return -1;
        }
        puts(text);
        free(text);
    }
    return 0;
}

static int
check_config(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    enum link_type link;

    if (filter_link(options, &link, errbuf) != 0)
        return -1;
    if (options->filter != NULL && filter_check(link, options->filter, errbuf) != 0)
        return -1;
    if (print_rules(&options->rules.rules, errbuf) != 0)
        return -1;
    if (!options->is_quiet)
        fprintf(stderr, "pongd: options%s and filter are right\n", options->rules.rules.count > 0 ? ", rules" : "");
    return 0;
}

static int
print_version(void)
{
    printf("pongd %s\n%s\n", PACKAGE_VERSION, capture_version());
    return 0;
}

/* Everything but answering. */
static int
inform(const struct options *options, char errbuf[static PORT_ERRBUF])
{
    switch (options->action) {
    case OPTIONS_LIST_INTERFACES:
        return list_interfaces(errbuf);
    case OPTIONS_LIST_LINK_TYPES:
        return list_link_types(options->interfaces[0], errbuf);
    case OPTIONS_PRINT_FILTER:
        return print_filter(options, errbuf);
    case OPTIONS_CHECK:
        return check_config(options, errbuf);
    case OPTIONS_VERSION:
        return print_version();
    case OPTIONS_HELP:
    case OPTIONS_ANSWER:
        break;
    }
    options_help(stdout);
    return 0;
}

/* A standard descriptor that is closed would be given to the next file or socket, and lines would go there. */
static void
fill_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int
main(int argc, char *argv[])
{
    struct options options;
    char errbuf[PORT_ERRBUF];
    int status = EXIT_SUCCESS;

    fill_standard_descriptors();
    if (options_parse(&options, argc, argv, errbuf) != 0) {
        log_error("%s", errbuf);
        status = ANSWER_TROUBLE;
    } else if (options.action == OPTIONS_ANSWER) {
        status = answer_run(&options);
    } else if (inform(&options, errbuf) != 0) {
        log_error("%s", errbuf);
        status = ANSWER_TROUBLE;
    } else if (fflush(stdout) != 0) {
        log_error("standard output: %s", strerror(errno));
        status = ANSWER_TROUBLE;
    }
    options_free(&options);
    exit(status);
}
