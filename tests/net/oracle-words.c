/* A request for the kernel oracle, said in words. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle-spec.h"

static long
read_number(const char *text, char **end, int base)
{
    long value = strtol(text, end, base);

    if (*end == text)
        errx(2, "not a number: %s", text);
    return value;
}

static size_t
read_hex(const char *text, uint8_t *bytes, size_t room)
{
    size_t len = strlen(text) / 2;
    unsigned value;

    if (len > room)
        errx(2, "too long: %s", text);
    for (size_t i = 0; i < len; i++) {
        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            errx(2, "not hexadecimal: %s", text);
        bytes[i] = (uint8_t)value;
    }
    return len;
}

static const struct {
    const char *word;
    size_t field;
    int base;
} numbers[] = {
#define NUMBER(word, field, base) {word, offsetof(struct spec, field), base}
    NUMBER("type", type, 16),
    NUMBER("ver", version, 10),
    NUMBER("ihl", ihl, 10),
    NUMBER("hsum", header_sum, 16),
    NUMBER("len", length, 10),
    NUMBER("len+", length_by, 10),
    NUMBER("tos", tos, 16),
    NUMBER("ttl", ttl, 10),
    NUMBER("flags", flags, 16),
    NUMBER("ipid", ip_id, 10),
    NUMBER("proto", protocol, 10),
    NUMBER("flow", flow, 16),
    NUMBER("itype", icmp_type, 10),
    NUMBER("icode", icmp_code, 10),
    NUMBER("iid", icmp_id, 16),
    NUMBER("iseq", icmp_seq, 10),
    NUMBER("isum", icmp_sum, 16),
    NUMBER("icut", icmp_cut, 10),
    NUMBER("data", data_len, 10),
    NUMBER("fill", fill, 16),
    NUMBER("pad", pad, 10),
    NUMBER("cut", frame_cut, 10),
    NUMBER("slice", slice, 10),
#undef NUMBER
};

static bool
read_field(struct spec *spec, const char *word, const char *value)
{
    char *end;
    long number;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(numbers[i].word, word) == 0) {
            number = read_number(value, &end, numbers[i].base);
            memcpy((char *)spec + numbers[i].field, &number, sizeof number);
            return true;
        }
    return false;
}

static void
read_src(struct spec *spec, const char *value)
{
    spec->has_src = true;
    spec_address(value, spec->src);
}

static void
read_dst(struct spec *spec, const char *value)
{
    spec_address(value, spec->dst);
}

static void
read_eth_dst(struct spec *spec, const char *value)
{
    spec->has_eth_dst = true;
    (void)read_hex(value, spec->eth_dst, MAC_LEN);
}

static void
read_eth_src(struct spec *spec, const char *value)
{
    (void)read_hex(value, spec->eth_src, MAC_LEN);
}

/* TYPE:TCI */
static void
read_tag(struct spec *spec, const char *value)
{
    if (spec->tag_count == SPEC_TAGS_MAX ||
        sscanf(value, "%x:%x", &spec->tags[spec->tag_count].type, &spec->tags[spec->tag_count].tci) != 2)
        errx(2, "not a tag: %s", value);
    spec->tag_count++;
}

static void
read_options(struct spec *spec, const char *value)
{
    spec->options_len = read_hex(value, spec->options, sizeof spec->options);
}

static void
read_raw(struct spec *spec, const char *value)
{
    spec->raw_len = read_hex(value, spec->raw, sizeof spec->raw);
}

static void
read_body(struct spec *spec, const char *value)
{
    spec->body_len = read_hex(value, spec->body, sizeof spec->body);
}

/* CTYPE:HEX */
static void
read_probe(struct spec *spec, const char *value)
{
    uint8_t bytes[SPEC_RAW_MAX];
    char *end;
    unsigned ctype = (unsigned)read_number(value, &end, 10);

    spec_probe(spec, ctype, bytes, read_hex(end + 1, bytes, sizeof bytes));
}

/* NUMBER:HEX, the header's own number first; behind the fragment header with "fext" */
static void
read_header(struct spec *spec, const char *value)
{
    struct spec_header *header = &spec->headers[spec->header_count];
    char *end;

    if (spec->header_count++ == SPEC_HEADERS_MAX)
        errx(2, "too many headers");
    header->number = (uint8_t)read_number(value, &end, 10);
    header->len = read_hex(end + 1, header->bytes, sizeof header->bytes);
}

static void
read_outer_header(struct spec *spec, const char *value)
{
    read_header(spec, value);
    spec->outer_count = spec->header_count;
}

/* A letter, and the number that some take, in hexadecimal but for the protocol. */
static const char *
read_oddity(struct spec_piece *piece, const char *at)
{
    char letter = *at++, *end;

    switch (letter) {
    case 'm': piece->more = 1; break;
    case 'l': piece->more = 0; break;
    case 'x': piece->inverted = true; break;
    case 's': piece->other_src = true; break;
    case 'b': piece->bare = true; break;
    case 'e': piece->bad_option = true; break;
    case 'u': piece->untagged = true; break;
    case 'i': piece->other_id = read_number(at, &end, 16); return end;
    case 't': piece->tos = read_number(at, &end, 16); return end;
    case 'p': piece->protocol = read_number(at, &end, 10); return end;
    case 'r': piece->reserved = read_number(at, &end, 16); return end;
    default: errx(2, "not a fragment's oddity: %c", letter);
    }
    return at;
}

/* AT+LENGTH[ODDITY...],... */
static void
read_pieces(struct spec *spec, const char *value)
{
    struct spec_piece *piece;
    char *end;

    for (const char *at = value; *at != '\0';) {
        if (spec->piece_count == SPEC_PIECES_MAX)
            errx(2, "too many fragments");
        piece = &spec->pieces[spec->piece_count++];
        *piece = (struct spec_piece){.more = SPEC_AS_IS, .tos = SPEC_AS_IS, .protocol = SPEC_AS_IS};
        piece->at = (size_t)read_number(at, &end, 10);
        piece->len = (size_t)read_number(end + 1, &end, 10);
        for (at = end; *at != '\0' && *at != ',';)
            at = read_oddity(piece, at);
        if (*at == ',')
            at++;
    }
}

static const struct {
    const char *word;
    void (*read)(struct spec *spec, const char *value);
} words_read[] = {
    {"src", read_src},         {"dst", read_dst},   {"edst", read_eth_dst}, {"esrc", read_eth_src},
    {"tag", read_tag},         {"opt", read_options}, {"raw", read_raw},    {"ext", read_outer_header},
    {"fext", read_header},     {"frag", read_pieces}, {"body", read_body},  {"probe", read_probe},
};

static void
read_word(struct spec *spec, const char *word, const char *value)
{
    if (read_field(spec, word, value))
        return;
    for (size_t i = 0; i < sizeof words_read / sizeof words_read[0]; i++)
        if (strcmp(words_read[i].word, word) == 0) {
            words_read[i].read(spec, value);
            return;
        }
    errx(2, "not a word of a request: %s", word);
}

void
spec_read(struct spec *spec, const char *words, uint32_t number)
{
    char *copy = more_memory(NULL, strlen(words) + 1), *rest, *value;

    strcpy(copy, words);
    spec_init(spec, copy[0] == '6' ? 6 : 4, number);
    (void)strtok_r(copy, " ", &rest);
    for (char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;) {
        value = strchr(word, '=');
        if (value == NULL)
            errx(2, "not a word of a request: %s", word);
        *value = '\0';
        read_word(spec, word, value + 1);
    }
    free(copy);
}

void
spec_frames(const char *words, uint32_t number, bool all_own, struct frames *frames)
{
    static struct spec spec;
    char *copy = more_memory(NULL, strlen(words) + 1), *rest;

    strcpy(copy, words);
    for (char *one = strtok_r(copy, ";", &rest); one != NULL; one = strtok_r(NULL, ";", &rest)) {
        spec_read(&spec, one + strspn(one, " "), number);
        if (all_own || spec.piece_count > 0 || spec.slice > 0)
            spec_own_source(&spec, number);
        spec_build(&spec, frames);
    }
    free(copy);
}
