// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What most servers answer to LIST: ls -l, with or without a group, with the
 * date in one of three forms; and the form of DOS. Anchor is the date: the size
 * stands in front of it, the name behind it.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "listing-unix.h"

#define WORDS_MAX 12		/* before the name */
#define DAY 86400

struct words {
	char *word[WORDS_MAX + 4];	/* a date is looked for beyond the last */
	char *end[WORDS_MAX + 4];	/* behind it */
	int count;
};

static void split(char *line, struct words *w)
{
	char *p = line;

	for (w->count = 0; w->count < WORDS_MAX; w->count++) {
		p += strspn(p, " \t");
		if (!*p)
			return;
		w->word[w->count] = p;
		p += strcspn(p, " \t");
		w->end[w->count] = p;
	}
}

static size_t length(const struct words *w, int i)
{
	return (size_t)(w->end[i] - w->word[i]);
}

/* A small number that is all of a word, -1 for none. */
static int number(const struct words *w, int i, int most)
{
	const char *p = w->word[i];
	int value = 0;

	if (i >= w->count || !length(w, i) || length(w, i) > 4)
		return -1;
	for (; p < w->end[i]; p++) {
		if (*p < '0' || *p > '9')
			return -1;
		value = value * 10 + (*p - '0');
	}
	return value <= most ? value : -1;
}

static int month(const struct words *w, int i)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int n;

	if (i >= w->count || length(w, i) != 3)
		return -1;
	for (n = 0; n < 12; n++)
		if (!strncasecmp(w->word[i], names + (size_t)3 * (size_t)n, 3))
			return n;
	return -1;
}

/* "12:30" */
static bool clock_time(const struct words *w, int i, struct tm *tm)
{
	const char *p = w->word[i];

	if (i >= w->count || length(w, i) != 5 || p[2] != ':' ||
	    strspn(p, "0123456789") != 2 || strspn(p + 3, "0123456789") < 2)
		return false;
	tm->tm_hour = (p[0] - '0') * 10 + (p[1] - '0');
	tm->tm_min = (p[3] - '0') * 10 + (p[4] - '0');
	return tm->tm_hour < 24 && tm->tm_min < 60;
}

/* "2024-01-31" */
static bool iso_date(const struct words *w, int i, struct tm *tm)
{
	const char *p = w->word[i];

	if (i >= w->count || length(w, i) != 10 || p[4] != '-' || p[7] != '-' ||
	    strspn(p, "0123456789") != 4 || strspn(p + 5, "0123456789") != 2 ||
	    strspn(p + 8, "0123456789") < 2)
		return false;
	tm->tm_year = (p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0') -
		      1900;
	tm->tm_mon = (p[5] - '0') * 10 + (p[6] - '0') - 1;
	tm->tm_mday = (p[8] - '0') * 10 + (p[9] - '0');
	return tm->tm_mon >= 0 && tm->tm_mon < 12 && tm->tm_mday >= 1 && tm->tm_mday <= 31;
}

/* Without a year it is the last time that this was, with a day for clocks that differ. */
static int64_t place_year(struct tm *tm, int64_t now)
{
	struct tm today;
	time_t t = (time_t)now;
	int64_t when;

	gmtime_r(&t, &today);
	tm->tm_year = today.tm_year;
	when = timegm(tm);
	if (when <= now + DAY)
		return when;
	tm->tm_year--;
	return timegm(tm);
}

/* A date at word @i; how many words, 0 for none. */
static int date(const struct words *w, int i, struct entry *e, int64_t now)
{
	struct tm tm = { 0 };
	int year;

	if (iso_date(w, i, &tm)) {
		e->precision = clock_time(w, i + 1, &tm) ? 60 : DAY;
		e->mtime = timegm(&tm);
		return e->precision == 60 ? 2 : 1;
	}
	tm.tm_mon = month(w, i);
	tm.tm_mday = number(w, i + 1, 31);
	if (tm.tm_mon < 0 || tm.tm_mday < 0) {
		tm.tm_mday = number(w, i, 31);
		tm.tm_mon = month(w, i + 1);
	}
	if (tm.tm_mon < 0 || tm.tm_mday < 1)
		return 0;
	if (clock_time(w, i + 2, &tm)) {
		e->mtime = place_year(&tm, now);
		e->precision = 60;
		return 3;
	}
	year = number(w, i + 2, 9999);
	if (year < 1970)
		return 0;
	tm.tm_year = year - 1900;
	e->mtime = timegm(&tm);
	e->precision = DAY;
	return 3;
}

static bool mode_bits(const char *text, struct entry *e)
{
	static const char letters[] = "rwxrwxrwx";
	int i;

	for (i = 0; i < 9; i++) {
		if (text[i] == letters[i])
			e->mode |= 0400 >> i;
		else if (i % 3 == 2 && strchr("sStTlL", text[i]) && text[i])
			e->mode |= (strchr("st", text[i]) ? 0400 >> i : 0) |
				   (i == 2 ? 04000 : i == 5 ? 02000 : 01000);
		else if (text[i] != '-')
			return false;
	}
	return true;
}

/* "drwxr-xr-x", with what ACLs put behind it. */
static bool take_mode(const struct words *w, struct entry *e)
{
	static const char types[] = "-dlbcps";

	if (!w->count || length(w, 0) < 10 || length(w, 0) > 11 || !strchr(types, *w->word[0]))
		return false;
	e->mode = 0;
	if (!mode_bits(w->word[0] + 1, e))
		return false;
	e->type = *w->word[0] == '-' ? ENTRY_FILE : *w->word[0] == 'd' ? ENTRY_DIR :
		  *w->word[0] == 'l' ? ENTRY_LINK : ENTRY_OTHER;
	return true;
}

/* One blank behind the date begins the name; further ones belong to it. */
static int take_name(struct entry *e, char *behind)
{
	char *arrow;

	if (!*behind || !behind[1])
		return -1;
	e->name = behind + 1;
	arrow = e->type == ENTRY_LINK ? strstr(e->name, " -> ") : NULL;
	if (arrow) {
		*arrow = '\0';
		e->target = arrow + 4;
	}
	if (!*e->name)
		return -1;
	return strcmp(e->name, ".") && strcmp(e->name, "..");
}

/* Links, owner and group: what stands between the mode and the size. */
static void take_owner(struct words *w, int size, struct entry *e)
{
	int first = number(w, 1, 9999) >= 0 && size > 2 ? 2 : 1;

	if (size > first) {
		e->owner = w->word[first];
		*w->end[first] = '\0';
	}
	if (size > first + 1) {
		e->group = w->word[first + 1];
		*w->end[first + 1] = '\0';
	}
}

/* "01-31-24  12:30PM  <DIR>  name" */
static int parse_dos(struct entry *e, struct words *w)
{
	struct tm tm = { 0 };
	char *p = w->word[0], *t = w->word[1];
	int month_number, year;

	if (w->count < 4 || (length(w, 0) != 8 && length(w, 0) != 10) || p[2] != '-' ||
	    p[5] != '-' || length(w, 1) != 7 || t[2] != ':')
		return -1;
	month_number = (p[0] - '0') * 10 + (p[1] - '0');
	tm.tm_mday = (p[3] - '0') * 10 + (p[4] - '0');
	*w->end[0] = '\0';
	year = 0;
	for (p += 6; *p >= '0' && *p <= '9'; p++)
		year = year * 10 + (*p - '0');
	if (*p || month_number < 1 || month_number > 12 || tm.tm_mday < 1 || tm.tm_mday > 31)
		return -1;
	tm.tm_mon = month_number - 1;
	tm.tm_year = year >= 1900 ? year - 1900 : year < 70 ? year + 100 : year;
	tm.tm_hour = ((t[0] - '0') * 10 + (t[1] - '0')) % 12;
	if (t[5] == 'P' || t[5] == 'p')
		tm.tm_hour += 12;
	tm.tm_min = (t[3] - '0') * 10 + (t[4] - '0');
	if (tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 || tm.tm_min > 59)
		return -1;
	e->mtime = timegm(&tm);
	e->time_known = true;
	e->precision = 60;
	*w->end[2] = '\0';
	e->type = strcmp(w->word[2], "<DIR>") ? ENTRY_FILE : ENTRY_DIR;
	if (e->type == ENTRY_FILE) {
		e->size_known = listing_number(w->word[2], &e->size);
		if (!e->size_known)
			return -1;
	}
	e->name = w->word[3];
	return strcmp(e->name, ".") && strcmp(e->name, "..");
}

int listing_unix(struct entry *e, char *line, int64_t now)
{
	struct words w = { 0 };
	int i, n = 0;

	split(line, &w);
	if (w.count == 2 && length(&w, 0) == 5 && !strncasecmp(w.word[0], "total", 5) &&
	    *w.word[1] >= '0' && *w.word[1] <= '9')
		return 0;
	if (w.count && *w.word[0] >= '0' && *w.word[0] <= '9')
		return parse_dos(e, &w);
	if (!take_mode(&w, e))
		return -1;
	/* The size is a number, or of a device two with a comma. */
	for (i = 2; i < w.count && !n; i++) {
		if (*w.word[i - 1] >= '0' && *w.word[i - 1] <= '9')
			n = date(&w, i, e, now);
	}
	if (!n || i - 1 + n > w.count)
		return -1;
	i--;
	e->time_known = true;
	n = take_name(e, w.end[i + n - 1]);
	if (n < 0)
		return n;
	*w.end[i - 1] = '\0';
	e->size_known = e->type != ENTRY_OTHER && listing_number(w.word[i - 1], &e->size);
	if (!e->size_known && e->type == ENTRY_FILE)
		return -1;
	take_owner(&w, i - 1, e);
	return n;
}
