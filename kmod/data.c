// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data connection of a session: made or taken for one transfer, with the
 * peer of the control connection and nobody else (RFC 2577).
 */
#include <linux/random.h>
#include <net/sock.h>

#include "knetctl.h"

/* How long small segments are gathered before what is there is taken. */
#define DATA_GATHER_TIME	(HZ / 10)

/**
 * knet_data_close() - close the data connection, or the socket that waits for one
 * @s: session; nothing happens when there is none
 *
 * Context: The session's worker, without its lock.
 */
void knet_data_close(struct knet_session *s)
{
	mutex_lock(&s->lock);
	knet_sock_abort(&s->data);
	s->data_state = KNET_DATA_NONE;
	mutex_unlock(&s->lock);
}

/* The address that both sides of the control connection know of us or of the server. */
static void data_control_addr(struct knet_session *s, bool remote, struct knet_addr *addr)
{
	if (remote)
		knet_sock_remote(&s->control, addr);
	else
		knet_sock_local(&s->control, addr);
}

/* A socket for the data, and in @addr where it is to go or to be. */
static int data_open(struct knet_session *s, bool remote, struct knet_addr *addr)
{
	data_control_addr(s, remote, addr);
	return knet_sock_open(&s->data, s->server->kn->net, addr->sa.sa_family, &s->waker);
}

static void data_opened(struct knet_session *s)
{
	s->data_state = KNET_DATA_OPEN;
	s->stream.gathering = false;
	s->all_sent = false;
	s->held = false;
	s->chosen = false;
	knet_pace_start(&s->pace, READ_ONCE(s->job->rate), ktime_get_ns());
}

static int data_begin_connect(struct knet_session *s)
{
	struct knet_addr addr;
	int err;

	err = data_open(s, true, &addr);
	if (err)
		return err;
	s->data_state = KNET_DATA_CONNECTING;
	knet_addr_set_port(&addr, s->ftp.data_port);
	if (s->server->source.sa.sa_family != AF_UNSPEC) {
		struct knet_addr source = s->server->source;

		knet_addr_set_port(&source, 0);
		err = knet_sock_bind(&s->data, &source);
	}
	return err ?: knet_sock_connect(&s->data, &addr);
}

/**
 * knet_data_connect() - connect to the port that the server named
 * @s: session; the machine says KNET_FTP_CONNECT
 *
 * The address is that of the control connection, whatever the server said.
 *
 * Context: The session's worker, its lock held.
 * Return: true when something happened.
 */
bool knet_data_connect(struct knet_session *s)
{
	bool begun = s->data_state == KNET_DATA_NONE;
	int err;

	lockdep_assert_held(&s->lock);
	if (begun)
		err = data_begin_connect(s);
	else
		err = knet_sock_connected(&s->data);
	if (err == -EINPROGRESS)
		return begun;
	if (err) {
		knet_sock_abort(&s->data);
		s->data_state = KNET_DATA_NONE;
		knet_ftp_data_failed(&s->ftp, -err, "cannot connect to the server's data port");
		return true;
	}
	data_opened(s);
	knet_ftp_data_open(&s->ftp);
	return true;
}

/* Bind to a port of the range, the first try at random so that it is not foreseen. */
static int data_bind(struct knet_session *s, struct knet_addr *addr)
{
	const struct knet_job *job = s->job;
	unsigned int count = job->port_max - job->port_min + 1;
	unsigned int start, i;
	int err = -EADDRINUSE;

	if (!job->port_min) {
		knet_addr_set_port(addr, 0);
		return knet_sock_bind(&s->data, addr);
	}
	start = get_random_u32() % count;
	for (i = 0; i < count && err == -EADDRINUSE; i++) {
		knet_addr_set_port(addr, job->port_min + (start + i) % count);
		err = knet_sock_bind(&s->data, addr);
	}
	return err;
}

static int data_begin_listen(struct knet_session *s)
{
	struct knet_addr addr;
	int err;

	err = data_open(s, false, &addr);
	if (err)
		return err;
	s->data_state = KNET_DATA_LISTENING;
	err = data_bind(s, &addr);
	return err ?: knet_sock_listen(&s->data, 4);
}

/**
 * knet_data_listen() - wait for the server to connect
 * @s: session; the machine says KNET_FTP_LISTEN
 *
 * Context: The session's worker, its lock held.
 * Return: true when something happened.
 */
bool knet_data_listen(struct knet_session *s)
{
	const struct knet_job *job = s->job;
	struct knet_addr addr;
	unsigned int len;
	const u8 *bytes;
	int err;

	lockdep_assert_held(&s->lock);
	err = data_begin_listen(s);
	if (err) {
		knet_sock_abort(&s->data);
		s->data_state = KNET_DATA_NONE;
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -err,
			      err == -EADDRINUSE ? "no free port in the range for active mode" :
						   "cannot listen for the data connection");
		return true;
	}
	knet_sock_local(&s->data, &addr);
	bytes = knet_addr_bytes(&addr, &len);
	if (job->active_addr_len == len)
		bytes = job->active_addr;
	knet_ftp_listening(&s->ftp, bytes, knet_addr_port(&addr));
	return true;
}

/**
 * knet_data_accept() - take the server's connection
 * @s: session that listens
 *
 * Whoever is not the control connection's peer is reset, and listening goes on.
 *
 * Context: The session's worker, its lock held.
 * Return: true when something happened.
 */
bool knet_data_accept(struct knet_session *s)
{
	struct knet_addr server, peer;
	struct knet_sock ks = {};
	int err;

	lockdep_assert_held(&s->lock);
	err = knet_sock_accept(&s->data, &ks);
	if (err == -EAGAIN)
		return false;
	if (err) {
		/* ECONNABORTED and the like are the peer's doing: listen on. */
		return err == -ECONNABORTED || err == -EPROTO;
	}
	data_control_addr(s, true, &server);
	knet_sock_came_from(&ks, &peer);
	if (!knet_addr_same_host(&server, &peer)) {
		s->wrong_peers++;
		knet_sock_abort(&ks);
		return true;
	}
	knet_sock_abort(&s->data);
	knet_sock_move(&s->data, &ks);
	data_opened(s);
	knet_ftp_data_open(&s->ftp);
	return true;
}

/**
 * knet_data_hold() - let nothing be moved for now, or again
 * @s: session
 * @hold: for now
 * @until: ns of CLOCK_MONOTONIC, U64_MAX when time does not end it
 *
 * The stall timer is stopped meanwhile.
 *
 * Context: The session's worker.
 */
void knet_data_hold(struct knet_session *s, bool hold, u64 until)
{
	unsigned long started;

	s->held_until = until;
	if (s->held == hold)
		return;
	s->held = hold;
	/* What the server does makes no difference before there is room. */
	WRITE_ONCE(s->data.quiet, hold);
	if (hold) {
		s->held_since = jiffies;
	} else if (s->timer == KNET_FTP_TIMER_DATA) {
		started = s->timer_start + (jiffies - s->held_since);
		s->timer_start = time_after(started, jiffies) ? jiffies : started;
	}
}

/**
 * knet_data_pace() - how much the rate lets through now
 * @s: session
 *
 * Return: bytes; 0 holds the data connection up.
 */
u64 knet_data_pace(struct knet_session *s)
{
	u64 rate = READ_ONCE(s->job->rate), now, room = U64_MAX;

	/* The end of the data is not held up. */
	if (rate != KNET_RATE_UNLIMITED && knet_ftp_data_room(&s->ftp)) {
		now = ktime_get_ns();
		if (rate != s->pace.rate)
			knet_pace_start(&s->pace, rate, now);
		room = knet_pace_room(&s->pace, now);
	}
	knet_data_hold(s, !room, room ? 0 : knet_pace_end(&s->pace));
	return room;
}

/**
 * knet_data_room() - what may be written
 * @s: session
 * @pos: where to
 * @len: of what came
 * @past_limit: set when it is the caller's RLIMIT_FSIZE that leaves some of it out
 *
 * Return: bytes; bounded by the file's promised size, and by the caller's limit.
 */
size_t knet_data_room(struct knet_session *s, loff_t pos, size_t len, bool *past_limit)
{
	u64 limit = s->job->fsize_limit;
	u64 promised = knet_ftp_data_room(&s->ftp), room = promised;

	if (limit != RLIM_INFINITY)
		room = min_t(u64, room, limit > pos ? limit - pos : 0);
	*past_limit = room < promised && room < len;
	return min_t(u64, room, len);
}

/**
 * knet_data_count() - data came, or were sent
 * @s: session
 * @moved: bytes that count for the job
 * @seen: bytes that count for the rate and for the stall timer: enough of them
 *	start it anew
 */
void knet_data_count(struct knet_session *s, size_t moved, size_t seen)
{
	struct knet_job *job = s->job;

	atomic64_add(moved, &job->bytes);
	s->stall_count += seen;
	if (READ_ONCE(job->rate) != KNET_RATE_UNLIMITED)
		knet_pace_spend(&s->pace, seen);
	if (s->timer == KNET_FTP_TIMER_DATA && s->stall_count >= job->timers.stall_bytes) {
		s->timer_start = jiffies;
		s->stall_count = 0;
	}
}

/* The bytes in the stream go to the file, and the machine hears of them. */
static void data_write(struct knet_session *s, size_t len)
{
	struct knet_job *job = s->job;
	loff_t pos = job->request.offset + atomic64_read(&job->bytes);
	bool past_limit;
	size_t room = knet_data_room(s, pos, len, &past_limit), done;
	int err;

	done = knet_stream_write(&s->stream, job->file, pos, room, &err);
	knet_data_count(s, done, len);
	if (!err && past_limit)
		err = -EFBIG;
	if (err)
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -err, "cannot write to the file");
	else
		knet_ftp_data_bytes(&s->ftp, len);
	knet_job_progress(job);
}

/**
 * knet_data_pull() - take what arrived
 * @s: session, its data connection open
 * @most: bytes, at least 1
 *
 * One byte more than may be written shows that there is too much.
 *
 * Return: bytes, 0 at the end of the data, -EAGAIN, or another negative errno.
 */
int knet_data_pull(struct knet_session *s, size_t most)
{
	u64 room = knet_ftp_data_room(&s->ftp), pace = knet_data_pace(s);
	size_t max = min3(room, pace - 1, most - 1ULL) + 1;
	int n;

	if (!pace)
		return -EAGAIN;
	mutex_lock(&s->lock);
	if (s->aborted) {
		mutex_unlock(&s->lock);
		return -EAGAIN;
	}
	n = s->direct.on ? knet_direct_pull(&s->direct, &s->data, max) :
			   knet_stream_pull(&s->stream, &s->data, max);
	if (n > 0) {
		knet_stream_gather(&s->stream, &s->data, true);
	} else if (n != -EAGAIN) {
		if (n)
			knet_sock_abort(&s->data);
		else
			knet_sock_close_within(&s->data, KNET_CLOSE_TIMEOUT);
		s->data_state = KNET_DATA_NONE;
	}
	mutex_unlock(&s->lock);
	return n;
}

/**
 * knet_data_none() - nothing was taken
 * @s: session
 * @n: 0 at the end of the data, or the negative errno of knet_data_pull()
 *
 * Return: true when something happened.
 */
bool knet_data_none(struct knet_session *s, int n)
{
	if (n == -EAGAIN)
		return false;
	if (n == -ENOMEM || n == -EFAULT) {
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -n, "cannot take received data");
	} else {
		knet_data_finish(s);
		knet_ftp_data_eof(&s->ftp, -n);
	}
	return true;
}

static bool data_receive(struct knet_session *s)
{
	bool progress = false;
	int n;

	knet_data_choose(s);
	if (s->direct.on && !knet_data_direct_ready(s, &progress))
		return progress;
	n = knet_data_pull(s, KNET_STREAM_BYTES);
	if (n == -EAGAIN)
		return knet_data_direct_flush(s) || progress;
	if (n <= 0)
		return knet_data_none(s, n);
	if (s->direct.on)
		knet_data_direct_take(s, n);
	else
		data_write(s, n);
	return true;
}

/* All is sent: what the server may still say here is dropped, its end is what counts. */
static bool data_drain(struct knet_session *s)
{
	char junk[256];
	int n;

	mutex_lock(&s->lock);
	n = s->aborted ? -EAGAIN : knet_sock_recv(&s->data, junk, sizeof(junk));
	if (n <= 0 && n != -EAGAIN) {
		if (n)
			knet_sock_abort(&s->data);
		else
			knet_sock_close_within(&s->data, KNET_CLOSE_TIMEOUT);
		s->data_state = KNET_DATA_NONE;
	}
	mutex_unlock(&s->lock);
	if (n <= 0 && n != -EAGAIN)
		knet_ftp_data_eof(&s->ftp, -n);
	return n != -EAGAIN;
}

/**
 * knet_data_all_sent() - tell the server that this is all; the end of its side follows
 * @s: session that sends
 */
void knet_data_all_sent(struct knet_session *s)
{
	mutex_lock(&s->lock);
	if (!s->aborted)
		kernel_sock_shutdown(s->data.sock, SHUT_WR);
	s->all_sent = true;
	mutex_unlock(&s->lock);
}

/**
 * knet_data_writable() - whether sending would tell anything
 * @s: session that sends
 *
 * Return: false when it would not; the worker is woken when it would.
 */
bool knet_data_writable(struct knet_session *s)
{
	bool writable = false;
	struct sock *sk;

	mutex_lock(&s->lock);
	if (s->aborted)
		goto unlock;
	sk = s->data.sock->sk;
	writable = READ_ONCE(sk->sk_err) || sk_stream_is_writeable(sk);
	if (writable)
		goto unlock;
	set_bit(SOCK_NOSPACE, &s->data.sock->flags);
	/* As in tcp_poll(): first ask to be told, then look again. */
	smp_mb__after_atomic();
	writable = READ_ONCE(sk->sk_err) || sk_stream_is_writeable(sk);
unlock:
	mutex_unlock(&s->lock);
	return writable;
}

static bool data_send(struct knet_session *s)
{
	struct knet_stream_send send = { .ks = &s->data, .lock = &s->lock };
	struct knet_job *job = s->job;
	loff_t pos = job->request.offset + atomic64_read(&job->bytes);
	u64 pace;
	ssize_t n;

	if (s->all_sent)
		return data_drain(s);
	if (s->pipe.ks.sock)
		return knet_data_from_pipe(s);
	pace = knet_data_pace(s);
	if (!pace || !knet_data_writable(s))
		return false;
	n = knet_stream_send(&send, job->file, pos, pace);
	if (n == -EAGAIN)
		return false;
	if (!n) {
		knet_data_all_sent(s);
	} else if (n > 0) {
		knet_data_count(s, n, n);
		knet_ftp_data_bytes(&s->ftp, n);
		knet_job_progress(job);
	} else if (send.sock_err) {
		knet_data_close(s);
		knet_ftp_data_eof(&s->ftp, -n);
	} else {
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -n, "cannot read from the file");
	}
	return true;
}

/**
 * knet_data_move() - move data between socket and file, as much as goes without waiting
 * @s: session
 *
 * Context: The session's worker, with the job's credentials and without the
 * session's lock; waits for the file system.
 * Return: true when something happened.
 */
bool knet_data_move(struct knet_session *s)
{
	if (s->data_state != KNET_DATA_OPEN || !knet_ftp_data_wanted(&s->ftp))
		return false;
	if (s->job->sends)
		return data_send(s);
	return s->pipe.ks.sock ? knet_data_to_pipe(s) : data_receive(s);
}

/**
 * knet_data_wait_limit() - how long a wait may last at most
 * @s: session
 * @wait: what else limits it, jiffies
 *
 * Return: jiffies; until the rate lets something through, or what was received
 * is to be written; short while small segments are gathered, because the first
 * of them wakes nobody then.
 */
unsigned long knet_data_wait_limit(struct knet_session *s, unsigned long wait)
{
	u64 now;

	if (s->data_state != KNET_DATA_OPEN)
		return wait;
	if (knet_ftp_data_wanted(&s->ftp))
		wait = min(wait, knet_data_direct_wait(s));
	if (s->held && s->held_until == U64_MAX)
		return wait;
	if (s->held) {
		now = ktime_get_ns();
		if (s->held_until <= now)
			return 0;
		return min_t(u64, wait, nsecs_to_jiffies64(s->held_until - now) + 1);
	}
	return s->stream.gathering ? min_t(unsigned long, wait, DATA_GATHER_TIME) : wait;
}

/**
 * knet_data_waited() - the wait was over and nothing had happened
 * @s: session
 *
 * The sender is slow or has nothing: let the next byte wake the worker.
 */
void knet_data_waited(struct knet_session *s)
{
	if (s->data_state != KNET_DATA_OPEN || !s->stream.gathering || s->held)
		return;
	mutex_lock(&s->lock);
	if (!s->aborted)
		knet_stream_gather(&s->stream, &s->data, false);
	mutex_unlock(&s->lock);
}
