/* ICMP and ICMPv6 echo. */
#include "codec/icmp.h"

#include "codec/checksum.h"
#include "codec/ipv6.h"

enum { CHECKSUM_AT = 2 };

bool
icmp_read(struct bytes message, struct icmp *icmp)
{
    const uint8_t *header = message.at;

    memset(icmp, 0, sizeof *icmp);
    icmp->message = message;
    if (message.left > 0)
        icmp->type = header[0];
    if (message.left < ICMP_HEADER_LEN)
        return false;
    icmp->code = header[1];
    icmp->id = load_be16(header + 4);
    icmp->seq = load_be16(header + 6);
    return true;
}

bool
icmp_sum_is_right(const struct icmp *icmp)
{
    return checksum_fold(checksum_add(0, icmp->message.at, icmp->message.left)) == 0xffff;
}

static uint64_t
pseudo6(const struct icmp *icmp, const uint8_t src[static 16], const uint8_t dst[static 16])
{
    return checksum_pseudo6(src, dst, (uint32_t)icmp->message.left, IPV6_NEXT_ICMPV6);
}

bool
icmp_sum6_is_right(const struct icmp *icmp, const uint8_t src[static 16], const uint8_t dst[static 16])
{
    return checksum_fold(checksum_add(pseudo6(icmp, src, dst), icmp->message.at, icmp->message.left)) == 0xffff;
}

/* Copies the message with another type.  Returns where it stands, NULL when it does not fit. */
static uint8_t *
write_message(struct writer *writer, const struct icmp *request, uint8_t type)
{
    uint8_t *message = writer_take(writer, request->message.left);

    if (message == NULL)
        return NULL;
    memcpy(message, request->message.at, request->message.left);
    message[0] = type;
    return message;
}

/* A request's checksum when it has become a reply.  All of it is read from the request: a processor waits for bytes that were
 * written just now, when they are read in another size. */
static uint16_t
updated_sum(const struct icmp *request, uint8_t type)
{
    const uint8_t *message = request->message.at;

    return checksum_update(load_be16(message + CHECKSUM_AT), load_be16(message), (uint16_t)(type << 8 | message[1]));
}

void
icmp_write_reply(struct writer *writer, const struct icmp *request, enum icmp_sum sum)
{
    uint8_t *message = write_message(writer, request, ICMP_ECHO_REPLY);
    uint16_t check;

    if (message == NULL)
        return;
    check = updated_sum(request, ICMP_ECHO_REPLY);
    store_be16(message + CHECKSUM_AT, check);
    /* RFC 1624 section 3: +0 and -0 look alike to an update, and all-zero messages do occur. */
    if (sum == ICMP_SUM_NEW || (check == 0 && icmp_sum_is_right(request))) {
        store_be16(message + CHECKSUM_AT, 0);
        store_be16(message + CHECKSUM_AT, checksum(message, request->message.left));
    }
}

void
icmp_write_reply6(struct writer *writer, const struct icmp *request, enum icmp_sum sum, const uint8_t client[static 16],
                  const uint8_t asked[static 16], const uint8_t src[static 16])
{
    uint8_t *message = write_message(writer, request, ICMPV6_ECHO_REPLY);
    uint16_t check;

    if (message == NULL)
        return;
    if (sum == ICMP_SUM_NEW) {
        store_be16(message + CHECKSUM_AT, 0);
        store_be16(message + CHECKSUM_AT, (uint16_t)~checksum_fold(checksum_add(pseudo6(request, src, client), message,
                                                                                request->message.left)));
        return;
    }
    check = updated_sum(request, ICMPV6_ECHO_REPLY);
    for (size_t i = 0; asked != src && i < IPV6_ADDRESS_LEN; i += 2) /* the pseudo-header, where a group was asked */
        check = checksum_update(check, load_be16(asked + i), load_be16(src + i));
    store_be16(message + CHECKSUM_AT, check);
}

/* | type, code, checksum 4 | identifier, sequence 4 | originate 4 | receive 4 | transmit 4 | */
void
icmp_write_timestamp(struct writer *writer, const struct icmp *request, uint32_t time_ms)
{
    uint8_t *message = writer_take(writer, ICMP_TIMESTAMP_LEN);

    if (message == NULL)
        return;
    memcpy(message, request->message.at, ICMP_TIMESTAMP_LEN);
    message[0] = ICMP_TIMESTAMP_REPLY;
    message[1] = 0;
    store_be16(message + CHECKSUM_AT, 0);
    for (size_t at = 12; at < ICMP_TIMESTAMP_LEN; at += 4) {
        store_be16(message + at, (uint16_t)(time_ms >> 16));
        store_be16(message + at + 2, (uint16_t)time_ms);
    }
    store_be16(message + CHECKSUM_AT, checksum(message, ICMP_TIMESTAMP_LEN));
}

void
icmp_write_error(struct writer *writer, uint8_t type, uint8_t code, uint32_t pointer, struct bytes quote,
                 uint64_t pseudo)
{
    uint8_t *message = writer->at;

    writer_u8(writer, type);
    writer_u8(writer, code);
    writer_be16(writer, 0);
    writer_be32(writer, pointer);
    writer_put(writer, quote.at, quote.left);
    if (!writer->overflow)
        store_be16(message + CHECKSUM_AT,
                   (uint16_t)~checksum_fold(checksum_add(pseudo, message, ICMP_HEADER_LEN + quote.left)));
}
