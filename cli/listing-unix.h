/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KNETCTL_CLI_LISTING_UNIX_H
#define KNETCTL_CLI_LISTING_UNIX_H

#include "listing.h"

/* A line as ls -l or as DOS has it; 1, 0 for one without an entry, -1 for no sense. */
int listing_unix(struct entry *e, char *line, int64_t now);
bool listing_number(const char *text, uint64_t *value);

#endif
