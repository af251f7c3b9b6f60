/* Answers frames from standard input, one a line in hexadecimal digits, with frames of the same kind; where there is no answer
 * it says why.
 *
 *     cc answer.c $(pkg-config --cflags --libs pong) -o answer
 *     ./answer EN10MB 'every 3 duplicate 1' <requests */
#include <pong.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static size_t
read_bytes(const char *digits, uint8_t *bytes)
{
    size_t len = 0;

    for (; digits[0] > ' ' && digits[1] > ' '; digits += 2) {
        char pair[3] = {digits[0], digits[1], '\0'};

        bytes[len++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return len;
}

static void
print(const struct pong_answer *answer)
{
    for (size_t i = 0; i < answer->reply_count; i++, putchar('\n'))
        for (size_t j = 0; j < answer->replies[i].len; j++)
            printf("%02x", answer->replies[i].data[j]);
    if (answer->reply_count == 0)
        printf("%s\n", pong_verdict_name(answer->verdict));
}

int
main(int argc, char *argv[])
{
    static char line[2 * 65536 + 2];
    static uint8_t bytes[65536];
    struct pong *pong = pong_open(1);
    struct pong_frame frame = {bytes, 0, 0, 0, 0};
    struct pong_answer answer;

    if (pong_add_interface(pong, argc > 1 ? argv[1] : "EN10MB", NULL) < 0 || pong_set_rules(pong, argc > 2 ? argv[2] : "") < 0) {
        fprintf(stderr, "answer: %s\n", pong_error(pong));
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        frame.len = read_bytes(line, bytes);
        frame.ts_ns = (uint64_t)time(NULL) * 1000000000;
        if (pong_answer(pong, &frame, &answer) == 0)
            print(&answer);
    }
    pong_close(pong);
    return 0;
}
