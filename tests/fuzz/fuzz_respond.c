/* Fuzzing the responder: a sequence of frames on one interface, in the form that record.h gives. */
#include "fuzz.h"
#include "play.h"
#include "records.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play_count count = {0, 0};

    play_respond(data, size, &count);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct draw draw = {seed};

    if (draw_one_in(&draw, FUZZ_PLAIN))
        return LLVMFuzzerMutate(data, size, most);
    return records_change(&draw, data, size, most);
}
