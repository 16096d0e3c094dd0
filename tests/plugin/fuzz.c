/* Feeds changed texts to the plugin's parsers: fuzz ROUNDS SEED. Each text stands alone in memory, so that AddressSanitizer
 * sees any byte read beyond it. What a parser accepts has to hold together. */
#define _GNU_SOURCE
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "grant.h"
#include "names.h"
#include "process.h"
#include "text.h"

static uint64_t state;
static unsigned long accepted;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static const char *const seeds[] = {
    "# systems\nibm_x\nibm_y ibm-quantum-system # west\n\n  a.b-c\ttype\r\n",
    "uid 1000\ngid 1000\nnames ibm_x,ibm_y\ntypes a,b\ntimeout 300\nrefusal \n",
    "uid 4294967295\ngid 0\nnames \ntypes \ntimeout \nrefusal unknown quantum system\n",
    "4711 (sh (x) y) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 0 987654321 1 2 3\n",
    "option=quantum", "grace=20", "names=/etc/direct-access/qpu-names", "run=/run/direct-access", "ibm_x,ibm_y",
};

static const char pieces[] = "\n #,()\t\r\0/.-_=09azAZ\xff";

/* Return a changed seed in memory of exactly its length and one zero. */
static char *changed(size_t *length)
{
    const char *seed = seeds[next() % (sizeof seeds / sizeof seeds[0])];
    size_t repeat = next() % 50 == 0 ? 40 : 1;
    *length = strlen(seed) * repeat;
    char *text = malloc(*length + 1);
    assert(text != NULL);
    for (size_t i = 0; i < repeat; i++)
        memcpy(text + i * strlen(seed), seed, strlen(seed));
    for (size_t changes = next() % 6; changes > 0 && *length > 0; changes--) {
        size_t at = next() % *length;
        switch (next() % 4) {
        case 0:
            text[at] = pieces[next() % (sizeof pieces - 1)];
            break;
        case 1:
            *length = at; /* cut */
            break;
        case 2:
            memmove(text + at, text + at + 1, *length - at - 1);
            (*length)--;
            break;
        default:
            text[at] = (char)next();
        }
    }
    char *exact = malloc(*length + 1);
    assert(exact != NULL);
    memcpy(exact, text, *length);
    exact[*length] = '\0';
    free(text);
    return exact;
}

static void feed_names(const char *text, size_t length, const char *request)
{
    static struct names names;
    char error[MESSAGE_SIZE], types[LIST_SIZE];
    if (!names_parse(&names, text, length, error))
        return;
    accepted++;
    for (size_t i = 0; i < names.count; i++)
        assert(is_name(names.entry[i].name, strlen(names.entry[i].name)) && names.entry[i].type[0] != '\0');
    error[0] = '\0';
    if (names_choose(&names, request, types, error))
        assert(types[0] != '\0' && strlen(request) < LIST_SIZE);
    else
        assert(strlen(error) < MESSAGE_SIZE);
}

static void feed_grant(const char *text, size_t length)
{
    struct grant grant, again;
    char written[RECORD_SIZE];
    if (!grant_parse(&grant, text, length))
        return;
    accepted++;
    assert(grant_format(&grant, written) && grant_parse(&again, written, strlen(written)));
    assert(strcmp(grant.names, again.names) == 0 && strcmp(grant.refusal, again.refusal) == 0);
    assert(grant.uid == again.uid && grant.gid == again.gid && grant.restarts == again.restarts);
}

static void feed_rest(char *text, size_t length)
{
    struct arguments arguments;
    unsigned long long ticks;
    arguments_read(&arguments, 1, &text);
    assert(arguments.grace_secs <= MOST_GRACE_SECS && strlen(arguments.timeout_option) < OPTION_SIZE);
    accepted += process_parse_stat(text, length, &ticks);
    grant_is_timeout(text);
}

int main(int count, char **words)
{
    unsigned long rounds = count > 1 ? strtoul(words[1], NULL, 10) : 100000;
    state = count > 2 ? strtoull(words[2], NULL, 10) | 1 : 1;
    for (unsigned long i = 0; i < rounds; i++) {
        size_t length, request_length;
        char *text = changed(&length), *request = changed(&request_length);
        /* parsers that take a length get the text without its zero */
        char *bare = malloc(length > 0 ? length : 1);
        assert(bare != NULL);
        memcpy(bare, text, length);
        feed_names(bare, length, request);
        feed_grant(bare, length);
        feed_rest(text, length);
        free(bare);
        free(text);
        free(request);
    }
    printf("%lu texts, %lu accepted\n", rounds, accepted);
    return accepted == 0;
}
