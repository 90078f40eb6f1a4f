// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "list-line.h"

static int bad(const char **reason, const char *text)
{
	*reason = text;
	return -1;
}

static int get_line(char *line, char **url, char **file)
{
	char *blank = line + strcspn(line, " \t");

	*url = line;
	*file = NULL;
	if (!*blank)
		return 1;
	*blank++ = '\0';
	blank += strspn(blank, " \t");
	if (*blank)
		*file = blank;
	return 1;
}

/* A FILE may have tabs in its name, a URL cannot. */
static int put_line(char *line, char **url, char **file, const char **reason)
{
	char *tab = strrchr(line, '\t');

	if (!tab)
		return bad(reason, "no tab between FILE and URL");
	*tab = '\0';
	*file = line;
	*url = tab + 1;
	if (!**file)
		return bad(reason, "the name of the file is empty");
	return **url ? 1 : bad(reason, "the URL is missing");
}

int list_line(char *line, size_t len, bool put, char **url, char **file, const char **reason)
{
	if (len && line[len - 1] == '\n')
		len--;
	if (len && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	if (strlen(line) != len)
		return bad(reason, "a NUL in it");
	/* Blanks in front belong to the name of a file, and a URL has none. */
	if (!put)
		line += strspn(line, " \t");
	if (!line[strspn(line, " \t")] || *line == '#')
		return 0;
	return put ? put_line(line, url, file, reason) : get_line(line, url, file);
}
