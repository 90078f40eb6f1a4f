// SPDX-License-Identifier: GPL-2.0-only
/*
 * FTP replies. Whatever the server sends, the state has a fixed size and every
 * byte costs the same.
 */
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "reply.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static enum knet_reply_status bad(struct knet_reply *reply, const char *problem)
{
	reply->problem = problem;
	return KNET_REPLY_BAD;
}

static void begin_line(struct knet_reply *reply)
{
	reply->code = 0;
	reply->text_len = 0;
	reply->column = 0;
	reply->separator = ' ';
	reply->free = false;
	reply->carriage_return = false;
}

static void begin_reply(struct knet_reply *reply)
{
	reply->bytes = 0;
	reply->lines = 0;
	reply->problem = NULL;
	begin_line(reply);
}

/**
 * knet_reply_init() - begin with a new control connection
 * @reply: the parser
 * @relaxed: any code and a blank end a multi-line reply, as some servers need;
 *	RFC 959 section 4.2 wants the code of the first line
 */
void knet_reply_init(struct knet_reply *reply, bool relaxed)
{
	memset(reply, 0, sizeof(*reply));
	reply->relaxed = relaxed;
	begin_reply(reply);
}

/**
 * knet_reply_begun() - is a reply under way?
 * @reply: the parser
 *
 * Return: true when bytes of a reply have come and its end has not.
 */
bool knet_reply_begun(const struct knet_reply *reply)
{
	return reply->bytes > 0;
}

static bool code_ok(u16 code)
{
	return code >= 100 && code <= 599;
}

/* The three digits and the byte behind them. */
static bool take_code(struct knet_reply *reply, char c)
{
	if (reply->column < 3) {
		if (!is_digit(c))
			return false;
		reply->code = (u16)(reply->code * 10 + (c - '0'));
		return reply->column < 2 || code_ok(reply->code);
	}
	reply->separator = c;
	return c == ' ' || c == '-';
}

static enum knet_reply_status take(struct knet_reply *reply, char c)
{
	if (reply->column >= 4) {
		if (reply->text_len < KNET_FTP_TEXT_MAX)
			reply->text[reply->text_len++] = c;
		return KNET_REPLY_MORE;
	}
	if (!reply->free && !take_code(reply, c)) {
		if (!reply->lines)
			return bad(reply, "not an FTP reply");
		reply->free = true;
	}
	reply->column++;
	return KNET_REPLY_MORE;
}

/* Does the line that is now whole end a multi-line reply? A bare code does. */
static bool ends(const struct knet_reply *reply)
{
	if (reply->free || reply->column < 3 || reply->separator != ' ')
		return false;
	return reply->code == reply->first_code ||
	       (reply->relaxed && reply->column > 3);
}

static enum knet_reply_status end_line(struct knet_reply *reply)
{
	bool first = !reply->lines;

	if (first && reply->column < 3)
		return bad(reply, "not an FTP reply");
	if (++reply->lines > KNET_FTP_REPLY_LINES)
		return bad(reply, "reply of too many lines");
	if (first && reply->separator == '-')
		reply->first_code = reply->code;
	else if (first || ends(reply))
		return KNET_REPLY_DONE;
	begin_line(reply);
	return KNET_REPLY_MORE;
}

static enum knet_reply_status parse(struct knet_reply *reply, char c)
{
	if (!c)
		return bad(reply, "NUL in a reply");
	if (c == '\n')
		return end_line(reply);
	if (reply->carriage_return) {
		reply->carriage_return = false;
		if (take(reply, '\r') == KNET_REPLY_BAD)
			return KNET_REPLY_BAD;
	}
	if (c == '\r') {
		reply->carriage_return = true;
		return KNET_REPLY_MORE;
	}
	return take(reply, c);
}

/**
 * knet_reply_byte() - take the next byte of the control connection
 * @reply: the parser
 * @c: the byte
 *
 * RFC 959 section 4.2; lines may end in LF alone. NUL is refused, so are
 * codes outside of 100 to 599 and replies beyond the bounds in reply.h.
 *
 * Return: KNET_REPLY_DONE when the reply is whole: it stays readable until the
 * next byte.
 */
enum knet_reply_status knet_reply_byte(struct knet_reply *reply, char c)
{
	enum knet_reply_status status;

	if (!reply->bytes)
		begin_reply(reply);
	if (++reply->bytes > KNET_FTP_REPLY_BYTES)
		return bad(reply, "reply of too many bytes");
	status = parse(reply, c);
	if (status == KNET_REPLY_DONE)
		reply->bytes = 0;
	return status;
}

/**
 * knet_reply_text() - take bytes that are nothing but text
 * @reply: the parser
 * @bytes: of the control connection
 * @len: how many
 *
 * What knet_reply_byte() would do with each of them, in less time.
 *
 * Return: how many were taken; the next one is for knet_reply_byte().
 */
size_t knet_reply_text(struct knet_reply *reply, const char *bytes, size_t len)
{
	size_t n = 0;
	char c;

	if (!reply->bytes || reply->column < 4 || reply->carriage_return)
		return 0;
	if (reply->bytes >= KNET_FTP_REPLY_BYTES)
		return 0;
	len = min_t(size_t, len, KNET_FTP_REPLY_BYTES - reply->bytes);
	for (; n < len; n++) {
		c = bytes[n];
		if (c == '\n' || c == '\r' || !c)
			break;
		if (reply->text_len < KNET_FTP_TEXT_MAX)
			reply->text[reply->text_len++] = c;
	}
	reply->bytes += (u32)n;
	return n;
}

/* A place in the text of a reply. */
struct cursor {
	const char *at;
	const char *end;
};

static struct cursor text_of(const struct knet_reply *reply)
{
	return (struct cursor){ reply->text, reply->text + reply->text_len };
}

/* A decimal number of at least one digit and at most @max, which is at most LLONG_MAX. */
static bool get_number(struct cursor *text, u64 max, u64 *number)
{
	const char *start = text->at;
	u64 n = 0;

	for (; text->at < text->end && is_digit(*text->at); text->at++) {
		u64 digit = (u64)(*text->at - '0');

		/* What is refused here is above LLONG_MAX: n * 10 cannot wrap. */
		if (n > U64_MAX / 16)
			return false;
		n = n * 10 + digit;
		if (n > max)
			return false;
	}
	*number = n;
	return text->at > start;
}

/**
 * knet_reply_size() - the size in the answer to SIZE (RFC 3659 section 4)
 * @reply: a whole reply
 * @size: the size
 *
 * Nothing but "213", a blank and digits will do: what else a server may say
 * cannot be told from a wrong number.
 *
 * Return: false when the size is unknown.
 */
bool knet_reply_size(const struct knet_reply *reply, u64 *size)
{
	struct cursor text = text_of(reply);

	return reply->code == 213 && reply->lines == 1 &&
	       get_number(&text, LLONG_MAX, size) && text.at == text.end;
}

/* "<d><d><d>port<d>" at @text; 1 and the port, 0 for something else, -1 for a bad port. */
static int get_epsv(struct cursor text, u64 *port)
{
	char delimiter;
	u64 n = 0;

	if (text.end - text.at < 3)
		return 0;
	delimiter = text.at[0];
	if (delimiter < 33 || delimiter > 126 ||
	    text.at[1] != delimiter || text.at[2] != delimiter)
		return 0;
	for (text.at += 3; text.at < text.end && *text.at != delimiter; text.at++) {
		if (!is_digit(*text.at))
			return -1;
		n = n * 10 + (u64)(*text.at - '0');
		if (n > U16_MAX)
			return -1;
	}
	*port = n;
	return n && text.at < text.end ? 1 : -1;
}

/**
 * knet_reply_epsv() - the port in a 229 (RFC 2428 section 3)
 * @reply: a whole reply
 * @port: the port
 *
 * Return: false when there is none, or one outside of 1 to 65535.
 */
bool knet_reply_epsv(const struct knet_reply *reply, u16 *port)
{
	struct cursor text = text_of(reply);
	u64 n = 0;
	int found;

	while (text.at < text.end) {
		if (*text.at++ != '(')
			continue;
		found = get_epsv(text, &n);
		if (!found)
			continue;
		*port = (u16)n;
		return found > 0;
	}
	return false;
}

/* The first number that a comma follows: servers write other numbers before. */
static bool find_numbers(struct cursor *text)
{
	while (text->at < text->end) {
		const char *start;

		if (!is_digit(*text->at)) {
			text->at++;
			continue;
		}
		start = text->at;
		while (text->at < text->end && is_digit(*text->at))
			text->at++;
		if (text->at < text->end && *text->at == ',') {
			text->at = start;
			return true;
		}
	}
	return false;
}

/**
 * knet_reply_pasv() - the port in a 227 (RFC 959 section 4.1.2)
 * @reply: a whole reply
 * @port: the port
 *
 * The six numbers are searched for as RFC 1123 section 4.1.2.6 says. The
 * address in the first four is checked for its form and otherwise ignored:
 * following it lets a server point the client at others.
 *
 * Return: false when there are not six numbers of 0 to 255, or the port is 0.
 */
bool knet_reply_pasv(const struct knet_reply *reply, u16 *port)
{
	struct cursor text = text_of(reply);
	u64 number[6];
	int i;

	if (!find_numbers(&text))
		return false;
	for (i = 0; i < 6; i++) {
		if (i && (text.at == text.end || *text.at++ != ','))
			return false;
		while (i && text.at < text.end && *text.at == ' ')
			text.at++;
		if (!get_number(&text, 255, &number[i]))
			return false;
	}
	*port = (u16)(number[4] << 8 | number[5]);
	return *port;
}
