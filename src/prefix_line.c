/* A line of a list of addresses: ADDR[/LEN], "!" before an exception, "#" before a comment. */
#include "config.h"

#include "prefix_line.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"

static bool
is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

char *
prefix_line_trim(char *text)
{
    size_t len = strcspn(text, "#");

    while (len > 0 && is_blank(text[len - 1]))
        len--;
    text[len] = '\0';
    while (is_blank(*text))
        text++;
    return text;
}

int
prefix_line_take(char *text, struct policy *policy, char errbuf[static PORT_ERRBUF])
{
    struct addresses_prefix prefix = {.roles = ADDRESSES_ANSWER};
    unsigned len;

    text = prefix_line_trim(text);
    if (*text == '\0')
        return 0;
    if (*text == '!') {
        prefix.roles = ADDRESSES_EXCEPT;
        for (text++; is_blank(*text); text++)
            ;
    }
    if (parse_prefix(text, &prefix.address, &len, errbuf) != 0)
        return -1;
    prefix.len = (uint8_t)len;
    if (policy_add(policy, &prefix) == 0)
        return 0;
    snprintf(errbuf, PORT_ERRBUF, "out of memory");
    return -1;
}
