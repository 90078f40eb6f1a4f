// SPDX-License-Identifier: GPL-2.0-only
/* Checksums: how servers say them, and those of files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <errno.h>

#include <knetctl/knetctl.h>

#include "checksum.h"

#define SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HASH KNETCTL_CHECKSUM_HASH
#define XSHA KNETCTL_CHECKSUM_XSHA256
#define XCRC KNETCTL_CHECKSUM_XCRC

static const struct {
	uint32_t command;
	const char *text, *name, *hex;
} answers[] = {
	{ HASH, "SHA-256 0-3 " SHA " abc", "SHA-256", SHA },
	{ HASH, "sha-256 0-3 " SHA, "SHA-256", SHA },
	{ HASH, "SHA-256 " SHA " abc", "SHA-256", SHA },
	{ HASH, "MD5 0-3 900150983CD24FB0D6963F7D28E17F72 x", "MD5",
	  "900150983cd24fb0d6963f7d28e17f72" },
	{ HASH, "CRC32 0-3 352441c2 x", "CRC32", "352441c2" },
	{ HASH, "SHA-256 1-3 " SHA " abc", NULL, NULL },
	{ HASH, "SHA-256 0-3 abcd abc", NULL, NULL },
	{ HASH, "SHA-3 0-3 " SHA, NULL, NULL },
	{ HASH, "SHA-256", NULL, NULL },
	{ HASH, "", NULL, NULL },
	{ HASH, "ok", NULL, NULL },
	{ XSHA, SHA, "SHA-256", SHA },
	{ XSHA, "  " SHA "  ", "SHA-256", SHA },
	{ XSHA, "XSHA256 " SHA " file", "SHA-256", SHA },
	{ XSHA, SHA "0", NULL, NULL },
	{ XSHA, "done", NULL, NULL },
	{ XCRC, "352441C2", "CRC32", "352441c2" },
	{ XCRC, "OK 52441C2", "CRC32", "052441c2" },
	{ XCRC, "XCRC successful 352441c2", "CRC32", "352441c2" },
	{ XCRC, "ok then", NULL, NULL },
	{ XCRC, "", NULL, NULL },
	{ 7, SHA, NULL, NULL },
};

static void test_answers(void **state)
{
	const struct checksum *sum;
	char hex[CHECKSUM_HEX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		sum = checksum_parse(answers[i].command, answers[i].text, hex);
		if (!sum != !answers[i].name)
			fail_msg("%s: %s", answers[i].text, sum ? sum->name : "nothing");
		if (!sum)
			continue;
		assert_string_equal(sum->name, answers[i].name);
		assert_string_equal(hex, answers[i].hex);
	}
}

static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("checksum", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	return fd;
}

static void check_file(const char *text, size_t len, const char *answer)
{
	char theirs[CHECKSUM_HEX], ours[CHECKSUM_HEX];
	const struct checksum *sum = checksum_parse(HASH, answer, theirs);
	int fd = file_of(text, len), err;

	assert_non_null(sum);
	err = checksum_file(sum, fd, ours);
	close(fd);
	/* A kernel without AF_ALG has only CRC-32. */
	if (sum->kernel && (err == -EAFNOSUPPORT || err == -ENOENT || err == -EPERM))
		return;
	assert_int_equal(err, 0);
	assert_string_equal(ours, theirs);
}

static void test_files(void **state)
{
	static char zeros[200000];

	(void)state;
	check_file("abc", 3, "CRC32 352441c2");
	check_file("", 0, "CRC32 00000000");
	check_file("abc", 3, "SHA-256 " SHA);
	check_file("abc", 3, "SHA-1 a9993e364706816aba3e25717850c26c9cd0d89d");
	check_file("abc", 3, "MD5 900150983cd24fb0d6963f7d28e17f72");
	check_file("", 0,
			"SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_file(zeros, sizeof(zeros),
		   "SHA-256 4cbbd9be0cba685835755f827758705db5a413c5494c34262cd25946a73e7582");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
