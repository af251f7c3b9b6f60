/* What -D and -L print. */
#include "config.h"

#include <sys/types.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/capture.h"

static void
print_flags(bpf_u_int32 flags)
{
    const char *separator = " [";

    if ((flags & PCAP_IF_LOOPBACK) != 0) {
        printf("%sLoopback", separator);
        separator = ", ";
    }
#ifdef PCAP_IF_UP
    if ((flags & PCAP_IF_UP) != 0) {
        printf("%sUp", separator);
        separator = ", ";
    }
#endif
#ifdef PCAP_IF_RUNNING
    if ((flags & PCAP_IF_RUNNING) != 0) {
        printf("%sRunning", separator);
        separator = ", ";
    }
#endif
    if (*separator == ',')
        putchar(']');
}

int
list_interfaces(char errbuf[static PORT_ERRBUF])
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_if_t *list, *entry;
    int number = 0;

    if (pcap_findalldevs(&list, why) != 0) {
        snprintf(errbuf, PORT_ERRBUF, "the interfaces cannot be listed: %s", why);
        return -1;
    }
    for (entry = list; entry != NULL; entry = entry->next) {
        printf("%d.%s", ++number, entry->name);
        if (entry->description != NULL)
            printf(" (%s)", entry->description);
        print_flags(entry->flags);
        putchar('\n');
    }
    pcap_freealldevs(list);
    return 0;
}

static void
free_datalinks(int *types)
{
#ifdef HAVE_PCAP_FREE_DATALINKS
    pcap_free_datalinks(types);
#else
    free(types);
#endif
}

static void
print_link_types(const char *name, const int *types, int count)
{
    enum link_type link;

    printf("Link types of %s (use option -y to choose one):\n", name);
    for (int i = 0; i < count; i++) {
        const char *type = pcap_datalink_val_to_name(types[i]);
        const char *description = pcap_datalink_val_to_description(types[i]);

        printf("  %s (%s)%s\n", type != NULL ? type : "unknown", description != NULL ? description : "no description",
               type != NULL && capture_link_by_name(type, &link) && !link_is_for_captures(link) ? "" : " (cannot be answered)");
    }
}

int
list_link_types(const char *name, char errbuf[static PORT_ERRBUF])
{
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_open_live(name, 64, 0, 100, why);
    int *types, count;

    if (pcap == NULL) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", name, why);
        return -1;
    }
    count = pcap_list_datalinks(pcap, &types);
    if (count < 0) {
        snprintf(errbuf, PORT_ERRBUF, "%s: %s", name, pcap_geterr(pcap));
        pcap_close(pcap);
        return -1;
    }
    print_link_types(name, types, count);
    free_datalinks(types);
    pcap_close(pcap);
    return 0;
}
