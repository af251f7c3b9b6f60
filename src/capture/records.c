/* The records of a pcap file, read where they lie. */
#include "config.h"

#include "capture/records.h"

#include <string.h>

#include "capture/record.h"

enum { NS_PER_S = 1000000000, NS_PER_US = 1000 };

void
records_begin(struct records *records, struct unpack *unpack, pcap_t *pcap)
{
    const uint8_t *header = unpack_header(unpack);
    struct record_file file;

    *records = (struct records){.unpack = NULL};
    if (header == NULL)
        return;
    memcpy(&file, header, sizeof file);
    if ((file.magic != RECORD_MAGIC_US && file.magic != RECORD_MAGIC_NS) || file.major != RECORD_MAJOR ||
        file.minor != RECORD_MINOR)
        return;
    records->unit_ns = file.magic == RECORD_MAGIC_NS ? 1 : NS_PER_US;
    records->fraction_most = NS_PER_S / records->unit_ns - 1;
    records->caplen_most = (size_t)pcap_snapshot(pcap);
    records->unpack = unpack;
}

/* Leaves what was not taken to libpcap. */
static bool
give_up(struct records *records)
{
    (void)unpack_ahead(records->unpack, &records->ahead, 0);
    records->unpack = NULL;
    return false;
}

static bool
has_ahead(struct records *records, size_t len)
{
    return records->ahead.left >= len || unpack_ahead(records->unpack, &records->ahead, len);
}

bool
records_next(struct records *records, struct record *record)
{
    struct record_header header;

    if (records->unpack == NULL)
        return false;
    if (!has_ahead(records, sizeof header))
        return give_up(records);
    memcpy(&header, records->ahead.at, sizeof header);
    if (header.caplen > records->caplen_most || header.fraction > records->fraction_most ||
        !has_ahead(records, sizeof header + header.caplen))
        return give_up(records);
    (void)bytes_take(&records->ahead, sizeof header);
    *record = (struct record){
        .data = bytes_take(&records->ahead, header.caplen),
        .caplen = header.caplen,
        .len = header.len,
        .ts_ns = (uint64_t)header.seconds * NS_PER_S + (uint64_t)header.fraction * records->unit_ns,
    };
    return true;
}
