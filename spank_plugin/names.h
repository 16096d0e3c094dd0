/* The quantum systems that the site lets its users ask for. */
#ifndef DIRECT_ACCESS_NAMES_H
#define DIRECT_ACCESS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "limits.h"

struct names {
    size_t count;
    struct {
        char name[NAME_SIZE];
        char type[NAME_SIZE];
    } entry[NAMES_OF_A_SITE];
};

/* Read the text of a names file: one "NAME [TYPE]" a line, "#" begins a comment. False with a message if wrong. */
bool names_parse(struct names *names, const char *text, size_t length, char error[MESSAGE_SIZE]);

/* Read a names file. False with a message. */
bool names_load(struct names *names, const char *path, char error[MESSAGE_SIZE]);

/* Look up "NAME[,NAME]"; put the types in the same order beside it. False with a message that lists what is known. */
bool names_choose(const struct names *names, const char *request, char types[LIST_SIZE], char error[MESSAGE_SIZE]);

#endif
