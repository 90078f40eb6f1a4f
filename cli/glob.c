// SPDX-License-Identifier: GPL-2.0-or-later
#include <fnmatch.h>
#include <string.h>

#include "glob.h"

static bool matches(const char *pattern, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strchr(pattern, '/'))
		return !fnmatch(pattern + (*pattern == '/'), path, FNM_PATHNAME);
	return !fnmatch(pattern, slash ? slash + 1 : path, 0);
}

bool glob_wanted(const struct glob *globs, size_t count, const char *path, bool is_dir)
{
	bool wanted = !count || is_dir || !globs[0].include;
	size_t i;

	for (i = 0; i < count; i++)
		if (matches(globs[i].pattern, path))
			wanted = globs[i].include;
	return wanted;
}
