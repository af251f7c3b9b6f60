/* Faults of the ICMP message: its header, and the data behind it.  The checksum is made when all is done. */
#include "responder/faults_act.h"

#include "responder/reply.h"

enum {
    CODE_AT = 1,
    ID_AT = 4,
    SEQ_AT = 6,
    CORRUPT_MOST = FAULTS_CORRUPT_MOST,
    DAY_S = 86400
};

/* The message, written down as it would be without rules when nothing has changed it yet. */
static uint8_t *
message(struct fault *fault)
{
    if (!fault->has_message)
        fault->message_len = reply_write_message(fault->responder, fault->frame, fault->packet);
    fault->has_message = true;
    return fault->responder->message;
}

/* The data behind the message's header. */
static uint8_t *
data(struct fault *fault, size_t *len)
{
    uint8_t *start = message(fault) + ICMP_HEADER_LEN;

    *len = fault->message_len - ICMP_HEADER_LEN;
    return start;
}

void
act_truncate(struct fault *fault, struct rule_term *term, struct random *random)
{
    size_t len;

    (void)random;
    (void)data(fault, &len);
    if (len > term->values[0].as.number)
        fault->message_len = ICMP_HEADER_LEN + (size_t)term->values[0].as.number;
}

/* What is added goes on as ping's pattern does: byte i of the data is i. */
void
act_extend(struct fault *fault, struct rule_term *term, struct random *random)
{
    size_t len, more = (size_t)term->values[0].as.number;
    uint8_t *start = data(fault, &len);
    size_t room = len < REPLY_DATA_MAX ? REPLY_DATA_MAX - len : 0;

    (void)random;
    if (more > room)
        more = room;
    for (size_t i = len; i < len + more; i++)
        start[i] = (uint8_t)i;
    fault->message_len += more;
}

void
act_zero(struct fault *fault, struct rule_term *term, struct random *random)
{
    size_t len;
    uint8_t *start = data(fault, &len);

    (void)term;
    (void)random;
    memset(start, 0, len);
}

void
act_byte(struct fault *fault, struct rule_term *term, struct random *random)
{
    size_t len;
    uint8_t *start = data(fault, &len);

    (void)random;
    if (term->values[0].as.number < len)
        start[term->values[0].as.number] = (uint8_t)term->values[1].as.number;
}

static bool
is_among(uint32_t number, const uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* Each bit is flipped once at the most, so that it stays flipped. */
void
act_corrupt(struct fault *fault, struct rule_term *term, struct random *random)
{
    size_t len, wanted = (size_t)term->values[0].as.number;
    uint8_t *start = data(fault, &len);
    uint32_t flipped[CORRUPT_MOST];

    if (wanted > len * 8)
        wanted = len * 8;
    for (size_t count = 0; count < wanted;) {
        uint32_t bit = (uint32_t)random_below(random, len * 8);

        if (is_among(bit, flipped, count))
            continue;
        flipped[count++] = bit;
        start[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
    }
}

/* How pings write down when they sent a request, at the front of the data: seconds, then a fraction, each of `width` bytes. */
static const struct layout {
    size_t width;
    bool is_little;
    uint32_t per_second;
} layouts[] = {
    {8, true, 1000000},     /* struct timeval of 64-bit Linux and others: iputils, inetutils, BusyBox */
    {8, false, 1000000},
    {8, false, 1000000000}, /* OpenBSD */
    {4, true, 1000000},     /* struct timeval with 32 bits of time */
    {4, false, 1000000},    /* FreeBSD, NetBSD and macOS */
    {4, false, 1000000000}, /* FreeBSD since 12, where it is the time since the start */
};

const char *const act_warp_layouts[] = {
    "timeval64le", "timeval64be", "timespec64be", "timeval32le", "timeval32be", "timespec32be", NULL,
};

static uint64_t
load(const uint8_t *from, const struct layout *layout)
{
    uint64_t value = 0;

    for (size_t i = 0; i < layout->width; i++)
        value = value << 8 | from[layout->is_little ? layout->width - 1 - i : i];
    return value;
}

static void
store(uint8_t *to, const struct layout *layout, uint64_t value)
{
    for (size_t i = 0; i < layout->width; i++)
        to[layout->is_little ? i : layout->width - 1 - i] = (uint8_t)(value >> 8 * i);
}

static bool
can_be(const struct layout *layout, const uint8_t *stamp, size_t len)
{
    return len >= 2 * layout->width && load(stamp + layout->width, layout) < layout->per_second;
}

/* Whether it would be a time within a day of that of the request. */
static bool
is_near(const struct layout *layout, const uint8_t *stamp, uint64_t now_ns)
{
    uint64_t now_s = now_ns / FAULTS_SECOND, seconds = load(stamp, layout);

    return seconds + DAY_S >= now_s && seconds <= now_s + DAY_S;
}

/* The layout of the time stamp in the data, NULL if there seems to be none. */
static const struct layout *
find_layout(const struct fault *fault, const struct rule_value *given, const uint8_t *stamp, size_t len)
{
    if (given->is_given)
        return can_be(&layouts[given->as.number], stamp, len) ? &layouts[given->as.number] : NULL;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (can_be(&layouts[i], stamp, len) && is_near(&layouts[i], stamp, fault->frame->ts_ns))
            return &layouts[i];
    return NULL;
}

void
act_warp(struct fault *fault, struct rule_term *term, struct random *random)
{
    size_t len;
    uint8_t *stamp = data(fault, &len);
    const struct layout *layout = find_layout(fault, &term->values[1], stamp, len);
    int64_t shift_ns = (int64_t)term->values[0].as.number, seconds = shift_ns / (int64_t)FAULTS_SECOND, parts;

    (void)random;
    if (layout == NULL)
        return;
    parts = (int64_t)load(stamp + layout->width, layout) +
            shift_ns % (int64_t)FAULTS_SECOND / (int64_t)(FAULTS_SECOND / layout->per_second);
    if (parts < 0) {
        parts += layout->per_second;
        seconds--;
    } else if (parts >= (int64_t)layout->per_second) {
        parts -= layout->per_second;
        seconds++;
    }
    store(stamp, layout, load(stamp, layout) + (uint64_t)seconds);
    store(stamp + layout->width, layout, (uint64_t)parts);
}

void
act_id(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    store_be16(message(fault) + ID_AT, (uint16_t)term->values[0].as.number);
}

void
act_seq(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    store_be16(message(fault) + SEQ_AT, (uint16_t)term->values[0].as.number);
}

void
act_code(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    message(fault)[CODE_AT] = (uint8_t)term->values[0].as.number;
}

void
act_type(struct fault *fault, struct rule_term *term, struct random *random)
{
    (void)random;
    message(fault)[0] = (uint8_t)term->values[0].as.number;
}
