/* Fuzzing rules: the input is their text, and behind a null byte requests, four bytes each, that are answered by them. */
#include "fuzz.h"
#include "grammar.h"
#include "play.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct play_count count = {0, 0};

    play_rules(data, size, &count);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct draw draw = {seed};

    if (draw_one_in(&draw, FUZZ_PLAIN))
        return LLVMFuzzerMutate(data, size, most);
    return grammar_change(&draw, data, size, most);
}
