/* Frames in memory for the kernel oracle: lists of them, byte order, checksums. */
#include "oracle-wire.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void *
more_memory(void *old, size_t size)
{
    void *memory = realloc(old, size);

    if (memory == NULL)
        err(2, "memory");
    return memory;
}

void
frames_clear(struct frames *frames)
{
    frames->used = 0;
    frames->count = 0;
}

void
frames_free(struct frames *frames)
{
    free(frames->bytes);
    free(frames->spans);
    memset(frames, 0, sizeof *frames);
}

void
frames_add(struct frames *frames, const uint8_t *bytes, size_t len)
{
    if (frames->used + len > frames->room) {
        frames->room = 2 * (frames->used + len) + 256;
        frames->bytes = more_memory(frames->bytes, frames->room);
    }
    if (frames->count == frames->span_room) {
        frames->span_room = 2 * frames->span_room + 4;
        frames->spans = more_memory(frames->spans, frames->span_room * sizeof *frames->spans);
    }
    if (len > 0)
        memcpy(frames->bytes + frames->used, bytes, len);
    frames->spans[frames->count++] = (struct span){frames->used, len};
    frames->used += len;
}

uint8_t *
frames_at(const struct frames *frames, size_t i)
{
    return frames->bytes + frames->spans[i].at;
}

unsigned
get16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

uint32_t
get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

void
put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

void
put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

uint32_t
sum_add(uint32_t sum, const uint8_t *bytes, size_t len)
{
    size_t i;

    for (i = 0; i + 1 < len; i += 2)
        sum += get16(bytes + i);
    return i < len ? sum + ((uint32_t)bytes[i] << 8) : sum;
}

unsigned
sum_fold(uint32_t sum)
{
    while (sum > 0xffff)
        sum = (sum >> 16) + (sum & 0xffff);
    return sum;
}

uint32_t
sum_pseudo6(const uint8_t *src, const uint8_t *dst, size_t len)
{
    uint32_t sum = sum_add(0, src, 16);

    return sum_add(sum, dst, 16) + (uint32_t)(len >> 16) + (uint32_t)(len & 0xffff) + NEXT_ICMP6;
}

struct view
view_of(const uint8_t *frame, size_t len)
{
    struct view view = {.frame = frame, .ip = frame + ETHERNET_LEN};
    size_t header_len;

    if (len < ETHERNET_LEN)
        return view;
    view.type = get16(frame + 12);
    view.ip_len = len - ETHERNET_LEN;
    while ((view.type == TYPE_VLAN || view.type == TYPE_SERVICE_VLAN) && view.ip_len >= TAG_LEN &&
           (get16(view.ip) & 0xfff) == 0) {
        view.type = get16(view.ip + 2);
        view.ip += TAG_LEN;
        view.ip_len -= TAG_LEN;
    }
    if (view.type == TYPE_IP4 && view.ip_len >= IP4_LEN && view.ip[0] >> 4 == 4)
        view.version = 4;
    if (view.type == TYPE_IP6 && view.ip_len >= IP6_LEN && view.ip[0] >> 4 == 6)
        view.version = 6;
    header_len = view.version == 4 ? (view.ip[0] & 0xfU) * 4 : IP6_LEN;
    if (view.version != 0 && view.ip_len >= header_len) {
        view.upper = view.ip + header_len;
        view.upper_len = view.ip_len - header_len;
    }
    return view;
}

struct view
frames_view(const struct frames *frames, size_t i)
{
    return view_of(frames_at(frames, i), frames->spans[i].len);
}

bool
view_is_error(const struct view *view)
{
    unsigned type;

    if (view->version == 0 || view->upper_len < 8)
        return false;
    type = view->upper[0];
    if (view->version == 6)
        return view->ip[6] == NEXT_ICMP6 && type >= 1 && type <= 4;
    if (view->ip[9] != PROTOCOL_ICMP || (get16(view->ip + 6) & OFFSET_MASK) != 0)
        return false;
    return type == 3 || type == 11 || type == 12;
}

static void
repair4(uint8_t *ip, size_t len, bool icmp_too)
{
    size_t header_len = (ip[0] & 0xfU) * 4, total = get16(ip + 2);

    if (header_len < IP4_LEN || header_len > len)
        return;
    put16(ip + 10, 0);
    put16(ip + 10, ~sum_fold(sum_add(0, ip, header_len)));
    if (!icmp_too || ip[9] != PROTOCOL_ICMP || total < header_len + 8 || total > len || (get16(ip + 6) & 0x3fff) != 0)
        return;
    put16(ip + header_len + 2, 0);
    put16(ip + header_len + 2, ~sum_fold(sum_add(0, ip + header_len, total - header_len)));
}

static void
repair6(uint8_t *ip, size_t len)
{
    size_t payload = get16(ip + 4);

    if (ip[6] != NEXT_ICMP6 || payload < 8 || IP6_LEN + payload > len)
        return;
    put16(ip + IP6_LEN + 2, 0);
    put16(ip + IP6_LEN + 2, ~sum_fold(sum_add(sum_pseudo6(ip + 8, ip + 24, payload), ip + IP6_LEN, payload)));
}

void
sums_repair(uint8_t *frame, size_t len, bool icmp_too)
{
    struct view view = view_of(frame, len);
    uint8_t *ip = frame + (view.ip - view.frame);

    if (view.version == 4)
        repair4(ip, view.ip_len, icmp_too);
    if (view.version == 6 && icmp_too)
        repair6(ip, view.ip_len);
}
