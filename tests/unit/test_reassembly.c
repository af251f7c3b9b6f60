/* Reassembly: rule by rule, against a plain model, and through the responder, whose own fragments are checked too. */
#include "unit.h"

#include <string.h>

#include "craft.h"
#include "responder/responder.h"
#include "served.h"

#define SECOND UINT64_C(1000000000)
#define START (UINT64_C(1700000000) * SECOND)

enum {
    HEADER4_LEN = 20,
    HEADER6_LEN = 40,
    SHIFTS = 4096, /* how many datagrams have data of their own */
    LIFETIME4 = 30, /* seconds */
    LIFETIME6 = 60,
    TOS_CE = 3
};

static struct reassembly reassembly;
static struct reassembly_whole whole;
static uint8_t noise[REASSEMBLY_MAX + 1 + SHIFTS];
static uint64_t random_state;

/* Xorshift: the same numbers on every system. */
static uint32_t
draw_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % limit;
}

/* The data of a datagram: noise, so that a byte from another offset or datagram is noticed. */
static const uint8_t *
data_of(unsigned shift)
{
    return noise + shift % SHIFTS;
}

static int
begin(void **state)
{
    struct siphash_key key = siphash_key(1);

    (void)state;
    random_state = 88172645463325252;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)draw_below(256);
    memset(&reassembly, 0xa5, sizeof reassembly); /* it need not be zero */
    reassembly_init(&reassembly, &key);
    return 0;
}

static struct reassembly_fragment
make(uint8_t version, unsigned id, size_t offset, size_t len, bool more)
{
    bool is_v4 = version == 4;

    return (struct reassembly_fragment){
        .key = {.version = version,
                .protocol = is_v4,
                .id = {(uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id},
                .src = {is_v4 ? 192 : 0xfd, 0, 2, 1},
                .dst = {is_v4 ? 192 : 0xfd, 0, 2, 2}},
        .offset = offset,
        .more = more,
        .data = {data_of(id) + offset, len},
        .header_len = is_v4 ? HEADER4_LEN : 0,
        .ts_ns = START,
    };
}

/* As the responder does it: first what time has brought about. */
static enum reassembly_result
add(const struct reassembly_fragment *fragment)
{
    uint64_t up_ns;

    while (reassembly_expire(&reassembly, NULL, fragment->ts_ns, &whole, &up_ns))
        assert_in_range(up_ns, 0, fragment->ts_ns);
    memset(&whole, 0, sizeof whole);
    return reassembly_add(&reassembly, fragment, &whole);
}

static enum reassembly_result
add_piece(uint8_t version, unsigned id, size_t offset, size_t len, bool more)
{
    struct reassembly_fragment fragment = make(version, id, offset, len, more);

    return add(&fragment);
}

static void
check_whole(const uint8_t *data, size_t len)
{
    assert_int_equal(whole.data_len, len);
    assert_memory_equal(whole.head + whole.head_len, data, len);
}

/* An empty fragment is dropped by itself, and its time is noticed. */
static void
let_pass(uint64_t ts_ns)
{
    struct reassembly_fragment fragment = make(4, 0, 0, 0, true);

    fragment.ts_ns = ts_ns;
    assert_int_equal(add(&fragment), REASSEMBLY_BAD);
}

static void
check_free(const uint16_t *indices, size_t count, size_t total)
{
    uint8_t seen[REASSEMBLY_CHUNKS] = {0};

    assert_int_equal(count, total - 1); /* index 0 is none */
    for (size_t i = 0; i < count; i++) {
        assert_in_range(indices[i], 1, total - 1);
        assert_int_equal(seen[indices[i]]++, 0);
    }
}

/* Lets everything time out, and sees that all memory is free again, each piece once. */
static void
check_all_free(void)
{
    let_pass(UINT64_MAX);
    check_free(reassembly.free_datagrams, reassembly.free_datagram_count, REASSEMBLY_DATAGRAMS);
    check_free(reassembly.free_chunks, reassembly.free_chunk_count, REASSEMBLY_CHUNKS);
    for (size_t i = 0; i < COUNT(reassembly.buckets); i++)
        assert_int_equal(reassembly.buckets[i], 0);
    for (size_t i = 0; i < COUNT(reassembly.ages); i++) {
        assert_int_equal(reassembly.ages[i].oldest, 0);
        assert_int_equal(reassembly.ages[i].newest, 0);
    }
}

struct step {
    size_t offset, len;
    bool more;
    enum reassembly_result result;
    uint8_t tos;
    unsigned shift; /* not 0: other data, which must not win */
};

struct script {
    const char *rule;
    size_t len;  /* of every datagram that gets whole */
    uint8_t tos; /* of the same */
    uint8_t version; /* 0: both */
    struct step steps[10];
};

#define STEP(at, count, is_more, what, ...) \
    {.offset = (at), .len = (count), .more = (is_more), .result = REASSEMBLY_##what, __VA_ARGS__}
#define MORE(at, count, what) STEP(at, count, true, what, .tos = 0)
#define LAST(at, count, what) STEP(at, count, false, what, .tos = 0)
#define MORE_TOS(at, count, what, value) STEP(at, count, true, what, .tos = (value))
#define LAST_TOS(at, count, what, value) STEP(at, count, false, what, .tos = (value))
#define MORE_OTHER(at, count, what) STEP(at, count, true, what, .shift = 1)
#define LAST_OTHER(at, count, what) STEP(at, count, false, what, .shift = 1)
#define RESEND MORE(0, 32, HELD), LAST(32, 32, WHOLE)

/* Rules that are mostly the same for both versions: F6-01, F6-04 to F6-09, F6-11 and F6-15 are their names for IPv6. */
static const struct script scripts[] = {
    {"FR-01 in order", 64, 0, 0, {RESEND}},
    {"FR-01 reversed", 64, 0, 0, {LAST(32, 32, HELD), MORE(0, 32, WHOLE)}},
    {"FR-01 middle last", 65, 0, 0, {MORE(0, 24, HELD), LAST(48, 17, HELD), MORE(24, 24, WHOLE)}},
    {"FR-01 middle first", 65, 0, 0, {MORE(24, 24, HELD), LAST(48, 17, HELD), MORE(0, 24, WHOLE)}},
    {"FR-01 across chunks", 3001, 0, 0, {LAST(2048, 953, HELD), MORE(1000, 1048, HELD), MORE(0, 1000, WHOLE)}},
    {"FR-01 one byte at the end", 9, 0, 0, {LAST(8, 1, HELD), MORE(0, 8, WHOLE)}},
    {"FR-02 first again", 64, 0, 0, {MORE(0, 32, HELD), MORE_OTHER(0, 32, DUPLICATE), LAST(32, 32, WHOLE)}},
    {"FR-02 last again", 62, 0, 0, {LAST(32, 30, HELD), LAST_OTHER(32, 30, DUPLICATE), MORE(0, 32, WHOLE)}},
    {"FR-02 inside, in front", 64, 0, 0, {MORE(0, 32, HELD), MORE_OTHER(0, 8, DUPLICATE), LAST(32, 32, WHOLE)}},
    {"FR-02 inside, amid", 64, 0, 0, {MORE(0, 32, HELD), MORE_OTHER(8, 16, DUPLICATE), LAST(32, 32, WHOLE)}},
    {"FR-02 inside, at the end", 64, 0, 0, {LAST(32, 32, HELD), MORE_OTHER(56, 8, DUPLICATE), MORE(0, 32, WHOLE)}},
    {"FR-02 inside what came in order", 64, 0, 0,
     {MORE(0, 16, HELD), MORE(16, 16, HELD), MORE_OTHER(8, 24, DUPLICATE), LAST(32, 32, WHOLE)}},
    {"FR-02 a duplicate may tell the end", 64, 0, 0,
     {MORE(32, 32, HELD), LAST_OTHER(32, 32, DUPLICATE), MORE(0, 32, WHOLE)}},
    {"FR-02 a duplicate may tell the end, amid", 64, 0, 0,
     {MORE(32, 32, HELD), LAST_OTHER(56, 8, DUPLICATE), LAST(32, 24, BAD), RESEND}},
    {"FR-02 a mark of a duplicate does not count", 64, 2, 0,
     {MORE_TOS(0, 32, HELD, 2), MORE_TOS(0, 32, DUPLICATE, 3), MORE_TOS(0, 8, DUPLICATE, 0), LAST_TOS(32, 32, WHOLE, 2)}},
    {"FR-03 the end of the first", 64, 0, 0, {MORE(0, 32, HELD), LAST(24, 40, OVERLAP), RESEND}},
    {"FR-03 the start of the last", 64, 0, 0, {LAST(32, 32, HELD), MORE(0, 40, OVERLAP), RESEND}},
    {"FR-03 both sides of a gap", 64, 0, 0, {MORE(0, 16, HELD), LAST(32, 32, HELD), MORE(8, 32, OVERLAP), RESEND}},
    {"FR-03 superset", 64, 0, 0, {MORE(8, 16, HELD), MORE_OTHER(0, 32, OVERLAP), RESEND}},
    {"FR-03 superset of the front", 64, 0, 0, {MORE(0, 16, HELD), MORE(0, 24, OVERLAP), RESEND}},
    {"FR-03 superset in the end's way", 64, 0, 0, {MORE(0, 16, HELD), LAST(48, 16, HELD), MORE(0, 24, OVERLAP), RESEND}},
    {"FR-03 all of two that did not come in order", 64, 0, 0,
     {MORE(8, 8, HELD), MORE(0, 8, HELD), MORE(0, 16, OVERLAP), RESEND}},
    {"FR-03 only the rest is sent again", 64, 0, 0,
     {MORE(0, 32, HELD), LAST(24, 40, OVERLAP), LAST(32, 32, HELD), MORE(0, 32, WHOLE)}},
    {"FR-04 alone", 64, 0, 0, {MORE(0, 36, BAD), RESEND}},
    {"FR-04 the others go on", 64, 0, 0, {MORE(0, 32, HELD), MORE(32, 12, BAD), MORE(8, 1, BAD), LAST(32, 32, WHOLE)}},
    {"FR-05 empty first", 64, 0, 0, {MORE(0, 0, BAD), RESEND}},
    {"FR-05 empty amid", 64, 0, 0, {MORE(0, 32, HELD), MORE(32, 0, BAD), MORE(8, 0, BAD), LAST(32, 32, WHOLE)}},
    {"FR-06 empty last", 72, 0, 0, {MORE(0, 64, HELD), LAST(64, 0, BAD), LAST(64, 8, WHOLE)}},
    {"FR-06 empty last, first to come", 64, 0, 0, {LAST(64, 0, BAD), RESEND}},
    {"FR-07 an earlier end", 64, 0, 0, {LAST(32, 32, HELD), LAST(32, 24, BAD), RESEND}},
    {"FR-07 a later end", 64, 0, 0, {LAST(32, 24, HELD), LAST(32, 32, BAD), RESEND}},
    {"FR-07 a later end apart", 64, 0, 0, {LAST(32, 24, HELD), LAST(64, 8, BAD), RESEND}},
    {"FR-07 data behind the end", 64, 0, 0, {LAST(32, 32, HELD), MORE(64, 8, BAD), RESEND}},
    {"FR-07 data across the end", 64, 0, 0, {LAST(32, 30, HELD), MORE(32, 32, BAD), RESEND}},
    {"FR-07 an end before data", 64, 0, 0, {MORE(64, 8, HELD), LAST(32, 32, BAD), RESEND}},
    {"FR-07 an end amid data", 64, 0, 0, {MORE(32, 32, HELD), LAST(32, 24, BAD), RESEND}},
    {"FR-08 too long", 64, 0, 4, {MORE(0, 32, HELD), LAST(65528, 100, TOO_LONG), LAST(32, 32, HELD), MORE(0, 32, WHOLE)}},
    {"FR-08 too long, first to come", 64, 0, 0, {LAST(65528, 100, TOO_LONG), RESEND}},
    {"FR-08 too long, with More Fragments", 64, 0, 4, {MORE(0, 32, HELD), MORE(65528, 8, TOO_LONG), RESEND}},
    {"F6-08 the others go on", 64, 0, 6,
     {MORE(0, 32, HELD), LAST(65528, 100, TOO_LONG), MORE(65528, 8, TOO_LONG), LAST(32, 32, WHOLE)}},
    {"FR-10 tiny first", 64, 0, 0, {MORE(0, 8, HELD), LAST(8, 56, WHOLE)}},
    {"FR-10 tiny first, reversed", 64, 0, 0, {LAST(8, 56, HELD), MORE(0, 8, WHOLE)}},
    {"FR-11 the first's DSCP", 64, 0xb8, 0, {MORE_TOS(0, 32, HELD, 0xb8), LAST_TOS(32, 32, WHOLE, 0x28)}},
    {"FR-11 the first's DSCP, reversed", 64, 0xb8, 0, {LAST_TOS(32, 32, HELD, 0x28), MORE_TOS(0, 32, WHOLE, 0xb8)}},
    {"FR-12 Not-ECT, ECT(0)", 64, 0, 0, {MORE_TOS(0, 32, HELD, 0), LAST_TOS(32, 32, BAD, 2), RESEND}},
    {"FR-12 ECT(1), Not-ECT", 64, 0, 0, {MORE_TOS(0, 32, HELD, 1), LAST_TOS(32, 32, BAD, 0), RESEND}},
    {"FR-12 CE, Not-ECT", 64, 0, 0, {LAST_TOS(32, 32, HELD, 3), MORE_TOS(0, 32, BAD, 0), RESEND}},
    {"FR-12 all of them", 64, 0, 0,
     {MORE_TOS(0, 8, HELD, 0), MORE_TOS(8, 8, HELD, 1), MORE_TOS(16, 8, HELD, 2), LAST_TOS(24, 8, BAD, 3), RESEND}},
    {"FR-13 ECT(0), CE", 64, 3, 0, {MORE_TOS(0, 32, HELD, 2), LAST_TOS(32, 32, WHOLE, 3)}},
    {"FR-13 CE, ECT(0)", 64, 3, 0, {MORE_TOS(0, 32, HELD, 3), LAST_TOS(32, 32, WHOLE, 2)}},
    {"FR-13 ECT(1), CE, the DSCP kept", 64, 0xbb, 0, {LAST_TOS(32, 32, HELD, 3), MORE_TOS(0, 32, WHOLE, 0xb9)}},
    {"FR-13 ECT(0), ECT(1), CE", 64, 3, 0, {MORE_TOS(0, 24, HELD, 2), LAST_TOS(32, 32, HELD, 1), MORE_TOS(24, 8, WHOLE, 3)}},
    {"FR-13 CE only", 64, 3, 0, {MORE_TOS(0, 32, HELD, 3), LAST_TOS(32, 32, WHOLE, 3)}},
    {"FR-14 ECT(0), ECT(1)", 64, 2, 0, {MORE_TOS(0, 32, HELD, 2), LAST_TOS(32, 32, WHOLE, 1)}},
    {"FR-14 ECT(1), ECT(0), reversed", 64, 1, 0, {LAST_TOS(32, 32, HELD, 2), MORE_TOS(0, 32, WHOLE, 1)}},
    {"FR-18 the ID again", 64, 0, 0, {RESEND, RESEND, LAST(32, 32, HELD), MORE(0, 32, WHOLE)}},
};

static bool
is_step(const struct step *step)
{
    return step->offset > 0 || step->len > 0 || step->more;
}

static void
run_script(const struct script *script, uint8_t version)
{
    for (size_t i = 0; i < COUNT(script->steps) && is_step(&script->steps[i]); i++) {
        const struct step *step = &script->steps[i];
        struct reassembly_fragment fragment = make(version, 9, step->offset, step->len, step->more);
        enum reassembly_result result;

        fragment.tos = step->tos;
        fragment.data.at += step->shift;
        result = add(&fragment);
        if (result != step->result)
            fail_msg("%s: IPv%d, step %zu: %d for %d", script->rule, version, i + 1, result, step->result);
        if (result != REASSEMBLY_WHOLE)
            continue;
        check_whole(data_of(9), script->len);
        if (whole.tos != script->tos)
            fail_msg("%s: IPv%d: TOS %02x for %02x", script->rule, version, whole.tos, script->tos);
    }
    check_all_free();
}

static void
test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(scripts); i++) {
        if (scripts[i].version != 6)
            run_script(&scripts[i], 4);
        if (scripts[i].version != 4)
            run_script(&scripts[i], 6);
    }
    assert_int_equal(reassembly.evicted, 0);
}

/* FR-16, F6-12: the first fragment's headers count, whenever it comes. */
static void
test_first_fragment_decides(void **state)
{
    static const uint8_t headers[28] = {0x47, [20] = 7, 7, 4}, others[24] = {0x46, [20] = 1, 1, 1};

    (void)state;
    for (unsigned turn = 0; turn < 4; turn++) {
        uint8_t version = turn < 2 ? 4 : 6;
        struct reassembly_fragment first = make(version, turn, 0, 32, true), last = make(version, turn, 32, 32, false);

        first.head = (struct bytes){headers, sizeof headers};
        last.head = (struct bytes){others, sizeof others};
        assert_int_equal(add(turn % 2 == 0 ? &first : &last), REASSEMBLY_HELD);
        assert_int_equal(add(turn % 2 == 0 ? &last : &first), REASSEMBLY_WHOLE);
        check_whole(data_of(turn), 64);
        assert_int_equal(whole.head_len, sizeof headers);
        assert_memory_equal(whole.head, headers, sizeof headers);
    }
    check_all_free();
}

/* FR-09: all that a datagram can have, in pieces as they come through an Ethernet. */
static void
check_longest(uint8_t version, size_t len, size_t piece, bool reversed)
{
    size_t count = (len + piece - 1) / piece;

    for (size_t i = 0; i < count; i++) {
        size_t offset = (reversed ? count - 1 - i : i) * piece, rest = len - offset;
        enum reassembly_result result = add_piece(version, 3, offset, rest < piece ? rest : piece, rest > piece);

        assert_int_equal(result, i + 1 < count ? REASSEMBLY_HELD : REASSEMBLY_WHOLE);
    }
    check_whole(data_of(3), len);
    check_all_free();
}

static void
test_longest(void **state)
{
    (void)state;
    for (int reversed = 0; reversed < 2; reversed++) {
        check_longest(4, REASSEMBLY_MAX - HEADER4_LEN, 1480, reversed != 0);
        check_longest(6, REASSEMBLY_MAX, 1448, reversed != 0);
    }
}

/* FR-08: where the border is; the header counts for IPv4. */
static void
test_too_long(void **state)
{
    struct reassembly_fragment first = make(4, 1, 0, 65480, true), last = make(4, 1, 65480, 20, false);

    (void)state;
    assert_int_equal(add_piece(4, 1, 65512, 3, false), REASSEMBLY_HELD);
    assert_int_equal(add_piece(4, 1, 65512, 4, false), REASSEMBLY_TOO_LONG);
    assert_int_equal(add_piece(4, 1, 65512, 8, true), REASSEMBLY_TOO_LONG);
    assert_int_equal(add_piece(6, 1, 65528, 7, false), REASSEMBLY_HELD);
    assert_int_equal(add_piece(6, 1, 65528, 8, true), REASSEMBLY_TOO_LONG);
    check_all_free();
    /* The first fragment's header may be longer than those of the others. */
    first.header_len = HEADER4_LEN + 16;
    assert_int_equal(add(&last), REASSEMBLY_HELD);
    assert_int_equal(add(&first), REASSEMBLY_TOO_LONG);
    last.data.left--;
    assert_int_equal(add(&last), REASSEMBLY_HELD);
    assert_int_equal(add(&first), REASSEMBLY_WHOLE);
    check_whole(data_of(1), 65499);
    check_all_free();
}

static void
change_version(struct reassembly_key *key)
{
    key->version = 6;
    key->protocol = 0;
}

static void
change_protocol(struct reassembly_key *key)
{
    key->protocol = 17;
}

static void
change_iface(struct reassembly_key *key)
{
    key->iface[1] = 1;
}

static void
change_tag(struct reassembly_key *key)
{
    key->tags[3] = 10;
}

static void
change_id(struct reassembly_key *key)
{
    key->id[0] = 1;
}

static void
change_src(struct reassembly_key *key)
{
    key->src[15] = 7;
}

static void
change_dst(struct reassembly_key *key)
{
    key->dst[15] = 7;
}

/* FR-17, and what else tells datagrams apart: halves of two are never put together. */
static void
test_keys(void **state)
{
    static void (*const changes[])(struct reassembly_key *key) = {
        change_version, change_protocol, change_iface, change_tag, change_id, change_src, change_dst,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct reassembly_fragment first = make(4, 5, 0, 32, true), last = make(4, 5, 32, 32, false);
        struct reassembly_fragment other_first = make(4, 5, 0, 32, true), other_last = make(4, 5, 32, 24, false);

        changes[i](&other_first.key);
        changes[i](&other_last.key);
        other_first.data.at++;
        other_last.data.at++;
        assert_int_equal(add(&first), REASSEMBLY_HELD);
        assert_int_equal(add(&other_last), REASSEMBLY_HELD);
        assert_int_equal(add(&last), REASSEMBLY_WHOLE);
        check_whole(data_of(5), 64);
        assert_int_equal(add(&other_first), REASSEMBLY_WHOLE);
        check_whole(data_of(6), 56);
    }
    check_all_free();
}

/* FR-20, F6-16: first, middle and last fragment at these times, in nanoseconds from START. */
static const struct {
    const char *name;
    uint8_t version;
    int64_t at[3];
    enum reassembly_result last;
    uint64_t timed_out;
} times[] = {
    {"v4 just before", 4, {0, 0, LIFETIME4 * (int64_t)SECOND - 1}, REASSEMBLY_WHOLE, 0},
    {"v4 at the time", 4, {0, 0, LIFETIME4 * (int64_t)SECOND}, REASSEMBLY_HELD, 1},
    {"v4 not extended", 4, {0, 20 * (int64_t)SECOND, LIFETIME4 * (int64_t)SECOND}, REASSEMBLY_HELD, 1},
    {"v4 not extended, just before", 4, {0, 29 * (int64_t)SECOND, LIFETIME4 * (int64_t)SECOND - 1}, REASSEMBLY_WHOLE, 0},
    {"v4 much later", 4, {0, 1, 86400 * (int64_t)SECOND}, REASSEMBLY_HELD, 1},
    {"v6 just before", 6, {0, 0, LIFETIME6 * (int64_t)SECOND - 1}, REASSEMBLY_WHOLE, 0},
    {"v6 at the time", 6, {0, 0, LIFETIME6 * (int64_t)SECOND}, REASSEMBLY_HELD, 1},
    {"v6 not extended", 6, {0, 40 * (int64_t)SECOND, LIFETIME6 * (int64_t)SECOND}, REASSEMBLY_HELD, 1},
    {"v4 time steps back", 4, {0, -1, -3600 * (int64_t)SECOND}, REASSEMBLY_WHOLE, 0},
    {"v6 time steps back", 6, {0, -3600 * (int64_t)SECOND, 1}, REASSEMBLY_WHOLE, 0},
};

static void
test_timeouts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(times); i++) {
        static const size_t offsets[3] = {0, 16, 32};
        uint64_t timed_out = reassembly.timed_out;

        for (size_t step = 0; step < 3; step++) {
            struct reassembly_fragment fragment = make(times[i].version, 1, offsets[step], 16, step < 2);
            enum reassembly_result result;

            fragment.ts_ns += (uint64_t)times[i].at[step];
            result = add(&fragment);
            if (result != (step < 2 ? REASSEMBLY_HELD : times[i].last))
                fail_msg("%s: step %zu: %d", times[i].name, step + 1, result);
        }
        assert_int_equal(reassembly.timed_out - timed_out, times[i].timed_out);
        check_all_free();
    }
}

/* A datagram from before time stepped back is in nobody's way: those that came after it time out when they are due. */
static void
test_timeout_after_a_step_back(void **state)
{
    static const uint64_t lifetimes[2] = {LIFETIME4 * SECOND, LIFETIME6 * SECOND};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint8_t version = i == 0 ? 4 : 6;
        struct reassembly_fragment before = make(version, 1, 0, 16, true);
        struct reassembly_fragment first = make(version, 2, 0, 16, true), last = make(version, 2, 16, 16, false);

        first.ts_ns -= 3600 * SECOND;
        last.ts_ns = first.ts_ns + lifetimes[i];
        assert_int_equal(add(&before), REASSEMBLY_HELD);
        assert_int_equal(add(&first), REASSEMBLY_HELD);
        assert_int_equal(add(&last), REASSEMBLY_HELD);
        check_all_free();
    }
}

/* FR-20: of many, only those that are due go. */
static void
test_timeouts_one_by_one(void **state)
{
    enum { DATAGRAMS = 100 };
    uint64_t timed_out = reassembly.timed_out;

    (void)state;
    for (unsigned i = 0; i < DATAGRAMS; i++) {
        struct reassembly_fragment fragment4 = make(4, i, 0, 8, true), fragment6 = make(6, i, 0, 8, true);

        fragment4.ts_ns += i;
        fragment6.ts_ns += i;
        assert_int_equal(add(&fragment4), REASSEMBLY_HELD);
        assert_int_equal(add(&fragment6), REASSEMBLY_HELD);
    }
    for (unsigned i = 0; i < DATAGRAMS; i++) {
        let_pass(START + LIFETIME4 * SECOND + i);
        assert_int_equal(reassembly.timed_out - timed_out, i + 1);
    }
    for (unsigned i = 0; i < DATAGRAMS; i++) {
        let_pass(START + LIFETIME6 * SECOND + i);
        assert_int_equal(reassembly.timed_out - timed_out, DATAGRAMS + i + 1);
    }
    check_all_free();
}

/* FR-21: 100,000 single fragments, each of another datagram and some of a forged source, among which an honest sender's
 * datagrams get whole all the same. */
static void
check_flood(uint8_t version, size_t len)
{
    enum { FLOOD = 100000, EVERY = 50, BETWEEN = 40 };
    uint64_t complete = reassembly.complete, evicted = reassembly.evicted, timed_out = reassembly.timed_out;
    size_t left;

    for (unsigned i = 0; i < FLOOD; i++) {
        struct reassembly_fragment flood = make(version, i, i % 3 * 1480U, 1480, true);
        struct reassembly_fragment honest = make(version, i / EVERY, 0, len / 2, true);

        flood.data.at = noise;
        flood.key.src[8] = 1;
        flood.key.src[9] = (uint8_t)(i % 7);
        flood.ts_ns += i;
        assert_int_equal(add(&flood), REASSEMBLY_HELD);
        honest.ts_ns += i;
        if (i % EVERY == 0)
            assert_int_equal(add(&honest), REASSEMBLY_HELD);
        if (i % EVERY != BETWEEN)
            continue;
        honest.offset = len / 2;
        honest.data = (struct bytes){data_of(i / EVERY) + len / 2, len / 2};
        honest.more = false;
        assert_int_equal(add(&honest), REASSEMBLY_WHOLE);
        check_whole(data_of(i / EVERY), len);
    }
    assert_int_equal(reassembly.complete - complete, FLOOD / EVERY);
    left = REASSEMBLY_DATAGRAMS - 1 - reassembly.free_datagram_count;
    assert_int_equal(reassembly.evicted - evicted, FLOOD - left);
    check_all_free();
    assert_int_equal(reassembly.timed_out - timed_out, left);
}

static void
test_flood(void **state)
{
    (void)state;
    check_flood(4, 2960);
    check_flood(6, 2 * 8192);
}

/* FR-21: when the chunks are used up, the oldest datagram goes, but never the one that wants them. */
static void
test_chunks_used_up(void **state)
{
    enum { PIECE = 63 * REASSEMBLY_CHUNK_LEN, FILLERS = (REASSEMBLY_CHUNKS - 2) / 63 };
    uint64_t evicted = reassembly.evicted;

    (void)state;
    assert_int_equal(add_piece(6, 0, 0, 8, true), REASSEMBLY_HELD); /* the oldest, with a chunk */
    for (unsigned i = 1; i <= FILLERS; i++)
        assert_int_equal(add_piece(6, i, 0, PIECE, true), REASSEMBLY_HELD);
    assert_int_equal(reassembly.evicted, evicted);
    assert_int_equal(add_piece(6, 0, 8, PIECE, false), REASSEMBLY_WHOLE);
    check_whole(data_of(0), 8 + PIECE);
    assert_int_equal(reassembly.evicted - evicted, 1);
    for (unsigned i = 2; i <= FILLERS; i++) {
        assert_int_equal(add_piece(6, i, PIECE, 1, false), REASSEMBLY_WHOLE);
        check_whole(data_of(i), PIECE + 1);
    }
    assert_int_equal(add_piece(6, 1, PIECE, 1, false), REASSEMBLY_HELD); /* its first part was evicted */
    check_all_free();
}

/* FR-21: of both versions it is the oldest that goes. */
static void
test_oldest_goes(void **state)
{
    enum { ROOM = REASSEMBLY_DATAGRAMS - 1, MORE_THAN_ROOM = 300 };
    uint64_t evicted = reassembly.evicted;

    (void)state;
    for (unsigned i = 0; i < ROOM + MORE_THAN_ROOM; i++) {
        struct reassembly_fragment fragment = make(i % 3 == 0 ? 6 : 4, i, 0, 8, true);

        fragment.key.src[9] = (uint8_t)i; /* so that no ID becomes stale */
        fragment.ts_ns += i;
        assert_int_equal(add(&fragment), REASSEMBLY_HELD);
    }
    assert_int_equal(reassembly.evicted - evicted, MORE_THAN_ROOM);
    for (unsigned i = ROOM + MORE_THAN_ROOM; i-- > MORE_THAN_ROOM;) {
        struct reassembly_fragment fragment = make(i % 3 == 0 ? 6 : 4, i, 8, 8, false);

        fragment.key.src[9] = (uint8_t)i;
        assert_int_equal(add(&fragment), REASSEMBLY_WHOLE);
        check_whole(data_of(i), 16);
    }
    assert_int_equal(reassembly.free_datagram_count, ROOM);
    check_all_free();
}

/* FR-22: `others` fragments of the same source come between two halves. */
static enum reassembly_result
with_others_between(uint8_t version, unsigned others, bool of_same_source)
{
    static unsigned id;
    unsigned halved = id++;
    struct reassembly_fragment fragment;

    assert_int_equal(add_piece(version, halved, 0, 32, true), REASSEMBLY_HELD);
    for (unsigned i = 0; i < others; i++) {
        fragment = make(version, id++, 0, 32, true);
        fragment.key.src[3] = of_same_source ? 1 : 9;
        assert_int_equal(add(&fragment), REASSEMBLY_HELD);
    }
    return add_piece(version, halved, 32, 32, false);
}

static void
test_stale_ids(void **state)
{
    (void)state;
    assert_int_equal(with_others_between(4, 60, true), REASSEMBLY_WHOLE);
    check_all_free();
    assert_int_equal(with_others_between(4, 63, true), REASSEMBLY_WHOLE);
    check_all_free();
    assert_int_equal(with_others_between(4, 64, true), REASSEMBLY_HELD);
    check_all_free();
    assert_int_equal(with_others_between(4, 65, true), REASSEMBLY_HELD);
    assert_int_equal(reassembly.evicted, 0);
    check_all_free();
    assert_int_equal(with_others_between(4, 500, false), REASSEMBLY_WHOLE);
    check_all_free();
    assert_int_equal(with_others_between(6, 500, true), REASSEMBLY_WHOLE);
    check_all_free();
}

/* FR-22: what comes late begins the datagram anew; its own fragments make nothing stale, however many they are. */
static void
test_stale_id_begins_anew(void **state)
{
    (void)state;
    assert_int_equal(add_piece(4, 0, 0, 32, true), REASSEMBLY_HELD);
    for (unsigned i = 1; i <= 64; i++)
        assert_int_equal(add_piece(4, i, 0, 32, true), REASSEMBLY_HELD);
    assert_int_equal(add_piece(4, 0, 32, 32, false), REASSEMBLY_HELD);
    assert_int_equal(add_piece(4, 0, 0, 32, true), REASSEMBLY_WHOLE);
    check_whole(data_of(0), 64);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(add_piece(4, 0, 8 * i, 8, true), REASSEMBLY_HELD);
    assert_int_equal(add_piece(4, 0, 8000, 8, false), REASSEMBLY_WHOLE);
    check_whole(data_of(0), 8008);
    check_all_free();
}

static void
shuffle(uint16_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = draw_below((uint32_t)i);
        uint16_t item = items[i - 1];

        items[i - 1] = items[other];
        items[other] = item;
    }
}

/* FR-23, FR-27: as many pieces as there can be, of as many datagrams as there are chunks for, in turn. */
static void
check_pieces(uint8_t version, const uint16_t *order, size_t count, unsigned datagrams)
{
    for (size_t i = 0; i < count; i++)
        for (unsigned id = 0; id < datagrams; id++) {
            size_t piece = order[(i + id * 97) % count];
            enum reassembly_result result = add_piece(version, id, piece * 8, 8, piece + 1 < count);

            if (result != (i + 1 < count ? REASSEMBLY_HELD : REASSEMBLY_WHOLE))
                fail_msg("piece %zu of datagram %u: %d", piece, id, result);
            if (i + 1 == count)
                check_whole(data_of(id), count * 8);
        }
    check_all_free();
}

static void
test_tiny_pieces(void **state)
{
    enum { PIECES = 65504 / 8 };
    static uint16_t order[PIECES];

    (void)state;
    for (uint16_t i = 0; i < PIECES; i++)
        order[i] = (uint16_t)(PIECES - 1 - i);
    check_pieces(4, order, PIECES, 1);
    check_pieces(6, order, PIECES, 31);
    shuffle(order, PIECES);
    check_pieces(4, order, PIECES, 31);
    check_pieces(6, order, PIECES, 31);
    assert_int_equal(reassembly.evicted, 0);
}

/* The model: what a datagram has as an array of runs, and all else in as few words as can be. */
enum { MODEL_UNITS = 5, MODEL_LEN = MODEL_UNITS * 8, MODEL_IDS = 16, MODEL_STEPS = 200000 };

struct run {
    size_t start, end;
};

struct model {
    bool in_use;
    uint64_t first_ns;
    unsigned number; /* of its last fragment, among all of its version */
    size_t run_count;
    struct run runs[MODEL_UNITS];
    size_t end;
    bool has_last;
    bool ecn_seen[4];
    uint8_t tos;
    struct bytes head;
    uint8_t data[MODEL_LEN];
};

static struct model models[2][MODEL_IDS];
static unsigned model_numbers[2];

static void
model_expire(uint64_t now_ns)
{
    for (size_t id = 0; id < MODEL_IDS; id++) {
        if (now_ns - models[0][id].first_ns >= LIFETIME4 * SECOND)
            models[0][id].in_use = false;
        if (now_ns - models[1][id].first_ns >= LIFETIME6 * SECOND)
            models[1][id].in_use = false;
    }
}

static bool
model_end_is_wrong(const struct model *model, size_t end, bool more)
{
    if (more)
        return model->has_last && end > model->end;
    return end < model->end || (model->has_last && end != model->end);
}

/* Only what is appended at the very end makes a run longer; what lies between runs is one of its own, even if it touches
 * others. */
static enum reassembly_result
model_place(struct model *model, size_t start, size_t end)
{
    struct run *last = NULL;

    for (struct run *run = model->runs; run < model->runs + model->run_count; run++) {
        if (start >= run->start && end <= run->end)
            return REASSEMBLY_DUPLICATE;
        if (start < run->end && end > run->start)
            return REASSEMBLY_OVERLAP;
        if (last == NULL || run->end > last->end)
            last = run;
    }
    if (last != NULL && start == last->end)
        last->end = end;
    else
        model->runs[model->run_count++] = (struct run){start, end};
    return REASSEMBLY_HELD;
}

static bool
model_is_whole(const struct model *model)
{
    size_t held = 0;

    for (size_t i = 0; i < model->run_count; i++)
        held += model->runs[i].end - model->runs[i].start;
    return model->has_last && held == model->end;
}

/* RFC 3168 section 5.3. */
static enum reassembly_result
model_finish(struct model *model)
{
    const bool *seen = model->ecn_seen;

    if (seen[0] && (seen[1] || seen[2] || seen[3]))
        return REASSEMBLY_BAD;
    if (seen[3])
        model->tos |= TOS_CE;
    return REASSEMBLY_WHOLE;
}

static enum reassembly_result
model_insert(struct model *model, const struct reassembly_fragment *fragment)
{
    size_t end = fragment->offset + fragment->data.left;
    enum reassembly_result result;

    if (model_end_is_wrong(model, end, fragment->more))
        return REASSEMBLY_BAD;
    result = model_place(model, fragment->offset, end);
    if (result == REASSEMBLY_DUPLICATE && !fragment->more)
        model->has_last = true;
    if (result != REASSEMBLY_HELD)
        return result;
    memcpy(model->data + fragment->offset, fragment->data.at, fragment->data.left);
    if (end > model->end)
        model->end = end;
    if (!fragment->more)
        model->has_last = true;
    if (fragment->offset == 0) {
        model->tos = fragment->tos;
        model->head = fragment->head;
    }
    model->ecn_seen[fragment->tos & 3] = true;
    return model_is_whole(model) ? model_finish(model) : REASSEMBLY_HELD;
}

static enum reassembly_result
model_add(const struct reassembly_fragment *fragment)
{
    size_t version = fragment->key.version == 6;
    struct model *model = &models[version][fragment->key.id[3]];
    bool is_too_long = fragment->offset + fragment->data.left > MODEL_LEN;
    unsigned number;
    enum reassembly_result result;

    model_expire(fragment->ts_ns);
    if (fragment->data.left == 0 || (fragment->more && fragment->data.left % 8 != 0))
        return REASSEMBLY_BAD;
    if (is_too_long) { /* F6-08: dropped by itself; FR-08: with all the others */
        if (version == 0)
            model->in_use = false;
        return REASSEMBLY_TOO_LONG;
    }
    number = ++model_numbers[version];
    if (version == 0 && number - model->number > 64)
        model->in_use = false;
    if (!model->in_use)
        *model = (struct model){.in_use = true, .first_ns = fragment->ts_ns};
    model->number = number;
    result = model_insert(model, fragment);
    if (result != REASSEMBLY_HELD && result != REASSEMBLY_DUPLICATE)
        model->in_use = false;
    return result;
}

/* Any fragment in a space so small that all of them meet. */
static struct reassembly_fragment
random_fragment(uint64_t ts_ns)
{
    size_t unit = draw_below(MODEL_UNITS), units = 1 + draw_below(3);
    struct reassembly_fragment fragment;

    if (unit + units > MODEL_UNITS)
        units = MODEL_UNITS - unit;
    fragment = make(draw_below(2) == 0 ? 4 : 6, draw_below(MODEL_IDS), unit * 8, units * 8, true);
    fragment.more = unit + units == MODEL_UNITS ? draw_below(16) == 0 : draw_below(32) > 0;
    fragment.data.at = noise + draw_below(SHIFTS);
    fragment.head = (struct bytes){noise + draw_below(SHIFTS), draw_below(REASSEMBLY_HEAD_MAX + 1)};
    fragment.ts_ns = ts_ns;
    fragment.tos = draw_below(16) == 0 ? (uint8_t)draw_below(256) : (uint8_t)(2 + draw_below(64) * 4);
    if (draw_below(32) == 0)
        fragment.data.left -= draw_below(9); /* odd, or empty */
    else if (draw_below(64) == 0)
        fragment.offset = 65528;
    return fragment;
}

static void
test_against_model(void **state)
{
    unsigned results[REASSEMBLY_TOO_LONG + 1] = {0};
    uint64_t now_ns = START, timed_out = reassembly.timed_out;

    (void)state;
    for (unsigned i = 0; i < MODEL_STEPS; i++) {
        struct reassembly_fragment fragment = random_fragment(now_ns);
        const struct model *model = &models[fragment.key.version == 6][fragment.key.id[3]];
        enum reassembly_result expected = model_add(&fragment), result = add(&fragment);

        results[expected]++;
        now_ns += draw_below(400) * (SECOND / 1000);
        if (result != expected)
            fail_msg("step %u: %d for %d", i, result, expected);
        if (result != REASSEMBLY_WHOLE)
            continue;
        check_whole(model->data, model->end);
        assert_int_equal(whole.tos, model->tos);
        assert_int_equal(whole.head_len, model->head.left);
        assert_memory_equal(whole.head, model->head.at, model->head.left);
    }
    for (size_t i = 0; i < COUNT(results); i++)
        assert_in_range(results[i], MODEL_STEPS / 100, MODEL_STEPS); /* all of them were met, and often */
    assert_in_range(reassembly.timed_out - timed_out, MODEL_STEPS / 1000, MODEL_STEPS);
    check_all_free();
}

/* From here on through the responder: what a fragmented request is answered with. */
enum { PACKET_MAX = LINK_HEADER_MAX + HEADER6_LEN + 64 + REASSEMBLY_MAX, REPLIES_MAX = 1024, UNFRAGMENTED = 65536 };

static struct served list;
static struct responder responder;
static uint8_t packet[PACKET_MAX];

/* A request taken apart: what each fragment has in front, and what is cut into pieces. */
struct request_parts {
    uint8_t version;
    uint8_t next;   /* header, at the start of the data (IPv6) */
    size_t next_at; /* where that is told */
    uint32_t id;    /* of which IPv4 has the lower half */
    size_t l3;
    size_t headers_len; /* of link, IP and what else comes before a Fragment header */
    const uint8_t *headers;
    const uint8_t *data;
    size_t len;
};

/* Replies as they were sent, but for the IDs that never come again. */
struct saved {
    size_t count;
    size_t len;
    uint8_t bytes[REPLIES_MAX * 128];
};

static struct iface
make_iface(size_t mtu)
{
    struct iface iface = {.link = LINK_EN10MB, .mtu = mtu};
    static const struct address any4 = {.version = 4}, any6 = {.version = 6};

    served_init(&list, &iface.addresses);
    assert_true(served_add(&list, &iface.addresses, &any4, 0, ADDRESSES_ANSWER));
    assert_true(served_add(&list, &iface.addresses, &any6, 0, ADDRESSES_ANSWER));
    return iface;
}

static void
store16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)(value & 0xff);
}

static size_t
load16(const uint8_t *at)
{
    return at[0] * (size_t)256 + at[1];
}

/* Takes a request apart behind its IP header and `before` bytes of extension headers. */
static struct request_parts
take_apart(const struct craft *craft, size_t before)
{
    bool is_v6 = craft->data[craft->l3] >> 4 == 6;
    size_t headers_len = is_v6 ? craft->l3 + HEADER6_LEN + before : craft->l4;
    size_t next_at = before == 0 ? craft->l3 + 6 : craft->l3 + HEADER6_LEN; /* one extension header at the most */

    return (struct request_parts){
        .version = is_v6 ? 6 : 4,
        .next = craft->data[next_at],
        .next_at = next_at,
        .id = 0x12345678,
        .l3 = craft->l3,
        .headers_len = headers_len,
        .headers = craft->data,
        .data = craft->data + headers_len,
        .len = craft->len - headers_len,
    };
}

static struct request_parts
craft_parts(struct craft *craft, uint8_t version, size_t size)
{
    if (version == 4)
        craft4(craft, LINK_EN10MB, NULL, 0, size);
    else
        craft6(craft, LINK_EN10MB, 58, NULL, 0, size);
    return take_apart(craft, 0);
}

/* Makes a packet of a piece of the data: a fragment, or all of it. */
static size_t
put_packet(const struct request_parts *parts, bool is_fragment, size_t offset, size_t len, bool more)
{
    uint8_t *ip = packet + parts->l3, *at = packet + parts->headers_len;

    memcpy(packet, parts->headers, parts->headers_len);
    if (parts->version == 6 && is_fragment) {
        packet[parts->next_at] = 44;
        at[0] = parts->next;
        at[1] = 0;
        store16(at + 2, offset | more);
        store16(at + 4, parts->id >> 16);
        store16(at + 6, parts->id & 0xffff);
        at += 8;
    }
    memcpy(at, parts->data + offset, len);
    at += len;
    if (parts->version == 6) {
        store16(ip + 4, (size_t)(at - ip) - HEADER6_LEN);
        return (size_t)(at - packet);
    }
    store16(ip + 2, (size_t)(at - ip));
    store16(ip + 4, parts->id & 0xffff);
    store16(ip + 6, 0x4000 | (more ? 0x2000U : 0) | offset / 8); /* DF, which means nothing here: FR-15 */
    store16(ip + 10, 0);
    store16(ip + 10, craft_sum(0, ip, parts->headers_len - parts->l3));
    return (size_t)(at - packet);
}

static enum verdict
ask(const struct iface *iface, size_t len, struct outcome *outcome)
{
    struct frame frame = {.data = packet, .caplen = len, .len = len, .ts_ns = START, .iface = iface};

    respond(&responder, &frame, outcome);
    return outcome->verdict;
}

static enum verdict
ask_whole(const struct iface *iface, const struct request_parts *parts, struct outcome *outcome)
{
    return ask(iface, put_packet(parts, false, 0, parts->len, false), outcome);
}

static enum verdict
ask_piece(const struct iface *iface, const struct request_parts *parts, size_t offset, size_t len, bool more)
{
    struct outcome outcome;
    enum verdict verdict = ask(iface, put_packet(parts, true, offset, len, more), &outcome);

    assert_int_equal(outcome.reply_count > 0, verdict == VERDICT_ANSWERED);
    return verdict;
}

static void
save(const struct outcome *outcome, size_t l3, struct saved *saved)
{
    saved->count = outcome->reply_count;
    saved->len = 0;
    for (size_t i = 0; i < outcome->reply_count; i++) {
        const struct reply *reply = &outcome->replies[i];
        uint8_t *copy = saved->bytes + saved->len, *ip = copy + l3;

        assert_in_range(reply->len, 1, sizeof saved->bytes - saved->len);
        memcpy(copy, reply->data, reply->len);
        saved->len += reply->len;
        if (ip[0] >> 4 == 4) {
            store16(ip + 4, 0);
            store16(ip + 10, 0);
        } else if (ip[6] == 44) {
            memset(ip + HEADER6_LEN + 4, 0, 4);
        }
    }
}

/* What fragment a reply is: section 8 of what it has to be, checked without the codec. */
struct piece {
    const uint8_t *data;
    size_t offset, len;
    bool more;
    size_t id;
    size_t most; /* bytes that it may have at this MTU */
};

static struct piece
read_piece4(const uint8_t *ip, size_t mtu)
{
    size_t header_len = (ip[0] & 15) * (size_t)4, fragment = load16(ip + 6);

    assert_int_equal(craft_sum(0, ip, header_len), 0);
    assert_int_equal(fragment & 0xc000, 0);
    assert_in_range(load16(ip + 2), header_len + 1, mtu);
    return (struct piece){
        .data = ip + header_len,
        .offset = (fragment & 0x1fff) * 8,
        .len = load16(ip + 2) - header_len,
        .more = (fragment & 0x2000) != 0,
        .id = load16(ip + 4),
        .most = mtu - header_len,
    };
}

static struct piece
read_piece6(const uint8_t *ip, size_t mtu)
{
    size_t least_mtu = mtu < 1280 ? 1280 : mtu, header_len = ip[6] == 44 ? 48 : HEADER6_LEN;
    struct piece piece = {
        .data = ip + header_len,
        .len = load16(ip + 4) + HEADER6_LEN - header_len,
        .most = least_mtu - header_len,
    };

    assert_in_range(load16(ip + 4) + HEADER6_LEN, header_len + 1, least_mtu);
    assert_int_equal(header_len == 48 ? ip[HEADER6_LEN] : ip[6], 58);
    if (header_len == HEADER6_LEN)
        return piece;
    piece.offset = load16(ip + 42) & 0xfff8;
    piece.more = (load16(ip + 42) & 7) == 1;
    piece.id = load16(ip + 44) << 16 | load16(ip + 46);
    assert_true(piece.offset > 0 || piece.more); /* TX-07 */
    return piece;
}

/* TX-01, TX-06: what all fragments of a reply have in common with the first. */
static void
check_headers(const uint8_t *first, const uint8_t *ip)
{
    if (ip[0] >> 4 == 6) {
        assert_memory_equal(ip, first, 4);
        assert_memory_equal(ip + 6, first + 6, HEADER6_LEN - 6);
        return;
    }
    assert_memory_equal(ip, first, 2);
    assert_memory_equal(ip + 8, first + 8, 2);
    assert_memory_equal(ip + 12, first + 12, HEADER4_LEN - 12);
}

/* The ICMP message that the replies carry, in the order of its bytes, each as long as can be. */
static size_t
join(const struct outcome *outcome, size_t l3, size_t mtu, uint8_t *message)
{
    size_t len = 0, id = 0;

    for (size_t i = 0; i < outcome->reply_count; i++) {
        const uint8_t *ip = outcome->replies[i].data + l3;
        struct piece piece = ip[0] >> 4 == 4 ? read_piece4(ip, mtu) : read_piece6(ip, mtu);
        size_t packet_len = (size_t)(piece.data - ip) + piece.len;

        assert_int_equal(outcome->replies[i].len, l3 + packet_len < 60 ? 60 : l3 + packet_len);
        check_headers(outcome->replies[0].data + l3, ip);
        assert_int_equal(piece.offset, len);
        assert_int_equal(piece.more, i + 1 < outcome->reply_count);
        if (piece.more)
            assert_int_equal(piece.len, piece.most & ~(size_t)7);
        if (i > 0)
            assert_int_equal(piece.id, id);
        id = piece.id;
        memcpy(message + len, piece.data, piece.len);
        len += piece.len;
    }
    return len;
}

/* That the replies carry what answers the request, all of it and once. */
static void
check_message(const struct outcome *outcome, const struct request_parts *parts, size_t mtu)
{
    static uint8_t message[REASSEMBLY_MAX + 1];
    size_t len = join(outcome, parts->l3, mtu, message);
    const uint8_t *reply = outcome->replies[0].data + parts->l3;
    uint32_t pseudo = (uint32_t)(0xffff - craft_sum(0, reply + 8, 32)) + (uint32_t)len + 58;

    assert_int_equal(len, parts->len);
    assert_int_equal(message[0], parts->version == 4 ? 0 : 129);
    assert_int_equal(message[1], parts->data[1]);
    assert_memory_equal(message + 4, parts->data + 4, len - 4);
    assert_int_equal(craft_sum(parts->version == 4 ? 0 : pseudo, message, len), 0);
}

/* Cuts a request in two, wherever that can be, and sends it both ways around. */
static void
check_cuts(uint8_t version, size_t size, size_t mtu)
{
    static struct saved expected, seen;
    struct iface iface = make_iface(mtu);
    struct outcome outcome;
    struct craft craft;
    struct request_parts parts = craft_parts(&craft, version, size);

    assert_int_equal(ask_whole(&iface, &parts, &outcome), VERDICT_ANSWERED);
    check_message(&outcome, &parts, mtu);
    save(&outcome, parts.l3, &expected);
    for (size_t cut = 8; cut < parts.len; cut += 8)
        for (int reversed = 0; reversed < 2; reversed++) {
            if (reversed == 0) {
                assert_int_equal(ask_piece(&iface, &parts, 0, cut, true), VERDICT_FRAG_RX);
                (void)ask(&iface, put_packet(&parts, true, cut, parts.len - cut, false), &outcome);
            } else {
                assert_int_equal(ask_piece(&iface, &parts, cut, parts.len - cut, false), VERDICT_FRAG_RX);
                (void)ask(&iface, put_packet(&parts, true, 0, cut, true), &outcome);
            }
            assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
            assert_int_equal(outcome.request.size, size);
            check_message(&outcome, &parts, mtu);
            save(&outcome, parts.l3, &seen);
            assert_int_equal(seen.count, expected.count);
            assert_int_equal(seen.len, expected.len);
            assert_memory_equal(seen.bytes, expected.bytes, expected.len);
        }
}

static void
test_every_cut(void **state)
{
    static const size_t sizes[] = {1, 8, 57, 1472, 1800}, mtus[] = {68, 576, 1280, 1500, UNFRAGMENTED};

    (void)state;
    responder_init(&responder, 1);
    for (size_t i = 0; i < COUNT(sizes); i++)
        for (size_t j = 0; j < COUNT(mtus); j++) {
            check_cuts(4, sizes[i], mtus[j]);
            check_cuts(6, sizes[i], mtus[j]);
        }
}

/* TX-01, TX-06, TX-07: a reply is sent in fragments when it does not fit, and only then. */
static void
test_exact_fit(void **state)
{
    static const struct {
        uint8_t version;
        size_t mtu, size, count;
    } cases[] = {
        {4, 68, 40, 1},     {4, 68, 41, 2},     {4, 75, 47, 1},     {4, 75, 48, 2},     {4, 75, 1000, 21},
        {4, 1003, 975, 1},  {4, 1003, 976, 2},  {4, 1500, 1472, 1}, {4, 1500, 1473, 2}, {6, 1000, 1232, 1},
        {6, 1000, 1233, 2}, {6, 1280, 1232, 1}, {6, 1280, 1233, 2}, {6, 1301, 1253, 1}, {6, 1301, 1254, 2},
        {6, 1500, 1452, 1}, {6, 1500, 1453, 2},
    };

    (void)state;
    responder_init(&responder, 1);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct iface iface = make_iface(cases[i].mtu);
        struct outcome outcome;
        struct craft craft;
        struct request_parts parts = craft_parts(&craft, cases[i].version, cases[i].size);

        assert_int_equal(ask_whole(&iface, &parts, &outcome), VERDICT_ANSWERED);
        assert_int_equal(outcome.reply_count, cases[i].count);
        check_message(&outcome, &parts, cases[i].mtu);
    }
}

/* FR-09, TX-03, TX-05: the longest request there can be, and the fragments of its reply. */
static void
check_longest_request(uint8_t version, size_t len, size_t piece, size_t mtu, size_t count)
{
    static uint8_t message[REASSEMBLY_MAX + 1];
    struct iface iface = make_iface(mtu);
    struct craft craft;
    struct request_parts parts = craft_parts(&craft, version, 0);
    struct outcome outcome;
    const uint8_t *ip = craft.data + craft.l3;
    uint32_t pseudo = (uint32_t)(0xffff - craft_sum(0, ip + 8, 32)) + (uint32_t)len + 58;

    memcpy(message, noise, len);
    message[0] = version == 4 ? 8 : 128;
    store16(message + 2, 0);
    store16(message + 2, craft_sum(version == 4 ? 0 : pseudo, message, len));
    parts.data = message;
    parts.len = len;
    for (size_t at = 0; at < len; at += piece) {
        bool more = at + piece < len;

        (void)ask(&iface, put_packet(&parts, true, at, more ? piece : len - at, more), &outcome);
        assert_int_equal(outcome.verdict, more ? VERDICT_FRAG_RX : VERDICT_ANSWERED);
    }
    assert_int_equal(outcome.reply_count, count);
    check_message(&outcome, &parts, mtu);
}

static void
test_longest_requests(void **state)
{
    (void)state;
    responder_init(&responder, 1);
    check_longest_request(4, 65515, 1480, 1500, 45);
    check_longest_request(6, 65535, 1448, 1500, 46);
    check_longest_request(4, 65515, 8, 68, 1365);
    check_longest_request(6, 65535, 8, 68, 54);
    check_longest_request(4, 65515, 65512, UNFRAGMENTED, 1);
}

/* What becomes of each fragment of 64 bytes in all. */
static void
test_verdicts(void **state)
{
    static const struct {
        size_t offset, len;
        bool more;
        enum verdict verdict;
    } steps[] = {
        {0, 32, true, VERDICT_FRAG_RX},       {0, 32, true, VERDICT_FRAG_DUP},     {8, 8, true, VERDICT_FRAG_DUP},
        {32, 12, true, VERDICT_FRAG_BAD},     {64, 0, false, VERDICT_FRAG_BAD},    {24, 40, false, VERDICT_FRAG_OVERLAP},
        {32, 32, false, VERDICT_FRAG_RX},     {32, 24, false, VERDICT_FRAG_BAD},
        {65528, 60, false, VERDICT_FRAG_TOOLONG}, {32, 32, false, VERDICT_FRAG_RX}, {0, 32, true, VERDICT_ANSWERED},
    };
    static uint8_t data[REASSEMBLY_MAX + 64];
    struct iface iface = make_iface(1500);

    (void)state;
    responder_init(&responder, 1);
    for (uint8_t version = 4; version <= 6; version += 2) {
        struct craft craft;
        struct request_parts parts = craft_parts(&craft, version, 56);

        memcpy(data, parts.data, parts.len);
        parts.data = data;
        for (size_t i = 0; i < COUNT(steps); i++)
            assert_int_equal(ask_piece(&iface, &parts, steps[i].offset, steps[i].len, steps[i].more), steps[i].verdict);
    }
}

/* FR-19: the checksum is judged when all is there, and only then. */
static void
test_bad_checksum(void **state)
{
    struct iface iface = make_iface(1500);
    struct craft craft;
    struct request_parts parts;

    (void)state;
    responder_init(&responder, 1);
    for (uint8_t version = 4; version <= 6; version += 2) {
        parts = craft_parts(&craft, version, 56);
        craft.data[craft.l4 + 50] ^= 1;
        assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_FRAG_RX);
        assert_int_equal(ask_piece(&iface, &parts, 32, 32, false),
                         version == 4 ? VERDICT_ICMP_BADSUM : VERDICT_ICMP6_BADSUM);
    }
}

/* FR-11, FR-13: the reply has the TOS that the whole request had. */
static void
test_tos(void **state)
{
    struct iface iface = make_iface(1500);
    struct outcome outcome;
    struct craft craft;
    struct request_parts parts = craft_parts(&craft, 4, 56);

    (void)state;
    responder_init(&responder, 1);
    craft.data[craft.l3 + 1] = 0x2b;
    assert_int_equal(ask_piece(&iface, &parts, 32, 32, false), VERDICT_FRAG_RX);
    craft.data[craft.l3 + 1] = 0xba;
    assert_int_equal(ask(&iface, put_packet(&parts, true, 0, 32, true), &outcome), VERDICT_ANSWERED);
    assert_int_equal(outcome.replies[0].data[parts.l3 + 1], 0xbb);
    parts = craft_parts(&craft, 6, 56);
    store16(craft.data + craft.l3, 0x62b0);
    assert_int_equal(ask_piece(&iface, &parts, 32, 32, false), VERDICT_FRAG_RX);
    store16(craft.data + craft.l3, 0x6ba0);
    assert_int_equal(ask(&iface, put_packet(&parts, true, 0, 32, true), &outcome), VERDICT_ANSWERED);
    assert_int_equal(load16(outcome.replies[0].data + parts.l3) & 0xfff0, 0x6bb0);
}

/* FR-16, FR-28, TX-04: the first fragment's options are answered, in the reply's first fragment. */
static void
test_options(void **state)
{
    static const uint8_t record_route[12] = {7, 11, 4}, bad[4] = {0x5e};
    static const uint8_t recorded[12] = {7, 11, 12, 192, 0, 2, 2, 192, 0, 2, 2, 0};
    static const uint8_t blank[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}; /* the end of the list stays */
    struct iface iface = make_iface(576);
    struct outcome outcome;
    struct craft first, plain, worse;
    struct request_parts first_parts, plain_parts, worse_parts;

    (void)state;
    responder_init(&responder, 1);
    craft4(&first, LINK_EN10MB, record_route, sizeof record_route, 1000);
    craft4(&plain, LINK_EN10MB, NULL, 0, 1000);
    craft4(&worse, LINK_EN10MB, bad, sizeof bad, 1000);
    first_parts = take_apart(&first, 0);
    plain_parts = take_apart(&plain, 0);
    worse_parts = take_apart(&worse, 0);
    assert_int_equal(ask_piece(&iface, &first_parts, 0, 504, true), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &worse_parts, 504, 504, false), VERDICT_IP_BADOPT);
    (void)ask(&iface, put_packet(&plain_parts, true, 504, 504, false), &outcome);
    assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
    assert_int_equal(outcome.reply_count, 2);
    check_message(&outcome, &plain_parts, 576);
    assert_memory_equal(outcome.replies[0].data + 34, recorded, sizeof recorded);
    assert_memory_equal(outcome.replies[1].data + 34, blank, sizeof blank);
    /* None in the first: none in the reply. */
    assert_int_equal(ask_piece(&iface, &plain_parts, 0, 504, true), VERDICT_FRAG_RX);
    (void)ask(&iface, put_packet(&first_parts, true, 504, 504, false), &outcome);
    assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
    assert_int_equal(outcome.replies[0].data[14], 0x45);
}

/* Fragments of another interface or VLAN belong to another datagram. */
static void
test_other_interface_or_vlan(void **state)
{
    struct iface iface = make_iface(1500), other = make_iface(1500);
    struct craft craft, tagged;
    struct request_parts parts = craft_parts(&craft, 4, 56), tagged_parts;

    (void)state;
    responder_init(&responder, 1);
    responder_add_vlan(&responder, 10);
    other.number = 1;
    tagged = craft;
    craft_tag(&tagged, 0x8100, 10);
    tagged_parts = take_apart(&tagged, 0);
    assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&other, &parts, 32, 32, false), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &tagged_parts, 32, 32, false), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 32, 32, false), VERDICT_ANSWERED);
    assert_int_equal(ask_piece(&other, &parts, 0, 32, true), VERDICT_ANSWERED);
    assert_int_equal(ask_piece(&iface, &tagged_parts, 0, 32, true), VERDICT_ANSWERED);
}

/* Every bit of an ID counts. */
static void
test_other_id(void **state)
{
    struct iface iface = make_iface(1500);
    struct craft craft;

    (void)state;
    for (uint8_t version = 4; version <= 6; version += 2)
        for (unsigned bit = 0; bit < (version == 4 ? 16 : 32); bit++) {
            struct request_parts parts = craft_parts(&craft, version, 56), other = parts;

            responder_init(&responder, 1);
            other.id ^= UINT32_C(1) << bit;
            assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_FRAG_RX);
            assert_int_equal(ask_piece(&iface, &other, 32, 32, false), VERDICT_FRAG_RX);
            assert_int_equal(ask_piece(&iface, &parts, 32, 32, false), VERDICT_ANSWERED);
            assert_int_equal(ask_piece(&iface, &other, 0, 32, true), VERDICT_ANSWERED);
        }
}

/* F6-02: an atomic fragment is answered by itself, and leaves a datagram of the same ID alone. */
static void
test_atomic(void **state)
{
    struct iface iface = make_iface(1500);
    struct craft craft;
    struct request_parts parts = craft_parts(&craft, 6, 56);

    (void)state;
    responder_init(&responder, 1);
    assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 0, 64, false), VERDICT_ANSWERED);
    assert_int_equal(ask_piece(&iface, &parts, 32, 32, false), VERDICT_ANSWERED);
    assert_int_equal(responder.reassembly.complete, 1);
}

/* F6-03: reserved bits. */
static void
test_reserved_bits(void **state)
{
    struct iface iface = make_iface(1500);
    struct outcome outcome;
    struct craft craft;
    struct request_parts parts = craft_parts(&craft, 6, 56);

    (void)state;
    responder_init(&responder, 1);
    for (size_t offset = 0; offset < 64; offset += 32) {
        size_t len = put_packet(&parts, true, offset, 32, offset == 0);

        packet[parts.headers_len + 1] = 0xff;
        packet[parts.headers_len + 3] |= 6;
        assert_int_equal(ask(&iface, len, &outcome), offset == 0 ? VERDICT_FRAG_RX : VERDICT_ANSWERED);
    }
}

/* F6-12: the next header of any but the first fragment means nothing. */
static void
test_next_header(void **state)
{
    struct iface iface = make_iface(1500);
    struct craft craft;
    struct request_parts parts = craft_parts(&craft, 6, 56), other = parts;

    (void)state;
    responder_init(&responder, 1);
    other.next = 17;
    assert_int_equal(ask_piece(&iface, &other, 32, 32, false), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_ANSWERED);
    assert_int_equal(ask_piece(&iface, &other, 0, 32, true), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 32, 32, false), VERDICT_IP6_PROTO);
}

/* F6-10: a first fragment without ICMPv6's header is dropped, and the others wait for a better one. */
static void
test_first_fragment_without_headers(void **state)
{
    static const uint8_t headers[24] = {60, 1, 0x1e, 12, [16] = 58, [18] = 1, [19] = 4};
    struct iface iface = make_iface(1500);
    struct craft craft;
    struct request_parts parts;

    (void)state;
    responder_init(&responder, 1);
    craft6(&craft, LINK_EN10MB, 60, headers, sizeof headers, 56);
    parts = take_apart(&craft, 0);
    assert_int_equal(ask_piece(&iface, &parts, 48, parts.len - 48, false), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 0, 24, true), VERDICT_FRAG_BAD); /* before ICMPv6 */
    assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_FRAG_RX);  /* F6-11: with nothing but its header */
    assert_int_equal(ask_piece(&iface, &parts, 32, 16, true), VERDICT_ANSWERED);
    for (size_t first = 8; first <= 16; first += 8) { /* amid an extension header, and between two: as Linux does it */
        assert_int_equal(ask_piece(&iface, &parts, 0, first, true), VERDICT_FRAG_RX);
        assert_int_equal(ask_piece(&iface, &parts, first, parts.len - first, false), VERDICT_ANSWERED);
    }
}

/* F6-13: headers in front of the Fragment header go, whichever fragment has them. */
static void
test_headers_before_fragment_header(void **state)
{
    static const uint8_t headers[8] = {58, 0, 1, 4, 0, 0, 0, 0};
    static const uint8_t numbers[] = {0, 60};
    struct iface iface = make_iface(1280);
    struct craft plain;
    struct request_parts plain_parts = craft_parts(&plain, 6, 1500);

    (void)state;
    responder_init(&responder, 1);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct outcome outcome;
        struct craft craft;
        struct request_parts parts;

        craft6(&craft, LINK_EN10MB, numbers[i], headers, sizeof headers, 1500);
        parts = take_apart(&craft, sizeof headers);
        for (unsigned which = 0; which < 4; which++) {
            const struct request_parts *first = (which & 1) != 0 ? &parts : &plain_parts;
            const struct request_parts *last = (which & 2) != 0 ? &parts : &plain_parts;

            assert_int_equal(ask_piece(&iface, first, 0, 704, true), VERDICT_FRAG_RX);
            (void)ask(&iface, put_packet(last, true, 704, last->len - 704, false), &outcome);
            assert_int_equal(outcome.verdict, VERDICT_ANSWERED);
            check_message(&outcome, &plain_parts, 1280);
        }
    }
}

/* F6-14: a Fragment header in what was put together, named by the first one or by an extension header. */
static void
test_fragment_header_inside(void **state)
{
    static const uint8_t atomic[8] = {58, 0, 0, 0, 0, 0, 0, 1}, chain[16] = {44, 0, 1, 4, 0, 0, 0, 0, 58};
    struct iface iface = make_iface(1500);
    struct craft craft;
    struct request_parts parts;

    (void)state;
    responder_init(&responder, 1);
    craft6(&craft, LINK_EN10MB, 44, atomic, sizeof atomic, 56);
    parts = take_apart(&craft, 0);
    assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 32, parts.len - 32, false), VERDICT_IP6_EXTHDR);
    assert_int_equal(ask_piece(&iface, &parts, 32, parts.len - 32, false), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_IP6_EXTHDR);
    responder_init(&responder, 1);
    craft6(&craft, LINK_EN10MB, 60, chain, sizeof chain, 56);
    parts = take_apart(&craft, 0);
    assert_int_equal(ask_piece(&iface, &parts, 32, parts.len - 32, false), VERDICT_FRAG_RX);
    assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_IP6_EXTHDR);
}

/* EH-02: Hop-by-Hop Options that follow the Fragment header stay misplaced when that is gone, unless others were before it. */
static void
test_hop_by_hop_behind(void **state)
{
    static const uint8_t headers[8] = {58, 0, 1, 4, 0, 0, 0, 0}, two[16] = {0, 0, 1, 4, 0, 0, 0, 0, 58, 0, 1, 4, 0, 0, 0, 0};
    struct iface iface = make_iface(1500);
    struct craft craft;
    struct request_parts parts;

    (void)state;
    responder_init(&responder, 1);
    for (int i = 0; i < 2; i++) {
        if (i == 0)
            craft6(&craft, LINK_EN10MB, 0, headers, sizeof headers, 56);
        else
            craft6(&craft, LINK_EN10MB, 0, two, sizeof two, 56);
        parts = take_apart(&craft, i == 0 ? 0 : 8);
        assert_int_equal(ask_piece(&iface, &parts, 0, 32, true), VERDICT_FRAG_RX);
        assert_int_equal(ask_piece(&iface, &parts, 32, parts.len - 32, false), VERDICT_IP6_EXTHDR);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_scripts, begin),
        cmocka_unit_test_setup(test_first_fragment_decides, begin),
        cmocka_unit_test_setup(test_longest, begin),
        cmocka_unit_test_setup(test_too_long, begin),
        cmocka_unit_test_setup(test_keys, begin),
        cmocka_unit_test_setup(test_timeouts, begin),
        cmocka_unit_test_setup(test_timeout_after_a_step_back, begin),
        cmocka_unit_test_setup(test_timeouts_one_by_one, begin),
        cmocka_unit_test_setup(test_flood, begin),
        cmocka_unit_test_setup(test_chunks_used_up, begin),
        cmocka_unit_test_setup(test_oldest_goes, begin),
        cmocka_unit_test_setup(test_stale_ids, begin),
        cmocka_unit_test_setup(test_stale_id_begins_anew, begin),
        cmocka_unit_test_setup(test_tiny_pieces, begin),
        cmocka_unit_test_setup(test_against_model, begin),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_exact_fit),
        cmocka_unit_test(test_longest_requests),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_bad_checksum),
        cmocka_unit_test(test_tos),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_other_interface_or_vlan),
        cmocka_unit_test(test_other_id),
        cmocka_unit_test(test_atomic),
        cmocka_unit_test(test_reserved_bits),
        cmocka_unit_test(test_next_header),
        cmocka_unit_test(test_first_fragment_without_headers),
        cmocka_unit_test(test_headers_before_fragment_header),
        cmocka_unit_test(test_fragment_header_inside),
        cmocka_unit_test(test_hop_by_hop_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
