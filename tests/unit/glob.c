// SPDX-License-Identifier: GPL-2.0-only
/* --include and --exclude. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "glob.h"

static const struct {
	const char *patterns[3];	/* "+x" includes, "-x" excludes */
	const char *path;
	bool is_dir, wanted;
} cases[] = {
	{ { NULL }, "a/b", false, true },
	{ { "-*.tmp" }, "a/b.tmp", false, false },
	{ { "-*.tmp" }, "a/b", false, true },
	{ { "-*.tmp" }, "x.tmp", true, false },
	{ { "+*.c" }, "a/b.c", false, true },
	{ { "+*.c" }, "a/b.h", false, false },
	{ { "+*.c" }, "a", true, true },
	{ { "-*", "+*.c" }, "a.c", false, true },
	{ { "-*", "+*.c" }, "a.h", false, false },
	{ { "+*.c", "-x*" }, "x.c", false, false },
	{ { "-a/*" }, "a/b", false, false },
	{ { "-a/*" }, "a/b/c", false, true },
	{ { "-/b" }, "b", false, false },
	{ { "-/b" }, "a/b", false, true },
	{ { "-.?*" }, "a/.hidden", false, false },
	{ { "-[" }, "[", false, false },
};

static void test_cases(void **state)
{
	struct glob globs[3];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (n = 0; n < 3 && cases[i].patterns[n]; n++) {
			globs[n].include = *cases[i].patterns[n] == '+';
			globs[n].pattern = cases[i].patterns[n] + 1;
		}
		if (glob_wanted(globs, n, cases[i].path, cases[i].is_dir) != cases[i].wanted)
			fail_msg("case %zu: %s", i, cases[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
