// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a job of the FTP machine ends, and a session.
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
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "ftp-private.h"

static void set_text(struct knet_ftp *ftp, u16 code, const char *text, size_t len)
{
	struct knet_ftp_result *result = &ftp->result;

	result->code = code;
	result->text_len = (u16)min_t(size_t, len, sizeof(result->text));
	memcpy(result->text, text, result->text_len);
}

/**
 * knet_ftp_decide() - the result of the job is now certain
 * @ftp: the machine
 * @class: enum knetctl_error_class
 * @err: positive errno
 * @code: reply code that decided, or 0
 * @text: why
 * @len: of @text
 *
 * The first cause counts: nothing happens when it is decided already.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_decide(struct knet_ftp *ftp, u32 class, int err, u16 code,
		     const char *text, size_t len)
{
	if (ftp->job.decided)
		return;
	ftp->job.decided = true;
	if (class && knet_ftp_ahead_blamed(ftp, class, code)) {
		ftp->again = true;
		ftp->ahead.trouble = true;
	}
	ftp->result.class = class;
	ftp->result.err = err;
	set_text(ftp, code, text, len);
}

/**
 * knet_ftp_decide_own() - fail for a reason with a text of our own
 * @ftp: the machine
 * @class: enum knetctl_error_class
 * @err: positive errno
 * @text: why
 *
 * Like knet_ftp_decide().
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_decide_own(struct knet_ftp *ftp, u32 class, int err, const char *text)
{
	knet_ftp_decide(ftp, class, err, 0, text, strlen(text));
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

/**
 * knet_ftp_reply_errno() - the errno of a reply that is not what is needed
 * @code: of the reply
 *
 * After the reply codes of RFC 959 section 4.2.2, and 430, which some servers give
 * to a wrong login.
 *
 * Context: Any.
 * Return: positive errno.
 */
int knet_ftp_reply_errno(u16 code)
{
	int err = code < 400 ? EPROTO : EREMOTEIO;

	if (code == 430 || code == 530 || code == 532)
		err = EACCES;
	else if (code == 452 || code == 552)
		err = ENOSPC;
	return err;
}

/**
 * knet_ftp_decide_reply() - the reply that just came is not what the job needs
 * @ftp: the machine
 * @err: positive errno
 *
 * Class, code and text are the reply's; the class is that of its first digit
 * (RFC 959 section 4.2.1).
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_decide_reply(struct knet_ftp *ftp, int err)
{
	const struct knet_reply *reply = &ftp->reply;

	knet_ftp_decide(ftp, reply_class(reply->code), err, reply->code,
			reply->text, reply->text_len);
}

/**
 * knet_ftp_refused() - the reply that just came is a refusal
 * @ftp: the machine
 *
 * knet_ftp_decide_reply() with knet_ftp_reply_errno() of its code.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_refused(struct knet_ftp *ftp)
{
	knet_ftp_decide_reply(ftp, knet_ftp_reply_errno(ftp->reply.code));
}

/**
 * knet_ftp_decide_network() - a connection could not be made, or broke
 * @ftp: the machine
 * @err: positive errno; ETIMEDOUT gives class timer
 * @text: why
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_decide_network(struct knet_ftp *ftp, int err, const char *text)
{
	u32 class = err == ETIMEDOUT ? KNETCTL_ERROR_CLASS_TIMER :
				       KNETCTL_ERROR_CLASS_NETWORK;

	knet_ftp_decide_own(ftp, class, err, text);
}

/**
 * knet_ftp_keep_text() - keep code and text of the reply that just came
 * @ftp: the machine
 *
 * They are the result's, should it be success.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_keep_text(struct knet_ftp *ftp)
{
	const struct knet_reply *reply = &ftp->reply;

	if (!ftp->job.decided)
		set_text(ftp, reply->code, reply->text, reply->text_len);
}

/**
 * knet_ftp_succeed() - the job is done
 * @ftp: the machine
 *
 * The text is that of the last reply, where one decided.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_succeed(struct knet_ftp *ftp)
{
	if (ftp->job.decided)
		return;
	ftp->job.decided = true;
	ftp->result.class = 0;
	ftp->result.err = 0;
}

/**
 * knet_ftp_drop_data() - no more is wanted of the data connection
 * @ftp: the machine
 *
 * Where the driver has a socket for it, it is asked to close that.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_drop_data(struct knet_ftp *ftp)
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

/**
 * knet_ftp_over() - the job is over
 * @ftp: the machine
 *
 * What was not answered until now cannot be told from answers to the next job, unless
 * it was asked for that one.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_over(struct knet_ftp *ftp)
{
	if (knet_ftp_own_pending(ftp) || ftp->out_len)
		ftp->broken = true;
	if (ftp->broken) {
		ftp->pending_count = 0;
		ftp->ahead.pending = 0;
	}
	ftp->ahead.wanted = false;
	knet_ftp_drop_output(ftp);
	knet_ftp_drop_data(ftp);
	ftp->job.given = false;
	ftp->phase = PHASE_OVER;
}

/**
 * knet_ftp_die() - the session is over, and so is its job
 * @ftp: the machine
 *
 * The result stands already.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_die(struct knet_ftp *ftp)
{
	ftp->broken = true;
	if (ftp->phase != PHASE_OVER)
		knet_ftp_over(ftp);
}

/**
 * knet_ftp_die_of() - the session is over for a reason with a text of our own
 * @ftp: the machine
 * @class: enum knetctl_error_class
 * @err: positive errno
 * @text: why
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_die_of(struct knet_ftp *ftp, u32 class, int err, const char *text)
{
	if (ftp->phase != PHASE_OVER)
		knet_ftp_decide_own(ftp, class, err, text);
	knet_ftp_die(ftp);
}

/**
 * knet_ftp_die_of_protocol() - the session is over: the server does not keep to FTP
 * @ftp: the machine
 * @text: how
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_die_of_protocol(struct knet_ftp *ftp, const char *text)
{
	knet_ftp_die_of(ftp, KNETCTL_ERROR_CLASS_PROTOCOL, EPROTO, text);
}

/**
 * knet_ftp_die_of_reply() - the session is over by the reply that just came
 * @ftp: the machine
 * @err: positive errno
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_die_of_reply(struct knet_ftp *ftp, int err)
{
	if (ftp->phase != PHASE_OVER)
		knet_ftp_decide_reply(ftp, err);
	knet_ftp_die(ftp);
}
