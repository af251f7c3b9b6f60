/* IPv4 options.  Record Route and Timestamp are alike: | type 1 | length 1 | pointer 1 | … |, where the pointer counts from
 * the type byte, beginning with 1, and says where the next entry goes. */
#include "codec/ipv4_options.h"

enum {
    END = 0,
    NOP = 1,
    RECORD_ROUTE = 7,
    TIMESTAMP = 68,
    LOOSE_SOURCE_ROUTE = 131,
    STRICT_SOURCE_ROUTE = 137,
    ROUTER_ALERT = 148,
    LENGTH_AT = 1,
    POINTER_AT = 2,
    FLAGS_AT = 3, /* of Timestamp: | overflow 4 | flag 4 | */
    TIME_ONLY = 0,
    TIME_AND_ADDRESS = 1,
    TIME_PRESPECIFIED = 3,
    OVERFLOW_MAX = 15
};

/* Whether the pointer stands where an entry of `size` bytes still fits, or behind the option's end. */
static bool
has_room_or_is_full(const uint8_t *option, size_t len, size_t size)
{
    return option[POINTER_AT] > len || option[POINTER_AT] + size - 1 <= len;
}

/* The bytes of an entry of a Timestamp option; 0 for flags that nobody knows. */
static size_t
entry_size(uint8_t flag)
{
    if (flag == TIME_ONLY)
        return 4;
    return flag == TIME_AND_ADDRESS || flag == TIME_PRESPECIFIED ? 8 : 0;
}

/* The checks return the offset of the byte at fault within the option, or -1 when all is well. */

static int
check_route(const uint8_t *option, size_t len, size_t least_pointer)
{
    if (len < 3)
        return LENGTH_AT;
    if (option[POINTER_AT] < least_pointer || !has_room_or_is_full(option, len, 4))
        return POINTER_AT;
    return -1;
}

static int
check_record_route(const uint8_t *option, size_t len, struct ipv4_options *found)
{
    if (found->record_route.left > 0)
        return 0; /* RFC 791: at most once */
    found->record_route = (struct bytes){option, len};
    return check_route(option, len, 4);
}

static int
check_timestamp(const uint8_t *option, size_t len, struct ipv4_options *found)
{
    uint8_t flag;
    size_t size;

    if (found->timestamp.left > 0)
        return 0;
    found->timestamp = (struct bytes){option, len};
    if (len < 4)
        return LENGTH_AT;
    if (option[POINTER_AT] < 5)
        return POINTER_AT;
    flag = option[FLAGS_AT] & 15;
    size = entry_size(flag);
    if (!has_room_or_is_full(option, len, size < 4 ? 4 : size))
        return POINTER_AT;
    if (option[POINTER_AT] > len && flag != TIME_PRESPECIFIED && option[FLAGS_AT] >> 4 == OVERFLOW_MAX)
        return FLAGS_AT;
    return -1;
}

static int
check_source_route(const uint8_t *option, size_t len, struct ipv4_options *found)
{
    if (len < 3)
        return LENGTH_AT;
    if (option[POINTER_AT] < 4)
        return POINTER_AT;
    if (found->status == IPV4_OPTIONS_ROUTED)
        return 0;
    found->status = IPV4_OPTIONS_ROUTED;
    return -1;
}

static int
check_router_alert(const uint8_t *option, size_t len, struct ipv4_options *found)
{
    (void)option;
    (void)found;
    return len < 4 ? LENGTH_AT : -1;
}

static const struct {
    uint8_t type;
    int (*check)(const uint8_t *option, size_t len, struct ipv4_options *found);
} known[] = {
    {RECORD_ROUTE, check_record_route},
    {TIMESTAMP, check_timestamp},
    {LOOSE_SOURCE_ROUTE, check_source_route},
    {STRICT_SOURCE_ROUTE, check_source_route},
    {ROUTER_ALERT, check_router_alert},
};

/* Takes the next option that is not NOP.  Returns its offset of fault, -1 when it is well, -2 at the end. */
static int
read_option(struct bytes *options, struct ipv4_options *found)
{
    const uint8_t *option = options->at;
    size_t len;

    if (options->left == 0 || *option == END)
        return -2;
    if (*option == NOP) {
        (void)bytes_take(options, 1);
        return -1;
    }
    len = options->left < 2 ? 0 : option[LENGTH_AT];
    if (len < 2 || bytes_take(options, len) == NULL)
        return 0;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].type == *option)
            return known[i].check(option, len, found);
    return -1;
}

void
ipv4_options_read(struct bytes options, struct ipv4_options *found)
{
    const uint8_t *start = options.at, *option;
    int fault;

    memset(found, 0, sizeof *found);
    do {
        option = options.at;
        fault = read_option(&options, found);
    } while (fault == -1);
    if (fault >= 0) {
        found->status = IPV4_OPTIONS_BAD;
        found->bad_at = (size_t)(option - start) + (size_t)fault;
    }
}

static void
store_time(uint8_t *at, uint32_t time_ms)
{
    store_be16(at, (uint16_t)(time_ms >> 16));
    store_be16(at + 2, (uint16_t)time_ms);
}

/* Adds our address, once for the arrival and once for the departure, where there is room. */
static bool
answer_record_route(uint8_t *option, size_t len, const struct ipv4_options_host *host)
{
    for (int i = 0; i < 2 && option[POINTER_AT] <= len; i++) {
        if (!has_room_or_is_full(option, len, 4))
            return false;
        memcpy(option + option[POINTER_AT] - 1, host->address, 4);
        option[POINTER_AT] = (uint8_t)(option[POINTER_AT] + 4);
    }
    return true;
}

/* Adds one entry.  False when it is another host's turn. */
static bool
add_timestamp(uint8_t *option, const struct ipv4_options_host *host)
{
    uint8_t flag = option[FLAGS_AT] & 15, *entry = option + option[POINTER_AT] - 1;

    if (flag == TIME_PRESPECIFIED && !host->is_stamped(host->context, entry))
        return false;
    if (flag == TIME_AND_ADDRESS)
        memcpy(entry, host->address, 4);
    store_time(entry + entry_size(flag) - 4, host->time_ms);
    option[POINTER_AT] = (uint8_t)(option[POINTER_AT] + entry_size(flag));
    return true;
}

static bool
answer_timestamp(uint8_t *option, size_t len, const struct ipv4_options_host *host)
{
    uint8_t flag = option[FLAGS_AT] & 15;
    size_t size = entry_size(flag);

    if (option[POINTER_AT] > len) { /* full: only count who found no room (RFC 791) */
        if (flag != TIME_PRESPECIFIED)
            option[FLAGS_AT] = (uint8_t)(option[FLAGS_AT] + 0x10);
        return true;
    }
    if (size == 0 || !add_timestamp(option, host) || option[POINTER_AT] > len)
        return true;
    if (!has_room_or_is_full(option, len, flag == TIME_PRESPECIFIED ? 4 : size))
        return false;
    if (has_room_or_is_full(option, len, size))
        (void)add_timestamp(option, host);
    return true;
}

/* Copies an option and fills it in. */
static bool
answer_one(struct bytes option, bool (*fill)(uint8_t *option, size_t len, const struct ipv4_options_host *host),
           const struct ipv4_options_host *host, struct writer *writer)
{
    uint8_t *copy = writer_take(writer, option.left);

    if (option.left == 0)
        return true;
    if (copy == NULL)
        return false;
    memcpy(copy, option.at, option.left);
    return fill(copy, option.left, host);
}

int
ipv4_options_answer(const struct ipv4_options *found, const struct ipv4_options_host *host,
                    uint8_t out[static IPV4_OPTIONS_MAX])
{
    struct writer writer = {out, IPV4_OPTIONS_MAX, false};

    if (!answer_one(found->record_route, answer_record_route, host, &writer) ||
        !answer_one(found->timestamp, answer_timestamp, host, &writer))
        return -1;
    writer_zero(&writer, writer.left % 4);
    return (int)(writer.at - out);
}
