// SPDX-License-Identifier: GPL-2.0-only
/*
 * A job of the FTP machine goes through the steps of step(). The command of one
 * step is put out when all that was asked before has been answered, but for what
 * may be asked together: TYPE, SIZE and the announcement of the data connection.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "ftp-private.h"

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

/**
 * knet_ftp_needs() - does the job at hand need something?
 * @ftp: the machine
 * @what: NEEDS_DATA and the like; any of several
 *
 * Context: Any; one caller at a time.
 * Return: true when it does.
 */
bool knet_ftp_needs(const struct knet_ftp *ftp, u8 what)
{
	return ops[ftp->job.request.op].needs & what;
}

/**
 * knet_ftp_job_command() - the command that the job at hand is about
 * @ftp: the machine
 *
 * Its 1xx tells that the server has begun (RFC 959 section 4.2.1).
 *
 * Context: Any; one caller at a time.
 * Return: the command; of a rename the first one.
 */
enum knet_ftp_command knet_ftp_job_command(const struct knet_ftp *ftp)
{
	return ops[ftp->job.request.op].cmd;
}

/**
 * knet_ftp_extended() - EPSV and EPRT, or PASV and PORT (RFC 2428)?
 * @ftp: the machine
 *
 * IPv6 has no other way than the extended one.
 *
 * Context: Any; one caller at a time.
 * Return: true for the extended one.
 */
bool knet_ftp_extended(const struct knet_ftp *ftp)
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
	ftp->ahead.announced = false;
	ftp->job.rested = false;
	if (ftp->job.request.active) {
		if (knet_ftp_extended(ftp))
			knet_ftp_command_eprt(ftp);
		else
			knet_ftp_command_port(ftp);
	} else {
		knet_ftp_command(ftp, knet_ftp_extended(ftp) ? CMD_EPSV : CMD_PASV, NULL);
	}
}

static bool wants_type(const struct knet_ftp *ftp)
{
	return !ftp->type_done && !ftp->job.type_asked &&
	       knet_ftp_needs(ftp, NEEDS_TYPE | LIKES_TYPE);
}

static void command_type(struct knet_ftp *ftp)
{
	ftp->job.type_asked = true;
	knet_ftp_command(ftp, CMD_TYPE, "I");
}

static bool wants_size(const struct knet_ftp *ftp)
{
	return !ftp->job.size_asked && knet_ftp_needs(ftp, ASKS_SIZE);
}

static void command_size(struct knet_ftp *ftp)
{
	ftp->job.size_asked = true;
	knet_ftp_command(ftp, CMD_SIZE, ftp->job.request.pathname);
}

/* Has something been asked that must be answered before the next? */
static bool waits_its_turn(const struct knet_ftp *ftp)
{
	return ftp->one_by_one && ftp->pending_count;
}

/* All that does not depend on each other, in one go. */
static void ask(struct knet_ftp *ftp)
{
	if (!ftp->login->plain) {
		if (wants_type(ftp))
			command_type(ftp);
		if (!waits_its_turn(ftp) && wants_size(ftp))
			command_size(ftp);
	}
	if (!waits_its_turn(ftp))
		announce(ftp);
	ftp->job.together = ftp->pending_count > 1;
}

/* May this be the answer to @cmd, and not to another one that was asked with it? */
static bool fits(const struct knet_ftp *ftp, u8 cmd, u16 code)
{
	switch (cmd) {
	case CMD_TYPE:
		return code != 213 && code != 227 && code != 229;
	case CMD_SIZE:
	case CMD_SIZE_ONLY:
		return code != 227 && code != 229 && (code != 200 || ftp->type_done);
	case CMD_EPSV:
	case CMD_PASV:
	case CMD_EPRT:
	case CMD_PORT:
		return code != 213 && (code != 200 || ftp->type_done);
	default:
		return true;
	}
}

/* As before anything was asked; but now one thing after the other. */
static void ask_again(struct knet_ftp *ftp)
{
	ftp->one_by_one = true;
	ftp->ahead.trouble = true;
	ftp->job.together = false;
	ftp->job.astray = false;
	ftp->job.decided = false;
	ftp->job.type_asked = false;
	ftp->job.size_asked = false;
	ftp->job.announced = false;
	ftp->job.commanded = false;
	ftp->type_done = false;
	ftp->size_known = false;
	memset(&ftp->result, 0, sizeof(ftp->result));
}

/**
 * knet_ftp_astray() - a final reply has come: is it of no use, for replies are not in turn?
 * @ftp: the machine; the command is no longer pending
 * @cmd: the first one that was
 * @code: of the reply
 *
 * There are servers that carry out at once what they were asked together, and answer
 * when each is done. None can be told from another then: when the last one has come
 * all is asked again, one after the other.
 *
 * Context: Any; one caller at a time.
 * Return: true when nothing is to be made of it.
 */
bool knet_ftp_astray(struct knet_ftp *ftp, u8 cmd, u16 code)
{
	if (!ftp->job.together)
		return false;
	ftp->job.astray |= !fits(ftp, cmd, code);
	if (!ftp->job.astray) {
		ftp->job.together = ftp->pending_count;
		return false;
	}
	if (!ftp->pending_count)
		ask_again(ftp);
	return true;
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
	enum knet_ftp_command cmd = knet_ftp_job_command(ftp);

	ftp->job.commanded = true;
	if (cmd == CMD_MFMT)
		knet_ftp_command2(ftp, cmd, request->argument, request->pathname);
	else
		knet_ftp_command(ftp, cmd, *request->pathname ? request->pathname : NULL);
	knet_ftp_ahead_invite(ftp);
}

/* The next step of a job with a data connection; all before is answered. */
static void step_data(struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;

	if (request->active && ftp->data == DATA_NONE)
		ftp->data = DATA_LISTEN;
	if (ftp->data == DATA_LISTEN)
		return;
	if (!ftp->job.announced && !knet_ftp_ahead_use(ftp)) {
		ask(ftp);
		return;
	}
	if (ftp->job.decided)
		return;
	if (wants_type(ftp)) {
		command_type(ftp);
		return;
	}
	if (ftp->data == DATA_NONE)
		ftp->data = DATA_CONNECT;
	if (request->offset && knet_ftp_needs(ftp, HAS_OFFSET) && !ftp->job.rested)
		knet_ftp_command_rest(ftp);
	else if (may_transfer(ftp))
		command_job(ftp);
}

static void step(struct knet_ftp *ftp)
{
	if (knet_ftp_needs(ftp, NEEDS_DATA)) {
		step_data(ftp);
		return;
	}
	if (wants_type(ftp))
		command_type(ftp);
	if (waits_its_turn(ftp))
		return;
	/* Only questions need TYPE: should it be refused no harm was done. */
	command_job(ftp);
	ftp->job.together = ftp->pending_count > 1;
}

/**
 * knet_ftp_stale() - has the server ended a session that a job was just given to?
 * @ftp: the machine; the control connection ends
 *
 * A session that was idle may end at the moment at which it is used again. The job has
 * not begun then, and a new session can do it.
 *
 * Context: Any; one caller at a time.
 * Return: true when it has.
 */
bool knet_ftp_stale(const struct knet_ftp *ftp)
{
	return ftp->phase == PHASE_JOB && !ftp->job.first && !ftp->job.commanded &&
	       !ftp->job.decided && knet_ftp_needs(ftp, NEEDS_DATA);
}

/**
 * knet_ftp_settle() - after an event: go on, or end the job
 * @ftp: the machine
 *
 * Nothing happens before all that was asked is answered; but a job may end before
 * what was asked for the next one is.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_settle(struct knet_ftp *ftp)
{
	if (ftp->phase != PHASE_JOB || knet_ftp_own_pending(ftp) || ftp->data == DATA_CLOSE)
		return;
	if (!ftp->job.decided && !ftp->job.commanded && !ftp->pending_count)
		step(ftp);
	if (ftp->job.decided && !knet_ftp_own_pending(ftp))
		knet_ftp_over(ftp);
}

static const char *bad_argument(const struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;

	if (!*request->pathname && !knet_ftp_needs(ftp, MAY_BE_EMPTY))
		return "path name is empty";
	if (knet_ftp_needs(ftp, HAS_ARGUMENT) && (!request->argument || !*request->argument))
		return "argument is missing";
	if (!knet_ftp_string_ok(request->pathname) || !knet_ftp_string_ok(request->argument))
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
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, EINVAL, bad);
	else if (request->resume && ftp->login->plain)
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LOCAL, EOPNOTSUPP,
				    "resuming needs SIZE, which is not allowed");
	else if (knet_ftp_needs(ftp, ASKS_SIZE) && request->max_size &&
		 request->offset > request->max_size)
		knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG,
				    "offset is beyond max-size");
}

/**
 * knet_ftp_begin_job() - the first step of the job that was given
 * @ftp: the machine, logged in
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_begin_job(struct knet_ftp *ftp)
{
	ftp->phase = PHASE_JOB;
	check_request(ftp);
	knet_ftp_settle(ftp);
}
