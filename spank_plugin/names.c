#define _GNU_SOURCE /* O_CLOEXEC */
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

/* What QRMI calls an IBM Quantum System on premises. */
#define DEFAULT_TYPE "ibm-quantum-system"

static size_t word(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '\t' || **at == '\r'))
        (*at)++;
    const char *p = *at;
    while (p < end && *p != ' ' && *p != '\t' && *p != '\r')
        p++;
    return (size_t)(p - *at);
}

static const void *find(const struct names *names, const char *name, size_t length)
{
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->entry[i].name) == length && memcmp(names->entry[i].name, name, length) == 0)
            return &names->entry[i];
    return NULL;
}

static bool add(struct names *names, const char *name, size_t name_length, const char *type, size_t type_length)
{
    if (names->count == NAMES_OF_A_SITE || !is_name(name, name_length) || find(names, name, name_length))
        return false;
    if (type_length == 0) {
        type = DEFAULT_TYPE;
        type_length = strlen(DEFAULT_TYPE);
    }
    if (!is_name(type, type_length))
        return false;
    memcpy(names->entry[names->count].name, name, name_length);
    names->entry[names->count].name[name_length] = '\0';
    memcpy(names->entry[names->count].type, type, type_length);
    names->entry[names->count].type[type_length] = '\0';
    names->count++;
    return true;
}

static bool parse_line(struct names *names, const char *line, const char *end)
{
    const char *hash = memchr(line, '#', (size_t)(end - line));
    if (hash != NULL)
        end = hash;
    size_t name_length = word(&line, end);
    if (name_length == 0)
        return true;
    const char *name = line;
    line += name_length;
    size_t type_length = word(&line, end);
    const char *type = line;
    line += type_length;
    return word(&line, end) == 0 && add(names, name, name_length, type, type_length);
}

bool names_parse(struct names *names, const char *text, size_t length, char error[MESSAGE_SIZE])
{
    const char *end = text + length;
    names->count = 0;
    for (unsigned number = 1; text < end; number++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline != NULL ? newline : end;
        if (!parse_line(names, text, line_end)) {
            snprintf(error, MESSAGE_SIZE, "line %u is not \"NAME [TYPE]\", or repeats a name, or is one too many",
                     number);
            return false;
        }
        text = newline != NULL ? newline + 1 : end;
    }
    return true;
}

static ssize_t read_whole(int file, char *text, size_t size)
{
    size_t length = 0;
    while (length < size) {
        ssize_t got = read(file, text + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

bool names_load(struct names *names, const char *path, char error[MESSAGE_SIZE])
{
    char reason[MESSAGE_SIZE - PATH_SIZE - 64] = "";
    char wrong[MESSAGE_SIZE] = "";
    bool good = false;
    char *text = malloc(NAMES_FILE_SIZE);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length = text == NULL || file < 0 ? -1 : read_whole(file, text, NAMES_FILE_SIZE);
    if (length < 0)
        snprintf(reason, sizeof reason, "%s", strerror(errno));
    else if (length == NAMES_FILE_SIZE)
        snprintf(reason, sizeof reason, "it is too large");
    else if (!(good = names_parse(names, text, (size_t)length, wrong)))
        snprintf(reason, sizeof reason, "%.200s", wrong);
    if (file >= 0)
        close(file);
    free(text);
    if (!good)
        snprintf(error, MESSAGE_SIZE, "the site's list of quantum systems, %s, cannot be used: %s", path, reason);
    return good;
}

static void list_known(const struct names *names, char error[MESSAGE_SIZE])
{
    for (size_t i = 0; i < names->count; i++) {
        const char *comma = i == 0 ? "" : ", ";
        /* room for the dots and the bracket */
        if (strlen(error) + strlen(comma) + strlen(names->entry[i].name) + 8 > MESSAGE_SIZE) {
            append_text(error, MESSAGE_SIZE, ", ...");
            break;
        }
        append_text(error, MESSAGE_SIZE, comma);
        append_text(error, MESSAGE_SIZE, names->entry[i].name);
    }
    append_text(error, MESSAGE_SIZE, names->count == 0 ? "none)" : ")");
}

static bool choose_one(const struct names *names, const char *name, size_t length, char types[LIST_SIZE],
                       char error[MESSAGE_SIZE])
{
    if (!is_name(name, length)) {
        snprintf(error, MESSAGE_SIZE, "wants NAME[,NAME]: letters, digits, '_', '.', '-'");
        return false;
    }
    const char *entry = find(names, name, length);
    if (entry == NULL) {
        snprintf(error, MESSAGE_SIZE, "unknown quantum system '%.*s' (known here: ", (int)length, name);
        list_known(names, error);
        return false;
    }
    size_t index = (size_t)(entry - (const char *)names->entry) / sizeof names->entry[0];
    return (types[0] == '\0' || append_text(types, LIST_SIZE, ",")) &&
           append_text(types, LIST_SIZE, names->entry[index].type);
}

/* Whether a name stands in the part of the request before it. */
static bool stands_before(const char *request, const char *name, size_t length)
{
    for (const char *p = request; p < name; p = strchr(p, ',') + 1)
        if (strncmp(p, name, length) == 0 && p[length] == ',')
            return true;
    return false;
}

bool names_choose(const struct names *names, const char *request, char types[LIST_SIZE], char error[MESSAGE_SIZE])
{
    unsigned count = 0;
    types[0] = '\0';
    for (const char *name = request;; count++) {
        size_t length = strcspn(name, ",");
        if (count == NAMES_OF_A_JOB) {
            snprintf(error, MESSAGE_SIZE, "a job may ask for %d quantum systems", NAMES_OF_A_JOB);
            return false;
        }
        if (!choose_one(names, name, length, types, error))
            return false;
        if (stands_before(request, name, length)) {
            snprintf(error, MESSAGE_SIZE, "'%.*s' is named twice", (int)length, name);
            return false;
        }
        if (name[length] == '\0')
            return true;
        name += length + 1;
    }
}
