// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes the FTP machine with dialogues. An input is text: its first line has
 * the job, each line that follows is an event by its first byte. What is no
 * event is said by the server as it stands.
 *
 *	<TEXT	the server says TEXT and CR LF
 *	!	the server gives the right answer to the oldest command
 *	o f	the data connection stands, or fails
 *	dN	N bytes of data come
 *	D	all come that there is room for
 *	e r	the data connection ends, or is reset
 *	c C	the control connection ends, or breaks
 *	j	the next job
 *	J	likewise, for which was asked ahead
 *	n N	when the next RETR is sent, ask ahead; a NOOP
 *	q a	quit, abort
 *	sN	only N bytes of the next commands are sent
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../../kmod/ftp.h"
#include "fuzz.h"

#define QUEUE		16
#define CONTROL_PORT	21

struct driver {
	struct knet_ftp ftp;
	struct knet_ftp_login login;
	struct knet_ftp_request request;
	char line[5];		/* beginning of the command being sent */
	size_t line_len;
	bool carriage_return;
	char asked[QUEUE][5];	/* commands without an answer */
	size_t asked_len;
	bool started;		/* the transfer's 1xx was said */
	size_t send_limit;
	char ahead;		/* 'n' or 'N', when the next RETR is sent */
	bool over;
	bool broken;
	struct knet_ftp_result result;
};

/* --------------------------------------------------- what must be so -- */

static void check_job(const struct knet_ftp *ftp, const struct knet_ftp_request *request)
{
	u64 end = request->offset + ftp->received;

	if (!ftp->received || request->op == KNET_FTP_STOR || request->op == KNET_FTP_APPE)
		return;
	if (request->op != KNET_FTP_RETR)
		end = ftp->received;
	CHECK(!ftp->size_known || end <= ftp->size);
	CHECK(!request->max_size || end <= request->max_size);
}

static void check_result(const struct driver *d)
{
	const struct knet_ftp_result *result = &d->ftp.result;

	CHECK(result->class <= KNETCTL_ERROR_CLASS_PEER);
	CHECK(!result->class == !result->err);
	CHECK(result->text_len <= sizeof(result->text));
	CHECK(!memchr(result->text, 0, result->text_len));
	CHECK(result->code == 0 || (result->code >= 100 && result->code <= 599));
}

/* What success means: nothing was asked, or the server said 2xx and all came. */
static void check_success(const struct driver *d)
{
	const struct knet_ftp *ftp = &d->ftp;
	bool whole = d->request.offset + ftp->received == ftp->size;
	u16 code = ftp->result.code;

	if (ftp->result.class || !ftp->job.decided)
		return;
	if (!code)
		CHECK(d->request.op == KNET_FTP_RETR && d->request.resume &&
		      ftp->size_known && whole && !ftp->received);
	else if (d->request.op == KNET_FTP_RETR)
		CHECK(code / 100 == 2 && (whole || !ftp->size_known));
	else if (d->request.op == KNET_FTP_LIST || d->request.op == KNET_FTP_NLST)
		CHECK(code / 100 == 2 || (code == 450 && !ftp->received));
	else
		CHECK(code / 100 == 2);
}

/* Once over, it stays over, with the result that it had. */
static void check_over(struct driver *d)
{
	const struct knet_ftp *ftp = &d->ftp;

	CHECK(!d->broken || knet_ftp_broken(ftp));
	d->broken = knet_ftp_broken(ftp);
	if (d->over) {
		CHECK(knet_ftp_next(ftp) == KNET_FTP_OVER);
		CHECK(!memcmp(&d->result, &ftp->result, sizeof(d->result)));
	}
	if (knet_ftp_next(ftp) != KNET_FTP_OVER)
		return;
	check_success(d);
	d->over = true;
	d->result = ftp->result;
	CHECK(knet_ftp_timer(ftp) == KNET_FTP_TIMER_NONE);
	CHECK(!knet_ftp_data_wanted(ftp));
}

static void check(struct driver *d)
{
	const struct knet_ftp *ftp = &d->ftp;
	const char *bytes;

	CHECK(ftp->out_len <= sizeof(ftp->out));
	CHECK(ftp->out_sent <= ftp->out_len);
	CHECK(knet_ftp_out(ftp, &bytes) <= sizeof(ftp->out));
	CHECK(ftp->pending_count <= KNET_FTP_PENDING_MAX);
	CHECK(ftp->ahead.pending <= ftp->pending_count);
	CHECK(ftp->reply.text_len <= sizeof(ftp->reply.text));
	CHECK(ftp->reply.bytes <= KNET_FTP_REPLY_BYTES + 1);
	if (knet_ftp_next(ftp) == KNET_FTP_CONNECT)
		CHECK(ftp->data_port && ftp->data_port != CONTROL_PORT);
	check_result(d);
	check_job(ftp, &d->request);
	check_over(d);
	/* Nothing is waited for without a timer. */
	if (knet_ftp_next(ftp) == KNET_FTP_WAIT || knet_ftp_next(ftp) == KNET_FTP_CONNECT)
		CHECK(knet_ftp_timer(ftp) != KNET_FTP_TIMER_NONE);
}

/* --------------------------------------------------------- the driver -- */

static void end_of_command(struct driver *d)
{
	CHECK(d->line_len >= 3);
	d->line[d->line_len] = '\0';
	if (d->asked_len < QUEUE)
		memcpy(d->asked[d->asked_len++], d->line, sizeof(d->line));
	d->line_len = 0;
}

/* Whatever the server said: no command but our own, and no byte that ends one early. */
static void take_sent(struct driver *d, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)bytes[i];

		if (d->carriage_return) {
			CHECK(c == '\n');
			d->carriage_return = false;
			end_of_command(d);
		} else if (c == '\r') {
			d->carriage_return = true;
		} else {
			CHECK(c >= 0x20 && c != 0x7f);
			if (d->line_len < 4)
				d->line[d->line_len++] = (char)c;
		}
	}
}

static void send_commands(struct driver *d)
{
	const char *bytes;
	size_t len = knet_ftp_out(&d->ftp, &bytes);

	CHECK(len);
	if (d->send_limit && len > d->send_limit)
		len = d->send_limit;
	take_sent(d, bytes, len);
	knet_ftp_sent(&d->ftp, len);
}

static void ask_ahead(struct driver *d)
{
	if (!d->ahead || !knet_ftp_ahead_wanted(&d->ftp))
		return;
	if (d->ahead == 'N')
		knet_ftp_ahead_probe(&d->ftp);
	else
		knet_ftp_ahead_ask(&d->ftp, d->request.pathname);
	d->ahead = '\0';
}

/* Does what the machine wants and what needs no event. */
static void pump(struct driver *d)
{
	static const u8 addr[16] = { 10, 255, 0, 1, [15] = 0xff };
	unsigned int actions = 0;

	for (;;) {
		CHECK(actions++ < 32);
		switch (knet_ftp_next(&d->ftp)) {
		case KNET_FTP_SEND:
			ask_ahead(d);
			send_commands(d);
			if (d->send_limit) {
				d->send_limit = 0;
				return;
			}
			break;
		case KNET_FTP_LISTEN:
			knet_ftp_listening(&d->ftp, addr, 65535);
			break;
		case KNET_FTP_CLOSE_DATA:
			knet_ftp_data_closed(&d->ftp);
			break;
		default:
			return;
		}
	}
}

/* ---------------------------------------------------------- the events -- */

static void say(struct driver *d, const char *text)
{
	knet_ftp_input(&d->ftp, text, strlen(text));
}

static const char *right_answer(const char *verb)
{
	static const struct {
		const char *verb;
		const char *answer;
	} answers[] = {
		{ "USER", "331 -\r\n" }, { "PASS", "230 -\r\n" },
		{ "ACCT", "230 -\r\n" }, { "TYPE", "200 -\r\n" },
		{ "SIZE", "213 1000\r\n" }, { "EPSV", "229 (|||4000|)\r\n" },
		{ "PASV", "227 1,2,3,4,5,6\r\n" }, { "REST", "350 -\r\n" },
		{ "RNFR", "350 -\r\n" },
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (!strcmp(answers[i].verb, verb))
			return answers[i].answer;
	return "250 -\r\n";
}

static bool has_data(const char *verb)
{
	static const char verbs[][5] = { "RETR", "STOR", "APPE", "LIST", "NLST", "MLSD" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i], verb))
			return true;
	return false;
}

static void answer(struct driver *d)
{
	if (!d->asked_len) {
		say(d, "220 -\r\n");
		return;
	}
	if (has_data(d->asked[0]) && !d->started) {
		d->started = true;
		say(d, "150 -\r\n");
		return;
	}
	d->started = false;
	say(d, right_answer(d->asked[0]));
	memmove(d->asked[0], d->asked[1], --d->asked_len * sizeof(d->asked[0]));
}

static void next_job(struct driver *d, bool ahead)
{
	d->request.ahead = ahead;
	if (knet_ftp_next(&d->ftp) != KNET_FTP_OVER && knet_ftp_next(&d->ftp) != KNET_FTP_IDLE)
		return;
	d->over = false;
	knet_ftp_start(&d->ftp, &d->request);
}

static u64 get_number(const uint8_t *bytes, size_t len)
{
	u64 n = 0;

	for (size_t i = 0; i < len && bytes[i] >= '0' && bytes[i] <= '9'; i++)
		n = n * 10 + bytes[i] - '0';
	return n;
}

static bool data_event(struct driver *d, const uint8_t *line, size_t len)
{
	struct knet_ftp *ftp = &d->ftp;

	switch (line[0]) {
	case 'o':
		knet_ftp_data_open(ftp);
		break;
	case 'f':
		knet_ftp_data_failed(ftp, ECONNREFUSED, NULL);
		break;
	case 'd':
		if (knet_ftp_data_wanted(ftp))
			knet_ftp_data_bytes(ftp, get_number(line + 1, len - 1));
		break;
	case 'D':
		if (knet_ftp_data_wanted(ftp) && knet_ftp_data_room(ftp) < UINT64_MAX)
			knet_ftp_data_bytes(ftp, knet_ftp_data_room(ftp));
		break;
	case 'e':
		knet_ftp_data_eof(ftp, 0);
		break;
	case 'r':
		knet_ftp_data_eof(ftp, ECONNRESET);
		break;
	default:
		return false;
	}
	return true;
}

static void event(struct driver *d, const uint8_t *line, size_t len)
{
	if (!len || data_event(d, line, len))
		return;
	switch (line[0]) {
	case '<':
		knet_ftp_input(&d->ftp, (const char *)line + 1, len - 1);
		say(d, "\r\n");
		break;
	case '!':
		answer(d);
		break;
	case 'c':
		knet_ftp_control_closed(&d->ftp, 0);
		break;
	case 'C':
		knet_ftp_control_closed(&d->ftp, EPIPE);
		break;
	case 'j':
	case 'J':
		next_job(d, line[0] == 'J');
		break;
	case 'n':
	case 'N':
		d->ahead = (char)line[0];
		break;
	case 'q':
		knet_ftp_quit(&d->ftp);
		d->over = false;
		break;
	case 'a':
		knet_ftp_fail(&d->ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT, "aborted");
		break;
	case 's':
		d->send_limit = get_number(line + 1, len - 1) % 64;
		break;
	default:
		knet_ftp_input(&d->ftp, (const char *)line, len);
	}
}

/* -------------------------------------------------------- the dialogue -- */

/*
 * p plain, r relaxed, k account, n no password, a active, u resume, oN offset,
 * mN max-size, tN what to do, 6 IPv6, x a control character in the path name
 */
static void begin(struct driver *d, const uint8_t *line, size_t len)
{
	bool ipv6 = false;

	memset(d, 0, sizeof(*d));
	d->login.user = "u\xff";
	d->login.password = "p";
	d->request.pathname = "dir/file \xff";
	d->request.argument = "other \xff";
	for (size_t i = 0; i < len; i++) {
		d->login.plain |= line[i] == 'p';
		d->login.relaxed |= line[i] == 'r';
		d->request.active |= line[i] == 'a';
		d->request.resume |= line[i] == 'u';
		ipv6 |= line[i] == '6';
		if (line[i] == 'k')
			d->login.account = "a";
		if (line[i] == 'n')
			d->login.password = NULL;
		if (line[i] == 'x')
			d->request.pathname = "file\r\nDELE file";
		if (line[i] == 't')
			d->request.op = get_number(line + i + 1, len - i - 1) %
					(KNET_FTP_SITE + 1);
		if (line[i] == 'o')
			d->request.offset = get_number(line + i + 1, len - i - 1);
		if (line[i] == 'm')
			d->request.max_size = get_number(line + i + 1, len - i - 1);
	}
	knet_ftp_init(&d->ftp, &d->login, ipv6, CONTROL_PORT);
	knet_ftp_start(&d->ftp, &d->request);
}

/* However it went: when the peers are gone the job is over. */
static void finish(struct driver *d)
{
	d->send_limit = 0;
	pump(d);
	knet_ftp_control_closed(&d->ftp, 0);
	pump(d);
	knet_ftp_data_failed(&d->ftp, ETIMEDOUT, NULL);
	pump(d);
	check(d);
	CHECK(knet_ftp_next(&d->ftp) == KNET_FTP_OVER);
	CHECK(knet_ftp_broken(&d->ftp));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct driver d;
	bool first = true;

	while (first || size) {
		const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
		size_t len = end ? (size_t)(end - data) : size;

		if (first)
			begin(&d, data, len);
		else
			event(&d, data, len);
		first = false;
		pump(&d);
		check(&d);
		len += end ? 1 : 0;
		data += len;
		size -= len;
	}
	finish(&d);
	return 0;
}
