/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KNETCTL_CLI_LIST_LINE_H
#define KNETCTL_CLI_LIST_LINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A line of a list of transfers, split in place. For a get it is a URL up to the
 * first blank and maybe a FILE behind, for a put a FILE, a tab and a URL. Returns
 * 1, 0 for a line without one (empty, or a comment), or -1 with the @reason.
 */
int list_line(char *line, size_t len, bool put, char **url, char **file, const char **reason);

#endif
