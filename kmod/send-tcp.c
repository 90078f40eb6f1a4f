// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes over a TCP connection of their own: connect, send all, and done is when
 * the peer has acknowledged all of it and the end.
 */
#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"

/* Of a file, at once. */
#define TCP_BYTES	(1024 * 1024)

/* Wait for the socket or a cancel, at most until @until (0 for no limit). */
static int tcp_wait(struct knet_send *send, unsigned long until, unsigned long deadline,
		    const char **why)
{
	unsigned long wait = until ? knet_time_left(until) : MAX_SCHEDULE_TIMEOUT;

	if (deadline)
		wait = min(wait, knet_time_left(deadline));
	knet_waker_wait(&send->waker, wait);
	if (!deadline || knet_time_left(deadline))
		return 0;
	*why = "not done within the total timeout";
	return -ETIME;
}

/* The address in use did not answer: try the next. Lock held. */
static int tcp_next_address(struct knet_send *send, int err, const char **why)
{
	if (send->index + 1 >= send->remote_count)
		return err;
	knet_sock_abort(&send->ks);
	send->index++;
	return knet_send_open(send, why) ?: -EINPROGRESS;
}

static int tcp_await_connected(struct knet_send *send, unsigned long deadline, const char **why)
{
	unsigned long limit = send->job->timers.connect, start = jiffies;
	unsigned int index;
	int err;

	for (;;) {
		index = send->index;
		mutex_lock(&send->lock);
		err = knet_send_must_end(send, why);
		if (!err) {
			err = knet_sock_connected(&send->ks);
			*why = "cannot connect";
			if (err == -EINPROGRESS && limit && !knet_time_left(start + limit)) {
				*why = "cannot connect within the connect timeout";
				err = -ETIME;
			}
			if (err && err != -EINPROGRESS)
				err = tcp_next_address(send, err, why);
		}
		mutex_unlock(&send->lock);
		if (err != -EINPROGRESS)
			return err;
		if (send->index != index)
			start = jiffies;
		err = tcp_wait(send, limit ? start + limit : 0, deadline, why);
		if (err)
			return err;
	}
}

static void tcp_publish_addresses(struct knet_send *send)
{
	struct knet_addr local, remote;

	knet_send_addresses(send, &local, &remote);
	mutex_lock(&send->job->kn->lock);
	send->job->local = local;
	send->job->remote = remote;
	mutex_unlock(&send->job->kn->lock);
}

/* Nobody here wants what the peer says, but it must not fill the window. */
static void tcp_drop_input(struct knet_send *send)
{
	while (send->ks.sock && knet_sock_readable(&send->ks) &&
	       knet_sock_discard(&send->ks, TCP_BYTES) > 0)
		;
}

static int tcp_send_file(struct knet_send *send, loff_t *pos)
{
	struct knet_stream_send to = { .ks = &send->ks, .lock = &send->lock };
	ssize_t n = knet_stream_send(&to, send->job->file, *pos, U64_MAX);

	*pos += max_t(ssize_t, n, 0);
	return n;
}

/* Bytes sent, 0 at the end, or a negative errno. */
static int tcp_send_some(struct knet_send *send, loff_t *pos)
{
	size_t left = send->len - *pos;
	int n = -ENETDOWN;

	mutex_lock(&send->lock);
	tcp_drop_input(send);
	if (send->data && send->ks.sock)
		n = left ? knet_sock_send(&send->ks, send->data + *pos, left) : 0;
	mutex_unlock(&send->lock);
	if (send->data) {
		*pos += max(n, 0);
		return n;
	}
	return tcp_send_file(send, pos);
}

static int tcp_send_all(struct knet_send *send, unsigned long deadline, const char **why)
{
	loff_t pos = 0;
	int n, err;

	for (;;) {
		err = knet_send_must_end(send, why);
		if (err)
			return err;
		n = tcp_send_some(send, &pos);
		if (!n)
			return 0;
		if (n > 0) {
			atomic64_add(n, &send->job->bytes);
			knet_job_progress(send->job);
			cond_resched();
			if (deadline && !knet_time_left(deadline))
				n = -EAGAIN;
			else
				continue;
		}
		if (n != -EAGAIN) {
			*why = "the connection broke while sending";
			return n == -EPIPE ? -ECONNRESET : n;
		}
		err = tcp_wait(send, 0, deadline, why);
		if (err)
			return err;
	}
}

/* Whether our end was acknowledged, and with it all before: 0, -EAGAIN or what broke. */
static int tcp_acknowledged(struct knet_send *send)
{
	struct sock *sk;
	int err = -ENETDOWN;

	mutex_lock(&send->lock);
	tcp_drop_input(send);
	if (send->ks.sock) {
		sk = send->ks.sock->sk;
		err = sock_error(sk);
		if (!err && !((1 << READ_ONCE(sk->sk_state)) &
			      (TCPF_FIN_WAIT2 | TCPF_TIME_WAIT | TCPF_CLOSE)))
			err = -EAGAIN;
	}
	mutex_unlock(&send->lock);
	return err;
}

static int tcp_finish(struct knet_send *send, unsigned long deadline, const char **why)
{
	int err;

	mutex_lock(&send->lock);
	if (send->ks.sock)
		kernel_sock_shutdown(send->ks.sock, SHUT_WR);
	mutex_unlock(&send->lock);
	for (;;) {
		err = knet_send_must_end(send, why) ?: tcp_acknowledged(send);
		if (err != -EAGAIN)
			break;
		err = tcp_wait(send, 0, deadline, why);
		if (err)
			return err;
	}
	if (err && !knet_send_must_end(send, why))
		*why = "the connection broke before all was acknowledged";
	return err;
}

/**
 * knet_send_tcp() - send the bytes of a job
 * @send: connects
 * @why: set when it fails
 *
 * Context: The job's worker, with the credentials of its file.
 * Return: 0 or a negative errno; -ETIME for a timer.
 */
int knet_send_tcp(struct knet_send *send, const char **why)
{
	unsigned long total = send->job->timers.total;
	unsigned long deadline = total ? (jiffies + total) ?: 1 : 0;
	int err;

	err = tcp_await_connected(send, deadline, why);
	tcp_publish_addresses(send);
	if (!err)
		err = tcp_send_all(send, deadline, why);
	if (!err)
		err = tcp_finish(send, deadline, why);
	if (!err)
		WRITE_ONCE(send->sent, 1);
	return err;
}
