/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which names a mirror is about: --include and --exclude. */
#ifndef KNETCTL_CLI_GLOB_H
#define KNETCTL_CLI_GLOB_H

#include <stdbool.h>
#include <stddef.h>

struct glob {
	bool include;
	const char *pattern;
};

/*
 * The last pattern that matches decides. A pattern with a slash is of the whole
 * path, where * does not go over a slash; one without of the last part. When
 * none matches, all is wanted; but files only if the first pattern excludes.
 */
bool glob_wanted(const struct glob *globs, size_t count, const char *path, bool is_dir);

#endif
