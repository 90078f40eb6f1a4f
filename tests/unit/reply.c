// SPDX-License-Identifier: GPL-2.0-only
/* The parser of FTP replies, and its bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reply.h"

static struct knet_reply reply;

/* All of the bytes but the last make no whole reply; the last one's status. */
static enum knet_reply_status parse(const char *bytes, size_t len)
{
	enum knet_reply_status status = KNET_REPLY_MORE;

	for (size_t i = 0; i < len; i++) {
		assert_int_equal(status, KNET_REPLY_MORE);
		status = knet_reply_byte(&reply, bytes[i]);
	}
	return status;
}

static enum knet_reply_status parse_new(const char *text, bool relaxed)
{
	knet_reply_init(&reply, relaxed);
	return parse(text, strlen(text));
}

static void expect(const char *text, bool relaxed, u16 code, const char *wants)
{
	assert_int_equal(parse_new(text, relaxed), KNET_REPLY_DONE);
	assert_false(knet_reply_begun(&reply));
	assert_int_equal(reply.code, code);
	assert_int_equal(reply.text_len, strlen(wants));
	assert_memory_equal(reply.text, wants, reply.text_len);
}

static void test_single_lines(void **state)
{
	(void)state;
	expect("220 hello\r\n", false, 220, "hello");
	expect("220 hello\n", false, 220, "hello");
	expect("220 \r\n", false, 220, "");
	expect("220\r\n", false, 220, "");
	expect("220\n", false, 220, "");
	expect("100 a\r\n", false, 100, "a");
	expect("599 a\r\n", false, 599, "a");
	expect("220 a\rb\r\n", false, 220, "a\rb");
	expect("220 a\r\r\n", false, 220, "a\r");
	expect("220  a \r\n", false, 220, " a ");
	expect("220 \xff\x01\x1b[2J\r\n", false, 220, "\xff\x01\x1b[2J");
}

static void test_several_lines(void **state)
{
	(void)state;
	expect("220-a\r\nb\r\n220 c\r\n", false, 220, "c");
	expect("220-\n\n\n220\n", false, 220, "");
	expect("220-a\r\n220-b\r\n220 c\r\n", false, 220, "c");
	expect("220-a\r\n 220 b\r\n220 c\r\n", false, 220, "c");
	expect("220-a\r\n221 b\r\n220 c\r\n", false, 220, "c");
	expect("220-a\r\n22\r\n2200\r\n220x\r\n220 c\r\n", false, 220, "c");
	expect("220-a\r\n999 x\r\n000 y\r\n220 c\r\n", false, 220, "c");
	expect("220-a\r\n22\r0 x\r\n220 c\r\n", false, 220, "c");
}

static void test_relaxed(void **state)
{
	(void)state;
	expect("220-a\r\n221 b\r\n", true, 221, "b");
	expect("220-a\r\n220 b\r\n", true, 220, "b");
	expect("220-a\r\n221\r\n222-\r\n221 b\r\n", true, 221, "b");
	expect("220-a\r\n600 x\r\n099 x\r\n150 b\r\n", true, 150, "b");
	expect("220-a\r\n220\r\n", true, 220, "");
}

/* Each is refused at its last byte. */
static void test_no_replies(void **state)
{
	static const char *const texts[] = {
		"\n", "\r\n", " ", "x", "-", "0", "09", "6", "2x", "20\n", "20\r\n",
		"220x", "220\t", "2200", "22\r2", "220\rx", "\xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *text = texts[i];
		enum knet_reply_status status = parse_new(text, false);

		/* A code out of range is seen at its third digit. */
		if (status == KNET_REPLY_MORE)
			status = knet_reply_byte(&reply, '9');
		if (status == KNET_REPLY_MORE)
			status = knet_reply_byte(&reply, '9');
		assert_int_equal(status, KNET_REPLY_BAD);
		assert_non_null(reply.problem);
	}
}

static void test_nul(void **state)
{
	static const char *const before[] = { "", "2", "220", "220 ", "220 a", "220-a\r\n", "220 \r" };

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		assert_int_equal(parse_new(before[i], false), KNET_REPLY_MORE);
		assert_int_equal(knet_reply_byte(&reply, '\0'), KNET_REPLY_BAD);
	}
}

static enum knet_reply_status repeat(char c, size_t count)
{
	enum knet_reply_status status = KNET_REPLY_MORE;

	while (count-- && status == KNET_REPLY_MORE)
		status = knet_reply_byte(&reply, c);
	return status;
}

static void test_long_lines(void **state)
{
	(void)state;
	/* A text that just fits, and one that does not. */
	parse_new("220 ", false);
	assert_int_equal(repeat('a', KNET_FTP_TEXT_MAX), KNET_REPLY_MORE);
	assert_int_equal(knet_reply_byte(&reply, '\n'), KNET_REPLY_DONE);
	assert_int_equal(reply.text_len, KNET_FTP_TEXT_MAX);
	parse_new("220 ", false);
	assert_int_equal(repeat('a', 17000), KNET_REPLY_MORE);
	assert_int_equal(knet_reply_byte(&reply, '\n'), KNET_REPLY_DONE);
	assert_int_equal(reply.text_len, KNET_FTP_TEXT_MAX);
	/* The largest reply, and a larger one. */
	parse_new("220 ", false);
	assert_int_equal(repeat('a', KNET_FTP_REPLY_BYTES - 5), KNET_REPLY_MORE);
	assert_int_equal(knet_reply_byte(&reply, '\n'), KNET_REPLY_DONE);
	parse_new("220 ", false);
	assert_int_equal(repeat('a', KNET_FTP_REPLY_BYTES - 4), KNET_REPLY_MORE);
	assert_int_equal(knet_reply_byte(&reply, '\n'), KNET_REPLY_BAD);
	parse_new("220-", false);
	assert_int_equal(repeat('a', SIZE_MAX), KNET_REPLY_BAD);
}

static void test_many_lines(void **state)
{
	static const char end[] = "220 end\n";

	(void)state;
	parse_new("220-\n", false);
	assert_int_equal(repeat('\n', KNET_FTP_REPLY_LINES - 2), KNET_REPLY_MORE);
	assert_int_equal(parse(end, strlen(end)), KNET_REPLY_DONE);
	parse_new("220-\n", false);
	assert_int_equal(repeat('\n', KNET_FTP_REPLY_LINES - 1), KNET_REPLY_MORE);
	assert_int_equal(parse(end, strlen(end)), KNET_REPLY_BAD);
	/* 226 lines, as some tests of curl have them */
	parse_new("250-\r\n", false);
	for (int i = 0; i < 226; i++)
		assert_int_equal(parse("250-text\r\n", 10), KNET_REPLY_MORE);
	assert_int_equal(parse("250 end\r\n", 9), KNET_REPLY_DONE);
}

/* The bounds count for each reply anew. */
static void test_many_replies(void **state)
{
	(void)state;
	knet_reply_init(&reply, false);
	for (int i = 0; i < 2 * KNET_FTP_REPLY_LINES; i++) {
		assert_int_equal(parse("220-a\n", 6), KNET_REPLY_MORE);
		assert_true(knet_reply_begun(&reply));
		assert_int_equal(repeat('b', 60), KNET_REPLY_MORE);
		assert_int_equal(parse("\n220 c\n", 7), KNET_REPLY_DONE);
		assert_false(knet_reply_begun(&reply));
		assert_int_equal(reply.code, 220);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_lines),
		cmocka_unit_test(test_several_lines),
		cmocka_unit_test(test_relaxed),
		cmocka_unit_test(test_no_replies),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_many_replies),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
