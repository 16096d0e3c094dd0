#include "grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "text.h"

#define MOST_TIMEOUT_SECS 4294967295ULL

bool grant_is_timeout(const char *text)
{
    unsigned long long secs;
    return strlen(text) < SECONDS_SIZE && read_number(text, strlen(text), MOST_TIMEOUT_SECS, &secs) && secs > 0;
}

static bool decide_names(struct grant *grant, const char *names_file, const char *request)
{
    struct names *names = malloc(sizeof *names);
    bool good = false;
    if (names == NULL)
        copy_text(grant->refusal, sizeof grant->refusal, "no memory");
    else
        good = names_load(names, names_file, grant->refusal) &&
               names_choose(names, request, grant->types, grant->refusal);
    free(names);
    return good && copy_text(grant->names, sizeof grant->names, request);
}

void grant_decide(struct grant *grant, const char *names_file, const char *names, const char *timeout)
{
    grant->names[0] = grant->types[0] = grant->timeout[0] = grant->refusal[0] = '\0';
    if (names != NULL && !decide_names(grant, names_file, names) && grant->refusal[0] == '\0')
        copy_text(grant->refusal, sizeof grant->refusal, "too many names");
    if (timeout == NULL)
        return;
    if (grant_is_timeout(timeout))
        copy_text(grant->timeout, sizeof grant->timeout, timeout);
    else
        copy_text(grant->refusal, sizeof grant->refusal, "the timeout is not a number of whole seconds");
}

bool grant_format(const struct grant *grant, char text[RECORD_SIZE])
{
    int length = snprintf(text, RECORD_SIZE, "uid %lu\ngid %lu\nrestarts %u\nnames %s\ntypes %s\ntimeout %s\nrefusal %s\n",
                          (unsigned long)grant->uid, (unsigned long)grant->gid, grant->restarts, grant->names,
                          grant->types, grant->timeout, grant->refusal);
    return length > 0 && length < RECORD_SIZE;
}

/* Copy the value of the next line, whose key is known. */
static bool next_value(const char **at, const char *end, const char *key, char *value, size_t size)
{
    size_t key_length = strlen(key);
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    if (newline == NULL || (size_t)(newline - *at) <= key_length)
        return false;
    if (memcmp(*at, key, key_length) != 0 || (*at)[key_length] != ' ')
        return false;
    const char *start = *at + key_length + 1;
    size_t length = (size_t)(newline - start);
    if (length >= size || memchr(start, '\0', length) != NULL)
        return false;
    memcpy(value, start, length);
    value[length] = '\0';
    *at = newline + 1;
    return true;
}

static bool next_id(const char **at, const char *end, const char *key, unsigned *id)
{
    char text[SECONDS_SIZE];
    unsigned long long value;
    if (!next_value(at, end, key, text, sizeof text) || !read_number(text, strlen(text), 4294967295ULL, &value))
        return false;
    *id = (unsigned)value;
    return true;
}

bool grant_parse(struct grant *grant, const char *text, size_t length)
{
    const char *end = text + length;
    unsigned uid, gid;
    if (!next_id(&text, end, "uid", &uid) || !next_id(&text, end, "gid", &gid) ||
        !next_id(&text, end, "restarts", &grant->restarts))
        return false;
    grant->uid = uid;
    grant->gid = gid;
    return next_value(&text, end, "names", grant->names, sizeof grant->names) &&
           next_value(&text, end, "types", grant->types, sizeof grant->types) &&
           next_value(&text, end, "timeout", grant->timeout, sizeof grant->timeout) &&
           next_value(&text, end, "refusal", grant->refusal, sizeof grant->refusal) && text == end;
}
