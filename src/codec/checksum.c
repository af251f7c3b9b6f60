/* The Internet checksum, summed and updated. */
#include "codec/checksum.h"

#include "codec/bytes.h"

uint64_t
checksum_add(uint64_t sum, const uint8_t *data, size_t len)
{
    size_t i;

    for (i = 0; i + 1 < len; i += 2)
        sum += load_be16(data + i);
    if (i < len)
        sum += (uint64_t)data[i] << 8;
    return sum;
}

uint16_t
checksum_fold(uint64_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

uint16_t
checksum(const uint8_t *data, size_t len)
{
    return (uint16_t)~checksum_fold(checksum_add(0, data, len));
}

uint64_t
checksum_pseudo6(const uint8_t src[static 16], const uint8_t dst[static 16], uint32_t len, uint8_t next_header)
{
    return checksum_add(checksum_add(0, src, 16), dst, 16) + (len >> 16) + (len & 0xffff) + next_header;
}

uint16_t
checksum_update(uint16_t check, uint16_t before, uint16_t after)
{
    uint64_t sum = (uint64_t)(uint16_t)~check + (uint16_t)~before + after;

    return (uint16_t)~checksum_fold(sum);
}
