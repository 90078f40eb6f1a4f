// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control connection of a session: made with the first address of the
 * server that answers, talked on, hung up.
 */
#include <net/sock.h>
#include <net/tcp.h>

#include "knetctl.h"

/**
 * knet_control_begin() - begin to connect
 * @s: session; to the address of index @remote, or the first after it that can be tried
 *
 * Context: Process, with the caller's credentials; knet_session.lock held.
 * Return: 0, or the last negative errno when none can be tried.
 */
int knet_control_begin(struct knet_session *s)
{
	struct knet_server *server = s->server;
	const struct knet_addr *remote;
	int err = -EADDRNOTAVAIL;

	lockdep_assert_held(&s->lock);
	for (; s->remote < server->remote_count; s->remote++) {
		remote = &server->remote[s->remote];
		if (server->source.sa.sa_family != AF_UNSPEC &&
		    server->source.sa.sa_family != remote->sa.sa_family) {
			err = -EAFNOSUPPORT;
			continue;
		}
		err = knet_sock_open(&s->control, server->kn->net, remote->sa.sa_family,
				     &s->waker);
		if (err)
			continue;
		sock_set_keepalive(s->control.sock->sk);
		tcp_sock_set_nodelay(s->control.sock->sk);
		if (server->source.sa.sa_family != AF_UNSPEC)
			err = knet_sock_bind(&s->control, &server->source);
		if (!err)
			err = knet_sock_connect(&s->control, remote);
		if (!err || err == -EINPROGRESS)
			return 0;
		knet_sock_abort(&s->control);
	}
	return err;
}

/**
 * knet_control_refusal() - whether an error of knet_control_begin() is the caller's to mend
 * @err: negative errno
 *
 * Return: why the job is refused; NULL when it is the network's doing, and the
 * job's failure to tell.
 */
const char *knet_control_refusal(int err)
{
	switch (err) {
	case -EADDRNOTAVAIL:
	case -EADDRINUSE:
	case -EACCES:
	case -EPERM:
		return "cannot bind to the source address";
	case -EAFNOSUPPORT:
		return "no address of the server has the source's family";
	case -EINVAL:
		return "an address that cannot be used; a link-local one needs its interface";
	case -ENOMEM:
	case -ENOBUFS:
		return "no memory for a socket";
	default:
		return NULL;
	}
}

/* What became of the attempt; the next address is tried when one cannot be had. */
static int control_look(struct knet_session *s, const char **why)
{
	int err;

	lockdep_assert_held(&s->lock);
	err = knet_session_must_end(s, why);
	if (err)
		return err;
	err = knet_sock_connected(&s->control);
	if (err && s->deadline && !knet_time_left(s->deadline)) {
		*why = "not done within the total timeout";
		return -ETIMEDOUT;
	}
	if (err == -EINPROGRESS && !knet_session_time_left(s, s->job->timers.connect)) {
		*why = "cannot connect within the connect timeout";
		err = -ETIMEDOUT;
	}
	if (!err || err == -EINPROGRESS || s->remote + 1 >= s->server->remote_count)
		return err;
	knet_sock_abort(&s->control);
	s->remote++;
	s->timer_start = jiffies;
	return knet_control_begin(s) ?: -EINPROGRESS;
}

/* Wait until the control connection stands; 0, or a negative errno when no address is left. */
static int control_await_connected(struct knet_session *s, const char **why)
{
	int err;

	s->timer_start = jiffies;
	for (;;) {
		mutex_lock(&s->lock);
		err = control_look(s, why);
		mutex_unlock(&s->lock);
		if (err != -EINPROGRESS)
			return err;
		knet_waker_wait(&s->waker, knet_session_time_left(s, s->job->timers.connect));
	}
}

static int control_connect(struct knet_session *s, const char **why)
{
	int err = 0;

	*why = "cannot connect to the server";
	if (!s->control.sock) {
		mutex_lock(&s->lock);
		err = s->aborted ? -ENETDOWN : knet_control_begin(s);
		mutex_unlock(&s->lock);
	}
	return err ?: control_await_connected(s, why);
}

/**
 * knet_control_publish() - show both ends of the control connection in the job
 * @s: session with a job
 *
 * Context: The session's worker.
 */
void knet_control_publish(struct knet_session *s)
{
	struct knet_addr local = {}, remote = {};

	mutex_lock(&s->lock);
	if (s->control.sock) {
		knet_sock_local(&s->control, &local);
		knet_sock_remote(&s->control, &remote);
	}
	mutex_unlock(&s->lock);
	if (remote.sa.sa_family == AF_UNSPEC)
		return;
	mutex_lock(&s->server->kn->lock);
	s->job->local = local;
	s->job->remote = remote;
	mutex_unlock(&s->server->kn->lock);
}

static void control_tell(void *data, bool sent, const char *line, size_t len)
{
	struct knet_session *s = data;

	/* The leave that is taken after the job is nobody's. */
	if (s->job)
		knet_job_dialogue(s->job, sent, line, len);
}

/**
 * knet_control_trace() - tell of the dialogue, if the job wants that
 * @s: session with a job or, then of none, without
 *
 * Context: The session's worker.
 */
void knet_control_trace(struct knet_session *s)
{
	bool wanted = s->job && (s->job->ftp_flags & KNETCTL_FTP_FLAGS_TRACE);

	knet_ftp_trace_to(&s->ftp, wanted ? control_tell : NULL, s);
}

/* Whose fault it is that there is no connection. */
static u32 control_class(const struct knet_session *s, int err)
{
	if (s->aborted || test_bit(KNET_JOB_CANCEL, &s->job->bits))
		return KNETCTL_ERROR_CLASS_LOCAL;
	return err == -ETIMEDOUT ? KNETCTL_ERROR_CLASS_TIMER : KNETCTL_ERROR_CLASS_NETWORK;
}

/**
 * knet_control_open() - connect for the job at hand, and start the dialogue
 * @s: session without a control connection, or with one that is being made
 *
 * A failure is told to the machine.
 *
 * Context: The session's worker, with the job's credentials.
 */
void knet_control_open(struct knet_session *s)
{
	const struct knet_addr *remote;
	const char *why;
	int err = control_connect(s, &why);

	remote = &s->server->remote[min(s->remote, s->server->remote_count - 1)];
	knet_ftp_init(&s->ftp, &s->server->login, remote->sa.sa_family == AF_INET6,
		      knet_addr_port(remote));
	knet_control_trace(s);
	knet_ftp_start(&s->ftp, &s->job->request);
	s->connected = !err;
	if (err)
		knet_ftp_fail(&s->ftp, control_class(s, err), -err, why);
}

/**
 * knet_control_hang_up() - close both connections
 * @s: session; nothing happens when there is none
 *
 * After a sane dialogue with a QUIT, which is not waited for.
 *
 * Context: The session's worker.
 */
void knet_control_hang_up(struct knet_session *s)
{
	const char *bytes;
	size_t len;

	knet_data_close(s);
	mutex_lock(&s->lock);
	if (s->control.sock && s->connected) {
		knet_ftp_quit(&s->ftp);
		len = knet_ftp_out(&s->ftp, &bytes);
		if (len)
			knet_sock_send(&s->control, bytes, len);
		knet_sock_close_within(&s->control, KNET_CLOSE_TIMEOUT);
	} else {
		knet_sock_abort(&s->control);
	}
	s->connected = false;
	s->remote = 0;
	mutex_unlock(&s->lock);
	knet_ftp_wipe(&s->ftp);
}

/**
 * knet_control_send() - send what the machine has put out
 * @s: session
 *
 * Context: The session's worker, its lock held.
 * Return: true when something happened.
 */
bool knet_control_send(struct knet_session *s)
{
	const char *bytes;
	size_t len = knet_ftp_out(&s->ftp, &bytes);
	int n;

	lockdep_assert_held(&s->lock);
	if (!len)
		return false;
	n = knet_sock_send(&s->control, bytes, len);
	if (n == -EAGAIN)
		return false;
	if (n < 0)
		knet_ftp_control_closed(&s->ftp, -n);
	else
		knet_ftp_sent(&s->ftp, n);
	return true;
}

/**
 * knet_control_receive() - tell the machine what the server said
 * @s: session
 *
 * Context: The session's worker, its lock held.
 * Return: true when something happened.
 */
bool knet_control_receive(struct knet_session *s)
{
	char bytes[256];
	int n;

	lockdep_assert_held(&s->lock);
	if (!knet_sock_readable(&s->control))
		return false;
	n = knet_sock_recv(&s->control, bytes, sizeof(bytes));
	if (n == -EAGAIN)
		return false;
	if (n > 0)
		knet_ftp_input(&s->ftp, bytes, n);
	else
		knet_ftp_control_closed(&s->ftp, -n);
	return true;
}

