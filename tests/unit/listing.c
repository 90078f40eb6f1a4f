// SPDX-License-Identifier: GPL-2.0-only
/* Listings of FTP servers: what is taken, what is left out, and never a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <knetctl/knetctl.h>

#include "listing.h"

#define NOW 1706702400		/* 2024-01-31 12:00:00 UTC */
#define MLSD KNETCTL_LISTING_MLSD
#define LIST KNETCTL_LISTING_LIST

struct good {
	uint32_t kind;
	const char *line;
	const char *name;
	enum entry_type type;
	int64_t size;		/* -1: unknown */
	int64_t mtime;		/* -1: unknown */
	uint32_t precision;
	int mode;
	const char *target;
};

static const struct good good[] = {
	{ MLSD, "type=file;size=5;modify=20240131120000; a b", "a b", ENTRY_FILE, 5, NOW, 1, -1,
	  NULL },
	{ MLSD, "Type=dir;Modify=20240131120000.123;UNIX.mode=0755; d", "d", ENTRY_DIR, -1, NOW, 1,
	  0755, NULL },
	{ MLSD, "type=OS.unix=slink:/etc/passwd;size=11; l", "l", ENTRY_LINK, 11, -1, 0, -1,
	  "/etc/passwd" },
	{ MLSD, "type=OS.unix=symlink; l", "l", ENTRY_LINK, -1, -1, 0, -1, NULL },
	{ MLSD, "type=OS.unix=chr-13/29; c", "c", ENTRY_OTHER, -1, -1, 0, -1, NULL },
	{ MLSD, " only a name", "only a name", ENTRY_UNKNOWN, -1, -1, 0, -1, NULL },
	{ MLSD, "size=99999999999999999999;type=file; x", "x", ENTRY_FILE, -1, -1, 0, -1, NULL },
	{ MLSD, "size=-1;type=file;modify=2024013112; x", "x", ENTRY_FILE, -1, -1, 0, -1, NULL },
	{ MLSD, "type=file;;; x", NULL, 0, 0, 0, 0, 0, NULL },
	{ MLSD, "type=file; ../x", "../x", ENTRY_FILE, -1, -1, 0, -1, NULL },
	{ LIST, "-rw-r--r--    1 1001     1001         3526 Jan 31 11:52 x", "x", ENTRY_FILE, 3526,
	  NOW - 480, 60, 0644, NULL },
	{ LIST, "drwxr-xr-x    2 ftp      ftp          4096 Dec 31  2022 a dir ", "a dir ",
	  ENTRY_DIR, 4096, 1672444800, 86400, 0755, NULL },
	{ LIST, "lrwxrwxrwx 1 root root 11 Jan 31 12:00 l -> /etc/passwd", "l", ENTRY_LINK, 11,
	  NOW, 60,
	  0777, "/etc/passwd" },
	/* without a group, of last year, and with a name that begins with a blank */
	{ LIST, "-rw-r--r-- 1 owner 7 Dec  1 00:00  x", " x", ENTRY_FILE, 7, 1701388800, 60, 0644,
	  NULL },
	{ LIST, "-rw-r--r--  1 me  staff  7 2024-01-31 12:00 x", "x", ENTRY_FILE, 7, NOW, 60, 0644,
	  NULL },
	{ LIST, "-rw-r--r--  1 me  staff  7 31 Jan 12:00 x", "x", ENTRY_FILE, 7, NOW, 60, 0644,
	  NULL },
	{ LIST, "-rwsr-xr-t+ 1 me  staff  7 Jan 31 12:00 x", "x", ENTRY_FILE, 7, NOW, 60, 05755,
	  NULL },
	{ LIST, "brw-rw----  1 root disk 8, 0 Jan 31 12:00 sda", "sda", ENTRY_OTHER, -1, NOW, 60,
	  0660,
	  NULL },
	/* a name that looks like more of the date */
	{ LIST, "-rw-r--r-- 1 a b 7 Jan 31 12:00 8 Feb 10 10:00 y", "8 Feb 10 10:00 y",
	  ENTRY_FILE, 7,
	  NOW, 60, 0644, NULL },
	{ LIST, "01-31-24  12:00PM       <DIR>          My Dir", "My Dir", ENTRY_DIR, -1, NOW, 60,
	  -1,
	  NULL },
	{ LIST, "01-31-2024  12:00PM            1234 a.txt", "a.txt", ENTRY_FILE, 1234, NOW, 60, -1,
	  NULL },
	{ KNETCTL_LISTING_NLST, "dir/a b", "dir/a b", ENTRY_UNKNOWN, -1, -1, 0, -1, NULL },
};

static void check(const struct good *g, const struct entry *e)
{
	if (strcmp(e->name, g->name) || e->type != g->type || e->mode != g->mode)
		fail_msg("%s: '%s' type %d mode %o", g->line, e->name, e->type,
			 (unsigned int)e->mode);
	if (e->size_known != (g->size >= 0) || (e->size_known && e->size != (uint64_t)g->size))
		fail_msg("%s: size %llu", g->line, (unsigned long long)e->size);
	if (e->time_known != (g->mtime >= 0) ||
	    (e->time_known && (e->mtime != g->mtime || e->precision != g->precision)))
		fail_msg("%s: mtime %lld", g->line, (long long)e->mtime);
	if (!e->target != !g->target || (g->target && strcmp(e->target, g->target)))
		fail_msg("%s: target %s", g->line, e->target ? e->target : "absent");
}

static void test_good(void **state)
{
	struct listing l;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", good[i].line, i % 3 == 0 ? "\r\n" :
			 i % 3 == 1 ? "\n" : "");
		listing_parse(&l, good[i].kind, text, strlen(text), NOW);
		if (l.count != !!good[i].name)
			fail_msg("%s: %zu entries", good[i].line, l.count);
		if (l.count)
			check(&good[i], &l.entry[0]);
		listing_free(&l);
	}
}

/* What is no entry is not one; @skipped is for what makes no sense. */
static void test_left_out(void **state)
{
	static const struct {
		uint32_t kind;
		const char *line;
		size_t skipped;
	} lines[] = {
		{ LIST, "total 12345", 0 },
		{ LIST, "drwxr-xr-x 2 a b 4096 Jan 31 12:00 .", 0 },
		{ LIST, "drwxr-xr-x 2 a b 4096 Jan 31 12:00 ..", 0 },
		{ LIST, "", 0 },
		{ LIST, "hello", 1 },
		{ LIST, "-rw-r--r-- 1 a b 7 Jan 31 12:00", 1 },
		{ LIST, "-rw-r--r-- 1 a b 7 Jan 31 12:00 ", 1 },
		{ LIST, "-rw-r--r-- 1 a b x Jan 31 12:00 x", 1 },
		{ LIST, "-rw-r--r-- 1 a b -7 Jan 31 12:00 x", 1 },
		{ LIST, "-rw-r--r-- 1 a b 99999999999999999999 Jan 31 12:00 x", 1 },
		{ LIST, "-rw-r--r-- 1 a b 7 Jan 32 12:00 x", 1 },
		{ LIST, "-rw-r--r-- 1 a b 7 Jan 31 24:00 x", 1 },
		{ LIST, "zrw-r--r-- 1 a b 7 Jan 31 12:00 x", 1 },
		{ LIST, "-rw", 1 },
		{ LIST, "1", 1 },
		{ LIST, "01-31-24", 1 },
		{ MLSD, "type=cdir; .", 0 },
		{ MLSD, "type=pdir; /", 0 },
		{ MLSD, "type=dir; ..", 0 },
		{ MLSD, "type=file;", 1 },
		{ MLSD, "type=file; ", 1 },
		{ MLSD, "type; x", 1 },
		{ MLSD, "nonsense", 1 },
	};
	struct listing l;
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		snprintf(text, sizeof(text), "%s\r\n", lines[i].line);
		listing_parse(&l, lines[i].kind, text, strlen(text), NOW);
		if (l.count || l.skipped != lines[i].skipped)
			fail_msg("%s: %zu taken, %zu skipped", lines[i].line, l.count, l.skipped);
		listing_free(&l);
	}
}

static void test_nul(void **state)
{
	char text[] = "-rw-r--r-- 1 a b 7 Jan 31 12:00 x\0y\r\n-rw-r--r-- 1 a b 7 Jan 31 12:00 z\n";
	struct listing l;

	(void)state;
	listing_parse(&l, LIST, text, sizeof(text) - 1, NOW);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.skipped, 1);
	assert_string_equal(l.entry[0].name, "z");
	listing_free(&l);
}

static void test_many(void **state)
{
	char *text = malloc(100000);
	struct listing l;
	size_t len = 0;
	int i;

	(void)state;
	for (i = 999; i >= 0; i--)
		len += (size_t)sprintf(text + len, "type=file;size=%d; f%03d\r\n", i, i);
	listing_parse(&l, MLSD, text, len, NOW);
	assert_int_equal(l.count, 1000);
	listing_sort(&l);
	assert_string_equal(l.entry[0].name, "f000");
	assert_string_equal(l.entry[999].name, "f999");
	listing_free(&l);
	free(text);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(listing_name_ok("a"));
	assert_true(listing_name_ok("..."));
	assert_true(listing_name_ok(".x"));
	assert_true(listing_name_ok("a b\xff"));
	assert_false(listing_name_ok(""));
	assert_false(listing_name_ok("."));
	assert_false(listing_name_ok(".."));
	assert_false(listing_name_ok("a/b"));
	assert_false(listing_name_ok("/"));
	assert_false(listing_name_ok("a\n"));
	assert_false(listing_name_ok("\x1b[31m"));
	assert_false(listing_name_ok("\x7f"));
}

static void test_time(void **state)
{
	int64_t t;

	(void)state;
	assert_true(ftp_time_parse("20240131120000", &t));
	assert_int_equal(t, NOW);
	assert_true(ftp_time_parse("20240131120000.5", &t));
	assert_false(ftp_time_parse("", &t));
	assert_false(ftp_time_parse("2024013112000", &t));
	assert_false(ftp_time_parse("20241331120000", &t));
	assert_false(ftp_time_parse("20240131120000x", &t));
	assert_false(ftp_time_parse("2003040a102659", &t));
	assert_false(ftp_time_parse("-0240131120000", &t));
}

/* Whatever stands there: no crash, and strings end. The sanitizers look on. */
static void test_random(void **state)
{
	static const char *const pieces[] = {
		"type=", "file;", "size=", "modify=", "20240131120000", "; ", " ", "\r\n", "\n",
				"-",
		"drwxr-xr-x ", "-rw-r--r-- 1 a b ", "7 ", "Jan ", "31 ", "12:00 ", "2024 ", " -> ",
		"01-31-24 ", "12:30PM ", "<DIR> ", "x", "=", ";", ".", "2024-01-31 ", "\xff",
				"total ",
	};
	unsigned int seed = 1;
	struct listing l;
	char *text;
	size_t len, n;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		text = malloc(600);
		len = 0;
		for (n = (size_t)rand_r(&seed) % 24; n; n--)
			len += (size_t)sprintf(text + len, "%s", pieces[(size_t)rand_r(&seed) %
					       (sizeof(pieces) / sizeof(pieces[0]))]);
		if (len && rand_r(&seed) % 8 == 0)
			text[(size_t)rand_r(&seed) % len] = '\0';
		text = realloc(text, len + 1);
		listing_parse(&l, 1 + (uint32_t)rand_r(&seed) % 3, text, len, NOW);
		for (n = 0; n < l.count; n++)
			assert_true(strlen(l.entry[n].name) <= len);
		listing_free(&l);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
