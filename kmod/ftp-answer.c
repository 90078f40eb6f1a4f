// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the server's answers make of the FTP machine: each command has a function
 * that takes its final reply.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "ftp-private.h"

/* ------------------------------------------------------------ login -- */

/* A command of the login; a session without a login is of no use. */
static void login_command(struct knet_ftp *ftp, enum knet_ftp_command cmd, const char *arg,
			  const char *missing)
{
	if (!arg)
		knet_ftp_decide(ftp, KNETCTL_ERROR_CLASS_PERMANENT, EACCES, ftp->reply.code,
				missing, strlen(missing));
	else
		knet_ftp_command(ftp, cmd, arg);
	if (ftp->job.decided)
		knet_ftp_die(ftp);
}

static void login_refused(struct knet_ftp *ftp)
{
	knet_ftp_die_of_reply(ftp, ftp->reply.code < 400 ? EPROTO : EACCES);
}

/* The user's own commands, one after the other; then the job. */
static void go_on(struct knet_ftp *ftp)
{
	const struct knet_ftp_login *login = ftp->login;

	if (ftp->quoted < login->quote_count) {
		const char *quote = login->quotes[ftp->quoted];

		login_command(ftp, CMD_QUOTE, *quote == '*' ? quote + 1 : quote, NULL);
	} else if (ftp->job.given) {
		knet_ftp_begin_job(ftp);
	} else {
		ftp->phase = PHASE_READY;
	}
}

static void logged_in(struct knet_ftp *ftp)
{
	ftp->logged_in = true;
	go_on(ftp);
}

/* As with curl's --quote, what is no refusal will do. */
static void reply_quote(struct knet_ftp *ftp, u16 code)
{
	const char *quote = ftp->login->quotes[ftp->quoted++];

	if (code >= 400 && *quote != '*')
		knet_ftp_die_of_reply(ftp, knet_ftp_reply_errno(code));
	else
		go_on(ftp);
}

static void reply_greeting(struct knet_ftp *ftp, u16 code)
{
	if (code == 230)
		logged_in(ftp);
	else if (code < 300)
		login_command(ftp, CMD_USER, ftp->login->user, "there is no user");
	else
		knet_ftp_die_of_reply(ftp, knet_ftp_reply_errno(code));
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
		knet_ftp_decide_reply(ftp, code < 400 ? EPROTO : EACCES);
	}
}

/* -------------------------------------------------------------- job -- */

static void reply_type(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		ftp->type_done = true;
	else if (knet_ftp_needs(ftp, NEEDS_TYPE))
		knet_ftp_refused(ftp);
}

/**
 * knet_ftp_check_size() - the server told the size: does it fit?
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_check_size(struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;

	if (request->max_size && ftp->size > request->max_size)
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG,
				    "remote file is larger than max-size");
	else if (request->offset > ftp->size)
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG,
				    "offset is beyond the end of the remote file");
	else if (request->resume && request->offset == ftp->size)
		knet_ftp_succeed(ftp);
}

static void reply_size(struct knet_ftp *ftp, u16 code)
{
	ftp->size_known = knet_reply_size(&ftp->reply, &ftp->size);
	if (ftp->size_known)
		knet_ftp_check_size(ftp);
	else if (ftp->job.request.resume && code >= 400)
		knet_ftp_refused(ftp);
	else if (ftp->job.request.resume)
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_PROTOCOL, EPROTO,
				    "the server does not tell the size");
}

/*
 * The server listens for data at @data_port of the reply, where @found. At the
 * port of the control connection nobody can: a second control connection would
 * be made, and the server's greeting taken for data.
 */
static void announced(struct knet_ftp *ftp, bool found, const char *bad)
{
	if (!found)
		knet_ftp_die_of_protocol(ftp, bad);
	else if (ftp->data_port == ftp->control_port)
		knet_ftp_die_of_protocol(ftp, "the port for data is the control connection's");
	else
		ftp->job.announced = true;
}

static void reply_epsv(struct knet_ftp *ftp, u16 code)
{
	if (code == 229)
		announced(ftp, knet_reply_epsv(&ftp->reply, &ftp->data_port),
			  "bad port in the answer to EPSV");
	else if (ftp->ipv6)
		knet_ftp_refused(ftp);
	else
		ftp->no_epsv = true;
}

static void reply_pasv(struct knet_ftp *ftp, u16 code)
{
	if (code == 227)
		announced(ftp, knet_reply_pasv(&ftp->reply, &ftp->data_port),
			  "bad address in the answer to PASV");
	else
		knet_ftp_refused(ftp);
}

static void reply_eprt(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		ftp->job.announced = true;
	else if (ftp->ipv6)
		knet_ftp_refused(ftp);
	else
		ftp->no_eprt = true;
}

static void reply_port(struct knet_ftp *ftp, u16 code)
{
	if (code < 300)
		ftp->job.announced = true;
	else
		knet_ftp_refused(ftp);
}

static void reply_rest(struct knet_ftp *ftp, u16 code)
{
	if (code == 350)
		ftp->job.rested = true;
	else
		knet_ftp_refused(ftp);
}

/**
 * knet_ftp_evaluate() - judge a transfer when reply and data connection have both ended
 * @ftp: the machine
 *
 * Nothing happens before: either may come first.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_evaluate(struct knet_ftp *ftp)
{
	u64 end = ftp->job.request.offset + ftp->received;

	if (!ftp->job.replied || ftp->data != DATA_ENDED)
		return;
	if (ftp->data_err)
		knet_ftp_decide_network(ftp, ftp->data_err, "the data connection broke");
	else if (ftp->size_known && end < ftp->size)
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_SHORT, ENODATA,
				    "fewer bytes came than SIZE had promised");
	else
		knet_ftp_succeed(ftp);
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
		knet_ftp_drop_data(ftp);
}

/* The job's command was refused. */
static void job_refused(struct knet_ftp *ftp, u16 code)
{
	if (account_helps(ftp, code)) {
		ftp->account_sent = true;
		transfer_again(ftp);
		knet_ftp_command(ftp, CMD_ACCT, ftp->login->account);
	} else if (ftp->data_err && !ftp->job.opened && (code == 425 || code == 426)) {
		knet_ftp_decide_network(ftp, ftp->data_err, "the data connection broke");
	} else {
		knet_ftp_refused(ftp);
	}
}

static void reply_transfer(struct knet_ftp *ftp, u16 code)
{
	if (code >= 300) {
		job_refused(ftp, code);
		return;
	}
	ftp->job.replied = true;
	knet_ftp_keep_text(ftp);
	knet_ftp_evaluate(ftp);
}

/* Some servers say 450 when there are no files. */
static void reply_names(struct knet_ftp *ftp, u16 code)
{
	if (code != 450 || ftp->received) {
		reply_transfer(ftp, code);
		return;
	}
	knet_ftp_keep_text(ftp);
	knet_ftp_succeed(ftp);
}

static void reply_simple(struct knet_ftp *ftp, u16 code)
{
	if (code >= 300) {
		job_refused(ftp, code);
		return;
	}
	knet_ftp_keep_text(ftp);
	knet_ftp_succeed(ftp);
}

static void reply_size_only(struct knet_ftp *ftp, u16 code)
{
	ftp->size_known = knet_reply_size(&ftp->reply, &ftp->size);
	if (code < 300 && !ftp->size_known)
		knet_ftp_decide_reply(ftp, EPROTO);
	else
		reply_simple(ftp, code);
}

static void reply_rnfr(struct knet_ftp *ftp, u16 code)
{
	if (code == 350)
		knet_ftp_command(ftp, CMD_RNTO, ftp->job.request.argument);
	else if (code < 400)
		knet_ftp_refused(ftp);
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
	[CMD_QUOTE]	= reply_quote,
};

static void take_preliminary(struct knet_ftp *ftp, struct knet_ftp_pending *pending)
{
	if (++pending->preliminary > KNET_FTP_PRELIMINARY)
		knet_ftp_die_of_protocol(ftp, "too many 1xx replies");
	else if (ftp->job.commanded && pending->cmd == knet_ftp_job_command(ftp))
		ftp->job.started = true;
}

/*
 * A reply that nobody asked for: what follows could be taken for the answer to
 * a later command. Servers end idle sessions in this way; data that are under
 * way and already have their final reply come nevertheless.
 */
static void unsolicited(struct knet_ftp *ftp, u16 code)
{
	ftp->again |= code == 421 && knet_ftp_stale(ftp);
	if (code != 421)
		knet_ftp_die_of_protocol(ftp, "a reply to no command");
	else if (ftp->phase == PHASE_JOB && ftp->job.replied)
		ftp->broken = true;
	else
		knet_ftp_die_of_reply(ftp, knet_ftp_reply_errno(code));
}

/**
 * knet_ftp_take_reply() - a whole reply has come
 * @ftp: the machine; the reply stands in @reply
 *
 * Sequences of commands and replies: RFC 959 section 5.4.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_take_reply(struct knet_ftp *ftp)
{
	struct knet_ftp_pending *pending = &ftp->pending[0];
	u16 code = ftp->reply.code;
	u8 cmd = pending->cmd;

	if (!ftp->solicited) {
		unsolicited(ftp, code);
		return;
	}
	if (code == 421) {
		ftp->again |= knet_ftp_stale(ftp);
		knet_ftp_die_of_reply(ftp, knet_ftp_reply_errno(code));
		return;
	}
	if (code < 200) {
		take_preliminary(ftp, pending);
		return;
	}
	if (knet_ftp_ahead_reply(ftp, code))
		return;
	ftp->pending_count--;
	memmove(pending, pending + 1, ftp->pending_count * sizeof(*pending));
	ftp->reply_seq++;
	if (!knet_ftp_astray(ftp, cmd, code))
		replies[cmd](ftp, code);
	knet_ftp_settle(ftp);
}
