/* A request for the kernel oracle: what is in it, said in words, and the frames that it makes. */
#ifndef PONGD_TESTS_NET_ORACLE_SPEC_H
#define PONGD_TESTS_NET_ORACLE_SPEC_H

#include "oracle-wire.h"

enum {
    SPEC_TAGS_MAX = 3,
    SPEC_HEADERS_MAX = 32,
    SPEC_HEADER_MAX = 264,
    SPEC_PIECES_MAX = 160,
    SPEC_RAW_MAX = 256,
    SPEC_AS_IS = -1 /* a field that is not overridden */
};

struct spec_header {
    uint8_t number;
    uint8_t bytes[SPEC_HEADER_MAX]; /* the first byte is filled in: what follows */
    size_t len;
};

/* A fragment: a range of the datagram's payload, and what is odd about it. */
struct spec_piece {
    size_t at;
    size_t len;
    long more;     /* M: 0 or 1, or SPEC_AS_IS */
    long tos;
    long protocol; /* or next header */
    long reserved; /* the reserved bits of the IPv6 header: the first byte, then the two bits */
    long other_id; /* added to the datagram's */
    bool inverted; /* other data */
    bool other_src;
    bool bare;     /* without the options or headers of the others */
    bool bad_option;
    bool untagged; /* without the tags of the others */
};

/* Numbers are long, so that one table can set them all. */
struct spec {
    unsigned family;
    uint8_t eth_dst[MAC_LEN], eth_src[MAC_LEN];
    bool has_eth_dst, has_src;
    struct {
        unsigned type, tci;
    } tags[SPEC_TAGS_MAX];
    unsigned tag_count;
    long type; /* EtherType */
    long version, ihl, header_sum;
    long length;    /* total or payload length */
    long length_by; /* what is added to the right one */
    long tos, ttl, flags, ip_id;
    long protocol; /* or the last next header */
    long flow, fragment_id;
    uint8_t src[16], dst[16];
    uint8_t options[40];
    size_t options_len;
    struct spec_header headers[SPEC_HEADERS_MAX]; /* of IPv6: before the fragment header, then behind it */
    unsigned header_count, outer_count;
    long icmp_type, icmp_code, icmp_id, icmp_seq, icmp_sum;
    long icmp_cut; /* bytes of the message that remain */
    long data_len;
    long fill;     /* what data starts with */
    uint8_t body[SPEC_RAW_MAX]; /* before the data */
    size_t body_len;
    uint8_t raw[SPEC_RAW_MAX]; /* instead of a message */
    size_t raw_len;
    long pad;       /* bytes behind the datagram */
    long frame_cut; /* bytes of the frame that remain */
    long slice;     /* all in fragments of this size */
    struct spec_piece pieces[SPEC_PIECES_MAX];
    unsigned piece_count;
};

/* An ordinary echo request; `number` makes its fragment ID, and the source of fragments, its own. */
void spec_init(struct spec *spec, unsigned family, uint32_t number);

/* Reads a request in words, "4 ttl=0 src=10.9.9.9"; ends the program on a word that it does not know. */
void spec_read(struct spec *spec, const char *words, uint32_t number);

/* Adds the frames. */
void spec_build(const struct spec *spec, struct frames *frames);

/* Makes it an extended echo request (RFC 8335) with one object of the class Interface Identification in the body. */
void spec_probe(struct spec *spec, unsigned ctype, const uint8_t *value, size_t len);

/* Gives a request a source of its own unless it has a special one: what is left of one case must not meet the next one's,
 * and no host is to be told of more errors than it may. */
void spec_own_source(struct spec *spec, uint32_t number);

/* Several requests, split by semicolons.  Those in fragments have a source of their own, or all. */
void spec_frames(const char *words, uint32_t number, bool all_own, struct frames *frames);

/* An address in text into 16 bytes. */
void spec_address(const char *text, uint8_t *address);

#endif
