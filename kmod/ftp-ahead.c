// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the FTP machine asks for the next job while the data of this one flow, so
 * that a small file takes two round trips in place of three.
 *
 * SIZE and EPSV of the next file go with the RETR of this one. A server that reads
 * its control connection while it sends may take them for an interruption, drop
 * them, or answer out of turn. So a NOOP goes first, with one transfer: whoever
 * answers it in turn has shown how it does. Should it do otherwise later on, the job
 * is done again (knet_ftp.again), and nothing is asked ahead any more.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "ftp-private.h"

/**
 * knet_ftp_own_pending() - how many answers does the job at hand wait for?
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 * Return: how many, without those that are the next job's.
 */
u8 knet_ftp_own_pending(const struct knet_ftp *ftp)
{
	return (u8)(ftp->pending_count - ftp->ahead.pending);
}

/**
 * knet_ftp_ahead_pending() - are answers outstanding that are the next job's?
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 * Return: true when they are.
 */
bool knet_ftp_ahead_pending(const struct knet_ftp *ftp)
{
	return ftp->ahead.pending;
}

/**
 * knet_ftp_ahead_awaited() - does the job at hand wait for what was asked ahead of it?
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 * Return: true when it does.
 */
bool knet_ftp_ahead_awaited(const struct knet_ftp *ftp)
{
	return ftp->phase == PHASE_JOB && ftp->ahead.pending && !ftp->job.commanded;
}

/**
 * knet_ftp_ahead_wanted() - may more be sent with the command of the transfer?
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 * Return: true until the first byte of it is sent.
 */
bool knet_ftp_ahead_wanted(const struct knet_ftp *ftp)
{
	return ftp->ahead.wanted;
}

/**
 * knet_ftp_ahead_invite() - the command of the job was put out
 * @ftp: the machine
 *
 * Only a small file that is fetched in passive mode: of a large one the round trips
 * do not count.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_ahead_invite(struct knet_ftp *ftp)
{
	const struct knet_ftp_request *request = &ftp->job.request;

	ftp->ahead.wanted = request->op == KNET_FTP_RETR && !request->active &&
			    !ftp->login->plain && !ftp->login->quote_count &&
			    ftp->type_done && !ftp->job.decided &&
			    ftp->size_known && ftp->size > request->offset &&
			    ftp->size - request->offset <= KNET_FTP_SMALL &&
			    !ftp->ahead.pending && !ftp->ahead.trouble;
}

/**
 * knet_ftp_ahead_probe() - find out whether the server answers in turn
 * @ftp: the machine; knet_ftp_ahead_wanted()
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_ahead_probe(struct knet_ftp *ftp)
{
	if (!ftp->ahead.wanted || !knet_ftp_try_command(ftp, CMD_AHEAD_NOOP, NULL, NULL))
		return;
	ftp->ahead.wanted = false;
	ftp->ahead.probe = KNET_FTP_PROBE_SENT;
	ftp->ahead.tested = false;
	ftp->ahead.pending = 1;
	ftp->job.asked_ahead = true;
}

/**
 * knet_ftp_ahead_ask() - ask what the next job will want to know
 * @ftp: the machine; knet_ftp_ahead_wanted()
 * @pathname: of the next job, which fetches a file in passive mode
 *
 * Context: Any; one caller at a time.
 * Return: false when nothing is asked.
 */
bool knet_ftp_ahead_ask(struct knet_ftp *ftp, const char *pathname)
{
	enum knet_ftp_command announce = knet_ftp_extended(ftp) ? CMD_AHEAD_EPSV : CMD_AHEAD_PASV;
	u8 count = ftp->pending_count;
	u16 len = ftp->out_len;

	if (!ftp->ahead.wanted || !knet_ftp_string_ok(pathname))
		return false;
	if (!knet_ftp_try_command(ftp, CMD_AHEAD_SIZE, pathname, NULL) ||
	    !knet_ftp_try_command(ftp, announce, NULL, NULL)) {
		ftp->out_len = len;
		ftp->pending_count = count;
		return false;
	}
	ftp->ahead.wanted = false;
	ftp->ahead.pending = 2;
	ftp->ahead.announced = false;
	ftp->ahead.size_known = false;
	ftp->job.asked_ahead = true;
	return true;
}

/**
 * knet_ftp_ahead_use() - begin with what was asked ahead
 * @ftp: the machine, with a job whose first step is due
 *
 * Context: Any; one caller at a time.
 * Return: false when there is nothing and all has to be asked.
 */
bool knet_ftp_ahead_use(struct knet_ftp *ftp)
{
	if (!ftp->job.from_ahead || !ftp->ahead.announced) {
		ftp->job.from_ahead = false;
		return false;
	}
	ftp->ahead.announced = false;
	ftp->data_port = ftp->ahead.port;
	ftp->job.announced = true;
	ftp->job.size_asked = true;
	ftp->size_known = ftp->ahead.size_known;
	ftp->size = ftp->size_known ? ftp->ahead.size : 0;
	if (ftp->size_known)
		knet_ftp_check_size(ftp);
	return true;
}

/* The answer to the command at @index of those that are pending has come. */
static void answered(struct knet_ftp *ftp, u8 index)
{
	struct knet_ftp_pending *pending = &ftp->pending[index];

	ftp->pending_count--;
	ftp->ahead.pending--;
	memmove(pending, pending + 1, (ftp->pending_count - index) * sizeof(*pending));
	ftp->reply_seq++;
}

/* No reply can be told from another any more. A transfer that has its own goes on. */
static void out_of_turn(struct knet_ftp *ftp)
{
	ftp->ahead.trouble = true;
	ftp->broken = true;
	ftp->pending_count = 0;
	ftp->ahead.pending = 0;
	if (ftp->phase == PHASE_JOB && ftp->job.replied)
		knet_ftp_settle(ftp);
	else
		knet_ftp_die_of_protocol(ftp, "the replies are out of turn");
}

/* What is said to a command that came at a wrong moment, once the transfer has begun. */
static bool not_understood(const struct knet_ftp *ftp, u16 code)
{
	return ftp->job.started && code >= 500 && code <= 503;
}

/* The command of the transfer waits for its reply: is it this one, or one to what came after? */
static bool stray(struct knet_ftp *ftp, u16 code)
{
	if (ftp->ahead.probe == KNET_FTP_PROBE_SENT) {
		if (code == 200 || not_understood(ftp, code)) {
			ftp->ahead.probe = KNET_FTP_PROBE_BAD;
			answered(ftp, 1);
			return true;
		}
		ftp->ahead.tested = code < 300;
	} else if (code == 200 || code == 213 || code == 227 || code == 229 ||
		   not_understood(ftp, code)) {
		out_of_turn(ftp);
		return true;
	}
	return false;
}

static void reply_noop(struct knet_ftp *ftp, u16 code)
{
	if (code / 100 != 2 && code / 100 != 5)
		ftp->ahead.probe = KNET_FTP_PROBE_BAD;
	else
		ftp->ahead.probe = ftp->ahead.tested ? KNET_FTP_PROBE_GOOD : KNET_FTP_PROBE_NONE;
}

static bool reply_size(struct knet_ftp *ftp, u16 code)
{
	ftp->ahead.size_known = knet_reply_size(&ftp->reply, &ftp->ahead.size);
	return code == 213 || code >= 400;
}

/* A refusal, and a bad answer, is dealt with when the next job asks once more. */
static bool reply_announce(struct knet_ftp *ftp, u16 code, u16 wanted)
{
	bool found = false;

	if (code == wanted)
		found = wanted == 229 ? knet_reply_epsv(&ftp->reply, &ftp->ahead.port) :
					knet_reply_pasv(&ftp->reply, &ftp->ahead.port);
	ftp->ahead.announced = found && ftp->ahead.port != ftp->control_port;
	return code == wanted || code >= 400;
}

/**
 * knet_ftp_ahead_reply() - a final reply has come: is it one to what was asked ahead?
 * @ftp: the machine
 * @code: of the reply
 *
 * Context: Any; one caller at a time.
 * Return: true when that was seen to.
 */
bool knet_ftp_ahead_reply(struct knet_ftp *ftp, u16 code)
{
	u8 cmd = ftp->pending[0].cmd;
	bool fits = true;

	switch (cmd) {
	case CMD_RETR:
		return ftp->ahead.pending && stray(ftp, code);
	case CMD_AHEAD_NOOP:
		reply_noop(ftp, code);
		break;
	case CMD_AHEAD_SIZE:
		fits = reply_size(ftp, code);
		break;
	case CMD_AHEAD_EPSV:
		fits = reply_announce(ftp, code, 229);
		break;
	case CMD_AHEAD_PASV:
		fits = reply_announce(ftp, code, 227);
		break;
	default:
		return false;
	}
	answered(ftp, 0);
	if (fits)
		knet_ftp_settle(ftp);
	else
		out_of_turn(ftp);
	return true;
}

/**
 * knet_ftp_ahead_blamed() - may a failure come of what was asked ahead?
 * @ftp: the machine, its job not yet decided
 * @class: enum knetctl_error_class
 * @code: reply code that decides, or 0
 *
 * Context: Any; one caller at a time.
 * Return: true when the job is worth a second try.
 */
bool knet_ftp_ahead_blamed(const struct knet_ftp *ftp, u32 class, u16 code)
{
	const struct knet_ftp_job *job = &ftp->job;

	if (class == KNETCTL_ERROR_CLASS_TIMER)
		return knet_ftp_ahead_awaited(ftp);
	if (!job->asked_ahead && !job->from_ahead)
		return false;
	switch (class) {
	case KNETCTL_ERROR_CLASS_NETWORK:
	case KNETCTL_ERROR_CLASS_PROTOCOL:
	case KNETCTL_ERROR_CLASS_SHORT:
		return true;
	case KNETCTL_ERROR_CLASS_TRANSIENT:
	case KNETCTL_ERROR_CLASS_PERMANENT:
		return job->started || code == 421 || code == 425;
	case KNETCTL_ERROR_CLASS_LONG:
		return job->from_ahead && !job->request.max_size;
	default:
		return false;
	}
}
