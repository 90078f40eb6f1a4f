// SPDX-License-Identifier: GPL-2.0-only
/* The lines of --list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "list-line.h"

static const struct {
	bool put;
	const char *line;
	int result;
	const char *url, *file;
} lines[] = {
	{ false, "ftp://h/x\n", 1, "ftp://h/x", NULL },
	{ false, "ftp://h/x", 1, "ftp://h/x", NULL },
	{ false, "ftp://h/x\r\n", 1, "ftp://h/x", NULL },
	{ false, "  ftp://h/x \t a b \n", 1, "ftp://h/x", "a b " },
	{ false, "ftp://h/x\tb\n", 1, "ftp://h/x", "b" },
	{ false, "ftp://h/x  \n", 1, "ftp://h/x", NULL },
	{ false, "\n", 0, NULL, NULL },
	{ false, "", 0, NULL, NULL },
	{ false, " \t\r\n", 0, NULL, NULL },
	{ false, "# ftp://h/x\n", 0, NULL, NULL },
	{ false, "  # x\n", 0, NULL, NULL },
	{ true, "a b\tftp://h/x\n", 1, "ftp://h/x", "a b" },
	{ true, " a\tb\tftp://h/x\r\n", 1, "ftp://h/x", " a\tb" },
	{ true, "# a\tftp://h/x\n", 0, NULL, NULL },
	{ true, "\n", 0, NULL, NULL },
	{ true, "\t \n", 0, NULL, NULL },
	{ true, "a ftp://h/x\n", -1, NULL, NULL },
	{ true, "\tftp://h/x\n", -1, NULL, NULL },
	{ true, "a\t\n", -1, NULL, NULL },
};

static void test_lines(void **state)
{
	const char *reason;
	char *url, *file;
	char line[64];
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		strcpy(line, lines[i].line);
		reason = NULL;
		n = list_line(line, strlen(line), lines[i].put, &url, &file, &reason);
		if (n != lines[i].result)
			fail_msg("line %zu: %d", i, n);
		assert_int_equal(n < 0, !!reason);
		if (n <= 0)
			continue;
		assert_string_equal(url, lines[i].url);
		assert_int_equal(!file, !lines[i].file);
		if (file)
			assert_string_equal(file, lines[i].file);
	}
}

static void test_nul(void **state)
{
	char line[] = "ftp://h/x\0y\n";
	const char *reason;
	char *url, *file;

	(void)state;
	assert_int_equal(list_line(line, sizeof(line) - 1, false, &url, &file, &reason), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
