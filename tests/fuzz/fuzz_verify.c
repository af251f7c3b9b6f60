/* Fuzzing the comparison: frames as fuzz_respond has them, each held against what came before, and our own replies mixed in,
 * as they are or with a byte changed. */
#include <stdlib.h>
#include <string.h>

#include "record.h"
#include "require.h"
#include "served.h"
#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct responder responder;
static struct verify verify;
static struct served list;
static struct iface iface;
static uint64_t now_ns, asked, told;

static void
check_pair(const struct pair *pair)
{
    bool differs = false;

    require(pair->request.kind == REQUEST_ECHO && pair->request.src.version != 0);
    require(pair->result < PAIR_RESULTS && pair->difference_count < FIELDS_MOST);
    require(pair->has_reply == (pair->result != PAIR_UNANSWERED));
    require(pair->has_reply || (pair->duplicates == 0 && !pair->reply_is_cut));
    for (size_t i = 0; i < pair->difference_count; i++) {
        const struct difference *difference = &pair->differences[i];

        require(fields_name(difference->field) != NULL);
        require(difference->recorded.len <= FIELDS_VALUE_MAX && difference->ours.len <= FIELDS_VALUE_MAX);
        differs |= fields_weight(difference->field) == FIELD_MUST;
    }
    require(pair->difference_count == 0 || differs == (pair->result == PAIR_DIFFERS));
}

static void
tell(bool is_end)
{
    const struct pair *pair;

    while ((pair = verify_next(&verify, now_ns, is_end)) != NULL) {
        check_pair(pair);
        told++;
    }
}

/* Memory of just the right size, so that reading beyond it is noticed. */
static void
hear(const uint8_t *data, size_t caplen, size_t len, struct outcome *outcome)
{
    uint8_t *copy = malloc(caplen > 0 ? caplen : 1);
    struct frame frame = {.data = copy, .caplen = caplen, .len = len, .ts_ns = now_ns, .iface = &iface};

    require(copy != NULL);
    if (caplen > 0)
        memcpy(copy, data, caplen);
    tell(false);
    verify_respond(&verify, &responder, &frame, outcome);
    asked += outcome->request.kind == REQUEST_ECHO && outcome->request.src.version != 0;
    verify_hear(&verify, "", &frame, outcome);
    free(copy);
}

/* Lets our reply to the last request come back as a recorded one.  As it is, it has to be found the same. */
static void
echo(const struct outcome *outcome, uint8_t code, uint8_t at)
{
    static uint8_t copy[RESPONDER_REPLY_MAX];
    const struct pair *newest = &verify.pairs.pairs[(verify.pairs.next - 1) % PAIRS_MOST];
    size_t len = outcome->replies[0].len;
    bool is_changed = (code & RECORD_MEND) != 0 && len > 0;
    struct outcome unused;

    require(outcome->reply_count == 1 && len <= sizeof copy && !newest->has_reply);
    memcpy(copy, outcome->replies[0].data, len);
    if (is_changed)
        copy[at % len] ^= (uint8_t)(code | 1);
    hear(copy, len, len, &unused);
    require(is_changed || (newest->has_reply && newest->result == PAIR_SAME && newest->difference_count == 0));
}

static void
take_record(uint8_t code, const uint8_t *data, size_t len)
{
    size_t caplen = (code & RECORD_CUT) != 0 ? len / 2 : len;
    struct outcome outcome;

    now_ns += (uint64_t)record_steps_ns[code & RECORD_STEP];
    hear(data, caplen, len, &outcome);
    if (outcome.verdict == VERDICT_ANSWERED && (code & RECORD_SAME) != 0)
        echo(&outcome, code, len > 0 ? data[len - 1] : 0);
}

static void
begin(const uint8_t *start)
{
    static const struct address any4 = {.version = 4}, any6 = {.version = 6};

    iface = (struct iface){.link = (enum link_type)(start[0] % LINK_TYPES), .mtu = RESPONDER_MESSAGE_MAX};
    served_init(&list, &iface.addresses);
    require(served_add(&list, &iface.addresses, &any4, 0, ADDRESSES_ANSWER));
    require(served_add(&list, &iface.addresses, &any6, 0, ADDRESSES_ANSWER));
    responder_init(&responder, 1);
    memset(responder.vlans, 0xff, sizeof responder.vlans);
    verify_init(&verify, 1);
    memset(verify.keeper.vlans, 0xff, sizeof verify.keeper.vlans);
    now_ns = UINT64_C(1000000000000000000);
    asked = told = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t counted = 0;

    if (size < RECORD_START_LEN)
        return 0;
    begin(data);
    data += RECORD_START_LEN;
    size -= RECORD_START_LEN;
    while (size >= RECORD_HEADER_LEN) {
        size_t len = load_be16(data), left = size - RECORD_HEADER_LEN;

        if (len > left)
            len = left;
        take_record(data[2], data + RECORD_HEADER_LEN, len);
        data += RECORD_HEADER_LEN + len;
        size = left - len;
    }
    tell(true);
    for (size_t i = 0; i < PAIR_RESULTS; i++)
        counted += verify.results[i];
    require(told == asked && counted == told);
    return 0;
}
