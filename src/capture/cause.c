/* Why a capture file cannot be read, in words that help. */
#include "config.h"

#include "capture/cause.h"

#include <stddef.h>
#include <string.h>

/* What libpcap does not read, in words that say what to do about it. */
static const struct {
    const char *part, *words; /* of libpcap's sentence, and instead of it */
} causes[] = {
    {"different from the type of the first interface",
     "has interfaces with different link types, which libpcap cannot read from one file: record each interface in a file of "
     "its own, or split this one by interface"},
    {"different from the snapshot length of the first interface",
     "has interfaces with different snapshot lengths, which libpcap cannot read from one file: make it a pcap file with "
     "editcap -F pcap"},
    {"has no Interface Description Blocks", "is a pcapng file without an interface, and so has no frames"},
    {"unknown file format", "unknown file format: a capture in pcap or pcapng format is needed"},
    {"bad dump file format", "is no file that this system's libpcap reads, which are those in pcap format with microseconds: make "
     "it one on another system"}, /* OpenBSD's libpcap */
    {"archaic file format", "is a pcap file of a version that libpcap no longer knows: make it a new one with "
     "editcap -F pcap"}, /* the same */
    {"unsupported pcap savefile version", "is a pcap file of a version that libpcap does not know: make it a new one with "
     "editcap -F pcap"},
    {"unsupported pcapng savefile version", "is a pcapng file of a version that libpcap does not know: make it a pcap file "
     "with editcap -F pcap"},
    {"archaic pcap savefile format", "is a pcap file of a version that libpcap no longer knows: make it a new one with "
     "editcap -F pcap"},
};

/* libpcap's words for a file that cannot be read begin with its name in some cases and not in others. */
const char *
cause_find(const char *path, const char *why)
{
    size_t len = strlen(path);

    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (strstr(why, causes[i].part) != NULL)
            return causes[i].words;
    return strncmp(why, path, len) == 0 && strncmp(why + len, ": ", 2) == 0 ? why + len + 2 : why;
}
