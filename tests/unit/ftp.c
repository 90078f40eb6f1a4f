// SPDX-License-Identifier: GPL-2.0-only
/* The FTP machine: what scripts cannot say, and all the scripts. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "script.h"

#define PATH_MAX_BYTES	4095	/* KNETCTL_PATHNAME_MAX */

static struct knet_ftp ftp;

static void begin(const struct knet_ftp_login *login, const char *pathname)
{
	struct knet_ftp_request request = { .pathname = pathname };

	knet_ftp_init(&ftp, login, false, 21);
	knet_ftp_start(&ftp, &request);
}

static void say(const char *text)
{
	knet_ftp_input(&ftp, text, strlen(text));
}

static size_t send_all(void)
{
	const char *bytes;
	size_t n = knet_ftp_out(&ftp, &bytes);

	knet_ftp_sent(&ftp, n);
	return n;
}

static const struct knet_ftp_login nobody = { .user = "u", .password = "secret" };

static void test_struct_is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct knet_ftp) < 24 * 1024);
}

static void test_longest_path(void **state)
{
	static char path[PATH_MAX_BYTES + 1];
	size_t doubled = 2 * PATH_MAX_BYTES;

	(void)state;
	memset(path, 0xff, PATH_MAX_BYTES);
	begin(&nobody, path);
	say("230 in\r\n");
	assert_int_equal(send_all(), strlen("TYPE I\r\nSIZE \r\nEPSV\r\n") + doubled);
	say("200 -\r\n213 5\r\n229 (|||1|)\r\n");
	knet_ftp_data_open(&ftp);
	assert_int_equal(send_all(), strlen("RETR \r\n") + doubled);
}

static void test_path_that_does_not_fit(void **state)
{
	static char path[KNET_FTP_OUT_MAX + 1];

	(void)state;
	memset(path, 'a', KNET_FTP_OUT_MAX);
	begin(&nobody, path);
	say("230 in\r\n");
	/* What was put out before is awaited. */
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_SEND);
	assert_int_equal(send_all(), strlen("TYPE I\r\nEPSV\r\n"));
	say("200 -\r\n229 (|||1|)\r\n");
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_OVER);
	assert_int_equal(ftp.result.err, ENAMETOOLONG);
	assert_false(knet_ftp_broken(&ftp));
}

static bool has(const void *bytes, size_t len, const char *word)
{
	return memmem(bytes, len, word, strlen(word));
}

static void test_password_is_wiped(void **state)
{
	(void)state;
	begin(&nobody, "f");
	say("220 hi\r\n");
	send_all();
	say("331 pw\r\n");
	assert_true(has(&ftp, sizeof(ftp), "secret"));
	send_all();
	assert_false(has(&ftp, sizeof(ftp), "secret"));

	begin(&nobody, "f");
	say("220 hi\r\n");
	send_all();
	say("331 pw\r\n");
	knet_ftp_fail(&ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT, "cancelled");
	assert_false(has(&ftp, sizeof(ftp), "secret"));

	begin(&nobody, "f");
	say("220 hi\r\n");
	send_all();
	say("331 pw\r\n");
	knet_ftp_wipe(&ftp);
	assert_false(has(&ftp, sizeof(ftp), "secret"));
}

/* An answer to a command of which only a part was sent is none. */
static void test_answer_to_half_a_command(void **state)
{
	(void)state;
	begin(&nobody, "f");
	say("220 hi\r\n");
	knet_ftp_sent(&ftp, strlen("USER "));
	say("331 pw\r\n");
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_OVER);
	assert_int_equal(ftp.result.class, KNETCTL_ERROR_CLASS_PROTOCOL);
}

/* The first of two commands may be answered while the second waits to be sent. */
static void test_answer_while_sending(void **state)
{
	(void)state;
	begin(&nobody, "f");
	say("230 hi\r\n");
	knet_ftp_sent(&ftp, strlen("TYPE I\r\n") - 1);
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_SEND);
	knet_ftp_sent(&ftp, 1);
	say("200 ok\r\n");
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_SEND);
	assert_int_equal(send_all(), strlen("SIZE f\r\nEPSV\r\n"));
	say("213 5\r\n229 (|||1|)\r\n");
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_CONNECT);
}

/* When the reply timer starts anew. */
static void test_reply_seq(void **state)
{
	u32 seq;

	(void)state;
	begin(&nobody, "f");
	seq = ftp.reply_seq;
	say("120 soon\r\n220-\r\n");
	assert_int_equal(ftp.reply_seq, seq);
	say("220 hi\r\n");
	assert_int_not_equal(ftp.reply_seq, seq);
	seq = ftp.reply_seq;
	send_all();
	assert_int_not_equal(ftp.reply_seq, seq);
	seq = ftp.reply_seq;
	say("230 in\r\n");
	send_all();
	assert_int_not_equal(ftp.reply_seq, seq);
	say("200 -\r\n500 -\r\n229 (|||1|)\r\n");
	knet_ftp_data_open(&ftp);
	send_all();
	say("150 -\r\n");
	seq = ftp.reply_seq;
	knet_ftp_data_bytes(&ftp, 7);
	assert_int_equal(ftp.reply_seq, seq);
	knet_ftp_data_eof(&ftp, 0);
	assert_int_not_equal(ftp.reply_seq, seq);
}

static void test_long_text_of_a_result(void **state)
{
	static char reply[20000];

	(void)state;
	memset(reply, 'x', sizeof(reply));
	memcpy(reply, "530 ", 4);
	reply[sizeof(reply) - 1] = '\n';
	begin(&nobody, "f");
	knet_ftp_input(&ftp, reply, sizeof(reply));
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_OVER);
	assert_int_equal(ftp.result.code, 530);
	assert_int_equal(ftp.result.text_len, KNETCTL_TEXT_MAX);
}

/* What a confused driver tells at the wrong time changes nothing. */
static void test_events_out_of_place(void **state)
{
	static const u8 addr[16];

	(void)state;
	begin(&nobody, "f");
	knet_ftp_listening(&ftp, addr, 1);
	knet_ftp_data_open(&ftp);
	knet_ftp_data_bytes(&ftp, 5);
	knet_ftp_data_closed(&ftp);
	knet_ftp_data_eof(&ftp, 0);
	knet_ftp_data_failed(&ftp, ECONNREFUSED, NULL);
	knet_ftp_sent(&ftp, 100);
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_WAIT);
	assert_int_equal(ftp.received, 0);
	say("220 hi\r\n");
	assert_int_equal(send_all(), strlen("USER u\r\n"));
	say("230 in\r\n");
	send_all();
	say("200 -\r\n213 5\r\n229 (|||1|)\r\n");
	knet_ftp_listening(&ftp, addr, 1);
	knet_ftp_data_closed(&ftp);
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_CONNECT);
	knet_ftp_data_bytes(&ftp, 5);
	assert_int_equal(ftp.received, 0);
	knet_ftp_data_open(&ftp);
	knet_ftp_data_closed(&ftp);
	knet_ftp_data_open(&ftp);
	send_all();
	assert_true(knet_ftp_data_wanted(&ftp));
	knet_ftp_fail(&ftp, KNETCTL_ERROR_CLASS_LOCAL, EIO, "disk");
	knet_ftp_data_bytes(&ftp, 5);
	knet_ftp_data_failed(&ftp, ECONNREFUSED, NULL);
	knet_ftp_fail(&ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT, "late");
	assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_OVER);
	assert_int_equal(ftp.received, 0);
	assert_int_equal(ftp.result.err, EIO);
}

/* Data that come before RETR is out as a whole are not its. */
static void test_data_before_the_command(void **state)
{
	(void)state;
	begin(&nobody, "f");
	say("230 hi\r\n");
	send_all();
	say("200 -\r\n213 5\r\n229 (|||1|)\r\n");
	knet_ftp_data_open(&ftp);
	assert_false(knet_ftp_data_wanted(&ftp));
	knet_ftp_sent(&ftp, strlen("RETR f\r"));
	assert_false(knet_ftp_data_wanted(&ftp));
	knet_ftp_sent(&ftp, 1);
	assert_true(knet_ftp_data_wanted(&ftp));
}

/* There are servers that compare the text: it is the one that the C library writes. */
static void test_eprt_of_ipv6(void **state)
{
	static const char *const addrs[] = {
		"::", "::1", "1::", "fd00::1", "2001:db8::8:0:0:1", "1:0:0:2::3", "1::2:0:0:3",
		"1:0:2:0:3:0:4:0", "0:1:2:3:4:5:6:7", "1:2:3:4:5:6:7:0", "::2:3:4:5:6:7",
		"1:2:3:4:5:6::", "1:2:3:4:5:6:7:8", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	};
	const struct knet_ftp_request request = { .pathname = "f", .active = true };
	char text[INET6_ADDRSTRLEN], wants[80];
	struct in6_addr addr;
	const char *bytes;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
		assert_int_equal(inet_pton(AF_INET6, addrs[i], &addr), 1);
		knet_ftp_init(&ftp, &nobody, true, 21);
		knet_ftp_start(&ftp, &request);
		say("230 hi\r\n");
		assert_int_equal(knet_ftp_next(&ftp), KNET_FTP_LISTEN);
		knet_ftp_listening(&ftp, addr.s6_addr, 40000);
		n = knet_ftp_out(&ftp, &bytes);
		snprintf(wants, sizeof(wants), "TYPE I\r\nSIZE f\r\nEPRT |2|%s|40000|\r\n",
			 inet_ntop(AF_INET6, &addr, text, sizeof(text)));
		assert_int_equal(n, strlen(wants));
		assert_memory_equal(bytes, wants, n);
	}
}

static void test_arguments(void **state)
{
	char byte;

	(void)state;
	assert_true(knet_ftp_arg_ok("", 0));
	for (int c = 0; c < 256; c++) {
		byte = (char)c;
		assert_int_equal(knet_ftp_arg_ok(&byte, 1), c >= 0x20 && c != 0x7f);
	}
	assert_false(knet_ftp_arg_ok("abc\n", 4));
	assert_true(knet_ftp_arg_ok("abc\n", 3));
}

/* What a trace has told, a line each. */
struct told {
	char text[4096];
	size_t len;
};

static void tell(void *data, bool sent, const char *line, size_t len)
{
	struct told *told = data;

	assert_true(len <= KNETCTL_TEXT_MAX);
	told->len += (size_t)snprintf(told->text + told->len, sizeof(told->text) - told->len,
				      "%c %.*s\n", sent ? '>' : '<', (int)len, line);
	assert_true(told->len < sizeof(told->text));
}

static void answer(const char *text)
{
	const char *bytes;

	knet_ftp_input(&ftp, text, strlen(text));
	knet_ftp_sent(&ftp, knet_ftp_out(&ftp, &bytes));
}

static void test_trace(void **state)
{
	static const char *const quotes[] = {
		"pass xyz", "SITE PSWD a b", "SITE  chgpasswd a", "Site UMASK pass", "*PASSIVE x",
	};
	struct knet_ftp_login l = { .user = "me", .password = "secret", .account = "hush",
				    .quotes = quotes, .quote_count = 5 };
	struct knet_ftp_request request = { .pathname = "dir/f" };
	struct told told = { .len = 0 };
	char text[1100];

	(void)state;
	knet_ftp_init(&ftp, &l, false, 21);
	knet_ftp_trace_to(&ftp, tell, &told);
	knet_ftp_start(&ftp, &request);
	answer("220-hello\r\n  \x1b[1m\r\n220 ready\n");
	answer("331 not secret? secretsecre\r\n");
	answer("332 account\r\n");
	answer("230 hushhush\r\n");
	for (int i = 0; i < 5; i++)
		answer("200 -\r\n");
	assert_string_equal(told.text,
			    "< 220-hello\n<   \x1b[1m\n< 220 ready\n> USER me\n"
			    "< 331 not *? *secre\n> PASS ***\n< 332 account\n> ACCT ***\n"
			    "< 230 **\n> pass ***\n< 200 -\n> SITE ***\n< 200 -\n> SITE ***\n"
			    "< 200 -\n> Site UMASK pass\n< 200 -\n> PASSIVE x\n< 200 -\n"
			    "> TYPE I\n> SIZE dir/f\n> EPSV\n");
	/* A line that is cut does not show the beginning of what is hidden. */
	memset(&told, 0, sizeof(told));
	memset(text, 'x', sizeof(text));
	memcpy(text, "200 ", 4);
	memcpy(text + KNETCTL_TEXT_MAX - 3, "secret", 6);
	memcpy(text + sizeof(text) - 3, "\r\n", 3);
	answer(text);
	assert_int_equal(told.len, 2 + KNETCTL_TEXT_MAX + 1);
	assert_null(strstr(told.text, "sec"));
	knet_ftp_trace_to(&ftp, NULL, NULL);
	memset(&told, 0, sizeof(told));
	answer("213 1\r\n229 (|||1|)\r\n");
	assert_int_equal(told.len, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_struct_is_small),
		cmocka_unit_test(test_longest_path),
		cmocka_unit_test(test_path_that_does_not_fit),
		cmocka_unit_test(test_password_is_wiped),
		cmocka_unit_test(test_answer_to_half_a_command),
		cmocka_unit_test(test_answer_while_sending),
		cmocka_unit_test(test_reply_seq),
		cmocka_unit_test(test_long_text_of_a_result),
		cmocka_unit_test(test_events_out_of_place),
		cmocka_unit_test(test_data_before_the_command),
		cmocka_unit_test(test_eprt_of_ipv6),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_trace),
	};
	int failed = cmocka_run_group_tests_name("ftp: machine", tests, NULL, NULL);

	failed += test_ftp_login();
	failed += test_ftp_connection();
	failed += test_ftp_transfer();
	failed += test_ftp_commands();
	failed += test_ftp_ahead();
	return failed ? 1 : 0;
}
