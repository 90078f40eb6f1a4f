// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of the FTP machine: their form, their arguments, and the bytes that
 * wait to be sent.
 */
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "ftp-private.h"

static const char *const verbs[] = {
	[CMD_USER]	= "USER",
	[CMD_PASS]	= "PASS",
	[CMD_ACCT]	= "ACCT",
	[CMD_TYPE]	= "TYPE",
	[CMD_SIZE]	= "SIZE",
	[CMD_EPSV]	= "EPSV",
	[CMD_PASV]	= "PASV",
	[CMD_EPRT]	= "EPRT",
	[CMD_PORT]	= "PORT",
	[CMD_REST]	= "REST",
	[CMD_RETR]	= "RETR",
	[CMD_STOR]	= "STOR",
	[CMD_APPE]	= "APPE",
	[CMD_LIST]	= "LIST",
	[CMD_NLST]	= "NLST",
	[CMD_MLSD]	= "MLSD",
	[CMD_SIZE_ONLY]	= "SIZE",
	[CMD_MDTM]	= "MDTM",
	[CMD_MFMT]	= "MFMT",
	[CMD_DELE]	= "DELE",
	[CMD_MKD]	= "MKD",
	[CMD_RMD]	= "RMD",
	[CMD_RNFR]	= "RNFR",
	[CMD_RNTO]	= "RNTO",
	[CMD_HASH]	= "HASH",
	[CMD_XSHA256]	= "XSHA256",
	[CMD_XCRC]	= "XCRC",
	[CMD_SITE]	= "SITE",
	[CMD_QUIT]	= "QUIT",
	[CMD_QUOTE]	= "",
	[CMD_AHEAD_NOOP]	= "NOOP",
	[CMD_AHEAD_SIZE]	= "SIZE",
	[CMD_AHEAD_EPSV]	= "EPSV",
	[CMD_AHEAD_PASV]	= "PASV",
};

/**
 * knet_ftp_arg_ok() - may these bytes stand in a command?
 * @arg: bytes
 * @len: how many
 *
 * CR and LF would begin another command. RFC 959 section 5.3.1 allows none of
 * the other control characters anyway where Telnet and servers disagree.
 *
 * Context: Any.
 * Return: false when there is one below 0x20 or 0x7f.
 */
bool knet_ftp_arg_ok(const char *arg, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((u8)arg[i] < 0x20 || arg[i] == 0x7f)
			return false;
	return true;
}

/**
 * knet_ftp_drop_output() - forget what waits to be sent, and wipe it
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_drop_output(struct knet_ftp *ftp)
{
	memzero_explicit(ftp->out, ftp->out_len);
	ftp->out_len = 0;
	ftp->out_sent = 0;
}

static bool put(struct knet_ftp *ftp, const char *bytes, size_t len)
{
	if (len > sizeof(ftp->out) - ftp->out_len)
		return false;
	memcpy(ftp->out + ftp->out_len, bytes, len);
	ftp->out_len = (u16)(ftp->out_len + len);
	return true;
}

/* RFC 959 takes the control connection from Telnet, where 0xff is a command unless doubled. */
static bool put_arg(struct knet_ftp *ftp, const char *arg, size_t len, bool first)
{
	size_t i;

	if (!first && !put(ftp, " ", 1))
		return false;
	for (i = 0; i < len; i++) {
		if ((u8)arg[i] == 0xff && !put(ftp, arg + i, 1))
			return false;
		if (!put(ftp, arg + i, 1))
			return false;
	}
	return true;
}

static bool put_command(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg,
			const char *more)
{
	const char *verb = verbs[cmd];
	u16 begin = ftp->out_len;

	if (ftp->pending_count < KNET_FTP_PENDING_MAX &&
	    put(ftp, verb, strlen(verb)) &&
	    (!arg || put_arg(ftp, arg, strlen(arg), !*verb)) &&
	    (!more || put_arg(ftp, more, strlen(more), false)) && put(ftp, "\r\n", 2)) {
		knet_ftp_trace_command(ftp, ftp->out + begin, (size_t)(ftp->out_len - begin - 2));
		return true;
	}
	ftp->out_len = begin;
	return false;
}

/**
 * knet_ftp_string_ok() - knet_ftp_arg_ok() for a string
 * @arg: string, or NULL
 *
 * Context: Any.
 * Return: false when it may not stand in a command.
 */
bool knet_ftp_string_ok(const char *arg)
{
	return !arg || knet_ftp_arg_ok(arg, strlen(arg));
}

/**
 * knet_ftp_try_command() - put out a command of up to two arguments if there is room
 * @ftp: the machine
 * @cmd: which one
 * @arg: first argument, or NULL; fit for a command
 * @more: second argument, or NULL; likewise
 *
 * Form and end of a command: RFC 959 section 5.3.1.
 *
 * Context: Any; one caller at a time.
 * Return: false when there is none.
 */
bool knet_ftp_try_command(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg,
			  const char *more)
{
	struct knet_ftp_pending *pending = &ftp->pending[ftp->pending_count];

	if (!put_command(ftp, cmd, arg, more))
		return false;
	pending->cmd = (u8)cmd;
	pending->preliminary = 0;
	pending->end = ftp->out_len;
	ftp->pending_count++;
	return true;
}

/**
 * knet_ftp_command2() - put out a command of up to two arguments
 * @ftp: the machine
 * @cmd: which one
 * @arg: first argument, or NULL
 * @more: second argument, or NULL
 *
 * When that cannot be done the result is decided.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_command2(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg,
		       const char *more)
{
	if (!knet_ftp_string_ok(arg) || !knet_ftp_string_ok(more))
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, EINVAL,
				    "control character in an argument");
	else if (!knet_ftp_try_command(ftp, cmd, arg, more))
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, ENAMETOOLONG,
				    "path name is too long");
}

/**
 * knet_ftp_command() - put out a command of up to one argument
 * @ftp: the machine
 * @cmd: which one
 * @arg: argument, or NULL
 *
 * Like knet_ftp_command2().
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_command(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg)
{
	knet_ftp_command2(ftp, cmd, arg, NULL);
}

/* A short argument while it is written. */
struct note {
	char text[64];
	size_t len;
};

static void note_char(struct note *note, char c)
{
	if (note->len < sizeof(note->text) - 1)
		note->text[note->len++] = c;
	note->text[note->len] = '\0';
}

static void note_number(struct note *note, u64 number, u32 base)
{
	char digits[20];
	int n = 0;

	do {
		u32 digit;

		number = div_u64_rem(number, base, &digit);
		digits[n++] = "0123456789abcdef"[digit];
	} while (number);
	while (n)
		note_char(note, digits[--n]);
}

static void note_ipv4(struct note *note, const u8 *addr, char separator)
{
	int i;

	for (i = 0; i < 4; i++) {
		if (i)
			note_char(note, separator);
		note_number(note, addr[i], 10);
	}
}

static unsigned int ipv6_group(const u8 *addr, int i)
{
	return addr[2 * i] << 8 | addr[2 * i + 1];
}

/* The first longest run of two or more groups that are zero; how many, 0 for none. */
static int ipv6_zeros(const u8 *addr, int *start)
{
	int i, len = 0, best = 1;

	for (i = 0; i < 8; i++) {
		len = ipv6_group(addr, i) ? 0 : len + 1;
		if (len > best) {
			best = len;
			*start = i - len + 1;
		}
	}
	return best > 1 ? best : 0;
}

/* As RFC 5952 has it: there are servers that compare it as text. */
static void note_ipv6(struct note *note, const u8 *addr)
{
	int start = 8, zeros = ipv6_zeros(addr, &start), i;

	for (i = 0; i < 8; i++) {
		if (i == start) {
			note_char(note, ':');
			i += zeros - 1;
			if (i == 7)
				note_char(note, ':');
			continue;
		}
		if (i)
			note_char(note, ':');
		note_number(note, ipv6_group(addr, i), 16);
	}
}

/**
 * knet_ftp_command_eprt() - tell the server where we listen (RFC 2428 section 2)
 * @ftp: the machine; the driver listens
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_command_eprt(struct knet_ftp *ftp)
{
	struct note note = { .len = 0 };

	note_char(&note, '|');
	note_char(&note, ftp->ipv6 ? '2' : '1');
	note_char(&note, '|');
	if (ftp->ipv6)
		note_ipv6(&note, ftp->listen_addr);
	else
		note_ipv4(&note, ftp->listen_addr, '.');
	note_char(&note, '|');
	note_number(&note, ftp->listen_port, 10);
	note_char(&note, '|');
	knet_ftp_command(ftp, CMD_EPRT, note.text);
}

/**
 * knet_ftp_command_port() - the same over IPv4 without extensions (RFC 959 section 4.1.2)
 * @ftp: the machine; the driver listens
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_command_port(struct knet_ftp *ftp)
{
	struct note note = { .len = 0 };

	note_ipv4(&note, ftp->listen_addr, ',');
	note_char(&note, ',');
	note_number(&note, ftp->listen_port >> 8, 10);
	note_char(&note, ',');
	note_number(&note, ftp->listen_port & 0xff, 10);
	knet_ftp_command(ftp, CMD_PORT, note.text);
}

/**
 * knet_ftp_command_rest() - the offset of the job (RFC 3659 section 5)
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_command_rest(struct knet_ftp *ftp)
{
	struct note note = { .len = 0 };

	note_number(&note, ftp->job.request.offset, 10);
	knet_ftp_command(ftp, CMD_REST, note.text);
}
