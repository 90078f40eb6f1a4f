// SPDX-License-Identifier: GPL-2.0-only
/* Runs scripted dialogues in all the ways in which bytes can be cut. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "script.h"

enum cut {
	WHOLE,		/* lines of the server that follow each other are one piece */
	LINES,
	BYTES,		/* each byte alone, in both directions */
	NEWLINES,	/* LF in place of CR LF */
	CUT_COUNT,
};

struct run {
	const struct script *script;
	enum cut cut;
	struct knet_ftp_login login;
	struct knet_ftp_request request;
	struct knet_ftp ftp;
	const char *at;		/* the rest of the script */
	const char *line;	/* the current line, for messages */
	char input[200000];
	size_t input_len;
	bool speaking;		/* the line before was the server's, too */
	char wanted[40000];
	char pathname[64];	/* of the next job */
	size_t wanted_len;
};

#define REFUSE(run, ...) do {							\
	char _text[600];							\
										\
	snprintf(_text, sizeof(_text), __VA_ARGS__);				\
	fail_msg("%s (cut %d), at \"%.60s\": %s", (run)->script->name,		\
		 (run)->cut, (run)->line, _text);				\
} while (0)

static const char *const actions[] = {
	"send", "connect", "listen", "wait", "close-data", "idle", "over",
};

static const char *const timers[] = { "none", "reply", "connect", "data" };

static const char *const classes[] = {
	"ok", "local", "network", "timer", "transient", "permanent", "protocol",
	"short", "long", "peer",
};

static const struct {
	const char *name;
	int number;
} errnos[] = {
	{ "EACCES", EACCES }, { "ECONNREFUSED", ECONNREFUSED },
	{ "ECONNRESET", ECONNRESET }, { "EFBIG", EFBIG }, { "EINVAL", EINVAL },
	{ "ENAMETOOLONG", ENAMETOOLONG }, { "ENODATA", ENODATA },
	{ "ENOSPC", ENOSPC }, { "EOPNOTSUPP", EOPNOTSUPP },
	{ "EPROTO", EPROTO }, { "EREMOTEIO", EREMOTEIO },
	{ "ETIMEDOUT", ETIMEDOUT }, { "EADDRINUSE", EADDRINUSE },
	{ "EPIPE", EPIPE },
};

static int errno_of(struct run *run, const char *name)
{
	for (size_t i = 0; i < sizeof(errnos) / sizeof(errnos[0]); i++)
		if (!strcmp(errnos[i].name, name))
			return errnos[i].number;
	REFUSE(run, "unknown errno %s", name);
	return 0;
}

static void expect(struct run *run, enum knet_ftp_action action)
{
	enum knet_ftp_action next = knet_ftp_next(&run->ftp);

	if (next != action)
		REFUSE(run, "next is %s, not %s; result %s", actions[next],
		       actions[action], classes[run->ftp.result.class]);
}

/* --------------------------------------------------------- the server -- */

static void feed(struct run *run)
{
	size_t i;

	if (run->cut != BYTES) {
		knet_ftp_input(&run->ftp, run->input, run->input_len);
	} else {
		for (i = 0; i < run->input_len; i++)
			knet_ftp_input(&run->ftp, run->input + i, 1);
	}
	run->input_len = 0;
}

/* In a script "\x01" is a NUL, and "\x02" ends a line that has no end. */
static void say(struct run *run, const char *text)
{
	size_t len = strlen(text);

	if (run->input_len + len + 2 > sizeof(run->input))
		REFUSE(run, "script is too long");
	if (!run->speaking && knet_ftp_next(&run->ftp) == KNET_FTP_SEND)
		REFUSE(run, "bytes to send that the script does not expect");
	for (; len && *text != '\x02'; len--, text++)
		run->input[run->input_len++] = *text == '\x01' ? '\0' : *text;
	if (!len) {
		if (run->cut != NEWLINES)
			run->input[run->input_len++] = '\r';
		run->input[run->input_len++] = '\n';
	}
	run->speaking = !strncmp(run->at, "< ", 2);
	if (run->cut == LINES || !run->speaking)
		feed(run);
}

/* --------------------------------------------------------- the machine -- */

static void hear(struct run *run, const char *text)
{
	const char *bytes;
	size_t n;

	run->wanted_len += (size_t)snprintf(run->wanted + run->wanted_len,
					    sizeof(run->wanted) - run->wanted_len,
					    "%s\r\n", text);
	if (!strncmp(run->at, "> ", 2))
		return;
	expect(run, KNET_FTP_SEND);
	n = knet_ftp_out(&run->ftp, &bytes);
	if (n != run->wanted_len || memcmp(bytes, run->wanted, n))
		REFUSE(run, "sent is \"%.*s\"", (int)n, bytes);
	run->wanted_len = 0;
	if (run->cut != BYTES) {
		knet_ftp_sent(&run->ftp, n);
		return;
	}
	while (n--)
		knet_ftp_sent(&run->ftp, 1);
	assert_int_equal(knet_ftp_out(&run->ftp, &bytes), 0);
}

static void expect_result(struct run *run, char *words)
{
	const struct knet_ftp_result *result = &run->ftp.result;
	char *class = strtok(words, " ");
	char *err = strcmp(class, "ok") ? strtok(NULL, " ") : NULL;
	char *code = strtok(NULL, " ");
	char *text = strtok(NULL, "");

	expect(run, KNET_FTP_OVER);
	if (result->class >= sizeof(classes) / sizeof(classes[0]))
		REFUSE(run, "class %u", result->class);
	if (strcmp(classes[result->class], class) ||
	    result->err != (err ? errno_of(run, err) : 0) ||
	    (code && result->code != atoi(code)))
		REFUSE(run, "result is %s, %d, %u, %.*s", classes[result->class],
		       result->err, result->code, result->text_len, result->text);
	if (text && (result->text_len != strlen(text) ||
		     memcmp(result->text, text, result->text_len)))
		REFUSE(run, "text is \"%.*s\"", result->text_len, result->text);
}

static void wanted(struct run *run, const char *port)
{
	expect(run, KNET_FTP_CONNECT);
	if (run->ftp.data_port != atoi(port))
		REFUSE(run, "port %u", run->ftp.data_port);
}

static void listen_at(struct run *run)
{
	static const u8 ipv4[4] = { 192, 0, 2, 1 };
	static const u8 ipv6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	expect(run, KNET_FTP_LISTEN);
	knet_ftp_listening(&run->ftp, run->ftp.ipv6 ? ipv6 : ipv4, 4660);
}

static void expect_room(struct run *run, const char *room)
{
	u64 wants = strcmp(room, "none") ? strtoull(room, NULL, 10) : UINT64_MAX;

	if (knet_ftp_data_room(&run->ftp) != wants)
		REFUSE(run, "room %ju", (uintmax_t)knet_ftp_data_room(&run->ftp));
}

static void expect_size(struct run *run, const char *size)
{
	bool known = strcmp(size, "unknown");

	if (run->ftp.size_known != known ||
	    (known && run->ftp.size != strtoull(size, NULL, 10)))
		REFUSE(run, "size %ju", (uintmax_t)run->ftp.size);
}

static void expect_timer(struct run *run, const char *name)
{
	const char *is = timers[knet_ftp_timer(&run->ftp)];

	if (strcmp(is, name))
		REFUSE(run, "timer is %s", is);
}

static void expect_probe(struct run *run, const char *name)
{
	static const char *const probes[] = { "none", "sent", "good", "bad" };

	if (strcmp(probes[run->ftp.ahead.probe], name))
		REFUSE(run, "probe is %s", probes[run->ftp.ahead.probe]);
}

static bool ahead_line(struct run *run, const char *word, const char *rest)
{
	if (!strcmp(word, "probe")) {
		assert_true(knet_ftp_ahead_wanted(&run->ftp));
		knet_ftp_ahead_probe(&run->ftp);
	} else if (!strcmp(word, "ahead")) {
		assert_true(knet_ftp_ahead_wanted(&run->ftp));
		assert_true(knet_ftp_ahead_ask(&run->ftp, rest));
	} else if (!strcmp(word, "noask")) {
		assert_false(knet_ftp_ahead_wanted(&run->ftp));
		assert_false(knet_ftp_ahead_ask(&run->ftp, "f"));
	} else if (!strcmp(word, "next")) {
		snprintf(run->pathname, sizeof(run->pathname), "%s", rest);
		run->request.pathname = run->pathname;
		run->request.ahead = true;
		knet_ftp_start(&run->ftp, &run->request);
	} else if (!strcmp(word, "probe-is")) {
		expect_probe(run, rest);
	} else if (!strcmp(word, "again") || !strcmp(word, "once")) {
		if (run->ftp.again != (*word == 'a'))
			REFUSE(run, "again is %d", run->ftp.again);
	} else {
		return false;
	}
	return true;
}

static bool check_line(struct run *run, const char *word, char *rest)
{
	struct knet_ftp *ftp = &run->ftp;

	if (!strcmp(word, "="))
		expect_result(run, rest);
	else if (!strcmp(word, "room"))
		expect_room(run, rest);
	else if (!strcmp(word, "size"))
		expect_size(run, rest);
	else if (!strcmp(word, "timer"))
		expect_timer(run, rest);
	else if (!strcmp(word, "wait"))
		expect(run, KNET_FTP_WAIT);
	else if (!strcmp(word, "idle"))
		expect(run, KNET_FTP_IDLE);
	else if (!strcmp(word, "reading") || !strcmp(word, "deaf"))
		assert_int_equal(knet_ftp_data_wanted(ftp), *word == 'r');
	else if (!strcmp(word, "usable") || !strcmp(word, "broken"))
		assert_int_equal(knet_ftp_broken(ftp), *word == 'b');
	else if (!strcmp(word, "inside") || !strcmp(word, "outside"))
		assert_int_equal(knet_ftp_logged_in(ftp), *word == 'i');
	else
		return false;
	return true;
}

static bool data_line(struct run *run, const char *word, const char *rest)
{
	struct knet_ftp *ftp = &run->ftp;

	if (!strcmp(word, "open")) {
		knet_ftp_data_open(ftp);
	} else if (!strcmp(word, "data")) {
		knet_ftp_data_bytes(ftp, strtoull(rest, NULL, 10));
	} else if (!strcmp(word, "eof")) {
		knet_ftp_data_eof(ftp, 0);
	} else if (!strcmp(word, "reset")) {
		knet_ftp_data_eof(ftp, ECONNRESET);
	} else if (!strcmp(word, "shut")) {
		expect(run, KNET_FTP_CLOSE_DATA);
		knet_ftp_data_closed(ftp);
	} else if (!strcmp(word, "fail")) {
		knet_ftp_data_failed(ftp, errno_of(run, rest), "no way");
	} else {
		return false;
	}
	return true;
}

static bool connection_line(struct run *run, const char *word, const char *rest)
{
	struct knet_ftp *ftp = &run->ftp;

	if (!strcmp(word, "wanted")) {
		wanted(run, rest);
	} else if (!strcmp(word, "connect")) {
		wanted(run, rest);
		knet_ftp_data_open(ftp);
	} else if (!strcmp(word, "refuse")) {
		wanted(run, rest);
		knet_ftp_data_failed(ftp, ECONNREFUSED, "refused");
	} else if (!strcmp(word, "listen")) {
		listen_at(run);
	} else if (!strcmp(word, "nolisten")) {
		expect(run, KNET_FTP_LISTEN);
		knet_ftp_data_failed(ftp, EADDRINUSE, "no port");
	} else if (!strcmp(word, "closed")) {
		knet_ftp_control_closed(ftp, 0);
	} else if (!strcmp(word, "broke")) {
		knet_ftp_control_closed(ftp, EPIPE);
	} else if (!strcmp(word, "abort")) {
		knet_ftp_fail(ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT, "too slow");
	} else if (!strcmp(word, "job")) {
		knet_ftp_start(ftp, &run->request);
	} else if (!strcmp(word, "quit")) {
		knet_ftp_quit(ftp);
	} else {
		return false;
	}
	return true;
}

static void do_line(struct run *run, char *line)
{
	char *rest = strchr(line, ' ');

	run->line = line;
	if (!strncmp(line, "< ", 2)) {
		say(run, line + 2);
		return;
	}
	if (!strncmp(line, "> ", 2)) {
		hear(run, line + 2);
		return;
	}
	if (rest)
		*rest++ = '\0';
	else
		rest = line + strlen(line);
	if (!check_line(run, line, rest) && !data_line(run, line, rest) &&
	    !ahead_line(run, line, rest) &&
	    !connection_line(run, line, rest))
		REFUSE(run, "not a line of a script");
}

/* ------------------------------------------------------------ running -- */

static void begin(struct run *run, const struct script *script, enum cut cut)
{
	memset(run, 0, sizeof(*run));
	run->script = script;
	run->cut = cut;
	run->at = script->lines;
	run->login = script->login;
	run->request = script->request;
	if (!run->login.user)
		run->login.user = "u";
	if (!run->login.password && !script->no_password)
		run->login.password = "p";
	if (!run->request.pathname)
		run->request.pathname = "f";
	knet_ftp_init(&run->ftp, &run->login, script->ipv6,
		      script->control_port ? script->control_port : 21);
	if (!script->no_job)
		knet_ftp_start(&run->ftp, &run->request);
}

static void run_cut(const struct script *script, enum cut cut)
{
	/* Not on the stack, so that sanitizers watch the machine's ends. */
	struct run *run = malloc(sizeof(*run));

	assert_non_null(run);
	begin(run, script, cut);
	while (*run->at) {
		size_t len = strcspn(run->at, "\n");
		char *line = malloc(len + 1);

		assert_non_null(line);
		memcpy(line, run->at, len);
		line[len] = '\0';
		run->at += len + (run->at[len] == '\n');
		do_line(run, line);
		free(line);
	}
	knet_ftp_wipe(&run->ftp);
	free(run);
}

static void run_script(void **state)
{
	for (int cut = 0; cut < CUT_COUNT; cut++)
		run_cut(*state, (enum cut)cut);
}

int run_scripts(const char *group, const struct script *scripts, size_t count)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	int failed;

	if (!tests)
		return 1;
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct CMUnitTest){
			.name = scripts[i].name,
			.test_func = run_script,
			.initial_state = (void *)(uintptr_t)&scripts[i],
		};
	failed = _cmocka_run_group_tests(group, tests, count, NULL, NULL);
	free(tests);
	return failed;
}
