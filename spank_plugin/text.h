/* Bounded text: nothing here is cut silently or read past its end. */
#ifndef DIRECT_ACCESS_TEXT_H
#define DIRECT_ACCESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Copy a text; false, and "" in the target, if it does not fit. */
static inline bool copy_text(char *target, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        target[0] = '\0';
        return false;
    }
    memcpy(target, text, length + 1);
    return true;
}

/* Append a text; false, and the target as it was, if it does not fit. */
static inline bool append_text(char *target, size_t size, const char *text)
{
    size_t length = strlen(target);
    if (strlen(text) >= size - length)
        return false;
    memcpy(target + length, text, strlen(text) + 1);
    return true;
}

/* Letters, digits and "_.-", not "." or "-" at the start: safe in a path, an environment and a message. */
static inline bool is_name(const char *text, size_t length)
{
    if (length == 0 || length >= 65 || text[0] == '.' || text[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '.' || c == '-'))
            return false;
    }
    return true;
}

/* Read decimal digits and nothing else, up to a limit. */
static inline bool read_number(const char *text, size_t length, unsigned long long most, unsigned long long *value)
{
    unsigned long long number = 0;
    if (length == 0 || length > 20)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        unsigned digit = (unsigned)(text[i] - '0');
        if (number > (most - digit) / 10 || digit > most)
            return false;
        number = number * 10 + digit;
    }
    *value = number;
    return true;
}

#endif
