// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timers of a session: connect, reply, data and total. None is a timer of the
 * kernel: the one wait of the worker ends in time, and the worker looks.
 */
#include "knetctl.h"

/* How long a session waits for what it asked ahead before the job is done without, jiffies. */
#define AHEAD_TIMEOUT	(5 * HZ)

/**
 * knet_session_timer_limit() - how long the timer that runs may run
 * @s: session with a job
 *
 * Return: jiffies, 0 for no limit.
 */
unsigned long knet_session_timer_limit(const struct knet_session *s)
{
	const struct knet_timers *timers = &s->job->timers;

	switch (s->timer) {
	case KNET_FTP_TIMER_REPLY:
		if (knet_ftp_ahead_awaited(&s->ftp))
			return min_not_zero(timers->reply, (unsigned long)AHEAD_TIMEOUT);
		return timers->reply;
	case KNET_FTP_TIMER_CONNECT:
		return timers->connect;
	case KNET_FTP_TIMER_DATA:
		/* It is the rate that holds it up, and not the server. */
		return s->held ? 0 : timers->stall;
	default:
		return 0;
	}
}

/* Start the timer that the machine wants, when it is another one or starts anew. */
static void update_timer(struct knet_session *s)
{
	enum knet_ftp_timer timer = knet_ftp_timer(&s->ftp);

	if (timer == s->timer && s->ftp.reply_seq == s->timer_seq)
		return;
	s->timer = timer;
	s->timer_seq = s->ftp.reply_seq;
	s->timer_start = jiffies;
	s->stall_count = 0;
}

/**
 * knet_time_left() - jiffies until a deadline
 * @deadline: in jiffies
 *
 * Return: 0 when it is over.
 */
unsigned long knet_time_left(unsigned long deadline)
{
	long left = deadline - jiffies;

	return left > 0 ? left : 0;
}

/**
 * knet_session_time_left() - how long the session may wait
 * @s: session with a job
 * @limit: of the timer that runs since @timer_start, jiffies; 0 for none
 *
 * Return: jiffies until that timer's or the job's end, 0 when one is over.
 */
unsigned long knet_session_time_left(const struct knet_session *s, unsigned long limit)
{
	unsigned long left = MAX_SCHEDULE_TIMEOUT;

	if (limit)
		left = knet_time_left(s->timer_start + limit);
	if (s->deadline)
		left = min(left, knet_time_left(s->deadline));
	return left;
}

static void timer_expired(struct knet_session *s)
{
	switch (s->timer) {
	case KNET_FTP_TIMER_CONNECT:
		if (s->wrong_peers) {
			knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_PEER, EPERM,
				      "only others than the server connected to the data port");
			return;
		}
		knet_data_close(s);
		knet_ftp_data_failed(&s->ftp, ETIMEDOUT,
				     "no data connection within the connect timeout");
		return;
	case KNET_FTP_TIMER_DATA:
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT,
			      "too few bytes of data within the stall timeout");
		return;
	default:
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT,
			      "no complete reply within the reply timeout");
	}
}

/**
 * knet_session_check_timers() - tell the machine when a timer is over
 * @s: session with a job
 *
 * However busy the server keeps us.
 *
 * Context: The session's worker, without its lock.
 * Return: true when one is over.
 */
bool knet_session_check_timers(struct knet_session *s)
{
	unsigned long limit;

	update_timer(s);
	limit = knet_session_timer_limit(s);
	if (s->deadline && !knet_time_left(s->deadline)) {
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_TIMER, ETIMEDOUT,
			      "not done within the total timeout");
		return true;
	}
	if (!limit || knet_time_left(s->timer_start + limit))
		return false;
	timer_expired(s);
	return true;
}
