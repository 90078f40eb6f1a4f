// SPDX-License-Identifier: GPL-2.0-only
/* Data that go to a program, or come from one, by a pair of sockets. */
#include <net/sock.h>

#include "knetctl.h"

/* What is taken from the network for a program at once. */
#define PIPE_PULL	(256 * 1024)

/**
 * knet_data_to_pipe() - give what comes to the program, as much as goes without waiting
 * @s: session with a job that receives, and a pipe
 *
 * What the program has no room for stays in the stream, and nothing is taken from
 * the network meanwhile, so that its window closes. No stall: it is not the
 * network that waits.
 *
 * Context: The session's worker, with the job's credentials and without the
 * session's lock.
 * Return: true when something happened.
 */
bool knet_data_to_pipe(struct knet_session *s)
{
	struct knet_pipe *pipe = &s->pipe;
	ssize_t n;

	if (!s->stream.count) {
		n = knet_data_pull(s, PIPE_PULL);
		if (n <= 0)
			return knet_data_none(s, n);
		pipe->at = 0;
		pipe->pulled = n;
		pipe->left = min_t(u64, knet_ftp_data_room(&s->ftp), n);
		knet_data_count(s, 0, n);
	}
	n = knet_pipe_write(pipe, &s->stream);
	knet_data_hold(s, n == -EAGAIN, U64_MAX);
	if (n == -EAGAIN)
		return false;
	if (n < 0) {
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -n,
			      "cannot write to the socket for the data");
		return true;
	}
	knet_data_count(s, n, 0);
	if (!pipe->left) {
		knet_stream_drop(&s->stream);
		knet_ftp_data_bytes(&s->ftp, pipe->pulled);
	}
	knet_job_progress(s->job);
	return true;
}

/* What the program has sent since, or that this was all; true when something happened. */
static bool pipe_fill(struct knet_session *s)
{
	ssize_t n = knet_pipe_fill(&s->pipe);

	knet_data_hold(s, n == -EAGAIN, U64_MAX);
	/* What becomes of the data connection meanwhile is to be seen. */
	WRITE_ONCE(s->data.quiet, false);
	if (n == -EAGAIN)
		return false;
	if (!n)
		knet_data_all_sent(s);
	else if (n < 0)
		knet_ftp_fail(&s->ftp, KNETCTL_ERROR_CLASS_LOCAL, -n,
			      "cannot read from the socket for the data");
	return true;
}

/* From the buffer to the network; bytes, or a negative errno. */
static ssize_t pipe_send(struct knet_session *s)
{
	struct knet_pipe *pipe = &s->pipe;
	u64 pace = knet_data_pace(s);
	ssize_t n = -EAGAIN;

	if (!pace || !knet_data_writable(s))
		return n;
	mutex_lock(&s->lock);
	if (!s->aborted)
		n = knet_sock_send(&s->data, pipe->buf + pipe->at, min_t(u64, pipe->left, pace));
	mutex_unlock(&s->lock);
	return n;
}

/* An error of the data connection that nobody would see while we wait for the program. */
static int pipe_data_error(struct knet_session *s)
{
	int err;

	mutex_lock(&s->lock);
	err = s->aborted ? 0 : sock_error(s->data.sock->sk);
	mutex_unlock(&s->lock);
	return err;
}

/**
 * knet_data_from_pipe() - send what the program gives, as much as goes without waiting
 * @s: session with a job that sends, and a pipe; not all is sent
 *
 * Context: The session's worker, with the job's credentials and without the
 * session's lock.
 * Return: true when something happened.
 */
bool knet_data_from_pipe(struct knet_session *s)
{
	struct knet_pipe *pipe = &s->pipe;
	ssize_t n = pipe_data_error(s);

	if (!n && !pipe->left)
		return pipe_fill(s);
	if (!n)
		n = pipe_send(s);
	if (n == -EAGAIN)
		return false;
	if (n < 0) {
		knet_data_close(s);
		knet_ftp_data_eof(&s->ftp, -n);
		return true;
	}
	pipe->at += n;
	pipe->left -= n;
	knet_data_count(s, n, n);
	knet_ftp_data_bytes(&s->ftp, n);
	knet_job_progress(s->job);
	return true;
}
