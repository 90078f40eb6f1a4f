// SPDX-License-Identifier: GPL-2.0-only
/*
 * The FTP machine. Events go in through the functions of this file; each lets
 * the session go as far as it can (knet_ftp_settle()) and leaves behind what
 * knet_ftp_next() then answers. The rest stands in:
 *
 *	ftp-job.c	what is asked, step after step
 *	ftp-ahead.c	what is asked for the next job
 *	ftp-trace.c	the dialogue, for who wants to see it
 *	ftp-command.c	how it is written
 *	ftp-answer.c	what the server's answers make of it
 *	ftp-result.c	how it ends
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "ftp-private.h"

/**
 * knet_ftp_init() - begin with a new control connection
 * @ftp: the machine
 * @login: who logs in; must stay as it is as long as the machine is used
 * @ipv6: family of the control connection
 * @control_port: the server's port of it; refused as the port of a data connection
 *
 * The server speaks first (RFC 959 section 5.4).
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_init(struct knet_ftp *ftp, const struct knet_ftp_login *login, bool ipv6,
		   u16 control_port)
{
	memset(ftp, 0, sizeof(*ftp));
	ftp->login = login;
	ftp->ipv6 = ipv6;
	ftp->control_port = control_port;
	ftp->phase = PHASE_LOGIN;
	ftp->pending[0].cmd = CMD_GREETING;
	ftp->pending_count = 1;
	ftp->fresh = true;
	knet_reply_init(&ftp->reply, login->relaxed);
}

/**
 * knet_ftp_start() - give the session a transfer
 * @ftp: the machine, without a job
 * @request: what to do; @pathname stays the caller's until the job is over
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_start(struct knet_ftp *ftp, const struct knet_ftp_request *request)
{
	memset(&ftp->job, 0, sizeof(ftp->job));
	ftp->job.request = *request;
	ftp->job.given = true;
	ftp->job.from_ahead = request->ahead;
	ftp->job.first = ftp->fresh;
	ftp->fresh = false;
	ftp->again = false;
	if (!knet_ftp_needs(ftp, HAS_OFFSET))
		ftp->job.request.offset = 0;
	if (!knet_ftp_needs(ftp, ASKS_SIZE))
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
		knet_ftp_die_of(ftp, KNETCTL_ERROR_CLASS_NETWORK, ECONNRESET,
				"the session has ended");
	else
		knet_ftp_begin_job(ftp);
}

/**
 * knet_ftp_next() - what the driver has to do
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
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
 * Context: Any; one caller at a time.
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
 * Context: Any; one caller at a time.
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
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_sent(struct knet_ftp *ftp, size_t len)
{
	unsigned int i;

	ftp->ahead.wanted = false;
	ftp->out_sent = (u16)(ftp->out_sent +
			      min_t(size_t, len, (size_t)(ftp->out_len - ftp->out_sent)));
	if (ftp->out_sent < ftp->out_len)
		return;
	knet_ftp_drop_output(ftp);
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
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_input(struct knet_ftp *ftp, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len && !ftp->broken; i++) {
		if (!ftp->trace)
			i += knet_reply_text(&ftp->reply, bytes + i, len - i);
		if (i == len)
			break;
		knet_ftp_trace_byte(ftp, bytes[i]);
		if (!knet_reply_begun(&ftp->reply))
			ftp->solicited = ftp->pending_count &&
					 ftp->pending[0].end <= ftp->out_sent;
		switch (knet_reply_byte(&ftp->reply, bytes[i])) {
		case KNET_REPLY_MORE:
			break;
		case KNET_REPLY_DONE:
			knet_ftp_take_reply(ftp);
			break;
		case KNET_REPLY_BAD:
			knet_ftp_die_of_protocol(ftp, ftp->reply.problem);
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
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_control_closed(struct knet_ftp *ftp, int err)
{
	ftp->again |= knet_ftp_stale(ftp);
	if (ftp->phase == PHASE_JOB && ftp->job.replied)
		ftp->broken = true;
	else
		knet_ftp_die_of(ftp, KNETCTL_ERROR_CLASS_NETWORK, err ? err : ECONNRESET,
				err ? "the control connection broke" :
				      "the server closed the control connection");
}

/**
 * knet_ftp_listening() - KNET_FTP_LISTEN was done
 * @ftp: the machine
 * @addr: address to announce, 4 or 16 bytes
 * @port: port to announce
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_listening(struct knet_ftp *ftp, const u8 *addr, u16 port)
{
	if (ftp->data != DATA_LISTEN)
		return;
	memcpy(ftp->listen_addr, addr, ftp->ipv6 ? 16 : 4);
	ftp->listen_port = port;
	ftp->data = DATA_LISTENING;
	knet_ftp_settle(ftp);
}

/**
 * knet_ftp_data_open() - the data connection stands
 * @ftp: the machine
 *
 * In active mode the driver has checked that the peer is the server, and
 * listens no more.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_data_open(struct knet_ftp *ftp)
{
	if (ftp->data != DATA_CONNECT && ftp->data != DATA_LISTENING)
		return;
	if (ftp->data == DATA_CONNECT)
		ftp->passive_worked = true;
	ftp->data = DATA_OPEN;
	ftp->job.opened = true;
	knet_ftp_settle(ftp);
}

/* The data connection ended while the command of the transfer is out. */
static void data_ended(struct knet_ftp *ftp, int err)
{
	ftp->data = DATA_ENDED;
	ftp->data_err = err;
	ftp->reply_seq++;
	knet_ftp_evaluate(ftp);
	knet_ftp_settle(ftp);
}

/**
 * knet_ftp_data_failed() - the data connection could not be made
 * @ftp: the machine
 * @err: positive errno
 * @text: why, or NULL
 *
 * A port that EPSV gave and that cannot be reached is taken for a middlebox
 * that knows only PASV. When the command of the transfer is already out its
 * reply is awaited: a server that refuses it may have closed the port. But with
 * ETIMEDOUT it had time enough to say so.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_data_failed(struct knet_ftp *ftp, int err, const char *text)
{
	bool epsv = !ftp->job.request.active && !ftp->ipv6 && knet_ftp_extended(ftp);

	if (ftp->phase != PHASE_JOB) {
		ftp->data = DATA_NONE;
		return;
	}
	if (ftp->job.commanded && err != ETIMEDOUT) {
		data_ended(ftp, err ? err : ECONNABORTED);
		return;
	}
	ftp->data = DATA_NONE;
	if (ftp->job.commanded) {
		knet_ftp_die_of(ftp, KNETCTL_ERROR_CLASS_TIMER, err,
				text ? text : "no data connection in time");
		return;
	}
	ftp->job.announced = false;
	if (epsv)
		ftp->no_epsv = true;
	else
		knet_ftp_decide_network(ftp, err ? err : ECONNABORTED,
					text ? text : "the data connection could not be made");
	knet_ftp_settle(ftp);
}

/**
 * knet_ftp_data_room() - how many bytes of data may still be written
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 * Return: U64_MAX without limit; see the header for 0.
 */
u64 knet_ftp_data_room(const struct knet_ftp *ftp)
{
	u64 limit = ftp->size_known ? ftp->size : ftp->job.request.max_size;
	u64 end = ftp->job.request.offset + ftp->received;

	if (knet_ftp_needs(ftp, SENDS) || (!ftp->size_known && !limit))
		return U64_MAX;
	return limit > end ? limit - end : 0;
}

/**
 * knet_ftp_data_bytes() - bytes of data arrived, or were sent
 * @ftp: the machine
 * @n: how many, at most knet_ftp_data_room() of them written
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_data_bytes(struct knet_ftp *ftp, u64 n)
{
	u64 room = knet_ftp_data_room(ftp);

	if (ftp->phase != PHASE_JOB || ftp->data != DATA_OPEN)
		return;
	ftp->received += min_t(u64, n, room);
	if (n <= room)
		return;
	knet_ftp_decide_own(ftp, KNETCTL_ERROR_CLASS_LONG, EFBIG,
			    ftp->size_known ? "more bytes came than SIZE had promised" :
					      "more bytes came than max-size allows");
	knet_ftp_over(ftp);
}

/**
 * knet_ftp_data_eof() - the data connection ended
 * @ftp: the machine
 * @err: 0 by FIN, else positive errno
 *
 * Context: Any; one caller at a time.
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
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_data_closed(struct knet_ftp *ftp)
{
	if (ftp->data != DATA_CLOSE)
		return;
	ftp->data = DATA_NONE;
	knet_ftp_settle(ftp);
}

/**
 * knet_ftp_data_wanted() - may data be read, or sent, now?
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 * Return: true when the data connection stands and the server was told to send;
 * for data to be sent, when it has said that it is ready.
 */
bool knet_ftp_data_wanted(const struct knet_ftp *ftp)
{
	if (ftp->phase != PHASE_JOB || ftp->data != DATA_OPEN || !ftp->job.commanded ||
	    ftp->out_len || ftp->job.decided)
		return false;
	return !knet_ftp_needs(ftp, SENDS) || ftp->job.started || ftp->job.replied;
}

/**
 * knet_ftp_fail() - end the job by our own decision
 * @ftp: the machine
 * @class: enum knetctl_error_class
 * @err: positive errno
 * @text: why
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_fail(struct knet_ftp *ftp, u32 class, int err, const char *text)
{
	knet_ftp_die_of(ftp, class, err, text);
}

/**
 * knet_ftp_broken() - is the session of no further use?
 * @ftp: the machine
 *
 * Context: Any; one caller at a time.
 * Return: true when no job may be started any more.
 */
bool knet_ftp_broken(const struct knet_ftp *ftp)
{
	return ftp->broken;
}

/**
 * knet_ftp_logged_in() - has the server accepted the login?
 * @ftp: the machine
 *
 * By a 2xx to USER, PASS or ACCT, or by 230 for a greeting (RFC 959 section 5.4).
 *
 * Context: Any; one caller at a time.
 * Return: true from then on, on this connection, however the session ends.
 */
bool knet_ftp_logged_in(const struct knet_ftp *ftp)
{
	return ftp->logged_in;
}

/**
 * knet_ftp_quit() - take leave (RFC 959 section 4.1.1)
 * @ftp: the machine
 *
 * Does nothing when the dialogue is not in step.
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_quit(struct knet_ftp *ftp)
{
	if (ftp->broken || ftp->pending_count || knet_reply_begun(&ftp->reply) ||
	    (ftp->phase != PHASE_READY && ftp->phase != PHASE_OVER))
		return;
	knet_ftp_command(ftp, CMD_QUIT, NULL);
	ftp->broken = true;
	ftp->phase = PHASE_OVER;
}

/**
 * knet_ftp_wipe() - forget what is secret
 * @ftp: the machine; only knet_ftp_init() may follow
 *
 * Context: Any; one caller at a time.
 */
void knet_ftp_wipe(struct knet_ftp *ftp)
{
	knet_ftp_drop_output(ftp);
	memzero_explicit(ftp->line, sizeof(ftp->line));
	ftp->broken = true;
}
