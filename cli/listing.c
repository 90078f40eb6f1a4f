// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <knetctl/knetctl.h>

#include "listing.h"
#include "listing-unix.h"

const char *entry_type_name(enum entry_type type)
{
	static const char *const names[] = {
		[ENTRY_FILE] = "file", [ENTRY_DIR] = "dir", [ENTRY_LINK] = "link",
		[ENTRY_OTHER] = "other",
	};

	return names[type];
}

bool listing_name_ok(const char *name)
{
	const unsigned char *p;

	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (p = (const unsigned char *)name; *p; p++)
		if (*p < 0x20 || *p == 0x7f || *p == '/')
			return false;
	return true;
}

/* Exactly @n digits at @p. */
static bool digits(const char *p, int n, int *value)
{
	for (*value = 0; n; n--, p++) {
		if (*p < '0' || *p > '9')
			return false;
		*value = *value * 10 + (*p - '0');
	}
	return true;
}

bool ftp_time_parse(const char *text, int64_t *seconds)
{
	struct tm tm = { 0 };

	if (!digits(text, 4, &tm.tm_year) || !digits(text + 4, 2, &tm.tm_mon) ||
	    !digits(text + 6, 2, &tm.tm_mday) || !digits(text + 8, 2, &tm.tm_hour) ||
	    !digits(text + 10, 2, &tm.tm_min) || !digits(text + 12, 2, &tm.tm_sec))
		return false;
	text += 14;
	if (*text == '.') {
		text++;
		text += strspn(text, "0123456789");
	}
	if (*text || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*seconds = timegm(&tm);
	return true;
}

/* Strict decimal; no sign, nothing behind. */
bool listing_number(const char *text, uint64_t *value)
{
	const char *p = text;

	for (*value = 0; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*p - '0'), value))
			return false;
	return p != text && !*p && *value <= INT64_MAX;
}

/* ------------------------------------------------------------- MLSD -- */

static bool starts(const char *text, const char *with)
{
	return !strncasecmp(text, with, strlen(with));
}

/* false: the directory itself, or the one above. */
static bool fact_type(struct entry *e, char *value)
{
	if (!strcasecmp(value, "cdir") || !strcasecmp(value, "pdir"))
		return false;
	if (!strcasecmp(value, "file")) {
		e->type = ENTRY_FILE;
	} else if (!strcasecmp(value, "dir")) {
		e->type = ENTRY_DIR;
	} else if (starts(value, "OS.unix=slink") || starts(value, "OS.unix=symlink")) {
		e->type = ENTRY_LINK;
		value = strchr(value, ':');
		if (value && value[1])
			e->target = value + 1;
	} else {
		e->type = ENTRY_OTHER;
	}
	return true;
}

static bool fact(struct entry *e, const char *name, char *value)
{
	char *end;
	long mode;

	if (!strcasecmp(name, "type"))
		return fact_type(e, value);
	if (!strcasecmp(name, "size")) {
		e->size_known = listing_number(value, &e->size);
	} else if (!strcasecmp(name, "modify")) {
		e->time_known = ftp_time_parse(value, &e->mtime);
		e->precision = 1;
	} else if (!strcasecmp(name, "perm")) {
		e->perm = value;
	} else if (!strcasecmp(name, "unix.mode")) {
		mode = strtol(value, &end, 8);
		if (end != value && !*end && mode >= 0 && mode <= 0177777)
			e->mode = (int)mode & 07777;
	} else if (!strcasecmp(name, "unix.ownername") ||
		   (!e->owner && !strcasecmp(name, "unix.owner")) ||
		   (!e->owner && !strcasecmp(name, "unix.uid"))) {
		e->owner = value;
	} else if (!strcasecmp(name, "unix.groupname") ||
		   (!e->group && !strcasecmp(name, "unix.group")) ||
		   (!e->group && !strcasecmp(name, "unix.gid"))) {
		e->group = value;
	}
	return true;
}

/* "type=file;size=5;modify=20240131235959; name" (RFC 3659 section 7.2) */
static int parse_mlsd(struct entry *e, char *line)
{
	char *blank = strchr(line, ' '), *p = line, *end, *equal;
	bool wanted = true;

	if (!blank || !blank[1])
		return -1;
	*blank = '\0';
	e->name = blank + 1;
	for (; *p; p = end + 1) {
		end = strchr(p, ';');
		if (!end)
			return -1;
		*end = '\0';
		equal = strchr(p, '=');
		if (!equal)
			return -1;
		*equal = '\0';
		wanted &= fact(e, p, equal + 1);
	}
	return wanted && strcmp(e->name, ".") && strcmp(e->name, "..");
}

/* ---------------------------------------------------------- listing -- */

static int parse_nlst(struct entry *e, char *line)
{
	e->name = line;
	return strcmp(line, ".") && strcmp(line, "..");
}

static struct entry *new_entry(struct listing *l)
{
	struct entry *e;

	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->entry = reallocarray(l->entry, l->room, sizeof(*l->entry));
		if (!l->entry)
			abort();
	}
	e = &l->entry[l->count];
	memset(e, 0, sizeof(*e));
	e->mode = -1;
	return e;
}

/* 1: taken, 0: nothing to take, -1: makes no sense. */
static int parse_line(struct entry *e, uint32_t kind, char *line, int64_t now)
{
	switch (kind) {
	case KNETCTL_LISTING_MLSD:
		return parse_mlsd(e, line);
	case KNETCTL_LISTING_LIST:
		return listing_unix(e, line, now);
	default:
		return parse_nlst(e, line);
	}
}

void listing_parse(struct listing *l, uint32_t kind, char *text, size_t len, int64_t now)
{
	char *line, *end, *stop = text + len;
	struct entry *e;
	int got;

	memset(l, 0, sizeof(*l));
	*stop = '\0';
	for (line = text; line < stop; line = end + 1) {
		end = memchr(line, '\n', (size_t)(stop - line));
		if (!end)
			end = stop;
		*end = '\0';
		if (end > line && end[-1] == '\r')
			end[-1] = '\0';
		if (!*line && (end == line || end == line + 1))
			continue;
		e = new_entry(l);
		/* A NUL inside ends the string too soon. */
		got = strlen(line) + 2 < (size_t)(end - line) + 1 ? -1 :
		      parse_line(e, kind, line, now);
		l->count += got > 0;
		l->skipped += got < 0;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

void listing_sort(struct listing *l)
{
	if (l->count)
		qsort(l->entry, l->count, sizeof(*l->entry), by_name);
}

void listing_free(struct listing *l)
{
	free(l->entry);
	memset(l, 0, sizeof(*l));
}
