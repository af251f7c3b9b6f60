/* Inputs of fuzz_respond made and changed. */
#include "records.h"

#include <string.h>

#include "change.h"
#include "codec/bytes.h"
#include "record.h"

enum {
    RECORDS_MOST = 256,
    PIECES_MOST = 16,
    CHANGES_MOST = 4,
    AGAIN = 4 /* one in so many changes is followed by another */
};

/* A record of an input that is there. */
struct record {
    uint8_t code;
    struct bytes frame;
};

/* An input taken apart. */
struct records {
    uint8_t start[RECORD_START_LEN];
    size_t count;
    struct record records[RECORDS_MOST];
};

static enum link_type
link_of(const uint8_t *start)
{
    return (enum link_type)(start[0] % LINK_TYPES);
}

static void
make_start(struct draw *draw, uint8_t start[static RECORD_START_LEN])
{
    start[0] = draw_one_in(draw, 2) ? LINK_EN10MB : (uint8_t)draw_below(draw, LINK_TYPES);
    if (draw_one_in(draw, 3))
        start[0] = (uint8_t)(start[0] + LINK_TYPES * draw_below(draw, 9));
    start[1] = (uint8_t)draw_next(draw);
    if (draw_one_in(draw, 3)) /* neighbours are answered on few interfaces else */
        start[1] = (uint8_t)((start[1] | RECORD_MAC | RECORD_NEIGHBORS) & ~RECORD_LOOPBACK);
    start[2] = (uint8_t)draw_next(draw);
}

static void
split(struct records *all, const uint8_t *data, size_t size)
{
    struct bytes rest = {data, size};
    const uint8_t *header;

    memcpy(all->start, bytes_take(&rest, RECORD_START_LEN), RECORD_START_LEN);
    all->count = 0;
    while (all->count < RECORDS_MOST && (header = bytes_take(&rest, RECORD_HEADER_LEN)) != NULL) {
        struct record *record = &all->records[all->count++];

        record->code = header[2];
        record->frame = rest;
        bytes_trim(&record->frame, load_be16(header));
        (void)bytes_take(&rest, record->frame.left);
    }
}

/* A record is left out when there is no room for it. */
static void
put(struct writer *writer, uint8_t code, const uint8_t *frame, size_t len)
{
    if (writer->left < RECORD_HEADER_LEN + len)
        return;
    writer_be16(writer, (uint16_t)len);
    writer_u8(writer, code);
    writer_put(writer, frame, len);
}

/* Mostly with right checksums, and at once. */
static uint8_t
draw_code(struct draw *draw)
{
    unsigned step = draw_one_in(draw, 4) ? (unsigned)draw_below(draw, RECORD_STEP + 1) : 0;
    unsigned times = draw_one_in(draw, 64) ? (unsigned)draw_next(draw) & (RECORD_TIMES | RECORD_SAME) : 0;

    return (uint8_t)(step | times | (draw_one_in(draw, 12) ? 0 : RECORD_MEND) | (draw_one_in(draw, 64) ? RECORD_CUT : 0));
}

/* --- one record after the other */

static void
put_pieces(struct draw *draw, enum link_type link, const struct shape *shape, struct writer *writer)
{
    static struct shape pieces[PIECES_MOST + 1];
    size_t count = change_cut(draw, link, shape, pieces, PIECES_MOST);
    uint8_t code = draw_code(draw);

    if (count == 0) {
        put(writer, code, shape->data, shape->len);
        return;
    }
    if (draw_one_in(draw, 2))
        count = change_order(draw, link, pieces, count);
    for (size_t i = 0; i < count; i++) {
        put(writer, code, pieces[i].data, pieces[i].len);
        code = draw_one_in(draw, 32) ? draw_code(draw) : (uint8_t)(code & (RECORD_MEND | RECORD_SAME));
    }
}

/* A frame from nothing, as it is or in fragments, which are mended one by one: so is their sum. */
static void
put_new(struct draw *draw, enum link_type link, struct writer *writer)
{
    static struct shape shape;

    shapes_make(draw, link, &shape);
    while (draw_one_in(draw, AGAIN))
        change_frame(draw, link, &shape);
    if (draw_one_in(draw, 4))
        put_pieces(draw, link, &shape, writer);
    else
        put(writer, draw_code(draw), shape.data, shape.len);
}

static void
put_changed(struct draw *draw, enum link_type link, const struct record *record, struct writer *writer)
{
    static struct shape shape;
    uint8_t code = draw_one_in(draw, 8) ? draw_code(draw) : record->code;

    if (record->frame.left > SHAPES_ROOM) {
        put(writer, draw_code(draw), record->frame.at, record->frame.left);
        return;
    }
    memcpy(shape.data, record->frame.at, record->frame.left);
    shape.len = record->frame.left;
    do
        change_frame(draw, link, &shape);
    while (draw_one_in(draw, AGAIN));
    if (draw_one_in(draw, 8))
        put_pieces(draw, link, &shape, writer);
    else
        put(writer, code, shape.data, shape.len);
}

/* --- a whole input */

/* What becomes of one record. */
enum way { CHANGE, CHANGE_AGAIN, TWICE, LEAVE_OUT, SWAP, BEFORE, RECODE, WAYS };

static void
put_one(struct draw *draw, const struct records *all, size_t at, enum way way, struct writer *writer)
{
    enum link_type link = link_of(all->start);
    const struct record *record = &all->records[at];

    switch (way) {
    case CHANGE:
    case CHANGE_AGAIN:
        put_changed(draw, link, record, writer);
        return;
    case TWICE:
        put(writer, record->code, record->frame.at, record->frame.left);
        put_changed(draw, link, record, writer);
        return;
    case LEAVE_OUT:
        return;
    case SWAP:
        record = &all->records[draw_below(draw, all->count)];
        break;
    case RECODE:
        put(writer, draw_code(draw), record->frame.at, record->frame.left);
        return;
    case BEFORE:
    case WAYS:
        put_new(draw, link, writer);
        break;
    }
    put(writer, record->code, record->frame.at, record->frame.left);
}

static void
change_start(struct draw *draw, uint8_t start[static RECORD_START_LEN])
{
    uint8_t other[RECORD_START_LEN];
    size_t at = draw_below(draw, RECORD_START_LEN);

    make_start(draw, other);
    if (at == 0)
        start[0] = other[0];
    else
        start[at] = (uint8_t)(start[at] ^ 1U << draw_below(draw, 8));
}

/* Writes all records anew, one of them changed.  With a number of records that is none, adds one at the end. */
static size_t
change_once(struct draw *draw, const struct records *all, uint8_t *out, size_t most)
{
    struct writer writer = {out, most, false};
    size_t at = draw_below(draw, all->count + 1);
    enum way way = (enum way)draw_below(draw, WAYS);

    writer_put(&writer, all->start, RECORD_START_LEN);
    for (size_t i = 0; i < all->count; i++)
        if (i == at)
            put_one(draw, all, i, way, &writer);
        else
            put(&writer, all->records[i].code, all->records[i].frame.at, all->records[i].frame.left);
    if (at == all->count)
        put_new(draw, link_of(all->start), &writer);
    return (size_t)(writer.at - out);
}

size_t
records_make(struct draw *draw, const uint8_t *start, size_t count, uint8_t *data, size_t most)
{
    struct writer writer = {data, most, false};
    uint8_t own[RECORD_START_LEN];

    make_start(draw, own);
    writer_put(&writer, start == NULL ? own : start, RECORD_START_LEN);
    while (count-- > 0)
        put_new(draw, link_of(data), &writer);
    return (size_t)(writer.at - data);
}

size_t
records_change(struct draw *draw, uint8_t *data, size_t size, size_t most)
{
    static struct records all;
    static uint8_t out[RECORDS_SIZE_MOST];

    if (most > sizeof out)
        most = sizeof out;
    if (most < RECORD_START_LEN)
        return size;
    if (size < RECORD_START_LEN)
        return records_make(draw, NULL, 1 + draw_below(draw, CHANGES_MOST), data, most);
    do {
        split(&all, data, size);
        if (draw_one_in(draw, 16))
            change_start(draw, all.start);
        size = change_once(draw, &all, out, most);
        memcpy(data, out, size);
    } while (draw_one_in(draw, AGAIN));
    return size;
}
