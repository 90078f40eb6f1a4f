// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FTP machine. Events go in through the functions at the end of this file;
 * each lets the session go as far as it can (settle()) and leaves behind what
 * knet_ftp_next() then answers.
 *
 * A job goes through the steps of step(). The command of one step is put out
 * when all that was asked before has been answered, but for what may be asked
 * together: TYPE, SIZE and the announcement of the data connection.
 *
 * errno and class of a failed job:
 *
 *	server refused		EREMOTEIO (EACCES: login; ENOSPC: 452, 552),
 *				transient for 4xx, permanent for 5xx
 *	not FTP			EPROTO, protocol
 *	less than SIZE		ENODATA, short
 *	more than SIZE or limit	EFBIG, long
 *	connection broke	the socket's (ECONNRESET: closed), network
 *	our request is bad	EINVAL, ENAMETOOLONG, EOPNOTSUPP, local
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "ftp.h"

enum phase {
	PHASE_LOGIN,
	PHASE_READY,	/* logged in, no job */
	PHASE_JOB,
	PHASE_OVER,
};

/* What is known of the data connection, or wanted of the driver. */
enum data {
	DATA_NONE,
	DATA_CONNECT,	/* wanted */
	DATA_LISTEN,	/* wanted */
	DATA_LISTENING,
	DATA_OPEN,
	DATA_ENDED,
	DATA_CLOSE,	/* wanted */
};

enum command {
	CMD_GREETING,	/* what is awaited before the first command */
	CMD_USER,
	CMD_PASS,
	CMD_ACCT,
	CMD_TYPE,
	CMD_SIZE,
	CMD_EPSV,
	CMD_PASV,
	CMD_EPRT,
	CMD_PORT,
	CMD_REST,
	CMD_RETR,
	CMD_STOR,
	CMD_APPE,
	CMD_LIST,
	CMD_NLST,
	CMD_MLSD,
	CMD_SIZE_ONLY,	/* of a job that asks for nothing else */
	CMD_MDTM,
	CMD_MFMT,
	CMD_DELE,
	CMD_MKD,
	CMD_RMD,
	CMD_RNFR,
	CMD_RNTO,
	CMD_HASH,
	CMD_XSHA256,
	CMD_XCRC,
	CMD_SITE,
	CMD_QUIT,
};

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
};

/* What a job needs besides its command. */
#define NEEDS_DATA	BIT(0)	/* a data connection */
#define NEEDS_TYPE	BIT(1)	/* TYPE I: bytes are meant as they are */
#define LIKES_TYPE	BIT(2)	/* does without */
#define ASKS_SIZE	BIT(3)
#define HAS_OFFSET	BIT(4)
#define HAS_ARGUMENT	BIT(5)
#define MAY_BE_EMPTY	BIT(6)	/* the path name */
#define SENDS		BIT(7)

#define LISTING		(NEEDS_DATA | LIKES_TYPE | MAY_BE_EMPTY)

static const struct {
	u8 cmd;
	u8 needs;
} ops[] = {
	[KNET_FTP_RETR]	   = { CMD_RETR, NEEDS_DATA | NEEDS_TYPE | ASKS_SIZE | HAS_OFFSET },
	[KNET_FTP_STOR]	   = { CMD_STOR, NEEDS_DATA | NEEDS_TYPE | HAS_OFFSET | SENDS },
	[KNET_FTP_APPE]	   = { CMD_APPE, NEEDS_DATA | NEEDS_TYPE | SENDS },
	[KNET_FTP_LIST]	   = { CMD_LIST, LISTING },
	[KNET_FTP_NLST]	   = { CMD_NLST, LISTING },
	[KNET_FTP_MLSD]	   = { CMD_MLSD, LISTING },
	[KNET_FTP_SIZE]	   = { CMD_SIZE_ONLY, NEEDS_TYPE },
	[KNET_FTP_MDTM]	   = { CMD_MDTM, 0 },
	[KNET_FTP_MFMT]	   = { CMD_MFMT, HAS_ARGUMENT },
	[KNET_FTP_DELE]	   = { CMD_DELE, 0 },
	[KNET_FTP_MKD]	   = { CMD_MKD, 0 },
	[KNET_FTP_RMD]	   = { CMD_RMD, 0 },
	[KNET_FTP_RENAME]  = { CMD_RNFR, HAS_ARGUMENT },
	[KNET_FTP_HASH]	   = { CMD_HASH, NEEDS_TYPE },
	[KNET_FTP_XSHA256] = { CMD_XSHA256, NEEDS_TYPE },
	[KNET_FTP_XCRC]	   = { CMD_XCRC, NEEDS_TYPE },
	[KNET_FTP_SITE]	   = { CMD_SITE, 0 },
};

static bool needs(const struct knet_ftp *ftp, u8 what)
{
	return ops[ftp->job.request.op].needs & what;
}

/* ---------------------------------------------------------- results -- */

static void set_text(struct knet_ftp *ftp, u16 code, const char *text, size_t len)
{
	struct knet_ftp_result *result = &ftp->result;

	result->code = code;
	result->text_len = (u16)min_t(size_t, len, sizeof(result->text));
	memcpy(result->text, text, result->text_len);
}

/* The job's result is now certain; the first cause counts. */
static void decide(struct knet_ftp *ftp, u32 class, int err, u16 code,
		   const char *text, size_t len)
{
	if (ftp->job.decided)
		return;
	ftp->job.decided = true;
	ftp->result.class = class;
	ftp->result.err = err;
	set_text(ftp, code, text, len);
}

/* With a text of our own. */
static void decide_own(struct knet_ftp *ftp, u32 class, int err, const char *text)
{
	decide(ftp, class, err, 0, text, strlen(text));
}

static u32 reply_class(u16 code)
{
	switch (code / 100) {
	case 4:
		return KNETCTL_ERROR_CLASS_TRANSIENT;
	case 5:
		return KNETCTL_ERROR_CLASS_PERMANENT;
	default:
		return KNETCTL_ERROR_CLASS_PROTOCOL;
	}
}

static int reply_errno(u16 code)
{
	int err = code < 400 ? EPROTO : EREMOTEIO;

	if (code == 430 || code == 530 || code == 532)
		err = EACCES;
	else if (code == 452 || code == 552)
		err = ENOSPC;
	return err;
}

/* The reply that just came is not what the job needs. */
static void decide_reply(struct knet_ftp *ftp, int err)
{
	const struct knet_reply *reply = &ftp->reply;

	decide(ftp, reply_class(reply->code), err, reply->code,
	       reply->text, reply->text_len);
}

static void refused(struct knet_ftp *ftp)
{
	decide_reply(ftp, reply_errno(ftp->reply.code));
}

static void decide_network(struct knet_ftp *ftp, int err, const char *text)
{
	u32 class = err == ETIMEDOUT ? KNETCTL_ERROR_CLASS_TIMER :
				       KNETCTL_ERROR_CLASS_NETWORK;

	decide_own(ftp, class, err, text);
}

/* The text of the reply that just came is the result's, should it be success. */
static void keep_text(struct knet_ftp *ftp)
{
	const struct knet_reply *reply = &ftp->reply;

	if (!ftp->job.decided)
		set_text(ftp, reply->code, reply->text, reply->text_len);
}

/* Success; the text is that of the last reply, where one decided. */
static void succeed(struct knet_ftp *ftp)
{
	if (ftp->job.decided)
		return;
	ftp->job.decided = true;
	ftp->result.class = 0;
	ftp->result.err = 0;
}

static void drop_output(struct knet_ftp *ftp)
{
	memzero_explicit(ftp->out, sizeof(ftp->out));
	ftp->out_len = 0;
	ftp->out_sent = 0;
}

static void drop_data(struct knet_ftp *ftp)
{
	switch (ftp->data) {
	case DATA_CONNECT:
	case DATA_LISTENING:
	case DATA_OPEN:
		ftp->data = DATA_CLOSE;
		break;
	case DATA_CLOSE:
		break;
	default:
		ftp->data = DATA_NONE;
	}
}

/* The job is over. What was not answered until now cannot be told from answers to the next job. */
static void over(struct knet_ftp *ftp)
{
	if (ftp->pending_count)
		ftp->broken = true;
	ftp->pending_count = 0;
	drop_output(ftp);
	drop_data(ftp);
	ftp->job.given = false;
	ftp->phase = PHASE_OVER;
}

/* The session is over, and so is its job. */
static void die(struct knet_ftp *ftp)
{
	ftp->broken = true;
	if (ftp->phase != PHASE_OVER)
		over(ftp);
}

static void die_of(struct knet_ftp *ftp, u32 class, int err, const char *text)
{
	if (ftp->phase != PHASE_OVER)
		decide_own(ftp, class, err, text);
	die(ftp);
}

static void die_of_protocol(struct knet_ftp *ftp, const char *text)
{
	die_of(ftp, KNETCTL_ERROR_CLASS_PROTOCOL, EPROTO, text);
}

static void die_of_reply(struct knet_ftp *ftp, int err)
{
	if (ftp->phase != PHASE_OVER)
		decide_reply(ftp, err);
	die(ftp);
}

/* --------------------------------------------------------- commands -- */

/**
 * knet_ftp_arg_ok() - may these bytes stand in a command?
 * @arg: bytes
 * @len: how many
 *
 * CR and LF would begin another command. RFC 959 section 5.3.1 allows none of
 * the other control characters anyway where Telnet and servers disagree.
 *
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

static bool put(struct knet_ftp *ftp, const char *bytes, size_t len)
{
	if (len > sizeof(ftp->out) - ftp->out_len)
		return false;
	memcpy(ftp->out + ftp->out_len, bytes, len);
	ftp->out_len = (u16)(ftp->out_len + len);
	return true;
}

/* RFC 959 takes the control connection from Telnet, where 0xff is a command unless doubled. */
static bool put_arg(struct knet_ftp *ftp, const char *arg, size_t len)
{
	size_t i;

	if (!put(ftp, " ", 1))
		return false;
	for (i = 0; i < len; i++) {
		if ((u8)arg[i] == 0xff && !put(ftp, arg + i, 1))
			return false;
		if (!put(ftp, arg + i, 1))
			return false;
	}
	return true;
}

static bool put_command(struct knet_ftp *ftp, enum command cmd, const char *arg, const char *more)
{
	const char *verb = verbs[cmd];
	u16 begin = ftp->out_len;

	if (ftp->pending_count < KNET_FTP_PENDING_MAX &&
	    put(ftp, verb, strlen(verb)) &&
	    (!arg || put_arg(ftp, arg, strlen(arg))) &&
	    (!more || put_arg(ftp, more, strlen(more))) && put(ftp, "\r\n", 2))
		return true;
	ftp->out_len = begin;
	return false;
}

static bool arg_ok(const char *arg)
{
	return !arg || knet_ftp_arg_ok(arg, strlen(arg));
}

/* Put out a command of up to two arguments. When that cannot be done the result is decided. */
static void command2(struct knet_ftp *ftp, enum command cmd, const char *arg, const char *more)
{
	struct knet_ftp_pending *pending = &ftp->pending[ftp->pending_count];

	if (!arg_ok(arg) || !arg_ok(more)) {
		decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, EINVAL,
			   "control character in an argument");
		return;
	}
	if (!put_command(ftp, cmd, arg, more)) {
		decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, ENAMETOOLONG,
			   "path name is too long");
		return;
	}
	pending->cmd = (u8)cmd;
	pending->preliminary = 0;
	pending->end = ftp->out_len;
	ftp->pending_count++;
}

static void command(struct knet_ftp *ftp, enum command cmd, const char *arg)
{
	command2(ftp, cmd, arg, NULL);
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

static void note_ipv6(struct note *note, const u8 *addr)
{
	int i;

	for (i = 0; i < 16; i += 2) {
		if (i)
			note_char(note, ':');
		note_number(note, (u64)(addr[i] << 8 | addr[i + 1]), 16);
	}
}

/* RFC 2428 section 2 */
static void command_eprt(struct knet_ftp *ftp)
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
	command(ftp, CMD_EPRT, note.text);
}

/* RFC 959 section 4.1.2 */
static void command_port(struct knet_ftp *ftp)
{
	struct note note = { .len = 0 };

	note_ipv4(&note, ftp->listen_addr, ',');
	note_char(&note, ',');
	note_number(&note, ftp->listen_port >> 8, 10);
	note_char(&note, ',');
	note_number(&note, ftp->listen_port & 0xff, 10);
	command(ftp, CMD_PORT, note.text);
}

static void command_rest(struct knet_ftp *ftp)
{
	struct note note = { .len = 0 };

	note_number(&note, ftp->job.request.offset, 10);
	command(ftp, CMD_REST, note.text);
}

/* ------------------------------------------------------------ steps -- */

/* IPv6 has no other way than the extended one. */
static bool extended(const struct knet_ftp *ftp)
{
	if (ftp->ipv6)
		return true;
	if (ftp->login->plain)
		return false;
	return ftp->job.request.active ? !ftp->no_eprt : !ftp->no_epsv;
}

/* Both sides get to know where the data connection goes. REST must come after that. */
static void announce(struct knet_ftp *ftp)
{
	ftp->job.rested = false;
	if (ftp->job.request.active) {
		if (extended(ftp))
			command_eprt(ftp);
		else
			command_port(ftp);
	} else {
		command(ftp, extended(ftp) ? CMD_EPSV : CMD_PASV, NULL);
	}
}

static bool wants_type(const struct knet_ftp *ftp)
{
	return !ftp->type_done && !ftp->job.type_asked && needs(ftp, NEEDS_TYPE | LIKES_TYPE);
}

static void command_type(struct knet_ftp *ftp)
{
	ftp->job.type_asked = true;
	command(ftp, CMD_TYPE, "I");
}

/* All that does not depend on each other, in one go. */
static void ask(struct knet_ftp *ftp)
{
	if (!ftp->login->plain) {
		if (wants_type(ftp))
			command_type(ftp);
		if (needs(ftp, ASKS_SIZE) && !ftp->job.size_asked)
			command(ftp, CMD_SIZE, ftp->job.request.pathname);
		ftp->job.size_asked = true;
	}
	announce(ftp);
}

/*
 * Where the server waits for us the command follows the connection. Once that
 * has worked in this session it goes first, which saves a round trip.
 */
static bool may_transfer(const struct knet_ftp *ftp)
{
	return ftp->job.request.active || ftp->data == DATA_OPEN ||
	       (ftp->passive_worked && !ftp->login->plain);
}

/* What the job is about. */
static void command_job(struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;
	enum command cmd = ops[request->op].cmd;

	ftp->job.commanded = true;
	if (cmd == CMD_MFMT)
		command2(ftp, cmd, request->argument, request->pathname);
	else
		command(ftp, cmd, *request->pathname ? request->pathname : NULL);
}

/* The next step of a job with a data connection; all before is answered. */
static void step_data(struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;

	if (request->active && ftp->data == DATA_NONE)
		ftp->data = DATA_LISTEN;
	if (ftp->data == DATA_LISTEN)
		return;
	if (!ftp->job.announced) {
		ask(ftp);
		return;
	}
	if (wants_type(ftp)) {
		command_type(ftp);
		return;
	}
	if (ftp->data == DATA_NONE)
		ftp->data = DATA_CONNECT;
	if (request->offset && needs(ftp, HAS_OFFSET) && !ftp->job.rested)
		command_rest(ftp);
	else if (may_transfer(ftp))
		command_job(ftp);
}

static void step(struct knet_ftp *ftp)
{
	if (needs(ftp, NEEDS_DATA)) {
		step_data(ftp);
		return;
	}
	/* Only questions need TYPE: should it be refused no harm was done. */
	if (wants_type(ftp))
		command_type(ftp);
	command_job(ftp);
}

/* After each event: go on, or end the job. */
static void settle(struct knet_ftp *ftp)
{
	if (ftp->phase != PHASE_JOB || ftp->pending_count || ftp->data == DATA_CLOSE)
		return;
	if (!ftp->job.decided && !ftp->job.commanded)
		step(ftp);
	if (ftp->job.decided && !ftp->pending_count)
		over(ftp);
}

static const char *bad_argument(const struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;

	if (!*request->pathname && !needs(ftp, MAY_BE_EMPTY))
		return "path name is empty";
	if (needs(ftp, HAS_ARGUMENT) && (!request->argument || !*request->argument))
		return "argument is missing";
	if (!arg_ok(request->pathname) || !arg_ok(request->argument))
		return "control character in an argument";
	if (request->offset > LLONG_MAX)
		return "offset is too large";
	return NULL;
}

/* What can be known to be wrong before anything is sent. */
static void check_request(struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;
	const char *bad = bad_argument(ftp);

	if (bad)
		decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, EINVAL, bad);
	else if (request->resume && ftp->login->plain)
		decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, EOPNOTSUPP,
			   "resuming needs SIZE, which is not allowed");
	else if (needs(ftp, ASKS_SIZE) && request->max_size &&
		 request->offset > request->max_size)
		decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG, "offset is beyond max-size");
}

static void begin_job(struct knet_ftp *ftp)
{
	ftp->phase = PHASE_JOB;
	check_request(ftp);
	settle(ftp);
}

/* ------------------------------------------------------------ login -- */

/* A command of the login; a session without a login is of no use. */
static void login_command(struct knet_ftp *ftp, enum command cmd, const char *arg,
			  const char *missing)
{
	if (!arg)
		decide(ftp, KNETCTL_ERROR_CLASS_PERMANENT, EACCES, ftp->reply.code,
		       missing, strlen(missing));
	else
		command(ftp, cmd, arg);
	if (ftp->job.decided)
		die(ftp);
}

static void login_refused(struct knet_ftp *ftp)
{
	die_of_reply(ftp, ftp->reply.code < 400 ? EPROTO : EACCES);
}

static void logged_in(struct knet_ftp *ftp)
{
	if (ftp->job.given)
		begin_job(ftp);
	else
		ftp->phase = PHASE_READY;
}

static void reply_greeting(struct knet_ftp *ftp, u16 code)
{
	if (code == 230)
		logged_in(ftp);
	else if (code < 300)
		login_command(ftp, CMD_USER, ftp->login->user, "there is no user");
	else
		die_of_reply(ftp, reply_errno(code));
}

static void ask_account(struct knet_ftp *ftp)
{
	ftp->account_sent = true;
	login_command(ftp, CMD_ACCT, ftp->login->account, "the server wants an account");
}

static void reply_user(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		logged_in(ftp);
	else if (code == 331)
		login_command(ftp, CMD_PASS, ftp->login->password,
			      "the server wants a password");
	else if (code == 332)
		ask_account(ftp);
	else
		login_refused(ftp);
}

static void reply_pass(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		logged_in(ftp);
	else if (code == 332)
		ask_account(ftp);
	else
		login_refused(ftp);
}

static void reply_acct(struct knet_ftp *ftp, u16 code)
{
	if (ftp->phase == PHASE_LOGIN) {
		if (code < 300)
			logged_in(ftp);
		else
			login_refused(ftp);
	} else if (code >= 300) {
		decide_reply(ftp, code < 400 ? EPROTO : EACCES);
	}
}

/* ---------------------------------------------------------- replies -- */

static void reply_type(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		ftp->type_done = true;
	else if (needs(ftp, NEEDS_TYPE))
		refused(ftp);
}

static void check_size(struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;

	if (request->max_size && ftp->size > request->max_size)
		decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG,
			   "remote file is larger than max-size");
	else if (request->offset > ftp->size)
		decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG,
			   "offset is beyond the end of the remote file");
	else if (request->resume && request->offset == ftp->size)
		succeed(ftp);
}

static void reply_size(struct knet_ftp *ftp, u16 code)
{
	ftp->size_known = knet_reply_size(&ftp->reply, &ftp->size);
	if (ftp->size_known)
		check_size(ftp);
	else if (ftp->job.request.resume && code >= 400)
		refused(ftp);
	else if (ftp->job.request.resume)
		decide_own(ftp, KNETCTL_ERROR_CLASS_PROTOCOL, EPROTO,
			   "the server does not tell the size");
}

static void reply_epsv(struct knet_ftp *ftp, u16 code)
{
	if (code == 229) {
		ftp->job.announced = knet_reply_epsv(&ftp->reply, &ftp->data_port);
		if (!ftp->job.announced)
			die_of_protocol(ftp, "bad port in the answer to EPSV");
	} else if (ftp->ipv6) {
		refused(ftp);
	} else {
		ftp->no_epsv = true;
	}
}

static void reply_pasv(struct knet_ftp *ftp, u16 code)
{
	if (code != 227) {
		refused(ftp);
		return;
	}
	ftp->job.announced = knet_reply_pasv(&ftp->reply, &ftp->data_port);
	if (!ftp->job.announced)
		die_of_protocol(ftp, "bad address in the answer to PASV");
}

static void reply_eprt(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		ftp->job.announced = true;
	else if (ftp->ipv6)
		refused(ftp);
	else
		ftp->no_eprt = true;
}

static void reply_port(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		ftp->job.announced = true;
	else
		refused(ftp);
}

static void reply_rest(struct knet_ftp *ftp, u16 code)
{
	if (code == 350)
		ftp->job.rested = true;
	else
		refused(ftp);
}

/* Both the reply and the data connection have ended. */
static void evaluate(struct knet_ftp *ftp)
{
	u64 end = ftp->job.request.offset + ftp->received;

	if (!ftp->job.replied || ftp->data != DATA_ENDED)
		return;
	if (ftp->data_err)
		decide_network(ftp, ftp->data_err, "the data connection broke");
	else if (ftp->size_known && end < ftp->size)
		decide_own(ftp, KNETCTL_ERROR_CLASS_SHORT, ENODATA,
			   "fewer bytes came than SIZE had promised");
	else
		succeed(ftp);
}

/* 532: the server wants ACCT before this. Then all begins anew. */
static bool account_helps(const struct knet_ftp *ftp, u16 code)
{
	return code == 532 && ftp->login->account && !ftp->account_sent && !ftp->job.started;
}

static void transfer_again(struct knet_ftp *ftp)
{
	ftp->job.commanded = false;
	ftp->job.opened = false;
	ftp->job.announced = false;
	ftp->data_err = 0;
	if (ftp->data != DATA_LISTENING)
		drop_data(ftp);
}

/* The job's command was refused. */
static void job_refused(struct knet_ftp *ftp, u16 code)
{
	if (account_helps(ftp, code)) {
		ftp->account_sent = true;
		transfer_again(ftp);
		command(ftp, CMD_ACCT, ftp->login->account);
	} else if (ftp->data_err && !ftp->job.opened && (code == 425 || code == 426)) {
		decide_network(ftp, ftp->data_err, "the data connection broke");
	} else {
		refused(ftp);
	}
}

static void reply_transfer(struct knet_ftp *ftp, u16 code)
{
	if (code >= 300) {
		job_refused(ftp, code);
		return;
	}
	ftp->job.replied = true;
	keep_text(ftp);
	evaluate(ftp);
}

/* Some servers say 450 when there are no files. */
static void reply_names(struct knet_ftp *ftp, u16 code)
{
	if (code != 450 || ftp->received) {
		reply_transfer(ftp, code);
		return;
	}
	keep_text(ftp);
	succeed(ftp);
}

static void reply_simple(struct knet_ftp *ftp, u16 code)
{
	if (code >= 300) {
		job_refused(ftp, code);
		return;
	}
	keep_text(ftp);
	succeed(ftp);
}

static void reply_size_only(struct knet_ftp *ftp, u16 code)
{
	ftp->size_known = knet_reply_size(&ftp->reply, &ftp->size);
	if (code < 300 && !ftp->size_known)
		decide_reply(ftp, EPROTO);
	else
		reply_simple(ftp, code);
}

static void reply_rnfr(struct knet_ftp *ftp, u16 code)
{
	if (code == 350)
		command(ftp, CMD_RNTO, ftp->job.request.argument);
	else if (code < 400)
		refused(ftp);
	else
		job_refused(ftp, code);
}

/* What becomes of the final replies. */
static void (*const replies[])(struct knet_ftp *ftp, u16 code) = {
	[CMD_GREETING]	= reply_greeting,
	[CMD_USER]	= reply_user,
	[CMD_PASS]	= reply_pass,
	[CMD_ACCT]	= reply_acct,
	[CMD_TYPE]	= reply_type,
	[CMD_SIZE]	= reply_size,
	[CMD_EPSV]	= reply_epsv,
	[CMD_PASV]	= reply_pasv,
	[CMD_EPRT]	= reply_eprt,
	[CMD_PORT]	= reply_port,
	[CMD_REST]	= reply_rest,
	[CMD_RETR]	= reply_transfer,
	[CMD_STOR]	= reply_transfer,
	[CMD_APPE]	= reply_transfer,
	[CMD_LIST]	= reply_names,
	[CMD_NLST]	= reply_names,
	[CMD_MLSD]	= reply_transfer,
	[CMD_SIZE_ONLY]	= reply_size_only,
	[CMD_MDTM]	= reply_simple,
	[CMD_MFMT]	= reply_simple,
	[CMD_DELE]	= reply_simple,
	[CMD_MKD]	= reply_simple,
	[CMD_RMD]	= reply_simple,
	[CMD_RNFR]	= reply_rnfr,
	[CMD_RNTO]	= reply_simple,
	[CMD_HASH]	= reply_simple,
	[CMD_XSHA256]	= reply_simple,
	[CMD_XCRC]	= reply_simple,
	[CMD_SITE]	= reply_simple,
};

static void take_preliminary(struct knet_ftp *ftp, struct knet_ftp_pending *pending)
{
	if (++pending->preliminary > KNET_FTP_PRELIMINARY)
		die_of_protocol(ftp, "too many 1xx replies");
	else if (ftp->job.commanded && pending->cmd == ops[ftp->job.request.op].cmd)
		ftp->job.started = true;
}

/*
 * A reply that nobody asked for: what follows could be taken for the answer to
 * a later command. Servers end idle sessions in this way; data that are under
 * way and already have their final reply come nevertheless.
 */
static void unsolicited(struct knet_ftp *ftp, u16 code)
{
	if (code != 421)
		die_of_protocol(ftp, "a reply to no command");
	else if (ftp->phase == PHASE_JOB && ftp->job.replied)
		ftp->broken = true;
	else
		die_of_reply(ftp, reply_errno(code));
}

static void take_reply(struct knet_ftp *ftp)
{
	struct knet_ftp_pending *pending = &ftp->pending[0];
	u16 code = ftp->reply.code;
	u8 cmd = pending->cmd;

	if (!ftp->solicited) {
		unsolicited(ftp, code);
		return;
	}
	if (code == 421) {
		die_of_reply(ftp, reply_errno(code));
		return;
	}
	if (code < 200) {
		take_preliminary(ftp, pending);
		return;
	}
	ftp->pending_count--;
	memmove(pending, pending + 1, ftp->pending_count * sizeof(*pending));
	ftp->reply_seq++;
	replies[cmd](ftp, code);
	settle(ftp);
}

/* ----------------------------------------------------------- events -- */

/**
 * knet_ftp_init() - begin with a new control connection
 * @ftp: the machine
 * @login: who logs in; must stay as it is as long as the machine is used
 * @ipv6: family of the control connection
 *
 * The server speaks first (RFC 959 section 5.4).
 */
void knet_ftp_init(struct knet_ftp *ftp, const struct knet_ftp_login *login, bool ipv6)
{
	memset(ftp, 0, sizeof(*ftp));
	ftp->login = login;
	ftp->ipv6 = ipv6;
	ftp->phase = PHASE_LOGIN;
	ftp->pending[0].cmd = CMD_GREETING;
	ftp->pending_count = 1;
	knet_reply_init(&ftp->reply, login->relaxed);
}

/**
 * knet_ftp_start() - give the session a transfer
 * @ftp: the machine, without a job
 * @request: what to do; @pathname stays the caller's until the job is over
 */
void knet_ftp_start(struct knet_ftp *ftp, const struct knet_ftp_request *request)
{
	memset(&ftp->job, 0, sizeof(ftp->job));
	ftp->job.request = *request;
	ftp->job.given = true;
	if (!needs(ftp, HAS_OFFSET))
		ftp->job.request.offset = 0;
	if (!needs(ftp, ASKS_SIZE))
		ftp->job.request.resume = false;
	ftp->size_known = false;
	ftp->size = 0;
	ftp->received = 0;
	ftp->data = DATA_NONE;
	ftp->data_err = 0;
	memset(&ftp->result, 0, sizeof(ftp->result));
	if (ftp->phase == PHASE_LOGIN)
		return;
	ftp->phase = PHASE_JOB;
	if (ftp->broken)
		die_of(ftp, KNETCTL_ERROR_CLASS_NETWORK, ECONNRESET,
		       "the session has ended");
	else
		begin_job(ftp);
}

/**
 * knet_ftp_next() - what the driver has to do
 * @ftp: the machine
 *
 * Return: the action; it stays the same until an event changes it.
 */
enum knet_ftp_action knet_ftp_next(const struct knet_ftp *ftp)
{
	if (ftp->out_len)
		return KNET_FTP_SEND;
	if (ftp->data == DATA_CLOSE)
		return KNET_FTP_CLOSE_DATA;
	if (ftp->phase == PHASE_OVER)
		return KNET_FTP_OVER;
	if (ftp->data == DATA_CONNECT)
		return KNET_FTP_CONNECT;
	if (ftp->data == DATA_LISTEN)
		return KNET_FTP_LISTEN;
	return ftp->phase == PHASE_READY ? KNET_FTP_IDLE : KNET_FTP_WAIT;
}

/* The command of the transfer is out. */
static enum knet_ftp_timer transfer_timer(const struct knet_ftp *ftp)
{
	switch (ftp->data) {
	case DATA_CONNECT:
	case DATA_LISTENING:
		return KNET_FTP_TIMER_CONNECT;
	case DATA_OPEN:
		/* While data flow, the final reply may take as long as they do. */
		if (ftp->job.started || ftp->job.replied || ftp->received)
			return KNET_FTP_TIMER_DATA;
		return KNET_FTP_TIMER_REPLY;
	default:
		return KNET_FTP_TIMER_REPLY;
	}
}

/**
 * knet_ftp_timer() - which timer runs
 * @ftp: the machine
 *
 * The reply timer covers a whole reply with all that precedes it (RFC 1123
 * section 4.1.3.2 wants idle timers; these bound the time as well). It does not
 * run while data flow, and begins when they have ended.
 *
 * Return: the timer.
 */
enum knet_ftp_timer knet_ftp_timer(const struct knet_ftp *ftp)
{
	if (ftp->phase == PHASE_READY || ftp->phase == PHASE_OVER)
		return KNET_FTP_TIMER_NONE;
	if (ftp->out_len || ftp->job.decided)
		return KNET_FTP_TIMER_REPLY;
	if (ftp->job.commanded)
		return transfer_timer(ftp);
	return ftp->data == DATA_CONNECT ? KNET_FTP_TIMER_CONNECT : KNET_FTP_TIMER_REPLY;
}

/**
 * knet_ftp_out() - what is to be sent
 * @ftp: the machine
 * @bytes: where it begins
 *
 * Return: how many bytes.
 */
size_t knet_ftp_out(const struct knet_ftp *ftp, const char **bytes)
{
	*bytes = ftp->out + ftp->out_sent;
	return (size_t)(ftp->out_len - ftp->out_sent);
}

/**
 * knet_ftp_sent() - bytes of knet_ftp_out() were sent
 * @ftp: the machine
 * @len: how many
 */
void knet_ftp_sent(struct knet_ftp *ftp, size_t len)
{
	unsigned int i;

	ftp->out_sent = (u16)(ftp->out_sent +
			      min_t(size_t, len, (size_t)(ftp->out_len - ftp->out_sent)));
	if (ftp->out_sent < ftp->out_len)
		return;
	drop_output(ftp);
	for (i = 0; i < ftp->pending_count; i++)
		ftp->pending[i].end = 0;
	ftp->reply_seq++;
}

/**
 * knet_ftp_input() - bytes came on the control connection
 * @ftp: the machine
 * @bytes: all that came
 * @len: how many
 *
 * What comes after the session broke is dropped.
 */
void knet_ftp_input(struct knet_ftp *ftp, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len && !ftp->broken; i++) {
		if (!knet_reply_begun(&ftp->reply))
			ftp->solicited = ftp->pending_count &&
					 ftp->pending[0].end <= ftp->out_sent;
		switch (knet_reply_byte(&ftp->reply, bytes[i])) {
		case KNET_REPLY_MORE:
			break;
		case KNET_REPLY_DONE:
			take_reply(ftp);
			break;
		case KNET_REPLY_BAD:
			die_of_protocol(ftp, ftp->reply.problem);
			break;
		}
	}
}

/**
 * knet_ftp_control_closed() - the control connection ended
 * @ftp: the machine
 * @err: 0 by FIN, else positive errno
 *
 * Data that have their final reply may still come: RFC 959 section 3.2 ties
 * only the server's side to the control connection.
 */
void knet_ftp_control_closed(struct knet_ftp *ftp, int err)
{
	if (ftp->phase == PHASE_JOB && ftp->job.replied)
		ftp->broken = true;
	else
		die_of(ftp, KNETCTL_ERROR_CLASS_NETWORK, err ? err : ECONNRESET,
		       err ? "the control connection broke" :
			     "the server closed the control connection");
}

/**
 * knet_ftp_listening() - KNET_FTP_LISTEN was done
 * @ftp: the machine
 * @addr: address to announce, 4 or 16 bytes
 * @port: port to announce
 */
void knet_ftp_listening(struct knet_ftp *ftp, const u8 *addr, u16 port)
{
	if (ftp->data != DATA_LISTEN)
		return;
	memcpy(ftp->listen_addr, addr, ftp->ipv6 ? 16 : 4);
	ftp->listen_port = port;
	ftp->data = DATA_LISTENING;
	settle(ftp);
}

/**
 * knet_ftp_data_open() - the data connection stands
 * @ftp: the machine
 *
 * In active mode the driver has checked that the peer is the server, and
 * listens no more.
 */
void knet_ftp_data_open(struct knet_ftp *ftp)
{
	if (ftp->data != DATA_CONNECT && ftp->data != DATA_LISTENING)
		return;
	if (ftp->data == DATA_CONNECT)
		ftp->passive_worked = true;
	ftp->data = DATA_OPEN;
	ftp->job.opened = true;
	settle(ftp);
}

/* The data connection ended while the command of the transfer is out. */
static void data_ended(struct knet_ftp *ftp, int err)
{
	ftp->data = DATA_ENDED;
	ftp->data_err = err;
	ftp->reply_seq++;
	evaluate(ftp);
	settle(ftp);
}

/**
 * knet_ftp_data_failed() - the data connection could not be made
 * @ftp: the machine
 * @err: positive errno
 * @text: why, or NULL
 *
 * A port that EPSV gave and that cannot be reached is taken for a middlebox
 * that knows only PASV. When the command of the transfer is already out its
 * reply is awaited: a server that refuses it may have closed the port.
 */
void knet_ftp_data_failed(struct knet_ftp *ftp, int err, const char *text)
{
	bool epsv = !ftp->job.request.active && !ftp->ipv6 && extended(ftp);

	if (ftp->phase != PHASE_JOB) {
		ftp->data = DATA_NONE;
		return;
	}
	if (ftp->job.commanded) {
		data_ended(ftp, err ? err : ECONNABORTED);
		return;
	}
	ftp->data = DATA_NONE;
	ftp->job.announced = false;
	if (epsv)
		ftp->no_epsv = true;
	else
		decide_network(ftp, err ? err : ECONNABORTED,
			       text ? text : "the data connection could not be made");
	settle(ftp);
}

/**
 * knet_ftp_data_room() - how many bytes of data may still be written
 * @ftp: the machine
 *
 * Return: U64_MAX without limit; see the header for 0.
 */
u64 knet_ftp_data_room(const struct knet_ftp *ftp)
{
	u64 limit = ftp->size_known ? ftp->size : ftp->job.request.max_size;
	u64 end = ftp->job.request.offset + ftp->received;

	if (needs(ftp, SENDS) || (!ftp->size_known && !limit))
		return U64_MAX;
	return limit > end ? limit - end : 0;
}

/**
 * knet_ftp_data_bytes() - bytes of data arrived, or were sent
 * @ftp: the machine
 * @n: how many, at most knet_ftp_data_room() of them written
 */
void knet_ftp_data_bytes(struct knet_ftp *ftp, u64 n)
{
	u64 room = knet_ftp_data_room(ftp);

	if (ftp->phase != PHASE_JOB || ftp->data != DATA_OPEN)
		return;
	ftp->received += min_t(u64, n, room);
	if (n <= room)
		return;
	decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG,
		   ftp->size_known ? "more bytes came than SIZE had promised" :
				     "more bytes came than max-size allows");
	over(ftp);
}

/**
 * knet_ftp_data_eof() - the data connection ended
 * @ftp: the machine
 * @err: 0 by FIN, else positive errno
 */
void knet_ftp_data_eof(struct knet_ftp *ftp, int err)
{
	if (ftp->phase == PHASE_JOB && ftp->job.commanded)
		data_ended(ftp, err);
	else
		knet_ftp_data_failed(ftp, err ? err : ECONNRESET,
				     "the data connection ended before the transfer");
}

/**
 * knet_ftp_data_closed() - KNET_FTP_CLOSE_DATA was done
 * @ftp: the machine
 */
void knet_ftp_data_closed(struct knet_ftp *ftp)
{
	if (ftp->data != DATA_CLOSE)
		return;
	ftp->data = DATA_NONE;
	settle(ftp);
}

/**
 * knet_ftp_data_wanted() - may data be read, or sent, now?
 * @ftp: the machine
 *
 * Return: true when the data connection stands and the server was told to send;
 * for data to be sent, when it has said that it is ready.
 */
bool knet_ftp_data_wanted(const struct knet_ftp *ftp)
{
	if (ftp->phase != PHASE_JOB || ftp->data != DATA_OPEN || !ftp->job.commanded ||
	    ftp->out_len || ftp->job.decided)
		return false;
	return !needs(ftp, SENDS) || ftp->job.started || ftp->job.replied;
}

/**
 * knet_ftp_fail() - end the job by our own decision
 * @ftp: the machine
 * @class: enum knetctl_error_class
 * @err: positive errno
 * @text: why
 */
void knet_ftp_fail(struct knet_ftp *ftp, u32 class, int err, const char *text)
{
	die_of(ftp, class, err, text);
}

/**
 * knet_ftp_broken() - is the session of no further use?
 * @ftp: the machine
 *
 * Return: true when no job may be started any more.
 */
bool knet_ftp_broken(const struct knet_ftp *ftp)
{
	return ftp->broken;
}

/**
 * knet_ftp_quit() - take leave (RFC 959 section 4.1.1)
 * @ftp: the machine
 *
 * Does nothing when the dialogue is not in step.
 */
void knet_ftp_quit(struct knet_ftp *ftp)
{
	if (ftp->broken || ftp->pending_count || knet_reply_begun(&ftp->reply) ||
	    (ftp->phase != PHASE_READY && ftp->phase != PHASE_OVER))
		return;
	command(ftp, CMD_QUIT, NULL);
	ftp->broken = true;
	ftp->phase = PHASE_OVER;
}

/**
 * knet_ftp_wipe() - forget what is secret
 * @ftp: the machine; only knet_ftp_init() may follow
 */
void knet_ftp_wipe(struct knet_ftp *ftp)
{
	drop_output(ftp);
	ftp->broken = true;
}
