/* Rules as text, in JSON. */
#include "config.h"

#include "rule_text.h"

#include <inttypes.h>
#include <stdlib.h>

#include "json.h"

bool
rule_text_json(const struct rules *rules, FILE *out)
{
    bool is_whole = true;

    fputc('[', out);
    for (size_t i = 0; i < rules->count; i++) {
        char *text = rule_text_make(rules, i);

        fprintf(out, "%s{\"number\":%zu,\"rule\":", i == 0 ? "" : ",", i + 1);
        json_string(text == NULL ? "" : text, out);
        fprintf(out, ",\"hits\":%" PRIu64 "}", rules->rules[i].hits);
        is_whole &= text != NULL;
        free(text);
    }
    fputc(']', out);
    return is_whole;
}
